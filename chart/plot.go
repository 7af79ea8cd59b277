package chart

import (
	"math"
	"sort"
	"strings"
	"time"

	"github.com/scalebook/scalebook/quantity"
)

// form is how large things are drawn at a given size of chart.
type form struct {
	small, narrow         bool
	numbers, dates, names float64 // text sizes
	dot, step             float64 // radii
	spacing               float64 // least pixels between labelled values
	top                   float64
}

// narrowBelow is the width under which a chart takes its phone form.
const narrowBelow = 480

func formOf(width int, small bool) form {
	switch {
	case small:
		return form{small: true, narrow: true, numbers: 11, dates: 11, names: 11, dot: 1.5, spacing: 26, top: 12}
	case width < narrowBelow:
		return form{narrow: true, numbers: 12, dates: 12, names: 12, dot: 2, step: 3.5, spacing: 42, top: 16}
	}
	return form{numbers: 12, dates: 13, names: 13, dot: 2.5, step: 4, spacing: 56, top: 16}
}

// plot lays one Spec out.
type plot struct {
	Spec
	form
	scene *scene
	x, y  scale
	area  rect
	room  placer
	right []margin
}

// Sizes of a Spec that names none, and the least that a chart is drawn at.
const (
	usualWidth, usualHeight = 648, 360
	leastWidth, leastHeight = 200, 120
)

// layout gives the scene of s at its own size.
func (s Spec) layout(small bool) *scene {
	s.Width, s.Height = atLeast(s.Width, usualWidth, leastWidth), atLeast(s.Height, usualHeight, leastHeight)
	p := &plot{Spec: s, form: formOf(s.Width, small)}
	p.scene = &scene{width: float64(s.Width), height: float64(s.Height), lang: s.Lang, title: s.accessibleName(), desc: s.Desc, kind: "full"}
	if small {
		p.scene.kind = "small"
	}
	p.ordered()
	if !p.frame() {
		p.scene.write(text{
			at:   point{p.scene.width / 2, p.scene.height / 2},
			body: word(p.Lang, "자료 없음", "No data"), align: "middle", size: 13, color: ink3,
		}, 0)
		return p.scene
	}
	p.drawGround()
	p.drawMarks()
	p.drawAxes()
	p.drawNames()
	return p.scene
}

func atLeast(n, usual, least int) int {
	if n <= 0 {
		return usual
	}
	return max(n, least)
}

func (s Spec) accessibleName() string {
	switch {
	case s.Title != "":
		return s.Title
	case s.Heading != "":
		return s.Heading
	}
	return s.Y.Label
}

// ordered copies the lists that drawing sorts, leaving the caller's as they
// were: lines by x, so that a record steps forward in time.
func (p *plot) ordered() {
	p.Series = append([]Series(nil), p.Series...)
	for i := range p.Series {
		if p.Series[i].Kind == Scatter {
			continue
		}
		ps := append([]Point(nil), p.Series[i].Points...)
		sort.SliceStable(ps, func(a, b int) bool { return p.across(ps[a]) < p.across(ps[b]) })
		p.Series[i].Points = ps
	}
	p.Reports = append([]Marker(nil), p.Reports...)
	sort.SliceStable(p.Reports, func(a, b int) bool { return p.Reports[a].Time.Before(p.Reports[b].Time) })
	if !p.X.Time {
		p.Reports, p.Break, p.Until = nil, nil, time.Time{}
	}
}

// across is the x value of a point.
func (p *plot) across(q Point) float64 {
	if p.X.Time {
		if t := seconds(q.Time); !q.Time.IsZero() && drawableTime(t) {
			return t
		}
		return math.NaN()
	}
	return q.X
}

func (p *plot) acrossCurve(c CurvePoint) float64 { return p.across(Point{Time: c.Time, X: c.X}) }

// spot is the pixel of a point, and whether it lies in the plot.
func (p *plot) spot(q Point) (point, bool) {
	x := p.across(q)
	if !p.x.holds(x) || !p.y.holds(q.Y) {
		return point{}, false
	}
	return point{p.x.at(x), p.y.at(q.Y)}, true
}

