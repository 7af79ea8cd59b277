package query_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/sqlite"
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

// An edit of a row of several quantities is one change in words, with each value beneath it; pages of changes, in either order of
// asking, come to what was told at once, and a metric has what is about it, on both stores.
func TestChangesOfRows(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
		must(t, err)
		t.Cleanup(func() { store.Close() })
		changesOfRows(t, store)
	})
	t.Run("influx", func(t *testing.T) {
		server := influxtest.Start(t)
		store, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Org: server.Org, Bucket: server.Database(t)})
		must(t, err)
		t.Cleanup(func() { store.Close() })
		changesOfRows(t, store)
	})
}

func changesOfRows(t *testing.T, store metrics.Ledger) {
	must(t, store.PutMetrics(t.Context(), []metrics.Metric{
		{ID: "flops", Unit: "FLOP/s", Direction: "higher", Title: metrics.Text{Ko: "연산", En: "Compute"}},
		{ID: "watts", Unit: "W", Direction: "lower", Title: metrics.Text{Ko: "전력", En: "Power"}},
		{ID: "price", Unit: "USD", Direction: "lower", Title: metrics.Text{Ko: "가격", En: "Price"}},
	}))
	chip := func(subject, name, day string, flops, watts, price float64) []metrics.Observation {
		var row []metrics.Observation
		for i, metric := range []string{"flops", "watts", "price"} {
			row = append(row, metrics.Observation{Metric: metric, Subject: subject, Name: name, Time: date(day), Value: []float64{flops, watts, price}[i],
				Source: metrics.Source{Name: "Maker"}})
		}
		return row
	}
	gone := func(row []metrics.Observation) []metrics.Observation {
		row = slices.Clone(row)
		for i := range row {
			row[i].Withdrawn = true
		}
		return row
	}
	add := func(day string, rows ...[]metrics.Observation) {
		t.Helper()
		_, err := store.Append(t.Context(), date(day), slices.Concat(rows...))
		must(t, err)
	}
	a, b, c, d := chip("a", "A", "2020-01-01", 100, 10, 50), chip("b", "B", "2020-02-01", 90, 12, 60), chip("c", "C", "2020-03-01", 80, 11, 70), chip("d", "D", "2020-04-01", 70, 13, 80)
	add("2026-01-01", a, b, c, d)
	add("2026-01-02", chip("a", "A", "2020-01-01", 101, 10.5, 50), gone(b), gone(c), chip("c2", "C2", "2020-03-01", 80, 11, 70), gone(d), chip("d", "D", "2020-05-01", 70, 13, 80))
	add("2026-01-03", chip("e", "E", "2021-01-01", 200, 9, 900))
	add("2026-01-04", chip("f", "F", "2021-02-01", 300, 90, 900))
	add("2026-01-05", gone(chip("f", "F", "2021-02-01", 300, 90, 900)))

	engine := query.New(query.Config{Ledger: store})
	ask := func(p query.ChangesParams) query.Changes {
		t.Helper()
		answer, err := engine.Changes(t.Context(), p)
		must(t, err)
		return answer
	}
	all := ask(query.ChangesParams{Limit: 100})
	var said []string
	for _, change := range all.Changes {
		said = append(said, plain(change.Text.Ko+" / "+change.Text.En))
		for _, event := range change.Events {
			said = append(said, plain("  "+event.Text.Ko+" / "+event.Text.En))
		}
	}
	want := []string{
		"F: 값 3개를 거두었다. / F: 3 values withdrawn.",
		"  연산: 값을 거두었다(300 FLOP/s). / Compute: 300 FLOP/s withdrawn.",
		"  가격: 값을 거두었다($900.00). / Price: $900.00 withdrawn.",
		"  전력: 값을 거두었다(90W). / Power: 90 W withdrawn.",
		"연산의 새 기록: F, 300 FLOP/s. 다른 값 2개도 더했다. / New record on Compute: F, 300 FLOP/s. 2 more values added.",
		"  연산: 값을 더했다(300 FLOP/s). / Compute: 300 FLOP/s added.",
		"  가격: 값을 더했다($900.00). / Price: $900.00 added.",
		"  전력: 값을 더했다(90W). / Power: 90 W added.",
		"연산, 전력의 새 기록: E. 다른 값 1개도 더했다. / New records on Compute, Power: E. 1 more value added.",
		"  연산: 값을 더했다(200 FLOP/s). / Compute: 200 FLOP/s added.",
		"  전력: 값을 더했다(9W). / Power: 9 W added.",
		"  가격: 값을 더했다($900.00). / Price: $900.00 added.",
		"B: 값 3개를 거두었다. / B: 3 values withdrawn.",
		"  연산: 값을 거두었다(90 FLOP/s). / Compute: 90 FLOP/s withdrawn.",
		"  가격: 값을 거두었다($60.00). / Price: $60.00 withdrawn.",
		"  전력: 값을 거두었다(12W). / Power: 12 W withdrawn.",
		"D: 날짜가 바뀌었다(2020-04-01 → 2020-05-01, 값 3개). / D was redated from 2020-04-01 to 2020-05-01 (3 values).",
		"  연산: 70 FLOP/s / Compute: 70 FLOP/s",
		"  가격: $80.00 / Price: $80.00",
		"  전력: 13W / Power: 13 W",
		"C2: 이름이 바뀌었다(전에는 C, 값 3개). / C was renamed to C2 (3 values).",
		"  연산: 80 FLOP/s / Compute: 80 FLOP/s",
		"  가격: $70.00 / Price: $70.00",
		"  전력: 11W / Power: 11 W",
		"연산의 새 기록: A, 101 FLOP/s, 앞서는 100 FLOP/s. 다른 값 1개도 고쳤다. / New record on Compute: A, 101 FLOP/s, was 100 FLOP/s. 1 more value revised.",
		"  연산: 값을 고쳤다(100 FLOP/s → 101 FLOP/s). / Compute: revised from 100 FLOP/s to 101 FLOP/s.",
		"  전력: 값을 고쳤다(10W → 10.5W). / Power: revised from 10 W to 10.5 W.",
		"Maker: 처음 들어온 자료, 12행. / Maker: first taken in, 12 rows.",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, size := range []int{1, 3, len(all.Changes)} {
		paged := query.Changes{More: true}
		for paged.More {
			page := ask(query.ChangesParams{Limit: size, Offset: len(paged.Changes)})
			if len(page.Changes) == 0 {
				t.Fatalf("an empty page of %d after %d", size, len(paged.Changes))
			}
			paged.Changes, paged.More = append(paged.Changes, page.Changes...), page.More
		}
		if diff := cmp.Diff(all, paged); diff != "" {
			t.Errorf("-at once +in pages of %d:\n%s", size, diff)
		}
	}
	since := ask(query.ChangesParams{Since: date("2026-01-02"), Until: date("2026-01-04"), Limit: 100})
	if diff := cmp.Diff(all.Changes[2:7], since.Changes); diff != "" {
		t.Errorf("-of two days +asked for:\n%s", diff)
	}
	var watts []string
	for _, change := range ask(query.ChangesParams{Metric: "watts", Since: date("2026-01-02"), Limit: 100}).Changes {
		if len(change.Events) > 0 {
			t.Errorf("%s: %d events of one metric", change.Text.En, len(change.Events))
		}
		watts = append(watts, plain(change.Text.En))
	}
	if diff := cmp.Diff([]string{
		"Power, F: 90 W withdrawn.", "Power, F: 90 W added.", "New record on Power: E, 9 W.", "Power, B: 12 W withdrawn.",
		"D was redated from 2020-04-01 to 2020-05-01.", "C was renamed to C2.", "Power, A: revised from 10 W to 10.5 W.",
	}, watts); diff != "" {
		t.Errorf("of one metric: -want +got:\n%s", diff)
	}
	if rows := all.Table().Rows; len(rows) != 6*3+2+1 { // six changes of three values, one of two, and the first run
		t.Errorf("a table of %d rows", len(rows))
	}
}

// plain writes a space for one that doesn't break.
func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }
