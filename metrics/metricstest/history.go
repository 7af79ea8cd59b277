package metricstest

import (
	"fmt"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// said sums a revision up as "subject value/before", with - for a withdrawal and for nothing before.
func said(revs []metrics.Revision) []string {
	out := []string{}
	for _, r := range revs {
		s := fmt.Sprint(r.Subject, " ", r.Value)
		if r.Withdrawn {
			s = r.Subject + " -"
		}
		switch {
		case r.Before == nil:
		case r.Before.Withdrawn:
			s += "/-"
		default:
			s += fmt.Sprint("/", r.Before.Value)
		}
		out = append(out, s)
	}
	return out
}

func testRevisions(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore, "score", "other")
	other, paper := obs("a", 1, 7), obs("c", 1, 8)
	other.Metric, paper.Source.Name = "other", "paper"
	appendAll(t, l, day(50), obs("b", 1, 2), obs("a", 1, 1), other)
	appendAll(t, l, day(60), obs("a", 1, 3), obs("b", 1, 2), paper)
	appendAll(t, l, day(70), withdrawn(obs("a", 1, 3)))
	appendAll(t, l, day(80), obs("a", 1, 4))
	for name, c := range map[string]struct {
		q    metrics.RevisionQuery
		want []string
	}{
		"all":                     {metrics.RevisionQuery{}, []string{"a 7", "a 1", "b 2", "a 3/1", "c 8", "a -/3", "a 4/-"}},
		"half-open":               {metrics.RevisionQuery{Since: day(60), Until: day(80)}, []string{"a 3/1", "c 8", "a -/3"}},
		"just after":              {metrics.RevisionQuery{Since: day(70).Add(1)}, []string{"a 4/-"}},
		"far":                     {metrics.RevisionQuery{Since: time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)}, []string{}},
		"metric":                  {metrics.RevisionQuery{Metric: "other"}, []string{"a 7"}},
		"unknown metric":          {metrics.RevisionQuery{Metric: "absent"}, []string{}},
		"subject":                 {metrics.RevisionQuery{Subject: "a"}, []string{"a 7", "a 1", "a 3/1", "a -/3", "a 4/-"}},
		"subject and metric":      {metrics.RevisionQuery{Subject: "a", Metric: "score"}, []string{"a 1", "a 3/1", "a -/3", "a 4/-"}},
		"subject and time":        {metrics.RevisionQuery{Subject: "a", Since: day(51), Until: day(71)}, []string{"a 3/1", "a -/3"}},
		"subject, unknown source": {metrics.RevisionQuery{Subject: "a", Source: "absent"}, []string{}},
		"source":                  {metrics.RevisionQuery{Source: "paper"}, []string{"c 8"}},
		"newest":                  {metrics.RevisionQuery{Limit: 1}, []string{"a 4/-"}},
		"newest four":             {metrics.RevisionQuery{Limit: 4}, []string{"a 4/-", "a -/3", "a 3/1", "c 8"}},
		"newest three":            {metrics.RevisionQuery{Limit: 3}, []string{"a 4/-", "a -/3", "a 3/1"}},
		"newest of subject":       {metrics.RevisionQuery{Subject: "a", Limit: 2}, []string{"a 4/-", "a -/3"}},
		"newest before":           {metrics.RevisionQuery{Until: day(60), Limit: 2}, []string{"a 7", "a 1"}},
		"newest of source":        {metrics.RevisionQuery{Source: "paper", Limit: 9}, []string{"c 8"}},
		"oldest":                  {metrics.RevisionQuery{Limit: -1}, []string{"a 7"}},
		"oldest four":             {metrics.RevisionQuery{Limit: -4}, []string{"a 7", "a 1", "b 2", "a 3/1"}},
		"oldest of source":        {metrics.RevisionQuery{Source: "paper", Limit: -1}, []string{"c 8"}},
		"oldest of subject":       {metrics.RevisionQuery{Subject: "a", Limit: -3}, []string{"a 7", "a 1", "a 3/1"}},
		"oldest since":            {metrics.RevisionQuery{Since: day(61), Limit: -1}, []string{"a -/3"}},
		"oldest of nobody":        {metrics.RevisionQuery{Source: "absent", Limit: -1}, []string{}},
	} {
		got, err := l.Revisions(t.Context(), c.q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		equal(t, name, said(got), c.want)
	}
}