// frame chooses the domains and the margins, each from what must fit in it. It
// reports whether there is anything to draw.
func (p *plot) frame() bool {
	w, h := p.scene.width, p.scene.height
	ex, ey, ends := p.extents()

	if p.X.Time {
		p.x = timeScale(p.X, ex, ends)
	}
	p.area = rect{0, p.top, w, math.Max(h-p.below(p.x), p.top+20)}
	if rows := p.key(false); rows > 0 {
		p.area.top += float64(rows) * keyRow
	}
	p.area.bottom = math.Max(p.area.bottom, p.area.top+20)

	p.y = valueScale(p.Y, ey, p.area.bottom-p.area.top, p.spacing)
	p.y.lo, p.y.hi = p.area.bottom, p.area.top
	widest := 0.0
	for _, t := range valueTicks(p.y, p.spacing, p.Lang, p.small) {
		widest = math.Max(widest, textWidth(t.label, p.numbers, false))
	}
	p.area.left = math.Ceil(widest + 12)

	if !p.X.Time {
		p.x = valueScale(p.X, ex, w-p.area.left, 80)
	}
	p.margins(w)
	p.area.right = math.Max(p.area.right, p.area.left+20)
	p.x.lo, p.x.hi = p.area.left, p.area.right
	p.scene.plot = p.area
	if !p.small {
		p.scene.across = &p.x
	}
	p.room.area = rect{p.area.left + 2, p.area.top - 8, p.area.right, p.area.bottom - 3}
	return ex.any && ey.any
}

// below is the height of the axis x and the lane of reports.
func (p *plot) below(x scale) float64 {
	switch {
	case p.small:
		return 27
	case len(p.Reports) == 0:
		return 34
	case p.narrow && !p.crowded(x):
		return 72
	}
	return 88
}

// crowded reports whether numbers of reports need a second row. It is asked
// before the plot's edges are known, and takes half the width for certain.
func (p *plot) crowded(x scale) bool {
	perSecond := p.scene.width / 2 / (x.max - x.min)
	for i := 1; i < len(p.Reports); i++ {
		gap := p.Reports[i].Time.Sub(p.Reports[i-1].Time).Seconds()
		if gap*perSecond < 16 {
			return true
		}
	}
	return false
}

// extents are the ranges the axes must hold, and where the last line ends.
func (p *plot) extents() (x, y extent, ends float64) {
	x.log, y.log = p.X.Log && !p.X.Time, p.Y.Log
	ends = math.Inf(-1)
	add := func(q Point, line bool) {
		at := p.across(q)
		if !drawable(at, x.log) || !drawable(q.Y, y.log) || p.outside(at, q.Y) {
			return
		}
		x.add(at)
		y.add(q.Y)
		if line {
			ends = math.Max(ends, at)
		}
	}
	for _, q := range p.Points {
		add(q, false)
	}
	for _, s := range p.Series {
		for _, q := range s.Points {
			add(q, s.Kind != Scatter)
		}
	}
	if p.Now != nil {
		add(*p.Now, false)
	}
	if p.Fit != nil {
		for _, c := range p.Fit.Curve {
			add(Point{Time: c.Time, X: c.X, Y: c.Value}, true)
		}
		for _, c := range p.Fit.Curve {
			if c.HasCI {
				y.stretch(c.Low)
				y.stretch(c.High)
			}
		}
	}
	for _, r := range p.References {
		y.add(r.Value)
	}
	if !p.Until.IsZero() && drawableTime(seconds(p.Until)) {
		x.add(seconds(p.Until))
		ends = math.Max(ends, seconds(p.Until))
	}
	return x, y, ends
}

// outside reports whether fixed bounds leave a point out; such a point must
// not widen the other axis.
func (p *plot) outside(x, y float64) bool {
	beyond := func(a Axis, v float64) bool {
		return a.Min != nil && v < *a.Min || a.Max != nil && v > *a.Max
	}
	return beyond(p.X, x) || beyond(p.Y, y)
}

