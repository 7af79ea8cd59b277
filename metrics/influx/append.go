package influx

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

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
	a.follow()
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

// follow brings what the store remembers of its series up to the state that the append starts from.
func (a *appending) follow() {
	s := a.store
	if s.left.seq != a.state.seq || s.left.revisions != a.state.revisions {
		s.reach.Reset() // another process wrote, or an append failed half way
	}
	for k := range a.rows {
		if s.reach.Knows(k.Metric, k.Source) {
			continue
		}
		switch feeds := a.state.feedsOf(k.Metric, k.Source); {
		case len(feeds) == 0:
			s.reach.Begin(k.Metric, k.Source)
		case feeds[0].Span != nil:
			s.reach.Resume(k.Metric, k.Source, feeds[0].Span[0], feeds[0].Span[1])
		}
	}
}

// findHeads looks up the keys of the rows that may not be new, a few feeds at a time: a server works on one query with one
// processor.
func (a *appending) findHeads(ctx context.Context) error {
	a.heads = map[metrics.Key]revision{}
	var found sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(requestsAtOnce)
	for _, sel := range a.selections() {
		group.Go(func() error {
			revs, err := a.store.revisions(ctx, a.state, sel)
			if err != nil {
				return err
			}
			found.Lock()
			defer found.Unlock()
			for k, head := range newest(revs, time.Time{}) {
				if _, wanted := a.rows[k]; wanted {
					a.heads[k] = *head
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// wanted is the rows of one feed to look up.
type wanted struct {
	rows        int
	first, last int64
	subjects    map[string]bool
}

// selections covers the rows' keys, one selection for each feed that has any of them.
func (a *appending) selections() []selection {
	feeds := map[[2]string]*wanted{}
	for k := range a.rows {
		if a.store.reach.New(k) {
			continue
		}
		w, ok := feeds[[2]string{k.Metric, k.Source}]
		if !ok {
			w = &wanted{first: k.Time, last: k.Time, subjects: map[string]bool{}}
			feeds[[2]string{k.Metric, k.Source}] = w
		}
		w.rows++
		w.first, w.last = min(w.first, k.Time), max(w.last, k.Time)
		w.subjects[k.Subject] = true
	}
	var sels []selection
	for name, w := range feeds {
		sel := a.state.selectFrom(name[0], name[1])
		sel.since, sel.until = time.Unix(w.first, 0), time.Unix(w.last+1, 0)
		if len(sel.feeds) > 0 && !w.fill(sel.feeds[0]) {
			for subject := range w.subjects {
				sel.subjects = append(sel.subjects, subject)
			}
		}
		sels = append(sels, sel)
	}
	return sels
}

// fill reports whether the rows are about all that the feed has in their time, going by its average: then it is quicker to
// read all of it than to name a hundred subjects at a time.
func (w *wanted) fill(f feed) bool {
	if f.Span == nil || len(w.subjects) <= subjectsPerQuery/10 {
		return false
	}
	overlap := float64(min(w.last, f.Span[1])-max(w.first, f.Span[0])) + 1
	expected := float64(f.Live) * overlap / (float64(f.Span[1]-f.Span[0]) + 1)
	return expected < 4*float64(w.rows)
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
		at, name := r.Time.Unix(), [2]string{r.Metric, r.Source.Name}
		n.count(feed{Metric: r.Metric, Source: r.Source.Name, Measurement: measurement}, at, liveChange(a.effects[i]))
		a.store.reach.Add(r.Key())
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
		return rejected(err)
	}
	n.unfinished = n.unfinished[:len(n.unfinished)-1]
	n.recordedAt = max(n.recordedAt, a.at.UnixNano())
	if err := a.store.save(ctx, n); err != nil {
		return err
	}
	a.store.left = left{n.seq, n.revisions}
	return nil
}

// left is the state in which an append of this process left the ledger.
type left struct {
	seq       int64
	revisions metrics.Fingerprint
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
