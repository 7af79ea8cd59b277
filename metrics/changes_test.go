package metrics_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/scalebook/scalebook/metrics"
)

var (
	firstRun  = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	secondRun = time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC)
)

// row writes a row as metric, subject, day and value.
func row(metric, subject string, day int, value float64) *metrics.Observation {
	return &metrics.Observation{
		Metric: metric, Subject: subject, Name: subject, Time: time.Date(2024, 1, day, 0, 0, 0, 0, time.UTC), Value: value,
		Source: metrics.Source{Name: "lab"}, RecordedAt: firstRun,
	}
}

// rev is a revision by the second run: before nil for a new row, after nil for a withdrawal.
func rev(before, after *metrics.Observation) metrics.Revision {
	if after == nil {
		gone := *before
		gone.Withdrawn = true
		after = &gone
	}
	r := metrics.Revision{Observation: *after, Before: before}
	r.RecordedAt = secondRun
	return r
}

// said sums changes up: kind, metric, subject, what it was before, and how many rows.
func said(changes []metrics.Change) []string {
	out := []string{}
	for _, c := range changes {
		s := fmt.Sprintf("%s %s %s", c.Kind, c.Metric, c.Subject)
		if c.Before != nil {
			s += fmt.Sprintf(" from %s %d %v", c.Before.Subject, c.Before.Time.Day(), c.Before.Value)
		}
		if c.Count != 1 {
			s += fmt.Sprintf(" x%d", c.Count)
		}
		out = append(out, s)
	}
	return out
}

