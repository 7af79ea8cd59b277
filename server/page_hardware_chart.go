package server

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/quantity"
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
				interval = quantity.Span(factorText(e.lang, math.Exp2(t.Slope.Low)), "–", factorText(e.lang, math.Exp2(t.Slope.High)))
			}
		case t.DoublingTime != nil && t.DoublingTime.Bounded:
			interval = spansText(e.lang, *t.DoublingTime)
		case t.HalvingTime != nil && t.HalvingTime.Bounded:
			interval = spansText(e.lang, *t.HalvingTime)
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
	label := e.labelled(f, width)
	for i, group := range e.groups() {
		series := chart.Series{Name: e.groupName(group), Color: groupColor(i, group), Kind: chart.Scatter}
		for _, c := range e.chips {
			if e.group(c.maker) == group {
				series.Points = append(series.Points, e.point(c, label[c.subject]))
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

func (e *explorer) point(c chip, label bool) chart.Point {
	p := chart.Point{Time: c.date, Y: c.values[e.y], Name: c.name, Href: subjectURL(c.subject), Label: label,
		Detail: pointDetail(c.maker, c.source)}
	if e.x != byDate {
		p.X = c.values[e.x]
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

// labelled chooses chips to name: those that set a record, the best of each maker, then those farthest off the course.
func (e *explorer) labelled(f fitted, width int) map[string]bool {
	limit := maxLabelled
	if width < 480 {
		limit = 5
	}
	var records, makers []string
	best, bestOf := 0.0, map[string]chip{}
	for _, c := range e.chips {
		v, g := c.values[e.y], e.group(c.maker)
		if v > best*recordStep {
			best, records = v, append(records, c.subject)
		}
		if v > bestOf[g].values[e.y] {
			bestOf[g] = c
		}
	}
	for _, g := range e.groups() {
		makers = append(makers, bestOf[g].subject)
	}
	out := map[string]bool{}
	for _, subject := range slices.Concat(spread(records, limit/2+1), makers, e.outliers(f)) {
		if len(out) < limit {
			out[subject] = true
		}
	}
	return out
}

// spread takes n of a list evenly, its last first.
func spread(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	out := make([]string, n)
	for i := range out {
		out[i] = list[len(list)-1-i*(len(list)-1)/(n-1)]
	}
	return out
}

// recordStep is how far a chip has to be ahead for its name to be worth the space.
const recordStep = 1.2

// outliers are the chips by their distance from the curve, as a ratio, the farthest first.
func (e *explorer) outliers(f fitted) []string {
	if f.curve == nil || e.x != byDate {
		return nil
	}
	off := map[string]float64{}
	for _, c := range e.chips {
		if p, err := f.curve.Predict(c.date); err == nil && p.Mean.Value > 0 && c.values[e.y] > 0 {
			off[c.subject] = math.Abs(math.Log(c.values[e.y] / p.Mean.Value))
		}
	}
	subjects := make([]string, 0, len(off))
	for _, c := range e.chips {
		if _, ok := off[c.subject]; ok {
			subjects = append(subjects, c.subject)
		}
	}
	slices.SortStableFunc(subjects, func(a, b string) int { return cmp.Compare(off[b], off[a]) })
	return subjects
}

// groups are the makers with a colour of their own, and everybody else.
func (e *explorer) groups() []string { return append(slices.Clone(e.makers), otherMakers) }

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

func (s *Server) hardwareTools(c *fiber.Ctx, e *explorer, revision string) *templates.Tools {
	form := func(extension string) string {
		return strings.Replace(s.with(c, "all", ""), "/hardware", "/hardware"+extension, 1)
	}
	y, _ := e.metric(e.y)
	return &templates.Tools{CSV: form(".csv"), JSON: form(".json"), SVG: form(".svg"), PNG: form(".png"),
		Cite:  say(e.lang, "hardware.cite", y.Title.In(e.lang), revision, sourceNames(e.lang, []measured{e.sources})),
		Embed: s.embed(form(".svg"), s.with(c), y.Title.In(e.lang)), Pinned: s.pinned(c.UserContext(), c)}
}
