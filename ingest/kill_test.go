package ingest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/ingest/lineprotocol"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/sqlite"
)

// The child process of TestKilled finds in these what to work on.
const (
	childData   = "SCALEBOOK_TEST_CHILD_DATA"
	childInput  = "SCALEBOOK_TEST_CHILD_INPUT"
	childLedger = "SCALEBOOK_TEST_CHILD_INFLUX" // url bucket token and, of InfluxDB 2, org; SQLite if blank
)

// kills is how many times the ingest is killed on each store.
const kills = 20

// TestKilled kills an ingest at random moments of twenty runs, each of a new version of its upstreams, and starts it
// again. After each, the ledger equals that of a run that nobody disturbed, and the index was built of it.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	program := buildChild(t)
	t.Run("sqlite", func(t *testing.T) { killed(t, child{program: program, dir: t.TempDir()}, 1200) })
	influxtest.Each(t, func(t *testing.T, server *influxtest.Server) {
		ledger := strings.Join([]string{server.URL, server.Database(t), server.Token, server.Org}, " ")
		killed(t, child{program: program, dir: t.TempDir(), ledger: ledger}, 240)
	})
}

// buildChild builds this package's tests as a user gets the program: without the race detector, with which each of the
// many processes would take ten times as long.
func buildChild(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "child")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-ldflags=-s -w", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the child: %v\n%s", err, out)
	}
	return program
}

// child is an ingest in a process of its own.
type child struct{ program, dir, input, ledger string }

// run runs it to its end, or kills it after a while.
func (c child) run(t *testing.T, killAfter time.Duration) (took time.Duration, finished bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.program, "-test.run=^TestKillChild$")
	cmd.Env = append(os.Environ(), childData+"="+c.dir, childInput+"="+c.input, childLedger+"="+c.ledger)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if killAfter > 0 {
		defer time.AfterFunc(killAfter, func() { _ = cmd.Process.Kill() }).Stop()
	}
	err := cmd.Wait()
	if err != nil && killAfter == 0 {
		t.Fatalf("the undisturbed run: %v\n%s", err, out.String())
	}
	return time.Since(start), err == nil
}

// state is that of its ledger.
func (c child) state(t *testing.T) string {
	t.Helper()
	ledger, err := openChildLedger(t.Context(), c.dir, c.ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	return stateOf(t, ledger)
}

func killed(t *testing.T, victim child, rows int) {
	victim.input = t.TempDir()
	undisturbed := child{program: victim.program, dir: t.TempDir(), input: victim.input}
	random := rand.New(rand.NewPCG(1, 2))
	typical, cut := time.Duration(0), 0
	for version := 0; cut < kills; version++ {
		if version > 4*kills {
			t.Fatalf("only %d of %d runs could be cut short", cut, version)
		}
		writeVersion(t, victim.input, rows, version)
		undisturbed.run(t, 0)
		if version > 0 {
			moment := typical/10 + time.Duration(random.Int64N(int64(typical)))
			if _, finished := victim.run(t, moment); finished {
				typical = typical * 3 / 4 // it was over before its moment came: the machine is faster now
			} else {
				cut++
			}
		}
		if took, _ := victim.run(t, 0); version == 0 {
			typical = took
		}
		got, want := victim.state(t), undisturbed.state(t)
		if got != want {
			t.Fatalf("version %d: state %s, undisturbed %s", version, got, want)
		}
		if index, err := os.ReadFile(filepath.Join(victim.dir, "index")); err != nil || string(index) != want {
			t.Fatalf("version %d: the index is of %s, %v; the ledger is at %s", version, index, err, want)
		}
	}
	t.Logf("%d runs were cut short; a whole one takes some %s", cut, typical)
}

// writeVersion writes what the upstreams publish at some time: most rows as before, some revised, some gone, some new.
func writeVersion(t *testing.T, dir string, rows, version int) {
	t.Helper()
	var table, points strings.Builder
	table.WriteString(header)
	for i := range rows {
		value := float64(i%1000) / 1000
		if i%50 == version {
			value += float64(version) / 1e4
		}
		if (i+version)%97 != 0 {
			fmt.Fprintf(&table, "mmlu,s%d,2024-01-%02d,%v,lab\n", i, i%28+1, value)
		}
		if (i+version)%89 != 0 {
			fmt.Fprintf(&points, "gpqa-diamond,subject=p%d,source=board value=%v %d\n", i, value, 1_700_000_000_000_000_000+int64(i%500)*86_400_000_000_000)
		}
	}
	ingesttest.Write(t, filepath.Join(dir, "a", "a.csv"), table.String())
	ingesttest.Write(t, filepath.Join(dir, "b", "b.lp"), points.String())
	ingesttest.Write(t, filepath.Join(dir, "c", "c.csv"), fmt.Sprintf("%smmlu,small,2024-01-01,0.%d,other\n", header, version+1))
}

func childJobs(input string) []ingest.Job {
	return []ingest.Job{
		{Name: "a", Kind: "csv", Location: filepath.Join(input, "a")},
		{Name: "b", Kind: "lineprotocol", Location: filepath.Join(input, "b")},
		{Name: "c", Kind: "csv", Location: filepath.Join(input, "c")},
	}
}

func openChildLedger(ctx context.Context, dir, where string) (metrics.Ledger, error) {
	if where == "" {
		return sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "metrics.db")})
	}
	parts := strings.Split(where, " ")
	return influx.Open(ctx, influx.Config{URL: parts[0], Bucket: parts[1], Token: parts[2], Org: parts[3]})
}

// TestKillChild is the process that TestKilled starts and kills. Its index is a file that names the ledger's state.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(childData)
	if dir == "" {
		t.Skip("runs as a child of TestKilled")
	}
	ledger, err := openChildLedger(t.Context(), dir, os.Getenv(childLedger))
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	journal, err := ingest.OpenJournal(t.Context(), filepath.Join(dir, "ingest.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	catalogue, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
	if err != nil {
		t.Fatal(err)
	}
	runner := ingest.NewRunner(ingest.Config{Ledger: ledger, Journal: journal, Identity: identity(t), Catalogue: catalogue,
		Fetcher: fetch.New(fetch.Config{}), Connectors: []ingest.Connector{csvfile.Connector{}, lineprotocol.Connector{}},
		Batch: 100, // so that a kill may fall between two appends of a source
		Reindex: func(ctx context.Context) error {
			state, err := ledger.State(ctx)
			if err != nil {
				return err
			}
			partial := filepath.Join(dir, "index.partial")
			if err := os.WriteFile(partial, []byte(state.ID), 0o644); err != nil {
				return err
			}
			return os.Rename(partial, filepath.Join(dir, "index"))
		}})
	outcomes, err := runner.Run(t.Context(), childJobs(os.Getenv(childInput)))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Err != nil {
			t.Errorf("%s: %v", o.Source, o.Err)
		}
	}
}
