package server

import (
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

// finding is an answer that has a page of its own below /trends: what it says, draws and lists.
type finding struct {
	kind    string // its page below /trends, and the prefix of its messages
	api     string // its route below /api/v1
	values  map[string][]string
	answer  any // what the forms of the page answer with
	says    []string
	basis   []templates.Basis
	spec    func(width, height int) chart.Spec
	cited   query.Citation
	columns []templates.Cell
	rows    []templates.FindingRow
}

// moreQuestions are the pages below /trends.
func moreQuestions(lang, current string) []templates.Choice {
	var out []templates.Choice
	for _, kind := range []string{"progress", "price", "optimal", "forecasts"} {
		out = append(out, templates.Choice{Label: say(lang, kind+".title"), URL: "/trends/" + kind, Current: kind == current})
	}
	return out
}

// findingPage writes a finding in the form that was asked for. That a question can't be answered is said on the page, which
// keeps its controls.
func (s *Server) findingPage(c *fiber.Ctx, kind string, controls []templates.Control, f finding, err error) error {
	lang := s.lang(c)
	page := templates.Finding{Frame: s.frame(c, "trends", say(lang, kind+".title")), Heading: say(lang, kind+".title"), Deck: say(lang, kind+".deck"),
		Controls: controls, Caption: say(lang, kind+".caption"), Others: moreQuestions(lang, kind)}
	page.Description = page.Deck
	if errors.Is(err, query.ErrUnanswerable) && formOf(c) == "" {
		page.Why = unanswered(err, lang)
		c.Status(fiber.StatusUnprocessableEntity)
		return s.render(c, page)
	}
	if err != nil {
		return err
	}
	switch form := formOf(c); {
	case (form == ".svg" || form == ".png") && f.spec != nil:
		return s.chartForm(c, f.spec(wideWidth, wideHeight))
	case form != "":
		return s.answer(c, f.answer)
	}
	page.Answers, page.Columns, page.Rows = f.says, f.columns, f.rows
	page.Basis = f.basis
	if page.Revision != "" {
		page.Basis = append(page.Basis, templates.Basis{Term: say(lang, "foot.revision"), Value: page.Revision})
	}
	if f.spec != nil {
		page.Chart, err = s.interactive(c, "chart", renderings{wide: f.spec(wideWidth, wideHeight), narrow: f.spec(narrowWidth, narrowHeight)})
		if err != nil {
			return err
		}
		page.Chart.Caption = template.HTML(template.HTMLEscapeString(f.spec(wideWidth, wideHeight).Source)) //nolint:gosec // escaped
		page.Chart.Tools = s.findingTools(c, f)
	} else {
		page.Tools = &templates.Tools{CSV: address("/api/v1/"+f.api+".csv", f.values), JSON: address("/api/v1/"+f.api, f.values)}
	}
	return s.render(c, page)
}

func (s *Server) findingTools(c *fiber.Ctx, f finding) *templates.Tools {
	api, own := "/api/v1/"+f.api, "/trends/"+f.kind
	tools := &templates.Tools{CSV: address(api+".csv", f.values), JSON: address(api, f.values), SVG: address(own+".svg", f.values), PNG: address(own+".png", f.values),
		Pinned: s.pinned(c.UserContext(), c), Cite: f.cited.Text.In(s.lang(c)), BibTeX: f.cited.BibTeX}
	tools.Embed = s.embed(tools.SVG, address(own, f.values), say(s.lang(c), f.kind+".title"))
	return tools
}

// citedLine says whose data an answer is made of.
func citedLine(lang string, cited query.Citation) string {
	names := make([]string, 0, maxNamedSources)
	for _, r := range cited.Sources {
		if len(names) < maxNamedSources {
			names = append(names, r.Name)
		}
	}
	list := strings.Join(names, "; ")
	if more := len(cited.Sources) - len(names); more > 0 {
		list += say(lang, "source.more", more)
	}
	return say(lang, "finding.source", list)
}

func leastSquares(lang string, n int, confidence float64, r2 *float64) []templates.Basis {
	out := []templates.Basis{{Term: say(lang, "basis.estimator"), Value: say(lang, "estimator.ols")}, {Term: say(lang, "basis.n"), Value: strconv.Itoa(n)},
		{Term: say(lang, "basis.interval"), Value: confidenceText(confidence) + ", " + say(lang, "interval.ols")}}
	if r2 != nil {
		out = append(out, templates.Basis{Term: say(lang, "basis.r2"), Value: plain(r2, 2)})
	}
	return out
}

func right(text string) templates.Cell { return templates.Cell{Text: text, Right: true} }

func optional(text string) templates.Cell {
	return templates.Cell{Text: text, Optional: true, Right: true}
}

// metricControl lets a reader choose among the metrics of a kind.
func metricControl(lang, label, name, chosen string, catalogue query.Catalogue, kind string, more ...templates.OptionGroup) templates.Control {
	entries := slices.DeleteFunc(slices.Clone(catalogue.Metrics), func(m query.CatalogueEntry) bool { return m.Kind != kind || m.Observations == 0 })
	return templates.Control{Label: say(lang, label), Name: name, Groups: append(more, metricOptions(lang, entries, chosen)...)}
}

func accessControl(lang, chosen string) templates.Control {
	return templates.Control{Label: say(lang, "ask.access"), Name: "access",
		Groups: []templates.OptionGroup{{Label: say(lang, "ask.access"), Options: options(lang, "access", chosen, "", "open", "closed", "unreleased")}}}
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
	var points []chart.Point
	for _, m := range a.Models {
		points = append(points, chart.Point{X: m.Compute, Y: m.Value, Name: m.Name, Href: subjectURL(m.Subject), Detail: pointDetail(m.Setting, m.Time.String())})
	}
	for _, m := range slices.Backward(a.Models) {
		f.rows = append(f.rows, templates.FindingRow{Name: m.Name, URL: subjectURL(m.Subject), Cells: []templates.Cell{{Text: m.Time.String()}, optional(m.Setting),
			right(chart.FormatValue(m.Compute, "FLOP", lang)), right(chart.FormatValue(m.Value, unit, lang))}})
	}
	f.spec = func(width, height int) chart.Spec {
		return chart.Spec{Width: width, Height: height, Lang: lang, Title: say(lang, "progress.title"), Heading: say(lang, "progress.title"),
			Subheading: say(lang, "progress.axes", a.Metric.Title.In(lang)), Source: citedLine(lang, a.Citation), Desc: a.Answer.In(lang),
			X: chart.Axis{Log: true, Unit: "FLOP", Label: say(lang, "progress.compute")}, Y: chart.Axis{Unit: unit, Label: a.Metric.Title.In(lang)}, Points: points}
	}
	return s.findingPage(c, "progress", controls, f, nil)
}

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
		columns: []templates.Cell{{Text: say(lang, "col.subject")}, right(say(lang, "price.score")), {Text: say(lang, "col.date")}, right(a.Price.Title.In(lang)), optional(say(lang, "price.reached"))}}
	var lines []chart.Series
	for i, l := range a.Levels {
		level := levelText(lang, l.Threshold, a.Metric.Unit)
		f.says = append(f.says, glue(l.Answer.In(lang)))
		line := chart.Series{Name: level, Label: level, Color: i%5 + 1, Kind: chart.StepAfter}
		for _, r := range l.Records {
			line.Points = append(line.Points, chart.Point{Time: r.Time.Time, Y: r.Value, Name: r.Name, Href: subjectURL(r.Subject),
				Detail: pointDetail(r.Setting, chart.FormatValue(r.Value, a.Price.Unit, lang))})
			f.rows = append(f.rows, templates.FindingRow{Name: r.Name, URL: subjectURL(r.Subject), Cells: []templates.Cell{right(level), {Text: r.Time.String()},
				right(chart.FormatValue(r.Value, a.Price.Unit, lang)), optional(chart.FormatValue(r.Score, a.Metric.Unit, lang))}})
		}
		if len(line.Points) > 0 {
			lines = append(lines, line)
		}
	}
	f.spec = func(width, height int) chart.Spec {
		return chart.Spec{Width: width, Height: height, Lang: lang, Title: say(lang, "price.title"), Heading: say(lang, "price.of", a.Metric.Title.In(lang)),
			Subheading: unitText(lang, a.Price, true), Source: citedLine(lang, a.Citation), Desc: strings.Join(f.says, " "),
			X: chart.Axis{Time: true}, Y: chart.Axis{Log: true, Unit: a.Price.Unit, Label: a.Price.Title.In(lang)}, Series: lines}
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
		points = append(points, chart.Point{Time: m.Time.Time, Y: m.Ratio, Name: m.Name, Href: subjectURL(m.Subject), Detail: plain(&m.Ratio, 1)})
	}
	for _, m := range slices.Backward(a.Models) {
		f.rows = append(f.rows, templates.FindingRow{Name: m.Name, URL: subjectURL(m.Subject), Cells: []templates.Cell{{Text: m.Time.String()},
			optional(chart.FormatValue(m.Parameters, "", lang)), optional(chart.FormatValue(m.Tokens, "", lang)), right(chart.FormatValue(roundedTo(m.Ratio, 3), "", lang)),
			right(factorText(lang, m.OverTokens())), optional(chart.FormatValue(m.WastedCompute, "fraction", lang))}})
	}
	f.spec = func(width, height int) chart.Spec {
		return chart.Spec{Width: width, Height: height, Lang: lang, Title: say(lang, "optimal.title"), Heading: say(lang, "optimal.ratio"),
			Subheading: say(lang, "optimal.axes"), Source: citedLine(lang, a.Citation), Desc: a.Answer.In(lang),
			X: chart.Axis{Time: true}, Y: chart.Axis{Log: true, Label: say(lang, "optimal.ratio")}, Points: points,
			References: []chart.Reference{{Value: a.RuleOfThumb, Label: say(lang, "optimal.rule", fmt.Sprint(a.RuleOfThumb))}}}
	}
	return s.findingPage(c, "optimal", controls, f, nil)
}

