package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/scalebook/scalebook/chart"
)

// line is how one measure of one engine grows with the size of what it is asked of.
type line struct {
	what    string // the case without its size
	measure string
	engine  string
	sizes   []float64 // ascending
	values  []float64
}

var caseSize = regexp.MustCompile(`\d+`)

// linesOf gathers the results of a part, in one unit, that were measured at two sizes or more: the first number of a case is its size.
func linesOf(results []Result, unit string) []line {
	var lines []line
	note := func(what, measure, engine string, size, value float64) {
		if value == 0 {
			return
		}
		i := slices.IndexFunc(lines, func(l line) bool { return l.what == what && l.measure == measure && l.engine == engine })
		if i < 0 {
			lines, i = append(lines, line{what: what, measure: measure, engine: engine}), len(lines)
		}
		l := &lines[i]
		at, known := slices.BinarySearch(l.sizes, size)
		if !known { // ours is beside every peer
			l.sizes, l.values = slices.Insert(l.sizes, at, size), slices.Insert(l.values, at, value)
		}
	}
	for _, r := range results {
		span := caseSize.FindStringIndex(r.Case)
		if r.Unit != unit || span == nil {
			continue
		}
		size, err := strconv.ParseFloat(r.Case[span[0]:span[1]], 64)
		if err != nil {
			continue
		}
		what := r.Case[:span[0]] + "N" + r.Case[span[1]:]
		note(what, r.Measure, "scalebook", size, r.Ours)
		if r.Peer != "" {
			note(what, r.Measure, r.Peer, size, r.Theirs)
		}
	}
	return slices.DeleteFunc(lines, func(l line) bool { return len(l.sizes) < 2 })
}

// exponent is that of the power of size which fits a line best (least squares of the logarithms): 1 where a measure grows as its work,
// 0 where it does not grow.
func (l line) exponent() float64 {
	var mx, my float64
	for i := range l.sizes {
		mx += math.Log(l.sizes[i]) / float64(len(l.sizes))
		my += math.Log(l.values[i]) / float64(len(l.sizes))
	}
	var xy, xx float64
	for i := range l.sizes {
		dx := math.Log(l.sizes[i]) - mx
		xy, xx = xy+dx*(math.Log(l.values[i])-my), xx+dx*dx
	}
	return xy / xx
}

// growth lays the times of each kind of question out by the size of the index, a row for each engine.
func growth(results []Result) string {
	lines := linesOf(results, "ms")
	var sizes []float64
	for _, l := range lines {
		sizes = append(sizes, l.sizes...)
	}
	slices.Sort(sizes)
	if sizes = slices.Compact(sizes); len(sizes) < 2 {
		return "Not measured in this run.\n"
	}
	kind := func(l line) string { return strings.TrimPrefix(l.what, "N passages, ") }
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Or(slices.Index(kinds, kind(a))-slices.Index(kinds, kind(b)), cmp.Compare(a.measure, b.measure))
	})
	var b strings.Builder
	b.WriteString("| question | measure | engine |")
	for _, n := range sizes {
		fmt.Fprintf(&b, " %.0f |", n)
	}
	b.WriteString(" exponent |\n| --- | --- | --- |" + strings.Repeat(" ---: |", len(sizes)+1) + "\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "| %s | %s | %s |", kind(l), l.measure, l.engine)
		for _, n := range sizes {
			v := 0.0
			if i, ok := slices.BinarySearch(l.sizes, n); ok {
				v = l.values[i]
			}
			fmt.Fprintf(&b, " %s |", value(v, "ms"))
		}
		fmt.Fprintf(&b, " %.2f |\n", l.exponent())
	}
	return b.String()
}

// figure is a chart of growth: what it shows of a part.
type figure struct {
	file, part, unit string
	heading, scale   string
	show             func(line) (label string, ok bool)
}

func figures() []figure {
	return []figure{
		{"growth-ingest.svg", "volume", "s", "Taking in observations", "observations", func(l line) (string, bool) { return "ingest", strings.HasPrefix(l.what, "N observations") }},
		{"growth-indexing.svg", "search", "s", "Indexing passages", "passages", func(l line) (string, bool) { return l.engine, l.measure == "time to index" }},
		{"growth-search.svg", "search", "ms", "Median time of a question", "passages", func(l line) (string, bool) {
			return strings.TrimPrefix(l.what, "N passages, "), l.engine == "scalebook" && l.measure == "p50"
		}},
		{"growth-library.svg", "library", "s", "Building a library, and taking in one changed report", "reports of 5,000 words", func(l line) (string, bool) {
			what := strings.TrimPrefix(l.what, "N reports, ")
			if l.engine != "scalebook" {
				return l.engine, what == "built anew"
			}
			return what, true
		}},
		{"growth-trend.svg", "among", "ms", "Median time of a trend, by the series' length", "points", func(l line) (string, bool) {
			return strings.TrimPrefix(l.what, "a series of N points, "), strings.HasPrefix(l.what, "a series of N points")
		}},
		{"growth-among.svg", "among", "ms", "Median time of a trend among many series", "series", func(l line) (string, bool) {
			what, ok := strings.CutPrefix(l.what, "one of N series, ")
			if l.engine != "scalebook" {
				return l.engine, ok && what == "never asked before"
			}
			return what, ok
		}},
	}
}

// draw draws a figure on two logarithmic axes, each line with its exponent; ok is false where nothing of it was measured.
func (f figure) draw(r Report) (svg string, ok bool) {
	spec := chart.Spec{Lang: "en", Title: f.heading, Heading: f.heading, Subheading: "seconds by number of " + f.scale + ", both axes logarithmic; behind each line the exponent of its growth",
		Source: "bench/results.json", X: chart.Axis{Log: true, Unit: "count"}, Y: chart.Axis{Log: true, Unit: "count", Label: "seconds"}}
	if f.unit == "ms" {
		spec.Subheading = "milli" + spec.Subheading
		spec.Y.Label = "milliseconds"
	}
	var said []string
	for _, l := range linesOf(r.of(f.part), f.unit) {
		label, ok := f.show(l)
		if !ok {
			continue
		}
		series := chart.Series{Name: label, Kind: chart.Line, Color: len(spec.Series)%5 + 1, Label: fmt.Sprintf("%s %.2f", label, l.exponent())}
		for i := range l.sizes {
			series.Points = append(series.Points, chart.Point{X: l.sizes[i], Y: l.values[i]})
		}
		spec.Series, said = append(spec.Series, series), append(said, series.Label)
	}
	spec.Desc = f.heading + ", exponents: " + strings.Join(said, ", ")
	return spec.Standalone(), len(spec.Series) > 0
}

// drawFigures writes the figures that were measured to docs/img.
func drawFigures(root string, r Report) error {
	for _, f := range figures() {
		svg, ok := f.draw(r)
		if !ok {
			continue
		}
		if err := os.WriteFile(filepath.Join(root, "docs", "img", f.file), []byte(svg), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// figuresOf shows the figures of a part in the document.
func figuresOf(r Report, part string) string {
	var b strings.Builder
	for _, f := range figures() {
		if _, ok := f.draw(r); ok && f.part == part {
			fmt.Fprintf(&b, "![%s](img/%s)\n\n", f.heading, f.file)
		}
	}
	return b.String()
}
