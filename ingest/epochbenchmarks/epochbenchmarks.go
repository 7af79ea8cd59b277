// Package epochbenchmarks reads Epoch AI's benchmark data: the runs it made itself, the scores it collected from others,
// and the model versions that both speak of.
package epochbenchmarks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// Connector reads the kind "epoch-benchmarks".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "epoch-benchmarks" }

const (
	publisher = "Epoch AI Benchmarking Hub"
	address   = "https://epoch.ai/benchmarks"

	runsFile     = "benchmarks_runs.csv"
	versionsFile = "model_versions.csv"
	externalName = "external_benchmark_"
)

// Read implements [ingest.Connector]. It needs model_versions.csv, which dates every score, and at least one of
// benchmarks_runs.csv and external_benchmark_*.csv in its folder or below; the upstream's older state, in a folder beside
// it, is left alone.
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	runs, versions, external, err := find(ctx, in.Files)
	if err != nil {
		return err
	}
	r := reader{in: in, sink: sink}
	if r.versions, err = readVersions(in.Files, versions); err != nil {
		return err
	}
	r.clash = ambiguous(r.versions)
	if runs != "" {
		if err := r.readRuns(runs); err != nil {
			return err
		}
	}
	for _, name := range external {
		if err := errors.Join(ctx.Err(), r.readExternal(name)); err != nil {
			return err
		}
	}
	return nil
}

// find locates the files. Where there are several model_versions.csv, the one beside benchmarks_runs.csv counts, else the
// first by name.
func find(ctx context.Context, files fs.FS) (runs, versions string, external []string, err error) {
	var allRuns, allVersions, allExternal []string
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		switch base := path.Base(name); {
		case base == runsFile:
			allRuns = append(allRuns, name)
		case base == versionsFile:
			allVersions = append(allVersions, name)
		case strings.HasPrefix(base, externalName) && strings.HasSuffix(base, ".csv"):
			allExternal = append(allExternal, name)
		}
		return nil
	})
	switch {
	case err != nil:
		return "", "", nil, err
	case len(allVersions) == 0:
		return "", "", nil, fmt.Errorf("no %s in it", versionsFile)
	case len(allRuns) == 0 && len(allExternal) == 0:
		return "", "", nil, fmt.Errorf("neither %s nor %s*.csv in it", runsFile, externalName)
	}
	versions = allVersions[0]
	if len(allRuns) > 0 {
		runs = allRuns[0]
		if beside := path.Join(path.Dir(runs), versionsFile); slices.Contains(allVersions, beside) {
			versions = beside
		}
	}
	folder := path.Dir(versions)
	for _, name := range allExternal {
		if folder == "." || len(allVersions) == 1 || strings.HasPrefix(name, folder+"/") {
			external = append(external, name)
		}
	}
	return runs, versions, external, nil
}

// version is a row of model_versions.csv.
type version struct {
	name     string
	released time.Time
	path     string // DEVELOPER/ID on Hugging Face, of a version that stands for the weights
}

func readVersions(files fs.FS, name string) (map[string]version, error) {
	versions := map[string]version{}
	err := ingest.ReadCSV(files, name, []string{"id", "Version release date"}, func(row ingest.Row) error {
		v := version{name: row.Get("Unique display name")}
		for _, column := range []string{"Display name", "Model", "id"} {
			if v.name == "" {
				v.name = row.Get(column)
			}
		}
		if t, err := time.Parse(time.DateOnly, row.Get("Version release date")); err == nil {
			v.released = t
		}
		if developer := row.Get("Hugging Face developer id"); developer != "" {
			v.path = developer + "/" + row.Get("id")
		}
		versions[row.Get("id")] = v
		return nil
	}, nil)
	return versions, err
}

// ambiguous lists ids that the upstream keeps apart by letter case alone: weights as published, and the same model as
// somebody serves it.
func ambiguous(versions map[string]version) map[string]bool {
	folded := map[string]int{}
	for id := range versions {
		folded[ingest.Kebab(id)]++
	}
	out := map[string]bool{}
	for id := range versions {
		out[id] = folded[ingest.Kebab(id)] > 1
	}
	return out
}

// reader reads the files of one input.
type reader struct {
	in       ingest.Input
	sink     ingest.Sink
	versions map[string]version
	clash    map[string]bool // of versions
}

