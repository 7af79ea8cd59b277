package server

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

// Sizes of charts, at which they are drawn and shown.
const (
	wideWidth, wideHeight       = 1200, 540
	textWidth, textHeight       = 648, 400 // within a report
	narrowWidth, narrowHeight   = 358, 400
	standaloneScale             = 2.0 // pixels of a PNG per pixel of the drawing
	maxLabelled, maxReportMarks = 10, 6
)

// chartSandbox lets a chart that is opened on its own have the style within it, and nothing else.
const chartSandbox = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

// wantsChart reports whether a path asks for the chart alone.
func wantsChart(c *fiber.Ctx) bool { return formOf(c) == ".svg" || formOf(c) == ".png" }

// drawing is a chart that stands alone.
type drawing interface {
	Standalone() string
	PNG(scale float64, dark bool) ([]byte, error)
}

// chartForm answers with a chart, as the address looks at it, in the form that was asked for.
func (s *Server) chartForm(c *fiber.Ctx, spec chart.Spec) error {
	v, err := parseView(c, "", spec.X.Time)
	if err != nil {
		return err
	}
	return s.sendDrawing(c, v.of(spec))
}

// sendDrawing answers with a drawing in the form that was asked for.
func (s *Server) sendDrawing(c *fiber.Ctx, d drawing) error {
	c.Set(fiber.HeaderContentSecurityPolicy, chartSandbox+"; frame-ancestors "+s.frameAncestors)
	if formOf(c) == ".png" {
		picture, err := s.picture(d, c.Query("theme") == "dark")
		if err != nil {
			return fmt.Errorf("draw %s: %w", c.Path(), err)
		}
		c.Set(fiber.HeaderContentType, "image/png")
		return c.Send(picture)
	}
	c.Set(fiber.HeaderContentType, "image/svg+xml; charset=utf-8")
	return c.SendString(d.Standalone())
}

// picture draws a chart as PNG.
func (s *Server) picture(d drawing, dark bool) ([]byte, error) {
	return s.drawn(fmt.Sprintf("%t %s", dark, d.Standalone()), func() ([]byte, error) { return d.PNG(standaloneScale, dark) })
}

// renderings are a chart for a wide page and for a phone.
type renderings struct {
	wide, narrow chart.Spec
	scales       bool   // the address may choose the scale of the value axis
	apart        string // the id under which the address says how it is looked at, where a page has several charts
}

// figure is a chart as a page shows it.
func figure(id string, r renderings) *templates.Chart {
	return &templates.Chart{ID: id, What: r.wide.Heading, Unit: r.wide.Subheading,
		Wide:   template.HTML(r.wide.SVG()),                                  //nolint:gosec // chart escapes what it draws
		Narrow: template.HTML(r.narrow.SVG()) + markerList(r.narrow.Reports)} //nolint:gosec // as above
}

