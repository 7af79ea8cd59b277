package metricstest

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// unusual are strings that a store may mistake for its own syntax.
var unusual = []string{
	"a b", " leading and trailing ", "comma, equals = sign", `"double" 'single'`, `back\slash`, `trailing\`, `\`, `\\`, `\"`,
	"line\nfeed", "carriage\r\nreturn", "\n", "tab\tbed", "한국어 이름", "é and e\u0301", "🚀👩‍🔬", "a|b;c:d/e", "${x} #{y} {{z}}", "%", "%20%00", "%-", "null", "_measurement",
	"'); DROP TABLE revision; --", `") |> drop()`, "\x00", "a\x00b", "\u2028\u202e", "-", "0", "true", "#comment", strings.Repeat("길", 500),
	strings.Repeat("\\", 4<<10),
}

func testCharacters(t *testing.T, newStore NewStore) {
	l := newStore(t)
	var ms []metrics.Metric
	var ss []metrics.Subject
	var rows []metrics.Observation
	for i, s := range unusual {
		ms = append(ms, metrics.Metric{ID: s, Kind: metrics.KindModel, Unit: s, Title: metrics.Text{Ko: s, En: s}})
		ss = append(ss, metrics.Subject{ID: s, Name: s, Kind: s, Organization: s, Country: s, Access: s, Family: s, Aliases: []string{s}})
		rows = append(rows, metrics.Observation{
			Metric: s, Subject: s, Setting: s, Name: s, Time: day(i), Value: float64(i), Interval: s,
			Source: metrics.Source{Name: s, URL: s, Version: s, File: s},
		})
	}
	if err := l.PutMetrics(t.Context(), ms); err != nil {
		t.Fatal(err)
	}
	if err := l.PutSubjects(t.Context(), ss); err != nil {
		t.Fatal(err)
	}
	appendAll(t, l, day(50), rows...)
	equal(t, "again", appendAll(t, l, day(51), rows...), metrics.Appended{Unchanged: len(rows)})
	for i, s := range unusual {
		want := []metrics.Observation{recorded(rows[i], day(50))}
		equal(t, fmt.Sprintf("metric %q", s), observations(t, l, metrics.Query{Metric: s}), want)
		equal(t, fmt.Sprintf("all of %q", s), observations(t, l, metrics.Query{Metric: s, Subjects: []string{s}, Source: s}), want)
		got, err := l.SubjectObservations(t.Context(), s, time.Time{})
		if err != nil {
			t.Fatalf("subject %q: %v", s, err)
		}
		equal(t, fmt.Sprintf("subject %q", s), got, want)
		if got, err = l.SourceObservations(t.Context(), s); err != nil {
			t.Fatalf("source %q: %v", s, err)
		}
		equal(t, fmt.Sprintf("source %q", s), got, want)
		m, err := l.Metric(t.Context(), s)
		if err != nil {
			t.Fatalf("entry %q: %v", s, err)
		}
		equal(t, fmt.Sprintf("entry %q", s), m, ms[i])
		subject, err := l.Subject(t.Context(), s)
		if err != nil {
			t.Fatalf("subject %q: %v", s, err)
		}
		equal(t, fmt.Sprintf("subject %q", s), subject, ss[i])
	}
	revs, err := l.Revisions(t.Context(), metrics.RevisionQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(revs) != len(unusual) {
		t.Errorf("%d revisions, want %d", len(revs), len(unusual))
	}
}

func testInvalid(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	appendAll(t, l, day(50), obs("a", 1, 1))
	before := state(t, l)
	for name, spoil := range map[string]func(*metrics.Observation){
		"NaN":                 func(o *metrics.Observation) { o.Value = math.NaN() },
		"infinity":            func(o *metrics.Observation) { o.Value = math.Inf(1) },
		"negative infinity":   func(o *metrics.Observation) { o.Value = math.Inf(-1) },
		"NaN low":             func(o *metrics.Observation) { o.Low = metrics.At(math.NaN()) },
		"infinite high":       func(o *metrics.Observation) { o.High = metrics.At(math.Inf(1)) },
		"low above high":      func(o *metrics.Observation) { o.Low, o.High = metrics.At(2), metrics.At(1) },
		"no metric":           func(o *metrics.Observation) { o.Metric = "" },
		"no subject":          func(o *metrics.Observation) { o.Subject = "" },
		"no source":           func(o *metrics.Observation) { o.Source.Name = "" },
		"no time":             func(o *metrics.Observation) { o.Time = time.Time{} },
		"subject not UTF-8":   func(o *metrics.Observation) { o.Subject = "a\xff" },
		"setting not UTF-8":   func(o *metrics.Observation) { o.Setting = "\xc3\x28" },
		"name not UTF-8":      func(o *metrics.Observation) { o.Name = "\xff" },
		"file not UTF-8":      func(o *metrics.Observation) { o.Source.File = "\xff" },
		"subject too long":    func(o *metrics.Observation) { o.Subject = strings.Repeat("가", 1366) },
		"link too long":       func(o *metrics.Observation) { o.Source.URL = strings.Repeat("a", 64<<10+1) },
		"withdrawal with NaN": func(o *metrics.Observation) { o.Withdrawn, o.Value = true, math.NaN() },
	} {
		bad := obs("b", 1, 1)
		spoil(&bad)
		done, err := l.Append(t.Context(), day(60), []metrics.Observation{obs("good", 1, 1), bad, obs("a", 1, 9)})
		if !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
		equal(t, name, done, metrics.Appended{})
	}
	equal(t, "state", state(t, l), before)
	equal(t, "observations", observations(t, l, metrics.Query{}), []metrics.Observation{recorded(obs("a", 1, 1), day(50))})
}

func testUnknownMetric(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	for _, id := range []string{"absent", "", "SCORE"} {
		if _, err := l.Observations(t.Context(), metrics.Query{Metric: id}); !errors.Is(err, metrics.ErrUnknownMetric) {
			t.Errorf("Observations(%q): %v, want ErrUnknownMetric", id, err)
		}
	}
	equal(t, "no data", observations(t, l, metrics.Query{}), []metrics.Observation{})
	stray := obs("a", 1, 1)
	stray.Metric = "absent"
	if _, err := l.Append(t.Context(), day(50), []metrics.Observation{obs("a", 1, 1), stray}); !errors.Is(err, metrics.ErrUnknownMetric) {
		t.Errorf("Append: %v, want ErrUnknownMetric", err)
	}
	equal(t, "nothing kept", observations(t, l, metrics.Query{}), []metrics.Observation{})
}

func testAllOrNothing(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	appendAll(t, l, day(50), obs("a", 1, 1))
	before := state(t, l)
	if _, err := l.Append(cancelled(), day(60), []metrics.Observation{obs("a", 1, 2), obs("b", 1, 2)}); err == nil {
		t.Fatal("Append with a cancelled context succeeded")
	}
	equal(t, "state", state(t, l), before)
	// The same strings, first seen by a call that failed, are as good as new.
	equal(t, "appended", appendAll(t, l, day(61), obs("b", 1, 2)), metrics.Appended{Added: 1})
	equal(t, "values", values(observations(t, l, metrics.Query{})), []float64{1, 2})
}

func testDuplicates(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore)
	equal(t, "appended", appendAll(t, l, day(50), obs("a", 1, 1), obs("b", 1, 5), obs("a", 1, 2), obs("a", 1, 3)), metrics.Appended{Added: 2})
	equal(t, "the last counts", values(observations(t, l, metrics.Query{})), []float64{3, 5})
	equal(t, "there and back", appendAll(t, l, day(60), obs("a", 1, 9), obs("a", 1, 3)), metrics.Appended{Unchanged: 1})
	equal(t, "withdrawn last", appendAll(t, l, day(70), obs("a", 1, 9), withdrawn(obs("a", 1, 9))), metrics.Appended{Withdrawn: 1})
	equal(t, "live", values(observations(t, l, metrics.Query{})), []float64{5})
}
