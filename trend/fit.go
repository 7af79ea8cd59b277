package trend

import (
	"math"
	"time"
)

// Kind is the shape of a fitted curve.
type Kind string

const (
	// Linear: value = intercept + slope·t, slope in the metric's unit per year.
	Linear Kind = "linear"
	// Exponential: log2(value) = intercept + slope·t, slope in doublings per year.
	Exponential Kind = "exponential"
	// Logistic: value = floor + (ceiling−floor)·σ(k·(t−midpoint)), k per year.
	Logistic Kind = "logistic"
)

// Estimator is the way a curve is fitted and its uncertainty found.
type Estimator string

const (
	// OLS is ordinary least squares with Student's t; for a logistic,
	// nonlinear least squares with the delta method.
	OLS Estimator = "ols"
	// HC3 is OLS with standard errors that hold under unequal variances
	// (MacKinnon and White 1985).
	HC3 Estimator = "ols-hc3"
	// TheilSen is the median of pairwise slopes (Sen 1968).
	TheilSen Estimator = "theil-sen"
	// PairsBootstrap is OLS with percentile intervals from observations
	// resampled with replacement.
	PairsBootstrap Estimator = "pairs-bootstrap"
	// MonteCarlo names the result of [FitMonteCarlo].
	MonteCarlo Estimator = "monte-carlo"
)

const (
	minPoints = 3
	// minSpanYears is the shortest series that a yearly rate is quoted for.
	minSpanYears = 0.5
	// leastMagnitude is the least value that a linear fit takes, and its inverse the
	// greatest: beyond, sums of squares under- or overflow.
	leastMagnitude = 1e-140

	defaultConfidence = 0.95
	defaultResamples  = 1000
)

// Config says what to fit. The zero value of every field but Kind is usable.
type Config struct {
	Kind Kind
	// Estimator is OLS if empty. A logistic takes OLS or PairsBootstrap.
	Estimator Estimator
	// Confidence of every interval, between 0 and 1; 0 means 0.95.
	Confidence float64
	// Resamples is the number of bootstrap resamples or Monte Carlo draws;
	// 0 means 1,000.
	Resamples int
	// Seed of the bootstrap. Equal seeds give equal answers.
	Seed uint64
	// Floor is the lower asymptote of a logistic: the chance level.
	Floor float64
	// Ceiling is the upper asymptote of a logistic, nil where the metric has
	// none. With FitCeiling it is the largest value that the fitted one may take.
	Ceiling    *float64
	FitCeiling bool

	// near is the solution of a similar fit, to start a logistic from: a
	// backtest refits to one date more at a time.
	near []float64
	// curveOnly leaves out what a backtest doesn't ask for: how sure the fit is.
	curveOnly bool
}

func (c Config) withDefaults() (Config, error) {
	if c.Estimator == "" {
		c.Estimator = OLS
	}
	if c.Confidence == 0 {
		c.Confidence = defaultConfidence
	}
	if c.Resamples == 0 {
		c.Resamples = defaultResamples
	}
	switch {
	case c.Kind != Linear && c.Kind != Exponential && c.Kind != Logistic:
		return c, configError("unknown kind %q", c.Kind)
	case !(c.Confidence > 0 && c.Confidence < 1):
		return c, configError("confidence %v is not between 0 and 1", c.Confidence)
	case c.Resamples < 20:
		return c, configError("%d resamples, need at least 20", c.Resamples)
	case !finite(c.Floor) || (c.Ceiling != nil && !finite(*c.Ceiling)):
		return c, configError("floor and ceiling must be finite")
	case c.Kind == Logistic && c.Ceiling != nil && *c.Ceiling <= c.Floor:
		return c, configError("ceiling %v is not above floor %v", *c.Ceiling, c.Floor)
	}
	switch c.Estimator {
	case OLS, PairsBootstrap:
	case HC3, TheilSen:
		if c.Kind == Logistic {
			return c, configError("estimator %q does not fit a logistic", c.Estimator)
		}
	default:
		return c, configError("unknown estimator %q", c.Estimator)
	}
	return c, nil
}

// Trend is a fitted curve and what follows from it.
type Trend struct {
	Kind       Kind
	Estimator  Estimator
	Confidence float64
	N          int
	// First and Last are the times of the earliest and latest observation.
	First, Last time.Time

	// Slope and Intercept describe a linear or exponential fit on its own
	// scale (see Kind; the time origin is 1970-01-01). Zero for a logistic.
	Slope, Intercept Estimate
	// Growth per year: units for a linear fit, a factor for an exponential one
	// (2 means doubling each year). Nil for a logistic, whose growth has no
	// single rate.
	Growth *Estimate
	// DoublingTime and HalvingTime, in years, belong to exponential fits: the
	// first of a rising one, the second of a falling one.
	DoublingTime, HalvingTime *Estimate
	// Logistic holds the parameters of a logistic fit.
	Logistic *LogisticParameters

	// R2 is the share of variance explained, on the scale that was fitted
	// (log2 for exponential fits). Nil where the values don't vary.
	R2 *float64
	// AICc is the small-sample Akaike criterion of the values as measured: an
	// exponential fit's likelihood carries the Jacobian of the logarithm, so
	// fits of different kinds can be compared. Nil where there are too few
	// observations for the correction, or the fit is exact.
	AICc *float64
	// ResidualSD is the residual standard deviation on the scale that was fitted.
	ResidualSD float64

	curve curve
}

