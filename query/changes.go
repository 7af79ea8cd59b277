package query

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// ChangesParams ask what changed in the ledger. Since and Until are about when it was recorded, half-open.
type ChangesParams struct {
	Since, Until time.Time
	Metric       string
	Limit        int // newest first; 200 if zero
}

// Changes is what changed, newest first.
type Changes struct {
	Changes []Change `json:"changes"`
}

// Change is one event, however many rows of the ledger it took.
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
}

// ChangedValue is one side of a change.
type ChangedValue struct {
	Subject string  `json:"subject"`
	Name    string  `json:"name,omitempty"`
	Time    Moment  `json:"time"`
	Setting string  `json:"setting,omitempty"`
	Value   float64 `json:"value"`
}

// ParseChanges reads since, until, metric and limit.
func ParseChanges(v Values) (ChangesParams, error) {
	r := reader{values: v}
	p := ChangesParams{Since: r.time("since"), Until: r.time("until"), Metric: v("metric")}
	limit := r.number("limit")
	if r.err == nil && (limit < 0 || limit != float64(int(limit))) {
		r.fail("limit", v("limit"), metrics.Text{Ko: "0 이상인 정수여야 합니다.", En: "a whole number is needed"})
	}
	p.Limit = min(int(limit), maxChanges)
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
	for told, err := range e.toldBackwards(ctx, p, teller) {
		if err != nil {
			return Changes{}, err
		}
		if p.Metric != "" && told.Metric != p.Metric {
			continue
		}
		out.Changes = append(out.Changes, teller.tell(told))
		if len(out.Changes) == p.Limit {
			break
		}
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
	out.Text = t.sentence(c, out)
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

// sentence says a change in words.
func (t *teller) sentence(c metrics.Change, shown Change) metrics.Text {
	m := t.metrics[c.Metric]
	title := metrics.Text{Ko: m.Title.In("ko"), En: m.Title.In("en")}
	value := func(v *ChangedValue) metrics.Text {
		if v == nil {
			return metrics.Text{Ko: "—", En: "—"}
		}
		return value(v.Value, m.Unit)
	}
	before, after := value(shown.Before), value(shown.After)
	rows := metrics.Text{}
	if c.Count > 1 {
		n := strconv.Itoa(c.Count)
		rows = metrics.Text{Ko: " (" + n + "행)", En: " (" + n + " rows)"}
	}
	switch c.Kind {
	case metrics.ChangeRecord:
		was := metrics.Text{}
		if shown.Before != nil {
			was = metrics.Text{Ko: ", 앞서는 " + before.Ko, En: ", was " + before.En}
		}
		return metrics.Text{
			Ko: fmt.Sprintf("%s의 새 기록: %s, %s%s.", title.Ko, shown.Name, after.Ko, was.Ko),
			En: fmt.Sprintf("New record on %s: %s, %s%s.", title.En, shown.Name, after.En, was.En)}
	case metrics.ChangeRevised:
		return metrics.Text{
			Ko: fmt.Sprintf("%s, %s: 값을 고쳤다(%s → %s).%s", title.Ko, shown.Name, before.Ko, after.Ko, rows.Ko),
			En: fmt.Sprintf("%s, %s: revised from %s to %s.%s", title.En, shown.Name, before.En, after.En, rows.En)}
	case metrics.ChangeWithdrawn:
		return metrics.Text{
			Ko: fmt.Sprintf("%s, %s: 값을 거두었다(%s).%s", title.Ko, shown.Name, before.Ko, rows.Ko),
			En: fmt.Sprintf("%s, %s: %s withdrawn.%s", title.En, shown.Name, before.En, rows.En)}
	case metrics.ChangeRenamed:
		from, to := shown.Before.Name, shown.After.Name
		if from == to { // it is called the same, under another id
			from, to = shown.Before.Subject, shown.After.Subject
		}
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 이름이 바뀌었다(전에는 %s).%s", to, from, rows.Ko),
			En: fmt.Sprintf("%s was renamed to %s.%s", from, to, rows.En)}
	case metrics.ChangeRedated:
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 날짜가 바뀌었다(%s → %s).%s", shown.Name, shown.Before.Time, shown.After.Time, rows.Ko),
			En: fmt.Sprintf("%s was redated from %s to %s.%s", shown.Name, shown.Before.Time, shown.After.Time, rows.En)}
	}
	if c.Subject == "" {
		n := strconv.Itoa(c.Count)
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 처음 들어온 자료, %s행.", c.Source, n),
			En: fmt.Sprintf("%s: first taken in, %s rows.", c.Source, n)}
	}
	return metrics.Text{
		Ko: fmt.Sprintf("%s, %s: 값을 더했다(%s).%s", title.Ko, shown.Name, after.Ko, rows.Ko),
		En: fmt.Sprintf("%s, %s: %s added.%s", title.En, shown.Name, after.En, rows.En)}
}

// Table implements [Tabular].
func (c Changes) Table() Table {
	t := Table{Header: []string{"recorded_at", "kind", "metric", "subject", "name", "time", "before", "after", "source", "text_ko", "text_en"}}
	for _, x := range c.Changes {
		row := []string{x.RecordedAt.String(), x.Kind, x.Metric, x.Subject, x.Name, moment(x.Time), "", "", x.Source, x.Text.Ko, x.Text.En}
		if x.Before != nil {
			row[6] = number(&x.Before.Value)
		}
		if x.After != nil {
			row[7] = number(&x.After.Value)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
