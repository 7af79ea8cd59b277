package chart

import (
	"math"
	"sort"
	"time"
)

// maxNames is how many points are named at most: past that a reader searches
// instead of reading.
const (
	maxNames       = 10
	maxNamesNarrow = 6
)

// drawNames writes all text inside the plot and at its right edge, what
// matters most first.
func (p *plot) drawNames() {
	p.drawMargin()
	if p.small {
		return
	}
	type placed struct {
		text
		number int
	}
	var out []placed
	keep := func(candidates []text) bool {
		t, ok := p.room.place(candidates)
		if ok {
			out = append(out, placed{text: t})
		}
		return ok
	}
	left := maxNames
	if p.narrow {
		left = maxNamesNarrow
	}
	if p.Now != nil && p.Now.Label && p.Now.Name != "" {
		if at, ok := p.spot(*p.Now); ok && keep(p.besideNow(at)) {
			left--
		}
	}
	if b := p.Break; b != nil && b.Label != "" {
		if x, ok := p.day(b.At); ok {
			keep(upright(x, p.area, 12, b.Label, now, true))
		}
	}
	if x, ok := p.day(p.Until); ok {
		day := p.Until.UTC().Format(time.DateOnly)
		keep(upright(x, p.area, 12, word(p.Lang, day+"까지 관측", "observed to "+day), ink2, false))
	}
	if p.narrow {
		p.nameReferences(keep)
	}
	for _, c := range p.wanted() {
		if left == 0 {
			break
		}
		if at, ok := p.spot(c.q); ok && keep(beside(at, p.step, p.names, p.short(c.q.Name), c.color)) {
			left--
			out[len(out)-1].number = c.number
		}
	}
	p.nameBands(keep)
	for _, n := range out {
		p.scene.write(n.text, n.number)
	}
}

// besideNow gives the positions for the name of now, among them the free space
// beyond the end of observation.
func (p *plot) besideNow(at point) []text {
	out := beside(at, p.step, p.names, p.short(p.Now.Name), ink)
	if x, ok := p.day(p.Until); ok && x-at.x < 40 {
		t := text{at: point{x + 7, baseline(at.y+14, p.names)}, body: p.short(p.Now.Name), align: "start", size: p.names, color: ink, halo: true}
		out = append([]text{t}, out...)
	}
	return out
}

// short is a name as it is written beside its point; what is longer is said whole on hover and in the table.
func (p *plot) short(name string) string {
	return ellipsis(name, p.names, false, max(160, .24*p.scene.width))
}

// drawMargin writes the labels at the right of the plot.
func (p *plot) drawMargin() {
	pad := 8.0
	if p.small {
		pad = 4
	}
	ys := settle(p.right, p.area.top-6, p.area.bottom+4)
	for i, m := range p.right {
		if math.IsNaN(ys[i]) {
			continue
		}
		p.scene.write(text{at: point{p.area.right + pad, baseline(ys[i], m.size)}, body: m.body, align: "start", size: m.size, color: m.color, bold: m.bold}, m.number)
	}
}

// upright gives the places for a label beside a vertical line: low at the
// right, then the left, then high.
func upright(x float64, area rect, size float64, body string, color token, bold bool) []text {
	t := func(dx, y float64, align string) text {
		return text{at: point{x + dx, baseline(y, size)}, body: body, align: align, size: size, color: color, bold: bold, halo: true}
	}
	var out []text
	for _, y := range []float64{area.bottom - 14, area.bottom - 34, area.top + 8, area.top + 26} {
		out = append(out, t(7, y, "start"), t(-7, y, "end"))
	}
	return out
}

// nameReferences labels comparison lines inside a narrow plot, at whichever end
// of the line has room.
func (p *plot) nameReferences(keep func([]text) bool) {
	for _, r := range p.References {
		if r.Label == "" || !p.y.holds(r.Value) {
			continue
		}
		c := ink2
		if r.Dotted {
			c = ink3
		}
		y := p.y.at(r.Value)
		t := func(x, dy float64, align string) text {
			return text{at: point{x, baseline(y+dy, 12)}, body: r.Label, align: align, size: 12, color: c, halo: true}
		}
		l, rt := p.area.left+6, p.area.right-4
		keep([]text{t(l, -10, "start"), t(rt, 10, "end"), t(rt, -10, "end"), t(l, 10, "start"), t((l+rt)/2, -10, "middle")})
	}
}

// wanted lists the points whose names are asked for, most telling first: the
// first of a record, then by the height of the step; marks of a scatter keep
// their order.
func (p *plot) wanted() []wantedName {
	lines := 0
	for _, s := range p.Series {
		if s.Kind != Scatter {
			lines++
		}
	}
	var cs []wantedName
	for _, s := range p.Series {
		color := ink
		if lines > 1 && s.Kind != Scatter {
			color = seriesInk
		}
		before := math.NaN()
		for i, q := range s.Points {
			if !p.y.defined(q.Y) {
				continue
			}
			step := 0.0
			if s.Kind != Scatter {
				step = math.Abs(p.y.transform(q.Y) - before)
				if i == 0 || math.IsNaN(step) {
					step = math.Inf(1)
				}
				before = p.y.transform(q.Y)
			}
			if q.Label && q.Name != "" && !p.isNow(q) {
				cs = append(cs, wantedName{q, step, color, colorOf(s)})
			}
		}
	}
	for _, q := range p.Points {
		if q.Label && q.Name != "" && !p.isNow(q) {
			cs = append(cs, wantedName{q, -1, ink2, 0})
		}
	}
	sort.SliceStable(cs, func(a, b int) bool { return cs[a].step > cs[b].step })
	return cs
}

// wantedName is a point to name: how far it moved the record, and the colour of
// its text, that of its line where several lines run together.
type wantedName struct {
	q      Point
	step   float64
	color  token
	number int
}

// nameBands labels the two bands along their upper edges, where they are wide
// enough to be seen as bands. A phone leaves them to the unit line.
func (p *plot) nameBands(keep func([]text) bool) {
	if p.Fit == nil || p.narrow {
		return
	}
	edges := func(body string, shares []float64, bound func(CurvePoint) (low, high float64, ok bool)) {
		var above, under []text
		for _, share := range shares {
			i := int(share * float64(len(p.Fit.Curve)-1))
			if i < 0 || i >= len(p.Fit.Curve) {
				continue
			}
			c := p.Fit.Curve[i]
			low, high, ok := bound(c)
			x := p.acrossCurve(c)
			if !ok || !p.x.holds(x) {
				continue
			}
			t := func(y float64, align string) text {
				return text{at: point{p.x.at(x), baseline(y, 12)}, body: body, align: align, size: 12, color: ink2, halo: true}
			}
			if p.y.holds(high) && p.height(low, true)-p.height(high, false) > 5 {
				above = append(above, t(p.y.at(high)-11, "end"))
			}
			if p.y.holds(low) {
				under = append(under, t(p.y.at(low)+11, "start"))
			}
		}
		if candidates := append(above, under...); body != "" && len(candidates) > 0 {
			keep(candidates)
		}
	}
	edges(p.Fit.PILabel, []float64{.34, .25, .45, .15, .6, .8, .92}, func(c CurvePoint) (float64, float64, bool) { return c.PILow, c.PIHigh, c.HasPI })
	edges(p.Fit.BandLabel, []float64{.85, .75, .92, .65, .5, .3, .15}, func(c CurvePoint) (float64, float64, bool) { return c.Low, c.High, c.HasCI })
}
