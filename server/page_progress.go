package server

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// planeLines are cuts through the fitted plane at the start of three years: the first, middle and last that models are of.
func planeLines(a query.Progress) []chart.Series {
	least, most := a.Models[0].Compute, a.Models[0].Compute
	for _, m := range a.Models {
		least, most = min(least, m.Compute), max(most, m.Compute)
	}
	first, last := a.Models[0].Time.Year(), a.Models[len(a.Models)-1].Time.Year()
	const steps = 64 // more points than a chart marks one by one
	var lines []chart.Series
	for i, year := range slices.Compact([]int{first, (first + last) / 2, last}) {
		line := chart.Series{Name: strconv.Itoa(year), Label: strconv.Itoa(year), Color: i + 1, Kind: chart.Line}
		start := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		for j := range steps + 1 {
			compute := least * math.Pow(most/least, float64(j)/steps)
			line.Points = append(line.Points, chart.Point{X: compute, Y: a.Fitted(start, compute)})
		}
		lines = append(lines, line)
	}
	return lines
}

// progressScale is whether the axis of capability is logarithmic: as the address chooses, else as the metric is read. An
// index has no zero, and so no ratios to show. The words name both axes, and what has no place on them.
func progressScale(c *fiber.Ctx, lang string, a query.Progress) (log bool, axes string) {
	log = a.Metric.Scale == "log"
	if scale := chosenScale(c, ""); scale != "" && a.Metric.ID != query.CapabilityID {
		log = scale == "log"
	}
	off := 0
	for _, m := range a.Models {
		if m.Value <= 0 {
			off++
		}
	}
	if !log || off == len(a.Models) {
		return false, say(lang, "progress.axes", a.Metric.Title.In(lang), say(lang, "axis.linear"))
	}
	axes = say(lang, "progress.axes", a.Metric.Title.In(lang), say(lang, "axis.log"))
	if off > 0 {
		axes = joinedText(axes, say(lang, "legend.off-log", off))
	}
	return true, axes
}

// pageProgress sets what more compute brought beside what better algorithms did.
func (s *Server) pageProgress(c *fiber.Ctx) error {
	ctx, lang := c.UserContext(), s.lang(c)
	p, err := query.ParseProgress(values(c))
	if err != nil {
		return err
	}
	catalogue, err := s.engine.Metrics(ctx)
	if err != nil {
		return err
	}
	index := templates.OptionGroup{Label: say(lang, "nav.index"), Options: []templates.Choice{{Label: say(lang, "nav.index"), Value: query.CapabilityID, Current: p.Metric == query.CapabilityID}}}
	controls := []templates.Control{metricControl(lang, "progress.capability", "metric", p.Metric, catalogue, metrics.KindBenchmark, index), accessControl(lang, p.Access)}
	a, err := s.engine.Progress(ctx, p)
	if err != nil {
		return s.findingPage(c, "progress", controls, finding{}, err)
	}
	f := finding{kind: "progress", api: "progress", values: p.Values(), answer: a, says: []string{glue(a.Answer.In(lang))}, cited: a.Citation,
		basis:   leastSquares(lang, a.N, a.Confidence, a.R2),
		columns: []templates.Cell{{Text: say(lang, "col.subject")}, {Text: say(lang, "col.released")}, optional(say(lang, "col.setting")), right(say(lang, "progress.compute")), right(a.Metric.Title.In(lang))}}
	unit := a.Metric.Unit
	if unit == "" {
		unit = "Elo" // a plain number with a decimal
	}
	log, axes := progressScale(c, lang, a)
	f.scales = a.Metric.ID != query.CapabilityID
	var points []chart.Point
	for _, m := range a.Models {
		points = append(points, chart.Point{X: m.Compute, Y: m.Value, Name: m.Name, Href: subjectURL(m.Subject), Detail: pointDetail(append([]string{m.Setting, m.Time.String()}, m.Publishers...)...)})
	}
	for _, m := range slices.Backward(a.Models) {
		f.rows = append(f.rows, templates.FindingRow{Name: m.Name, URL: subjectURL(m.Subject), Cells: []templates.Cell{date(m.Time.Time), optional(m.Setting),
			right(quantity.Format(m.Compute, "FLOP", lang)), right(quantity.Format(m.Value, unit, lang))}})
	}
	f.spec = func(width, height int) chart.Spec {
		return chart.Spec{Width: width, Height: height, Lang: lang, Title: say(lang, "progress.title"), Heading: say(lang, "progress.title"),
			Subheading: axes, Source: citedLine(lang, a.Citation), Desc: a.Answer.In(lang),
			X: chart.Axis{Log: true, Unit: "FLOP", Label: say(lang, "progress.compute")}, Y: chart.Axis{Log: log, Unit: unit, Label: a.Metric.Title.In(lang)}, Points: points,
			Series: planeLines(a)}
	}
	return s.findingPage(c, "progress", controls, f, nil)
}
