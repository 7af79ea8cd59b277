package ingest

import (
	"context"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// manifestRow is the key of a row that a source listed when it was last read.
type manifestRow struct {
	Metric, Subject, Setting, Publisher string
	Time                                int64
}

func rowOf(o metrics.Observation) manifestRow {
	return manifestRow{o.Metric, o.Subject, o.Setting, o.Source.Name, o.Time.Unix()}
}

func (j *Journal) manifest(ctx context.Context, source string) (map[manifestRow]bool, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT metric, subject, setting, publisher, time FROM manifest WHERE source = ?`, source)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[manifestRow]bool{}
	for rows.Next() {
		var r manifestRow
		if err := rows.Scan(&r.Metric, &r.Subject, &r.Setting, &r.Publisher, &r.Time); err != nil {
			return nil, err
		}
		out[r] = true
	}
	return out, rows.Err()
}

// listedElsewhere reports whether another source lists a row, so that it isn't withdrawn because this one dropped it.
func (j *Journal) listedElsewhere(ctx context.Context, source string, r manifestRow) (bool, error) {
	var n int
	err := j.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM checkpoint c WHERE c.source != ? AND EXISTS (SELECT 1 FROM manifest m
		WHERE m.source = c.source AND m.metric = ? AND m.subject = ? AND m.setting = ? AND m.publisher = ? AND m.time = ?)`,
		source, r.Metric, r.Subject, r.Setting, r.Publisher, r.Time).Scan(&n)
	return n > 0, err
}

// feedName is a metric and who publishes values of it.
type feedName struct{ metric, publisher string }

func (j *Journal) feeds(ctx context.Context, source string) (map[uint64]feedName, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT hash, metric, publisher FROM feed WHERE source = ?`, source)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[uint64]feedName{}
	for rows.Next() {
		var hash int64
		var f feedName
		if err := rows.Scan(&hash, &f.metric, &f.publisher); err != nil {
			return nil, err
		}
		out[uint64(hash)] = f
	}
	return out, rows.Err()
}

// earliestElsewhere returns the earliest date that sources other than the given one say of each of their subjects.
func (j *Journal) earliestElsewhere(ctx context.Context, source string) (map[string]time.Time, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT subject, MIN(released) FROM release WHERE source != ? GROUP BY subject`, source)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]time.Time{}
	for rows.Next() {
		var subject string
		var released int64
		if err := rows.Scan(&subject, &released); err != nil {
			return nil, err
		}
		out[subject] = time.Unix(released, 0).UTC()
	}
	return out, rows.Err()
}
