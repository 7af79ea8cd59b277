package metricstest

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

func testCatalogue(t *testing.T, newStore NewStore) {
	l := newStore(t)
	half, one := 0.5, 1.0
	full := metrics.Metric{
		ID: "b, c = \"d\"", Kind: metrics.KindPrice, Unit: "USD", Scale: "log", Direction: "lower", Floor: &half, Ceiling: &one,
		Title:      metrics.Text{Ko: "토큰 값", En: "Price of a token"},
		Definition: metrics.Text{Ko: "줄\n바꿈", En: "a \\ backslash\\"},
		Source:     metrics.Reference{Name: "s", URL: "https://s.example/?a=b&c=d", License: "CC BY 4.0"},
		Aliases:    []string{"가격", "price"}, Expression: "a / b",
	}
	plain := metrics.Metric{ID: "a", Kind: metrics.KindBenchmark}
	if err := l.PutMetrics(t.Context(), []metrics.Metric{full, plain}); err != nil {
		t.Fatal(err)
	}
	got, err := l.Metrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "catalogue", got, []metrics.Metric{plain, full})

	full.Unit, full.Ceiling = "KRW", nil
	if err := l.PutMetrics(t.Context(), []metrics.Metric{full}); err != nil {
		t.Fatal(err)
	}
	one1, err := l.Metric(t.Context(), full.ID)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "replaced entry", one1, full)

	if _, err := l.Metric(t.Context(), "absent"); !errors.Is(err, metrics.ErrUnknownMetric) {
		t.Errorf("Metric(absent): %v, want ErrUnknownMetric", err)
	}
	nan := math.NaN()
	for _, bad := range []metrics.Metric{{}, {ID: "x", Floor: &nan}} {
		before := state(t, l)
		err := l.PutMetrics(t.Context(), []metrics.Metric{{ID: "good", Kind: metrics.KindModel}, bad})
		if !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("PutMetrics(%+v): %v, want ErrInvalid", bad, err)
		}
		equal(t, "state after a refused PutMetrics", state(t, l), before)
	}

	// A metric that changes its kind keeps its observations.
	if err := l.PutMetrics(t.Context(), []metrics.Metric{{ID: "score", Kind: metrics.KindModel}}); err != nil {
		t.Fatal(err)
	}
	appendAll(t, l, day(9), obs("m", 1, 1))
	if err := l.PutMetrics(t.Context(), []metrics.Metric{{ID: "score", Kind: metrics.KindBenchmark}}); err != nil {
		t.Fatal(err)
	}
	appendAll(t, l, day(10), obs("m", 2, 2))
	equal(t, "observations across a change of kind", values(observations(t, l, metrics.Query{})), []float64{1, 2})
}

func testSubjects(t *testing.T, newStore NewStore) {
	l := newStore(t)
	gpt := metrics.Subject{
		ID: "gpt, 4 = \"o\"\\", Name: "GPT 사\n", Kind: "model", Aliases: []string{"b", "a"}, Organization: "랩", Country: "KR",
		Access: "closed", Family: "gpt-4", Released: time.Date(1955, 3, 1, 0, 0, 0, 0, time.UTC),
	}
	chip := metrics.Subject{ID: "a-chip", Name: "A chip", Kind: "chip"}
	if err := l.PutSubjects(t.Context(), []metrics.Subject{gpt, chip}); err != nil {
		t.Fatal(err)
	}
	gpt.Aliases = []string{"a", "b"}
	list := func(q metrics.SubjectQuery) []metrics.Subject {
		t.Helper()
		got, err := l.Subjects(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	equal(t, "all", list(metrics.SubjectQuery{}), []metrics.Subject{chip, gpt})
	equal(t, "chips", list(metrics.SubjectQuery{Kind: "chip"}), []metrics.Subject{chip})
	equal(t, "by id", list(metrics.SubjectQuery{IDs: []string{gpt.ID, "absent"}}), []metrics.Subject{gpt})
	equal(t, "by id and kind", list(metrics.SubjectQuery{Kind: "chip", IDs: []string{gpt.ID}}), []metrics.Subject{})
	equal(t, "no id", list(metrics.SubjectQuery{IDs: []string{}}), []metrics.Subject{})

	// Blank fields erase nothing; known ones replace; aliases unite.
	if err := l.PutSubjects(t.Context(), []metrics.Subject{{ID: gpt.ID, Name: "GPT", Aliases: []string{"c", "a"}}}); err != nil {
		t.Fatal(err)
	}
	gpt.Name, gpt.Aliases = "GPT", []string{"a", "b", "c"}
	got, err := l.Subject(t.Context(), gpt.ID)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "merged", got, gpt)

	if err := l.PutSubjects(t.Context(), []metrics.Subject{{ID: "twice", Name: "one"}, {ID: "twice", Country: "US"}}); err != nil {
		t.Fatal(err)
	}
	got, err = l.Subject(t.Context(), "twice")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "put twice in one call", got, metrics.Subject{ID: "twice", Name: "one", Country: "US"})

	if _, err := l.Subject(t.Context(), "absent"); !errors.Is(err, metrics.ErrUnknownSubject) {
		t.Errorf("Subject(absent): %v, want ErrUnknownSubject", err)
	}
	before := state(t, l)
	for _, bad := range []metrics.Subject{{Name: "no id"}, {ID: "x", Name: "\xff"}} {
		if err := l.PutSubjects(t.Context(), []metrics.Subject{{ID: "good"}, bad}); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("PutSubjects(%+v): %v, want ErrInvalid", bad, err)
		}
	}
	equal(t, "state after refused subjects", state(t, l), before)
}

func testEmpty(t *testing.T, newStore NewStore) {
	l := newStore(t)
	ms, err := l.Metrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "catalogue", ms, []metrics.Metric{})
	ss, err := l.Subjects(t.Context(), metrics.SubjectQuery{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "subjects", ss, []metrics.Subject{})
	for name, read := range map[string]func() ([]metrics.Observation, error){
		"subject": func() ([]metrics.Observation, error) {
			return l.SubjectObservations(t.Context(), "m", time.Time{})
		},
		"source": func() ([]metrics.Observation, error) { return l.SourceObservations(t.Context(), "lab") },
	} {
		got, err := read()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		equal(t, name, got, []metrics.Observation{})
	}
	revs, err := l.Revisions(t.Context(), metrics.RevisionQuery{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "revisions", revs, []metrics.Revision{})
	counts, err := l.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "counts", counts, map[string]int{})
	s := state(t, l)
	if s.ID == "" || !s.RecordedAt.IsZero() {
		t.Errorf("state of an empty ledger: %+v, want an id and no time", s)
	}
	equal(t, "state of another empty ledger", state(t, newStore(t)), s)
}
