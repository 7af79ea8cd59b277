package influx

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/influxdata/influxdb-client-go/v2/api/query"
	"github.com/scalebook/scalebook/metrics"
)

// logged is an entry of the log of appends.
type logged struct {
	seq, recordedAt int64
	feeds           []touched
}

// Revisions returns entries ordered by RecordedAt, then by key.
func (s *Store) Revisions(ctx context.Context, q metrics.RevisionQuery) ([]metrics.Revision, error) {
	n, err := s.snapshot(ctx)
	if err != nil {
		return nil, s.explain(ctx, "read revisions", err)
	}
	found, wanted, err := s.history(ctx, n, q)
	if err != nil {
		return nil, s.explain(ctx, "read revisions", err)
	}
	slices.SortFunc(found, func(a, b revision) int {
		return cmp.Or(a.Key().Compare(b.Key()), cmp.Compare(a.number, b.number))
	})
	revs := []metrics.Revision{}
	for i, r := range found {
		if !wanted(&r) {
			continue
		}
		rev := metrics.Revision{Observation: r.Observation}
		if i > 0 && found[i-1].Key() == r.Key() {
			rev.Before = &found[i-1].Observation
		}
		revs = append(revs, rev)
	}
	if q.Limit > 0 { // of one key's revisions at one instant the newer comes first
		slices.Reverse(revs)
	}
	metrics.SortRevisions(revs, q.Limit > 0)
	if limit := max(q.Limit, -q.Limit); limit > 0 && len(revs) > limit {
		revs = revs[:limit]
	}
	return revs, nil
}

// history reads all revisions of the keys that may matter, and returns which of them were asked for.
func (s *Store) history(ctx context.Context, n *snapshot, q metrics.RevisionQuery) ([]revision, func(*revision) bool, error) {
	inTime := func(at time.Time) bool {
		return (q.Since.IsZero() || !at.Before(q.Since)) && (q.Until.IsZero() || at.Before(q.Until))
	}
	if q.Subject != "" {
		sel := n.selectFrom(q.Metric, q.Source)
		sel.subjects = []string{q.Subject}
		revs, err := s.revisions(ctx, n, sel)
		return revs, func(r *revision) bool { return inTime(r.RecordedAt) }, err
	}
	log, err := s.appends(ctx, n)
	if err != nil {
		return nil, nil, err
	}
	log = slices.DeleteFunc(log, func(l logged) bool { return !inTime(time.Unix(0, l.recordedAt)) })
	slices.SortFunc(log, func(a, b logged) int { return cmp.Compare(a.recordedAt, b.recordedAt) })
	if q.Limit > 0 {
		slices.Reverse(log)
	}
	limit := max(q.Limit, -q.Limit)
	sels := map[[2]string]*selection{}
	seqs := map[int64]bool{}
	count := 0
	for i, l := range log {
		if limit > 0 && count >= limit && l.recordedAt != log[i-1].recordedAt {
			break
		}
		seqs[l.seq] = true
		for _, t := range l.feeds {
			if q.Metric != "" && t.Metric != q.Metric || q.Source != "" && t.Source != q.Source {
				continue
			}
			count += t.Count
			first, last := time.Unix(t.First, 0), time.Unix(t.Last+1, 0)
			sel, ok := sels[[2]string{t.Metric, t.Source}]
			if !ok {
				whole := n.selectFrom(t.Metric, t.Source)
				sel, whole.since, whole.until = &whole, first, last
				sels[[2]string{t.Metric, t.Source}] = sel
			}
			if first.Before(sel.since) {
				sel.since = first
			}
			if last.After(sel.until) {
				sel.until = last
			}
		}
	}
	var found []revision
	for _, sel := range sels {
		revs, err := s.revisions(ctx, n, *sel)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, revs...)
	}
	return found, func(r *revision) bool { return seqs[r.seq] }, nil
}

// appends reads the log of appends that the snapshot shows.
func (s *Store) appends(ctx context.Context, n *snapshot) ([]logged, error) {
	var log []logged
	err := s.query(ctx, s.own(appendMeasurement)+pivot, func(record *query.FluxRecord) error {
		c := cells{record: record}
		l := logged{recordedAt: c.int("recorded_at")}
		var err error
		if l.seq, err = strconv.ParseInt(c.text("seq"), 10, 64); err == nil {
			err = json.Unmarshal([]byte(c.text("feeds")), &l.feeds)
		}
		if err != nil {
			return fmt.Errorf("%w: log of appends: %w", metrics.ErrDamaged, err)
		}
		if n.visible(l.seq) {
			log = append(log, l)
		}
		return c.err
	})
	return log, err
}
