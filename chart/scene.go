package chart

import (
	"hash/fnv"
	"math"
	"strconv"
)

// scene is a laid-out chart: shapes in drawing order, in pixels. Both
// renderers read it and nothing else.
type scene struct {
	width, height float64
	kind          string // class of the root beside plot
	lang          string
	title, desc   string
	plot          rect   // where marks may lie
	across        *scale // of a full chart's x axis, for scripts that zoom
	shapes        []shape
}

// shape is a path, a circle or a run of text.
type shape struct {
	class string // of styles; for text, unused
	color int    // series number for the series tokens, or 0
	path  []contour
	disc  *disc
	text  *text
	data  *datum
}

// contour is a run of straight segments.
type contour struct {
	points []point
	closed bool
}

type point struct{ x, y float64 }

type disc struct {
	center point
	r      float64
}

// text is one line, its baseline at at. align is "start", "middle" or "end".
type text struct {
	at    point
	body  string
	align string
	size  float64
	color token
	bold  bool
	halo  bool
}

// datum is what a mark stands for, for tooltips.
type datum struct{ name, value, time, detail, href string }

type rect struct{ left, top, right, bottom float64 }

func (r rect) overlaps(q rect) bool {
	return r.left < q.right && q.left < r.right && r.top < q.bottom && q.top < r.bottom
}

func (r rect) inside(q rect) bool {
	return r.left >= q.left && r.right <= q.right && r.top >= q.top && r.bottom <= q.bottom
}

func (r rect) grow(d float64) rect {
	return rect{r.left - d, r.top - d, r.right + d, r.bottom + d}
}

// box is the space a text takes: its width, and its height with the little air
// that keeps two lines apart.
func (t text) box() rect {
	w := textWidth(t.body, t.size, t.bold)
	left := t.at.x
	switch t.align {
	case "middle":
		left -= w / 2
	case "end":
		left -= w
	}
	return rect{left, t.at.y - t.size*.82, left + w, t.at.y + t.size*.26}
}

// baseline is the y of a baseline that centres figures and Hangul on y.
func baseline(y, size float64) float64 { return y + size*.35 }

func (s *scene) line(class string, color int, x1, y1, x2, y2 float64) {
	s.path(class, color, contour{points: []point{{x1, y1}, {x2, y2}}})
}

func (s *scene) path(class string, color int, contours ...contour) {
	var kept []contour
	for _, c := range contours {
		if len(c.points) > 1 {
			kept = append(kept, c)
		}
	}
	if len(kept) > 0 {
		s.shapes = append(s.shapes, shape{class: class, color: color, path: kept})
	}
}

func (s *scene) disc(class string, color int, at point, r float64, d *datum) {
	s.shapes = append(s.shapes, shape{class: class, color: color, disc: &disc{at, r}, data: d})
}

func (s *scene) glyph(class string, color int, at point, r float64, d *datum) {
	if seriesNumber(color) == 1 {
		s.disc(class, color, at, r, d)
		return
	}
	s.shapes = append(s.shapes, shape{class: class, color: color, path: []contour{glyphOf(color, at, r)}, data: d})
}

func (s *scene) write(t text, color int) {
	if t.body != "" {
		s.shapes = append(s.shapes, shape{color: color, text: &t})
	}
}

// id names the scene within a page: equal charts share it harmlessly, and the
// same chart at two sizes does not.
func (s *scene) id() string {
	h := fnv.New64a()
	for _, part := range []string{s.kind, s.title, s.desc, strconv.Itoa(int(s.width)), strconv.Itoa(int(s.height))} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return "p" + strconv.FormatUint(h.Sum64(), 36)
}

// glyphOf is the outline of a series' shape: ▲ ■ ✚ ◆ for 2 to 5, of about the
// area of a circle of radius r.
func glyphOf(color int, c point, r float64) contour {
	at := func(ps ...float64) contour {
		out := contour{closed: true}
		for i := 0; i+1 < len(ps); i += 2 {
			out.points = append(out.points, point{c.x + ps[i]*r, c.y + ps[i+1]*r})
		}
		return out
	}
	switch seriesNumber(color) {
	case 2:
		return at(0, -1.4, 1.25, .8, -1.25, .8)
	case 3:
		return at(-.9, -.9, .9, -.9, .9, .9, -.9, .9)
	case 4:
		const a, b = .42, 1.25
		return at(-a, -b, a, -b, a, -a, b, -a, b, a, a, a, a, b, -a, b, -a, a, -b, a, -b, -a, -a, -a)
	}
	return at(0, -1.4, 1.1, 0, 0, 1.4, -1.1, 0)
}

// clipLine keeps the parts of a polyline inside r.
func clipLine(ps []point, r rect) []contour {
	var out []contour
	var run []point
	for i := 1; i < len(ps); i++ {
		a, b, ok := clipSegment(ps[i-1], ps[i], r)
		if !ok {
			continue
		}
		if len(run) == 0 || run[len(run)-1] != a {
			if len(run) > 1 {
				out = append(out, contour{points: run})
			}
			run = []point{a}
		}
		run = append(run, b)
	}
	if len(run) > 1 {
		out = append(out, contour{points: run})
	}
	return out
}

// clipSegment is Liang and Barsky's: it cuts a segment to r.
func clipSegment(a, b point, r rect) (point, point, bool) {
	dx, dy := b.x-a.x, b.y-a.y
	from, to := 0.0, 1.0
	for _, e := range [4][2]float64{{-dx, a.x - r.left}, {dx, r.right - a.x}, {-dy, a.y - r.top}, {dy, r.bottom - a.y}} {
		p, q := e[0], e[1]
		if p == 0 {
			if q < 0 {
				return a, b, false
			}
			continue
		}
		t := q / p
		if p < 0 {
			from = math.Max(from, t)
		} else {
			to = math.Min(to, t)
		}
	}
	if from > to {
		return a, b, false
	}
	start, end := a, b
	if from > 0 {
		start = point{a.x + from*dx, a.y + from*dy}
	}
	if to < 1 {
		end = point{a.x + to*dx, a.y + to*dy}
	}
	return start, end, true
}

// clipArea is Sutherland and Hodgman's: it cuts a polygon to r.
func clipArea(ps []point, r rect) []point {
	cut := func(in []point, inside func(point) bool, meet func(a, b point) point) []point {
		var out []point
		for i, p := range in {
			prev := in[(i+len(in)-1)%len(in)]
			if inside(p) != inside(prev) {
				out = append(out, meet(prev, p))
			}
			if inside(p) {
				out = append(out, p)
			}
		}
		return out
	}
	atX := func(x float64) func(a, b point) point {
		return func(a, b point) point { return point{x, a.y + (b.y-a.y)*(x-a.x)/(b.x-a.x)} }
	}
	atY := func(y float64) func(a, b point) point {
		return func(a, b point) point { return point{a.x + (b.x-a.x)*(y-a.y)/(b.y-a.y), y} }
	}
	ps = cut(ps, func(p point) bool { return p.x >= r.left }, atX(r.left))
	ps = cut(ps, func(p point) bool { return p.x <= r.right }, atX(r.right))
	ps = cut(ps, func(p point) bool { return p.y >= r.top }, atY(r.top))
	return cut(ps, func(p point) bool { return p.y <= r.bottom }, atY(r.bottom))
}
