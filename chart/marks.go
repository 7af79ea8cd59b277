package chart

import (
	"math"
	"strconv"
	"time"
)

// drawGround draws what lies under the data: grid, bands and comparisons.
func (p *plot) drawGround() {
	p.key(true)
	if b := p.Break; b != nil && p.breakSpan() != nil {
		p.scene.path("break-range", 0, *p.breakSpan())
	}
	var grid []contour
	for _, t := range valueTicks(p.y, p.spacing, p.Lang, p.small) {
		if y := crisp(p.y.at(t.value)); t.long && y < p.area.bottom-2 {
			grid = append(grid, contour{points: []point{{p.area.left, y}, {p.area.right, y}}})
		}
	}
	p.scene.path("grid", 0, grid...)
	if p.Fit != nil {
		p.band("prediction", func(c CurvePoint) (float64, float64, bool) { return c.PILow, c.PIHigh, c.HasPI })
		p.band("interval", func(c CurvePoint) (float64, float64, bool) { return c.Low, c.High, c.HasCI })
	}
	for _, r := range p.References {
		if !p.y.holds(r.Value) {
			continue
		}
		class := "expert"
		if r.Dotted {
			class = "chance"
		}
		y := crisp(p.y.at(r.Value))
		p.scene.line(class, 0, p.area.left, y, p.area.right, y)
		p.room.avoid([]contour{{points: []point{{p.area.left, y}, {p.area.right, y}}}}, overRule)
	}
	for _, r := range p.Reports {
		if x, ok := p.day(r.Time); ok {
			p.scene.line("report", 2, crisp(x), p.area.top, crisp(x), p.area.bottom)
			p.room.avoid([]contour{{points: []point{{x, p.area.top}, {x, p.area.bottom}}}}, overFit/2)
		}
	}
}

// crisp puts a one-pixel line on the pixel grid.
func crisp(v float64) float64 { return math.Floor(v) + .5 }

// day is the pixel of a date that lies in the plot.
func (p *plot) day(t time.Time) (float64, bool) {
	if t.IsZero() || !p.x.holds(seconds(t)) {
		return 0, false
	}
	return p.x.at(seconds(t)), true
}

func (p *plot) breakSpan() *contour {
	b := p.Break
	if b.Low.IsZero() || b.High.IsZero() || !b.Low.Before(b.High) || !p.x.defined(seconds(b.Low)) || !p.x.defined(seconds(b.High)) {
		return nil
	}
	l := math.Max(p.x.at(seconds(b.Low)), p.area.left)
	r := math.Min(p.x.at(seconds(b.High)), p.area.right)
	if l >= r {
		return nil
	}
	return &contour{closed: true, points: []point{{l, p.area.top}, {r, p.area.top}, {r, p.area.bottom}, {l, p.area.bottom}}}
}

// height is the pixel of a bound, off the plot where the bound is undefined.
func (p *plot) height(v float64, low bool) float64 {
	if p.y.defined(v) {
		return p.y.near(v)
	}
	if low || math.IsInf(v, -1) {
		return 1e6
	}
	return -1e6
}

// band fills between two bounds of the fit, wherever it has them.
func (p *plot) band(class string, bounds func(CurvePoint) (low, high float64, ok bool)) {
	var upper, lower []point
	flush := func() {
		if len(upper) > 1 {
			ring := simplify(upper)
			lower = simplify(lower)
			for i := len(lower) - 1; i >= 0; i-- {
				ring = append(ring, lower[i])
			}
			if cut := clipArea(ring, p.area); len(cut) > 2 {
				p.scene.path(class, p.Fit.Color, contour{points: cut, closed: true})
			}
		}
		upper, lower = nil, nil
	}
	for _, c := range p.Fit.Curve {
		low, high, ok := bounds(c)
		x := p.acrossCurve(c)
		if !ok || !p.x.defined(x) || math.IsNaN(low) || math.IsNaN(high) {
			flush()
			continue
		}
		px := p.x.near(x)
		upper = append(upper, point{px, p.height(high, false)})
		lower = append(lower, point{px, p.height(low, true)})
	}
	flush()
}

// drawMarks draws the data: dots, fit, lines, now and the end of observation.
func (p *plot) drawMarks() {
	for _, q := range p.Points {
		if at, ok := p.spot(q); ok {
			p.scene.disc("dots", 0, at, p.dot, p.datum(q))
			p.room.dots = append(p.room.dots, at)
		}
	}
	p.drawFit()
	for _, s := range p.Series {
		p.drawSeries(s)
	}
	for _, s := range p.Series {
		p.drawSeriesMarks(s)
	}
	p.drawNow()
	if x, ok := p.day(p.Until); ok && !p.small {
		p.scene.line("until", 0, crisp(x), p.area.top, crisp(x), p.area.bottom)
		p.room.avoid([]contour{{points: []point{{x, p.area.top}, {x, p.area.bottom}}}}, overRule)
	}
	if p.Break != nil {
		if x, ok := p.day(p.Break.At); ok {
			p.scene.line("break", 0, x, p.area.top, x, p.area.bottom)
			p.room.avoid([]contour{{points: []point{{x, p.area.top}, {x, p.area.bottom}}}}, overRecord)
		}
	}
}