// A run appends in several calls at one instant, and a key may come up in two of them.
func testRevisionsOfOneInstant(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	appendAll(t, l, day(50), obs("b", 1, 1))
	appendAll(t, l, day(50), obs("a", 1, 1))
	appendAll(t, l, day(50), obs("b", 1, 2))
	for _, c := range []struct {
		limit int
		want  []string
	}{{0, []string{"a 1", "b 1", "b 2/1"}}, {9, []string{"a 1", "b 2/1", "b 1"}}, {2, []string{"a 1", "b 2/1"}}} {
		for _, subject := range []string{"", "b"} {
			want := c.want
			if subject != "" {
				want = want[1:]
			}
			got, err := l.Revisions(t.Context(), metrics.RevisionQuery{Limit: c.limit, Subject: subject})
			if err != nil {
				t.Fatal(err)
			}
			if c.limit == 2 && subject != "" {
				want = []string{"b 2/1", "b 1"}
			}
			equal(t, fmt.Sprintf("limit %d, subject %q", c.limit, subject), said(got), want)
		}
	}
	equal(t, "live", values(observations(t, l, metrics.Query{})), []float64{1, 2})
	equal(t, "as of that instant", values(observations(t, l, metrics.Query{AsOf: day(50)})), []float64{1, 2})
}

func testState(t *testing.T, newStore NewStore) {
	subjects := []metrics.Subject{{ID: "a", Name: "A"}, {ID: "b", Country: "KR"}}
	one, two := catalogued(t, newStore), newStore(t)
	put := func(l metrics.Ledger, ss ...metrics.Subject) {
		t.Helper()
		if err := l.PutSubjects(t.Context(), ss); err != nil {
			t.Fatal(err)
		}
	}
	put(one, subjects...)
	appendAll(t, one, day(50), obs("a", 1, 1), obs("b", 1, 2))
	appendAll(t, one, day(60), obs("a", 1, 3))

	// The same in another order, at other times, by way of a catalogue entry that is replaced.
	if err := two.PutMetrics(t.Context(), []metrics.Metric{{ID: "score", Kind: metrics.KindModel, Unit: "?"}}); err != nil {
		t.Fatal(err)
	}
	entry, err := one.Metric(t.Context(), "score")
	if err != nil {
		t.Fatal(err)
	}
	appendAll(t, two, day(1), obs("b", 1, 2))
	appendAll(t, two, day(2), obs("a", 1, 1))
	appendAll(t, two, day(3), obs("a", 1, 3))
	put(two, subjects[1])
	put(two, subjects[0])
	if err := two.PutMetrics(t.Context(), []metrics.Metric{entry}); err != nil {
		t.Fatal(err)
	}
	equal(t, "same content, same id", state(t, two).ID, state(t, one).ID)
	equal(t, "newest entry", []time.Time{state(t, one).RecordedAt, state(t, two).RecordedAt}, []time.Time{day(60), day(3)})

	for name, change := range map[string]func(){
		"append":     func() { appendAll(t, two, day(9), obs("c", 1, 1)) },
		"revision":   func() { appendAll(t, two, day(10), obs("c", 1, 2)) },
		"withdrawal": func() { appendAll(t, two, day(11), withdrawn(obs("c", 1, 2))) },
		"subject":    func() { put(two, metrics.Subject{ID: "a", Name: "B"}) },
		"metric": func() {
			entry.Unit = "another"
			if err := two.PutMetrics(t.Context(), []metrics.Metric{entry}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		before := state(t, two).ID
		if name == "revision" || name == "withdrawal" { // whatever order the map gives
			appendAll(t, two, day(9), obs("c", 1, 5))
			before = state(t, two).ID
		}
		change()
		if state(t, two).ID == before {
			t.Errorf("%s leaves the id as it was", name)
		}
	}
	before := state(t, two)
	put(two, metrics.Subject{ID: "a"})
	equal(t, "a put that says nothing new", state(t, two), before)
}

func testCounts(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore, "score", "other", "none")
	other := obs("a", 1, 7)
	other.Metric = "other"
	appendAll(t, l, day(50), obs("a", 1, 1), obs("b", 1, 2), other)
	appendAll(t, l, day(60), obs("a", 1, 3), withdrawn(obs("b", 1, 2)), obs("c", 1, 4), withdrawn(other))
	got, err := l.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "counts", got, map[string]int{"score": 2})
}
