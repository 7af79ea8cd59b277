package query

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// Which observations a trend is fitted to.
const (
	OfFrontier = "frontier" // the records
	OfAll      = "all"      // every observation
)

// FitAuto chooses the kind of fit by backtest.
const FitAuto = "auto"

// TrendParams ask how a metric moves with time.
type TrendParams struct {
	Filter
	Of         string  // OfFrontier if empty
	Fit        string  // FitAuto if empty; linear, exponential, logistic
	Confidence float64 // 0.95 if zero
	Threshold  *float64
	Horizon    time.Time // where the curve ends; zero is a quarter of the span, at most two years, past the last observation
	Ceiling    *float64  // instead of the metric's
	CeilingFit bool      // let the data say what the ceiling is
	Error      string    // "" or ErrorMonteCarlo
	Estimator  string    // ols if empty; ols-hc3, theil-sen, pairs-bootstrap
	Ties       string    // "" or TiesKeep
	Interval   string    // of the date of a threshold: IntervalDelta or IntervalBootstrap; as the estimator has it if empty
	Resamples  int       // of bootstrap and Monte Carlo; 1,000 if zero
	Seed       uint64
}

// ErrorMonteCarlo carries the observations' own intervals through to the answer.
const ErrorMonteCarlo = "monte-carlo"

// TiesKeep also counts observations that equal the record, as METR's analysis of time horizons does.
const TiesKeep = "keep"

// How the interval of the date of a threshold is found.
const (
	IntervalDelta     = "delta"     // from standard errors
	IntervalBootstrap = "bootstrap" // from refits to resampled observations
)

// Trend is the answer to how a metric moves with time.
type Trend struct {
	Metric         metrics.Metric  `json:"metric"`
	Of             string          `json:"of"`
	Fit            trend.Kind      `json:"fit"`
	N              int             `json:"n"`
	Estimator      trend.Estimator `json:"estimator"`
	Confidence     float64         `json:"confidence"`
	First          Moment          `json:"first"`
	Last           Moment          `json:"last"`
	GrowthPerYear  *trend.Estimate `json:"growth_per_year,omitempty"`
	DoublingTime   *trend.Estimate `json:"doubling_time_years,omitempty"`
	HalvingTime    *trend.Estimate `json:"halving_time_years,omitempty"`
	R2             *float64        `json:"r2,omitempty"`
	AICc           *float64        `json:"aicc,omitempty"`
	Parameters     Parameters      `json:"parameters"`
	ChosenBy       trend.Basis     `json:"chosen_by,omitempty"` // with fit=auto
	Fits           []FitSummary    `json:"fits"`
	Breakpoint     *Breakpoint     `json:"breakpoint,omitempty"`
	Threshold      *Threshold      `json:"threshold,omitempty"`
	Curve          []CurvePoint    `json:"curve"`
	Answer         metrics.Text    `json:"answer"` // the answer in a sentence
	Citation       Citation        `json:"citation"`
	fitted         *trend.Trend
	points         []trend.Point
	frontierConfig *trend.FrontierOptions
}

// Parameters describe the fitted curve. Slope (log2 per year for an exponential) and intercept count time in years of
// 365.25 days since 1970-01-01; a logistic has the others.
type Parameters struct {
	Slope     *trend.Estimate `json:"-"`
	Intercept *trend.Estimate `json:"-"`
	Logistic  *trend.LogisticParameters
}

// MarshalJSON implements json.Marshaler.
func (p Parameters) MarshalJSON() ([]byte, error) { return p.marshal() }

// UnmarshalJSON implements json.Unmarshaler.
func (p *Parameters) UnmarshalJSON(b []byte) error { return p.unmarshal(b) }

// FitSummary is one of the competing fits.
type FitSummary struct {
	Fit           trend.Kind      `json:"fit"`
	N             int             `json:"n,omitempty"`
	AICc          *float64        `json:"aicc,omitempty"`
	R2            *float64        `json:"r2,omitempty"`
	BacktestError *float64        `json:"backtest_error,omitempty"`
	BacktestN     int             `json:"backtest_n,omitempty"`
	GrowthPerYear *trend.Estimate `json:"growth_per_year,omitempty"`
	Chosen        bool            `json:"chosen,omitempty"`
	Why           *metrics.Text   `json:"why,omitempty"` // why it can't be fitted
}

