package server

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

const hardwareHeight = 560

// fitted is a curve through the chips: growth over time, or a power law between two quantities; zero where there are too
// few chips for either.
type fitted struct {
	curve *trend.Trend
	why   string
}

// fit fits the chips. Over time it is exponential growth. Between two quantities it is the line of their logarithms, which
// is the exponential fit with log2 of x in the place of years: its slope is the exponent of the power law, and intervals
// carry over.
func (e *explorer) fit() fitted {
	points := make([]trend.Point, 0, len(e.chips))
	for _, c := range e.chips {
		at := c.date
		if e.x != byDate {
			t, ok := trend.TimeAt(math.Log2(c.values[e.x]))
			if !ok {
				continue
			}
			at = t
		}
		if v := c.values[e.y]; v > 0 {
			points = append(points, trend.Point{Time: at, Value: v, Subject: c.subject})
		}
	}
	t, err := trend.Fit(points, trend.Config{Kind: trend.Exponential})
	if err != nil {
		return fitted{why: say(e.lang, "hardware.no-fit", len(points))}
	}
	return fitted{curve: t}
}

// answer says how fast the quantity grew, or how it goes with the other.
func (f fitted) answer(e *explorer) template.HTML {
	y, _ := e.metric(e.y)
	title := topic(e.lang, y.Title.In(e.lang))
	if f.curve == nil {
		return template.HTML(template.HTMLEscapeString(f.why)) //nolint:gosec // escaped
	}
	if e.x != byDate {
		x, _ := e.metric(e.x)
		factor := math.Exp2(f.curve.Slope.Value)
		return rich(e.lang, "hardware.power", subject(e.lang, x.Title.In(e.lang)), subject(e.lang, y.Title.In(e.lang)), factorText(e.lang, factor))
	}
	first := strconv.Itoa(f.curve.First.Year())
	switch {
	case f.curve.DoublingTime != nil:
		return rich(e.lang, "hardware.doubles", title, first, spanText(e.lang, f.curve.DoublingTime.Value))
	case f.curve.HalvingTime != nil:
		return rich(e.lang, "hardware.halves", title, first, spanText(e.lang, f.curve.HalvingTime.Value))
	}
	return rich(e.lang, "hardware.still", title, first)
}

func (f fitted) basis(e *explorer, revision string) []templates.Basis {
	var out []templates.Basis
	add := func(term, value string) { out = append(out, templates.Basis{Term: say(e.lang, term), Value: value}) }
	if t := f.curve; t != nil {
		fit, interval := "hardware.fit-time", ""
		switch {
		case e.x != byDate:
			fit = "hardware.fit-power"
			if t.Slope.Bounded {
				interval = factorText(e.lang, math.Exp2(t.Slope.Low)) + "–" + factorText(e.lang, math.Exp2(t.Slope.High))
			}
		case t.DoublingTime != nil && t.DoublingTime.Bounded:
			interval = spanText(e.lang, t.DoublingTime.Low) + "–" + spanText(e.lang, t.DoublingTime.High)
		case t.HalvingTime != nil && t.HalvingTime.Bounded:
			interval = spanText(e.lang, t.HalvingTime.Low) + "–" + spanText(e.lang, t.HalvingTime.High)
		}
		add("basis.fit", say(e.lang, fit))
		add("basis.n", say(e.lang, "hardware.counts", t.N))
		if interval != "" {
			add("basis.interval", confidenceText(t.Confidence)+", "+interval)
		}
		if t.R2 != nil {
			add("basis.r2", plain(t.R2, 2))
		}
	}
	if revision != "" {
		add("foot.revision", revision)
	}
	return out
}

// spec draws the chips by maker, with the fitted curve behind them.
func (e *explorer) spec(f fitted, width, height int) chart.Spec {
	y, _ := e.metric(e.y)
	out := chart.Spec{Width: width, Height: height, Lang: e.lang, Title: y.Title.In(e.lang), Heading: e.heading(f),
		Source: sourceLine(e.lang, []measured{e.sources}),
		X:      chart.Axis{Time: true}, Y: chart.Axis{Log: e.log, Unit: y.Unit, Label: y.Title.In(e.lang)}}
	out.Subheading = unitText(e.lang, y.Metric, e.log)
	if x, ok := e.metric(e.x); ok {
		out.X = chart.Axis{Log: e.log, Unit: x.Unit, Label: x.Title.In(e.lang)}
		out.Subheading = say(e.lang, "hardware.axes", out.Subheading, unitText(e.lang, x.Metric, e.log))
	}
	if f.curve != nil {
		out.Subheading = joinedText(out.Subheading, say(e.lang, "legend.bands", confidenceText(f.curve.Confidence)))
	}
	out.Desc = joinedText(say(e.lang, "hardware.desc", len(e.chips), y.Title.In(e.lang)), out.Heading)
	label := e.labelled(width)
	for i, group := range append(slices.Clone(e.makers), otherMakers) {
		series := chart.Series{Name: e.groupName(group), Color: groupColor(i, group), Kind: chart.Scatter}
		for _, c := range e.chips {
			if e.group(c.maker) == group {
				series.Points = append(series.Points, e.point(c, y.Unit, label[c.subject]))
			}
		}
		if len(series.Points) > 0 {
			out.Series = append(out.Series, series)
		}
	}
	e.drawFit(&out, f)
	return out
}

