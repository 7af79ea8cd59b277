package query_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

// counting counts the revisions that are read of a ledger.
type counting struct {
	metrics.Reader
	revisions int
}

func (c *counting) Revisions(ctx context.Context, q metrics.RevisionQuery) ([]metrics.Revision, error) {
	revisions, err := c.Reader.Revisions(ctx, q)
	c.revisions += len(revisions)
	return revisions, err
}

// What changed is told from the newest on without reading the whole ledger, and in the end as if it had been read at once: a
// first run of more rows than are read at a time, and smaller ones after it.
func TestChangesBackwards(t *testing.T) {
	const first, runs, perRun = 2500, 6, 500
	store := ledger(t)
	run := func(day, rows int, value float64) {
		obs := make([]metrics.Observation, rows)
		for i := range obs {
			obs[i] = metrics.Observation{Metric: "exam", Subject: fmt.Sprint("s", i), Time: date("2024-01-01"), Value: value, Source: metrics.Source{Name: "Big"}}
		}
		_, err := store.Append(t.Context(), date("2026-01-02").AddDate(0, 0, day), obs)
		must(t, err)
	}
	run(0, first, 0.1)
	for n := range runs {
		run(n+1, perRun, 0.1+float64(n+1)/1000)
	}
	reader := &counting{Reader: store}
	ask := func(p query.ChangesParams) []query.Change {
		t.Helper()
		answer, err := query.New(query.Config{Ledger: reader}).Changes(t.Context(), p)
		must(t, err)
		return answer.Changes
	}
	if got := ask(query.ChangesParams{Limit: 3}); len(got) != 3 || reader.revisions > 2000 {
		t.Errorf("%d changes, for which %d revisions were read", len(got), reader.revisions)
	}
	all := ask(query.ChangesParams{Limit: 1e6})
	if want := runs*perRun + 2; len(all) != want { // and two first runs
		t.Fatalf("%d changes, want %d", len(all), want)
	}
	if c := all[len(all)-2]; c.Source != "Big" || c.Kind != metrics.ChangeAdded || c.Count != first {
		t.Errorf("the first run is told as %+v", c)
	}
	var parts []query.Change // day by day
	for n := runs; n >= -1; n-- {
		day := date("2026-01-02").AddDate(0, 0, n)
		parts = append(parts, ask(query.ChangesParams{Since: day, Until: day.Add(24 * time.Hour), Limit: 1e6})...)
	}
	if diff := cmp.Diff(parts, all); diff != "" {
		t.Errorf("-day by day +at once:\n%s", diff)
	}
}

// A subject that goes by the same name under another id is told by its ids.
func TestRenamedInWords(t *testing.T) {
	store := ledger(t)
	add := func(day string, withdrawn bool, subject string) {
		_, err := store.Append(t.Context(), date(day), []metrics.Observation{{Metric: "exam", Subject: subject, Name: "Model F", Time: date("2024-03-01"), Value: 0.5,
			Withdrawn: withdrawn, Source: metrics.Source{Name: "Lab"}}})
		must(t, err)
	}
	add("2026-02-01", false, "f")
	add("2026-02-02", true, "f")
	add("2026-02-02", false, "f-large")
	answer, err := query.New(query.Config{Ledger: store}).Changes(t.Context(), query.ChangesParams{Since: date("2026-02-02"), Limit: 10})
	must(t, err)
	want := metrics.Text{Ko: "f-large: 이름이 바뀌었다(전에는 f).", En: "f was renamed to f-large."}
	if len(answer.Changes) != 1 || answer.Changes[0].Text != want {
		t.Errorf("got %+v, want %+v", answer.Changes, want)
	}
}
