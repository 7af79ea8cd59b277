package trend

import (
	"math"
	"math/rand/v2"
)

// IntervalKind says what the Low and High of an observation mean.
type IntervalKind string

const (
	// IntervalNone: Low and High are not set.
	IntervalNone IntervalKind = ""
	// IntervalCI95 and IntervalCI90 are confidence intervals of the value.
	IntervalCI95 IntervalKind = "ci95"
	IntervalCI90 IntervalKind = "ci90"
	// IntervalSE is value ± one standard error.
	IntervalSE IntervalKind = "se"
	// IntervalSD is value ± one standard deviation between repeated runs. The
	// number of runs is unknown, so it stands for the error of one run.
	IntervalSD IntervalKind = "sd"
	// IntervalP5P95 holds the 5th and 95th percentile of an estimate.
	IntervalP5P95 IntervalKind = "p5-p95"
	// IntervalRange holds the least and greatest value possible.
	IntervalRange IntervalKind = "range"
)

// halfWidth is the distance from the value to the interval's end in standard
// deviations of a normal distribution; 0 for a range.
func (k IntervalKind) halfWidth() (float64, bool) {
	switch k {
	case IntervalCI95:
		return 1.959963984540054, true
	case IntervalCI90, IntervalP5P95:
		return 1.6448536269514722, true
	case IntervalSE, IntervalSD:
		return 1, true
	case IntervalRange:
		return 0, true
	}
	return 0, false
}

// checkInterval reports whether p's interval, if it has one, can be drawn from.
func checkInterval(p Point) error {
	if !p.HasInterval() {
		return nil
	}
	if _, ok := p.Interval.halfWidth(); !ok {
		return configError("unknown interval kind %q", p.Interval)
	}
	for _, v := range []float64{p.Low, p.High} {
		if !finite(v) {
			return &DataError{Reason: ErrNotFinite, Value: v, Subject: p.Subject}
		}
	}
	return nil
}

// draw returns one value that p's interval allows: from a split normal
// distribution whose median is the value and whose two halves put the
// interval's ends at their quantiles, or evenly within each half of a range.
// With log set, and a positive interval, the halves are normal in the
// logarithm, as befits quantities that vary by factors; a positive value that
// must stay positive is drawn again until it is.
func draw(p Point, log bool, rng *rand.Rand) float64 {
	z, ok := p.Interval.halfWidth()
	if !ok {
		return p.Value
	}
	value, low, high := p.Value, min(p.Low, p.Value), max(p.High, p.Value)
	inLog := log && low > 0
	if inLog {
		value, low, high = math.Log2(value), math.Log2(low), math.Log2(high)
	}
	const attempts = 100
	for range attempts {
		below := rng.IntN(2) == 0
		var size float64
		if p.Interval == IntervalRange {
			size = rng.Float64()
		} else {
			size = math.Abs(rng.NormFloat64()) / z
		}
		v := value + size*(high-value)
		if below {
			v = value - size*(value-low)
		}
		if inLog {
			v = math.Exp2(v)
		}
		if finite(v) && !(log && v <= 0) {
			return v
		}
	}
	return p.Value
}
