package trend

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// search runs the least squares from starts that linearise the logistic at
// several ceilings and keeps the best. From a solution that is near, and two
// starts, is enough.
func (l logisticShape) search(s sample, rise float64, near []float64) ([]float64, bool) {
	spans, trims, factors := []float64{l.span}, []float64{0.02, 0.1}, []float64{1, 2.5}
	if l.fitted {
		spans = []float64{1.02 * rise, 1.2 * rise, 2 * rise, 5 * rise}
	}
	var best []float64
	lowest := math.Inf(1)
	if wanted := l.parameters(); len(near) == wanted {
		if params, rss, ok := l.descend(s.x, s.y, near); ok {
			best, lowest = params, rss
			trims, factors = trims[:1], factors[:1]
			if l.fitted {
				spans = []float64{1.2 * rise, 5 * rise}
			}
		}
	}
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
				k := linear.slope * factor
				start := []float64{k, linear.center - linear.level/linear.slope}
				if l.fitted {
					start = append(start, math.Log(span))
				}
				params, rss, ok := l.descend(s.x, s.y, start)
				if ok && rss < lowest {
					best, lowest = params, rss
				}
			}
		}
	}
	return best, best != nil
}

// bootstrap refits to resampled pairs, starting from the fit; resamples that
// don't determine a logistic are left out.
func (l logisticShape) bootstrap(s sample, params []float64, c Config) [][]float64 {
	rng := random(c.Seed, streamPairs)
	n := len(s.x)
	x, y := make([]float64, n), make([]float64, n)
	draws := make([][]float64, 0, c.Resamples)
	for range c.Resamples {
		for i := range n {
			j := rng.IntN(n)
			x[i], y[i] = s.x[j], s.y[j]
		}
		if refit, _, ok := l.descend(x, y, params); ok {
			draws = append(draws, refit)
		}
	}
	return draws
}

// descend is Levenberg–Marquardt with Marquardt's diagonal scaling.
func (l logisticShape) descend(x, y, start []float64) (params []float64, rss float64, ok bool) {
	const iterations = 300
	k := len(start)
	params = append([]float64(nil), start...)
	trial, g, step := make([]float64, k), make([]float64, k), make([]float64, k)
	var normal, damped [3][3]float64
	var right [3]float64
	rss = l.rss(x, y, params)
	damping := 1e-3
	for range iterations {
		normal, right = [3][3]float64{}, [3]float64{}
		for i := range x {
			r := y[i] - l.gradientInto(g, params, x[i])
			for a := range k {
				right[a] += g[a] * r
				for b := range a + 1 {
					normal[a][b] += g[a] * g[b]
				}
			}
		}
		improved := false
		for damping < 1e12 {
			damped = normal
			for a := range k {
				damped[a][a] += damping*normal[a][a] + 1e-300
			}
			if !solve3(&damped, right[:k], step) {
				damping *= 10
				continue
			}
			for a := range k {
				trial[a] = params[a] + step[a]
			}
			next := l.rss(x, y, trial)
			if !finite(next) || next > rss {
				damping *= 4
				continue
			}
			decrease, moved := rss-next, 0.0
			for a := range k {
				moved = max(moved, math.Abs(step[a])/(1e-8+math.Abs(params[a])))
			}
			copy(params, trial)
			rss = next
			damping = max(damping/8, 1e-12)
			improved = true
			if l.fitted && params[2] > l.limit {
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

func (l logisticShape) rss(x, y, p []float64) float64 {
	var sum float64
	span := l.rangeOf(p)
	for i := range x {
		r := y[i] - l.floor - span*sigmoid(p[0]*(x[i]-p[1]))
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