// Threshold is the date at which the fitted curve passes a value. An unbounded end of the interval is absent.
type Threshold struct {
	Value    float64 `json:"value"`
	Date     Moment  `json:"date"`
	Low      *Moment `json:"low,omitempty"`
	High     *Moment `json:"high,omitempty"`
	Interval string  `json:"interval,omitempty"` // delta, bootstrap or monte-carlo
}

// CurvePoint is the fitted mean with its confidence interval and the prediction interval of an observation.
type CurvePoint struct {
	Time   Moment   `json:"time"`
	Value  float64  `json:"value"`
	Low    *float64 `json:"low,omitempty"`
	High   *float64 `json:"high,omitempty"`
	PILow  *float64 `json:"pi_low,omitempty"`
	PIHigh *float64 `json:"pi_high,omitempty"`
}

// curvePoints is the number of points a curve is drawn with.
const curvePoints = 121

// Trend answers how a metric moves with time: how fast it grows, whether that has changed, and when it passes a value.
func (e *Engine) Trend(ctx context.Context, p TrendParams) (Trend, error) {
	p, err := p.normalised()
	if err != nil {
		return Trend{}, err
	}
	return cached(ctx, e, p.key(), func() (Trend, error) { return e.trend(ctx, p) })
}

// trendKey is what an answer depends on, pointers followed.
type trendKey struct {
	TrendParams
	threshold, ceiling string
}

func (p TrendParams) key() trendKey {
	k := trendKey{p, number(p.Threshold), number(p.Ceiling)}
	k.Threshold, k.Ceiling = nil, nil
	return k
}

func (p TrendParams) normalised() (TrendParams, error) {
	p.Of = cmp.Or(p.Of, OfFrontier)
	p.Fit = cmp.Or(p.Fit, FitAuto)
	p.Confidence = cmp.Or(p.Confidence, 0.95)
	p.Resamples = cmp.Or(p.Resamples, 1000)
	switch {
	case p.Of != OfFrontier && p.Of != OfAll:
		return p, oneOf("of", p.Of, OfFrontier, OfAll)
	case p.Fit != FitAuto && p.Fit != string(trend.Linear) && p.Fit != string(trend.Exponential) && p.Fit != string(trend.Logistic):
		return p, oneOf("fit", p.Fit, FitAuto, string(trend.Linear), string(trend.Exponential), string(trend.Logistic))
	case checkConfidence(p.Confidence) != nil:
		return p, checkConfidence(p.Confidence)
	case p.Ties != "" && p.Ties != TiesKeep:
		return p, oneOf("ties", p.Ties, TiesKeep)
	case p.Interval != "" && p.Interval != IntervalDelta && p.Interval != IntervalBootstrap:
		return p, oneOf("interval", p.Interval, IntervalDelta, IntervalBootstrap)
	case p.Error != "" && p.Error != ErrorMonteCarlo:
		return p, oneOf("error", p.Error, ErrorMonteCarlo)
	case p.Resamples < 50 || p.Resamples > 5000:
		return p, &ParameterError{Name: "resamples", Value: fmt.Sprint(p.Resamples), Why: metrics.Text{
			Ko: "다시 뽑는 횟수는 50에서 5000까지입니다.", En: "resamples are between 50 and 5000"}}
	}
	switch e := trend.Estimator(p.Estimator); e {
	case "", trend.OLS, trend.HC3, trend.TheilSen, trend.PairsBootstrap:
	default:
		return p, oneOf("estimator", p.Estimator, string(trend.OLS), string(trend.HC3), string(trend.TheilSen), string(trend.PairsBootstrap))
	}
	plain := p.Estimator == "" || p.Estimator == string(trend.OLS)
	switch {
	case p.Error == ErrorMonteCarlo && !plain:
		return p, &ParameterError{Name: "estimator", Value: p.Estimator, Why: metrics.Text{
			Ko: "측정 오차는 최소제곱(ols)으로만 옮깁니다.", En: "measurement error is carried through least squares (ols) only"}}
	case p.Fit == string(trend.Logistic) && !plain && p.Estimator != string(trend.PairsBootstrap):
		return p, &ParameterError{Name: "estimator", Value: p.Estimator, Why: metrics.Text{
			Ko: "로지스틱은 최소제곱(ols)이나 쌍 부트스트랩(pairs-bootstrap)으로만 맞춥니다.",
			En: "a logistic is fitted by least squares (ols) or the pairs bootstrap only"}}
	}
	return p, nil
}

