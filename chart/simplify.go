package chart

import "math"

// unseen is the distance in pixels that a curve may be off without anyone seeing it.
const unseen = 0.1

// simplify leaves out the points of a line that lie within unseen of what is left, by the Douglas–Peucker algorithm. A
// fit arrives as hundreds of points, most of them on a straight run; a page draws it several times.
func simplify(ps []point) []point {
	if len(ps) < 3 {
		return ps
	}
	keep := make([]bool, len(ps))
	keep[0], keep[len(ps)-1] = true, true
	type span struct{ from, to int }
	for open := []span{{0, len(ps) - 1}}; len(open) > 0; {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		far, at := unseen, -1
		for i := s.from + 1; i < s.to; i++ {
			if d := distance(ps[i], ps[s.from], ps[s.to]); d > far {
				far, at = d, i
			}
		}
		if at > 0 {
			keep[at] = true
			open = append(open, span{s.from, at}, span{at, s.to})
		}
	}
	out := ps[:0:0]
	for i, p := range ps {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// distance is how far p is from the segment between a and b.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	if length := dx*dx + dy*dy; length > 0 {
		t := math.Min(1, math.Max(0, ((p.x-a.x)*dx+(p.y-a.y)*dy)/length))
		a = point{a.x + t*dx, a.y + t*dy}
	}
	return math.Hypot(p.x-a.x, p.y-a.y)
}
