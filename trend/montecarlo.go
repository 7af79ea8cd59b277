package trend

import (
	"math"
	"slices"
)

// FitMonteCarlo fits the curve and carries two uncertainties into every
// interval: that of each observation, through its own Low and High, and that of
// which observations there are, through resampling.
//
// Each draw replaces every value by one that its interval allows, takes the
// frontier anew if frontier is not nil (an uncertain record may fall) and refits;
// to that it adds the deviation of one pairs-bootstrap refit of the values as
// reported. Measurement error that each observation has to itself is part of
// their scatter, so only what it doesn't explain is resampled: the deviation is
// scaled by √(max(0, s² − mean σ²)/s²), the moment estimate of DerSimonian and
// Laird (1986), and by the factor of small samples. Errors that observations
// share, like those of a common task set, cause no scatter, and move the slope
// less than draws that are independent. Intervals are the draws' percentiles, the
// estimates themselves those of the values as reported. points are all
// observations, not only the records, so that others can take a record's place.
//
// It needs what [Fit] needs, and at least one observation with an interval
// ([ErrNoIntervals]); half the draws or more must be fittable.
func FitMonteCarlo(points []Point, config Config, frontier *FrontierOptions) (*Trend, error) {
	if config.Estimator != "" && config.Estimator != OLS && config.Estimator != MonteCarlo {
		return nil, configError("measurement error is carried through least squares, not %q", config.Estimator)
	}
	config.Estimator = OLS
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	measured := 0
	for _, p := range points {
		if err := checkInterval(p); err != nil {
			return nil, err
		}
		if p.HasInterval() {
			measured++
		}
	}
	if measured == 0 {
		return nil, &DataError{Reason: ErrNoIntervals, N: len(points)}
	}
	points = chronological(slices.DeleteFunc(slices.Clone(points), func(p Point) bool {
		return frontier != nil && (p.Time.IsZero() || !finite(p.Value))
	}))
	chosen := points
	if frontier != nil {
		chosen = Points(Frontier(points, *frontier))
	}
	t, err := Fit(chosen, config)
	if err != nil {
		return nil, err
	}
	t.Estimator = MonteCarlo
	m := t.curve.(*model)
	reported, err := newSample(chosen, config.Kind)
	if err != nil {
		return nil, err
	}
	resampled := m.resample(reported, config)
	n, p := len(reported.x), len(m.params)
	scatter := make([]float64, n)
	var measurement, total float64
	for i, x := range reported.x {
		residual := reported.y[i] - m.shape.value(m.params, x)
		scatter[i] = residual * math.Sqrt(float64(n)/float64(n-p))
		total += scatter[i] * scatter[i]
		measurement += measurementVariance(reported.points[i], m.link)
	}
	m.residuals = shuffled(scatter, config)
	unexplained := 0.0
	if total > measurement {
		unexplained = math.Sqrt(1-measurement/total) * studentFactor(config.Confidence, n, p)
	}

	rng := random(config.Seed, streamMeasurement)
	dates := newCalendar(points)
	values := make([]float64, len(points))
	x, y := make([]float64, 0, len(points)), make([]float64, 0, len(points))
	everything := make([]int, len(points))
	for i := range everything {
		everything[i] = i
	}
	m.draws = make([][]float64, 0, len(resampled))
	for _, sampled := range resampled {
		for i, p := range points {
			values[i] = draw(p, config.Kind == Exponential, rng)
		}
		chosen := everything
		if frontier != nil {
			chosen = dates.records(values, *frontier)
		}
		x, y = x[:0], y[:0]
		for _, i := range chosen {
			x, y = append(x, Years(points[i].Time)), append(y, m.link.forward(values[i]))
		}
		params, ok := m.refit(x, y)
		if !ok {
			continue
		}
		for i := range params {
			params[i] += unexplained * (sampled[i] - m.params[i])
		}
		m.draws = append(m.draws, params)
	}
	if len(m.draws) < config.Resamples/2 {
		return nil, &DataError{Reason: ErrNotIdentified, N: len(m.draws), Detail: "too few of the draws could be fitted"}
	}
	if config.Kind == Logistic {
		t.describeLogistic(m, config)
	} else {
		t.describeLine(m)
	}
	return t, nil
}

// measurementVariance is that of p's value on the fitted scale, taking the
// interval's half width for so many standard deviations; zero without an interval.
func measurementVariance(p Point, l link) float64 {
	z, ok := p.Interval.halfWidth()
	if !ok {
		return 0
	}
	if p.Interval == IntervalRange {
		z = math.Sqrt(3) // of an even distribution
	}
	half := (p.High - p.Low) / 2
	if l.log && p.Low > 0 {
		half = (math.Log2(p.High) - math.Log2(p.Low)) / 2
	} else if l.log {
		half /= p.Value * math.Ln2
	}
	return half * half / (z * z)
}

// resample returns the parameters of pairs-bootstrap refits.
func (m *model) resample(s sample, c Config) [][]float64 {
	if shape, ok := m.shape.(logisticShape); ok {
		return shape.bootstrap(s, m.params, c)
	}
	return bootstrapLines(s, line{m.shape.(lineShape).center, m.params[0], m.params[1]}, c)
}

// refit fits one draw by least squares and returns the parameters in m's own
// terms. It fails on what Fit would refuse.
func (m *model) refit(x, y []float64) ([]float64, bool) {
	if len(x) < max(minPoints, len(m.params)+1) || x[len(x)-1]-x[0] < minSpanYears {
		return nil, false
	}
	for _, v := range y {
		if !finite(v) {
			return nil, false
		}
	}
	if shape, ok := m.shape.(logisticShape); ok {
		params, _, ok := newDescent(shape, x, y).run(m.params, iterations)
		return params, ok
	}
	l, _, ok := leastSquares(x, y)
	return []float64{l.at(m.shape.(lineShape).center), l.slope}, ok
}
