package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
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
	return errors.Join(os.WriteFile(filepath.Join(root, "docs", "benchmarks.md"), text, 0o644), drawFigures(root, r))
}

func render(r Report) ([]byte, error) {
	t, err := template.New("benchmarks").Funcs(template.FuncMap{
		"table":   func(part string) string { return table(r.of(part)) },
		"figures": func(part string) string { return figuresOf(r, part) },
		"growth":  func() string { return growth(r.of("search")) },
		"losses":  func() string { return lossesText(r) },
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

// lossesText lists what got worse since the results that were committed before.
func lossesText(r Report) string {
	if len(r.Losses) == 0 {
		return "No ratio is more than 15% worse than in the results that were committed before.\n"
	}
	return "- " + strings.Join(r.Losses, "\n- ") + "\n"
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