func TestChanges(t *testing.T) {
	renamed := row("gpqa", "a", 1, 0.5)
	renamed.Name = "A!"
	relinked := row("gpqa", "a", 1, 0.5)
	relinked.Source.URL = "https://elsewhere.example/"
	wider := row("gpqa", "a", 1, 0.5)
	wider.Low = metrics.At(0.4)
	other := row("gpqa", "b", 1, 0.5)
	other.Source.Name = "paper"
	gone := *row("gpqa", "a", 1, 0.5)
	gone.Withdrawn = true
	best := func(metric string, before time.Time) (float64, bool) {
		if !before.Equal(secondRun) {
			t.Errorf("Best asked as of %v", before)
		}
		return map[string]float64{"gpqa": 0.8, "price": 3}[metric], metric != "new"
	}
	for _, c := range []struct {
		name string
		revs []metrics.Revision
		want []string
	}{
		{"nothing", nil, []string{}},
		{"added", []metrics.Revision{rev(nil, row("gpqa", "a", 1, 0.5))}, []string{"added gpqa a"}},
		{"back again", []metrics.Revision{rev(&gone, row("gpqa", "a", 1, 0.5))}, []string{"added gpqa a"}},
		{"revised", []metrics.Revision{rev(row("gpqa", "a", 1, 0.5), row("gpqa", "a", 1, 0.6))}, []string{"revised gpqa a from a 1 0.5"}},
		{"bounds revised", []metrics.Revision{rev(row("gpqa", "a", 1, 0.5), wider)}, []string{"revised gpqa a from a 1 0.5"}},
		{"withdrawn", []metrics.Revision{rev(row("gpqa", "a", 1, 0.5), nil)}, []string{"withdrawn gpqa a from a 1 0.5"}},
		{"only the link", []metrics.Revision{rev(row("gpqa", "a", 1, 0.5), relinked)}, []string{}},
		{"only the name", []metrics.Revision{rev(row("gpqa", "a", 1, 0.5), renamed)}, []string{"renamed gpqa a from a 1 0.5"}},
		{"renamed in two metrics", []metrics.Revision{
			rev(row("gpqa", "old", 1, 0.5), nil), rev(nil, row("gpqa", "new", 1, 0.5)),
			rev(row("mmlu", "old", 1, 0.9), nil), rev(nil, row("mmlu", "new", 1, 0.9)),
		}, []string{"renamed  new from old 1 0.5 x2"}},
		{"two renamed with the same score", []metrics.Revision{
			rev(row("gpqa", "a", 1, 0.5), nil), rev(nil, row("gpqa", "x", 1, 0.5)), rev(row("mmlu", "a", 1, 0.9), nil), rev(nil, row("mmlu", "x", 1, 0.9)),
			rev(row("gpqa", "b", 1, 0.5), nil), rev(nil, row("gpqa", "y", 1, 0.5)), rev(row("mmlu", "b", 1, 0.7), nil), rev(nil, row("mmlu", "y", 1, 0.7)),
		}, []string{"renamed  x from a 1 0.5 x2", "renamed  y from b 1 0.5 x2"}},
		{"redated in two metrics", []metrics.Revision{
			rev(row("gpqa", "a", 1, 0.5), nil), rev(nil, row("gpqa", "a", 9, 0.5)),
			rev(row("mmlu", "a", 1, 0.9), nil), rev(nil, row("mmlu", "a", 9, 0.9)),
		}, []string{"redated  a from a 1 0.5 x2"}},
		{"dated and scored otherwise", []metrics.Revision{
			rev(row("gpqa", "a", 1, 0.5), nil), rev(nil, row("gpqa", "a", 9, 0.6)),
		}, []string{"revised gpqa a from a 1 0.5"}},
		{"a series that moved on", []metrics.Revision{
			rev(row("price", "a", 1, 5), nil), rev(nil, row("price", "a", 2, 6)), rev(nil, row("price", "a", 3, 7)),
		}, []string{"added price a x2", "withdrawn price a from a 1 5"}},
		{"not renamed: another value", []metrics.Revision{
			rev(row("gpqa", "a", 1, 0.5), nil), rev(nil, row("gpqa", "b", 1, 0.51)),
		}, []string{"added gpqa b", "withdrawn gpqa a from a 1 0.5"}},
		{"not renamed: another source", []metrics.Revision{
			rev(row("gpqa", "a", 1, 0.5), nil), rev(nil, other),
		}, []string{"withdrawn gpqa a from a 1 0.5", "added gpqa b"}},
		{"record", []metrics.Revision{
			rev(nil, row("gpqa", "a", 1, 0.85)), rev(nil, row("gpqa", "b", 1, 0.9)), rev(nil, row("gpqa", "c", 1, 0.8)),
		}, []string{"record gpqa b", "added gpqa a", "added gpqa c"}},
		{"revised to a record", []metrics.Revision{rev(row("gpqa", "a", 1, 0.8), row("gpqa", "a", 1, 0.81))}, []string{"record gpqa a from a 1 0.8"}},
		{"as good is no record", []metrics.Revision{rev(nil, row("gpqa", "a", 1, 0.8))}, []string{"added gpqa a"}},
		{"lower is better", []metrics.Revision{rev(nil, row("price", "a", 1, 2)), rev(nil, row("price", "b", 1, 9))}, []string{"record price a", "added price b"}},
		{"the first of a metric is no record", []metrics.Revision{rev(nil, row("new", "a", 1, 2))}, []string{"added new a"}},
		{"a rename is no record", []metrics.Revision{rev(row("gpqa", "a", 1, 0.99), nil), rev(nil, row("gpqa", "b", 1, 0.99))}, []string{"renamed gpqa b from a 1 0.99"}},
		{"one row of a table dropped", []metrics.Revision{
			rev(row("gpqa", "a", 1, 0.5), nil), rev(row("price", "a", 1, 5), nil), rev(row("gpqa", "b", 1, 0.4), nil),
		}, []string{"withdrawn  a from a 1 0.5 x2", "withdrawn gpqa b from b 1 0.4"}},
		{"two cells of a row revised", []metrics.Revision{
			rev(row("gpqa", "a", 1, 0.5), row("gpqa", "a", 1, 0.6)), rev(row("price", "a", 1, 5), row("price", "a", 1, 6)),
		}, []string{"revised  a from a 1 0.5 x2"}},
		{"a new row with a record", []metrics.Revision{
			rev(nil, row("gpqa", "a", 1, 0.9)), rev(nil, row("new", "a", 1, 5)), rev(nil, row("price", "a", 1, 5)), rev(nil, row("price", "b", 1, 4)),
		}, []string{"record gpqa a x3", "added price b"}},
		{"a row revised to two records, another renamed, a third gone", []metrics.Revision{
			rev(row("gpqa", "a", 1, 0.5), row("gpqa", "a", 1, 0.9)), rev(row("price", "a", 1, 5), row("price", "a", 1, 2)),
			rev(row("gpqa", "old", 1, 0.3), nil), rev(nil, row("gpqa", "b", 1, 0.3)), rev(row("gpqa", "older", 1, 0.2), nil), rev(nil, row("gpqa", "c", 1, 0.2)),
			rev(row("price", "d", 1, 8), nil),
		}, []string{"record  a from a 1 0.5 x2", "renamed gpqa b from old 1 0.3", "renamed gpqa c from older 1 0.2", "withdrawn price d from d 1 8"}},
		{"twice in a run", []metrics.Revision{
			rev(nil, row("gpqa", "a", 1, 0.1)), rev(row("gpqa", "a", 1, 0.1), row("gpqa", "a", 1, 0.2)),
		}, []string{"added gpqa a"}},
		{"there and back in a run", []metrics.Revision{
			rev(row("gpqa", "a", 1, 0.1), row("gpqa", "a", 1, 0.2)), rev(row("gpqa", "a", 1, 0.2), row("gpqa", "a", 1, 0.1)),
		}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := metrics.ChangeContext{Best: best, LowerIsBetter: func(metric string) bool { return metric == "price" }}
			if diff := cmp.Diff(c.want, said(metrics.Changes(c.revs, in))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			slices.Reverse(c.revs) // newest first says the same
			if got := metrics.Changes(c.revs, in); len(got) != len(c.want) {
				t.Errorf("in reverse: %v, want %v", said(got), c.want)
			}
		})
	}
}

