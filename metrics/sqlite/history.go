package sqlite

import (
	"context"
	"database/sql"
	"math"
	"slices"

	"github.com/scalebook/scalebook/metrics"
)

const (
	appendsOldest = `SELECT recorded_at, first_revision, last_revision FROM append
		WHERE recorded_at >= ?1 AND recorded_at < ?2 ORDER BY recorded_at, id`
	appendsNewest = `SELECT recorded_at, first_revision, last_revision FROM append
		WHERE recorded_at >= ?1 AND recorded_at < ?2 ORDER BY recorded_at DESC, id DESC`
	// The first revision that a metric and a source may have, either of them blank for all; NULL where they have none.
	firstOfFeeds = `SELECT min(first) FROM feed
		WHERE (?1 = '' OR metric = (SELECT id FROM text WHERE value = ?1))
		AND (?2 = '' OR source = (SELECT id FROM text WHERE value = ?2))`
	revisionRange = `SELECT ` + revisionFields + ` FROM revision r WHERE r.id BETWEEN ?1 AND ?2
		AND (?3 = '' OR r.metric = (SELECT id FROM text WHERE value = ?3))
		AND (?4 = '' OR r.source = (SELECT id FROM text WHERE value = ?4)) ORDER BY r.id`
)

// span is the revisions of one append.
type span struct{ recordedAt, first, last int64 }

// Revisions returns entries ordered by RecordedAt, then by key.
func (s *Store) Revisions(ctx context.Context, q metrics.RevisionQuery) ([]metrics.Revision, error) {
	rows, err := s.history(ctx, q)
	if err != nil {
		return nil, s.explain(ctx, "read revisions", err)
	}
	revs, err := s.withBefore(ctx, rows)
	if err != nil {
		return nil, s.explain(ctx, "read revisions", err)
	}
	metrics.SortRevisions(revs, q.Limit > 0)
	if limit := max(q.Limit, -q.Limit); limit > 0 && len(revs) > limit {
		revs = revs[:limit]
	}
	return revs, nil
}

// history reads the selected rows, more than the limit only where they were recorded at one instant.
func (s *Store) history(ctx context.Context, q metrics.RevisionQuery) ([]revision, error) {
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.Since.IsZero() {
		since = nanos(q.Since)
	}
	if !q.Until.IsZero() {
		until = nanos(q.Until)
	}
	if q.Subject != "" {
		return s.subjectHistory(ctx, q, since, until)
	}
	order := appendsOldest
	if q.Limit > 0 {
		order = appendsNewest
	}
	var spans []span
	var first sql.NullInt64
	err := s.each(ctx, firstOfFeeds, []any{q.Metric, q.Source}, func(from scanner) error { return from.Scan(&first) })
	if err != nil || !first.Valid {
		return nil, err
	}
	err = s.each(ctx, order, []any{since, until}, func(from scanner) error {
		var a span
		err := from.Scan(&a.recordedAt, &a.first, &a.last)
		if a.last >= first.Int64 {
			spans = append(spans, a)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var rows []revision
	limit := max(q.Limit, -q.Limit)
	for i, a := range spans {
		if limit > 0 && len(rows) >= limit && a.recordedAt != spans[i-1].recordedAt {
			break
		}
		more, err := s.revisions(ctx, revisionRange, a.first, a.last, q.Metric, q.Source)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// subjectHistory follows each of a subject's keys back from its head.
func (s *Store) subjectHistory(ctx context.Context, q metrics.RevisionQuery, since, until int64) ([]revision, error) {
	rows, err := s.revisions(ctx, subjectHeads, q.Subject, 1)
	if err != nil {
		return nil, err
	}
	metric, source, err := s.filterNumbers(ctx, q)
	if err != nil {
		return nil, err
	}
	var kept []revision
	for len(rows) > 0 {
		var earlier []int64
		for _, r := range rows {
			if q.Metric != "" && r.slot.metric != metric || q.Source != "" && r.slot.source != source {
				continue
			}
			if r.recordedAt >= since && r.recordedAt < until {
				kept = append(kept, r)
			}
			if r.before != 0 && r.recordedAt >= since {
				earlier = append(earlier, r.before)
			}
		}
		if rows = nil; len(earlier) > 0 {
			if rows, err = s.byID(ctx, earlier); err != nil {
				return nil, err
			}
		}
	}
	if q.Limit <= 0 { // newest first so far
		slices.Reverse(kept)
	}
	return kept, nil
}

// filterNumbers returns the numbers of the metric and source asked for, 0 for a string that the ledger has never seen.
func (s *Store) filterNumbers(ctx context.Context, q metrics.RevisionQuery) (metric, source int64, err error) {
	for _, f := range []struct {
		text string
		to   *int64
	}{{q.Metric, &metric}, {q.Source, &source}} {
		err := s.each(ctx, textNumber, []any{f.text}, func(from scanner) error { return from.Scan(f.to) })
		if err != nil {
			return 0, 0, err
		}
	}
	return metric, source, nil
}

// withBefore spells rows out, each with the revision it replaced.
func (s *Store) withBefore(ctx context.Context, rows []revision) ([]metrics.Revision, error) {
	var ids []int64
	for i := range rows {
		if rows[i].before != 0 {
			ids = append(ids, rows[i].before)
		}
	}
	var earlier []revision
	if len(ids) > 0 {
		var err error
		if earlier, err = s.byID(ctx, ids); err != nil {
			return nil, err
		}
	}
	before := make(map[int64]*revision, len(earlier))
	for i := range earlier {
		before[earlier[i].id] = &earlier[i]
	}
	spell, err := s.lookup(ctx, append(earlier, rows...))
	if err != nil {
		return nil, err
	}
	revs := make([]metrics.Revision, len(rows))
	for i := range rows {
		revs[i].Observation = rows[i].observation(spell)
		if b := before[rows[i].before]; b != nil {
			o := b.observation(spell)
			revs[i].Before = &o
		}
	}
	return revs, nil
}
