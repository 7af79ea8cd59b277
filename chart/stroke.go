package chart

import "math"

// strokeOf is the area that a pen of the style's width covers along the paths:
// a bar for each segment and, where the style is round, a disc at each point.
// All of it runs the same way round, so that overlaps cover once.
func strokeOf(paths []contour, st style) []contour {
	var out []contour
	for _, c := range paths {
		ps := c.points
		if c.closed && len(ps) > 0 {
			ps = append(append([]point(nil), ps...), ps[0])
		}
		for _, run := range dashed(ps, st.dash) {
			for i := 1; i < len(run); i++ {
				if bar, ok := barOf(run[i-1], run[i], st.width); ok {
					out = append(out, bar)
				}
			}
			if !st.round && !c.closed {
				continue
			}
			for _, p := range run {
				out = append(out, circle(p, st.width/2))
			}
		}
	}
	return out
}

func barOf(a, b point, width float64) (contour, bool) {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length == 0 {
		return contour{}, false
	}
	nx, ny := -(b.y-a.y)/length*width/2, (b.x-a.x)/length*width/2
	return contour{closed: true, points: []point{
		{a.x + nx, a.y + ny}, {a.x - nx, a.y - ny}, {b.x - nx, b.y - ny}, {b.x + nx, b.y + ny},
	}}, true
}

// circle is a regular polygon of enough sides, in the direction of barOf.
func circle(c point, r float64) contour {
	if r <= 0 {
		return contour{}
	}
	n := int(math.Max(16, math.Ceil(8*r)))
	out := contour{closed: true, points: make([]point, n)}
	for i := range out.points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		out.points[i] = point{c.x + r*cos, c.y + r*sin}
	}
	return out
}

// dashed cuts a polyline into dashes; without a pattern it is whole.
func dashed(ps []point, dash []float64) [][]point {
	if len(dash) != 2 || len(ps) < 2 {
		return [][]point{ps}
	}
	var out [][]point
	on, left := true, dash[0]
	run := []point{ps[0]}
	for i := 1; i < len(ps); i++ {
		a, b := ps[i-1], ps[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		for done := 0.0; done < length; {
			step := math.Min(left, length-done)
			done += step
			left -= step
			p := point{a.x + (b.x-a.x)*done/length, a.y + (b.y-a.y)*done/length}
			if on {
				run = append(run, p)
			}
			if left > 1e-9 {
				continue
			}
			if on {
				out, left = append(out, run), dash[1]
			} else {
				run, left = []point{p}, dash[0]
			}
			on = !on
		}
	}
	if on && len(run) > 1 {
		out = append(out, run)
	}
	return out
}
