package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Statements of the readers. A feed is looked up first, since the key of head begins with metric and source.
const (
	headsWhere = `SELECT ` + revisionFields + ` FROM feed f CROSS JOIN head h ON h.metric = f.metric AND h.source = f.source
		CROSS JOIN revision r ON r.id = h.revision `
	metricHeads = headsWhere + `
		WHERE f.metric = (SELECT id FROM text WHERE value = ?1)
		AND (?2 = '' OR f.source = (SELECT id FROM text WHERE value = ?2))
		AND h.time >= ?3 AND h.time < ?4 AND r.withdrawn <= ?5`
	metricSubjectHeads = headsWhere + `
		WHERE f.metric = (SELECT id FROM text WHERE value = ?1)
		AND (?2 = '' OR f.source = (SELECT id FROM text WHERE value = ?2))
		AND h.time >= ?3 AND h.time < ?4 AND r.withdrawn <= ?5
		AND h.subject IN (SELECT id FROM text WHERE value IN (SELECT value FROM json_each(?6)))`
	subjectHeads = headsWhere + `WHERE h.subject = (SELECT id FROM text WHERE value = ?1) AND r.withdrawn <= ?2`
	sourceHeads  = headsWhere + `WHERE f.source = (SELECT id FROM text WHERE value = ?1) AND r.withdrawn = 0`
	revisionsIn  = `SELECT ` + revisionFields + ` FROM revision r WHERE r.id IN (SELECT value FROM json_each(?))`
	liveCounts   = `SELECT t.value, sum(f.live) FROM feed f JOIN text t ON t.id = f.metric GROUP BY f.metric HAVING sum(f.live) > 0`
)

// Observations returns the live revision of each selected key.
func (s *Store) Observations(ctx context.Context, q metrics.Query) ([]metrics.Observation, error) {
	doing := "read metric " + q.Metric
	if _, err := s.Metric(ctx, q.Metric); err != nil {
		return nil, err
	}
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.Since.IsZero() {
		since = ceilSeconds(q.Since)
	}
	if !q.Until.IsZero() {
		until = ceilSeconds(q.Until)
	}
	args := []any{q.Metric, q.Source, since, until, withdrawnToo(q.AsOf)}
	text := metricHeads
	if q.Subjects != nil {
		list, err := json.Marshal(q.Subjects)
		if err != nil {
			return nil, err
		}
		text, args = metricSubjectHeads, append(args, string(list))
	}
	return s.live(ctx, doing, q.AsOf, text, args...)
}

// SubjectObservations returns the live observations of one subject over all metrics.
func (s *Store) SubjectObservations(ctx context.Context, subject string, asOf time.Time) ([]metrics.Observation, error) {
	return s.live(ctx, "read subject "+subject, asOf, subjectHeads, subject, withdrawnToo(asOf))
}

// SourceObservations returns the live observations of one source over all metrics.
func (s *Store) SourceObservations(ctx context.Context, source string) ([]metrics.Observation, error) {
	return s.live(ctx, "read source "+source, time.Time{}, sourceHeads, source)
}

// withdrawnToo is the greatest value of the withdrawn column to read: what is withdrawn now may have been live at asOf.
func withdrawnToo(asOf time.Time) int {
	if asOf.IsZero() {
		return 0
	}
	return 1
}

// live runs a query for heads and returns the observations that are live, or were at asOf.
func (s *Store) live(ctx context.Context, doing string, asOf time.Time, text string, args ...any) ([]metrics.Observation, error) {
	rows, err := s.revisions(ctx, text, args...)
	if err == nil && !asOf.IsZero() {
		rows, err = s.rewind(ctx, rows, nanos(asOf))
	}
	if err != nil {
		return nil, s.explain(ctx, doing, err)
	}
	spell, err := s.lookup(ctx, rows)
	if err != nil {
		return nil, s.explain(ctx, doing, err)
	}
	obs := make([]metrics.Observation, 0, len(rows))
	for i := range rows {
		if !rows[i].withdrawn {
			obs = append(obs, rows[i].observation(spell))
		}
	}
	metrics.SortObservations(obs)
	return obs, nil
}

// rewind replaces each row by the one of its key that was the newest at asOf, and drops those that have none.
func (s *Store) rewind(ctx context.Context, rows []revision, asOf int64) ([]revision, error) {
	kept := rows[:0]
	var earlier []int64
	for _, r := range rows {
		switch {
		case r.recordedAt <= asOf:
			kept = append(kept, r)
		case r.before != 0:
			earlier = append(earlier, r.before)
		}
	}
	if len(earlier) == 0 {
		return kept, nil
	}
	more, err := s.byID(ctx, earlier)
	if err != nil {
		return nil, err
	}
	if more, err = s.rewind(ctx, more, asOf); err != nil {
		return nil, err
	}
	return append(kept, more...), nil
}

// byID reads revisions by id.
func (s *Store) byID(ctx context.Context, ids []int64) ([]revision, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := s.revisions(ctx, revisionsIn, string(list))
	if err == nil && len(rows) < len(ids) {
		return nil, fmt.Errorf("%w: %d revisions are gone", metrics.ErrDamaged, len(ids)-len(rows))
	}
	return rows, err
}

// revisions reads rows of the table revision.
func (s *Store) revisions(ctx context.Context, text string, args ...any) ([]revision, error) {
	var rows []revision
	err := s.each(ctx, text, args, func(from scanner) error {
		var r revision
		err := r.scan(from)
		rows = append(rows, r)
		return err
	})
	return rows, err
}

// each runs a query and hands every row to use.
func (s *Store) each(ctx context.Context, text string, args []any, use func(scanner) error) error {
	stmt, err := s.stmts.on(ctx, s.read, text)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := use(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Counts returns the number of live observations of each metric that has any.
func (s *Store) Counts(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	err := s.each(ctx, liveCounts, nil, func(from scanner) error {
		var id string
		var n int
		err := from.Scan(&id, &n)
		counts[id] = n
		return err
	})
	if err != nil {
		return nil, s.explain(ctx, "count", err)
	}
	return counts, nil
}

// State identifies the ledger's content.
func (s *Store) State(ctx context.Context) (metrics.State, error) {
	var state metrics.State
	err := s.each(ctx, readState, nil, func(from scanner) error {
		var recordedAt int64
		if err := from.Scan(&state.ID, &recordedAt); err != nil {
			return err
		}
		if recordedAt != 0 {
			state.RecordedAt = time.Unix(0, recordedAt).UTC()
		}
		return nil
	})
	if err != nil {
		return metrics.State{}, s.explain(ctx, "read its state", err)
	}
	return state, nil
}

func parseState(text string) (metrics.Fingerprint, error) {
	f, err := metrics.ParseFingerprint(text)
	if err != nil {
		return f, fmt.Errorf("%w: %w", metrics.ErrDamaged, err)
	}
	return f, nil
}
