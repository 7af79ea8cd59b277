package server

import (
	"errors"
	"html/template"
	"maps"
	"math"
	"net/url"
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

// firstQuestion is asked where the address asks none: has Moore's law slowed?
var firstQuestion = map[string]string{"metric": "cpu-transistors", "of": query.OfAll, "fit": string(trend.Exponential), "vs": "cpu-frequency"}

// pageTrends answers a question that is put together from a sentence of controls. A question that can't be answered keeps
// its form and shows the data that there are; one that can't be read keeps it too, and says beside each control what is
// wrong with it.
func (s *Server) pageTrends(c *fiber.Ctx) error {
	catalogue, err := s.engine.Metrics(c.UserContext())
	if err != nil {
		return err
	}
	q := s.question(c, catalogue)
	err = s.answerTrends(c, catalogue, q)
	if errors.Is(err, query.ErrParameter) && formOf(c) == "" {
		return s.unreadTrends(c, catalogue, q, err)
	}
	return err
}

func (s *Server) answerTrends(c *fiber.Ctx, catalogue query.Catalogue, q url.Values) error {
	ctx, lang := c.UserContext(), s.lang(c)
	p, err := query.ParseTrend(q.Get)
	if err != nil {
		return err
	}
	if p.Metric == "" {
		return s.render(c, templates.Trends{Frame: s.frame(c, "trends", say(lang, "nav.trends")), Heading: say(lang, "nav.trends"), Why: say(lang, "metrics.empty")})
	}
	m, err := s.measure(ctx, p, lang)
	if err != nil {
		return err
	}
	m.scale = chosenScale(c, "")
	switch formOf(c) {
	case ".svg", ".png":
		return s.chartForm(c, m.spec(lang, wideWidth, wideHeight))
	case ".csv", ".json":
		if m.trend == nil {
			return s.answer(c, m.series)
		}
		return s.answer(c, *m.trend)
	}
	page, err := s.trendsPage(c, catalogue, q, p, m)
	if err != nil {
		return err
	}
	if other := q.Get("vs"); other != "" && other != p.Metric {
		if err := s.besides(c, &page, q, other, m); err != nil {
			return err
		}
	}
	if m.trend == nil {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return s.render(c, page)
}

// question reads the address; a percent sign is accepted where a share is meant, and an empty address asks the first
// question that there are data for.
func (s *Server) question(c *fiber.Ctx, catalogue query.Catalogue) url.Values {
	q := url.Values{}
	for _, name := range append([]string{"metric", "vs"}, trendParameters...) {
		if v := c.Query(name); v != "" {
			q.Set(name, strings.Clone(v))
		}
	}
	if share, ok := strings.CutSuffix(strings.TrimSpace(q.Get("threshold")), "%"); ok {
		if v, err := strconv.ParseFloat(strings.TrimSpace(share), 64); err == nil {
			q.Set("threshold", strconv.FormatFloat(v/100, 'g', -1, 64))
		}
	}
	if q.Get("metric") != "" {
		return q
	}
	has := func(id string) bool {
		return slices.ContainsFunc(catalogue.Metrics, func(m query.CatalogueEntry) bool { return m.ID == id && m.Observations > 0 })
	}
	if has(firstQuestion["metric"]) {
		for name, v := range firstQuestion {
			if q.Get(name) == "" && (name != "vs" || has(v)) {
				q.Set(name, v)
			}
		}
		return q
	}
	if groups := byKind(catalogue.Metrics); len(groups) > 0 {
		q.Set("metric", groups[0].metrics[0].ID)
	}
	return q
}

func (s *Server) trendsPage(c *fiber.Ctx, catalogue query.Catalogue, q url.Values, p query.TrendParams, m measured) (templates.Trends, error) {
	lang, title := s.lang(c), m.series.Metric.Title.In(s.lang(c))
	page := s.trendsForm(c, catalogue, q, p)
	page.Address, page.Related, page.Why = "/trends?"+q.Encode(), m.reports, m.why
	page.Basis = m.basis(lang, page.Revision)
	if t := m.trend; t != nil {
		page.Answer, page.Detail, page.Fits = m.verdict(lang), glue(t.Answer.In(lang)), fitRows(lang, *t)
		page.Description = t.Answer.In(lang)
	}
	if len(m.series.Observations) > 0 {
		var err error
		page.Chart, err = s.interactive(c, "chart", renderings{wide: m.spec(lang, wideWidth, wideHeight), narrow: m.spec(lang, narrowWidth, narrowHeight), scales: true})
		if err != nil {
			return page, err
		}
		page.Chart.What = title + ": " + page.Chart.What
		page.Chart.Caption = template.HTML(template.HTMLEscapeString(sourceLine(lang, []measured{m}))) //nolint:gosec // escaped
		page.Chart.Tools = s.trendTools(c, q, m)
	}
	page.Observations = m.observationRows(lang)
	return page, nil
}

// trendsForm is the page with its controls as a question sets them, and no answer.
func (s *Server) trendsForm(c *fiber.Ctx, catalogue query.Catalogue, q url.Values, p query.TrendParams) templates.Trends {
	lang := s.lang(c)
	heading := say(lang, "nav.trends")
	if i := slices.IndexFunc(catalogue.Metrics, func(m query.CatalogueEntry) bool { return m.ID == p.Metric }); i >= 0 {
		heading = say(lang, "trends.title", catalogue.Metrics[i].Title.In(lang))
	}
	return templates.Trends{
		Frame: s.frame(c, "trends", heading), Heading: heading,
		Metrics: metricOptions(lang, catalogue.Metrics, p.Metric),
		Of:      options(lang, "ask-of", p.Of, query.OfFrontier, query.OfAll),
		Fit:     options(lang, "ask-fit", p.Fit, query.FitAuto, string(trend.Exponential), string(trend.Linear), string(trend.Logistic)),
		Access:  options(lang, "access", p.Access, "", "open", "closed", "unreleased"),
		Since:   dateField(p.Since), Until: dateField(p.Until), AsOf: dateField(p.AsOf), Limit: strings.Clone(c.Query("threshold")),
		Versus: append([]templates.OptionGroup{{Label: say(lang, "ask.none"), Options: []templates.Choice{{Label: say(lang, "ask.nothing")}}}},
			metricOptions(lang, catalogue.Metrics, q.Get("vs"))...),
		Others: moreQuestions(lang, ""),
	}
}

// trendsControls are the parameters that the page's form has.
var trendsControls = []string{"metric", "of", "fit", "since", "until", "access", "threshold", "as_of", "vs"}

// unreadTrends shows the form again where an address could not be read: what was readable stays as it was asked, and beside
// each control that was not stands why. What no control is for is told of under the form.
func (s *Server) unreadTrends(c *fiber.Ctx, catalogue query.Catalogue, q url.Values, unread error) error {
	lang, wrong, readable := s.lang(c), map[string]string{}, url.Values{}
	tell := func(err error) (name string) {
		var p *query.ParameterError
		if errors.As(err, &p) {
			name = p.Name
			wrong[name] = say(lang, "ask.wrong", short(p.Value), p.Why.In(lang))
		}
		return name
	}
	for name := range q {
		_, err := query.ParseTrend(func(asked string) string {
			if asked != name {
				return ""
			}
			return q.Get(name)
		})
		if tell(err) == "" {
			readable.Set(name, q.Get(name))
		}
	}
	if len(wrong) == 0 { // each alone can be read, or it is about the chart
		tell(unread)
	}
	p, err := query.ParseTrend(readable.Get)
	if err != nil { // they can't be asked together
		p = query.TrendParams{Filter: query.Filter{Metric: readable.Get("metric")}}
	}
	page := s.trendsForm(c, catalogue, readable, p)
	page.Frame.NoIndex, page.Frame.Canonical, page.Frame.Title = true, "", say(lang, "problem.400")
	page.Wrong, page.Why = wrong, say(lang, "ask.unread")
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		if !slices.Contains(trendsControls, name) {
			page.Why += " " + name + " " + wrong[name]
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Status(fiber.StatusBadRequest)
	return s.render(c, page)
}

// short is what was typed, as far as a line has room for it.
func short(typed string) string {
	const most = 40
	if letters := []rune(typed); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return typed
}

// trendTools are the ways to take the answer along.
func (s *Server) trendTools(c *fiber.Ctx, q url.Values, m measured) *templates.Tools {
	v := url.Values{}
	for name, value := range q {
		if name != "vs" {
			v[name] = value
		}
	}
	own := viewed(c, "", v)
	tools := &templates.Tools{CSV: "/api/v1/series.csv?" + v.Encode(), JSON: "/api/v1/series?" + v.Encode(), SVG: "/trends.svg?" + own.Encode(),
		PNG: "/trends.png?" + own.Encode(), Pinned: s.pinned(c.UserContext(), c)}
	tools.Embed = s.embed(tools.SVG, "/trends?"+own.Encode(), m.series.Metric.Title.In(s.lang(c)))
	if m.trend != nil {
		tools.CSV, tools.JSON = "/api/v1/trend.csv?"+v.Encode(), "/api/v1/trend?"+v.Encode()
		tools.Cite, tools.BibTeX = m.trend.Citation.Text.In(s.lang(c)), m.trend.Citation.BibTeX
		tools.Cited = "/api/v1" + strings.Replace(m.trend.Citation.URL, "/trends", "/trend", 1)
	}
	return tools
}

// verdict answers in one sentence, with the number that answers in red.
func (m measured) verdict(lang string) template.HTML {
	t := m.trend
	title := m.series.Metric.Title.In(lang)
	what := say(lang, "verdict.of-"+t.Of, title)
	first := strconv.Itoa(t.First.Year())
	var out template.HTML
	switch {
	case t.DoublingTime != nil:
		out = rich(lang, "verdict.doubles", topic(lang, what), first, spanText(lang, t.DoublingTime.Value))
	case t.HalvingTime != nil:
		out = rich(lang, "verdict.halves", topic(lang, what), first, spanText(lang, t.HalvingTime.Value))
	case t.Parameters.Logistic != nil:
		if middle, ok := trend.TimeAt(t.Parameters.Logistic.MidpointYears.Value); ok {
			out = rich(lang, "verdict.logistic", topic(lang, what), quantity.Month(middle, lang))
		}
	case t.GrowthPerYear != nil:
		out = rich(lang, "verdict."+linearWord(*t), topic(lang, what), first, quantity.SayDifference(math.Abs(t.GrowthPerYear.Value), m.series.Metric.Unit, lang))
	}
	if b := t.Breakpoint; b != nil {
		if key := "verdict." + string(b.Change); !b.Significant {
			out = joined(out, rich(lang, "verdict.steady"))
		} else if say(lang, key) != key {
			out = joined(out, rich(lang, key, quantity.Month(b.Date.Time, lang)))
		}
	}
	if th := t.Threshold; th != nil {
		value := levelText(lang, th.Value, m.series.Metric.Unit)
		out = joined(out, rich(lang, "verdict.threshold", value, quantity.Month(th.Date.Time, lang)))
	}
	return out
}

// besides sets a second metric under the same question beside the first.
func (s *Server) besides(c *fiber.Ctx, page *templates.Trends, q url.Values, other string, first measured) error {
	ctx, lang := c.UserContext(), s.lang(c)
	get := func(name string) string {
		switch name {
		case "metric":
			return other
		case "threshold", "ceiling":
			return "" // of the other metric's unit
		}
		return q.Get(name)
	}
	p, err := query.ParseTrend(get)
	if err != nil {
		return err
	}
	m, err := s.measure(ctx, p, lang)
	if err != nil {
		return err
	}
	m.scale = first.scale
	page.SecondTitle = m.series.Metric.Title.In(lang)
	if len(m.series.Observations) > 0 {
		page.Second, err = s.interactive(c, "versus", renderings{wide: m.spec(lang, wideWidth, textHeight), narrow: m.spec(lang, narrowWidth, narrowHeight)})
		if err != nil {
			return err
		}
		page.Second.Legend = nil // the first chart's is for both
		alone := url.Values{"metric": {other}}
		for _, name := range trendParameters {
			if v := get(name); v != "" {
				alone.Set(name, v)
			}
		}
		page.Second.Tools = s.trendTools(c, alone, m)
		page.Second.What = page.SecondTitle + ": " + page.Second.What
		page.Second.Caption = template.HTML(template.HTMLEscapeString(sourceLine(lang, []measured{m}))) //nolint:gosec // escaped
	}
	if m.trend == nil {
		page.SecondDetail = m.why
		return nil
	}
	page.SecondDetail = glue(m.trend.Answer.In(lang))
	if first.trend == nil || first.trend.Fit != m.trend.Fit {
		return nil
	}
	comparison, err := s.engine.Compare(ctx, query.CompareParams{Trends: []query.TrendParams{first.params, p}})
	if err != nil && !errors.Is(err, query.ErrUnanswerable) {
		return err
	}
	if err == nil && comparison.Difference != nil {
		page.Difference = glue(comparison.Difference.Answer.In(lang))
	}
	return nil
}

// maxObservationRows is how many observations are worth listing where no trend sums them up.
const maxObservationRows = 30

// observationRows list the data where they don't make a trend.
func (m measured) observationRows(lang string) []templates.RecordRow {
	if m.trend != nil {
		return nil
	}
	var rows []templates.RecordRow
	for _, o := range slices.Backward(m.series.Observations) {
		if len(rows) == maxObservationRows {
			break
		}
		rows = append(rows, templates.RecordRow{Date: o.Time.Format(time.DateOnly), Name: o.Name, URL: subjectURL(o.Subject), Organization: o.Organization,
			Setting: settingText(lang, o.Setting), Value: quantity.Format(o.Value, m.series.Metric.Unit, lang)})
	}
	return rows
}

// options are the choices of a select, worded under a prefix of the catalogue of messages.
func options(lang, prefix, current string, values ...string) []templates.Choice {
	out := make([]templates.Choice, len(values))
	for i, v := range values {
		key := v
		if key == "" {
			key = "any"
		}
		out[i] = templates.Choice{Label: say(lang, prefix+"."+key), Value: v, Current: v == current}
	}
	return out
}

func dateField(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
