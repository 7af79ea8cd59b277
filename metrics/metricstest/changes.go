package metricstest

import (
	"fmt"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// testChanges changes one score, drops one row, renames one model and shifts one date, as an upstream would, and expects
// to be told those four things.
func testChanges(t *testing.T, newStore NewStore) {
	l := catalogued(t, newStore, "score", "other")
	var first []metrics.Observation
	for _, metric := range []string{"score", "other"} {
		for i, subject := range []string{"steady", "changed", "dropped", "renamed", "shifted"} {
			o := obs(subject, i, float64(10+i))
			o.Metric = metric
			if metric == "other" && (subject == "changed" || subject == "dropped") {
				continue
			}
			first = append(first, o)
		}
	}
	appendAll(t, l, day(50), first...)

	at := day(60)
	var second []metrics.Observation
	for _, o := range first {
		switch o.Subject {
		case "changed":
			o.Value, o.Low, o.High = 10.5, metrics.At(10), metrics.At(11)
		case "dropped":
			o = withdrawn(o)
		case "renamed":
			second = append(second, withdrawn(o))
			o.Subject, o.Name, o.Source.URL = "renamed-2", "Renamed 2", "https://lab.example/renamed-2"
		case "shifted":
			second = append(second, withdrawn(o))
			o.Time = o.Time.AddDate(0, 0, 3)
		}
		second = append(second, o)
	}
	for _, o := range second { // in as many calls as there are rows: a run is not a call
		appendAll(t, l, at, o)
	}
	in := metrics.ChangeContext{
		Best:  func(string, time.Time) (float64, bool) { return 14, true },
		Known: func(_ string, before time.Time) bool { return before.After(day(50)) },
	}
	for _, q := range []metrics.RevisionQuery{{}, {Limit: 1000}} {
		revs, err := l.Revisions(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, c := range metrics.Changes(revs, in) {
			got[fmt.Sprint(c.Kind, " ", c.Subject)] += c.Count
		}
		equal(t, "changes", got, map[string]int{
			"added ": len(first), "revised changed": 1, "withdrawn dropped": 1, "renamed renamed-2": 2, "redated shifted": 2,
		})
	}
	equal(t, "as of before", values(observations(t, l, metrics.Query{AsOf: day(59)})), []float64{10, 11, 12, 13, 14})
	equal(t, "now", values(observations(t, l, metrics.Query{})), []float64{10, 10.5, 13, 14})
}