// margins gathers the labels at the right and sets the plot's right edge.
func (p *plot) margins(w float64) {
	add := func(value float64, m margin) {
		if m.body == "" || !p.y.holds(value) {
			return
		}
		m.y = p.y.at(value)
		p.right = append(p.right, m)
	}
	if p.Now != nil {
		size := p.names
		if !p.narrow {
			size = 14
		} else if p.small {
			size = 12
		}
		add(p.Now.Y, margin{body: p.nowLabel(), size: size, color: now, bold: true, fixed: true})
	}
	for _, s := range p.Series {
		if n := len(s.Points); n > 0 && s.Kind != Scatter && !p.small {
			add(s.Points[n-1].Y, margin{body: s.Label, size: p.names, color: seriesInk, number: s.Color})
		}
	}
	if !p.narrow {
		for _, r := range p.References {
			c := ink2
			if r.Dotted {
				c = ink3
			}
			add(r.Value, margin{body: r.Label, size: 12, color: c})
		}
		if p.Fit != nil && len(p.Fit.Curve) > 0 {
			add(p.Fit.Curve[len(p.Fit.Curve)-1].Value, margin{body: p.Fit.Label, size: 12, color: ink, optional: true})
		}
	}
	limit := .27 * w
	if p.narrow && !p.small {
		limit = .34 * w
	}
	widest := 0.0
	for i := range p.right {
		m := &p.right[i]
		m.body = ellipsis(m.body, m.size, m.bold, limit)
		widest = math.Max(widest, textWidth(m.body, m.size, m.bold))
	}
	pad := 8.0
	if p.small {
		pad = 4
	}
	if widest > 0 {
		p.area.right = w - math.Ceil(widest+pad)
	} else {
		p.area.right = w - 12
	}
	sort.SliceStable(p.right, func(a, b int) bool { return p.right[a].y < p.right[b].y })
}

func (p *plot) nowLabel() string {
	if p.NowLabel != "" {
		return p.NowLabel
	}
	switch p.Y.Unit {
	case "fraction", "USD":
		return quantity.Format(p.Now.Y, p.Y.Unit, p.Lang)
	}
	return quantity.Tick(p.Now.Y, p.Y.Unit, p.Lang)
}

const keyRow = 24

// key draws the shapes of a scatter with their names above the plot, in text
// order, and gives the number of rows. Without draw it only counts.
func (p *plot) key(draw bool) int {
	var named []Series
	for _, s := range p.Series {
		if s.Kind == Scatter && s.Name != "" {
			named = append(named, s)
		}
	}
	if len(named) < 2 || p.small || p.KeyOutside {
		return 0
	}
	const size = 13
	x, row := 0.0, 0
	for _, s := range named {
		name := ellipsis(s.Name, size, false, p.scene.width-24)
		w := 18 + textWidth(name, size, false)
		if x > 0 && x+w > p.scene.width {
			x, row = 0, row+1
		}
		if draw {
			y := 10 + float64(row)*keyRow
			p.scene.glyph("flag", s.Color, point{x + 6, y}, 4.5, nil)
			p.scene.write(text{at: point{x + 18, baseline(y, size)}, body: name, align: "start", size: size, color: ink2}, 0)
		}
		x += w + 24
	}
	return row + 1
}

// datum is what tooltips say of a point.
func (p *plot) datum(q Point) *datum {
	d := &datum{name: q.Name, value: quantity.Format(q.Y, p.Y.Unit, p.Lang), detail: q.Detail, href: q.Href}
	if !q.Time.IsZero() {
		d.time = q.Time.UTC().Format(time.DateOnly)
	}
	if !p.X.Time {
		d.value = strings.TrimSuffix(quantity.Format(q.X, p.X.Unit, p.Lang)+", "+d.value, ", ")
	}
	return d
}
