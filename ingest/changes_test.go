package ingest_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/chipcounts"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/epochbenchmarks"
	"github.com/scalebook/scalebook/ingest/epochhardware"
	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
)

// An upstream that changed one score, dropped one row, renamed one model and shifted one date makes exactly four changes,
// and what was known before is still told, on both stores.
func TestFourChanges(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { fourChanges(t, ingesttest.New(t, csvfile.Connector{})) })
	influxtest.Each(t, func(t *testing.T, server *influxtest.Server) {
		ledger, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Org: server.Org, Bucket: server.Database(t)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ledger.Close() })
		fourChanges(t, ingesttest.NewOn(t, ledger, csvfile.Connector{}))
	})
}

func fourChanges(t *testing.T, b *ingesttest.Bench) {
	job, file := write(t, table(20))
	b.Ingest(t, job)
	first := b.Observations(t, "gpqa-diamond")
	ingesttest.Write(t, file, strings.NewReplacer(
		"s03,2024-01-04,0.13", "s03,2024-01-04,0.131",
		"gpqa-diamond,s05,2024-01-06,0.15,lab\n", "",
		"s07,", "s07-renamed,",
		"s09,2024-01-10", "s09,2024-02-10",
	).Replace(table(20)))
	want := []string{"redated gpqa-diamond s09", "renamed gpqa-diamond s07-renamed", "revised gpqa-diamond s03", "withdrawn gpqa-diamond s05"}
	if got := told(changesOf(t, b, job)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	before, err := b.Ledger.Observations(t.Context(), metrics.Query{Metric: "gpqa-diamond", AsOf: first[0].RecordedAt})
	if err != nil || fmt.Sprint(before) != fmt.Sprint(first) {
		t.Errorf("as of the first run there were %d observations, %v", len(before), err)
	}
}

// changesOf ingests a job and returns the changes that it made.
func changesOf(t *testing.T, b *ingesttest.Bench, job ingest.Job) []metrics.Change {
	t.Helper()
	state, err := b.Ledger.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.Ingest(t, job)
	return metrics.Changes(revisionsOf(t, b, state.RecordedAt.Add(time.Second)), metrics.ChangeContext{})
}

// told names changes, in the order of their names.
func told(changes []metrics.Change) []string {
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %s %s", c.Kind, c.Metric, c.Subject))
	}
	slices.Sort(got)
	return got
}

// The same in a copy of a real upstream: among its runs, four models that were run once.
func TestFourChangesUpstream(t *testing.T) {
	upstream := ingesttest.Upstream(t, "epoch")
	copied := map[string]string{}
	for _, name := range []string{"benchmarks_runs.csv", "model_versions.csv"} {
		text, err := os.ReadFile(filepath.Join(upstream, name))
		if err != nil {
			t.Fatal(err)
		}
		copied[name] = string(text)
	}
	dir := ingesttest.Folder(t, copied)
	job := ingest.Job{Name: "epoch", Kind: "epoch-benchmarks", Location: dir}
	b := ingesttest.New(t, epochbenchmarks.Connector{})
	b.Ingest(t, job)
	var once []string
	lines := strings.SplitAfter(copied["benchmarks_runs.csv"], "\n")
	line := map[string]string{}
	for _, l := range lines {
		cells := strings.Split(l, ",")
		if len(cells) > 4 && strings.Count(copied["benchmarks_runs.csv"], ","+cells[2]+",") == 1 && strings.Count(copied["benchmarks_runs.csv"], cells[2]) == 1 &&
			strings.Count(copied["model_versions.csv"], "\n"+cells[2]+",") == 1 && !strings.Contains(cells[2], "_") && cells[3] != "" {
			once = append(once, cells[2])
			line[cells[2]] = l
		}
	}
	if len(once) < 4 {
		t.Fatalf("only %d models were run once", len(once))
	}
	runs, versions := copied["benchmarks_runs.csv"], copied["model_versions.csv"]
	score := strings.Split(line[once[0]], ",")
	score[3] = "0.0123"
	runs = strings.Replace(runs, line[once[0]], strings.Join(score, ","), 1)
	runs = strings.Replace(runs, line[once[1]], "", 1)
	runs = strings.Replace(runs, ","+once[2]+",", ",renamed-model,", 1)
	versions = strings.Replace(versions, "\n"+once[2]+",", "\nrenamed-model,", 1)
	at := strings.Index(versions, "\n"+once[3]+",")
	head, tail := versions[:at], versions[at:]
	i := strings.Index(tail, ",20") + 1
	versions = head + tail[:i] + "2020-02-02" + tail[i+10:]
	ingesttest.Write(t, filepath.Join(dir, "benchmarks_runs.csv"), runs)
	ingesttest.Write(t, filepath.Join(dir, "model_versions.csv"), versions)
	got := told(changesOf(t, b, job))
	var kinds []string
	for _, c := range got {
		kind, _, _ := strings.Cut(c, " ")
		kinds = append(kinds, kind)
	}
	if fmt.Sprint(kinds) != "[redated renamed revised withdrawn]" {
		t.Errorf("models %v: got %q", once[:4], got)
	}
}

