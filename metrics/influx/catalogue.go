package influx

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/influxdata/influxdb-client-go/v2/api/query"
	"github.com/scalebook/scalebook/metrics"
)

// bodies reads the field body of the entries of a measurement, those with the given ids or all, ordered by id.
func (s *Store) bodies(ctx context.Context, measurement string, ids []string, use func(id string, body []byte) error) error {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	parts := [][]string{nil}
	if len(ids) > 0 {
		parts = slices.Collect(slices.Chunk(ids, subjectsPerQuery))
	}
	found := map[string][]byte{}
	for _, part := range parts {
		flux := s.own(measurement) + ` |> filter(fn: (r) => r._field == "body"`
		if len(part) > 0 {
			flux += " and r.id =~ " + anyOf(part)
		}
		flux += `) |> keep(columns: ["id", "_value"]) |> group()`
		err := s.query(ctx, flux, func(record *query.FluxRecord) error {
			c := cells{record: record}
			found[c.text("id")] = []byte(c.text("_value"))
			return c.err
		})
		if err != nil {
			return err
		}
	}
	sorted := make([]string, 0, len(found))
	for id := range found {
		sorted = append(sorted, id)
	}
	slices.Sort(sorted)
	for _, id := range sorted {
		if err := use(id, found[id]); err != nil {
			return fmt.Errorf("%w: %s %s: %w", metrics.ErrDamaged, measurement, id, err)
		}
	}
	return nil
}

// metrics reads one entry of the catalogue, or all of them.
func (s *Store) metrics(ctx context.Context, id string) ([]metrics.Metric, error) {
	var ids []string
	if id != "" {
		ids = []string{id}
	}
	ms := []metrics.Metric{}
	err := s.bodies(ctx, metricMeasurement, ids, func(_ string, body []byte) error {
		var m metrics.Metric
		err := json.Unmarshal(body, &m)
		ms = append(ms, m)
		return err
	})
	return ms, err
}

// storedSubject is a subject as JSON, with its release date.
type storedSubject struct {
	metrics.Subject
	Released *int64 `json:"released,omitempty"` // seconds since 1970
}

func (s *Store) subjects(ctx context.Context, ids []string) ([]metrics.Subject, error) {
	ss := []metrics.Subject{}
	err := s.bodies(ctx, subjectMeasurement, ids, func(_ string, body []byte) error {
		var stored storedSubject
		err := json.Unmarshal(body, &stored)
		subject := stored.Subject
		if stored.Released != nil {
			subject.Released = time.Unix(*stored.Released, 0).UTC()
		}
		ss = append(ss, subject)
		return err
	})
	return ss, err
}

// sumEntries computes the fingerprint of the catalogue and the subjects from what is stored.
func (s *Store) sumEntries(ctx context.Context) (metrics.Fingerprint, error) {
	var sum metrics.Fingerprint
	err := s.bodies(ctx, metricMeasurement, nil, func(_ string, body []byte) error {
		sum = sum.Add(metrics.MetricFingerprint(body))
		return nil
	})
	if err != nil {
		return sum, err
	}
	ss, err := s.subjects(ctx, nil)
	for _, subject := range ss {
		sum = sum.Add(subject.Fingerprint())
	}
	return sum, err
}

// PutMetrics adds or replaces catalogue entries.
func (s *Store) PutMetrics(ctx context.Context, ms []metrics.Metric) error {
	encoded := make([][]byte, len(ms))
	for i, m := range ms {
		var err error
		if encoded[i], err = m.Encode(); err != nil {
			return err
		}
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.explain(ctx, "write the catalogue", s.putEntries(ctx, func(e *entries) error {
		known := map[string][]byte{}
		err := s.bodies(ctx, metricMeasurement, nil, func(id string, body []byte) error {
			known[id] = body
			return nil
		})
		if err != nil {
			return err
		}
		for i, m := range ms {
			old, ok := known[m.ID]
			if ok {
				e.sum = e.sum.Sub(metrics.MetricFingerprint(old))
			}
			e.sum = e.sum.Add(metrics.MetricFingerprint(encoded[i]))
			if !ok || !bytes.Equal(old, encoded[i]) {
				e.put(metricMeasurement, m.ID, encoded[i])
			}
			known[m.ID] = encoded[i]
		}
		return nil
	}))
}

// PutSubjects merges subjects into the known ones.
func (s *Store) PutSubjects(ctx context.Context, ss []metrics.Subject) error {
	ids := make([]string, len(ss))
	for i, subject := range ss {
		if err := subject.Validate(); err != nil {
			return err
		}
		ids[i] = subject.ID
	}
	if len(ids) == 0 {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.explain(ctx, "write subjects", s.putEntries(ctx, func(e *entries) error {
		known := map[string]metrics.Subject{}
		old, err := s.subjects(ctx, ids)
		if err != nil {
			return err
		}
		for _, subject := range old {
			known[subject.ID] = subject
		}
		for _, subject := range ss {
			old, ok := known[subject.ID]
			if ok {
				e.sum = e.sum.Sub(old.Fingerprint())
			}
			merged := old.Merge(subject)
			e.sum = e.sum.Add(merged.Fingerprint())
			if ok && merged.Fingerprint() == old.Fingerprint() {
				continue
			}
			stored := storedSubject{Subject: merged}
			if !merged.Released.IsZero() {
				released := merged.Released.Unix()
				stored.Released = &released
			}
			body, err := json.Marshal(stored)
			if err != nil {
				return err
			}
			e.put(subjectMeasurement, merged.ID, body)
			known[subject.ID] = merged
		}
		return nil
	}))
}

// entries is a change of the catalogue or the subjects.
type entries struct {
	sum   metrics.Fingerprint
	lines []string
	last  map[string]int // where the line of an entry is
}

// put writes an entry; the last of several with one id counts.
func (e *entries) put(measurement, id string, body []byte) {
	p := newPoint(measurement)
	p.tag("id", id)
	p.text("body", string(body))
	line := p.at(time.Unix(0, 0))
	if i, ok := e.last[id]; ok {
		e.lines[i] = line
		return
	}
	e.last[id] = len(e.lines)
	e.lines = append(e.lines, line)
}

// putEntries makes a change, and again until it succeeds or there is no point.
func (s *Store) putEntries(ctx context.Context, change func(*entries) error) error {
	return s.retry(ctx, func() error { return s.tryPutEntries(ctx, change) })
}

// tryPutEntries makes a change between two states: one that says the sum is stale, and one with the new sum.
func (s *Store) tryPutEntries(ctx context.Context, change func(*entries) error) error {
	n, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	if n.stale {
		if n.entries, err = s.sumEntries(ctx); err != nil {
			return err
		}
	}
	e := &entries{sum: n.entries, last: map[string]int{}}
	if err := change(e); err != nil {
		return err
	}
	if len(e.lines) == 0 && !n.stale {
		return nil
	}
	n.stale = true
	if err := s.save(ctx, n); err != nil {
		return err
	}
	if err := s.write(ctx, e.lines); err != nil {
		return rejected(err)
	}
	n.stale, n.entries = false, e.sum
	return s.save(ctx, n)
}
