package server

import (
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

// pageOptimal shows how many tokens models were trained on for each parameter, beside what is compute-optimal.
func (s *Server) pageOptimal(c *fiber.Ctx) error {
	lang := s.lang(c)
	p, err := query.ParseOptimal(values(c))
	if err != nil {
		return err
	}
	controls := []templates.Control{accessControl(lang, p.Access),
		{Label: say(lang, "ask.since"), Name: "since", Value: dateField(p.Since), Type: "date"}, {Label: say(lang, "ask.until"), Name: "until", Value: dateField(p.Until), Type: "date"}}
	a, err := s.engine.ComputeOptimal(c.UserContext(), p)
	if err != nil {
		return s.findingPage(c, "optimal", controls, finding{}, err)
	}
	f := finding{kind: "optimal", api: "compute-optimal", values: p.Values(), answer: a, says: []string{glue(a.Answer.In(lang))}, cited: a.Citation,
		basis: leastSquares(lang, a.N, a.Confidence, nil),
		columns: []templates.Cell{{Text: say(lang, "col.subject")}, {Text: say(lang, "col.released")}, optional(say(lang, "optimal.parameters")), optional(say(lang, "optimal.tokens")),
			right(say(lang, "optimal.ratio")), right(say(lang, "optimal.over")), optional(say(lang, "optimal.wasted"))}}
	var points []chart.Point
	for _, m := range a.Models {
		points = append(points, chart.Point{Time: m.Time.Time, Y: m.Ratio, Name: m.Name, Href: subjectURL(m.Subject), Detail: pointDetail(m.Publishers...)})
	}
	for _, m := range slices.Backward(a.Models) {
		f.rows = append(f.rows, templates.FindingRow{Name: m.Name, URL: subjectURL(m.Subject), Cells: []templates.Cell{date(m.Time.Time),
			optional(quantity.Format(m.Parameters, "", lang)), optional(quantity.Format(m.Tokens, "", lang)), right(quantity.Format(roundedTo(m.Ratio, 3), "", lang)),
			right(factorText(lang, m.OverTokens())), optional(quantity.Format(m.WastedCompute, "fraction", lang))}})
	}
	var fit *chart.Fit // the curve that the answer speaks of
	if len(a.Curve) > 0 {
		fit = fitOf(lang, trend.Exponential, a.Confidence, a.Curve)
	}
	log := chosenScale(c, "") != "linear"
	f.scales = true
	f.spec = func(width, height int) chart.Spec {
		scale := "axis.linear"
		if log {
			scale = "axis.log"
		}
		subheading := say(lang, "optimal.axes", say(lang, scale))
		if fit != nil {
			subheading = joinedText(subheading, say(lang, "legend.bands", confidenceText(a.Confidence)))
		}
		return chart.Spec{Width: width, Height: height, Lang: lang, Title: say(lang, "optimal.title"), Heading: say(lang, "optimal.ratio"),
			Subheading: subheading, Source: citedLine(lang, a.Citation), Desc: a.Answer.In(lang),
			X: chart.Axis{Time: true}, Y: chart.Axis{Log: log, Label: say(lang, "optimal.ratio")}, Fit: fit,
			Series:     []chart.Series{{Name: say(lang, "optimal.models"), Color: 1, Kind: chart.Scatter, Points: points}},
			References: []chart.Reference{{Value: a.RuleOfThumb, Label: say(lang, "optimal.rule", fmt.Sprint(a.RuleOfThumb))}}}
	}
	return s.findingPage(c, "optimal", controls, f, nil)
}