func (e *Engine) trend(ctx context.Context, p TrendParams) (Trend, error) {
	o, err := e.observe(ctx, p.Filter)
	if err != nil {
		return Trend{}, err
	}
	all := o.points()
	frontier := &trend.FrontierOptions{Direction: direction(o.metric), TiesKept: p.Ties == TiesKeep}
	points := all
	if p.Of == OfFrontier {
		points = trend.Points(trend.Frontier(all, *frontier))
	} else {
		frontier = nil
	}
	config := fitConfig(o.metric, p)
	if config.Ceiling != nil && *config.Ceiling <= config.Floor {
		return Trend{}, &ParameterError{Name: "ceiling", Value: number(p.Ceiling), Why: metrics.Text{
			Ko: fmt.Sprintf("상한은 하한(%s)보다 높아야 합니다.", decimal(config.Floor)), En: fmt.Sprintf("the ceiling has to be above the floor, %s", decimal(config.Floor))}}
	}
	selection, err := trend.Select(points, config, o.metric.Scale == "log")
	if err != nil && p.Fit == FitAuto {
		return Trend{}, unanswerable(o.metric, p, err)
	}
	fitted, err := fit(points, all, frontier, config, p, selection)
	if err != nil {
		return Trend{}, unanswerable(o.metric, p, err)
	}
	t := describe(o.metric, p, fitted)
	t.points, t.frontierConfig = points, frontier
	if selection != nil {
		t.Fits = summarise(selection, fitted.Kind, o.metric, p)
		if p.Fit == FitAuto {
			t.ChosenBy = selection.Basis
		}
	}
	if p.Threshold != nil {
		if t.Threshold, err = reach(points, config, fitted, p); err != nil {
			return Trend{}, unanswerable(o.metric, p, err)
		}
	}
	t.Breakpoint = breakpoint(points, config, fitted.Kind, o.metric.Scale == "log")
	t.Curve = curve(fitted, p.Horizon)
	t.Answer = trendSentence(t)
	t.Citation, err = e.cite(ctx, o.metric, o.observations, "trend", p.Values())
	return t, err
}

// fit fits the kind that was asked for, or takes the one that was selected.
func fit(points, all []trend.Point, frontier *trend.FrontierOptions, config trend.Config, p TrendParams, selection *trend.Selection) (*trend.Trend, error) {
	config.Kind = trend.Kind(p.Fit)
	if p.Fit == FitAuto {
		config.Kind = selection.Best.Kind
	}
	if p.Error == ErrorMonteCarlo {
		return trend.FitMonteCarlo(all, config, frontier)
	}
	if p.Fit == FitAuto {
		return selection.Best, nil
	}
	return trend.Fit(points, config)
}

func fitConfig(m metrics.Metric, p TrendParams) trend.Config {
	config := trend.Config{Estimator: trend.Estimator(p.Estimator), Confidence: p.Confidence, Resamples: p.Resamples, Seed: p.Seed}
	if m.Floor != nil {
		config.Floor = *m.Floor
	}
	config.Ceiling, config.FitCeiling = m.Ceiling, p.CeilingFit
	if p.Ceiling != nil {
		config.Ceiling = p.Ceiling
	}
	return config
}

func describe(m metrics.Metric, p TrendParams, f *trend.Trend) Trend {
	t := Trend{
		Metric: m, Of: p.Of, Fit: f.Kind, N: f.N, Estimator: f.Estimator, Confidence: f.Confidence,
		First: Moment{f.First}, Last: Moment{f.Last},
		GrowthPerYear: f.Growth, DoublingTime: f.DoublingTime, HalvingTime: f.HalvingTime, R2: f.R2, AICc: f.AICc,
		Parameters: Parameters{Logistic: f.Logistic}, fitted: f,
	}
	if f.Logistic == nil {
		t.Parameters.Slope, t.Parameters.Intercept = &f.Slope, &f.Intercept
	}
	return t
}

