package ingesttest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/sqlite"
)

// Bench is a runner with stores of its own, for tests of connectors.
type Bench struct {
	Ledger  metrics.Ledger
	Journal *ingest.Journal
	Config  ingest.Config
	clock   time.Time
}

// New returns a bench with an empty SQLite ledger, the bundled catalogue and identity files, and a clock that moves on by a
// minute at each look.
func New(t testing.TB, connectors ...ingest.Connector) *Bench {
	t.Helper()
	ledger, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ledger.Close() })
	return NewOn(t, ledger, connectors...)
}

// NewOn returns a bench with the given ledger.
func NewOn(t testing.TB, ledger metrics.Ledger, connectors ...ingest.Connector) *Bench {
	t.Helper()
	journal, err := ingest.OpenJournal(t.Context(), filepath.Join(t.TempDir(), "ingest.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { journal.Close() })
	catalogue, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
	if err != nil {
		t.Fatal(err)
	}
	identity, err := ingest.NewIdentity(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	b := &Bench{Ledger: ledger, Journal: journal, clock: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	b.Config = ingest.Config{Ledger: ledger, Journal: journal, Identity: identity, Catalogue: catalogue, Connectors: connectors,
		Fetcher: fetch.New(fetch.Config{Cache: t.TempDir(), Backoff: time.Millisecond}), Now: b.now}
	return b
}

func (b *Bench) now() time.Time {
	b.clock = b.clock.Add(time.Minute)
	return b.clock
}

// Run ingests a job, which may fail.
func (b *Bench) Run(t testing.TB, job ingest.Job) ingest.Outcome {
	t.Helper()
	outcomes, err := ingest.NewRunner(b.Config).Run(t.Context(), []ingest.Job{job})
	if err != nil {
		t.Fatal(err)
	}
	return outcomes[0]
}

// Ingest ingests a job, which may not fail.
func (b *Bench) Ingest(t testing.TB, job ingest.Job) ingest.Outcome {
	t.Helper()
	o := b.Run(t, job)
	if o.Err != nil {
		t.Fatalf("%s: %v", job.Location, o.Err)
	}
	return o
}

// Observations returns the live observations of a metric; none if the ledger doesn't know it.
func (b *Bench) Observations(t testing.TB, metric string) []metrics.Observation {
	t.Helper()
	counts, err := b.Ledger.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if counts[metric] == 0 {
		return nil
	}
	out, err := b.Ledger.Observations(t.Context(), metrics.Query{Metric: metric})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Count returns the number of live observations.
func (b *Bench) Count(t testing.TB) int {
	t.Helper()
	counts, err := b.Ledger.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

// Folder writes files, by name, below a new folder and returns it.
func Folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		Write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return dir
}

// Write writes a file, making the folder that it lies in.
func Write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
