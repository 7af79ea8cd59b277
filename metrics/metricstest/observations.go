package metricstest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

func testRoundTrip(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	full := obs("full", 1, 0.125)
	bare := metrics.Observation{Metric: "score", Subject: "bare", Time: day(2), Value: 0, Source: metrics.Source{Name: "lab"}}
	half := bare
	half.Subject, half.Low, half.Interval = "half", metrics.At(0), "ci90"
	tiny := bare
	tiny.Subject, tiny.Value, tiny.High = "tiny", math.SmallestNonzeroFloat64, metrics.At(math.MaxFloat64)
	third := bare
	third.Subject, third.Value = "third", -1.0/3
	at := time.Date(2025, 6, 1, 12, 30, 15, 123456789, time.UTC)
	want := []metrics.Observation{full, bare, half, third, tiny}
	equal(t, "appended", appendAll(t, l, at, want...), metrics.Appended{Added: 5})
	for i := range want {
		want[i] = recorded(want[i], at)
	}
	equal(t, "observations", observations(t, l, metrics.Query{}), want)

	got, err := l.SubjectObservations(t.Context(), "full", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "of the subject", got, want[:1])
	got, err = l.SourceObservations(t.Context(), "lab")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "of the source", got, want)

	negativeZero := bare
	negativeZero.Subject, negativeZero.Value = "zero", math.Copysign(0, -1)
	appendAll(t, l, at, negativeZero)
	if got := observations(t, l, metrics.Query{Subjects: []string{"zero"}}); len(got) != 1 || math.Signbit(got[0].Value) {
		t.Errorf("negative zero comes back as %v, want 0", values(got))
	}
}

func testAgain(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	rows := []metrics.Observation{obs("a", 1, 1), obs("b", 2, 2), withdrawn(obs("never there", 3, 3))}
	equal(t, "first", appendAll(t, l, day(50), rows...), metrics.Appended{Added: 2, Unchanged: 1})
	before, content := state(t, l), observations(t, l, metrics.Query{})

	moved := slices.Clone(rows)
	for i := range moved { // fetched later, from another line of another file: the content is the same
		moved[i].Source.Row += 7
		moved[i].Source.File, moved[i].Source.Version, moved[i].Source.RetrievedAt = "b.csv", "v2", day(200)
	}
	for _, again := range [][]metrics.Observation{rows, moved, {}} {
		equal(t, "again", appendAll(t, l, day(60), again...), metrics.Appended{Unchanged: len(again)})
	}
	equal(t, "state", state(t, l), before)
	equal(t, "observations", observations(t, l, metrics.Query{}), content)
	revs, err := l.Revisions(t.Context(), metrics.RevisionQuery{})
	if err != nil || len(revs) != 2 {
		t.Errorf("%d revisions (%v), want 2", len(revs), err)
	}
}

func testRevision(t *testing.T, newStore NewStore) {
	for name, change := range map[string]func(*metrics.Observation){
		"value":      func(o *metrics.Observation) { o.Value = 1.25 },
		"low":        func(o *metrics.Observation) { o.Low = metrics.At(0) },
		"no high":    func(o *metrics.Observation) { o.High = metrics.Bound{} },
		"no bounds":  func(o *metrics.Observation) { o.Low, o.High, o.Interval = metrics.Bound{}, metrics.Bound{}, "" },
		"interval":   func(o *metrics.Observation) { o.Interval = "se" },
		"name":       func(o *metrics.Observation) { o.Name = "다른 이름" },
		"blank name": func(o *metrics.Observation) { o.Name = "" },
		"link":       func(o *metrics.Observation) { o.Source.URL = "" },
	} {
		t.Run(name, func(t *testing.T) {
			l := catalogued(t, newStore)
			old := obs("a", 1, 1)
			appendAll(t, l, day(50), old, obs("b", 1, 1))
			revised := old
			change(&revised)
			equal(t, "appended", appendAll(t, l, day(60), revised, obs("b", 1, 1)), metrics.Appended{Revised: 1, Unchanged: 1})
			equal(t, "live", observations(t, l, metrics.Query{Subjects: []string{"a"}}), []metrics.Observation{recorded(revised, day(60))})
			equal(t, "as it was", observations(t, l, metrics.Query{Subjects: []string{"a"}, AsOf: day(55)}),
				[]metrics.Observation{recorded(old, day(50))})
			equal(t, "back again", appendAll(t, l, day(70), old), metrics.Appended{Revised: 1})
			equal(t, "live", observations(t, l, metrics.Query{Subjects: []string{"a"}}), []metrics.Observation{recorded(old, day(70))})
		})
	}
}

