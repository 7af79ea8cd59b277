package query

import (
	"context"
	"errors"
	"time"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// Claim is a number in a report, tied to its series: what the report said, what the ledger says for that day, and what the
// record is today.
type Claim struct {
	Anchor   string  `json:"anchor"`
	Sentence string  `json:"sentence"`
	Start    int     `json:"start"` // bytes of the number within the sentence
	End      int     `json:"end"`
	Metric   string  `json:"metric"`
	Subject  string  `json:"subject,omitempty"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Then     *Mark   `json:"then,omitempty"`
	Now      *Mark   `json:"now,omitempty"`
}

// Mark is an observation that a claim is held against.
type Mark struct {
	Time    Moment  `json:"time"`
	Subject string  `json:"subject"`
	Name    string  `json:"name"`
	Setting string  `json:"setting,omitempty"`
	Value   float64 `json:"value"`
}

// Claims holds a report's claims against the ledger. Then is the named subject's value, that of
// a dated snapshot where the name is the model's, or, where the sentence names none,
// the record among subjects available on the report's date; of several values of one subject it is the one nearest to
// what was said. Now is the record of the whole series. A claim about a metric that the ledger doesn't know has neither.
func (e *Engine) Claims(ctx context.Context, claims []content.Claim, date time.Time) ([]Claim, error) {
	out := make([]Claim, 0, len(claims))
	for _, c := range claims {
		claim := Claim{Anchor: c.Anchor, Sentence: c.Sentence, Start: c.Start, End: c.End, Metric: c.Metric, Subject: c.Subject, Value: c.Value, Unit: c.Unit}
		o, err := e.observe(ctx, Filter{Metric: c.Metric})
		switch {
		case errors.Is(err, metrics.ErrUnknownMetric):
		case err != nil:
			return nil, err
		default:
			claim.Then, claim.Now = o.then(c, date), o.record(time.Time{})
		}
		out = append(out, claim)
	}
	return out, nil
}

// then is what the ledger says for the day of a report.
func (o observed) then(c content.Claim, date time.Time) *Mark {
	if c.Subject == "" {
		if date.IsZero() {
			return nil
		}
		return o.record(date.AddDate(0, 0, 1))
	}
	var nearest *metrics.Observation
	for i, ob := range o.observations {
		if o.isSubject(ob, c.Subject) && (nearest == nil || distance(ob, c) < distance(*nearest, c)) {
			nearest = &o.observations[i]
		}
	}
	if nearest == nil {
		return nil
	}
	return o.mark(*nearest)
}

// isSubject reports whether an observation is of a subject or of a dated snapshot of it.
func (o observed) isSubject(ob metrics.Observation, subject string) bool {
	return ob.Subject == subject || o.subjects[ob.Subject].Family == subject
}

func distance(ob metrics.Observation, c content.Claim) float64 {
	if ob.Value < c.Value {
		return c.Value - ob.Value
	}
	return ob.Value - c.Value
}

// record is the best value among subjects available before until; zero is no bound.
func (o observed) record(until time.Time) *Mark {
	points := make([]trend.Point, 0, len(o.observations))
	index := make([]int, 0, len(o.observations))
	for i, ob := range o.observations {
		if until.IsZero() || ob.Time.Before(until) {
			points, index = append(points, point(ob)), append(index, i)
		}
	}
	records := trend.Frontier(points, trend.FrontierOptions{Direction: direction(o.metric)})
	if len(records) == 0 {
		return nil
	}
	return o.mark(o.observations[index[records[len(records)-1].Index]])
}

func (o observed) mark(ob metrics.Observation) *Mark {
	return &Mark{Time: Moment{ob.Time}, Subject: ob.Subject, Name: o.name(ob), Setting: ob.Setting, Value: ob.Value}
}
