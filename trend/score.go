package trend

import "math"

// ForecastScore says how a forecast fared against what came.
type ForecastScore struct {
	// Error is the outcome less the forecast: in the metric's unit, or in log2
	// units (doublings) on a log scale.
	Error float64
	// Inside reports whether the outcome fell into the prediction interval.
	Inside bool
	// IntervalScore is the interval's width plus 2/α for every unit by which the
	// outcome misses it (Gneiting and Raftery 2007): lower is better, and neither a
	// wide interval nor a missed one is cheap.
	IntervalScore float64
}

// ScoreForecast scores a kept forecast, whose interval was of the given
// confidence, once the outcome is known. On a log scale the forecast, its
// interval and the outcome must be positive. A forecast without an interval can't
// be scored.
func ScoreForecast(forecast Estimate, confidence, outcome float64, log bool) (ForecastScore, error) {
	switch {
	case !(confidence > 0 && confidence < 1):
		return ForecastScore{}, configError("confidence %v is not between 0 and 1", confidence)
	case !forecast.Bounded:
		return ForecastScore{}, &DataError{Reason: ErrNoIntervals, Value: forecast.Value}
	}
	low, value, high := forecast.Low, forecast.Value, forecast.High
	for _, v := range []*float64{&low, &value, &high, &outcome} {
		if !finite(*v) {
			return ForecastScore{}, &DataError{Reason: ErrNotFinite, Value: *v}
		}
		if !log {
			continue
		}
		if *v <= 0 {
			return ForecastScore{}, &DataError{Reason: ErrNotPositive, Value: *v}
		}
		*v = math.Log2(*v)
	}
	miss := max(low-outcome, outcome-high, 0)
	return ForecastScore{
		Error: outcome - value, Inside: miss == 0,
		IntervalScore: high - low + 2/(1-confidence)*miss,
	}, nil
}