func testWithdrawal(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	row := obs("a", 1, 1)
	appendAll(t, l, day(50), row)
	gone := metrics.Observation{Metric: row.Metric, Subject: row.Subject, Setting: row.Setting, Time: row.Time,
		Source: metrics.Source{Name: "lab", Version: "v2"}, Withdrawn: true}
	equal(t, "withdraw", appendAll(t, l, day(60), gone), metrics.Appended{Withdrawn: 1})
	equal(t, "withdraw again", appendAll(t, l, day(61), gone), metrics.Appended{Unchanged: 1})
	equal(t, "live", observations(t, l, metrics.Query{}), []metrics.Observation{})
	equal(t, "as it was", observations(t, l, metrics.Query{AsOf: day(59)}), []metrics.Observation{recorded(row, day(50))})

	// The withdrawal says what is gone, though the caller named only the key.
	revs, err := l.Revisions(t.Context(), metrics.RevisionQuery{Since: day(60)})
	if err != nil {
		t.Fatal(err)
	}
	want := recorded(withdrawn(row), day(60))
	want.Source = metrics.Source{Name: "lab", URL: row.Source.URL, Version: "v2"}
	before := recorded(row, day(50))
	equal(t, "revision", revs, []metrics.Revision{{Observation: want, Before: &before}})

	equal(t, "re-appear", appendAll(t, l, day(70), row), metrics.Appended{Added: 1})
	equal(t, "live again", observations(t, l, metrics.Query{}), []metrics.Observation{recorded(row, day(70))})
	equal(t, "while it was gone", observations(t, l, metrics.Query{AsOf: day(65)}), []metrics.Observation{})
	for read, err := range map[string]error{"subject": nil, "source": nil} {
		var got []metrics.Observation
		if read == "subject" {
			got, err = l.SubjectObservations(t.Context(), "a", day(65))
		} else {
			got, err = l.SourceObservations(t.Context(), "lab")
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]int{"subject": 0, "source": 1}[read]; len(got) != want {
			t.Errorf("%s: %d observations, want %d", read, len(got), want)
		}
	}
}

func testAsOf(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	for i, v := range []float64{1, 2, 3} {
		appendAll(t, l, day(50+10*i), obs("a", 1, v))
	}
	for _, c := range []struct {
		asOf time.Time
		want []float64
	}{
		{day(50).Add(-time.Nanosecond), []float64{}},
		{day(50), []float64{1}},
		{day(60).Add(-time.Nanosecond), []float64{1}},
		{day(60), []float64{2}},
		{day(69), []float64{2}},
		{day(70), []float64{3}},
		{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), []float64{3}},
		{time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), []float64{}},
		{time.Time{}, []float64{3}},
		{day(60).In(time.FixedZone("KST", 9*3600)), []float64{2}},
	} {
		equal(t, fmt.Sprint("as of ", c.asOf), values(observations(t, l, metrics.Query{AsOf: c.asOf})), c.want)
		got, err := l.SubjectObservations(t.Context(), "a", c.asOf)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, fmt.Sprint("subject as of ", c.asOf), values(got), c.want)
	}
}

func testClockBackwards(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	appendAll(t, l, day(60), obs("a", 1, 1))
	appendAll(t, l, day(50), obs("a", 1, 2)) // the clock was set back
	appendAll(t, l, day(50), obs("b", 1, 3)) // another key is free to be older
	equal(t, "live", values(observations(t, l, metrics.Query{})), []float64{2, 3})
	equal(t, "as of the first", values(observations(t, l, metrics.Query{AsOf: day(59)})), []float64{3})
	equal(t, "newest entry", state(t, l).RecordedAt, day(60))
}

func testRange(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	appendAll(t, l, day(50), obs("a", 1, 1), obs("a", 2, 2), obs("a", 3, 3))
	for _, c := range []struct {
		since, until time.Time
		want         []float64
	}{
		{day(2), time.Time{}, []float64{2, 3}},
		{time.Time{}, day(2), []float64{1}},
		{day(1), day(3), []float64{1, 2}},
		{day(2), day(2), []float64{}},
		{day(3), day(1), []float64{}},
		{day(1).Add(time.Nanosecond), day(3).Add(time.Nanosecond), []float64{2, 3}},
		{time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), []float64{1, 2, 3}},
	} {
		got := values(observations(t, l, metrics.Query{Since: c.since, Until: c.until}))
		equal(t, fmt.Sprintf("[%s, %s)", c.since, c.until), got, c.want)
	}
}

