package data_test

import (
	"encoding/csv"
	"io/fs"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/metrics"
)

// header is the CSV schema that every file of observations carries in full.
const header = "metric,subject,time,value,low,high,interval,setting,name,source,url,organization,country,access,kind"

var (
	kebab     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	intervals = []string{"ci95", "ci90", "se", "sd", "p5-p95", "range"}
	accesses  = []string{"", "open", "closed", "unreleased"}
)

// row is a line of a CSV file by column name, with where it stands.
type row struct {
	cells map[string]string
	where string
}

func readRows(t *testing.T, name string) (columns string, rows []row) {
	t.Helper()
	file, err := data.Files().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for i, record := range records[1:] {
		cells := map[string]string{}
		for j, column := range records[0] {
			cells[column] = record[j]
		}
		rows = append(rows, row{cells, name + " row " + strconv.Itoa(i+2)})
	}
	return strings.Join(records[0], ","), rows
}

func catalogue(t *testing.T) map[string]metrics.Metric {
	t.Helper()
	text, err := fs.ReadFile(data.Files(), "metrics.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var entries []metrics.Metric
	if err := yaml.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	byID := map[string]metrics.Metric{}
	for _, m := range entries {
		if _, twice := byID[m.ID]; twice {
			t.Errorf("metric %s is listed twice", m.ID)
		}
		byID[m.ID] = m
	}
	return byID
}

func subjects(t *testing.T) map[string]map[string]string {
	t.Helper()
	byID := map[string]map[string]string{}
	_, rows := readRows(t, "subjects.csv")
	for _, r := range rows {
		if _, twice := byID[r.cells["subject"]]; twice {
			t.Errorf("%s: %s is listed twice", r.where, r.cells["subject"])
		}
		byID[r.cells["subject"]] = r.cells
	}
	return byID
}

// observations returns the rows of every file but the tables of identity.
func observations(t *testing.T) []row {
	t.Helper()
	names, err := fs.Glob(data.Files(), "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	var all []row
	for _, name := range names {
		if name == "aliases.csv" || name == "subjects.csv" || name == "glossary.csv" {
			continue
		}
		columns, rows := readRows(t, name)
		if columns != header {
			t.Errorf("%s has the header %s", name, columns)
		}
		all = append(all, rows...)
	}
	return all
}

func TestCatalogue(t *testing.T) {
	for id, m := range catalogue(t) {
		switch {
		case !kebab.MatchString(id):
			t.Errorf("%s is not kebab-case", id)
		case m.Title.Ko == "" || m.Title.En == "" || m.Definition.Ko == "" || m.Definition.En == "":
			t.Errorf("%s lacks a title or a definition in one of the languages", id)
		case m.Unit == "" || m.Source.Name == "" || !strings.HasPrefix(m.Source.URL, "https://"):
			t.Errorf("%s lacks a unit or a source", id)
		}
	}
}

func TestObservations(t *testing.T) {
	known, named := catalogue(t), subjects(t)
	seen := map[string]string{}
	for _, r := range observations(t) {
		c := r.cells
		m, ok := known[c["metric"]]
		if !ok {
			t.Errorf("%s: metric %q is not in the catalogue", r.where, c["metric"])
		}
		if s, ok := named[c["subject"]]; !ok || s["name"] != c["name"] || s["organization"] != c["organization"] {
			t.Errorf("%s: %q does not agree with subjects.csv", r.where, c["subject"])
		}
		if _, err := time.Parse(time.DateOnly, c["time"]); err != nil {
			t.Errorf("%s: %v", r.where, err)
		}
		value, err := strconv.ParseFloat(c["value"], 64)
		if err != nil || math.IsNaN(value) || math.IsInf(value, 0) || value < 0 || (m.Scale == "log" && value == 0) {
			t.Errorf("%s: value %q", r.where, c["value"])
		}
		if m.Ceiling != nil && value > *m.Ceiling {
			t.Errorf("%s: %v is above the ceiling", r.where, value)
		}
		if c["low"] != "" || c["high"] != "" {
			low, errLow := strconv.ParseFloat(c["low"], 64)
			high, errHigh := strconv.ParseFloat(c["high"], 64)
			if errLow != nil || errHigh != nil || low > value || value > high || !slices.Contains(intervals, c["interval"]) {
				t.Errorf("%s: interval %s to %s (%s) of %s", r.where, c["low"], c["high"], c["interval"], c["value"])
			}
		}
		if address, err := url.Parse(c["url"]); err != nil || address.Host == "" || c["source"] == "" {
			t.Errorf("%s: source %q at %q", r.where, c["source"], c["url"])
		}
		if !slices.Contains(accesses, c["access"]) {
			t.Errorf("%s: access %q", r.where, c["access"])
		}
		key := strings.Join([]string{c["metric"], c["subject"], c["setting"], c["source"], c["time"]}, "\x00")
		if first, twice := seen[key]; twice {
			t.Errorf("%s repeats %s", r.where, first)
		}
		seen[key] = r.where
	}
}

func TestIdentity(t *testing.T) {
	named, known := subjects(t), catalogue(t)
	for id, s := range named {
		if !kebab.MatchString(id) {
			t.Errorf("%s is not kebab-case", id)
		}
		if family := s["family"]; family != "" && (named[family] == nil || named[family]["family"] != "") {
			t.Errorf("%s belongs to %q, which is no family", id, family)
		}
		if released := s["released"]; released != "" {
			if _, err := time.Parse(time.DateOnly, released); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
	_, rows := readRows(t, "aliases.csv")
	for _, r := range rows {
		target := r.cells["subject"]
		_, isMetric := known[target]
		if named[target] == nil && !(isMetric && r.cells["kind"] == "benchmark") {
			t.Errorf("%s leads to %q, which is unknown", r.where, target)
		}
	}
}

// TestCoverage pins what the reports and pages argue from.
func TestCoverage(t *testing.T) {
	bySubject := map[string]map[string]bool{}
	for _, r := range observations(t) {
		metric := r.cells["metric"]
		if bySubject[metric] == nil {
			bySubject[metric] = map[string]bool{}
		}
		bySubject[metric][r.cells["subject"]] = true
	}
	count := func(ids ...string) int {
		union := map[string]bool{}
		for _, id := range ids {
			for subject := range bySubject[id] {
				union[subject] = true
			}
		}
		return len(union)
	}
	tests := []struct {
		what string
		got  int
		want int
	}{
		{"models on the frontier benchmarks", count("gpqa-diamond", "swe-bench-verified", "frontiermath", "mmlu", "re-bench", "metr-time-horizon"), 60},
		{"accelerators", count("hardware-fp16-flops", "hardware-memory"), 50},
		{"processors", count("cpu-transistors"), 80},
		{"training compute", count("model-training-compute"), 40},
		{"priced models", count("price-output"), 40},
		{"sites", count("datacenter-power", "datacenter-chips"), 12},
	}
	for _, tt := range tests {
		if tt.got < tt.want {
			t.Errorf("%s: %d, want at least %d", tt.what, tt.got, tt.want)
		}
	}
	for id, m := range catalogue(t) {
		if m.Expression == "" && count(id) == 0 {
			t.Errorf("%s has no observations", id)
		}
	}
}

// TestMooresLaw fits the bundled processors: the number of transistors has doubled about every two years.
func TestMooresLaw(t *testing.T) {
	var n, sx, sy, sxx, sxy float64
	for _, r := range observations(t) {
		if r.cells["metric"] != "cpu-transistors" {
			continue
		}
		at, err := time.Parse(time.DateOnly, r.cells["time"])
		if err != nil {
			t.Fatal(err)
		}
		value, err := strconv.ParseFloat(r.cells["value"], 64)
		if err != nil {
			t.Fatal(err)
		}
		x, y := at.Sub(time.Unix(0, 0)).Hours()/24/365.25, math.Log2(value)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	doubling := (n*sxx - sx*sx) / (n*sxy - sx*sy)
	if doubling < 1.8 || doubling > 2.2 {
		t.Errorf("doubling time of %v years over %v processors, want about two", doubling, n)
	}
}