// LogisticParameters are those of floor + (ceiling−floor)·σ(k·(t−midpoint)).
type LogisticParameters struct {
	// K is the growth rate of the odds, per year; negative for a falling curve.
	K Estimate
	// MidpointYears is in years since 1970-01-01; [TimeAt] makes it a date.
	MidpointYears Estimate
	Floor         float64
	// Ceiling has an interval only if it was fitted.
	Ceiling       Estimate
	CeilingFitted bool
}

// Fit fits one curve to points, which need not be in order.
//
// It needs three observations over half a year, all dated and finite; an
// exponential needs positive values, the others values between 1e-140 and 1e140
// (or zero); a logistic needs a ceiling, and values that rise above the floor by
// at least a hundredth of the range. Failing that it returns a [*DataError].
func Fit(points []Point, config Config) (*Trend, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := newSample(points, config.Kind)
	if err != nil {
		return nil, err
	}
	return s.fit(config)
}

func (s sample) fit(config Config) (*Trend, error) {
	if config.Kind == Logistic {
		return fitLogistic(s, config)
	}
	return fitLine(s, config)
}

// until is the sample of the first n observations.
func (s sample) until(n int) sample {
	return sample{points: s.points[:n], x: s.x[:n], y: s.y[:n], log: s.log}
}

// sample is a validated series on the scale it will be fitted on.
type sample struct {
	points []Point
	x      []float64 // years since 1970
	y      []float64 // value, or log2 value
	log    bool
}

func newSample(points []Point, kind Kind) (sample, error) {
	s := sample{points: chronological(points), log: kind == Exponential}
	s.x = make([]float64, len(points))
	s.y = make([]float64, len(points))
	for i, p := range s.points {
		switch {
		case p.Time.IsZero():
			return s, &DataError{Reason: ErrUndated, Subject: p.Subject}
		case !finite(p.Value):
			return s, &DataError{Reason: ErrNotFinite, Value: p.Value, Subject: p.Subject}
		case s.log && p.Value <= 0:
			return s, &DataError{Reason: ErrNotPositive, Value: p.Value, Subject: p.Subject}
		case !s.log && p.Value != 0 && !(math.Abs(p.Value) > leastMagnitude && math.Abs(p.Value) < 1/leastMagnitude):
			return s, &DataError{Reason: ErrMagnitude, Value: p.Value, Subject: p.Subject}
		}
		s.x[i], s.y[i] = Years(p.Time), p.Value
		if s.log {
			s.y[i] = math.Log2(p.Value)
		}
	}
	if len(points) < minPoints {
		return s, &DataError{Reason: ErrTooFew, N: len(points), Need: minPoints}
	}
	if span := s.x[len(s.x)-1] - s.x[0]; span < minSpanYears {
		return s, &DataError{Reason: ErrSpanTooShort, N: len(points), Span: span, NeedSpan: minSpanYears}
	}
	return s, nil
}

func (s sample) trend(c Config) *Trend {
	return &Trend{
		Kind: c.Kind, Estimator: c.Estimator, Confidence: c.Confidence, N: len(s.x),
		First: s.points[0].Time, Last: s.points[len(s.points)-1].Time,
	}
}

// goodness fills in what depends on residuals alone; k counts the curve's
// parameters, the variance not among them.
func (t *Trend) goodness(s sample, residuals []float64, k int) {
	center := mean(s.y)
	var rss, tss, largest float64
	for i, r := range residuals {
		rss += r * r
		tss += (s.y[i] - center) * (s.y[i] - center)
		largest = max(largest, math.Abs(s.y[i]))
	}
	n := float64(len(residuals))
	if df := n - float64(k); df > 0 {
		t.ResidualSD = math.Sqrt(rss / df)
	}
	rounding := n * math.Pow(largest*1e-13, 2)
	if tss > rounding {
		r2 := 1 - rss/tss
		t.R2 = &r2
	}
	if p := float64(k + 1); rss > rounding && n > p+1 {
		deviance := n*math.Log(2*math.Pi*rss/n) + n
		if s.log {
			for _, y := range s.y {
				deviance += 2 * (y*math.Ln2 + math.Log(math.Ln2))
			}
		}
		aicc := deviance + 2*p + 2*p*(p+1)/(n-p-1)
		t.AICc = &aicc
	}
}
