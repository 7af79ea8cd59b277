package trend

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

const (
	// tries is the number of steps that every start gets, finalists the least number
	// of starts that then go on to the end.
	tries      = 12
	finalists  = 3
	iterations = 300
)

// search runs the least squares from starts that linearise the logistic at
// several ceilings and keeps the best. Every start takes a few steps, and only
// those that stand lowest then go on, until one arrives: most come to the same place. From a
// solution that is near, fewer starts are enough.
func (l logisticShape) search(s sample, rise float64, near []float64) ([]float64, bool) {
	spans, trims, factors := []float64{l.span}, []float64{0.02, 0.1}, []float64{1, 2.5}
	if l.fitted {
		spans = []float64{1.02 * rise, 1.2 * rise, 2 * rise, 5 * rise}
	}
	d := newDescent(l, s.x, s.y)
	var best []float64
	lowest := math.Inf(1)
	if len(near) == l.parameters() {
		if params, rss, ok := d.run(near, iterations); ok {
			best, lowest = params, rss
			trims, factors = trims[:1], factors[:1]
			if l.fitted {
				spans = []float64{1.2 * rise, 5 * rise}
			}
		}
	}
	type standing struct {
		params []float64
		rss    float64
		done   bool
	}
	var field []standing
	logits := make([]float64, len(s.x))
	for _, span := range spans {
		for _, trim := range trims {
			for i, y := range s.y {
				share := min(max((y-l.floor)/span, trim), 1-trim)
				logits[i] = math.Log(share / (1 - share))
			}
			linear, _, _ := leastSquares(s.x, logits)
			if linear.slope == 0 {
				linear.slope = 0.1
			}
			for _, factor := range factors {
				start := []float64{linear.slope * factor, linear.center - linear.level/linear.slope}
				if l.fitted {
					start = append(start, math.Log(span))
				}
				if params, rss, done := d.run(start, tries); finite(rss) {
					field = append(field, standing{params, rss, done})
				}
			}
		}
	}
	slices.SortStableFunc(field, func(a, b standing) int { return cmp.Compare(a.rss, b.rss) })
	for i, f := range field {
		if i >= finalists && best != nil {
			break
		}
		if !f.done {
			f.params, f.rss, f.done = d.run(f.params, iterations)
		}
		if f.done && f.rss < lowest {
			best, lowest = f.params, f.rss
		}
	}
	return best, best != nil
}

// bootstrap refits to resampled pairs, starting from the fit; resamples that
// don't determine a logistic are left out.
func (l logisticShape) bootstrap(s sample, params []float64, c Config) [][]float64 {
	rng := random(c.Seed, streamPairs)
	n := len(s.x)
	d := newDescent(l, make([]float64, n), make([]float64, n))
	draws := make([][]float64, 0, c.Resamples)
	for range c.Resamples {
		for i := range n {
			j := rng.IntN(n)
			d.x[i], d.y[i] = s.x[j], s.y[j]
		}
		if refit, _, ok := d.run(params, iterations); ok {
			draws = append(draws, refit)
		}
	}
	return draws
}

// descent is Levenberg–Marquardt with Marquardt's diagonal scaling. It keeps the
// values of σ at the present parameters and at those on trial, since they are
// what takes time.
type descent struct {
	logisticShape
	x, y         []float64
	sigma, trial []float64
}

func newDescent(l logisticShape, x, y []float64) *descent {
	return &descent{logisticShape: l, x: x, y: y, sigma: make([]float64, len(x)), trial: make([]float64, len(x))}
}

