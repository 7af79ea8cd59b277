package trend

import "math"

// breakSearch holds what depends on the dates alone, so that the bootstrap can
// search many series over the same dates. x is centred, sorted.
type breakSearch struct {
	x           []float64
	center, sxx float64
	segments    []segment
}

// segment is a gap between neighbouring dates in which a break may lie. With
// w(c) what is left of (x−c)₊ after regression on 1 and x, |w|² = p − 2qc + rc²;
// first is the first observation to the right.
type segment struct {
	first     int
	low, high float64
	sx, sxx   float64 // sums of the observations to the right
	p, q, r   float64
	atLow     float64 // 1/|w(low)|², zero where a break at low can't be told from none
	interior  float64 // 1/(pr − q²)
}

// seriesSums are what depends on the values.
type seriesSums struct {
	mean, slope, sse float64
	rightY, rightXY  []float64 // suffix sums of y less its mean, and of x times it
}

func newBreakSearch(x []float64) *breakSearch {
	b := &breakSearch{center: mean(x), x: make([]float64, len(x))}
	n := len(x)
	for i, v := range x {
		b.x[i] = v - b.center
		b.sxx += b.x[i] * b.x[i]
	}
	var sx, sxx float64
	for i := n - 1; i >= minSide; i-- {
		sx += b.x[i]
		sxx += b.x[i] * b.x[i]
		// x[i-1] is at least the fifth observation, x[i] at most the fifth last.
		if i <= n-minSide && b.x[i-1] < b.x[i] {
			m, right := float64(n), float64(n-i)
			g := segment{
				first: i, low: b.x[i-1], high: b.x[i], sx: sx, sxx: sxx,
				p: sxx - sx*sx/m - sxx*sxx/b.sxx,
				q: sx - sx*right/m - sxx*sx/b.sxx,
				r: right - right*right/m - sx*sx/b.sxx,
			}
			g.interior = 1 / (g.p*g.r - g.q*g.q)
			if den := g.squared(g.low); den > b.least() {
				g.atLow = 1 / den
			}
			b.segments = append(b.segments, g)
		}
	}
	return b
}

// squared is |w|² of a break at a date.
func (g segment) squared(at float64) float64 { return g.p - 2*g.q*at + g.r*at*at }

// least is the |w|² below which a break can't be told from none.
func (b *breakSearch) least() float64 { return 1e-12 * b.sxx }

func (b *breakSearch) sums(y []float64) seriesSums {
	var s seriesSums
	b.sumsInto(&s, y)
	return s
}

// sumsInto is sums with the memory of an earlier result.
func (b *breakSearch) sumsInto(s *seriesSums, y []float64) {
	n := len(y)
	if len(s.rightY) != n+1 {
		s.rightY, s.rightXY = make([]float64, n+1), make([]float64, n+1)
	}
	s.mean, s.sse = mean(y), 0
	var sxy float64
	for i := n - 1; i >= 0; i-- {
		d := y[i] - s.mean
		sxy += b.x[i] * d
		s.rightY[i] = s.rightY[i+1] + d
		s.rightXY[i] = s.rightXY[i+1] + b.x[i]*d
	}
	s.slope = sxy / b.sxx
	for i := range y {
		r := y[i] - s.mean - s.slope*b.x[i]
		s.sse += r * r
	}
}

// numerator returns a and c of w·y = a − c·knot.
func (s *seriesSums) numerator(g *segment) (a, c float64) {
	return s.rightXY[g.first] - s.slope*g.sxx, s.rightY[g.first] - s.slope*g.sx
}

// knot is a break and the sum of squares it saves against the straight line.
type knot struct{ at, gain float64 }

func (b *breakSearch) gainAt(g *segment, a, c, at float64) float64 {
	den := g.squared(at)
	if den <= b.least() {
		return 0
	}
	num := a - c*at
	return num * num / den
}

// continuous finds the best break. The high end of a gap is the low end of the
// next. The largest gain that a gap could hold, (a²r − 2acq + c²p)/(pr − q²),
// takes no division, so the date of it is worked out only where it would be the best.
func (b *breakSearch) continuous(s *seriesSums) (best knot, ok bool) {
	best.gain = -1
	for i := range b.segments {
		g := &b.segments[i]
		a, c := s.numerator(g)
		num := a - c*g.low
		if gain := num * num * g.atLow; gain > best.gain {
			best, ok = knot{g.low, gain}, true
		}
		if i == len(b.segments)-1 {
			if gain := b.gainAt(g, a, c, g.high); gain > best.gain {
				best, ok = knot{g.high, gain}, true
			}
		}
		if most := (a*(a*g.r-2*c*g.q) + c*c*g.p) * g.interior; most < best.gain*(1-1e-6) {
			continue
		}
		at := (a*g.q - c*g.p) / (a*g.r - c*g.q)
		if !(at >= g.low && at <= g.high) {
			continue
		}
		if gain := b.gainAt(g, a, c, at); gain > best.gain {
			best, ok = knot{at, gain}, true
		}
	}
	return best, ok
}

// profile returns the hull of the breaks that save at least need, solving
// (a−ct)² = need·(p−2qt+rt²) in each gap. Ends that reach the searched range
// come back as infinite.
func (b *breakSearch) profile(s *seriesSums, need float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	first, last := math.Inf(1), math.Inf(-1)
	for i := range b.segments {
		g := &b.segments[i]
		first, last = min(first, g.low), max(last, g.high)
		a, c := s.numerator(g)
		take := func(at float64) {
			if at >= g.low && at <= g.high {
				low, high = min(low, at), max(high, at)
			}
		}
		for _, at := range [2]float64{g.low, g.high} {
			if b.gainAt(g, a, c, at) >= need {
				take(at)
			}
		}
		qa, qb, qc := c*c-need*g.r, -2*(a*c-need*g.q), a*a-need*g.p
		if d := qb*qb - 4*qa*qc; d >= 0 && qa != 0 {
			take((-qb - math.Sqrt(d)) / (2 * qa))
			take((-qb + math.Sqrt(d)) / (2 * qa))
		}
	}
	if low <= first {
		low = math.Inf(-1)
	}
	if high >= last {
		high = math.Inf(1)
	}
	return low, high
}
