package query

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// Values reads one parameter of a request by name; "" where it is absent. url.Values.Get and a command line's flags both
// fit.
type Values func(name string) string

// ParseFilter reads metric, subject, since, until, as_of, access, country and source.
func ParseFilter(v Values) (Filter, error) {
	f := Filter{Metric: v("metric"), Subject: v("subject"), Access: v("access"), Country: v("country"), Source: v("source")}
	r := reader{values: v}
	f.Since, f.Until, f.AsOf = r.time("since"), r.time("until"), r.asOf("as_of")
	switch f.Access {
	case "", "open", "closed", "unreleased":
	default:
		return f, oneOf("access", f.Access, "open", "closed", "unreleased")
	}
	return f, r.err
}

// ParseTrend reads the parameters of a trend.
func ParseTrend(v Values) (TrendParams, error) {
	f, err := ParseFilter(v)
	if err != nil {
		return TrendParams{}, err
	}
	r := reader{values: v}
	p := TrendParams{Filter: f, Of: v("of"), Fit: v("fit"), Error: v("error"), Estimator: v("estimator"), Ties: v("ties"), Interval: v("interval"),
		Confidence: r.number("confidence"), Threshold: r.optional("threshold"), Horizon: r.time("horizon"),
		Resamples: int(r.number("resamples")), Seed: uint64(max(0, r.number("seed")))}
	if c := v("ceiling"); c == "fit" {
		p.CeilingFit = true
	} else {
		p.Ceiling = r.optional("ceiling")
	}
	if r.err != nil {
		return p, r.err
	}
	return p.normalised()
}

// reader reads typed parameters and keeps the first that it could not read.
type reader struct {
	values Values
	err    error
}

func (r *reader) fail(name, value string, why metrics.Text) {
	if r.err == nil {
		r.err = &ParameterError{Name: name, Value: value, Why: why}
	}
}

func (r *reader) time(name string) time.Time { return r.parse(name, ParseTime) }

func (r *reader) asOf(name string) time.Time { return r.parse(name, ParseAsOf) }

func (r *reader) parse(name string, parse func(string) (time.Time, error)) time.Time {
	s := r.values(name)
	if s == "" {
		return time.Time{}
	}
	t, err := parse(s)
	if err != nil {
		r.fail(name, s, metrics.Text{Ko: "2025-01-31 같은 날짜나 RFC 3339 시각이어야 합니다.", En: "a date such as 2025-01-31 or an RFC 3339 time is needed"})
	}
	return t
}

func (r *reader) optional(name string) *float64 {
	s := r.values(name)
	if s == "" {
		return nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v != v || v > 1e300 || v < -1e300 {
		r.fail(name, s, metrics.Text{Ko: "숫자여야 합니다.", En: "a number is needed"})
		return nil
	}
	return &v
}

func (r *reader) number(name string) float64 {
	if v := r.optional(name); v != nil {
		return *v
	}
	return 0
}

// confidence reads a level of intervals, 0.95 where none is given.
func (r *reader) confidence() float64 {
	v := r.optional("confidence")
	if v == nil {
		return 0.95
	}
	if err := checkConfidence(*v); err != nil && r.err == nil {
		r.err = err
	}
	return *v
}

func checkConfidence(v float64) error {
	if v >= 0.5 && v < 1 {
		return nil
	}
	return &ParameterError{Name: "confidence", Value: decimal(v), Why: metrics.Text{
		Ko: "신뢰수준은 0.5 이상 1 미만이어야 합니다.", En: "a confidence level is at least 0.5 and below 1"}}
}

// oneOf says which values a parameter takes.
func oneOf(name, value string, allowed ...string) error {
	list := strings.Join(allowed, ", ")
	return &ParameterError{Name: name, Value: value, Why: metrics.Text{
		Ko: "쓸 수 있는 값: " + list, En: "one of " + list}}
}

// marshal writes the parameters that the kind of fit has.
func (p Parameters) marshal() ([]byte, error) {
	if l := p.Logistic; l != nil {
		out := struct {
			K           float64         `json:"k"`
			Midpoint    *Moment         `json:"midpoint,omitempty"`
			Floor       float64         `json:"floor"`
			Ceiling     float64         `json:"ceiling"`
			KInterval   *trend.Estimate `json:"k_interval,omitempty"`
			MidpointLow *Moment         `json:"midpoint_low,omitempty"`
			MidpointHi  *Moment         `json:"midpoint_high,omitempty"`
			CeilingFit  *trend.Estimate `json:"ceiling_interval,omitempty"`
		}{K: l.K.Value, Floor: l.Floor, Ceiling: l.Ceiling.Value, Midpoint: dateAt(l.MidpointYears.Value)}
		if l.K.Bounded {
			out.KInterval = &l.K
		}
		if l.MidpointYears.Bounded {
			out.MidpointLow, out.MidpointHi = dateAt(l.MidpointYears.Low), dateAt(l.MidpointYears.High)
		}
		if l.CeilingFitted {
			out.CeilingFit = &l.Ceiling
		}
		return json.Marshal(out)
	}
	out := struct {
		Slope     float64         `json:"slope"`
		Intercept float64         `json:"intercept"`
		SlopeCI   *trend.Estimate `json:"slope_interval,omitempty"`
	}{}
	if p.Slope != nil && p.Intercept != nil {
		out.Slope, out.Intercept = p.Slope.Value, p.Intercept.Value
		if p.Slope.Bounded {
			out.SlopeCI = p.Slope
		}
	}
	return json.Marshal(out)
}

// unmarshal reads what marshal writes, to the day that it writes.
func (p *Parameters) unmarshal(b []byte) error {
	var in struct {
		Slope, Intercept, K, Ceiling *float64
		Floor                        float64
		SlopeCI                      *trend.Estimate `json:"slope_interval"`
		KInterval                    *trend.Estimate `json:"k_interval"`
		CeilingFit                   *trend.Estimate `json:"ceiling_interval"`
		Midpoint                     *Moment         `json:"midpoint"`
		MidpointLow                  *Moment         `json:"midpoint_low"`
		MidpointHigh                 *Moment         `json:"midpoint_high"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	estimate := func(value *float64, interval *trend.Estimate) trend.Estimate {
		switch {
		case interval != nil:
			return *interval
		case value != nil:
			return trend.Estimate{Value: *value}
		}
		return trend.Estimate{}
	}
	*p = Parameters{}
	if in.K == nil {
		slope, intercept := estimate(in.Slope, in.SlopeCI), estimate(in.Intercept, nil)
		p.Slope, p.Intercept = &slope, &intercept
		return nil
	}
	l := trend.LogisticParameters{K: estimate(in.K, in.KInterval), Floor: in.Floor, Ceiling: estimate(in.Ceiling, in.CeilingFit), CeilingFitted: in.CeilingFit != nil,
		MidpointYears: trend.Estimate{Value: math.NaN()}} // a midpoint that no calendar holds is not written
	if in.Midpoint != nil {
		l.MidpointYears.Value = trend.Years(in.Midpoint.Time)
	}
	if in.MidpointLow != nil && in.MidpointHigh != nil {
		l.MidpointYears.Low, l.MidpointYears.High, l.MidpointYears.Bounded = trend.Years(in.MidpointLow.Time), trend.Years(in.MidpointHigh.Time), true
	}
	p.Logistic = &l
	return nil
}

func dateAt(years float64) *Moment {
	t, ok := trend.TimeAt(years)
	if !ok {
		return nil
	}
	d := day(t)
	return &d
}