func testTimes(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	at := func(subject string, when time.Time) metrics.Observation {
		o := obs(subject, 0, 1)
		o.Time = when
		return o
	}
	seoul := time.FixedZone("KST", 9*3600)
	appendAll(t, l, day(50).In(seoul),
		at("1700", time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)),
		at("1969", time.Date(1969, 12, 31, 23, 59, 59, 500, time.UTC)),
		at("1971", time.Date(1971, 11, 15, 9, 0, 0, 0, seoul)),
		at("2250", time.Date(2250, 1, 1, 0, 0, 0, 0, time.UTC)),
	)
	got := observations(t, l, metrics.Query{})
	var times []time.Time
	for _, o := range got {
		times = append(times, o.Time)
		if o.Time.Location() != time.UTC || o.RecordedAt.Location() != time.UTC || o.Source.RetrievedAt.Location() != time.UTC {
			t.Errorf("%s: times are not UTC: %v, %v, %v", o.Subject, o.Time, o.RecordedAt, o.Source.RetrievedAt)
		}
	}
	equal(t, "times", times, []time.Time{
		time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(1971, 11, 15, 0, 0, 0, 0, time.UTC), time.Date(2250, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	before1970 := observations(t, l, metrics.Query{Until: time.Unix(0, 0)})
	if len(before1970) != 2 {
		t.Errorf("%d observations before 1970, want 2", len(before1970))
	}
	// Finer than a second is one key.
	equal(t, "the same second", appendAll(t, l, day(51), at("1969", time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC))),
		metrics.Appended{Unchanged: 1})
	for _, when := range []time.Time{{}, time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if _, err := l.Append(t.Context(), day(50), []metrics.Observation{at("x", when)}); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("Append of %v: %v, want ErrInvalid", when, err)
		}
		if _, err := l.Append(t.Context(), when, []metrics.Observation{obs("x", 1, 1)}); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("Append at %v: %v, want ErrInvalid", when, err)
		}
	}
}

func testSelection(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore, "score", "other")
	elsewhere, foreign := obs("a", 1, 4), obs("a", 1, 5)
	elsewhere.Metric = "other"
	foreign.Source.Name = "paper"
	appendAll(t, l, day(50), obs("a", 1, 1), obs("b", 1, 2), obs("c", 1, 3), elsewhere, foreign)
	for name, c := range map[string]struct {
		q    metrics.Query
		want []float64
	}{
		"metric":              {metrics.Query{}, []float64{1, 5, 2, 3}},
		"other metric":        {metrics.Query{Metric: "other"}, []float64{4}},
		"subjects":            {metrics.Query{Subjects: []string{"a", "c", "absent"}}, []float64{1, 5, 3}},
		"no subjects":         {metrics.Query{Subjects: []string{}}, []float64{}},
		"source":              {metrics.Query{Source: "paper"}, []float64{5}},
		"unknown source":      {metrics.Query{Source: "absent"}, []float64{}},
		"subjects and source": {metrics.Query{Source: "lab", Subjects: []string{"a"}}, []float64{1}},
	} {
		equal(t, name, values(observations(t, l, c.q)), c.want)
	}
	got, err := l.SubjectObservations(t.Context(), "a", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "subject", values(got), []float64{4, 1, 5})
	got, err = l.SourceObservations(t.Context(), "lab")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "source", values(got), []float64{4, 1, 2, 3})
}

func testOrder(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	var rows []metrics.Observation
	for i, k := range []struct {
		n                        int
		subject, setting, source string
	}{
		{1, "A", "", "lab"}, {1, "a", "", "lab"}, {1, "a", "", "paper"}, {1, "a", "10", "lab"}, {1, "a", "9", "lab"},
		{1, "a b", "", "lab"}, {1, "가", "", "lab"}, {1, "🚀", "", "lab"}, {2, "A", "", "lab"}, {2, "a", "", "lab"},
	} {
		o := obs(k.subject, k.n, float64(i))
		o.Setting, o.Source.Name = k.setting, k.source
		rows = append(rows, o)
	}
	shuffled := []int{7, 2, 9, 0, 5, 3, 8, 1, 6, 4}
	for _, i := range shuffled {
		appendAll(t, l, day(50+i), rows[i])
	}
	equal(t, "order", values(observations(t, l, metrics.Query{})), []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
}

func testKeys(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	low, none, paper, later := obs("a", 1, 2), obs("a", 1, 3), obs("a", 1, 4), obs("a", 2, 5)
	low.Setting, none.Setting, paper.Source.Name = "low", "", "paper"
	equal(t, "appended", appendAll(t, l, day(50), obs("a", 1, 1), low, none, paper, later), metrics.Appended{Added: 5})
	low.Value, low.High = 6, metrics.At(7)
	equal(t, "revised", appendAll(t, l, day(60), low), metrics.Appended{Revised: 1})
	equal(t, "values", values(observations(t, l, metrics.Query{})), []float64{3, 1, 4, 6, 5})
}