// The same in tables whose rows give several quantities of one subject: an edit of a row is one change, whatever it touches.
func TestFourChangesOfTables(t *testing.T) {
	hardware := [][]string{{"Hardware name", "Manufacturer", "Release date", "Release price (USD)", "Memory (bytes)", "Memory bandwidth (byte/s)", "TDP (W)", "FP8 performance (FLOP/s)"}}
	counts := [][]string{{"Name", "Chip manufacturer", "Start date", "End date", "Chip type", "Number of units (5th percentile)", "Number of units (median)",
		"Number of units (95th percentile)", "Compute estimate in H100e (median)"}}
	for i := range 12 {
		n := func(scale int) string { return fmt.Sprint((i + 1) * scale) }
		hardware = append(hardware, []string{"Example X" + n(1), "Example", fmt.Sprintf("2020-%02d-15", i+1), n(1000), n(8e9), "1.5e" + n(1), n(50), n(1e14)})
		for quarter, end := range []string{"3/31/2024", "6/30/2024", "9/30/2024"} {
			units := (i + 1) * 1000 * (quarter + 1)
			counts = append(counts, []string{"row", "Example", "1/1/2024", end, "Y" + n(1), fmt.Sprint(units / 2), fmt.Sprint(units), fmt.Sprint(units * 2), fmt.Sprint(units / 4)})
		}
	}
	hardwareTable := columns{subject: "Hardware name", date: "Release date", value: "TDP (W)", least: 4, shifted: "2001-02-03"}
	countsTable := columns{subject: "Chip type", date: "End date", value: "Number of units (median)", least: 2, shifted: "12/30/2031"}
	t.Run("hardware", func(t *testing.T) { fourChangesOfTable(t, epochhardware.Connector{}, hardware, hardwareTable) })
	t.Run("chip counts", func(t *testing.T) { fourChangesOfTable(t, chipcounts.Connector{}, counts, countsTable) })
	t.Run("upstream hardware", func(t *testing.T) {
		fourChangesOfTable(t, epochhardware.Connector{}, readTable(t, ingesttest.Upstream(t, "epoch"), "ml_hardware.csv"), hardwareTable)
	})
	t.Run("upstream chip counts", func(t *testing.T) {
		fourChangesOfTable(t, chipcounts.Connector{}, readTable(t, ingesttest.Upstream(t, "chips"), "nvidia_cumulative_by_chip.csv"), countsTable)
	})
}

// columns are those of a table that a test edits.
type columns struct {
	subject, date, value string
	least                int    // quantities that a row which is dropped, renamed or redated has
	shifted              string // the date that one row is given
}

func readTable(t *testing.T, dir, name string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func fourChangesOfTable(t *testing.T, connector ingest.Connector, table [][]string, of columns) {
	dir := t.TempDir()
	write := func() {
		t.Helper()
		var text strings.Builder
		if err := csv.NewWriter(&text).WriteAll(table); err != nil {
			t.Fatal(err)
		}
		ingesttest.Write(t, filepath.Join(dir, "table.csv"), text.String())
	}
	write()
	b := ingesttest.New(t, connector)
	job := ingest.Job{Name: "table", Kind: connector.Kind(), Location: dir}
	b.Ingest(t, job)

	// One row each of four subjects, of which the ledger has several quantities on the row's date.
	live := map[string]int{}
	for _, r := range revisionsOf(t, b, time.Time{}) {
		live[fmt.Sprint(r.Source.Row)]++
	}
	subject, date, value := slices.Index(table[0], of.subject), slices.Index(table[0], of.date), slices.Index(table[0], of.value)
	var rows []int
	used, line := map[string]bool{}, 1
	for i, row := range table {
		if i > 0 && live[fmt.Sprint(line)] >= of.least && !used[row[subject]] && row[value] != "" && len(rows) < 4 {
			rows, used[row[subject]] = append(rows, i), true
		}
		line += 1 + strings.Count(strings.Join(row, ""), "\n")
	}
	if len(rows) < 4 {
		t.Fatalf("only %d of %d rows have %d quantities", len(rows), len(table)-1, of.least)
	}
	table[rows[0]][value] += "1"
	renamed := table[rows[1]][subject]
	for _, row := range table[1:] {
		if row[subject] == renamed {
			row[subject] = "Renamed 9"
		}
	}
	table[rows[2]][date] = of.shifted
	table = slices.Delete(table, rows[3], rows[3]+1)
	write()
	var got []string
	for _, c := range changesOf(t, b, job) {
		got = append(got, c.Kind)
		if c.Kind != metrics.ChangeRevised && (c.Count < of.least || len(c.Events) != c.Count) {
			t.Errorf("%s %s: %d values, of which %d are told", c.Kind, c.Subject, c.Count, len(c.Events))
		}
	}
	if want := []string{"revised", "renamed", "redated", "withdrawn"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func revisionsOf(t *testing.T, b *ingesttest.Bench, since time.Time) []metrics.Revision {
	t.Helper()
	revisions, err := b.Ledger.Revisions(t.Context(), metrics.RevisionQuery{Since: since})
	if err != nil {
		t.Fatal(err)
	}
	return revisions
}
