package query

import (
	"context"

	"github.com/scalebook/scalebook/metrics"
)

// Series is every live observation of a metric that a filter selects, in time order.
type Series struct {
	Metric       metrics.Metric `json:"metric"`
	Observations []Observation  `json:"observations"`
	Citation     Citation       `json:"citation"`
}

// Observation is a measured value as it is shown.
type Observation struct {
	Time       Moment   `json:"time"`
	Subject    string   `json:"subject"`
	Name       string   `json:"name"`
	Value      float64  `json:"value"`
	Low        *float64 `json:"low,omitempty"`
	High       *float64 `json:"high,omitempty"`
	Interval   string   `json:"interval,omitempty"`
	Setting    string   `json:"setting,omitempty"`
	Source     Source   `json:"source"`
	RecordedAt *Moment  `json:"recorded_at,omitempty"`

	Organization string `json:"organization,omitempty"`
	Country      string `json:"country,omitempty"`
	Access       string `json:"access,omitempty"`
}

// Source says where a value comes from.
type Source struct {
	Name        string  `json:"name"`
	URL         string  `json:"url,omitempty"`
	Version     string  `json:"version,omitempty"`
	File        string  `json:"file,omitempty"`
	Row         int     `json:"row,omitempty"`
	RetrievedAt *Moment `json:"retrieved_at,omitempty"`
}

// Series lists the observations that f selects.
func (e *Engine) Series(ctx context.Context, f Filter) (Series, error) {
	o, err := e.observe(ctx, f)
	if err != nil {
		return Series{}, err
	}
	s := Series{Metric: o.metric, Observations: make([]Observation, len(o.observations))}
	for i, ob := range o.observations {
		s.Observations[i] = o.show(ob)
	}
	s.Citation, err = e.cite(ctx, o.metric, o.observations, "series", f.Values())
	return s, err
}

func (o observed) show(ob metrics.Observation) Observation {
	subject := o.subjects[ob.Subject]
	return Observation{
		Time: Moment{ob.Time}, Subject: ob.Subject, Name: o.name(ob), Value: ob.Value,
		Low: bound(ob.Low), High: bound(ob.High), Interval: ob.Interval, Setting: ob.Setting,
		Source:       Source{Name: ob.Source.Name, URL: ob.Source.URL, Version: ob.Source.Version, File: ob.Source.File, Row: ob.Source.Row},
		RecordedAt:   &Moment{ob.RecordedAt},
		Organization: subject.Organization, Country: subject.Country, Access: subject.Access,
	}
}

func bound(b metrics.Bound) *float64 {
	if !b.Known {
		return nil
	}
	return &b.Value
}
