package server

import (
	"strings"
	"time"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
)

// comparison draws several metrics as one line each.
type comparison []measured

// colors is how many colours series have; a further line takes the first again and is told apart by its label.
const colors = 5

// sharedUnit is the unit of every metric, if there is one.
func (all comparison) sharedUnit() (unit string, shared bool) {
	unit = all[0].series.Metric.Unit
	for _, m := range all[1:] {
		if m.series.Metric.Unit != unit {
			return "", false
		}
	}
	return unit, true
}

// commonStart is the first day on which every metric has a value.
func (all comparison) commonStart() time.Time {
	var start time.Time
	for _, m := range all {
		if line := m.line(); len(line) > 0 && line[0].Time.After(start) {
			start = line[0].Time
		}
	}
	return start
}

// line is what is compared: the records, or every observation.
func (m measured) line() []chart.Point {
	var points []chart.Point
	add := func(name, subject string, at query.Moment, v float64, setting, source string) {
		points = append(points, chart.Point{Time: at.Time, Y: v, Name: name, Href: subjectURL(subject), Detail: pointDetail(setting, source)})
	}
	if m.params.Of == query.OfAll {
		for _, o := range m.series.Observations {
			add(o.Name, o.Subject, o.Time, o.Value, o.Setting, o.Source.Name)
		}
		return points
	}
	for _, r := range m.frontier.Records {
		add(r.Name, r.Subject, r.Time, r.Value, r.Setting, r.Source.Name)
	}
	return points
}

// valueAt is the last value of a line on or before a day; the first where all are later.
func valueAt(line []chart.Point, at time.Time) float64 {
	v := line[0].Y
	for _, p := range line {
		if p.Time.After(at) {
			break
		}
		v = p.Y
	}
	return v
}

// spec draws the lines in their own unit where they share one, and otherwise as multiples of where each stood when the
// last of them began, on a log axis.
func (all comparison) spec(lang string, width, height int) chart.Spec {
	unit, shared := all.sharedUnit()
	start := all.commonStart()
	out := chart.Spec{Width: width, Height: height, Lang: lang, Title: all.titles(lang), Heading: all.titles(lang),
		Source: sourceLine(lang, all), X: chart.Axis{Time: true}, Y: chart.Axis{Unit: unit, Log: all.logScale(shared)}}
	for i, m := range all {
		series := m.drawn(lang, i, start, shared)
		if len(series.Points) == 0 {
			continue
		}
		if last := series.Points[len(series.Points)-1].Time; last.After(out.Until) {
			out.Until = last
		}
		out.Series = append(out.Series, series)
	}
	marks := say(lang, "legend.compare")
	if all[0].params.Of == query.OfAll {
		marks = say(lang, "legend.all")
	}
	if shared {
		out.Subheading = joinedText(unitText(lang, named(all[0].series.Metric, say(lang, "compare.values")), out.Y.Log), marks)
	} else {
		scale := "axis.linear"
		if out.Y.Log {
			scale = "axis.log"
		}
		out.Subheading = joinedText(say(lang, "compare.normalised", quantity.Month(start, lang), say(lang, scale)), marks)
	}
	out.Desc = out.Subheading
	return out
}

// drawn is one line of the comparison.
func (m measured) drawn(lang string, i int, start time.Time, shared bool) chart.Series {
	metric := m.series.Metric
	series := chart.Series{Name: metric.Title.In(lang), Label: metric.Title.In(lang), Color: i%colors + 1, Kind: chart.StepAfter}
	if m.params.Of == query.OfAll {
		series.Kind = chart.Scatter
	}
	line := m.line()
	if len(line) == 0 {
		return series
	}
	base := valueAt(line, start)
	if !shared && base <= 0 {
		return series
	}
	for _, p := range line {
		if shared {
			series.Points = append(series.Points, p)
			continue
		}
		p.Detail = pointDetail(quantity.Format(p.Y, metric.Unit, lang), p.Detail) // the axis says multiples
		p.Y /= base
		if p.Time.Before(start) {
			continue
		}
		if len(series.Points) == 0 && p.Time.After(start) && series.Kind == chart.StepAfter {
			series.Points = append(series.Points, chart.Point{Time: start, Y: 1, Name: p.Name})
		}
		series.Points = append(series.Points, p)
	}
	return series
}

func (all comparison) logScale(shared bool) bool {
	if scale := all[0].scale; scale != "" {
		return scale == "log"
	}
	if !shared {
		return true
	}
	for _, m := range all {
		if m.series.Metric.Scale != "log" {
			return false
		}
	}
	return true
}

func (all comparison) titles(lang string) string {
	names := make([]string, len(all))
	for i, m := range all {
		names[i] = m.series.Metric.Title.In(lang)
	}
	return strings.Join(names, ", ")
}

// named is a metric under another title.
func named(m metrics.Metric, title string) metrics.Metric {
	m.Title = metrics.Text{Ko: title, En: title}
	return m
}

func joinedText(parts ...string) string { return strings.Join(parts, ". ") }