// drawFit draws the curve, dashed from the end of observation on.
func (p *plot) drawFit() {
	if p.Fit == nil {
		return
	}
	seen, ahead := p.fitPoints()
	for _, part := range []struct {
		class string
		ps    []point
	}{{"fit", seen}, {"ahead", ahead}} {
		cut := clipLine(simplify(part.ps), p.area)
		p.scene.path(part.class, 0, cut...)
		p.room.avoid(cut, overFit)
	}
}

// fitPoints splits the curve at the end of observation, meeting there.
func (p *plot) fitPoints() (seen, ahead []point) {
	until := math.Inf(1)
	if !p.Until.IsZero() {
		until = seconds(p.Until)
	}
	for _, c := range p.Fit.Curve {
		x := p.acrossCurve(c)
		if !p.x.defined(x) || !p.y.defined(c.Value) {
			continue
		}
		at := point{p.x.near(x), p.y.near(c.Value)}
		if x <= until {
			seen = append(seen, at)
			continue
		}
		if len(ahead) == 0 && len(seen) > 0 {
			last := seen[len(seen)-1]
			edge := p.x.near(until)
			meet := point{edge, last.y + (at.y-last.y)*(edge-last.x)/(at.x-last.x)}
			seen = append(seen, meet)
			ahead = append(ahead, meet)
		}
		ahead = append(ahead, at)
	}
	return seen, ahead
}

// isNow reports whether a point is the one in red.
func (p *plot) isNow(q Point) bool {
	return p.Now != nil && p.across(q) == p.across(*p.Now) && q.Y == p.Now.Y
}

// drawSeries draws a line. A record runs on to the end of observation, in red
// after the value of now; from there a dotted leader goes to its label.
func (p *plot) drawSeries(s Series) {
	if s.Kind == Scatter {
		return
	}
	var ps []point
	var last Point
	for _, q := range s.Points {
		x := p.across(q)
		if !p.x.defined(x) || !p.y.defined(q.Y) {
			continue
		}
		at := point{p.x.near(x), p.y.near(q.Y)}
		if n := len(ps); n > 0 && s.Kind == StepAfter {
			ps = append(ps, point{at.x, ps[n-1].y})
		}
		ps = append(ps, at)
		last = q
	}
	if len(ps) == 0 {
		return
	}
	end := ps[len(ps)-1]
	x, ok := p.day(p.Until)
	held := ok && s.Kind == StepAfter && x > end.x
	if held && !p.isNow(last) {
		end.x = x
		ps = append(ps, end)
	}
	class := "record"
	if p.small {
		class = "thin"
	}
	cut := clipLine(ps, p.area)
	p.scene.path(class, colorOf(s), cut...)
	p.room.avoid(cut, overRecord)
	if p.small || s.Label == "" || p.isNow(last) || !p.y.holds(last.Y) {
		return
	}
	if p.area.right-end.x > 10 && end.x >= p.area.left {
		p.scene.line("leader", colorOf(s), end.x+2, crisp(end.y), p.area.right, crisp(end.y))
	}
}

func colorOf(s Series) int { return seriesNumber(s.Color) }

// drawSeriesMarks draws a dot for each record, or the shapes of a scatter.
func (p *plot) drawSeriesMarks(s Series) {
	for _, q := range s.Points {
		at, ok := p.spot(q)
		if !ok || p.isNow(q) {
			continue
		}
		switch {
		case s.Kind == Scatter && p.small:
			p.scene.glyph("flag", colorOf(s), at, 2, p.datum(q))
		case s.Kind == Scatter:
			p.scene.glyph("mark", colorOf(s), at, p.step+.5, p.datum(q))
			p.room.take(rect{at.x - 3, at.y - 3, at.x + 3, at.y + 3})
		case p.small:
		case len(s.Points) > 60:
			p.room.dots = append(p.room.dots, at)
		default:
			p.scene.disc("step", colorOf(s), at, p.step, p.datum(q))
			p.room.take(rect{at.x - p.step, at.y - p.step, at.x + p.step, at.y + p.step})
		}
	}
}

// drawNow draws the value of now: a dot, a line as long as it has held, and a
// leader to its label.
func (p *plot) drawNow() {
	if p.Now == nil {
		return
	}
	at, ok := p.spot(*p.Now)
	if !ok {
		return
	}
	end := at.x
	if x, ok := p.day(p.Until); ok && x > at.x && p.nowHolds() {
		p.scene.line("now-line", 0, at.x, at.y, x, at.y)
		end = x
	}
	if p.area.right-end > 8 {
		p.scene.line("now-leader", 0, end+2, crisp(at.y), p.area.right, crisp(at.y))
		p.room.avoid([]contour{{points: []point{{end, at.y}, {p.area.right, at.y}}}}, overFit)
	}
	r, class := p.step+.5, "now-dot"
	if p.small {
		r, class = 3, "now-flag"
	}
	p.scene.disc(class, 0, at, r, p.datum(*p.Now))
	p.room.take(rect{at.x - r, at.y - r, at.x + r, at.y + r})
}

// nowHolds reports whether now is a record, which holds until broken, and not
// a point of a curve.
func (p *plot) nowHolds() bool {
	for _, s := range p.Series {
		if s.Kind == Line {
			for _, q := range s.Points {
				if p.isNow(q) {
					return false
				}
			}
		}
	}
	return true
}

// circled is n as a circled figure where one exists.
func circled(n int) string {
	if n >= 1 && n <= 20 {
		return string(rune('①' + n - 1))
	}
	return strconv.Itoa(n)
}
