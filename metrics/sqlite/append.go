package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Append records observations as [metrics.Writer] says, in one transaction.
func (s *Store) Append(ctx context.Context, at time.Time, obs []metrics.Observation) (metrics.Appended, error) {
	if err := metrics.ValidateAppend(at, obs); err != nil {
		return metrics.Appended{}, err
	}
	var done metrics.Appended
	err := s.update(ctx, "append", func(w *writer) error {
		a := appending{writer: w, at: at.UTC()}
		if err := a.read(ctx, obs); err != nil {
			return err
		}
		if err := a.findHeads(ctx); err != nil {
			return err
		}
		if err := a.decide(ctx); err != nil {
			return err
		}
		done = a.done
		return a.keep(ctx)
	})
	if err != nil {
		return metrics.Appended{}, err
	}
	return done, nil
}

// slot is a key of the ledger in numbers of the dictionary.
type slot struct{ metric, source, subject, setting, time int64 }

func (k slot) compare(l slot) int {
	return cmp.Or(cmp.Compare(k.metric, l.metric), cmp.Compare(k.source, l.source), cmp.Compare(k.subject, l.subject),
		cmp.Compare(k.setting, l.setting), cmp.Compare(k.time, l.time))
}

// feedKey names a feed.
type feedKey struct{ metric, source int64 }

// row is one observation on its way into the ledger.
type row struct {
	slot   slot
	obs    metrics.Observation
	head   int64 // newest revision of the slot, 0 for none
	digest int64 // its digest
	number int64 // of the revision that the row makes
}

// appending is one call of Append.
type appending struct {
	*writer
	at      time.Time
	rows    []*row // in the order of the table of heads, where neighbours are on one page
	changed []*row
	feeds   map[feedKey]int64 // known feeds, with the change of their live count
	done    metrics.Appended
}

// read turns the observations into rows, the last of several with one key, and numbers their strings.
func (a *appending) read(ctx context.Context, obs []metrics.Observation) error {
	read := make([]row, 0, len(obs))
	seen := make(map[slot]int, len(obs))
	catalogued := map[string]bool{}
	for _, o := range obs {
		if !catalogued[o.Metric] {
			if err := a.requireMetric(ctx, o.Metric); err != nil {
				return err
			}
			catalogued[o.Metric] = true
		}
		o = o.Normal()
		o.RecordedAt = a.at
		r := row{obs: o, slot: slot{time: o.Time.Unix()}}
		for _, t := range []struct {
			to   *int64
			text string
		}{
			{&r.slot.metric, o.Metric}, {&r.slot.source, o.Source.Name}, {&r.slot.subject, o.Subject}, {&r.slot.setting, o.Setting},
		} {
			var err error
			if *t.to, err = a.number(ctx, t.text); err != nil {
				return err
			}
		}
		if i, ok := seen[r.slot]; ok {
			read[i] = r
			continue
		}
		seen[r.slot] = len(read)
		read = append(read, r)
	}
	a.rows = make([]*row, len(read))
	for i := range read {
		a.rows[i] = &read[i]
	}
	slices.SortFunc(a.rows, func(x, y *row) int { return x.slot.compare(y.slot) })
	return nil
}

// findHeads looks up the newest revision of each row's key, many per statement. Rows that are surely new have none.
func (a *appending) findHeads(ctx context.Context) error {
	a.feeds = map[feedKey]int64{}
	reach := &a.store.reach
	seen := map[feedKey]bool{}
	var wanted []int
	for i, r := range a.rows {
		if f := (feedKey{r.slot.metric, r.slot.source}); !seen[f] {
			seen[f] = true
			if err := a.follow(ctx, f, r.obs); err != nil {
				return err
			}
		}
		if !reach.New(r.obs.Key()) {
			wanted = append(wanted, i)
		}
	}
	for len(wanted) > 0 {
		n := min(rowsPerStatement, len(wanted))
		if err := a.findSome(ctx, wanted[:n]); err != nil {
			return err
		}
		wanted = wanted[n:]
	}
	return nil
}

// follow begins to remember the times of a feed that the ledger has never seen.
func (a *appending) follow(ctx context.Context, f feedKey, o metrics.Observation) error {
	if a.store.reach.Knows(o.Metric, o.Source.Name) {
		return nil
	}
	var n int
	if err := a.stmt(feedExists).QueryRowContext(ctx, f.metric, f.source).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		a.store.reach.Begin(o.Metric, o.Source.Name)
	}
	return nil
}

func (a *appending) findSome(ctx context.Context, indexes []int) error {
	args := make([]any, 0, 6*len(indexes))
	for _, i := range indexes {
		k := a.rows[i].slot
		args = append(args, i, k.metric, k.source, k.subject, k.setting, k.time)
	}
	found, err := a.queryMany(ctx, headsOf, len(indexes), args)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var i int
		var head, digest int64
		if err := found.Scan(&i, &head, &digest); err != nil {
			return err
		}
		a.rows[i].head, a.rows[i].digest = head, digest
	}
	return found.Err()
}

