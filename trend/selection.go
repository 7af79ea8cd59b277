package trend

import (
	"errors"
	"math"
	"slices"
)

const (
	// minTraining is the number of observations before the first cut of a backtest.
	minTraining = 5
	// maxCuts bounds the refits of a backtest; more dates than this are
	// thinned evenly, the last one always among them.
	maxCuts = 40
)

// Backtest scores one-step forecasts of a fit on dates that it hadn't seen.
type Backtest struct {
	// Error is the mean absolute error: in log2 units (doublings) on a log
	// scale, in the metric's unit otherwise.
	Error float64
	// N is the number of forecasts scored. Fallbacks of them came from cuts at
	// which the curve could not be fitted, where the last value known stood in.
	N, Fallbacks int
}

// RunBacktest refits config to what was known before each date, from the
// sixth observation on, and scores the forecast for that date (an expanding
// window; Tashman 2000). With log set, errors are differences of log2 values,
// and a forecast that is not positive counts as the smallest value seen before.
//
// It needs seven observations, the first five over half a year, that the kind of
// fit can take.
func RunBacktest(points []Point, config Config, log bool) (Backtest, error) {
	if config.Estimator == PairsBootstrap {
		config.Estimator = OLS // the same curve; only its intervals differ
	}
	config, err := config.withDefaults()
	if err != nil {
		return Backtest{}, err
	}
	config.curveOnly = true
	kind := Linear
	if log {
		kind = Exponential
	}
	s, err := newSample(points, kind)
	if err != nil {
		return Backtest{}, err
	}
	cuts := s.cuts()
	if len(cuts) < 2 {
		return Backtest{}, &DataError{Reason: ErrTooFew, N: len(s.x), Need: minTraining + 2}
	}
	fitted, err := newSample(points, config.Kind)
	if err != nil {
		return Backtest{}, err
	}
	var b Backtest
	var sum float64
	for _, cut := range cuts {
		known := s.points[:cut.first]
		fit, err := fitted.until(cut.first).fit(config)
		if err == nil && fit.Kind == Logistic {
			config.near = fit.curve.(*model).params
		}
		for i := cut.first; i < cut.end; i++ {
			forecast := known[len(known)-1].Value
			if err == nil && finite(fit.curve.value(s.x[i])) {
				forecast = fit.curve.value(s.x[i])
			} else {
				b.Fallbacks++
			}
			if log {
				if forecast <= 0 {
					forecast = smallest(known)
				}
				forecast = math.Log2(forecast)
			}
			sum += math.Abs(forecast - s.y[i])
			b.N++
		}
	}
	b.Error = sum / float64(b.N)
	return b, nil
}

// cut is a date to forecast: points[first:end] share it, those before are known.
type cut struct{ first, end int }

func (s sample) cuts() []cut {
	var all []cut
	for i := minTraining; i < len(s.x); {
		end := i + 1
		for end < len(s.x) && s.x[end] == s.x[i] {
			end++
		}
		if s.x[i-1] < s.x[i] && s.x[i-1]-s.x[0] >= minSpanYears {
			all = append(all, cut{i, end})
		}
		i = end
	}
	if len(all) <= maxCuts {
		return all
	}
	thinned := make([]cut, maxCuts)
	for i := range thinned {
		thinned[i] = all[(i+1)*len(all)/maxCuts-1]
	}
	return thinned
}

func smallest(points []Point) float64 {
	least := math.Inf(1)
	for _, p := range points {
		least = min(least, p.Value)
	}
	return least
}

// Basis says what a selection rests on.
type Basis string

const (
	// ByBacktest: the least backtest error.
	ByBacktest Basis = "backtest"
	// ByAICc: the least AICc, there being too few observations for a backtest.
	ByAICc Basis = "aicc"
	// ByScale: the shape that suits the metric's scale, there being too few
	// observations for either.
	ByScale Basis = "scale"
)

// Candidate is one kind of fit in a selection.
type Candidate struct {
	Kind Kind
	// Trend is nil if the kind can't be fitted; Err says why.
	Trend *Trend
	Err   error
	// Backtest is nil where there are too few observations for one.
	Backtest *Backtest
}

// Selection is the outcome of [Select]. Best is one of the candidates' trends.
type Selection struct {
	Best       *Trend
	Basis      Basis
	Candidates []Candidate
}

// Select fits every kind and chooses the one that would have forecast best;
// config.Kind is ignored. The metric's scale, linear or log, decides how
// forecast errors are measured. If no kind can be fitted, the error is that of
// the kind that suits the scale.
func Select(points []Point, config Config, log bool) (*Selection, error) {
	suited := Linear
	if log {
		suited = Exponential
	}
	selection := &Selection{}
	var errSuited error
	for _, kind := range []Kind{Linear, Exponential, Logistic} {
		c := config
		c.Kind = kind
		if kind == Logistic {
			c.Estimator = OLS // the same curve; resampled below if it is chosen
		}
		candidate := Candidate{Kind: kind}
		candidate.Trend, candidate.Err = Fit(points, c)
		if errors.Is(candidate.Err, ErrConfig) {
			return nil, candidate.Err
		}
		if kind == suited {
			errSuited = candidate.Err
		}
		if candidate.Err == nil {
			if b, err := RunBacktest(points, c, log); err == nil {
				candidate.Backtest = &b
			}
		}
		selection.Candidates = append(selection.Candidates, candidate)
	}
	selection.choose(suited)
	if selection.Best == nil {
		return nil, errSuited
	}
	if selection.Best.Kind == Logistic && config.Estimator == PairsBootstrap {
		return selection.resample(points, config, suited), nil
	}
	return selection, nil
}

// resample gives the chosen logistic its bootstrap intervals. Where the resamples
// don't determine one, it is out and another kind is chosen.
func (s *Selection) resample(points []Point, config Config, suited Kind) *Selection {
	config.Kind = Logistic
	chosen := &s.Candidates[slices.IndexFunc(s.Candidates, func(c Candidate) bool { return c.Kind == Logistic })]
	chosen.Trend, chosen.Err = Fit(points, config)
	s.choose(suited)
	return s
}

// choose takes the least score by the first basis on which every fitted
// candidate has one. Differences below a part in a million are rounding, and
// leave the earlier and simpler kind chosen.
func (s *Selection) choose(suited Kind) {
	bases := []struct {
		basis Basis
		score func(Candidate) (float64, bool)
	}{
		{ByBacktest, func(c Candidate) (float64, bool) {
			if c.Backtest == nil {
				return 0, false
			}
			return c.Backtest.Error, true
		}},
		{ByAICc, func(c Candidate) (float64, bool) {
			if c.Trend.AICc == nil {
				return 0, false
			}
			return *c.Trend.AICc, true
		}},
		{ByScale, func(c Candidate) (float64, bool) {
			if c.Kind == suited {
				return 0, true
			}
			return 1, true
		}},
	}
	s.Best, s.Basis = nil, ""
	for _, b := range bases {
		least, complete := math.Inf(1), true
		for _, c := range s.Candidates {
			if c.Trend == nil {
				continue
			}
			score, ok := b.score(c)
			complete = complete && ok
			if ok && score < least-1e-6*math.Abs(score) {
				least, s.Best, s.Basis = score, c.Trend, b.basis
			}
		}
		if complete {
			return
		}
		s.Best, s.Basis = nil, ""
	}
}