// effortSuffix is how the upstream marks a model version's reasoning effort or thinking budget: o3-2025-04-16_high,
// claude-3-7-sonnet-20250219_16K.
var effortSuffix = regexp.MustCompile(`^(.+)_(minimal|none|low|medium|high|xhigh|max|thinking|\d+[kK])$`)

// splitVersion separates a model version's id from its effort.
func splitVersion(id string) (base, effort string) {
	if m := effortSuffix.FindStringSubmatch(id); m != nil {
		return m[1], strings.ToLower(m[2])
	}
	return id, ""
}

// subject returns the canonical subject of a model version, the effort that its id carries, and when it was released. A
// version that the upstream does not date takes the date known of its subject.
func (r *reader) subject(id string) (s metrics.Subject, effort string, released time.Time) {
	base, effort := splitVersion(id)
	v, ok := r.versions[id]
	if !ok {
		v = r.versions[base]
	}
	s = metrics.Subject{ID: r.in.Identity.Resolve("model", base), Name: r.displayName(id, base), Kind: "model"}
	if r.clash[id] && v.path != "" {
		s.Family, s.ID = s.ID, ingest.Kebab(v.path)
	}
	released = v.released
	if released.IsZero() {
		released = r.versions[base].released
	}
	if known, ok := r.in.Identity.Subject(s.ID); ok && released.IsZero() {
		released = known.Released
	}
	s.Released = released
	return s, effort, released
}

// displayName is the model's name without its effort, which the upstream's display names append in brackets.
func (r *reader) displayName(id, base string) string {
	if v, ok := r.versions[base]; ok && v.name != "" {
		return v.name
	}
	if name := r.versions[id].name; name != "" {
		if before, _, ok := strings.Cut(name, " ("); ok && base != id {
			return before
		}
		return name
	}
	return base
}

