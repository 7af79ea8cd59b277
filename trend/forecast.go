package trend

import "time"

// Prediction is a fitted value at a time: the mean with its confidence
// interval, and the interval in which a new observation is expected.
type Prediction struct {
	Time time.Time
	// Mean is the curve with the confidence interval of the mean. For an
	// exponential fit it is the median of the values, being a mean of logarithms.
	Mean Estimate
	// Observation has the same value with the prediction interval.
	Observation Estimate
}

// Predict evaluates the trend at a time, within the data or beyond it.
func (t *Trend) Predict(at time.Time) (Prediction, error) {
	return t.predict(at, nil)
}

func (t *Trend) predict(at time.Time, scratch *[]float64) (Prediction, error) {
	x := Years(at)
	p := Prediction{Time: at}
	p.Mean, p.Observation = t.curve.intervals(x, scratch)
	if !finite(p.Mean.Value) {
		return Prediction{}, &DataError{Reason: ErrUnreachable, Value: x, Detail: "the forecast is too large for a number"}
	}
	return p, nil
}

// Curve evaluates the trend at n evenly spaced times from first to last, both
// included. Times at which it overflows are left out.
func (t *Trend) Curve(first, last time.Time, n int) []Prediction {
	if n < 2 || !last.After(first) {
		n = 1
	}
	curve := make([]Prediction, 0, n)
	var scratch []float64
	for i := range n {
		at := first
		switch {
		case i == n-1 && n > 1:
			at = last
		case i > 0:
			// In seconds: a time.Duration holds only 292 years.
			step := float64(last.Unix()-first.Unix()) * float64(i) / float64(n-1)
			at = time.Unix(first.Unix()+int64(step), 0).UTC()
		}
		if p, err := t.predict(at, &scratch); err == nil {
			curve = append(curve, p)
		}
	}
	return curve
}

// Crossing is the date at which the fitted curve passes a value.
type Crossing struct {
	Value float64
	Time  time.Time
	// Low and High are zero where the interval is unbounded: where the trend's
	// slope could as well be zero, or an end lies beyond the years 1 to 9999.
	Low, High time.Time
}

// Bounded reports whether the crossing has an interval.
func (c Crossing) Bounded() bool { return !c.Low.IsZero() && !c.High.IsZero() }

// Threshold returns the date at which the fitted curve passes value, with the
// interval by the delta method: for the curve f and its standard error, t* ±
// q·se(f(t*))/|f'(t*)|. The date may lie in the past. A curve that doesn't get
// there gives [ErrUnreachable].
//
// After [FitMonteCarlo] the interval is that of its draws.
func (t *Trend) Threshold(value float64) (Crossing, error) {
	return t.threshold(value, t.Estimator == MonteCarlo)
}

// ThresholdBootstrap is [Trend.Threshold] with the percentile interval of the
// bootstrap's refits; without those it is the delta method's.
func (t *Trend) ThresholdBootstrap(value float64) (Crossing, error) { return t.threshold(value, true) }

func (t *Trend) threshold(value float64, resampled bool) (Crossing, error) {
	resampled = resampled && t.curve.resampled()
	x, err := t.curve.crossing(value, resampled)
	if err != nil {
		return Crossing{}, err
	}
	c := Crossing{Value: value}
	var ok bool
	if c.Time, ok = TimeAt(x.Value); !ok {
		return Crossing{}, &DataError{Reason: ErrUnreachable, Value: value, Bound: t.curve.value(x.Value), Detail: "not within the years 1 to 9999"}
	}
	if !x.Bounded || (!resampled && t.rateSpansZero()) {
		return c, nil
	}
	low, okLow := TimeAt(x.Low)
	high, okHigh := TimeAt(x.High)
	if okLow && okHigh {
		c.Low, c.High = low, high
	}
	return c, nil
}

// rateSpansZero reports whether the data are consistent with no trend at all,
// in which case no finite interval for a crossing is honest (Fieller 1954).
func (t *Trend) rateSpansZero() bool {
	rate := t.Slope
	if t.Logistic != nil {
		rate = t.Logistic.K
	}
	return rate.Bounded && rate.Low <= 0 && rate.High >= 0 && rate.Low < rate.High
}
