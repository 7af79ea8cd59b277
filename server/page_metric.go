package server

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

func metricURL(id string) string { return "/metrics/" + url.PathEscape(id) }

func subjectURL(id string) string { return "/subjects/" + url.PathEscape(id) }

// trendParameters are those of a view of a metric that its address may carry.
var trendParameters = []string{"of", "fit", "access", "country", "source", "since", "until", "as_of", "confidence", "threshold", "horizon",
	"ceiling", "error", "estimator", "ties", "interval", "resamples", "seed"}

// asked are the parameters of a view as they were asked, for addresses that ask the same elsewhere.
func asked(c *fiber.Ctx, metric string) url.Values {
	v := url.Values{}
	if metric != "" {
		v.Set("metric", metric)
	}
	for _, name := range trendParameters {
		if value := c.Query(name); value != "" {
			v.Set(name, strings.Clone(value))
		}
	}
	return v
}

// pageMetric shows one metric: its record, its trend, who held the record, and who says so.
func (s *Server) pageMetric(c *fiber.Ctx) error {
	ctx, lang, id := c.UserContext(), s.lang(c), strings.Clone(c.Params("id"))
	p, err := query.ParseTrend(func(name string) string {
		if name == "metric" {
			return id
		}
		return strings.Clone(c.Query(name))
	})
	if err != nil {
		return err
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
		return s.answer(c, m.frontier)
	}
	metric := m.series.Metric
	page := templates.Metric{
		Frame:      s.frame(c, "metrics", metric.Title.In(lang)),
		Heading:    metric.Title.In(lang),
		Definition: metric.Definition.In(lang),
		Kind:       say(lang, "metrics."+metric.Kind), KindURL: "/metrics#g-" + url.PathEscape(metric.Kind),
		Views: s.metricViews(c, p, metric), Reports: m.reports, WhyNoTrend: m.why, Hidden: hidden(c, "as_of"),
		Records: m.recordRows(lang), RecordCaption: say(lang, "metric.rule-"+recordWord(metric)), Sources: m.sourceItems(lang),
	}
	page.Description = page.Definition
	if other := map[string]string{"ko": metric.Title.En, "en": metric.Title.Ko}[lang]; other != page.Heading {
		page.Other, page.OtherLang = other, map[string]string{"ko": "en", "en": "ko"}[lang]
	}
	if !p.AsOf.IsZero() {
		page.AsOf = p.AsOf.Format(time.DateOnly)
	}
	if m.trend != nil {
		page.TrendAnswer, page.Fits = glue(m.trend.Answer.In(lang)), fitRows(lang, *m.trend)
	}
	page.Answer, page.Basis = m.answer(lang), m.basis(lang, page.Revision)
	if len(m.series.Observations) > 0 {
		page.Chart, err = s.interactive(c, "chart", renderings{wide: m.spec(lang, wideWidth, wideHeight), narrow: m.spec(lang, narrowWidth, narrowHeight), scales: true})
		if err != nil {
			return err
		}
		page.Chart.Caption = template.HTML(template.HTMLEscapeString(sourceLine(lang, []measured{m}))) //nolint:gosec // escaped
		page.Chart.Tools = s.metricTools(ctx, c, m)
		page.Image = s.cfg.PublicURL + metricURL(id) + ".png"
	}
	return s.render(c, page)
}

// answer says what the record is, and how it came to be.
func (m measured) answer(lang string) template.HTML {
	records := m.frontier.Records
	if len(records) == 0 {
		return ""
	}
	key, args := m.recordSentence(lang)
	sentences := []template.HTML{rich(lang, key, args...)}
	unit := m.series.Metric.Unit
	first := records[0]
	if n := len(records) - 1; n > 0 {
		value := quantity.Format(first.Value, unit, lang)
		sentences = append(sentences, rich(lang, "answer.since", quantity.Month(first.Time.Time, lang), value, timesText(lang, n)))
	} else {
		sentences = append(sentences, rich(lang, "answer.only", quantity.Month(first.Time.Time, lang)))
	}
	return joined(sentences...)
}

