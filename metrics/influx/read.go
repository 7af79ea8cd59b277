package influx

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/influxdata/influxdb-client-go/v2/api/query"
	"github.com/scalebook/scalebook/metrics"
)

// pivot turns the fields of a point into one row, and all series into one table.
const pivot = ` |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> group()`

// The times that InfluxDB keeps; it reserves both ends of what 64 bits hold.
var (
	firstTime = time.Unix(0, math.MinInt64+2)
	lastTime  = time.Unix(0, math.MaxInt64-2)
)

// query runs a Flux query and hands every row to use.
func (s *Store) query(ctx context.Context, flux string, use func(*query.FluxRecord) error) error {
	result, err := s.queries.Query(ctx, flux)
	if err != nil {
		if strings.Contains(err.Error(), "database not found") || strings.Contains(err.Error(), "could not find bucket") {
			return fmt.Errorf("the bucket is gone: %w", err)
		}
		return err
	}
	defer result.Close()
	for result.Next() {
		if err := use(result.Record()); err != nil {
			return err
		}
	}
	return result.Err()
}

// own selects the points of one of the ledger's own measurements.
func (s *Store) own(measurement string) string {
	return fmt.Sprintf(`from(bucket: %s) |> range(start: %s, stop: %s) |> filter(fn: (r) => r._measurement == %s)`,
		literal(s.bucket), instant(time.Unix(0, 0)), instant(time.Unix(1, 0)), literal(measurement))
}

// selection says which revisions to read. An empty metric, source or list of subjects selects all.
type selection struct {
	feeds          []feed // that the others select from: their measurements
	metric, source string
	subjects       []string
	since, until   time.Time // half-open; zero means unbounded
}

// selectFrom is the selection of a metric and a source, either of them empty for all.
func (n *snapshot) selectFrom(metric, source string) selection {
	return selection{feeds: n.feedsOf(metric, source), metric: metric, source: source}
}

// subjectsPerQuery bounds the alternatives of one filter.
const subjectsPerQuery = 100

// flux writes the selection as a query for entries. It is empty when nothing can match.
func (s *Store) flux(sel selection) string {
	// Times are whole seconds, so half a second earlier bounds the same points, whether the server counts the stop in, as
	// InfluxDB 1.8 does, or not.
	start, stop := firstTime, lastTime
	if t := sel.since.Add(-time.Second / 2); !sel.since.IsZero() && t.After(start) {
		start = t
	}
	if t := sel.until.Add(-time.Second / 2); !sel.until.IsZero() && t.Before(stop) {
		stop = t
	}
	if len(sel.feeds) == 0 || !start.Before(stop) {
		return ""
	}
	var measurements []string
	for _, f := range sel.feeds {
		measurements = append(measurements, "r._measurement == "+literal(f.Measurement))
	}
	slices.Sort(measurements)
	conditions := []string{
		"(" + strings.Join(slices.Compact(measurements), " or ") + ")", "r._field == " + literal(entryField),
	}
	if sel.metric != "" {
		conditions = append(conditions, "r.metric == "+literal(encode(sel.metric)))
	}
	if sel.source != "" {
		conditions = append(conditions, "r.source == "+literal(encode(sel.source)))
	}
	if len(sel.subjects) > 0 {
		conditions = append(conditions, "r.subject =~ "+anyOf(sel.subjects))
	}
	return fmt.Sprintf(`from(bucket: %s) |> range(start: %s, stop: %s) |> filter(fn: (r) => %s)`+
		` |> drop(columns: ["_start", "_stop", "_measurement", "_field"]) |> group()`,
		literal(s.bucket), instant(start), instant(stop), strings.Join(conditions, " and "))
}