// markerList names the numbered reports under a narrow chart.
func markerList(marks []chart.Marker) template.HTML {
	if len(marks) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<ol class="key small-text">`)
	for i, m := range marks {
		fmt.Fprintf(&b, `<li><b>%c</b> <a href="%s">%s</a></li>`, '①'+rune(i), template.HTMLEscapeString(m.Href), template.HTMLEscapeString(m.Label))
	}
	b.WriteString(`</ol>`)
	return template.HTML(b.String()) //nolint:gosec // escaped above
}

// measured is a metric under the conditions of a question: its observations, its records, and its trend where there is one.
type measured struct {
	params   query.TrendParams
	series   query.Series
	frontier query.Frontier
	trend    *query.Trend
	why      string // why there is no trend, or why a threshold is not reached
	scale    string // "log" or "linear" where the reader chose; else the metric's own
	reports  []templates.ReportItem
	people   []query.Observation // what people scored, the newest under each setting
}

// measure asks everything that a chart of a metric needs. That no trend can be fitted is not an error.
func (s *Server) measure(ctx context.Context, p query.TrendParams, lang string) (measured, error) {
	m := measured{params: p}
	var err error
	if m.series, err = s.engine.Series(ctx, p.Filter); err != nil {
		return m, err
	}
	if m.frontier, err = s.engine.Frontier(ctx, p.Filter); err != nil {
		return m, err
	}
	t, err := s.engine.Trend(ctx, p)
	if errors.Is(err, trend.ErrUnreachable) && p.Threshold != nil {
		m.why = unanswered(err, lang)
		p.Threshold = nil
		t, err = s.engine.Trend(ctx, p)
	}
	switch {
	case err == nil:
		m.trend = &t
	case errors.Is(err, query.ErrUnanswerable):
		m.why = unanswered(err, lang)
	default:
		return m, err
	}
	if m.people, err = s.people(ctx, m.series.Observations); err != nil {
		return m, err
	}
	m.reports, err = s.citing(ctx, "metric", p.Metric, lang, p.AsOf)
	return m, err
}

// people are the observations of people, to hold models against: the newest under each setting.
func (s *Server) people(ctx context.Context, observations []query.Observation) ([]query.Observation, error) {
	all, err := s.engine.Subjects(ctx, "human")
	if err != nil {
		return nil, err
	}
	var out []query.Observation
	for _, o := range observations { // in time order
		if !slices.ContainsFunc(all.Subjects, func(e query.SubjectEntry) bool { return e.ID == o.Subject }) {
			continue
		}
		out = append(slices.DeleteFunc(out, func(older query.Observation) bool { return older.Subject == o.Subject && older.Setting == o.Setting }), o)
	}
	return out, nil
}

// unanswered is the reason why a question has no answer.
func unanswered(err error, lang string) string {
	var u *query.UnanswerableError
	if errors.As(err, &u) {
		return u.Why.In(lang)
	}
	return ""
}

// metricChart draws the metric that a route of the API is asked about, with its trend where it has one.
func (s *Server) metricChart(c *fiber.Ctx) error {
	p, err := query.ParseTrend(values(c))
	if err != nil {
		return err
	}
	lang := s.lang(c)
	m, err := s.measure(c.UserContext(), p, lang)
	if err != nil {
		return err
	}
	m.scale = chosenScale(c, "")
	return s.chartForm(c, m.spec(lang, wideWidth, wideHeight))
}

// spec draws a metric at a size.
func (m measured) spec(lang string, width, height int) chart.Spec {
	metric := m.series.Metric
	out := chart.Spec{Width: width, Height: height, Lang: lang,
		Title: metric.Title.In(lang), Heading: m.finding(lang), Subheading: m.legend(lang), Source: sourceLine(lang, []measured{m}),
		X: chart.Axis{Time: true}, Y: chart.Axis{Log: m.logAxis(), Unit: metric.Unit, Label: metric.Title.In(lang)},
	}
	if n := len(m.series.Observations); n > 0 {
		out.Until = m.series.Observations[n-1].Time.Time
	}
	m.drawMarks(&out, lang)
	m.drawFit(&out, lang)
	if !out.Y.Log {
		out.Y.Min, out.Y.Max = m.domain()
	}
	if metric.Floor != nil && *metric.Floor > 0 {
		out.References = append(out.References, chart.Reference{Value: *metric.Floor, Dotted: true,
			Label: say(lang, "chart.chance", levelText(lang, *metric.Floor, metric.Unit))})
	}
	for _, o := range m.people {
		label := say(lang, "chart.people", quantity.Format(o.Value, metric.Unit, lang))
		if len(m.people) > 1 {
			label = pointDetail(label, o.Setting)
		}
		out.References = append(out.References, chart.Reference{Value: o.Value, Label: label})
	}
	if t := m.params.Threshold; t != nil {
		out.References = append(out.References, chart.Reference{Value: *t, Label: levelText(lang, *t, metric.Unit)})
	}
	out.Reports = reportMarks(m.reports, m.first(), m.ends(out.Until))
	out.Desc = m.describe(lang)
	return out
}

// logAxis reports whether the value axis is logarithmic: as the reader chose, else on the metric's own scale, unless a
// straight line is fitted, which would be no line there. Where no value is above zero it can't be.
func (m measured) logAxis() bool {
	if n := len(m.series.Observations); n > 0 && m.offLog() == n {
		return false
	}
	if m.scale != "" {
		return m.scale == "log"
	}
	return m.series.Metric.Scale == "log" && (m.trend == nil || m.trend.Fit != trend.Linear)
}

// offLog counts the observations that have no place on a log axis.
func (m measured) offLog() int {
	n := 0
	for _, o := range m.series.Observations {
		if o.Value <= 0 {
			n++
		}
	}
	return n
}

// ends is where the time axis ends: with the fit where that goes on after the last observation.
func (m measured) ends(last time.Time) time.Time {
	if m.trend != nil && len(m.trend.Curve) > 0 {
		if at := m.trend.Curve[len(m.trend.Curve)-1].Time; at.After(last) {
			return at.Time
		}
	}
	return last
}

func (m measured) first() time.Time {
	if len(m.series.Observations) == 0 {
		return time.Time{}
	}
	return m.series.Observations[0].Time.Time
}

// drawMarks draws the observations: the records as steps over the rest as dots, or every observation alike.
func (m measured) drawMarks(out *chart.Spec, lang string) {
	metric := m.series.Metric
	records := m.frontier.Records
	label := labelled(records, out.Width)
	type key struct {
		subject string
		time    int64
		value   float64
	}
	isRecord := map[key]int{}
	var steps []chart.Point
	for i, r := range records {
		isRecord[key{r.Subject, r.Time.Unix(), r.Value}] = i
		steps = append(steps, chart.Point{Time: r.Time.Time, Y: r.Value, Name: r.Name, Href: subjectURL(r.Subject), Label: label[i],
			Detail: pointDetail(r.Setting, r.Source.Name)})
	}
	var rest []chart.Point
	for _, o := range m.series.Observations {
		i, record := isRecord[key{o.Subject, o.Time.Unix(), o.Value}]
		if record && m.params.Of != query.OfAll {
			continue
		}
		rest = append(rest, chart.Point{Time: o.Time.Time, Y: o.Value, Name: o.Name, Href: subjectURL(o.Subject),
			Label: record && label[i], Detail: pointDetail(o.Setting, o.Source.Name)})
	}
	if m.params.Of == query.OfAll {
		out.Series = []chart.Series{{Name: metric.Title.In(lang), Color: 1, Kind: chart.Scatter, Points: rest}}
		return
	}
	out.Points = rest
	if len(steps) == 0 {
		return
	}
	now := steps[len(steps)-1]
	out.Series = []chart.Series{{Name: say(lang, "chart.record"), Color: 1, Kind: chart.StepAfter, Points: steps}}
	out.Now, out.NowLabel = &now, quantity.Format(now.Y, metric.Unit, lang)
}

// labelled chooses the records whose names are written: the present one, the first, and those that gained most.
func labelled(records []query.Record, width int) map[int]bool {
	limit := maxLabelled
	if width < 480 {
		limit = 4
	}
	order := make([]int, len(records))
	for i := range order {
		order[i] = i
	}
	rank := func(i int) float64 {
		if i == len(records)-1 || i == 0 {
			return math.Inf(1)
		}
		before, v := records[i-1].Value, records[i].Value
		if before > 0 && v > 0 {
			return math.Abs(math.Log(v / before))
		}
		return math.Abs(v - before)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch ra, rb := rank(a), rank(b); {
		case ra > rb:
			return -1
		case ra < rb:
			return 1
		}
		return 0
	})
	out := map[int]bool{}
	for _, i := range order[:min(limit, len(order))] {
		out[i] = true
	}
	return out
}

// pointDetail is what a point says beside its name, value and day: under which setting, and who published it.
func pointDetail(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// fitOf is a fitted curve with both of its intervals.
func fitOf(lang string, kind trend.Kind, confidence float64, curve []query.CurvePoint) *chart.Fit {
	fit := &chart.Fit{Color: 1, Label: fitName(lang, kind), BandLabel: say(lang, "chart.mean", confidenceText(confidence)),
		PILabel: say(lang, "chart.prediction", confidenceText(confidence))}
	for _, c := range curve {
		fit.Curve = append(fit.Curve, fitPoint(c))
	}
	return fit
}

// drawFit draws the fitted curve with both of its intervals, and where it breaks.
func (m measured) drawFit(out *chart.Spec, lang string) {
	if m.trend == nil {
		return
	}
	t := *m.trend
	out.Fit = fitOf(lang, t.Fit, t.Confidence, t.Curve)
	if b := t.Breakpoint; b != nil && b.Significant {
		out.Break = &chart.Break{At: b.Date.Time, Label: say(lang, "chart.break", quantity.Month(b.Date.Time, lang))}
		if b.Low != nil && b.High != nil {
			out.Break.Low, out.Break.High = b.Low.Time, b.High.Time
		}
		if (b.Scale == trend.Exponential) == out.Y.Log {
			out.Series = append(out.Series, m.bent(lang, *b))
		}
	}
}

// bent is the pair of lines that meet at a break. Their slopes and their meeting are known; their height is the mean of
// what the observations lie above it, which is the least-squares one.
func (m measured) bent(lang string, b query.Breakpoint) chart.Series {
	log := b.Scale == trend.Exponential
	rise := func(at time.Time) float64 {
		years := trend.Years(at) - trend.Years(b.Date.Time)
		if years < 0 {
			return b.SlopeBefore * years
		}
		return b.SlopeAfter * years
	}
	line := m.line()
	height, n := 0.0, 0.0
	for _, p := range line {
		v := p.Y
		if log {
			v = math.Log2(v)
		}
		if math.IsInf(v, 0) || math.IsNaN(v) {
			continue
		}
		height, n = height+v-rise(p.Time), n+1
	}
	out := chart.Series{Name: say(lang, "chart.two-lines"), Color: colors, Kind: chart.Line}
	for _, at := range []time.Time{m.trend.First.Time, b.Date.Time, m.trend.Last.Time} {
		v := height/n + rise(at)
		if log {
			v = math.Exp2(v)
		}
		out.Points = append(out.Points, chart.Point{Time: at, Y: v})
	}
	return out
}

func fitPoint(c query.CurvePoint) chart.CurvePoint {
	p := chart.CurvePoint{Time: c.Time.Time, Value: c.Value}
	if c.Low != nil && c.High != nil {
		p.Low, p.High, p.HasCI = *c.Low, *c.High, true
	}
	if c.PILow != nil && c.PIHigh != nil {
		p.PILow, p.PIHigh, p.HasPI = *c.PILow, *c.PIHigh, true
	}
	return p
}

// domain fixes a linear axis to the observations and the mean of the fit, so that a wide prediction interval does not
// press the data into a corner; a share stays within 0 and 1.
func (m measured) domain() (low, high *float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	take := func(v float64) { lo, hi = min(lo, v), max(hi, v) }
	for _, o := range m.series.Observations {
		take(o.Value)
	}
	if math.IsInf(lo, 1) {
		return nil, nil
	}
	if m.trend != nil {
		for _, c := range m.trend.Curve {
			take(c.Value)
		}
	}
	if t := m.params.Threshold; t != nil {
		take(*t)
	}
	if f := m.series.Metric.Floor; f != nil {
		take(*f)
	}
	pad := (hi - lo) * 0.06
	if pad == 0 {
		pad = math.Max(math.Abs(hi)*0.1, 1e-9)
	}
	lo, hi = lo-pad, hi+pad
	if !slices.ContainsFunc(m.series.Observations, func(o query.Observation) bool { return o.Value < 0 }) {
		lo = max(0, lo) // a line that falls below zero is not drawn to where nothing can be
	}
	if m.series.Metric.Unit == "fraction" {
		step := 0.1
		if hi-lo < 0.2 {
			step = 0.02
		}
		lo, hi = max(0, math.Floor(lo/step)*step), min(1, math.Ceil(hi/step)*step)
	}
	return &lo, &hi
}

// reportMarks places reports on the time axis, the newest where there are too many.
func reportMarks(reports []templates.ReportItem, first, last time.Time) []chart.Marker {
	var marks []chart.Marker
	for _, r := range reports {
		at, err := time.Parse(time.DateOnly, r.Date)
		if err != nil || at.Before(first) || at.After(last) {
			continue
		}
		marks = append(marks, chart.Marker{Time: at, Label: r.Title, Href: r.URL})
	}
	slices.SortStableFunc(marks, func(a, b chart.Marker) int { return a.Time.Compare(b.Time) })
	return marks[max(0, len(marks)-maxReportMarks):]
}
