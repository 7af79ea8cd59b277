package server

import (
	"errors"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

// maxCompared is how many metrics a page sets side by side.
const maxCompared = 6

// firstComparison is shown where the address names nothing.
var firstComparison = []string{"hardware-fp16-flops", "hardware-memory-bandwidth", "hardware-memory"}

// pageCompare sets the growth of several metrics, or of one metric in two periods, side by side; or several subjects.
func (s *Server) pageCompare(c *fiber.Ctx) error {
	if named := namedSubjects(c); strings.Trim(named, ", ") != "" {
		return s.pageCompareSubjects(c, named)
	}
	ctx, lang := c.UserContext(), s.lang(c)
	catalogue, err := s.engine.Metrics(ctx)
	if err != nil {
		return err
	}
	ids := compared(c, catalogue)
	of := c.Query("of", query.OfFrontier)
	params, err := comparedParams(c, ids)
	if err != nil {
		return err
	}
	all := make(comparison, 0, len(params))
	for _, p := range params {
		m, err := s.measure(ctx, p, lang)
		if err != nil {
			return err
		}
		m.reports, m.scale = nil, chosenScale(c, "")
		all = append(all, m)
	}
	if wantsChart(c) {
		if len(all) == 0 {
			return errNotFound
		}
		return s.chartForm(c, all.spec(lang, wideWidth, wideHeight))
	}
	result, difference, err := s.difference(c, params)
	if err != nil {
		return err
	}
	if form := formOf(c); form != "" {
		return s.answer(c, result)
	}
	page := templates.Compare{Frame: s.frame(c, "compare", say(lang, "nav.compare")), Chosen: ids, Answer: difference.answer, Why: difference.why,
		Of: options(lang, "of", of, query.OfFrontier, query.OfAll), Split: strings.Clone(c.Query("split"))}
	page.Description = say(lang, "compare.deck")
	for i := range maxCompared {
		chosen := ""
		if i < len(ids) {
			chosen = ids[i]
		}
		page.Slots = append(page.Slots, templates.CompareSlot{Label: say(lang, "compare.slot", i+1), Groups: metricOptions(lang, catalogue.Metrics, chosen)})
	}
	for _, m := range all {
		page.Rows = append(page.Rows, m.compareRow(lang, len(ids) == 1))
	}
	if len(all) > 0 {
		page.Chart, err = s.interactive(c, "chart", renderings{wide: all.spec(lang, wideWidth, wideHeight), narrow: all.spec(lang, narrowWidth, narrowHeight), scales: true})
		if err != nil {
			return err
		}
		page.Chart.Caption = template.HTML(template.HTMLEscapeString(sourceLine(lang, all))) //nolint:gosec // escaped
		page.Chart.Tools = s.compareTools(c, ids)
	}
	return s.render(c, page)
}

// compared are the metrics that the address names, by one parameter each or divided by commas, each once.
func compared(c *fiber.Ctx, catalogue query.Catalogue) []string {
	var ids []string
	for _, v := range c.Context().QueryArgs().PeekMulti("metric") {
		for id := range strings.SplitSeq(string(v), ",") {
			if id = strings.TrimSpace(id); id != "" && !slices.Contains(ids, id) && len(ids) < maxCompared {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) > 0 {
		return ids
	}
	for _, id := range firstComparison {
		if slices.ContainsFunc(catalogue.Metrics, func(m query.CatalogueEntry) bool { return m.ID == id && m.Observations > 0 }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// comparedParams are the questions that are compared: one per metric, or one per period of a single one.
func comparedParams(c *fiber.Ctx, ids []string) ([]query.TrendParams, error) {
	get := func(id string) query.Values {
		return func(name string) string {
			switch name {
			case "metric":
				return id
			case "fit":
				return strings.Clone(c.Query("fit", string(trend.Exponential)))
			}
			return strings.Clone(c.Query(name))
		}
	}
	if len(ids) == 1 && c.Query("split") != "" {
		p, err := query.ParseCompare(get(ids[0]))
		return p.Trends, err
	}
	var params []query.TrendParams
	for _, id := range ids {
		p, err := query.ParseTrend(get(id))
		if err != nil {
			return nil, err
		}
		params = append(params, p)
	}
	return params, nil
}

// verdict is what can be said of a difference, or why nothing can.
type verdict struct{ answer, why string }

// difference compares the first two trends. That they can't be compared is an answer too.
func (s *Server) difference(c *fiber.Ctx, params []query.TrendParams) (query.Comparison, verdict, error) {
	lang := s.lang(c)
	if len(params) < 2 {
		return query.Comparison{}, verdict{why: say(lang, "compare.choose")}, nil
	}
	result, err := s.engine.Compare(c.UserContext(), query.CompareParams{Trends: params})
	var u *query.UnanswerableError
	switch {
	case errors.As(err, &u):
		return result, verdict{why: u.Why.In(lang)}, nil
	case err != nil:
		return result, verdict{}, err
	case result.Difference == nil:
		return result, verdict{why: say(lang, "compare.kinds")}, nil
	}
	return result, verdict{answer: glue(result.Difference.Answer.In(lang))}, nil
}

// compareRow is one of the compared trends in numbers.
func (m measured) compareRow(lang string, period bool) templates.CompareRow {
	metric := m.series.Metric
	row := templates.CompareRow{Name: metric.Title.In(lang), URL: metricURL(metric.ID)}
	if period && (!m.params.Since.IsZero() || !m.params.Until.IsZero()) {
		row.Name += " " + periodText(lang, m.params.Since, m.params.Until)
	}
	if n := len(m.frontier.Records); n > 0 {
		last := m.frontier.Records[n-1]
		row.Record = quantity.Format(last.Value, metric.Unit, lang) + ", " + last.Name
	}
	t := m.trend
	if t == nil {
		row.Why = m.why
		return row
	}
	row.Growth, row.N = growthText(lang, t.Fit, t.GrowthPerYear, metric.Unit), strconv.Itoa(t.N)
	row.Period = t.First.Format("2006-01") + "–" + t.Last.Format("2006-01")
	switch {
	case t.DoublingTime != nil:
		row.Doubling = yearsText(lang, *t.DoublingTime)
	case t.HalvingTime != nil:
		row.Doubling = say(lang, "compare.halving", yearsText(lang, *t.HalvingTime))
	}
	return row
}

func periodText(lang string, since, until time.Time) string {
	switch {
	case since.IsZero():
		return say(lang, "period.until", until.Format(time.DateOnly))
	case until.IsZero():
		return say(lang, "period.since", since.Format(time.DateOnly))
	}
	return since.Format(time.DateOnly) + "–" + until.Format(time.DateOnly)
}

func (s *Server) compareTools(c *fiber.Ctx, ids []string) *templates.Tools {
	q := asked(c, strings.Join(ids, ","))
	if split := c.Query("split"); split != "" {
		q.Set("split", strings.Clone(split))
	}
	own := viewed(c, "", q)
	tools := &templates.Tools{CSV: "/compare.csv?" + q.Encode(), JSON: "/compare.json?" + q.Encode(),
		SVG: "/compare.svg?" + own.Encode(), PNG: "/compare.png?" + own.Encode(), Pinned: s.pinned(c.UserContext(), c)}
	tools.Embed = s.embed(tools.SVG, "/compare?"+own.Encode(), say(s.lang(c), "nav.compare"))
	return tools
}