// revisions reads the selected revisions that the snapshot shows, in no order.
func (s *Store) revisions(ctx context.Context, n *snapshot, sel selection) ([]revision, error) {
	var found []revision
	for _, part := range sel.parts() {
		flux := s.flux(part)
		if flux == "" {
			continue
		}
		err := s.query(ctx, flux, func(record *query.FluxRecord) error {
			r, err := parseRevision(record)
			if err == nil && n.visible(r.seq) && part.covers(r.Time) {
				found = append(found, r)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// covers reports whether a time is within the bounds. InfluxDB 1.8 ignores a bound before 1970, so the query alone isn't enough.
func (sel selection) covers(t time.Time) bool {
	return (sel.since.IsZero() || !t.Before(sel.since)) && (sel.until.IsZero() || t.Before(sel.until))
}

// parts splits a selection with many subjects.
func (sel selection) parts() []selection {
	if len(sel.subjects) <= subjectsPerQuery {
		return []selection{sel}
	}
	subjects := slices.Clone(sel.subjects)
	slices.Sort(subjects)
	var parts []selection
	for some := range slices.Chunk(slices.Compact(subjects), subjectsPerQuery) {
		part := sel
		part.subjects = some
		parts = append(parts, part)
	}
	return parts
}

// newest keeps the newest revision of each key that was recorded by asOf (zero is now).
func newest(revs []revision, asOf time.Time) map[metrics.Key]*revision {
	heads := make(map[metrics.Key]*revision, len(revs))
	for i := range revs {
		r := &revs[i]
		if !asOf.IsZero() && r.RecordedAt.After(asOf) {
			continue
		}
		if head, ok := heads[r.Key()]; !ok || head.number < r.number {
			heads[r.Key()] = r
		}
	}
	return heads
}

// live reads what is live in a selection, or was at asOf.
func (s *Store) live(ctx context.Context, n *snapshot, sel selection, asOf time.Time) ([]metrics.Observation, error) {
	revs, err := s.revisions(ctx, n, sel)
	if err != nil {
		return nil, err
	}
	obs := []metrics.Observation{}
	for _, head := range newest(revs, asOf) {
		if !head.Withdrawn {
			obs = append(obs, head.Observation)
		}
	}
	metrics.SortObservations(obs)
	return obs, nil
}

// Observations returns the live revision of each selected key.
func (s *Store) Observations(ctx context.Context, q metrics.Query) ([]metrics.Observation, error) {
	doing := "read metric " + q.Metric
	n, err := s.snapshot(ctx)
	if err != nil {
		return nil, s.explain(ctx, doing, err)
	}
	if q.Metric == "" {
		return nil, fmt.Errorf("%w: no metric is named", metrics.ErrUnknownMetric)
	}
	if len(n.feedsOf(q.Metric, "")) == 0 { // in the catalogue and without data, or unknown
		_, err := s.Metric(ctx, q.Metric)
		return []metrics.Observation{}, err
	}
	if q.Subjects != nil && len(q.Subjects) == 0 {
		return []metrics.Observation{}, nil
	}
	sel := n.selectFrom(q.Metric, q.Source)
	sel.subjects, sel.since, sel.until = q.Subjects, ceilSecond(q.Since), ceilSecond(q.Until)
	obs, err := s.live(ctx, n, sel, q.AsOf)
	return obs, s.explain(ctx, doing, err)
}

// ceilSecond is the first whole second that isn't before t.
func ceilSecond(t time.Time) time.Time {
	if t.IsZero() || t.Nanosecond() == 0 {
		return t
	}
	return t.Truncate(time.Second).Add(time.Second)
}

// SubjectObservations returns the live observations of one subject over all metrics.
func (s *Store) SubjectObservations(ctx context.Context, subject string, asOf time.Time) ([]metrics.Observation, error) {
	doing := "read subject " + subject
	n, err := s.snapshot(ctx)
	if err != nil {
		return nil, s.explain(ctx, doing, err)
	}
	sel := n.selectFrom("", "")
	sel.subjects = []string{subject}
	obs, err := s.live(ctx, n, sel, asOf)
	return obs, s.explain(ctx, doing, err)
}

// SourceObservations returns the live observations of one source over all metrics.
func (s *Store) SourceObservations(ctx context.Context, source string) ([]metrics.Observation, error) {
	doing := "read source " + source
	n, err := s.snapshot(ctx)
	if err != nil {
		return nil, s.explain(ctx, doing, err)
	}
	if source == "" {
		return []metrics.Observation{}, nil
	}
	obs, err := s.live(ctx, n, n.selectFrom("", source), time.Time{})
	return obs, s.explain(ctx, doing, err)
}

// Metrics returns the catalogue ordered by id.
func (s *Store) Metrics(ctx context.Context) ([]metrics.Metric, error) {
	ms, err := s.metrics(ctx, "")
	return ms, s.explain(ctx, "read the catalogue", err)
}

// Metric returns one entry, or ErrUnknownMetric.
func (s *Store) Metric(ctx context.Context, id string) (metrics.Metric, error) {
	ms, err := s.metrics(ctx, id)
	if err == nil && (id == "" || len(ms) == 0) {
		return metrics.Metric{}, fmt.Errorf("%w: %s", metrics.ErrUnknownMetric, id)
	}
	if err != nil {
		return metrics.Metric{}, s.explain(ctx, "read metric "+id, err)
	}
	return ms[0], nil
}

// Subjects returns the selected subjects ordered by id.
func (s *Store) Subjects(ctx context.Context, q metrics.SubjectQuery) ([]metrics.Subject, error) {
	if q.IDs != nil && len(q.IDs) == 0 {
		return []metrics.Subject{}, nil
	}
	ss, err := s.subjects(ctx, q.IDs)
	if err != nil {
		return nil, s.explain(ctx, "read subjects", err)
	}
	if q.Kind != "" {
		ss = slices.DeleteFunc(ss, func(subject metrics.Subject) bool { return subject.Kind != q.Kind })
	}
	return ss, nil
}

// Subject returns one subject, or ErrUnknownSubject.
func (s *Store) Subject(ctx context.Context, id string) (metrics.Subject, error) {
	ss, err := s.subjects(ctx, []string{id})
	if err == nil && len(ss) == 0 {
		err = fmt.Errorf("%w: %s", metrics.ErrUnknownSubject, id)
	}
	if err != nil {
		return metrics.Subject{}, s.explain(ctx, "read subject "+id, err)
	}
	return ss[0], nil
}
