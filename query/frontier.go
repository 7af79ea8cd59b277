package query

import (
	"context"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// Frontier is the running record of a metric within the period and group that a filter selects: the best of each
// subject, the best of each date, and of those the strict improvements. Answers are shared: nobody may change one.
type Frontier struct {
	Metric   metrics.Metric `json:"metric"`
	Records  []Record       `json:"records"`
	Citation Citation       `json:"citation"`
}

// Record is a point of the frontier. Gain is the improvement on the record before, positive in the metric's direction;
// the first record has none.
type Record struct {
	Time    Moment   `json:"time"`
	Subject string   `json:"subject"`
	Name    string   `json:"name"`
	Setting string   `json:"setting,omitempty"`
	Value   float64  `json:"value"`
	Gain    *float64 `json:"gain,omitempty"`
	Low     *float64 `json:"low,omitempty"`
	High    *float64 `json:"high,omitempty"`
	// HeldDays is how long the record stood; the present one has none.
	HeldDays     *int   `json:"held_days,omitempty"`
	Organization string `json:"organization,omitempty"`
	Country      string `json:"country,omitempty"`
	Access       string `json:"access,omitempty"`
	Source       Source `json:"source"`
}

// Frontier answers what the record is, since when, and who held it before.
func (e *Engine) Frontier(ctx context.Context, f Filter) (Frontier, error) {
	if f != (Filter{Metric: f.Metric}) {
		return e.frontier(ctx, f)
	}
	// Pages of every kind ask for whole metrics' records, of all metrics at once some.
	return cached(ctx, e, "frontier "+f.Metric, func() (Frontier, error) { return e.frontier(ctx, f) })
}

func (e *Engine) frontier(ctx context.Context, f Filter) (Frontier, error) {
	o, err := e.observe(ctx, f)
	if err != nil {
		return Frontier{}, err
	}
	out := o.frontier()
	out.Citation, err = e.cite(ctx, o.metric, o.observations, "frontier", f.Values())
	return out, err
}

func (o observed) frontier() Frontier {
	records := trend.Frontier(o.points(), trend.FrontierOptions{Direction: direction(o.metric)})
	out := Frontier{Metric: o.metric, Records: make([]Record, len(records))}
	for i, r := range records {
		ob := o.observations[r.Index]
		shown := o.show(ob)
		out.Records[i] = Record{
			Time: shown.Time, Subject: ob.Subject, Name: shown.Name, Setting: ob.Setting, Value: ob.Value,
			Low: shown.Low, High: shown.High, Source: shown.Source,
			Organization: shown.Organization, Country: shown.Country, Access: shown.Access,
		}
		if r.HasGain {
			out.Records[i].Gain = &r.Gain
		}
		if i > 0 {
			days := int(r.Time.Sub(records[i-1].Time).Hours() / 24)
			out.Records[i-1].HeldDays = &days
		}
	}
	return out
}

// points are the observations as the statistics take them.
func (o observed) points() []trend.Point {
	points := make([]trend.Point, len(o.observations))
	for i, ob := range o.observations {
		points[i] = point(ob)
	}
	return points
}

func point(ob metrics.Observation) trend.Point {
	p := trend.Point{Time: ob.Time, Value: ob.Value, Subject: ob.Subject, Setting: ob.Setting}
	if ob.Low.Known && ob.High.Known {
		switch kind := trend.IntervalKind(ob.Interval); kind {
		case trend.IntervalCI95, trend.IntervalCI90, trend.IntervalSE, trend.IntervalSD, trend.IntervalP5P95, trend.IntervalRange:
			p.Low, p.High, p.Interval = ob.Low.Value, ob.High.Value, kind
		}
	}
	return p
}

func direction(m metrics.Metric) trend.Direction {
	if m.LowerIsBetter() {
		return trend.LowerIsBetter
	}
	return trend.HigherIsBetter
}

// Table implements [Tabular].
func (f Frontier) Table() Table {
	t := Table{Header: []string{"time", "metric", "subject", "name", "setting", "value", "unit", "gain", "held_days",
		"organization", "country", "access", "source", "url"}}
	for _, r := range f.Records {
		held := ""
		if r.HeldDays != nil {
			v := float64(*r.HeldDays)
			held = number(&v)
		}
		t.Rows = append(t.Rows, []string{r.Time.String(), f.Metric.ID, r.Subject, r.Name, r.Setting, number(&r.Value), f.Metric.Unit,
			number(r.Gain), held, r.Organization, r.Country, r.Access, r.Source.Name, r.Source.URL})
	}
	return t
}
