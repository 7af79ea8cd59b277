package query

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// ChangesParams ask what changed in the ledger. Since and Until are about when it was recorded, half-open.
type ChangesParams struct {
	Since, Until time.Time
	Metric       string
	Limit        int // newest first; 200 if zero
	Offset       int // how many of the newest to leave out
}

// Changes is what changed, newest first.
type Changes struct {
	Changes []Change `json:"changes"`
	More    bool     `json:"more,omitempty"` // whether there are older ones
}

// Change is one edit of a source, however many rows of the ledger it took.
type Change struct {
	RecordedAt Moment        `json:"recorded_at"`
	Kind       string        `json:"kind"`
	Metric     string        `json:"metric,omitempty"`
	Subject    string        `json:"subject,omitempty"`
	Name       string        `json:"name,omitempty"`
	Time       *Moment       `json:"time,omitempty"`
	Before     *ChangedValue `json:"before,omitempty"`
	After      *ChangedValue `json:"after,omitempty"`
	Count      int           `json:"count,omitempty"` // rows that changed together, where more than one
	Source     string        `json:"source"`
	Text       metrics.Text  `json:"text"`
	Events     []Change      `json:"events,omitempty"` // each row, where more than one changed together
}

// FirstOfSource reports whether it tells of the first rows of a source.
func (c Change) FirstOfSource() bool {
	return c.Kind == metrics.ChangeAdded && c.Metric == "" && c.Subject == ""
}

// Rows is how many rows of the ledger changed.
func (c Change) Rows() int { return max(1, c.Count) }

// ChangedValue is one side of a change.
type ChangedValue struct {
	Subject string  `json:"subject"`
	Name    string  `json:"name,omitempty"`
	Time    Moment  `json:"time"`
	Setting string  `json:"setting,omitempty"`
	Value   float64 `json:"value"`
}

// ParseChanges reads since, until, metric, limit and offset.
func ParseChanges(v Values) (ChangesParams, error) {
	r := reader{values: v}
	p := ChangesParams{Since: r.time("since"), Until: r.time("until"), Metric: v("metric")}
	count := func(name string, most int) int {
		n := r.number(name)
		if r.err == nil && (n < 0 || n != math.Trunc(n)) {
			r.fail(name, v(name), metrics.Text{Ko: "0 이상인 정수여야 합니다.", En: "a whole number is needed"})
			return 0
		}
		return int(min(n, float64(most)))
	}
	p.Limit, p.Offset = count("limit", maxChanges), count("offset", 1e6)
	if p.Limit == 0 {
		p.Limit = 200
	}
	return p, r.err
}

const maxChanges = 5000

// Changes answers what changed in the ledger. The first rows of a source are one change.
func (e *Engine) Changes(ctx context.Context, p ChangesParams) (Changes, error) {
	return cached(ctx, e, fmt.Sprintf("changes %+v", p), func() (Changes, error) { return e.changes(ctx, p) })
}

func (e *Engine) changes(ctx context.Context, p ChangesParams) (Changes, error) {
	if p.Metric != "" {
		if _, err := e.metric(ctx, p.Metric); err != nil {
			return Changes{}, err
		}
	}
	teller, err := e.teller(ctx)
	if err != nil {
		return Changes{}, err
	}
	out := Changes{Changes: []Change{}}
	skip := p.Offset
	for told, err := range e.toldBackwards(ctx, p, teller) {
		if err != nil {
			return Changes{}, err
		}
		if p.Metric != "" {
			of, ok := told.Of(p.Metric)
			if !ok {
				continue
			}
			told = of
		}
		switch {
		case skip > 0:
			skip--
			continue
		case len(out.Changes) == p.Limit:
			out.More = true
			return out, nil
		}
		out.Changes = append(out.Changes, teller.tell(told))
	}
	return out, nil
}

// revisionsAtOnce is how many revisions are read before it is known how many changes they tell: more only where one instant
// has more.
const revisionsAtOnce = 2000

// toldBackwards tells changes from the newest on, reading no more of the ledger than is asked for. A run is told whole, so a
// metric selects among changes rather than among revisions.
func (e *Engine) toldBackwards(ctx context.Context, p ChangesParams, teller *teller) iter.Seq2[metrics.Change, error] {
	return func(yield func(metrics.Change, error) bool) {
		until, limit := p.Until, revisionsAtOnce
		for {
			revisions, err := e.ledger.Revisions(ctx, metrics.RevisionQuery{Since: p.Since, Until: until, Limit: limit})
			if err != nil {
				yield(metrics.Change{}, fmt.Errorf("revisions: %w", err))
				return
			}
			all := len(revisions) < limit
			if !all { // of its oldest instant there may be more
				oldest := revisions[limit-1].RecordedAt
				whole := slices.IndexFunc(revisions, func(r metrics.Revision) bool { return r.RecordedAt.Equal(oldest) })
				if revisions = revisions[:whole]; whole == 0 {
					limit *= 4
					continue
				}
			}
			if len(revisions) == 0 {
				return
			}
			metrics.SortRevisions(revisions, false)
			if all && p.Since.IsZero() {
				teller.fromStart(revisions)
			}
			told := metrics.Changes(revisions, teller.context())
			if teller.err != nil {
				yield(metrics.Change{}, teller.err)
				return
			}
			for _, c := range slices.Backward(told) {
				if !yield(c, nil) {
					return
				}
			}
			if all {
				return
			}
			until, limit = revisions[0].RecordedAt, revisionsAtOnce
		}
	}
}

// Table implements [Tabular]: a row for every event.
func (c Changes) Table() Table {
	t := Table{Header: []string{"recorded_at", "kind", "metric", "subject", "name", "time", "before", "after", "source", "text_ko", "text_en"}}
	for _, change := range c.Changes {
		events := change.Events
		if len(events) == 0 {
			events = []Change{change}
		}
		for _, x := range events {
			row := []string{x.RecordedAt.String(), x.Kind, x.Metric, x.Subject, x.Name, moment(x.Time), "", "", x.Source, x.Text.Ko, x.Text.En}
			if x.Before != nil {
				row[6] = number(&x.Before.Value)
			}
			if x.After != nil {
				row[7] = number(&x.After.Value)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
