package query

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"sort"
	"strconv"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// Keeper keeps forecasts that were given, so that they can be scored when the data arrive.
type Keeper interface {
	// Keep stores forecasts; one that is kept already, by its key, stays as it was.
	Keep(ctx context.Context, forecasts []KeptForecast) error
	// Kept lists forecasts, those given last first; of one metric, or of all if metric is empty.
	Kept(ctx context.Context, metric string) ([]KeptForecast, error)
}

// KeptForecast is a forecast as it was given. Question is the address that asked it; with Revision and At it is the
// forecast's key.
type KeptForecast struct {
	GivenAt    time.Time
	Revision   string // of the data it was made from
	Metric     string
	Question   string
	Of         string
	Fit        string
	Estimator  string
	Confidence float64
	Last       time.Time // date of the newest observation that was fitted
	At         time.Time
	Value      float64
	Low, High  float64 // the prediction interval
}

// keep hands the forecasts of what lies ahead of the data over to the keeper. A forecast of the past, or from a past state
// of the ledger, is a backtest, which anybody can repeat. Forecasts without an interval can't be scored.
func (e *Engine) keep(ctx context.Context, p ForecastParams, f Forecast, newest time.Time) {
	if e.keeper == nil || !p.AsOf.IsZero() {
		return
	}
	question := p.TrendParams.Values().Encode()
	var kept []KeptForecast
	for i, at := range p.At {
		point := f.Forecasts[i]
		if !at.After(newest) || point.Low == nil || point.High == nil {
			continue
		}
		kept = append(kept, KeptForecast{GivenAt: e.now().UTC(), Revision: f.Citation.Revision, Metric: f.Metric.ID, Question: question, Of: f.Of,
			Fit: string(f.Fit), Estimator: string(f.Estimator), Confidence: f.Confidence, Last: f.Last.Time, At: at,
			Value: point.Value, Low: *point.Low, High: *point.High})
	}
	if len(kept) == 0 {
		return
	}
	if err := e.keeper.Keep(ctx, kept); err != nil {
		e.unkept(fmt.Errorf("keep a forecast of %s: %w", f.Metric.ID, err))
	}
}

// ForecastScores is how kept forecasts fared against what came: counts of all of them, and those given last.
type ForecastScores struct {
	N         int              `json:"n"`                         // kept
	Scored    int              `json:"scored"`                    // whose date the data have reached
	Inside    int              `json:"inside"`                    // of those, within the prediction interval
	Expected  *float64         `json:"expected_inside,omitempty"` // as many as the intervals promise
	Forecasts []ScoredForecast `json:"forecasts"`
	Answer    metrics.Text     `json:"answer"`
}

// ScoredForecast is a kept forecast, with the outcome once there is one.
type ScoredForecast struct {
	GivenAt    Moment           `json:"given_at"`
	Revision   string           `json:"revision"`
	Metric     string           `json:"metric"`
	Title      metrics.Text     `json:"title"`
	Unit       string           `json:"unit"`
	URL        string           `json:"url"`
	Of         string           `json:"of"`
	Fit        string           `json:"fit"`
	Estimator  string           `json:"estimator"`
	Confidence float64          `json:"confidence"`
	KnownUntil Moment           `json:"known_until"`
	Time       Moment           `json:"time"`
	Value      float64          `json:"value"`
	Low        float64          `json:"low"`
	High       float64          `json:"high"`
	Outcome    *ForecastOutcome `json:"outcome,omitempty"`
}

// ForecastOutcome is what came, and the forecast's score. Error is the outcome less the forecast, in the metric's unit or, on
// a log scale, in doublings; IntervalScore is Gneiting and Raftery's (2007), lower being better.
type ForecastOutcome struct {
	Time          Moment  `json:"time"`
	Subject       string  `json:"subject"`
	Name          string  `json:"name"`
	Value         float64 `json:"value"`
	Error         float64 `json:"error"`
	Inside        bool    `json:"inside"`
	IntervalScore float64 `json:"interval_score"`
}

// ScoresParams ask how kept forecasts fared; of one metric, or of all.
type ScoresParams struct {
	Metric string
	Limit  int // of the forecasts listed; 100 if zero
}

// maxScores bounds the forecasts of one answer.
const maxScores = 1000

// ParseScores reads metric and limit.
func ParseScores(v Values) (ScoresParams, error) {
	r := reader{values: v}
	p := ScoresParams{Metric: v("metric"), Limit: int(r.number("limit"))}
	if r.err == nil && (p.Limit < 0 || p.Limit > maxScores) {
		r.fail("limit", v("limit"), metrics.Text{Ko: "1부터 1000까지입니다.", En: "between 1 and 1000"})
	}
	return p, r.err
}

// Values are the question's parameters.
func (p ScoresParams) Values() url.Values {
	v := url.Values{}
	set(v, "metric", p.Metric)
	set(v, "limit", strconv.Itoa(p.Limit), "0", "100")
	return v
}

// ForecastScores answers how the forecasts that were given fared. Of a frontier the outcome is the record that stood on
// the day; of all observations it is the one nearest to the day, at most a quarter of a year off and newer than what was fitted.
// It is known once an observation of the day or later is in.
func (e *Engine) ForecastScores(ctx context.Context, p ScoresParams) (ForecastScores, error) {
	if p.Metric != "" {
		if _, err := e.metric(ctx, p.Metric); err != nil {
			return ForecastScores{}, err
		}
	}
	out := ForecastScores{Forecasts: []ScoredForecast{}}
	var kept []KeptForecast
	if e.keeper != nil {
		var err error
		if kept, err = e.keeper.Kept(ctx, p.Metric); err != nil {
			return out, fmt.Errorf("kept forecasts: %w", err)
		}
	}
	promised, limit := 0.0, cmp.Or(p.Limit, 100)
	for _, k := range kept {
		s, err := e.score(ctx, k)
		if errors.Is(err, metrics.ErrUnknownMetric) || errors.Is(err, metrics.ErrUnknownSubject) || errors.Is(err, ErrParameter) {
			continue // of something that is no longer there
		}
		if err != nil {
			return out, err
		}
		out.N++
		if len(out.Forecasts) < limit {
			out.Forecasts = append(out.Forecasts, s)
		}
		if s.Outcome == nil {
			continue
		}
		out.Scored++
		promised += k.Confidence
		if s.Outcome.Inside {
			out.Inside++
		}
	}
	if out.Scored > 0 {
		out.Expected = &promised
	}
	out.Answer = scoresSentence(out)
	return out, nil
}

