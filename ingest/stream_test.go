package ingest_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/ingest/lineprotocol"
	"github.com/scalebook/scalebook/metrics"
)

// points writes n lines of one metric, a subject a line.
func points(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "mmlu,subject=s%d,source=board value=%v %d\n", i, float64(i%100)/100, 1_700_000_000_000_000_000+int64(i%50)*1_000_000_000)
	}
	return b.String()
}

// streamed returns a bench whose batches are small, and a job that reads the text.
func streamed(t *testing.T, text string) (b *ingesttest.Bench, job ingest.Job, file string) {
	file = filepath.Join(ingesttest.Folder(t, map[string]string{"a.lp": text}), "a.lp")
	b = ingesttest.New(t, lineprotocol.Connector{})
	b.Config.Batch = 20
	return b, ingest.Job{Name: "a", Kind: "lineprotocol", Location: file}, file
}

// Of two rows with one key the last counts, however far apart they are, and the other is quarantined.
func TestStreamedDuplicates(t *testing.T) {
	row := strings.SplitAfter(points(1), "\n")[0]
	b, job, _ := streamed(t, row+points(1200)[len(row):]+strings.Replace(row, "value=0", "value=0.75", 1)+"nonsense\n")
	o := b.Ingest(t, job)
	if o.Added != 1200 || o.Quarantined != 2 || o.Broken() == nil {
		t.Errorf("%s, broken %v", o.Summary(), o.Broken())
	}
	for _, r := range o.Rejected {
		if want := map[bool]int{true: 1, false: 1202}[r.Tolerated]; r.Row != want {
			t.Errorf("%+v, want row %d", r, want)
		}
	}
	got, err := b.Ledger.Observations(t.Context(), metrics.Query{Metric: "mmlu", Subjects: []string{"s0"}})
	if err != nil || len(got) != 1 || got[0].Value != 0.75 {
		t.Errorf("s0: %v, %v", got, err)
	}
	job.Force = true
	if again := b.Ingest(t, job); again.Result != ingest.Unchanged || again.Unchanged != 1200 {
		t.Errorf("again: %s", again.Summary())
	}
}

func TestStreamedChanges(t *testing.T) {
	text := points(600)
	b, job, file := streamed(t, text)
	b.Ingest(t, job)
	lines := strings.SplitAfter(text, "\n")
	changed := strings.Join(lines[:10], "") + strings.Join(lines[11:300], "") + // 10 is dropped
		strings.Replace(lines[300], "subject=s300", "subject=renamed", 1) +
		strings.Replace(lines[301], "value=0.01", "value=0.02", 1) + strings.Join(lines[302:], "")
	ingesttest.Write(t, file, changed)
	if o := b.Ingest(t, job); o.Added != 1 || o.Revised != 1 || o.Withdrawn != 2 {
		t.Errorf("%d added, %d revised, %d withdrawn", o.Added, o.Revised, o.Withdrawn)
	}
	// The way back is a change too.
	ingesttest.Write(t, file, text)
	if o := b.Ingest(t, job); o.Added != 2 || o.Revised != 1 || o.Withdrawn != 1 {
		t.Errorf("back: %d added, %d revised, %d withdrawn", o.Added, o.Revised, o.Withdrawn)
	}
	ingesttest.Write(t, file, points(200))
	if o := b.Run(t, job); o.Err == nil || !strings.Contains(o.Error, "only 200 rows are left of 600") {
		t.Errorf("most rows gone: %v", o.Err)
	}
	if n := b.Count(t); n != 600 {
		t.Errorf("%d observations", n)
	}
}

// An interrupted stream goes on where it stopped: what is in the ledger is not appended again.
func TestStreamResumes(t *testing.T) {
	b, job, _ := streamed(t, points(27))
	whole := b.Ledger
	b.Config.Ledger = &breaking{Ledger: whole, left: 1}
	if o := b.Run(t, job); !errors.Is(o.Err, metrics.ErrUnavailable) {
		t.Fatal(o.Err)
	}
	b.Config.Ledger = whole
	if o := b.Ingest(t, job); o.Added != 7 || o.Unchanged != 0 {
		t.Errorf("resumed: %s, %d unchanged", o.Summary(), o.Unchanged)
	}
	undisturbed := ingesttest.New(t, lineprotocol.Connector{})
	undisturbed.Ingest(t, job)
	if got, want := stateOf(t, whole), stateOf(t, undisturbed.Ledger); got != want {
		t.Errorf("state %s, undisturbed %s", got, want)
	}
}

// The lists of keys can be lost like the journal.
func TestStreamWithoutKeys(t *testing.T) {
	b, job, file := streamed(t, points(100))
	dir := t.TempDir()
	journal, err := ingest.OpenJournal(t.Context(), filepath.Join(dir, "ingest.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { journal.Close() })
	b.Config.Journal = journal
	b.Ingest(t, job)
	if err := os.RemoveAll(filepath.Join(dir, "ingest-keys")); err != nil {
		t.Fatal(err)
	}
	ingesttest.Write(t, file, points(99))
	if o := b.Ingest(t, job); o.Unchanged != 99 {
		t.Errorf("%s, %d unchanged", o.Summary(), o.Unchanged)
	}
	left, err := os.ReadDir(filepath.Join(dir, "ingest-keys"))
	if err != nil || len(left) != 1 {
		t.Errorf("left on disk: %v, %v", left, err)
	}
}
