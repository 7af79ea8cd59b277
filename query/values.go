package query

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/trend"
)

// The parameters of a question, written as they are asked: an address made of them asks again. Parsing them gives the
// same question. Defaults are left out, so that one question has one address.

// Values are the filter's parameters.
func (f Filter) Values() url.Values {
	v := url.Values{}
	set(v, "metric", f.Metric)
	set(v, "subject", f.Subject)
	set(v, "access", f.Access)
	set(v, "country", f.Country)
	set(v, "source", f.Source)
	set(v, "since", date(f.Since))
	set(v, "until", date(f.Until))
	set(v, "as_of", dayEnd(f.AsOf))
	return v
}

// Values are the trend's parameters.
func (p TrendParams) Values() url.Values {
	v := p.Filter.Values()
	set(v, "of", p.Of, OfFrontier)
	set(v, "fit", p.Fit, FitAuto)
	set(v, "error", p.Error)
	set(v, "estimator", p.Estimator, string(trend.OLS))
	set(v, "ties", p.Ties)
	set(v, "interval", p.Interval)
	set(v, "threshold", number(p.Threshold))
	set(v, "ceiling", number(p.Ceiling))
	if p.CeilingFit {
		v.Set("ceiling", "fit")
	}
	set(v, "confidence", decimal(p.Confidence), "0.95", "0")
	set(v, "resamples", strconv.Itoa(p.Resamples), "1000", "0")
	set(v, "seed", strconv.FormatUint(p.Seed, 10), "0")
	set(v, "horizon", date(p.Horizon))
	return v
}

// Values are the forecast's parameters.
func (p ForecastParams) Values() url.Values {
	v := p.TrendParams.Values()
	at := make([]string, len(p.At))
	for i, t := range p.At {
		at[i] = date(t)
	}
	set(v, "at", strings.Join(at, ","))
	return v
}

// Values are the lag's parameters.
func (p LagParams) Values() url.Values {
	v := p.Filter.Values()
	set(v, "by", p.By, "access")
	set(v, "leader", p.Leader)
	set(v, "follower", p.Follower)
	return v
}

// Values are the comparison's parameters: those of its first trend, and either the metrics or where one metric is split.
func (p CompareParams) Values() url.Values {
	if len(p.Trends) == 0 {
		return url.Values{}
	}
	v := p.Trends[0].Values()
	ids := make([]string, len(p.Trends))
	for i, t := range p.Trends {
		ids[i] = t.Metric
	}
	if len(ids) == 2 && ids[0] == ids[1] {
		v.Set("split", date(p.Trends[0].Until))
		v.Del("until")
		set(v, "until", date(p.Trends[1].Until))
		return v
	}
	v.Set("metric", strings.Join(ids, ","))
	return v
}

// Values are the index's parameters.
func (p CapabilityParams) Values() url.Values {
	v := Filter{AsOf: p.AsOf}.Values()
	switch {
	case !p.Since.After(lifted):
		v.Set("since", date(lifted))
	case !p.Since.Equal(publishedSince):
		v.Set("since", date(p.Since))
	}
	if p.Scaled != nil {
		v.Set("scaled", anchor(p.Scaled.Low)+","+anchor(p.Scaled.High))
		if *p.Scaled == *publishedScale() {
			v.Set("scaled", "true")
		}
	}
	return v
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func anchor(a trend.CapabilityAnchor) string {
	name := a.Subject
	if a.Setting != "" {
		name += ":" + a.Setting
	}
	return name + "=" + strconv.FormatFloat(a.Value, 'g', -1, 64)
}

// Values are the parameters of what changed.
func (p ChangesParams) Values() url.Values {
	v := url.Values{}
	set(v, "since", instant(p.Since))
	set(v, "until", instant(p.Until))
	set(v, "metric", p.Metric)
	set(v, "limit", strconv.Itoa(p.Limit), "200", "0")
	set(v, "offset", strconv.Itoa(p.Offset), "0")
	return v
}

// set sets a parameter that is not a default.
func set(v url.Values, name, value string, defaults ...string) {
	if value == "" {
		return
	}
	for _, d := range defaults {
		if value == d {
			return
		}
	}
	v.Set(name, value)
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Moment{t}.String()
}

// instant writes the beginning of a day as the day, and any other instant to the nanosecond.
func instant(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return date(t)
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// dayEnd writes the end of a day as the day, which is how it is asked, and any other instant to the nanosecond.
func dayEnd(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if next := t.UTC().Add(time.Nanosecond); next.Equal(next.Truncate(24 * time.Hour)) {
		return t.UTC().Format(time.DateOnly)
	}
	return t.UTC().Format(time.RFC3339Nano)
}
