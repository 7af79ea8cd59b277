package trend

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// curve is what a Trend needs of a fit to draw, forecast and invert it. x is
// in years since 1970; answers are in the metric's unit.
type curve interface {
	value(x float64) float64
	// intervals are those of the mean and of a new observation. scratch may be nil;
	// given, it is used, so that a curve of many points allocates once.
	intervals(x float64, scratch *[]float64) (mean, observation Estimate)
	// crossing is the x at which the curve passes v, with the interval by the
	// delta method or from the bootstrap's draws.
	crossing(v float64, resampled bool) (Estimate, error)
	// resampled reports whether there are draws.
	resampled() bool
}

// shape is a curve family on the fitted scale.
type shape interface {
	value(params []float64, x float64) float64
	gradient(params []float64, x float64) []float64
	slope(params []float64, x float64) float64
	// inverse returns the x at which the curve has the value v.
	inverse(params []float64, v float64) (float64, bool)
}

// link maps between the metric's unit and the fitted scale.
type link struct{ log bool }

func linkOf(log bool) link { return link{log} }

func (l link) forward(v float64) float64 {
	if l.log {
		return math.Log2(v)
	}
	return v
}

func (l link) back(y float64) float64 {
	if l.log {
		return math.Exp2(y)
	}
	return y
}

// model is a shape with fitted parameters and their uncertainty: a covariance,
// or draws of the parameters, or both.
type model struct {
	link       link
	shape      shape
	params     []float64
	cov        *mat.SymDense
	s          float64 // residual standard deviation
	df         float64 // of s; infinite where the normal distribution is used
	quantile   float64 // of the two-sided interval
	confidence float64
	draws      [][]float64
	residuals  []float64 // one for each draw, to predict with
	limits     limits
}

// limits keep intervals of a bounded metric within what it can be. Infinite
// ones don't.
type limits struct{ low, high, observation float64 }

func unlimited() limits { return limits{math.Inf(-1), math.Inf(1), math.Inf(1)} }

// clip cuts an interval off, never past the value itself.
func (l limits) clip(e Estimate, predict bool) Estimate {
	low, high := l.low, l.high
	if predict {
		low, high = math.Inf(-1), l.observation
	}
	if !e.Bounded {
		return e
	}
	e.Low = max(e.Low, min(low, e.Value))
	e.High = min(e.High, max(high, e.Value))
	return e
}

func (m *model) resampled() bool { return m.draws != nil }

func (m *model) value(x float64) float64 { return m.link.back(m.shape.value(m.params, x)) }

// standardError of the mean on the fitted scale: √(g'Σg).
func (m *model) standardError(x float64) float64 {
	g := mat.NewVecDense(len(m.params), m.shape.gradient(m.params, x))
	return math.Sqrt(max(0, mat.Inner(g, m.cov, g)))
}

func (m *model) intervals(x float64, scratch *[]float64) (mean, observation Estimate) {
	y := m.shape.value(m.params, x)
	if m.draws == nil {
		se := m.standardError(x)
		mean, observation = about(y, m.quantile*se), about(y, m.quantile*math.Hypot(se, m.s))
	} else {
		n := len(m.draws)
		if scratch == nil {
			scratch = new([]float64)
		}
		if len(*scratch) != 2*n {
			*scratch = make([]float64, 2*n)
		}
		values, observed := (*scratch)[:n], (*scratch)[n:]
		for i, d := range m.draws {
			values[i] = m.shape.value(d, x)
			observed[i] = values[i] + m.residuals[i]
		}
		mean, observation = percentileInterval(y, values, m.confidence), percentileInterval(y, observed, m.confidence)
	}
	return m.limits.clip(mean.transform(m.link.back), false), m.limits.clip(observation.transform(m.link.back), true)
}

// crossing inverts the curve. By the delta method the standard error of the
// crossing x* is that of the mean there divided by the curve's slope there.
func (m *model) crossing(v float64, resampled bool) (Estimate, error) {
	target := v
	if m.link.log {
		if v <= 0 {
			return Estimate{}, &DataError{Reason: ErrUnreachable, Value: v, Bound: 0, Detail: "an exponential stays positive"}
		}
		target = math.Log2(v)
	}
	x, ok := m.shape.inverse(m.params, target)
	if !ok || !finite(x) {
		return Estimate{}, &DataError{Reason: ErrUnreachable, Value: v, Bound: m.value(0)}
	}
	if resampled && m.draws != nil {
		slope := m.shape.slope(m.params, x)
		xs := make([]float64, len(m.draws))
		for i, d := range m.draws {
			reached, ok := m.shape.inverse(d, target)
			// A draw that runs the other way, or levels off short of the value,
			// never gets there.
			if !ok || m.shape.slope(d, reached)*slope <= 0 {
				reached = math.Inf(1)
			}
			xs[i] = reached
		}
		return percentileInterval(x, xs, m.confidence), nil
	}
	if m.cov == nil {
		return Estimate{Value: x}, nil
	}
	slope := math.Abs(m.shape.slope(m.params, x))
	return about(x, m.quantile*m.standardError(x)/slope), nil
}

// lineShape is params[0] + params[1]·(x − center).
type lineShape struct{ center float64 }

func (l lineShape) value(p []float64, x float64) float64      { return p[0] + p[1]*(x-l.center) }
func (l lineShape) gradient(_ []float64, x float64) []float64 { return []float64{1, x - l.center} }
func (l lineShape) slope(p []float64, _ float64) float64      { return p[1] }
func (l lineShape) inverse(p []float64, v float64) (float64, bool) {
	if p[1] == 0 {
		return 0, false
	}
	return l.center + (v-p[0])/p[1], true
}
