package trend

import (
	"encoding/json"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Estimate is a value with the interval at the fit's confidence. An interval
// that is unbounded, or that the estimator has no way to give, has Bounded
// false and both ends zero.
type Estimate struct {
	Value, Low, High float64
	Bounded          bool
}

// MarshalJSON writes {"value","low","high"}, leaving low and high out where
// the interval is unbounded.
func (e Estimate) MarshalJSON() ([]byte, error) {
	out := struct {
		Value float64  `json:"value"`
		Low   *float64 `json:"low,omitempty"`
		High  *float64 `json:"high,omitempty"`
	}{Value: e.Value}
	if e.Bounded {
		out.Low, out.High = &e.Low, &e.High
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Estimate) UnmarshalJSON(b []byte) error {
	var in struct {
		Value     float64
		Low, High *float64
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*e = Estimate{Value: in.Value}
	if in.Low != nil && in.High != nil {
		e.Low, e.High, e.Bounded = *in.Low, *in.High, true
	}
	return nil
}

// bounded returns an estimate with an interval, in order, or without one if an
// end is not finite.
func bounded(value, low, high float64) Estimate {
	if !finite(low) || !finite(high) {
		return Estimate{Value: value}
	}
	return Estimate{Value: value, Low: min(low, high), High: max(low, high), Bounded: true}
}

// about returns value ± half.
func about(value, half float64) Estimate { return bounded(value, value-half, value+half) }

// transform maps an estimate through a monotone function.
func (e Estimate) transform(f func(float64) float64) Estimate {
	if !e.Bounded {
		return Estimate{Value: f(e.Value)}
	}
	return bounded(f(e.Value), f(e.Low), f(e.High))
}

// studentQuantile is the two-sided quantile of Student's t with df degrees of
// freedom; infinite df gives the normal distribution's.
func studentQuantile(confidence, df float64) float64 {
	p := 0.5 + confidence/2
	if math.IsInf(df, 1) {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}

// quantile interpolates linearly between order statistics of a sorted sample
// (Hyndman and Fan 1996, definition 7).
func quantile(sorted []float64, p float64) float64 {
	h := p * float64(len(sorted)-1)
	i := int(math.Floor(h))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	if sorted[i] == sorted[i+1] {
		return sorted[i]
	}
	return sorted[i] + (h-float64(i))*(sorted[i+1]-sorted[i])
}

// expanded is the confidence at which the percentiles of n resampled
// observations make an interval of the confidence asked for (Hesterberg 2015,
// "What Teachers Should Know About the Bootstrap", section 5.3): resampling
// leaves out a factor √((n−p)/n) of the scatter and takes the normal's quantile for
// Student's. p is the number of parameters.
func expanded(confidence float64, n, p int) float64 {
	return 2*distuv.UnitNormal.CDF(studentFactor(confidence, n, p)*studentQuantile(confidence, math.Inf(1))) - 1
}

// studentFactor is how much wider than the percentiles of resampled
// observations an interval for their fit of p parameters has to be.
func studentFactor(confidence float64, n, p int) float64 {
	df := float64(n - p)
	return math.Sqrt(float64(n)/df) * studentQuantile(confidence, df) / studentQuantile(confidence, math.Inf(1))
}

// percentileInterval reorders draws and returns the central interval, which
// always holds value. Infinite draws may make it unbounded; none may be NaN.
func percentileInterval(value float64, draws []float64, confidence float64) Estimate {
	if len(draws) == 0 {
		return Estimate{Value: value}
	}
	// Only four order statistics are needed. Once each is in its place, quantile
	// finds what it would in a sorted sample.
	tail := (1 - confidence) / 2
	last := len(draws) - 1
	low, high := int(tail*float64(last)), int((1-tail)*float64(last))
	placeOrder(draws, low)
	if low < last {
		placeOrder(draws[low+1:], 0)
	}
	if above := draws[low+1:]; high > low+1 {
		placeOrder(above[1:], high-low-2) // what the first two placed is no greater
	}
	if high < last && high > low {
		placeOrder(draws[high+1:], 0)
	}
	return bounded(value, min(value, quantile(draws, tail)), max(value, quantile(draws, 1-tail)))
}

// placeOrder reorders values so that the kth is what it would be if they were
// sorted, with none greater before it and none less after (Hoare's quickselect).
func placeOrder(values []float64, k int) {
	low, high := 0, len(values)-1
	for low < high {
		pivot := values[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return
		}
	}
}

func median(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return quantile(sorted, 0.5)
}

func mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