// decide makes the revisions: which rows change their key, and into what.
func (a *appending) decide(ctx context.Context) error {
	for _, r := range a.rows {
		if r.head != 0 && !r.obs.Withdrawn && int64(r.obs.Digest()) == r.digest {
			a.done.Unchanged++
			continue
		}
		var last *metrics.Observation
		number := int64(1)
		if r.head != 0 {
			before, err := a.revision(ctx, r.head)
			if err != nil {
				return err
			}
			if last, err = a.observation(ctx, before); err != nil {
				return err
			}
			number = before.number + 1
		}
		var effect metrics.Effect
		r.obs, effect = metrics.Revise(last, r.obs)
		a.done.Count(effect)
		if effect == metrics.Unchanged {
			continue
		}
		f := feedKey{r.slot.metric, r.slot.source}
		switch effect {
		case metrics.Added:
			a.feeds[f]++
		case metrics.Withdrawn:
			a.feeds[f]--
		default:
			a.feeds[f] += 0
		}
		if r.obs.RecordedAt.After(a.at) { // the call has one instant, none before what it replaces
			a.at = r.obs.RecordedAt
		}
		r.number = number
		a.changed = append(a.changed, r)
	}
	return nil
}

// keep writes the revisions, the heads and the state.
func (a *appending) keep(ctx context.Context) error {
	if len(a.changed) == 0 {
		return nil
	}
	var first int64
	if err := a.stmt(nextRevision).QueryRowContext(ctx).Scan(&first); err != nil {
		return err
	}
	revisions := a.insert(insertRevisions, revisionColumns)
	heads := a.insert(insertHeads, 7)
	recordedAt := a.at.UnixNano()
	for i, r := range a.changed {
		a.store.reach.Add(r.obs.Key())
		number := int(r.number)
		digest := r.obs.Digest()
		e, err := a.encode(ctx, r.slot, r.obs)
		if err != nil {
			return err
		}
		e.id, e.number, e.before, e.recordedAt = first+int64(i), int64(number), r.head, recordedAt
		if err := revisions.add(ctx, e.columns()...); err != nil {
			return err
		}
		k := r.slot
		if err := heads.add(ctx, k.metric, k.source, k.subject, k.setting, k.time, e.id, int64(digest)); err != nil {
			return err
		}
		a.fingerprint = a.fingerprint.Add(metrics.RevisionFingerprint(r.obs, number, digest))
	}
	if err := revisions.flush(ctx); err != nil {
		return err
	}
	if err := heads.flush(ctx); err != nil {
		return err
	}
	for f, live := range a.feeds {
		if _, err := a.stmt(countFeed).ExecContext(ctx, f.metric, f.source, live, first); err != nil {
			return err
		}
	}
	a.recordedAt = max(a.recordedAt, recordedAt)
	_, err := a.stmt(insertAppend).ExecContext(ctx, recordedAt, first, first+int64(len(a.changed))-1)
	return err
}

// encode turns an observation into a revision in numbers of the dictionary.
func (w *writer) encode(ctx context.Context, k slot, o metrics.Observation) (revision, error) {
	e := revision{
		slot: k, value: o.Value, low: null(o.Low), high: null(o.High),
		row: int64(o.Source.Row), withdrawn: o.Withdrawn,
	}
	if t := o.Source.RetrievedAt; !t.IsZero() {
		e.retrievedAt = sql.NullInt64{Int64: t.Unix(), Valid: true}
	}
	for _, t := range []struct {
		to   *int64
		text string
	}{
		{&e.interval, o.Interval}, {&e.name, o.Name}, {&e.url, o.Source.URL}, {&e.version, o.Source.Version}, {&e.file, o.Source.File},
	} {
		var err error
		if *t.to, err = w.number(ctx, t.text); err != nil {
			return revision{}, err
		}
	}
	return e, nil
}

func null(b metrics.Bound) sql.NullFloat64 {
	return sql.NullFloat64{Float64: b.Value, Valid: b.Known}
}

// requireMetric fails with ErrUnknownMetric unless the catalogue has the metric.
func (w *writer) requireMetric(ctx context.Context, id string) error {
	var n int
	if err := w.stmt(metricExists).QueryRowContext(ctx, id).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("append: %w: %s", metrics.ErrUnknownMetric, id)
	}
	return nil
}

// nanos is t in nanoseconds since 1970, or the nearest that 64 bits hold.
func nanos(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, math.MinInt64)):
		return math.MinInt64
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	}
	return t.UnixNano()
}

// ceilSeconds is the first whole second since 1970 that isn't before t.
func ceilSeconds(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}