func (e *explorer) heading(f fitted) string {
	y, _ := e.metric(e.y)
	if f.curve == nil {
		return y.Title.In(e.lang)
	}
	if e.x != byDate {
		x, _ := e.metric(e.x)
		return say(e.lang, "hardware.heading-power", subject(e.lang, x.Title.In(e.lang)), topic(e.lang, within(e.lang, y.Title.In(e.lang))), factorText(e.lang, math.Exp2(f.curve.Slope.Value)))
	}
	switch {
	case f.curve.DoublingTime != nil:
		return say(e.lang, "finding.doubles", topic(e.lang, y.Title.In(e.lang)), spanText(e.lang, f.curve.DoublingTime.Value))
	case f.curve.HalvingTime != nil:
		return say(e.lang, "finding.halves", topic(e.lang, y.Title.In(e.lang)), spanText(e.lang, f.curve.HalvingTime.Value))
	}
	return y.Title.In(e.lang)
}

func (e *explorer) point(c chip, unit string, label bool) chart.Point {
	p := chart.Point{Time: c.date, Y: c.values[e.y], Name: c.name, Href: subjectURL(c.subject), Label: label,
		Detail: chart.FormatValue(c.values[e.y], unit, e.lang) + " · " + c.date.Format(time.DateOnly)}
	if x, ok := e.metric(e.x); ok {
		p.X = c.values[e.x]
		p.Detail = chart.FormatValue(p.X, x.Unit, e.lang) + " · " + p.Detail
	}
	return p
}

// drawFit draws the curve over the whole axis.
func (e *explorer) drawFit(out *chart.Spec, f fitted) {
	if f.curve == nil {
		return
	}
	fit := &chart.Fit{Label: say(e.lang, "chart.fit")}
	for _, p := range f.curve.Curve(f.curve.First, f.curve.Last, 81) {
		point := chart.CurvePoint{Time: p.Time, Value: p.Mean.Value, Low: p.Mean.Low, High: p.Mean.High, HasCI: p.Mean.Bounded,
			PILow: p.Observation.Low, PIHigh: p.Observation.High, HasPI: p.Observation.Bounded}
		if e.x != byDate {
			point.X = math.Exp2(trend.Years(p.Time))
		}
		fit.Curve = append(fit.Curve, point)
	}
	out.Fit = fit
}

// labelled chooses chips to name: those that lie farthest from their neighbours' course, the newest of each maker first.
func (e *explorer) labelled(width int) map[string]bool {
	limit := maxLabelled
	if width < 480 {
		limit = 5
	}
	out := map[string]bool{}
	best := map[string]float64{}
	for _, c := range e.chips { // records of each maker, the latest last
		if v := c.values[e.y]; v > best[e.group(c.maker)] {
			best[e.group(c.maker)] = v
		}
	}
	for _, c := range slices.Backward(e.chips) {
		if g := e.group(c.maker); len(out) < len(e.makers)+1 && c.values[e.y] == best[g] {
			out[c.subject] = true
		}
	}
	step := max(1, len(e.chips)/(limit+1))
	for i := 0; i < len(e.chips) && len(out) < limit; i += step {
		out[e.chips[i].subject] = true
	}
	return out
}

// groupColor is that of a maker's shape; everybody else is charcoal ◆.
func groupColor(i int, group string) int {
	if group == otherMakers {
		return colors
	}
	return i + 1
}

func (e *explorer) groupName(group string) string {
	if group == otherMakers {
		return say(e.lang, "hardware.other")
	}
	return group
}

// shapes are the marks of the first series and the last, as the chart draws them.
var shapes = [...]string{
	`<circle class="k1" cx="6" cy="6" r="4.5"/>`, `<path class="k2" d="M6 1L11 10.5H1Z"/>`, `<rect class="k3" x="2" y="2" width="8" height="8"/>`,
	`<path class="k5" d="M6 .5L10.5 6L6 11.5L1.5 6Z"/>`,
}

// key names the shapes, in the order of the text.
func (e *explorer) key() template.HTML {
	var b strings.Builder
	b.WriteString(`<ul class="key">`)
	for i, group := range append(slices.Clone(e.makers), otherMakers) {
		shape := shapes[len(shapes)-1]
		if group != otherMakers {
			shape = shapes[i]
		}
		fmt.Fprintf(&b, `<li><svg width="12" height="12" aria-hidden="true">%s</svg>%s</li>`, shape, template.HTMLEscapeString(e.groupName(group)))
	}
	b.WriteString(`</ul>`)
	return template.HTML(b.String()) //nolint:gosec // escaped above
}

func (s *Server) hardwareTools(c *fiber.Ctx, e *explorer) *templates.Tools {
	form := func(extension string) string {
		return strings.Replace(s.with(c, "all", ""), "/hardware", "/hardware"+extension, 1)
	}
	y, _ := e.metric(e.y)
	return &templates.Tools{CSV: form(".csv"), JSON: form(".json"), SVG: form(".svg"), PNG: form(".png"),
		Embed: s.embed(form(".svg"), s.with(c), y.Title.In(e.lang))}
}
