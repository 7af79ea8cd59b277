package query

import (
	"context"
	"fmt"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// teller knows what is needed to tell changes in words.
type teller struct {
	ctx      context.Context
	engine   *Engine
	metrics  map[string]metrics.Metric
	subjects map[string]metrics.Subject
	first    map[string]time.Time // of a source, when it was first recorded
	err      error
}

// teller gathers what is needed.
func (e *Engine) teller(ctx context.Context) (*teller, error) {
	t := &teller{ctx: ctx, engine: e, metrics: map[string]metrics.Metric{}, first: map[string]time.Time{}}
	catalogue, err := e.ledger.Metrics(ctx)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	for _, m := range catalogue {
		t.metrics[m.ID] = m
	}
	t.subjects, err = e.subjects(ctx)
	return t, err
}

// fromStart learns when each source was first recorded from the oldest revisions of the ledger, which come in that order.
func (t *teller) fromStart(revisions []metrics.Revision) {
	seen := map[string]bool{}
	for _, r := range revisions {
		if !seen[r.Source.Name] {
			seen[r.Source.Name] = true
			t.first[r.Source.Name] = r.RecordedAt
		}
	}
}

// known reports whether the ledger had anything of a source before an instant.
func (t *teller) known(source string, before time.Time) bool {
	first, ok := t.first[source]
	if !ok && t.err == nil {
		first, t.err = t.engine.firstRecorded(t.ctx, source)
		t.first[source] = first
	}
	return first.Before(before)
}

// firstRecorded is when a source first had a row in the ledger.
func (e *Engine) firstRecorded(ctx context.Context, source string) (time.Time, error) {
	return cached(ctx, e, "first "+source, func() (time.Time, error) {
		revisions, err := e.ledger.Revisions(ctx, metrics.RevisionQuery{Source: source, Limit: -1})
		if err != nil || len(revisions) == 0 {
			return time.Time{}, err
		}
		return revisions[0].RecordedAt, nil
	})
}

func (t *teller) context() metrics.ChangeContext {
	return metrics.ChangeContext{
		LowerIsBetter: func(metric string) bool { return t.metrics[metric].LowerIsBetter() },
		Known:         t.known,
		Best:          t.best,
	}
}

// best is the record of a metric just before an instant of the ledger.
func (t *teller) best(metric string, before time.Time) (float64, bool) {
	if t.err != nil {
		return 0, false
	}
	obs, err := t.engine.ledger.Observations(t.ctx, metrics.Query{Metric: metric, AsOf: before.Add(-time.Nanosecond)})
	if err != nil {
		t.err = fmt.Errorf("observations of %s: %w", metric, err)
		return 0, false
	}
	o := observed{metric: t.metrics[metric], observations: obs, subjects: t.subjects}
	records := trend.Frontier(o.points(), trend.FrontierOptions{Direction: direction(o.metric)})
	if len(records) == 0 {
		return 0, false
	}
	return records[len(records)-1].Value, true
}

func (t *teller) tell(c metrics.Change) Change {
	out := t.shown(c)
	out.Text = t.sentence(c, out)
	if len(c.Events) == 0 {
		return out
	}
	for _, e := range c.Events {
		out.Events = append(out.Events, t.shown(e))
		if !sameDay(e, c) {
			out.Time = nil
		}
	}
	for i, e := range c.Events {
		out.Events[i].Text = t.eventSentence(e, out.Events[i], out.Time == nil)
	}
	if c.Kind != metrics.ChangeRenamed && c.Kind != metrics.ChangeRedated && (c.Kind != metrics.ChangeRecord || c.Metric == "") {
		out.Before, out.After = nil, nil // each row has its own
	}
	return out
}

// shown is a change without its words and its events.
func (t *teller) shown(c metrics.Change) Change {
	out := Change{RecordedAt: Moment{c.RecordedAt}, Kind: c.Kind, Metric: c.Metric, Subject: c.Subject, Source: c.Source,
		Before: t.side(c.Before), After: t.side(c.After)}
	if c.Count > 1 {
		out.Count = c.Count
	}
	if present := out.After; present != nil {
		out.Name, out.Time = present.Name, &present.Time
	} else if gone := out.Before; gone != nil {
		out.Name, out.Time = gone.Name, &gone.Time
	}
	return out
}

func (t *teller) side(o *metrics.Observation) *ChangedValue {
	if o == nil {
		return nil
	}
	return &ChangedValue{Subject: o.Subject, Name: t.name(*o), Time: Moment{o.Time}, Setting: o.Setting, Value: o.Value}
}

// name is what the row itself calls its subject: a rename is about that.
func (t *teller) name(o metrics.Observation) string {
	if o.Name != "" {
		return o.Name
	}
	return observed{subjects: t.subjects}.name(o)
}

// title is what a metric is called.
func (t *teller) title(metric string) metrics.Text {
	title := t.metrics[metric].Title
	return metrics.Text{Ko: title.In("ko"), En: title.In("en")}
}

// value says one side of a change.
func (t *teller) value(metric string, v *ChangedValue) metrics.Text {
	if v == nil {
		return metrics.Text{Ko: "—", En: "—"}
	}
	return value(v.Value, t.metrics[metric].Unit)
}
