package server

import (
	"html/template"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// viewParameters are those of an address that say how a chart is looked at: scale=log or linear, zoom=FROM..TO in dates or
// in the unit of the x axis, hide= with the numbers of series and the names of other parts. They change the drawing, never
// the answer. Where a page has charts that are looked at apart, each of them has these with its id: zoom.chart-2=.
var viewParameters = []string{"scale", "zoom", "hide"}

// viewParameter is the name of a parameter for a chart that is looked at apart from the rest of its page, or for one of an
// address of its own where apart is "".
func viewParameter(name, apart string) string {
	if apart == "" {
		return name
	}
	return name + "." + apart
}

// Parts of a chart, beside its numbered series, that a view can leave out.
const (
	partRest    = "rest"
	partFit     = "fit"
	partReports = "reports"
)

// view is how a reader looks at a chart.
type view struct {
	low, high *float64 // of the x axis; Unix seconds where it is time
	hidden    []string
}

// parseView reads how an address looks at a chart. What a zoom's bounds mean depends on the axis: 2020 is a year or a number.
func parseView(c *fiber.Ctx, apart string, timeAxis bool) (view, error) {
	var v view
	for part := range strings.SplitSeq(c.Query(viewParameter("hide", apart)), ",") {
		if part != "" {
			v.hidden = append(v.hidden, strings.Clone(part))
		}
	}
	name := viewParameter("zoom", apart)
	zoom := strings.Clone(c.Query(name))
	if zoom == "" {
		return v, nil
	}
	from, to, ok := strings.Cut(zoom, "..")
	low, okLow := bound(from, timeAxis)
	high, okHigh := bound(to, timeAxis)
	if !ok || !okLow || !okHigh || low >= high {
		return v, &query.ParameterError{Name: name, Value: zoom, Why: metrics.Text{
			Ko: "2023-01-01..2025-01-01처럼 앞이 작은 두 값이어야 합니다.", En: "two values, the lesser first, such as 2023-01-01..2025-01-01"}}
	}
	v.low, v.high = &low, &high
	return v, nil
}

// bound reads one end of a zoom.
func bound(text string, timeAxis bool) (float64, bool) {
	if timeAxis {
		for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
			if at, err := time.Parse(layout, text); err == nil {
				return float64(at.Unix()), true
			}
		}
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
}

// chosenScale is the scale of a chart's value axis that an address asks for, or "".
func chosenScale(c *fiber.Ctx, apart string) string {
	switch scale := c.Query(viewParameter("scale", apart)); scale {
	case "log", "linear":
		return strings.Clone(scale)
	}
	return ""
}

func (v view) hides(part string) bool { return slices.Contains(v.hidden, part) }

// toggled is what a view hides that shows or hides one part more.
func (v view) toggled(part string) string {
	hidden := slices.DeleteFunc(slices.Clone(v.hidden), func(p string) bool { return p == part })
	if !v.hides(part) {
		hidden = append(hidden, part)
	}
	return strings.Join(hidden, ",")
}

// of is a chart as the view shows it.
func (v view) of(s chart.Spec) chart.Spec {
	s.Series = slices.Clone(s.Series)
	for i := range s.Series {
		if v.hides(strconv.Itoa(i + 1)) {
			if s.Series[i].Kind == chart.StepAfter {
				s.Now = nil
			}
			s.Series[i].Points = nil
		}
	}
	if v.hides(partRest) {
		s.Points = nil
	}
	if v.hides(partFit) {
		s.Fit, s.Break = nil, nil
	}
	if v.hides(partReports) {
		s.Reports = nil
	}
	if v.low != nil {
		v.enlarge(&s)
	}
	return s
}

// namedWhenEnlarged is up to how many of the other observations are worth naming in an enlarged part.
const namedWhenEnlarged = 12

// enlarge draws a stretch of the x axis over the whole width, with the height that what lies in it needs.
func (v view) enlarge(s *chart.Spec) {
	s.X.Min, s.X.Max = v.low, v.high
	within := func(p chart.Point) bool { x := across(s.X, p.Time, p.X); return x >= *v.low && x <= *v.high }
	low, high := math.Inf(1), math.Inf(-1)
	take := func(y float64) {
		if !s.Y.Log || y > 0 {
			low, high = min(low, y), max(high, y)
		}
	}
	name := func(points []chart.Point, all bool) []chart.Point {
		points = slices.Clone(points)
		for i := range points {
			points[i].Label = within(points[i]) && (all || points[i].Label)
		}
		return points
	}
	seen := 0
	for _, p := range s.Points {
		if within(p) {
			take(p.Y)
			seen++
		}
	}
	s.Points = name(s.Points, seen <= namedWhenEnlarged)
	for i, series := range s.Series {
		for _, p := range series.Points {
			before := series.Kind == chart.StepAfter && across(s.X, p.Time, p.X) < *v.low
			if within(p) || before && !slices.ContainsFunc(series.Points, func(q chart.Point) bool { return q.Time.After(p.Time) && across(s.X, q.Time, q.X) <= *v.low }) {
				take(p.Y)
			}
		}
		s.Series[i].Points = name(series.Points, true)
	}
	if s.Fit != nil {
		for _, p := range s.Fit.Curve {
			if x := across(s.X, p.Time, p.X); x >= *v.low && x <= *v.high {
				take(p.Value)
			}
		}
	}
	if math.IsInf(low, 0) {
		return
	}
	low, high = padded(low, high, s.Y)
	s.Y.Min, s.Y.Max = &low, &high
}

// padded leaves air around values; a share stays within 0 and 1.
func padded(low, high float64, axis chart.Axis) (from, to float64) {
	const air = .08
	if axis.Log {
		factor := max(math.Pow(high/low, air), 1.1)
		return low / factor, high * factor
	}
	pad := max((high-low)*air, math.Abs(high)*1e-3, 1e-12)
	low, high = low-pad, high+pad
	if axis.Unit == "fraction" {
		low, high = max(0, low), min(1, high)
	}
	return low, high
}

// across is where a point lies on the x axis.
func across(axis chart.Axis, at time.Time, x float64) float64 {
	if axis.Time {
		return float64(at.Unix())
	}
	return x
}

// interactive is a chart of a page with its key, whose entries hide and show what they name, the switch of its scale and
// the way back from an enlarged part: each an address, so that a view can be shared, and works without script.
func (s *Server) interactive(c *fiber.Ctx, id string, r renderings) (*templates.Chart, error) {
	v, err := parseView(c, r.apart, r.wide.X.Time)
	if err != nil {
		return nil, err
	}
	to := func(name, value string) string {
		address := s.with(c, viewParameter(name, r.apart), value)
		if r.apart != "" {
			address += "#" + r.apart // without script the reader is to stay where the chart is
		}
		return address
	}
	legend := v.legend(r.wide, to)
	r.wide.KeyOutside, r.narrow.KeyOutside = true, true
	log, scales := r.wide.Y.Log, r.scales && aboveZero(r.wide)
	r.wide, r.narrow = v.of(r.wide), v.of(r.narrow)
	out := figure(id, r)
	out.Zoom, out.Legend = viewParameter("zoom", r.apart), legend
	if v.low != nil {
		out.Reset = to("zoom", "")
	}
	if scales {
		for _, scale := range []string{"log", "linear"} {
			out.Scales = append(out.Scales, templates.Choice{Label: say(r.wide.Lang, "scale."+scale), URL: to("scale", scale), Current: log == (scale == "log")})
		}
	}
	return out, nil
}

// aboveZero reports whether a chart draws anything that has a place on a log axis.
func aboveZero(s chart.Spec) bool {
	above := func(p chart.Point) bool { return p.Y > 0 }
	return slices.ContainsFunc(s.Points, above) || slices.ContainsFunc(s.Series, func(series chart.Series) bool { return slices.ContainsFunc(series.Points, above) })
}

// legend names the parts of a chart, each with the address, given by to, of the view that hides or shows it.
func (v view) legend(spec chart.Spec, to func(name, value string) string) []templates.LegendItem {
	lang := spec.Lang
	var items []templates.LegendItem
	add := func(part, label, mark string, color int) {
		items = append(items, templates.LegendItem{Label: label, URL: to("hide", v.toggled(part)), Hidden: v.hides(part),
			Mark: template.HTML(chart.Swatch(mark, color))}) //nolint:gosec // chart writes it
	}
	for i, series := range spec.Series {
		if series.Name != "" {
			add(strconv.Itoa(i+1), series.Name, series.Kind, series.Color)
		}
	}
	if len(spec.Points) > 0 {
		add(partRest, say(lang, "legend.rest"), chart.SwatchDots, 0)
	}
	if spec.Fit != nil {
		add(partFit, say(lang, "legend.fit"), chart.SwatchFit, spec.Fit.Color)
	}
	if len(spec.Reports) > 0 {
		add(partReports, say(lang, "legend.reports"), chart.SwatchReport, 0)
	}
	if len(items) < 2 {
		return nil
	}
	return items
}

// viewed adds to the parameters of a question how its chart is looked at, for addresses of the drawing.
func viewed(c *fiber.Ctx, apart string, q url.Values) url.Values {
	out := url.Values{}
	for name, values := range q {
		out[name] = values
	}
	for _, name := range viewParameters {
		if value := c.Query(viewParameter(name, apart)); value != "" {
			out.Set(name, strings.Clone(value))
		}
	}
	return out
}
