package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

const (
	metricBody  = `SELECT body FROM metric WHERE id = ?`
	allMetrics  = `SELECT body FROM metric ORDER BY id`
	putMetric   = `INSERT INTO metric VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body, sum = excluded.sum`
	subjectRow  = `SELECT id, name, kind, aliases, organization, country, access, family, released FROM subject `
	subjectByID = subjectRow + `WHERE id = ?`
	subjectsIn  = subjectRow + `WHERE (?1 = '' OR kind = ?1) AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2))) ORDER BY id`
	putSubject  = `INSERT OR REPLACE INTO subject VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

// Metrics returns the catalogue ordered by id.
func (s *Store) Metrics(ctx context.Context) ([]metrics.Metric, error) {
	ms := []metrics.Metric{}
	err := s.each(ctx, allMetrics, nil, func(from scanner) error {
		m, err := scanMetric(from)
		ms = append(ms, m)
		return err
	})
	if err != nil {
		return nil, s.explain(ctx, "read the catalogue", err)
	}
	return ms, nil
}

// Metric returns one entry, or ErrUnknownMetric.
func (s *Store) Metric(ctx context.Context, id string) (metrics.Metric, error) {
	stmt, err := s.stmts.on(ctx, s.read, metricBody)
	if err != nil {
		return metrics.Metric{}, s.explain(ctx, "read metric "+id, err)
	}
	m, err := scanMetric(stmt.QueryRowContext(ctx, id))
	if errors.Is(err, sql.ErrNoRows) {
		return metrics.Metric{}, fmt.Errorf("%w: %s", metrics.ErrUnknownMetric, id)
	}
	return m, s.explain(ctx, "read metric "+id, err)
}

func scanMetric(from scanner) (metrics.Metric, error) {
	var body string
	var m metrics.Metric
	if err := from.Scan(&body); err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return m, fmt.Errorf("%w: catalogue entry: %w", metrics.ErrDamaged, err)
	}
	return m, nil
}

// PutMetrics adds or replaces catalogue entries, all of them or none.
func (s *Store) PutMetrics(ctx context.Context, ms []metrics.Metric) error {
	return s.update(ctx, "write the catalogue", func(w *writer) error {
		for _, m := range ms {
			body, err := m.Encode()
			if err != nil {
				return err
			}
			var old []byte
			switch err := w.stmt(metricBody).QueryRowContext(ctx, m.ID).Scan(&old); {
			case err == nil:
				w.fingerprint = w.fingerprint.Sub(metrics.MetricFingerprint(old))
			case !errors.Is(err, sql.ErrNoRows):
				return err
			}
			if _, err := w.stmt(putMetric).ExecContext(ctx, m.ID, string(body), textSum(string(body))); err != nil {
				return err
			}
			w.fingerprint = w.fingerprint.Add(metrics.MetricFingerprint(body))
		}
		return nil
	})
}

// Subjects returns the selected subjects ordered by id.
func (s *Store) Subjects(ctx context.Context, q metrics.SubjectQuery) ([]metrics.Subject, error) {
	var ids any
	if q.IDs != nil {
		list, err := json.Marshal(q.IDs)
		if err != nil {
			return nil, err
		}
		ids = string(list)
	}
	subjects := []metrics.Subject{}
	err := s.each(ctx, subjectsIn, []any{q.Kind, ids}, func(from scanner) error {
		subject, err := scanSubject(from)
		subjects = append(subjects, subject)
		return err
	})
	if err != nil {
		return nil, s.explain(ctx, "read subjects", err)
	}
	return subjects, nil
}

// Subject returns one subject, or ErrUnknownSubject.
func (s *Store) Subject(ctx context.Context, id string) (metrics.Subject, error) {
	stmt, err := s.stmts.on(ctx, s.read, subjectByID)
	if err != nil {
		return metrics.Subject{}, s.explain(ctx, "read subject "+id, err)
	}
	subject, err := scanSubject(stmt.QueryRowContext(ctx, id))
	if errors.Is(err, sql.ErrNoRows) {
		return metrics.Subject{}, fmt.Errorf("%w: %s", metrics.ErrUnknownSubject, id)
	}
	return subject, s.explain(ctx, "read subject "+id, err)
}

func scanSubject(from scanner) (metrics.Subject, error) {
	var s metrics.Subject
	var aliases string
	var released sql.NullInt64
	err := from.Scan(&s.ID, &s.Name, &s.Kind, &aliases, &s.Organization, &s.Country, &s.Access, &s.Family, &released)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(aliases), &s.Aliases); err != nil {
		return s, fmt.Errorf("%w: subject %s: %w", metrics.ErrDamaged, s.ID, err)
	}
	if released.Valid {
		s.Released = time.Unix(released.Int64, 0).UTC()
	}
	return s, nil
}

// PutSubjects merges subjects into the known ones, all of them or none.
func (s *Store) PutSubjects(ctx context.Context, ss []metrics.Subject) error {
	for _, subject := range ss {
		if err := subject.Validate(); err != nil {
			return err
		}
	}
	return s.update(ctx, "write subjects", func(w *writer) error {
		for _, subject := range ss {
			old, err := scanSubject(w.stmt(subjectByID).QueryRowContext(ctx, subject.ID))
			switch {
			case err == nil:
				w.fingerprint = w.fingerprint.Sub(old.Fingerprint())
			case errors.Is(err, sql.ErrNoRows):
				old = metrics.Subject{}
			default:
				return err
			}
			merged := old.Merge(subject)
			aliases, err := json.Marshal(merged.Aliases)
			if err != nil {
				return err
			}
			var released any
			if !merged.Released.IsZero() {
				released = merged.Released.Unix()
			}
			_, err = w.stmt(putSubject).ExecContext(ctx, merged.ID, merged.Name, merged.Kind, string(aliases),
				merged.Organization, merged.Country, merged.Access, merged.Family, released)
			if err != nil {
				return err
			}
			w.fingerprint = w.fingerprint.Add(merged.Fingerprint())
		}
		return nil
	})
}
