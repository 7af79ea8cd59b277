package server

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// maxStrips is how many metrics a chart of subjects draws; the table has them all.
const maxStrips = 12

// subjectsChart draws compared subjects on the metrics that they share, each on its own scale.
type subjectsChart struct {
	query.SubjectComparison
	lang string
}

// rows are the metrics that are drawn, in the order of the table: where there are too many, those on which most of the
// subjects were measured.
func (x subjectsChart) rows() []query.SharedMetric {
	if len(x.Metrics) <= maxStrips {
		return x.Metrics
	}
	order := make([]int, len(x.Metrics))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(x.Metrics[b].Measured(), x.Metrics[a].Measured()) })
	order = order[:maxStrips]
	slices.Sort(order)
	var out []query.SharedMetric
	for _, i := range order {
		out = append(out, x.Metrics[i])
	}
	return out
}

// spec draws what a view leaves of the comparison at a width.
func (x subjectsChart) spec(v view, width int) chart.Strips {
	out := chart.Strips{Width: width, Lang: x.lang, Title: x.names(), Heading: x.finding(), Subheading: x.legend(), Source: x.source()}
	out.Desc = joinedText(out.Heading, out.Subheading)
	for _, s := range x.Subjects {
		out.Names = append(out.Names, s.Name)
	}
	for _, m := range x.rows() {
		row := chart.Strip{Title: m.Title.In(x.lang), Axis: chart.Axis{Unit: m.Unit, Log: m.Scale == "log"}, Reversed: m.LowerIsBetter()}
		if slices.ContainsFunc(m.Best, func(o *query.Observation) bool { return o != nil && o.Value <= 0 }) {
			row.Axis.Log = false // which has no place for all
		}
		for i, o := range m.Best {
			if o == nil || v.hides(strconv.Itoa(i+1)) {
				row.Points = append(row.Points, nil)
				continue
			}
			row.Points = append(row.Points, &chart.Point{Time: o.Time.Time, Y: o.Value, Name: x.Subjects[i].Name, Href: subjectURL(o.Subject),
				Detail: pointDetail(row.Title, o.Setting, o.Source.Name)})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (x subjectsChart) names() string {
	names := make([]string, len(x.Subjects))
	for i, s := range x.Subjects {
		names[i] = s.Name
	}
	return strings.Join(names, ", ")
}

// finding says which of the subjects has the best value alone on most of the metrics that they share.
func (x subjectsChart) finding() string {
	if len(x.Subjects) < 2 {
		return x.names()
	}
	leads, shared := make([]int, len(x.Subjects)), 0
	for _, m := range x.Metrics {
		best, first, holders := m.Lead(), 0, 0
		for i, o := range m.Best {
			if o != nil && o.Value == best {
				first, holders = i, holders+1
			}
		}
		if holders == 1 {
			leads[first]++
		} else {
			shared++
		}
	}
	most := slices.Max(leads)
	var first []string
	for i, n := range leads {
		if n == most {
			first = append(first, x.Subjects[i].Name)
		}
	}
	all := len(x.Metrics)
	out := say(x.lang, "compare.leads", all, most, endsWith(x.lang, first[0], "이/가"))
	switch {
	case shared == all:
		return say(x.lang, "compare.even", all)
	case all == 1:
		return say(x.lang, "compare.leads-one", endsWith(x.lang, first[0], "이/가"))
	case len(first) > 1:
		out = say(x.lang, "compare.lead-alike", all, most, strings.Join(first, ", "))
	}
	if shared > 0 {
		out += say(x.lang, "compare.shared", shared)
	}
	return out
}

// legend says how to read the rulers, and how many of the metrics are drawn.
func (x subjectsChart) legend() string {
	if drawn := len(x.rows()); drawn < len(x.Metrics) {
		return joinedText(say(x.lang, "compare.strips"), say(x.lang, "compare.strips-of", drawn, len(x.Metrics)))
	}
	return say(x.lang, "compare.strips")
}

// source says who published what is drawn.
func (x subjectsChart) source() string {
	seen := map[string]int{}
	for _, m := range x.rows() {
		for _, o := range m.Best {
			if o != nil {
				seen[o.Source.Name]++
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(seen), func(a, b string) int { return cmp.Or(cmp.Compare(seen[b], seen[a]), strings.Compare(a, b)) })
	return say(x.lang, "finding.source", firstSources(x.lang, names))
}

// subjectsFigure is the chart with its key, whose entries hide and show the subjects, and its tools.
func (s *Server) subjectsFigure(c *fiber.Ctx, x subjectsChart) (*templates.Chart, error) {
	v, err := parseView(c, "", false)
	if err != nil {
		return nil, err
	}
	wide, narrow := x.spec(v, wideWidth), x.spec(v, narrowWidth)
	wide.KeyOutside, narrow.KeyOutside = true, true
	figure := &templates.Chart{ID: "chart", What: wide.Heading, Unit: wide.Subheading, Caption: template.HTML(template.HTMLEscapeString(wide.Source)), //nolint:gosec // escaped
		Wide: template.HTML(wide.SVG()), Narrow: template.HTML(narrow.SVG())} //nolint:gosec // chart escapes what it draws
	for i, subject := range x.Subjects {
		kind, part := chart.Scatter, strconv.Itoa(i+1)
		if i >= colors {
			kind = chart.SwatchHollow
		}
		figure.Legend = append(figure.Legend, templates.LegendItem{Label: subject.Name, URL: s.with(c, "hide", v.toggled(part)), Hidden: v.hides(part),
			Mark: template.HTML(chart.Swatch(kind, i+1))}) //nolint:gosec // chart writes it
	}
	if len(x.Subjects) < 2 {
		figure.Legend = nil
	}
	form := func(form string) string { return strings.Replace(s.with(c), "/compare", "/compare"+form, 1) }
	figure.Tools = &templates.Tools{CSV: form(".csv"), JSON: form(".json"), SVG: form(".svg"), PNG: form(".png"), Pinned: s.pinned(c.UserContext(), c),
		Embed: s.embed(form(".svg"), s.with(c), fmt.Sprintf("%s: %s", say(x.lang, "compare.subjects"), x.names()))}
	return figure, nil
}
