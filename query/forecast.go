package query

import (
	"context"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// ForecastParams ask what a trend leads to expect at given times.
type ForecastParams struct {
	TrendParams
	At []time.Time
}

// Forecast is a trend continued. Low and High are the prediction interval: where an observation of that time would be
// expected if the present course goes on.
type Forecast struct {
	Trend
	Forecasts []ForecastPoint `json:"forecasts"`
}

// ForecastPoint is what is expected at one time.
type ForecastPoint struct {
	Time  Moment   `json:"time"`
	Value float64  `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

// maxForecasts bounds the times of one question.
const maxForecasts = 100

// ParseForecast reads the parameters of a forecast: those of a trend, and at= with one or more dates.
func ParseForecast(v Values) (ForecastParams, error) {
	p, err := ParseTrend(v)
	if err != nil {
		return ForecastParams{}, err
	}
	out := ForecastParams{TrendParams: p}
	at := v("at")
	for s := range strings.SplitSeq(at, ",") {
		t, err := ParseTime(strings.TrimSpace(s))
		if err != nil || len(out.At) >= maxForecasts {
			return out, &ParameterError{Name: "at", Value: at, Why: metrics.Text{
				Ko: "2027-01-01,2030-01-01 같은 날짜 1–100개가 있어야 합니다.", En: "one to a hundred dates are needed, such as 2027-01-01,2030-01-01"}}
		}
		out.At = append(out.At, t)
	}
	return out, nil
}

// Forecast answers what is expected at given times if the present course goes on.
func (e *Engine) Forecast(ctx context.Context, p ForecastParams) (Forecast, error) {
	t, err := e.Trend(ctx, p.TrendParams)
	if err != nil {
		return Forecast{}, err
	}
	out := Forecast{Trend: t, Forecasts: make([]ForecastPoint, len(p.At))}
	for i, at := range p.At {
		prediction, err := t.fitted.Predict(at)
		if err != nil {
			return Forecast{}, unanswerable(t.Metric, p.TrendParams, err)
		}
		out.Forecasts[i] = ForecastPoint{Time: Moment{at}, Value: prediction.Mean.Value}
		if o := prediction.Observation; o.Bounded {
			out.Forecasts[i].Low, out.Forecasts[i].High = &o.Low, &o.High
		}
	}
	if out.Citation, err = e.citeSources(ctx, t.Metric, t.Citation.Sources, "forecast", p.Values()); err != nil {
		return Forecast{}, err
	}
	// Kept is what lies ahead of everything known, not just of what was fitted.
	f := p.Filter
	f.Until = time.Time{}
	o, err := e.observe(ctx, f)
	if err != nil {
		return Forecast{}, err
	}
	newest := t.Last.Time
	if n := len(o.observations); n > 0 && o.observations[n-1].Time.After(newest) {
		newest = o.observations[n-1].Time
	}
	e.keep(ctx, p, out, newest)
	return out, nil
}

// Table implements [Tabular].
func (f Forecast) Table() Table {
	t := Table{Header: []string{"time", "metric", "fit", "value", "unit", "low", "high"}}
	for _, p := range f.Forecasts {
		t.Rows = append(t.Rows, []string{p.Time.String(), f.Metric.ID, string(f.Fit), number(&p.Value), f.Metric.Unit, number(p.Low), number(p.High)})
	}
	return t
}