// run descends from start for at most so many steps; ok says that it arrived.
func (d *descent) run(start []float64, steps int) (params []float64, rss float64, ok bool) {
	k := len(start)
	params = slices.Clone(start)
	var trialParams, step [3]float64
	rss = d.rss(params, d.sigma)
	damping := 1e-3
	for range steps {
		normal, right := d.normal(params)
		improved := false
		for damping < 1e12 {
			damped := normal
			for a := range k {
				damped[a][a] += damping*normal[a][a] + 1e-300
			}
			if !solve3(&damped, right[:k], step[:k]) {
				damping *= 10
				continue
			}
			for a := range k {
				trialParams[a] = params[a] + step[a]
			}
			next := d.rss(trialParams[:k], d.trial)
			if !finite(next) || next > rss {
				damping *= 4
				continue
			}
			decrease, moved := rss-next, 0.0
			for a := range k {
				moved = max(moved, math.Abs(step[a])/(1e-8+math.Abs(params[a])))
			}
			copy(params, trialParams[:k])
			d.sigma, d.trial = d.trial, d.sigma
			rss = next
			damping = max(damping/8, 1e-12)
			improved = true
			if d.fitted && params[2] > d.limit {
				return params, rss, finite(rss)
			}
			if moved < 1e-10 || (decrease <= 1e-15*rss && moved < 1e-6) {
				return params, rss, finite(rss)
			}
			break
		}
		if !improved {
			// No step lowers the sum any more: a minimum to rounding.
			return params, rss, finite(rss)
		}
	}
	return params, rss, false
}

// normal returns the lower triangle of J'J and J'r at the present parameters.
func (d *descent) normal(p []float64) (normal [3][3]float64, right [3]float64) {
	span := d.rangeOf(p)
	for i, s := range d.sigma {
		r := d.y[i] - d.floor - span*s
		steep := span * s * (1 - s)
		g0, g1 := steep*(d.x[i]-p[1]), -steep*p[0]
		right[0] += g0 * r
		right[1] += g1 * r
		normal[0][0] += g0 * g0
		normal[1][0] += g1 * g0
		normal[1][1] += g1 * g1
		if d.fitted {
			g2 := span * s
			right[2] += g2 * r
			normal[2][0] += g2 * g0
			normal[2][1] += g2 * g1
			normal[2][2] += g2 * g2
		}
	}
	return normal, right
}

// rss is the sum of squared residuals; it leaves σ of every observation behind.
func (d *descent) rss(p []float64, sigma []float64) float64 {
	var sum float64
	span := d.rangeOf(p)
	for i, x := range d.x {
		sigma[i] = sigmoid(p[0] * (x - p[1]))
		r := d.y[i] - d.floor - span*sigma[i]
		sum += r * r
	}
	return sum
}

// solve3 solves a symmetric system, given by its lower triangle, of at most
// three unknowns by Cholesky's method. It destroys a.
func solve3(a *[3][3]float64, b, x []float64) bool {
	k := len(b)
	for i := range k {
		for j := range i + 1 {
			sum := a[i][j]
			for m := range j {
				sum -= a[i][m] * a[j][m]
			}
			if i != j {
				a[i][j] = sum / a[j][j]
				continue
			}
			if !(sum > 0) {
				return false
			}
			a[i][i] = math.Sqrt(sum)
		}
	}
	for i := range k {
		sum := b[i]
		for j := range i {
			sum -= a[i][j] * x[j]
		}
		x[i] = sum / a[i][i]
	}
	for i := k - 1; i >= 0; i-- {
		sum := x[i]
		for j := i + 1; j < k; j++ {
			sum -= a[j][i] * x[j]
		}
		x[i] = sum / a[i][i]
	}
	return true
}

// inverse of a symmetric positive definite matrix; false if it is singular to
// working precision. The matrix is scaled to a unit diagonal first, so that
// the units of the parameters don't matter.
func inverse(a *mat.SymDense) (*mat.SymDense, bool) {
	n := a.SymmetricDim()
	scale := make([]float64, n)
	for i := range n {
		if !(a.At(i, i) > 0) || !finite(a.At(i, i)) {
			return nil, false
		}
		scale[i] = math.Sqrt(a.At(i, i))
	}
	scaled := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			scaled.SetSym(i, j, a.At(i, j)/(scale[i]*scale[j]))
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(scaled) || factor.Cond() > 1e14 {
		return nil, false
	}
	var inv mat.SymDense
	if err := factor.InverseTo(&inv); err != nil {
		return nil, false
	}
	for i := range n {
		for j := i; j < n; j++ {
			inv.SetSym(i, j, inv.At(i, j)/(scale[i]*scale[j]))
		}
	}
	return &inv, true
}

// shortestGap is the least time between two different dates of sorted x.
func shortestGap(x []float64) float64 {
	gap := math.Inf(1)
	for i := 1; i < len(x); i++ {
		if d := x[i] - x[i-1]; d > 0 {
			gap = min(gap, d)
		}
	}
	return gap
}
