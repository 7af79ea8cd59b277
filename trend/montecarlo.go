package trend

import "math/rand/v2"

// FitMonteCarlo fits the curve and carries two uncertainties into every
// interval: that of each observation, through its own Low and High, and that of
// which observations there are, through resampling.
//
// Each draw replaces every value by one that its interval allows, takes the
// frontier anew if frontier is not nil (an uncertain record may fall), resamples
// the pairs and refits. Intervals are the draws' percentiles; the estimates
// themselves are those of the values as reported. points are all observations,
// not only the records, so that others can take a record's place.
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
	points = chronological(points)
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
	m.draws, m.residuals = nil, nil
	rng := random(config.Seed, streamMeasurement)
	drawn := make([]Point, len(points))
	for range config.Resamples {
		for i, p := range points {
			p.Value = draw(p, config.Kind == Exponential, rng)
			drawn[i] = p
		}
		chosen := drawn
		if frontier != nil {
			chosen = Points(Frontier(drawn, *frontier))
		}
		params, residual, ok := m.refit(chosen, config.Kind, rng)
		if ok {
			m.draws = append(m.draws, params)
			m.residuals = append(m.residuals, residual)
		}
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

// refit resamples the points and fits them, returning the parameters in m's own
// terms and one residual at random.
func (m *model) refit(points []Point, kind Kind, rng *rand.Rand) ([]float64, float64, bool) {
	s, err := newSample(points, kind)
	if err != nil {
		return nil, 0, false
	}
	n := len(s.x)
	x, y := make([]float64, n), make([]float64, n)
	const attempts = 20
	for range attempts {
		for i := range n {
			j := rng.IntN(n)
			x[i], y[i] = s.x[j], s.y[j]
		}
		var params []float64
		switch shape := m.shape.(type) {
		case lineShape:
			l, _, ok := leastSquares(x, y)
			if !ok {
				continue
			}
			params = []float64{l.at(shape.center), l.slope}
		case logisticShape:
			var ok bool
			if params, _, ok = shape.descend(x, y, m.params); !ok {
				continue
			}
		}
		j := rng.IntN(n)
		return params, s.y[j] - m.shape.value(params, s.x[j]), true
	}
	return nil, 0, false
}