func summarise(s *trend.Selection, chosen trend.Kind, m metrics.Metric, p TrendParams) []FitSummary {
	out := make([]FitSummary, 0, len(s.Candidates))
	for _, c := range s.Candidates {
		sum := FitSummary{Fit: c.Kind, Chosen: c.Kind == chosen}
		if c.Trend != nil {
			sum.N, sum.AICc, sum.R2, sum.GrowthPerYear = c.Trend.N, c.Trend.AICc, c.Trend.R2, c.Trend.Growth
		}
		if c.Backtest != nil {
			sum.BacktestError, sum.BacktestN = &c.Backtest.Error, c.Backtest.N
		}
		if c.Err != nil {
			var u *UnanswerableError
			if errors.As(unanswerable(m, p, c.Err), &u) {
				sum.Why = &u.Why
			}
		}
		out = append(out, sum)
	}
	return out
}

// reach dates the passing of a threshold, with the interval that was asked for.
func reach(points []trend.Point, config trend.Config, fitted *trend.Trend, p TrendParams) (*Threshold, error) {
	how := IntervalDelta
	switch {
	case fitted.Estimator == trend.MonteCarlo:
		how = ErrorMonteCarlo
	case p.Interval == IntervalBootstrap && fitted.Estimator != trend.PairsBootstrap:
		config.Kind, config.Estimator = fitted.Kind, trend.PairsBootstrap
		resampled, err := trend.Fit(points, config)
		if err != nil {
			return nil, err
		}
		crossing, err := resampled.ThresholdBootstrap(*p.Threshold)
		if err != nil {
			return nil, err
		}
		// The date is the fit's own: Theil–Sen's curve is not that of least squares.
		own, err := fitted.Threshold(*p.Threshold)
		if err != nil {
			return nil, err
		}
		crossing.Time = own.Time
		return threshold(crossing, IntervalBootstrap), nil
	case fitted.Estimator == trend.PairsBootstrap && p.Interval != IntervalDelta:
		how = IntervalBootstrap
	}
	cross := fitted.ThresholdBootstrap
	if how == IntervalDelta {
		cross = fitted.Threshold
	}
	crossing, err := cross(*p.Threshold)
	if err != nil {
		return nil, err
	}
	return threshold(crossing, how), nil
}

func threshold(c trend.Crossing, how string) *Threshold {
	t := &Threshold{Value: c.Value, Date: day(c.Time), Interval: how}
	if c.Bounded() {
		low, high := day(c.Low), day(c.High)
		t.Low, t.High = &low, &high
	}
	return t
}

// day drops the time of day: a fitted date is not known to the second.
func day(t time.Time) Moment { return Moment{t.UTC().Truncate(24 * time.Hour)} }

func curve(f *trend.Trend, horizon time.Time) []CurvePoint {
	if horizon.IsZero() || horizon.Before(f.First) {
		horizon = f.Last.Add(min(f.Last.Sub(f.First)/4, 2*365*24*time.Hour))
	}
	predictions := f.Curve(f.First, horizon, curvePoints)
	out := make([]CurvePoint, len(predictions))
	for i, p := range predictions {
		out[i] = curvePoint(p)
	}
	return out
}

func curvePoint(p trend.Prediction) CurvePoint {
	c := CurvePoint{Time: Moment{p.Time.UTC().Truncate(time.Second)}, Value: p.Mean.Value}
	if p.Mean.Bounded {
		c.Low, c.High = &p.Mean.Low, &p.Mean.High
	}
	if p.Observation.Bounded {
		c.PILow, c.PIHigh = &p.Observation.Low, &p.Observation.High
	}
	return c
}

// Table implements [Tabular] with the curve.
func (t Trend) Table() Table {
	out := Table{Header: []string{"time", "metric", "fit", "value", "unit", "low", "high", "pi_low", "pi_high"}}
	for _, c := range t.Curve {
		out.Rows = append(out.Rows, []string{c.Time.String(), t.Metric.ID, string(t.Fit), number(&c.Value), t.Metric.Unit,
			number(c.Low), number(c.High), number(c.PILow), number(c.PIHigh)})
	}
	return out
}
