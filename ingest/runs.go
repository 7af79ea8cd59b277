package ingest

import (
	"context"
	"time"
)

// record keeps how a run went.
func (j *Journal) record(ctx context.Context, o Outcome) error {
	_, err := j.db.ExecContext(ctx, `INSERT INTO run (source, kind, location, version, started_at, finished_at, result, error, added, revised, withdrawn, unchanged, quarantined, reports)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.Source, o.Kind, o.Location, o.Version, o.Started.UnixMicro(), o.Finished.UnixMicro(), o.Result, o.Error,
		o.Added, o.Revised, o.Withdrawn, o.Unchanged, o.Quarantined, o.Reports)
	return err
}

// Runs returns the newest runs first.
func (j *Journal) Runs(ctx context.Context, limit int) ([]Outcome, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT id, source, kind, location, version, started_at, finished_at, result, error, added, revised, withdrawn, unchanged, quarantined, reports
		FROM run ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Outcome{}
	for rows.Next() {
		var o Outcome
		var started, finished int64
		if err := rows.Scan(&o.ID, &o.Source, &o.Kind, &o.Location, &o.Version, &started, &finished, &o.Result, &o.Error,
			&o.Added, &o.Revised, &o.Withdrawn, &o.Unchanged, &o.Quarantined, &o.Reports); err != nil {
			return nil, err
		}
		o.Started, o.Finished = time.UnixMicro(started).UTC(), time.UnixMicro(finished).UTC()
		out = append(out, o)
	}
	return out, rows.Err()
}

// Quarantined is a row that is set aside, with the source it came from.
type Quarantined struct {
	Source string    `json:"source"`
	SeenAt time.Time `json:"seen_at"`
	Rejected
}

// Quarantine returns the rows that are set aside, the broken ones before those set aside by rule, then by source, file and
// row.
func (j *Journal) Quarantine(ctx context.Context, limit int) ([]Quarantined, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT source, file, row, col, value, reason, tolerated, seen_at FROM quarantine
		ORDER BY tolerated, source, file, row LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Quarantined{}
	for rows.Next() {
		var q Quarantined
		var seen int64
		if err := rows.Scan(&q.Source, &q.File, &q.Row, &q.Column, &q.Value, &q.Reason, &q.Tolerated, &seen); err != nil {
			return nil, err
		}
		q.SeenAt = time.Unix(seen, 0).UTC()
		out = append(out, q)
	}
	return out, rows.Err()
}

// SourceState is when and what was last read of a source.
type SourceState struct {
	Source   string    `json:"source"`
	Kind     string    `json:"kind"`
	Location string    `json:"location"`
	Version  string    `json:"version"`
	ReadAt   time.Time `json:"read_at"`
	Rejected int       `json:"quarantined"`
}

// Sources returns the state of each source, by name.
func (j *Journal) Sources(ctx context.Context) ([]SourceState, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT source, kind, location, version, read_at, quarantined FROM checkpoint ORDER BY source`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []SourceState{}
	for rows.Next() {
		var s SourceState
		var read int64
		if err := rows.Scan(&s.Source, &s.Kind, &s.Location, &s.Version, &read, &s.Rejected); err != nil {
			return nil, err
		}
		s.ReadAt = time.Unix(read, 0).UTC()
		out = append(out, s)
	}
	return out, rows.Err()
}
