package trend

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

const (
	// riseAboveFloor is the share of the range that values must rise above the
	// floor before a logistic says anything.
	riseAboveFloor = 0.01
	// farCeiling: a fitted ceiling beyond this many times the highest rise seen
	// means that the data are still exponential and don't show a ceiling.
	farCeiling = 100
	// steepest is the change in log odds between neighbouring dates beyond
	// which the data show a step, whose steepness they can't tell.
	steepest = 40
)

// sigmoid is the logistic function; where e^−x overflows it is 0.
func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// logisticShape is floor + range·σ(p[0]·(x − p[1])). The range is fixed, or
// exp(p[2]) if it is fitted, which keeps the ceiling above the floor.
type logisticShape struct {
	floor, span float64
	fitted      bool
	// limit is the fitted log range at which a descent is given up: it is past
	// what the metric allows, or what the data can show.
	limit float64
}

func (l logisticShape) rangeOf(p []float64) float64 {
	if l.fitted {
		return math.Exp(p[2])
	}
	return l.span
}

func (l logisticShape) parameters() int {
	if l.fitted {
		return 3
	}
	return 2
}

func (l logisticShape) value(p []float64, x float64) float64 {
	return l.floor + l.rangeOf(p)*sigmoid(p[0]*(x-p[1]))
}

func (l logisticShape) gradient(p []float64, x float64) []float64 {
	g := make([]float64, len(p))
	l.gradientInto(g, p, x)
	return g
}

func (l logisticShape) gradientInto(g, p []float64, x float64) (value float64) {
	span, s := l.rangeOf(p), sigmoid(p[0]*(x-p[1]))
	d := span * s * (1 - s)
	g[0], g[1] = d*(x-p[1]), -d*p[0]
	if l.fitted {
		g[2] = span * s
	}
	return l.floor + span*s
}

func (l logisticShape) slope(p []float64, x float64) float64 {
	s := sigmoid(p[0] * (x - p[1]))
	return l.rangeOf(p) * p[0] * s * (1 - s)
}

func (l logisticShape) inverse(p []float64, v float64) (float64, bool) {
	share := (v - l.floor) / l.rangeOf(p)
	if share <= 0 || share >= 1 || p[0] == 0 {
		return 0, false
	}
	return p[1] + math.Log(share/(1-share))/p[0], true
}

// fitLogistic fits c + (d−c)·σ(k(t−t0)) by nonlinear least squares on the
// values as measured (Levenberg–Marquardt from several starts; Seber and Wild
// 1989, chapters 2 and 14). The floor c is given; the ceiling d is given or
// fitted. Standard errors are s²(J'J)⁻¹ and every other interval follows by the
// delta method with Student's t on n less the number of parameters.
func fitLogistic(s sample, c Config) (*Trend, error) {
	if c.Ceiling == nil && !c.FitCeiling {
		return nil, &DataError{Reason: ErrNoCeiling, N: len(s.x)}
	}
	need := minPoints
	if c.FitCeiling {
		need++
	}
	if len(s.x) < need {
		return nil, &DataError{Reason: ErrTooFew, N: len(s.x), Need: need}
	}
	highest := math.Inf(-1)
	for _, y := range s.y {
		highest = max(highest, y)
	}
	scale := highest - c.Floor
	if c.Ceiling != nil {
		scale = *c.Ceiling - c.Floor
	}
	if rise := highest - c.Floor; rise <= 0 || rise < riseAboveFloor*scale {
		return nil, &DataError{Reason: ErrAtFloor, N: len(s.x), Value: highest, Bound: c.Floor}
	}

	shape := logisticShape{floor: c.Floor, span: scale, fitted: c.FitCeiling, limit: math.Log(2 * farCeiling * (highest - c.Floor))}
	if c.Ceiling != nil {
		shape.limit = math.Log(3 * scale)
	}
	params, ok := shape.search(s, highest-c.Floor, c.near)
	if shape.fitted && c.Ceiling != nil && (!ok || math.Exp(params[2]) > scale) {
		// The least squares lie beyond what the metric allows, so at the bound.
		shape.fitted = false
		params, ok = shape.search(s, highest-c.Floor, c.near)
	}
	if !ok {
		return nil, &DataError{Reason: ErrNotIdentified, N: len(s.x), Detail: "the least squares did not converge"}
	}
	if shape.fitted && math.Exp(params[2]) > farCeiling*(highest-c.Floor) {
		return nil, &DataError{Reason: ErrNotIdentified, N: len(s.x), Value: c.Floor + math.Exp(params[2]), Detail: "no ceiling shows in the data yet"}
	}
	if math.Abs(params[0])*shortestGap(s.x) > steepest {
		return nil, &DataError{Reason: ErrNotIdentified, N: len(s.x), Value: params[0], Detail: "the data show a step, not a rise"}
	}

	residuals := make([]float64, len(s.x))
	jacobian := mat.NewDense(len(s.x), len(params), nil)
	for i, x := range s.x {
		g := jacobian.RawRowView(i)
		residuals[i] = s.y[i] - shape.gradientInto(g, params, x)
	}
	t := s.trend(c)
	t.goodness(s, residuals, len(params))
	var information mat.SymDense
	information.SymOuterK(1, jacobian.T())
	cov, ok := inverse(&information)
	if !ok {
		return nil, &DataError{Reason: ErrNotIdentified, N: len(s.x), Detail: "the parameters can't be told apart"}
	}
	cov.ScaleSym(t.ResidualSD*t.ResidualSD, cov)
	df := float64(len(s.x) - len(params))
	m := &model{
		link: linkOf(false), shape: shape, params: params, cov: cov, s: t.ResidualSD,
		df: df, quantile: studentQuantile(c.Confidence, df), confidence: c.Confidence,
	}
	if c.Estimator == PairsBootstrap {
		m.draws = shape.bootstrap(s, params, c)
		m.residuals = shuffled(residuals, c)[:len(m.draws)]
		if len(m.draws) < c.Resamples/2 {
			return nil, &DataError{Reason: ErrNotIdentified, N: len(s.x), Detail: "most resamples don't determine a logistic"}
		}
	}
	t.describeLogistic(m, c)
	return t, nil
}

func (t *Trend) describeLogistic(m *model, c Config) {
	t.curve = m
	shape := m.shape.(logisticShape)
	parameter := func(i int) Estimate {
		if m.draws == nil {
			return about(m.params[i], m.quantile*math.Sqrt(m.cov.At(i, i)))
		}
		values := make([]float64, len(m.draws))
		for j, d := range m.draws {
			values[j] = d[i]
		}
		return percentileInterval(m.params[i], values, m.confidence)
	}
	t.Logistic = &LogisticParameters{
		K: parameter(0), MidpointYears: parameter(1), Floor: shape.floor,
		Ceiling: Estimate{Value: shape.floor + shape.span}, CeilingFitted: shape.fitted,
	}
	if !shape.fitted {
		return
	}
	span := math.Exp(m.params[2])
	if m.draws == nil {
		t.Logistic.Ceiling = about(shape.floor+span, m.quantile*span*math.Sqrt(m.cov.At(2, 2)))
		return
	}
	t.Logistic.Ceiling = parameter(2).transform(func(v float64) float64 { return shape.floor + math.Exp(v) })
}

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