// basis says how the answer was reached.
func (m measured) basis(lang, revision string) []templates.Basis {
	var out []templates.Basis
	add := func(term, value string) { out = append(out, templates.Basis{Term: say(lang, term), Value: value}) }
	if t := m.trend; t != nil {
		fit := fitName(lang, t.Fit)
		if l := t.Parameters.Logistic; l != nil {
			unit := m.series.Metric.Unit
			fit += ", " + say(lang, "basis.between", levelText(lang, l.Floor, unit), levelText(lang, l.Ceiling.Value, unit))
		}
		if t.ChosenBy != "" {
			fit += ", " + say(lang, "basis.chosen-"+string(t.ChosenBy))
		}
		add("basis.fit", fit)
		add("basis.estimator", estimatorText(lang, *t))
	}
	add("basis.n", say(lang, "basis.counts", len(m.frontier.Records), len(m.series.Observations)))
	if t := m.trend; t != nil {
		add("basis.interval", confidenceText(t.Confidence)+", "+say(lang, intervalKey(*t)))
	}
	if revision != "" {
		add("foot.revision", revision)
	}
	return out
}

// intervalKey names the kind of interval of an estimator.
func intervalKey(t query.Trend) string {
	if t.Fit == trend.Logistic && t.Estimator == trend.OLS {
		return "interval.nls"
	}
	return "interval." + string(t.Estimator)
}

// metricViews are the ways to look at a metric, each an address.
func (s *Server) metricViews(c *fiber.Ctx, p query.TrendParams, m metrics.Metric) []templates.View {
	lang := s.lang(c)
	view := func(label, name, current, def string, values ...string) templates.View {
		v := templates.View{Label: say(lang, label)}
		for _, value := range values {
			set := value
			if value == def {
				set = ""
			}
			v.Choices = append(v.Choices, templates.Choice{Label: say(lang, name+"."+cmp.Or(value, "any")), URL: s.with(c, name, set), Current: value == current})
		}
		return v
	}
	fits := []string{query.FitAuto, string(trend.Exponential), string(trend.Linear)}
	if m.Ceiling != nil || p.Fit == string(trend.Logistic) {
		fits = append(fits, string(trend.Logistic))
	}
	views := []templates.View{view("view.of", "of", p.Of, query.OfFrontier, query.OfFrontier, query.OfAll), view("view.fit", "fit", p.Fit, query.FitAuto, fits...)}
	switch m.Kind {
	case metrics.KindBenchmark, metrics.KindModel, metrics.KindPrice:
		views = append(views, view("view.access", "access", p.Access, "", "", "open", "closed"))
	}
	return views
}

// hidden are the parameters that a form keeps beside its own.
func hidden(c *fiber.Ctx, except ...string) []templates.Choice {
	var out []templates.Choice
	c.Context().QueryArgs().VisitAll(func(k, v []byte) {
		if name := string(k); !slices.Contains(except, name) && len(v) > 0 {
			out = append(out, templates.Choice{Label: name, Value: string(v)})
		}
	})
	return out
}

// recordRows are the records, the present one first.
func (m measured) recordRows(lang string) []templates.RecordRow {
	records := m.frontier.Records
	rows := make([]templates.RecordRow, 0, len(records))
	for i, r := range slices.Backward(records) {
		row := templates.RecordRow{Date: r.Time.Format(time.DateOnly), Name: r.Name, URL: subjectURL(r.Subject), Organization: r.Organization,
			Setting: settingText(lang, r.Setting), Value: quantity.Format(r.Value, m.series.Metric.Unit, lang),
			Gain: gainText(lang, m.series.Metric, r), Now: i == len(records)-1}
		switch {
		case row.Now:
			row.Held = say(lang, "metric.standing")
		case r.HeldDays != nil:
			row.Held = heldText(lang, *r.HeldDays)
		}
		rows = append(rows, row)
	}
	return rows
}

func heldText(lang string, days int) string {
	if days < 3*365 {
		return counted(lang, float64(days), 0, "일", "day")
	}
	return spanText(lang, float64(days)/365.25)
}

// fitRows are the competing fits side by side.
func fitRows(lang string, t query.Trend) []templates.FitRow {
	rows := make([]templates.FitRow, 0, len(t.Fits))
	for _, f := range t.Fits {
		row := templates.FitRow{Name: fitName(lang, f.Fit), Growth: growthText(lang, f.Fit, f.GrowthPerYear, t.Metric.Unit),
			R2: plain(f.R2, 3), AICc: plain(f.AICc, 1), Error: backtestText(f), Chosen: f.Chosen}
		if f.Why != nil {
			row.Why = f.Why.In(lang)
		}
		rows = append(rows, row)
	}
	return rows
}