// pageForecasts lists the forecasts that were given, and how they fared.
func (s *Server) pageForecasts(c *fiber.Ctx) error {
	lang := s.lang(c)
	scores, err := s.forecastScores(c)
	if err != nil {
		return err
	}
	f := finding{kind: "forecasts", api: "forecasts", answer: scores, says: []string{scores.Answer.In(lang)},
		columns: []templates.Cell{{Text: say(lang, "col.metric")}, {Text: say(lang, "forecasts.given")}, {Text: say(lang, "forecasts.for")}, optional(say(lang, "fits.fit")),
			right(say(lang, "forecasts.value")), right(say(lang, "forecasts.interval")), right(say(lang, "forecasts.came"))}}
	if metric := strings.Clone(c.Query("metric")); metric != "" {
		f.values = map[string][]string{"metric": {metric}}
	}
	for _, k := range scores.Forecasts {
		came := say(lang, "forecasts.open")
		if o := k.Outcome; o != nil {
			came = say(lang, map[bool]string{true: "forecasts.inside", false: "forecasts.outside"}[o.Inside], chart.FormatValue(o.Value, k.Unit, lang), o.Name)
		}
		word := func(v float64) string { return chart.FormatValue(v, k.Unit, lang) }
		f.rows = append(f.rows, templates.FindingRow{Name: k.Title.In(lang), URL: k.URL, Cells: []templates.Cell{{Text: k.GivenAt.Format("2006-01-02")}, {Text: k.Time.String()},
			optional(fitName(lang, trend.Kind(k.Fit))), right(word(k.Value)), right(confidenceText(k.Confidence) + ", " + rangeText(word(k.Low), word(k.High))), right(came)}})
	}
	return s.findingPage(c, "forecasts", nil, f, nil)
}
