package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

// documentTemplate is docs/benchmarks.md without its tables.
//
//go:embed benchmarks.md.tmpl
var documentTemplate string

// writeDocument renders the results for people.
func writeDocument(root string, r Report) error {
	text, err := render(r)
	if err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	return os.WriteFile(filepath.Join(root, "docs", "benchmarks.md"), text, 0o644)
}

func render(r Report) ([]byte, error) {
	t, err := template.New("benchmarks").Funcs(template.FuncMap{
		"table":   func(part string) string { return table(r.of(part)) },
		"growth":  func() string { return growth(r.of("search")) },
		"missed":  func() string { return missed(r) },
		"machine": func() string { return machines(r) },
	}).Parse(documentTemplate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (r Report) of(part string) []Result {
	var out []Result
	for _, result := range r.Results {
		if result.Part == part {
			out = append(out, result)
		}
	}
	return out
}

// table lists results; columns that no result fills are left out.
func table(results []Result) string {
	if len(results) == 0 {
		return "Not measured in this run.\n"
	}
	peers := slices.ContainsFunc(results, func(r Result) bool { return r.Peer != "" })
	goals := slices.ContainsFunc(results, func(r Result) bool { return r.Goal != 0 })
	var b strings.Builder
	row := func(r Result, ours, theirs, ratio, goal string) {
		fmt.Fprintf(&b, "| %s | %s | %s |", r.Case, r.Measure, ours)
		if peers {
			fmt.Fprintf(&b, " %s | %s | %s |", r.Peer, theirs, ratio)
		}
		if goals {
			fmt.Fprintf(&b, " %s |", goal)
		}
		b.WriteByte('\n')
	}
	row(Result{Case: "what", Measure: "measure", Peer: "beside"}, "scalebook", "theirs", "ratio", "goal")
	row(Result{Case: "---", Measure: "---", Peer: "---"}, "---:", "---:", "---:", "---")
	for _, r := range results {
		row(r, value(r.Ours, r.Unit), value(r.Theirs, r.Unit), number(r.Ratio), goal(r))
	}
	return b.String()
}

// growth lays the times of each kind of question out by the size of the index, a row for each engine, with the exponent of
// time against size from the smallest to the largest: 1 where it is linear, 0 where it does not grow.
func growth(results []Result) string {
	type line struct{ kind, measure, engine string }
	var lines []line
	var sizes []int
	times := map[line]map[int]float64{}
	note := func(l line, size int, v float64) {
		if times[l] == nil {
			times[l] = map[int]float64{}
			lines = append(lines, l)
		}
		times[l][size] = v
	}
	for _, r := range results {
		var size int
		head, kind, ok := strings.Cut(r.Case, " passages, ")
		if _, err := fmt.Sscan(head, &size); !ok || err != nil || r.Unit != "ms" {
			continue
		}
		if !slices.Contains(sizes, size) {
			sizes = append(sizes, size)
		}
		note(line{kind, r.Measure, "scalebook"}, size, r.Ours)
		note(line{kind, r.Measure, r.Peer}, size, r.Theirs)
	}
	if len(sizes) < 2 {
		return "Not measured in this run.\n"
	}
	slices.Sort(sizes)
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Or(slices.Index(kinds, a.kind)-slices.Index(kinds, b.kind), cmp.Compare(a.measure, b.measure))
	})
	var b strings.Builder
	b.WriteString("| question | measure | engine |")
	for _, n := range sizes {
		fmt.Fprintf(&b, " %d |", n)
	}
	b.WriteString(" exponent |\n| --- | --- | --- |" + strings.Repeat(" ---: |", len(sizes)+1) + "\n")
	first, last := sizes[0], sizes[len(sizes)-1]
	for _, l := range lines {
		fmt.Fprintf(&b, "| %s | %s | %s |", l.kind, l.measure, l.engine)
		for _, n := range sizes {
			fmt.Fprintf(&b, " %s |", value(times[l][n], "ms"))
		}
		from, to := times[l][first], times[l][last]
		exponent := ""
		if from > 0 && to > 0 {
			exponent = strconv.FormatFloat(math.Log(to/from)/math.Log(float64(last)/float64(first)), 'f', 2, 64)
		}
		fmt.Fprintf(&b, " %s |\n", exponent)
	}
	return b.String()
}

func goal(r Result) string {
	switch {
	case r.Goal == 0:
		return ""
	case r.meets():
		return number(r.Goal) + " met"
	}
	return number(r.Goal) + " **missed**"
}

// value writes nothing for what was not measured.
func value(v float64, unit string) string {
	if v == 0 {
		return ""
	}
	return strings.TrimSpace(number(v) + " " + unit)
}

// number writes three significant digits.
func number(v float64) string {
	switch {
	case v == 0:
		return ""
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// missed lists the goals that are not reached.
func missed(r Report) string {
	var b strings.Builder
	for _, result := range r.Results {
		if result.meets() {
			continue
		}
		got := "ratio " + number(result.Ratio)
		if result.Peer == "" {
			got = value(result.Ours, result.Unit)
		}
		fmt.Fprintf(&b, "- %s, %s, %s: %s, goal %s\n", result.Part, result.Case, result.Measure, got, number(result.Goal))
	}
	if b.Len() == 0 {
		return "Every goal is met.\n"
	}
	return b.String()
}

// machines lists where and when the parts were measured, parts of one machine together.
func machines(r Report) string {
	var b strings.Builder
	b.WriteString("| part | date | load before it | processor | cores | system | versions |\n|---|---|---|---|---:|---|---|\n")
	for _, part := range parts() {
		m, ok := r.Machines[part.name]
		if !ok {
			continue
		}
		var versions []string
		for _, name := range slices.Sorted(maps.Keys(m.Versions)) {
			versions = append(versions, name+" "+m.Versions[name])
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %d | %s | %s |\n", part.name, m.Date, m.Load, m.CPU, m.Cores, m.OS, strings.Join(versions, ", "))
	}
	return b.String()
}
