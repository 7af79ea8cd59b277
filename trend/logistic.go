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
// delta method with Student's t on n less the number of parameters. Intervals of
// the mean end at floor and ceiling, that of an observation at a given ceiling
// that none of the data exceeds.
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

	t := s.trend(c)
	if c.curveOnly {
		t.curve = &model{link: linkOf(false), shape: shape, params: params}
		return t, nil
	}
	residuals := make([]float64, len(s.x))
	jacobian := mat.NewDense(len(s.x), len(params), nil)
	for i, x := range s.x {
		g := jacobian.RawRowView(i)
		residuals[i] = s.y[i] - shape.gradientInto(g, params, x)
	}
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
		df: df, quantile: studentQuantile(c.Confidence, df), confidence: c.Confidence, limits: unlimited(),
	}
	m.limits.low = c.Floor
	if c.Ceiling != nil {
		m.limits.high = *c.Ceiling
		if highest <= *c.Ceiling {
			m.limits.observation = *c.Ceiling
		}
	}
	if c.Estimator == PairsBootstrap {
		m.confidence = expanded(c.Confidence, len(s.x), len(params))
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
	ceiling := about(shape.floor+span, m.quantile*span*math.Sqrt(m.cov.At(2, 2)))
	if m.draws != nil {
		ceiling = parameter(2).transform(func(v float64) float64 { return shape.floor + math.Exp(v) })
	}
	t.Logistic.Ceiling = m.limits.clip(ceiling, false)
}