// backtestText is the error of forecasts that did not see the future, and of how many.
func backtestText(f query.FitSummary) string {
	if f.BacktestError == nil {
		return ""
	}
	return fmt.Sprintf("%.3g (n\u00a0=\u00a0%d)", *f.BacktestError, f.BacktestN)
}

// maxListedSources keeps the list of sources to what a reader looks at; the CSV has them all.
const maxListedSources = 10

// sourceItems lists who published the observations, then who defined the metric.
func (m measured) sourceItems(lang string) []templates.SourceItem {
	metric := m.series.Metric
	var items []templates.SourceItem
	publishers := m.publishers()
	for _, p := range publishers[:min(len(publishers), maxListedSources)] {
		item := templates.SourceItem{Name: p.name, URL: p.url, Note: say(lang, "source.observations", p.n)}
		if p.name == metric.Source.Name && metric.Source.License != "" {
			item.Note += " · " + metric.Source.License
		}
		items = append(items, item)
	}
	if more := len(publishers) - maxListedSources; more > 0 {
		items = append(items, templates.SourceItem{Name: say(lang, "source.others", more)})
	}
	if metric.Source.Name != "" && !slices.ContainsFunc(publishers, func(p publisher) bool { return p.name == metric.Source.Name }) {
		note := say(lang, "source.definition")
		if metric.Source.License != "" {
			note += " · " + metric.Source.License
		}
		items = append(items, templates.SourceItem{Name: metric.Source.Name, URL: metric.Source.URL, Note: note})
	}
	return items
}

func sortByCount(publishers []publisher) {
	slices.SortStableFunc(publishers, func(a, b publisher) int { return cmp.Or(b.n-a.n, strings.Compare(a.name, b.name)) })
}

// metricTools are the ways to take a chart along.
func (s *Server) metricTools(ctx context.Context, c *fiber.Ctx, m measured) *templates.Tools {
	id := m.series.Metric.ID
	q := asked(c, id)
	data := "frontier"
	if m.params.Of == query.OfAll {
		data = "series"
	}
	own := viewed(c, "", asked(c, ""))
	tools := &templates.Tools{
		CSV: "/api/v1/" + data + ".csv?" + q.Encode(), JSON: "/api/v1/" + data + "?" + q.Encode(),
		SVG: address(metricURL(id)+".svg", own), PNG: address(metricURL(id)+".png", own), Pinned: s.pinned(ctx, c),
	}
	tools.Embed = s.embed(tools.SVG, address(metricURL(id), own), m.series.Metric.Title.In(s.lang(c)))
	if m.trend != nil {
		tools.JSON = "/api/v1/trend?" + q.Encode()
		tools.Cite, tools.BibTeX = m.trend.Citation.Text.In(s.lang(c)), m.trend.Citation.BibTeX
		tools.Cited = "/api/v1" + strings.Replace(m.trend.Citation.URL, "/trends", "/trend", 1)
	}
	return tools
}

func address(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// embed is HTML that shows a chart on another site: in a frame where this server allows that, and as a picture that leads
// to its page. Either is drawn by the server, follows the reader's dark scheme and carries its source.
func (s *Server) embed(picture, page, title string) []string {
	src, href, title := template.HTMLEscapeString(s.cfg.PublicURL+picture), template.HTMLEscapeString(s.cfg.PublicURL+page), template.HTMLEscapeString(title)
	var out []string
	if s.frameAncestors != "'none'" {
		out = append(out, fmt.Sprintf(`<iframe src="%s" width="%d" height="%d" title="%s" loading="lazy"></iframe> <a href="%s">scalebook</a>`, src, wideWidth, wideHeight, title, href))
	}
	return append(out, fmt.Sprintf(`<a href="%s"><img src="%s" width="%d" height="%d" alt="%s"></a>`, href, src, wideWidth, wideHeight, title))
}

// pinned is the address of the view with the data as they are now.
func (s *Server) pinned(ctx context.Context, c *fiber.Ctx) string {
	state, err := s.cfg.Ledger.State(ctx)
	if err != nil || state.RecordedAt.IsZero() {
		return ""
	}
	return s.with(c, "as_of", cmp.Or(strings.Clone(c.Query("as_of")), state.RecordedAt.UTC().Format(time.RFC3339Nano)))
}