func (e *Engine) score(ctx context.Context, k KeptForecast) (ScoredForecast, error) {
	asked, err := url.ParseQuery(k.Question)
	if err != nil {
		return ScoredForecast{}, &ParameterError{Name: "question", Value: k.Question, Why: metrics.Text{Ko: err.Error(), En: err.Error()}}
	}
	p, err := ParseTrend(asked.Get)
	if err != nil {
		return ScoredForecast{}, err
	}
	f := p.Filter
	f.Until = time.Time{} // what was held back then is the outcome now
	o, err := e.observe(ctx, f)
	if err != nil {
		return ScoredForecast{}, err
	}
	s := ScoredForecast{GivenAt: Moment{k.GivenAt}, Revision: k.Revision, Metric: k.Metric, Title: o.metric.Title, Unit: o.metric.Unit, URL: "/trends?" + k.Question,
		Of: k.Of, Fit: k.Fit, Estimator: k.Estimator, Confidence: k.Confidence, KnownUntil: Moment{k.Last}, Time: Moment{k.At},
		Value: k.Value, Low: k.Low, High: k.High}
	came, ok := o.outcome(k)
	if !ok {
		return s, nil
	}
	log := o.metric.Scale == "log"
	forecast := trend.Estimate{Value: k.Value, Low: k.Low, High: k.High, Bounded: true}
	score, err := trend.ScoreForecast(forecast, k.Confidence, came.Value, log)
	if err != nil && log { // an interval that reaches below zero has no logarithm
		score, err = trend.ScoreForecast(forecast, k.Confidence, came.Value, false)
	}
	if err != nil {
		return s, nil // a value that can't be compared is no outcome
	}
	s.Outcome = &ForecastOutcome{Time: Moment{came.Time}, Subject: came.Subject, Name: o.name(came), Value: came.Value,
		Error: score.Error, Inside: score.Inside, IntervalScore: score.IntervalScore}
	return s, nil
}

// outcomeWithin is how far off its day an observation may be to stand for it.
const outcomeWithin = 91 * 24 * time.Hour

// outcome is what came of a forecast; ok is false while the data don't reach its day.
func (o observed) outcome(k KeptForecast) (came metrics.Observation, ok bool) {
	n := len(o.observations)
	if n == 0 || o.observations[n-1].Time.Before(k.At) { // they are in the order of time
		return came, false
	}
	if k.Of == OfFrontier {
		until := o
		until.observations = o.observations[:sort.Search(n, func(i int) bool { return o.observations[i].Time.After(k.At) })]
		records := trend.Frontier(until.points(), trend.FrontierOptions{Direction: direction(o.metric)})
		if len(records) == 0 {
			return came, false
		}
		return until.observations[records[len(records)-1].Index], true
	}
	nearest := time.Duration(math.MaxInt64)
	for _, ob := range o.observations {
		off := ob.Time.Sub(k.At).Abs()
		if ob.Time.After(k.Last) && off <= outcomeWithin && off < nearest {
			came, nearest, ok = ob, off, true
		}
	}
	return came, ok
}

func scoresSentence(s ForecastScores) metrics.Text {
	switch {
	case s.N == 0:
		return metrics.Text{Ko: "아직 남긴 예측이 없다.", En: "No forecast has been kept yet."}
	case s.Scored == 0:
		return metrics.Text{
			Ko: fmt.Sprintf("남긴 예측 %d개 가운데 그날의 자료가 나온 것은 아직 없다.", s.N),
			En: fmt.Sprintf("None of the %d %s kept has come due in the data yet.", s.N, plural(s.N, "forecast"))}
	}
	return metrics.Text{
		Ko: fmt.Sprintf("남긴 예측 %d개 가운데 %d개의 결과가 나왔고, %d개가 예측 구간에 들었다. 구간이 맞다면 %s개쯤이어야 한다.", s.N, s.Scored, s.Inside, significant(*s.Expected, 2)),
		En: fmt.Sprintf("Of %d %s kept, %d have come due and %d fell into their prediction interval, where some %s should.", s.N, plural(s.N, "forecast"), s.Scored, s.Inside, significant(*s.Expected, 2))}
}

// Table implements [Tabular].
func (s ForecastScores) Table() Table {
	t := Table{Header: []string{"given_at", "revision", "metric", "of", "fit", "known_until", "time", "value", "low", "high", "unit", "outcome_time", "outcome_subject",
		"outcome_value", "error", "inside", "interval_score"}}
	for _, f := range s.Forecasts {
		row := []string{f.GivenAt.String(), f.Revision, f.Metric, f.Of, f.Fit, f.KnownUntil.String(), f.Time.String(), number(&f.Value), number(&f.Low), number(&f.High), f.Unit,
			"", "", "", "", "", ""}
		if o := f.Outcome; o != nil {
			copy(row[11:], []string{o.Time.String(), o.Subject, number(&o.Value), number(&o.Error), fmt.Sprint(o.Inside), number(&o.IntervalScore)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
