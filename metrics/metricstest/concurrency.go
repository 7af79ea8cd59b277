package metricstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

func testCancellation(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	appendAll(t, l, day(50), obs("a", 1, 1))
	ctx := cancelled()
	for name, call := range map[string]func(context.Context) error{
		"Metrics":  func(ctx context.Context) error { _, err := l.Metrics(ctx); return err },
		"Metric":   func(ctx context.Context) error { _, err := l.Metric(ctx, "score"); return err },
		"Subjects": func(ctx context.Context) error { _, err := l.Subjects(ctx, metrics.SubjectQuery{}); return err },
		"Subject":  func(ctx context.Context) error { _, err := l.Subject(ctx, "a"); return err },
		"Observations": func(ctx context.Context) error {
			_, err := l.Observations(ctx, metrics.Query{Metric: "score"})
			return err
		},
		"SubjectObservations": func(ctx context.Context) error {
			_, err := l.SubjectObservations(ctx, "a", time.Time{})
			return err
		},
		"SourceObservations": func(ctx context.Context) error { _, err := l.SourceObservations(ctx, "lab"); return err },
		"Revisions":          func(ctx context.Context) error { _, err := l.Revisions(ctx, metrics.RevisionQuery{}); return err },
		"Counts":             func(ctx context.Context) error { _, err := l.Counts(ctx); return err },
		"State":              func(ctx context.Context) error { _, err := l.State(ctx); return err },
		"PutMetrics":         func(ctx context.Context) error { return l.PutMetrics(ctx, []metrics.Metric{{ID: "x"}}) },
		"PutSubjects":        func(ctx context.Context) error { return l.PutSubjects(ctx, []metrics.Subject{{ID: "x"}}) },
		"Append": func(ctx context.Context) error {
			_, err := l.Append(ctx, day(51), []metrics.Observation{obs("x", 1, 1)})
			return err
		},
	} {
		if err := call(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
	equal(t, "content", values(observations(t, l, metrics.Query{})), []float64{1})
}

func testConcurrentWriters(t *testing.T, newStore NewStore) {
	const writers, calls = 8, 5
	l := catalogued(t, newStore)
	var wg sync.WaitGroup
	errs := make(chan error, writers*calls)
	for w := range writers {
		wg.Go(func() {
			for c := range calls {
				// Each has a subject of its own, and all of them write one more with the same content.
				own := obs(fmt.Sprintf("m%02d", w), c, float64(c))
				_, err := l.Append(t.Context(), day(50), []metrics.Observation{own, obs("shared", 1, 1)})
				errs <- err
			}
			errs <- l.PutSubjects(t.Context(), []metrics.Subject{{ID: "shared", Aliases: []string{fmt.Sprint("alias", w)}}})
		})
	}
	go func() { wg.Wait(); close(errs) }()
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if got := observations(t, l, metrics.Query{}); len(got) != writers*calls+1 {
		t.Errorf("%d observations, want %d", len(got), writers*calls+1)
	}
	revs, err := l.Revisions(t.Context(), metrics.RevisionQuery{})
	if err != nil || len(revs) != writers*calls+1 {
		t.Errorf("%d revisions (%v), want %d: one key was recorded twice", len(revs), err, writers*calls+1)
	}
	shared, err := l.Subject(t.Context(), "shared")
	if err != nil || len(shared.Aliases) != writers {
		t.Errorf("%d aliases (%v), want %d", len(shared.Aliases), err, writers)
	}
}

// testReadingWhileWriting has every call revise two keys alike: a reader never sees them differ.
func testReadingWhileWriting(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	appendAll(t, l, day(50), obs("a", 1, 0), obs("b", 1, 0))
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				got, err := l.Observations(t.Context(), metrics.Query{Metric: "score"})
				if err != nil {
					t.Error(err)
					return
				}
				if v := values(got); len(v) != 2 || v[0] != v[1] {
					t.Errorf("half of an append is visible: %v", v)
					return
				}
			}
		})
	}
	for i := 1; i <= 10; i++ {
		appendAll(t, l, day(50).Add(time.Duration(i)*time.Hour), obs("a", 1, float64(i)), obs("b", 1, float64(i)))
	}
	close(done)
	wg.Wait()
}

func testMany(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	var rows []metrics.Observation
	for i := range 3000 {
		rows = append(rows, obs(fmt.Sprintf("m%03d", i%300), i/300, float64(i)))
	}
	equal(t, "first", appendAll(t, l, day(50), rows...), metrics.Appended{Added: 3000})
	for i := range 100 {
		rows[i*7].Value++
		rows[i*7].High.Value++
	}
	equal(t, "some revised", appendAll(t, l, day(60), rows...), metrics.Appended{Revised: 100, Unchanged: 2900})
	equal(t, "subjects of many", len(observations(t, l, metrics.Query{Subjects: subjectsOf(rows[:250])})), 2500)
	if got := len(observations(t, l, metrics.Query{AsOf: day(55)})); got != 3000 {
		t.Errorf("%d observations as of before, want 3000", got)
	}
}

func subjectsOf(obs []metrics.Observation) []string {
	var ids []string
	for _, o := range obs {
		ids = append(ids, o.Subject)
	}
	return ids
}