// readRuns reads Epoch AI's own runs, the oldest first, so that of two runs of one model the newer one counts.
func (r *reader) readRuns(name string) error {
	type run struct {
		row     ingest.Row
		started time.Time
	}
	var runs []run
	known := tasks()
	err := ingest.ReadCSV(r.in.Files, name, []string{"task", "model", "Best score (across scorers)", "Status"}, func(row ingest.Row) error {
		started, _ := time.Parse("2 January 2006 3:04pm", row.Get("started_at"))
		runs = append(runs, run{row.Clone(), started})
		return nil
	}, r.sink)
	if err != nil {
		return err
	}
	slices.SortStableFunc(runs, func(a, b run) int { return a.started.Compare(b.started) })
	for _, run := range runs {
		row := run.row
		metric, ok := known[row.Get("task")]
		if !ok {
			if metric = ingest.Kebab(row.Get("task")); metric == "" {
				if err := r.sink.Quarantine(row.SetAside("task", "no benchmark")); err != nil {
					return err
				}
				continue
			}
			if err := r.sink.Metric(benchmark(metric, row.Get("task"))); err != nil {
				return err
			}
		}
		o := metrics.Observation{Metric: metric, Source: metrics.Source{Name: publisher, URL: address}}
		if link := row.Get("log viewer"); link != "" {
			o.Source.URL = link
		}
		if err := r.observe(row, o, "model", "Best score (across scorers)", 1, func(o *metrics.Observation) {
			if se, ok := standardError(row.Get("Scores")); ok {
				o.Low, o.High, o.Interval = metrics.At(o.Value-se), metrics.At(o.Value+se), "se"
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// benchmark describes a task that the catalogue doesn't know: a score from 0 to 1.
func benchmark(id, title string) metrics.Metric {
	zero, one := 0.0, 1.0
	m := ingest.PlainMetric(id)
	m.Unit, m.Floor, m.Ceiling = "fraction", &zero, &one
	m.Title = metrics.Text{Ko: title, En: title}
	m.Source = metrics.Reference{Name: publisher, URL: address, License: "CC BY 4.0"}
	return m
}

var plusMinus = regexp.MustCompile(`±\s*([0-9.]+)`)

// standardError reads the uncertainty of "choice:0.85±0.02", which is one standard error.
func standardError(scores string) (float64, bool) {
	m := plusMinus.FindStringSubmatch(scores)
	if m == nil {
		return 0, false
	}
	v, err := strconv.ParseFloat(m[1], 64)
	return v, err == nil && v > 0
}

// readExternal reads scores that others published.
func (r *reader) readExternal(name string) error {
	short := strings.TrimSuffix(strings.TrimPrefix(path.Base(name), externalName), ".csv")
	t, ok := tables()[short]
	if !ok {
		return r.sink.Quarantine(ingest.Rejected{File: name, Tolerated: true,
			Reason: "the scale of this benchmark's scores is not declared, so it is left out"})
	}
	// Some tables list one setting of a model more than once, from several tries. They come best last, so that the best
	// counts, as in Epoch AI's own analyses.
	var rows []ingest.Row
	required := []string{"Model version", t.score, "Source"}
	err := ingest.ReadCSV(r.in.Files, name, required, func(row ingest.Row) error {
		rows = append(rows, row.Clone())
		return nil
	}, r.sink)
	if err != nil {
		return err
	}
	score := func(row ingest.Row) float64 {
		v, _ := parseScore(row.Get(t.score)) // what can't be read is set aside below
		return v
	}
	slices.SortStableFunc(rows, func(a, b ingest.Row) int { return cmp.Compare(score(a), score(b)) })
	for _, row := range rows {
		if err := r.readScore(row, t); err != nil {
			return err
		}
	}
	return nil
}

// readScore reads one row of a table.
func (r *reader) readScore(row ingest.Row, t table) error {
	o := metrics.Observation{Metric: t.metric, Source: metrics.Source{Name: row.Get("Source"), URL: row.Get("Source link")}}
	if o.Source.URL == "" {
		o.Source.URL = row.Get("Source link (site from table)")
	}
	if o.Source.Name == "" {
		o.Source.Name = t.publisher
	}
	var items []string
	for _, s := range t.settings {
		if v := row.Get(s.column); v != "" {
			items = append(items, fmt.Sprintf(s.format, v))
		}
	}
	o.Setting = metrics.JoinSetting(items...)
	return r.observe(row, o, "Model version", t.score, t.scale, func(o *metrics.Observation) { t.readInterval(row, o) })
}

// readInterval fills in the interval that a file's columns give.
func (t table) readInterval(row ingest.Row, o *metrics.Observation) {
	if se, err := parseScore(row.Get(t.se)); t.se != "" && err == nil && se > 0 {
		o.Low, o.High, o.Interval = metrics.At(o.Value-se/t.scale), metrics.At(o.Value+se/t.scale), "se"
	}
	low, lowErr := parseScore(row.Get(t.low))
	high, highErr := parseScore(row.Get(t.high))
	if t.low != "" && lowErr == nil && highErr == nil {
		o.Low, o.High, o.Interval = metrics.At(low/t.scale), metrics.At(high/t.scale), t.interval
	}
}

// observe completes an observation from its row and hands it on, or sets the row aside.
func (r *reader) observe(row ingest.Row, o metrics.Observation, modelColumn, scoreColumn string, scale float64, interval func(*metrics.Observation)) error {
	reject := func(column, reason string, tolerated bool) error {
		return r.sink.Quarantine(ingest.Rejected{File: row.File, Row: row.Line, Column: column, Value: row.Get(column), Reason: reason, Tolerated: tolerated})
	}
	model := row.Get(modelColumn)
	switch {
	case model == "":
		return reject(modelColumn, "no model version", true)
	case row.Get(scoreColumn) == "":
		return reject(scoreColumn, "no score", true)
	case o.Source.Name == "":
		return reject("Source", "no source", true)
	}
	value, err := parseScore(row.Get(scoreColumn))
	if err != nil {
		return reject(scoreColumn, err.Error(), false)
	}
	subject, effort, released := r.subject(model)
	if released.IsZero() {
		return reject(modelColumn, "no release date in "+versionsFile, true)
	}
	o.Value = value / scale
	if m, ok := r.in.Catalogue[o.Metric]; ok && m.Unit == "fraction" && (o.Value < 0 || o.Value > 1) {
		return reject(scoreColumn, fmt.Sprintf("%v is not between 0 and 1", o.Value), false)
	}
	o.Subject, o.Name, o.Time = subject.ID, subject.Name, released
	o.Setting = metrics.JoinSetting(effort, o.Setting)
	o.Source.File, o.Source.Row = row.File, row.Line
	interval(&o)
	if err := r.sink.Subject(subject); err != nil {
		return err
	}
	return r.sink.Observe(o)
}

// parseScore reads a number, with or without a percent sign; its scale is declared, so the sign says nothing.
func parseScore(s string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%")), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return v, nil
}
