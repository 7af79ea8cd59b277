package influx

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Append records observations as [metrics.Writer] says. After a failure the call can be repeated: what it may have left
// behind is invisible, and is overwritten.
func (s *Store) Append(ctx context.Context, at time.Time, obs []metrics.Observation) (metrics.Appended, error) {
	if err := metrics.ValidateAppend(at, obs); err != nil {
		return metrics.Appended{}, err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	var done metrics.Appended
	err := s.retry(ctx, func() error {
		a := appending{store: s, at: at.UTC()}
		err := a.run(ctx, obs)
		done = a.done
		return err
	})
	if err != nil {
		return metrics.Appended{}, s.explain(ctx, "append", err)
	}
	return done, nil
}

// appending is one call of Append.
type appending struct {
	store   *Store
	state   *snapshot
	at      time.Time
	rows    map[metrics.Key]metrics.Observation
	heads   map[metrics.Key]revision
	changed []revision
	effects []metrics.Effect
	done    metrics.Appended
	names   map[string]string // measurement of each metric
}

func (a *appending) run(ctx context.Context, obs []metrics.Observation) error {
	var err error
	if a.state, err = a.store.snapshot(ctx); err != nil {
		return err
	}
	a.rows = make(map[metrics.Key]metrics.Observation, len(obs))
	for _, o := range obs { // the last of several with one key counts
		o = o.Normal()
		a.rows[o.Key()] = o
	}
	if err := a.nameMeasurements(ctx); err != nil {
		return err
	}
	if err := a.findHeads(ctx); err != nil {
		return err
	}
	a.decide()
	if len(a.changed) == 0 {
		return ctx.Err()
	}
	return a.commit(ctx)
}

// nameMeasurements finds the measurement of every metric: the one that it has data in, or the one of its kind.
func (a *appending) nameMeasurements(ctx context.Context) error {
	a.names = map[string]string{}
	for _, f := range a.state.feeds {
		a.names[f.Metric] = f.Measurement
	}
	missing := false
	for k := range a.rows {
		_, ok := a.names[k.Metric]
		missing = missing || !ok
	}
	if !missing {
		return nil
	}
	ms, err := a.store.metrics(ctx, "")
	if err != nil {
		return err
	}
	for _, m := range ms {
		if _, ok := a.names[m.ID]; !ok {
			a.names[m.ID] = measurementOf(m.Kind)
		}
	}
	for k := range a.rows {
		if _, ok := a.names[k.Metric]; !ok {
			return fmt.Errorf("append: %w: %s", metrics.ErrUnknownMetric, k.Metric)
		}
	}
	return nil
}

// findHeads looks the rows' keys up, feed by feed.
func (a *appending) findHeads(ctx context.Context) error {
	a.heads = map[metrics.Key]revision{}
	for _, sel := range a.selections() {
		revs, err := a.store.revisions(ctx, a.state, sel)
		if err != nil {
			return err
		}
		for k, head := range newest(revs, time.Time{}) {
			if _, wanted := a.rows[k]; wanted {
				a.heads[k] = *head
			}
		}
	}
	return nil
}

// selections covers the rows' keys, one selection for each feed that exists.
func (a *appending) selections() []selection {
	type bounds struct {
		first, last int64
		subjects    map[string]bool
	}
	feeds := map[[2]string]*bounds{}
	for k := range a.rows {
		b, ok := feeds[[2]string{k.Metric, k.Source}]
		if !ok {
			b = &bounds{first: k.Time, last: k.Time, subjects: map[string]bool{}}
			feeds[[2]string{k.Metric, k.Source}] = b
		}
		b.first, b.last = min(b.first, k.Time), max(b.last, k.Time)
		b.subjects[k.Subject] = true
	}
	var sels []selection
	for name, b := range feeds {
		sel := a.state.selectFrom(name[0], name[1])
		sel.since, sel.until = time.Unix(b.first, 0), time.Unix(b.last+1, 0)
		for subject := range b.subjects {
			sel.subjects = append(sel.subjects, subject)
		}
		sels = append(sels, sel)
	}
	return sels
}

// decide makes the revisions.
func (a *appending) decide() {
	var keys []metrics.Key
	for k, o := range a.rows {
		if head, ok := a.heads[k]; ok && !o.Withdrawn && o.Digest() == head.digest {
			a.done.Unchanged++
			continue
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, metrics.Key.Compare)
	for _, k := range keys {
		var last *metrics.Observation
		head, ok := a.heads[k]
		if ok {
			last = &head.Observation
		}
		o := a.rows[k]
		o.RecordedAt = a.at
		o, effect := metrics.Revise(last, o)
		a.done.Count(effect)
		if effect == metrics.Unchanged {
			continue
		}
		if o.RecordedAt.After(a.at) { // the call has one instant, none before what it replaces
			a.at = o.RecordedAt
		}
		a.changed = append(a.changed, revision{Observation: o, number: head.number + 1, digest: o.Digest()})
		a.effects = append(a.effects, effect)
	}
}

// touched is what an append changed of one feed, for the log of appends.
type touched struct {
	Metric string `json:"metric"`
	Source string `json:"source"`
	First  int64  `json:"first"` // seconds since 1970
	Last   int64  `json:"last"`
	Count  int    `json:"count"`
}

// commit writes the revisions between two states: one that counts the append as unfinished, and one that doesn't.
func (a *appending) commit(ctx context.Context) error {
	n := a.state
	seq := n.seq + 1
	n.seq = seq
	n.unfinished = append(n.unfinished, seq)
	if err := a.store.save(ctx, n); err != nil {
		return err
	}
	lines := make([]string, 0, len(a.changed)+1)
	log := map[[2]string]*touched{}
	for i := range a.changed {
		r := &a.changed[i]
		r.seq, r.RecordedAt = seq, a.at
		measurement := a.names[r.Metric]
		line, err := r.line(measurement)
		if err != nil {
			return err
		}
		lines = append(lines, line)
		n.revisions = n.revisions.Add(metrics.RevisionFingerprint(r.Observation, r.number, r.digest))
		n.count(feed{Metric: r.Metric, Source: r.Source.Name, Measurement: measurement}, liveChange(a.effects[i]))
		at, name := r.Time.Unix(), [2]string{r.Metric, r.Source.Name}
		t, ok := log[name]
		if !ok {
			t = &touched{Metric: r.Metric, Source: r.Source.Name, First: at, Last: at}
			log[name] = t
		}
		t.First, t.Last, t.Count = min(t.First, at), max(t.Last, at), t.Count+1
	}
	entry, err := logLine(seq, a.at, log)
	if err != nil {
		return err
	}
	if err := a.store.write(ctx, append(lines, entry)); err != nil {
		return err
	}
	n.unfinished = n.unfinished[:len(n.unfinished)-1]
	n.recordedAt = max(n.recordedAt, a.at.UnixNano())
	return a.store.save(ctx, n)
}

func liveChange(e metrics.Effect) int {
	switch e {
	case metrics.Added:
		return 1
	case metrics.Withdrawn:
		return -1
	}
	return 0
}

// logLine is the point that finds an append by its time.
func logLine(seq int64, at time.Time, log map[[2]string]*touched) (string, error) {
	feeds := make([]*touched, 0, len(log))
	for _, t := range log {
		feeds = append(feeds, t)
	}
	text, err := json.Marshal(feeds)
	if err != nil {
		return "", err
	}
	p := newPoint(appendMeasurement)
	p.tag("seq", strconv.FormatInt(seq, 10))
	p.int("recorded_at", at.UnixNano())
	p.text("feeds", string(text))
	return p.at(time.Unix(0, 0)), nil
}
