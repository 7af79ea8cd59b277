package server

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// firstPrice is asked where the address names no metric or no score.
var firstPrice = map[string]string{"metric": "gpqa-diamond", "threshold": "0.5,0.7"}

// pagePrice shows the lowest price of a score over time.
func (s *Server) pagePrice(c *fiber.Ctx) error {
	ctx, lang := c.UserContext(), s.lang(c)
	given := values(c)
	asked := func(name string) string {
		v := given(name)
		if v == "" && given("metric") == "" {
			return firstPrice[name]
		}
		if name == "threshold" {
			return shares(v)
		}
		return v
	}
	catalogue, err := s.engine.Metrics(ctx)
	if err != nil {
		return err
	}
	controls := []templates.Control{metricControl(lang, "col.metric", "metric", asked("metric"), catalogue, metrics.KindBenchmark),
		{Label: say(lang, "price.scores"), Name: "threshold", Value: asked("threshold"), Example: "0.5, 0.7"},
		metricControl(lang, "price.price", "price", asked("price"), catalogue, metrics.KindPrice), accessControl(lang, asked("access"))}
	p, err := query.ParsePrice(asked)
	if err != nil {
		return err
	}
	a, err := s.engine.PriceToReach(ctx, p)
	if err != nil {
		return s.findingPage(c, "price", controls, finding{}, err)
	}
	f := finding{kind: "price", api: "price-to-reach", values: p.Values(), answer: a, cited: a.Citation,
		basis: []templates.Basis{{Term: say(lang, "basis.estimator"), Value: say(lang, "estimator.ols")},
			{Term: say(lang, "basis.interval"), Value: confidenceText(a.Confidence) + ", " + say(lang, "interval.ols")}},
		columns: []templates.Cell{{Text: say(lang, "col.subject")}, right(say(lang, "price.score")), {Text: say(lang, "col.date")}, right(a.Price.Title.In(lang) + ", " + unitName(a.Price.Unit, lang)), optional(say(lang, "price.reached"))}}
	var lines []chart.Series
	for i, l := range a.Levels {
		level := levelText(lang, l.Threshold, a.Metric.Unit)
		f.says = append(f.says, glue(l.Answer.In(lang)))
		line := chart.Series{Name: level, Label: level, Color: i%5 + 1, Kind: chart.StepAfter}
		for _, r := range l.Records {
			line.Points = append(line.Points, chart.Point{Time: r.Time.Time, Y: r.Value, Name: r.Name, Href: subjectURL(r.Subject),
				Detail: pointDetail(r.Setting, r.Publisher)})
			f.rows = append(f.rows, templates.FindingRow{Name: r.Name, URL: subjectURL(r.Subject), Cells: []templates.Cell{right(level), date(r.Time.Time),
				right(quantity.Format(r.Value, "USD", lang)), optional(quantity.Format(r.Score, a.Metric.Unit, lang))}})
		}
		if len(line.Points) > 0 {
			lines = append(lines, line)
		}
	}
	log := chosenScale(c, "") != "linear"
	f.scales = true
	f.spec = func(width, height int) chart.Spec {
		return chart.Spec{Width: width, Height: height, Lang: lang, Title: say(lang, "price.title"), Heading: say(lang, "price.of", a.Metric.Title.In(lang)),
			Subheading: unitText(lang, a.Price, log), Source: citedLine(lang, a.Citation), Desc: strings.Join(f.says, " "),
			X: chart.Axis{Time: true}, Y: chart.Axis{Log: log, Unit: a.Price.Unit, Label: a.Price.Title.In(lang)}, Series: lines}
	}
	return s.findingPage(c, "price", controls, f, nil)
}

// shares reads percentages among the scores of a list as fractions.
func shares(list string) string {
	parts := strings.Split(list, ",")
	for i, part := range parts {
		if share, ok := strings.CutSuffix(strings.TrimSpace(part), "%"); ok {
			if v, err := strconv.ParseFloat(strings.TrimSpace(share), 64); err == nil {
				parts[i] = strconv.FormatFloat(v/100, 'g', -1, 64)
			}
		}
	}
	return strings.Join(parts, ",")
}
