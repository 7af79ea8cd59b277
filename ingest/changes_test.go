package ingest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/epochbenchmarks"
	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
)

// An upstream that changed one score, dropped one row, renamed one model and shifted one date makes exactly four changes,
// and what was known before is still told, on both stores.
func TestFourChanges(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { fourChanges(t, ingesttest.New(t, csvfile.Connector{})) })
	t.Run("influx", func(t *testing.T) {
		server := influxtest.Start(t)
		ledger, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Bucket: server.Database(t)})
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
	if got := changesOf(t, b, job); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	before, err := b.Ledger.Observations(t.Context(), metrics.Query{Metric: "gpqa-diamond", AsOf: first[0].RecordedAt})
	if err != nil || fmt.Sprint(before) != fmt.Sprint(first) {
		t.Errorf("as of the first run there were %d observations, %v", len(before), err)
	}
}

// changesOf ingests a job and returns the changes that it made.
func changesOf(t *testing.T, b *ingesttest.Bench, job ingest.Job) []string {
	t.Helper()
	state, err := b.Ledger.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.Ingest(t, job)
	revisions, err := b.Ledger.Revisions(t.Context(), metrics.RevisionQuery{Since: state.RecordedAt.Add(time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range metrics.Changes(revisions, metrics.ChangeContext{}) {
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
	got := changesOf(t, b, job)
	var kinds []string
	for _, c := range got {
		kind, _, _ := strings.Cut(c, " ")
		kinds = append(kinds, kind)
	}
	if fmt.Sprint(kinds) != "[redated renamed revised withdrawn]" {
		t.Errorf("models %v: got %q", once[:4], got)
	}
}