// What of a change is about one metric is a change of its own.
func TestChangeOfAMetric(t *testing.T) {
	changes := metrics.Changes([]metrics.Revision{
		rev(row("gpqa", "a", 1, 0.5), nil), rev(row("gpqa", "a", 2, 0.4), nil), rev(row("price", "a", 1, 5), nil),
	}, metrics.ChangeContext{})
	if len(changes) != 1 || len(changes[0].Events) != 3 {
		t.Fatalf("got %+v", changes)
	}
	for metric, want := range map[string][]string{
		"gpqa": {"withdrawn gpqa a from a 1 0.5 x2"}, "price": {"withdrawn price a from a 1 5"}, "mmlu": {},
	} {
		var of []metrics.Change
		if c, ok := changes[0].Of(metric); ok {
			of = append(of, c)
		}
		if diff := cmp.Diff(want, said(of)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", metric, diff)
		}
	}
}

func TestChangesOfAFirstRun(t *testing.T) {
	revs := []metrics.Revision{
		rev(nil, row("gpqa", "a", 1, 0.1)), rev(nil, row("gpqa", "b", 1, 0.2)), rev(nil, row("mmlu", "a", 1, 0.2)),
	}
	for known, want := range map[bool][]string{
		false: {"added   x3"},
		true:  {"added  a x2", "added gpqa b"},
	} {
		in := metrics.ChangeContext{Known: func(source string, before time.Time) bool {
			if source != "lab" || !before.Equal(secondRun) {
				t.Errorf("Known(%s, %v)", source, before)
			}
			return known
		}}
		if diff := cmp.Diff(want, said(metrics.Changes(revs, in))); diff != "" {
			t.Errorf("known %v: -want +got:\n%s", known, diff)
		}
	}
}
