// Package metricstest is the conformance suite of ledgers: what [metrics.Ledger] promises, as tests. A store that passes
// answers exactly as the others do.
package metricstest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/scalebook/scalebook/metrics"
)

// NewStore returns an empty ledger that is closed when the test ends.
type NewStore func(t *testing.T) metrics.Ledger

// Run tests the ledgers that newStore makes.
func Run(t *testing.T, newStore NewStore) {
	for _, c := range []struct {
		name string
		test func(*testing.T, NewStore)
	}{
		{"catalogue", testCatalogue},
		{"subjects", testSubjects},
		{"empty", testEmpty},
		{"round trip", testRoundTrip},
		{"the same again changes nothing", testAgain},
		{"revision", testRevision},
		{"withdrawal", testWithdrawal},
		{"as of", testAsOf},
		{"a clock that runs backwards", testClockBackwards},
		{"half-open range", testRange},
		{"times", testTimes},
		{"selection", testSelection},
		{"order", testOrder},
		{"unusual characters", testCharacters},
		{"settings and sources stay apart", testKeys},
		{"invalid", testInvalid},
		{"unknown metric", testUnknownMetric},
		{"all or nothing", testAllOrNothing},
		{"duplicates in one call", testDuplicates},
		{"revisions", testRevisions},
		{"revisions of one instant", testRevisionsOfOneInstant},
		{"state", testState},
		{"counts", testCounts},
		{"changes", testChanges},
		{"cancellation", testCancellation},
		{"concurrent writers", testConcurrentWriters},
		{"reading while writing", testReadingWhileWriting},
		{"many", testMany},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, newStore) })
	}
}

// day is midnight UTC, n days into 2025.
func day(n int) time.Time { return time.Date(2025, 1, 1+n, 0, 0, 0, 0, time.UTC) }

// obs is an observation of the metric "score" as the tests use it most.
func obs(subject string, n int, value float64) metrics.Observation {
	return metrics.Observation{
		Metric: "score", Subject: subject, Setting: "high", Name: "The " + subject, Time: day(n), Value: value,
		Low: metrics.At(value - 0.5), High: metrics.At(value + 0.5), Interval: "ci95",
		Source: metrics.Source{
			Name: "lab", URL: "https://lab.example/" + subject, Version: "v1", File: "a.csv", Row: n + 1, RetrievedAt: day(100),
		},
	}
}

// catalogued returns a store whose catalogue has the given metrics, "score" when none is named.
func catalogued(t *testing.T, newStore NewStore, ids ...string) metrics.Ledger {
	t.Helper()
	l := newStore(t)
	if len(ids) == 0 {
		ids = []string{"score"}
	}
	var ms []metrics.Metric
	for _, id := range ids {
		ms = append(ms, metrics.Metric{ID: id, Kind: metrics.KindBenchmark, Unit: "fraction", Scale: "linear", Direction: "higher"})
	}
	if err := l.PutMetrics(t.Context(), ms); err != nil {
		t.Fatalf("PutMetrics: %v", err)
	}
	return l
}

func appendAll(t *testing.T, l metrics.Ledger, at time.Time, obs ...metrics.Observation) metrics.Appended {
	t.Helper()
	done, err := l.Append(t.Context(), at, obs)
	if err != nil {
		t.Fatalf("Append: %v", err)
	}
	return done
}

func observations(t *testing.T, l metrics.Ledger, q metrics.Query) []metrics.Observation {
	t.Helper()
	if q.Metric == "" {
		q.Metric = "score"
	}
	got, err := l.Observations(t.Context(), q)
	if err != nil {
		t.Fatalf("Observations(%+v): %v", q, err)
	}
	return got
}

func state(t *testing.T, l metrics.Ledger) metrics.State {
	t.Helper()
	s, err := l.State(t.Context())
	if err != nil {
		t.Fatalf("State: %v", err)
	}
	return s
}

// recorded is o as a ledger returns it when it was appended at the given instant.
func recorded(o metrics.Observation, at time.Time) metrics.Observation {
	o.RecordedAt = at
	return o
}

func withdrawn(o metrics.Observation) metrics.Observation {
	o.Withdrawn = true
	return o
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// values lists the values of observations, in order.
func values(obs []metrics.Observation) []float64 {
	vs := []float64{}
	for _, o := range obs {
		vs = append(vs, o.Value)
	}
	return vs
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
