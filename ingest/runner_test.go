package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/sqlite"
)

const header = "metric,subject,time,value,source\n"

// table writes n rows of one metric, subjects s00, s01 …
func table(n int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		fmt.Fprintf(&b, "gpqa-diamond,s%02d,2024-01-%02d,0.%02d,lab\n", i, i%28+1, i+10)
	}
	return b.String()
}

// write returns a job of kind csv that reads a file of the text.
func write(t *testing.T, text string) (job ingest.Job, file string) {
	dir := ingesttest.Folder(t, map[string]string{"a.csv": text})
	return ingest.Job{Name: "a", Kind: "csv", Location: dir}, filepath.Join(dir, "a.csv")
}

func TestIngestAgain(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	job, file := write(t, table(12))
	if o := b.Ingest(t, job); o.Added != 12 || o.Result != ingest.Changed {
		t.Fatalf("first: %+v", o)
	}
	state := stateOf(t, b.Ledger)
	if o := b.Ingest(t, job); o.Result != ingest.Unchanged || o.Summary() != "nothing changed" {
		t.Errorf("same bytes: %+v", o)
	}
	job.Force = true
	if o := b.Ingest(t, job); o.Result != ingest.Unchanged || o.Unchanged != 12 {
		t.Errorf("read again: %+v", o)
	}
	job.Force = false
	ingesttest.Write(t, file, table(12)+"\n")
	if o := b.Ingest(t, job); o.Result != ingest.Unchanged || o.Unchanged != 12 {
		t.Errorf("same rows in other bytes: %+v", o)
	}
	if after := stateOf(t, b.Ledger); after != state {
		t.Errorf("ledger went from %s to %s", state, after)
	}
}

// A score beyond what is possible, often a percentage among fractions, is set aside.
func TestAboveTheCeiling(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	job, _ := write(t, table(3)+"gpqa-diamond,percent,2024-02-01,62,lab\ngpqa-diamond,perfect,2024-02-01,1,lab\n")
	o := b.Ingest(t, job)
	if o.Added != 4 || o.Quarantined != 1 || len(o.Rejected) != 1 {
		t.Fatalf("%+v", o)
	}
	const want = "a.csv row 5: value: above the ceiling of gpqa-diamond, 1"
	if got := o.Rejected[0].String(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// shelf counts how often it is given files.
type shelf struct {
	parser string
	given  int
}

func (s *shelf) Parser() string { return s.parser }

func (s *shelf) Shelve(context.Context, ingest.Job, fs.FS, string) (ingest.Shelved, error) {
	s.given++
	return ingest.Shelved{Unchanged: 1, Reread: s.given - 1}, nil
}

// slow takes its time with reports.
type slow struct{ takes time.Duration }

func (slow) Parser() string { return "1" }

func (s slow) Shelve(ctx context.Context, _ ingest.Job, _ fs.FS, _ string) (ingest.Shelved, error) {
	select {
	case <-time.After(s.takes):
		return ingest.Shelved{Added: 1}, nil
	case <-ctx.Done():
		return ingest.Shelved{}, ctx.Err()
	}
}

// Reports that are here may take longer than what a source is given by default; a limit that somebody sets holds for all of a job.
func TestManyReportsTakeLong(t *testing.T) {
	for _, test := range []struct {
		timeout time.Duration
		want    string
	}{{0, ""}, {20 * time.Minute, "took longer than 20m0s"}} {
		synctest.Test(t, func(t *testing.T) {
			b := ingesttest.New(t)
			b.Config.Shelf = slow{time.Hour}
			job := ingest.Job{Name: "notes", Kind: ingest.KindReports, Timeout: test.timeout, Location: ingesttest.Folder(t, map[string]string{"a.md": "# A\n\nText.\n"})}
			outcomes, err := ingest.NewRunner(b.Config).Run(t.Context(), []ingest.Job{job})
			if err != nil || len(outcomes) != 1 || outcomes[0].Error != test.want {
				t.Errorf("with a limit of %s: %+v, %v; want %q", test.timeout, outcomes, err, test.want)
			}
		})
	}
}

// Reports that nobody changed are read again by a program that reads them in another way, and only then.
func TestReportsAreReadAgainByAnotherParser(t *testing.T) {
	b := ingesttest.New(t)
	s := &shelf{parser: "1"}
	b.Config.Shelf = s
	job := ingest.Job{Name: "notes", Kind: ingest.KindReports, Location: ingesttest.Folder(t, map[string]string{"a.md": "# A\n\nText.\n"})}
	for i, test := range []struct {
		parser  string
		given   int
		result  string
		summary string
	}{
		{"1", 1, ingest.Unchanged, "nothing changed"},
		{"1", 1, ingest.Unchanged, "nothing changed"},
		{"2", 2, ingest.Changed, "1 reports unchanged but read anew"},
		{"2", 2, ingest.Unchanged, "nothing changed"},
	} {
		s.parser = test.parser
		o := b.Ingest(t, job)
		if o.Err != nil || s.given != test.given {
			t.Errorf("ingest %d by %s: given %d times, want %d; %v", i+1, test.parser, s.given, test.given, o.Err)
		}
		if o.Result != test.result || o.Summary() != test.summary {
			t.Errorf("ingest %d by %s: %s, %q, want %s, %q", i+1, test.parser, o.Result, o.Summary(), test.result, test.summary)
		}
	}
}

func stateOf(t *testing.T, ledger metrics.Reader) string {
	t.Helper()
	s, err := ledger.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.ID
}

// What an upstream changes is one entry of the ledger each, recorded at one instant.
func TestWhatChanged(t *testing.T) {
	before := table(12)
	for _, test := range []struct {
		name     string
		old, new string
		want     []string // withdrawn or not, subject, day, value
	}{
		{"revised", "s03,2024-01-04,0.13", "s03,2024-01-04,0.9", []string{"s03 2024-01-04 0.9"}},
		{"withdrawn", "gpqa-diamond,s03,2024-01-04,0.13,lab\n", "", []string{"-s03 2024-01-04 0.13"}},
		{"renamed", "s03,", "s03b,", []string{"-s03 2024-01-04 0.13", "s03b 2024-01-04 0.13"}},
		{"redated", "s03,2024-01-04", "s03,2024-02-04", []string{"-s03 2024-01-04 0.13", "s03 2024-02-04 0.13"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := ingesttest.New(t, csvfile.Connector{})
			job, file := write(t, before)
			b.Ingest(t, job)
			first, err := b.Ledger.State(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ingesttest.Write(t, file, strings.Replace(before, test.old, test.new, 1))
			b.Ingest(t, job)
			revisions, err := b.Ledger.Revisions(t.Context(), metrics.RevisionQuery{Since: first.RecordedAt.Add(time.Second)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range revisions {
				sign := ""
				if r.Withdrawn {
					sign = "-"
				}
				got = append(got, fmt.Sprintf("%s%s %s %v", sign, r.Subject, r.Time.Format(time.DateOnly), r.Value))
				if !r.RecordedAt.Equal(revisions[0].RecordedAt) {
					t.Errorf("recorded at %s and %s", r.RecordedAt, revisions[0].RecordedAt)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			yesterday, err := b.Ledger.Observations(t.Context(), metrics.Query{Metric: "gpqa-diamond", AsOf: first.RecordedAt})
			if err != nil || len(yesterday) != 12 {
				t.Errorf("as of the first run: %d observations, %v", len(yesterday), err)
			}
		})
	}
}

func TestRefusedShape(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	job, file := write(t, table(20))
	b.Ingest(t, job)
	for _, test := range []struct{ name, text, want string }{
		{"half of the rows gone", table(9), "only 9 rows are left of 20"},
		{"a column gone", strings.Replace(table(20), "value", "score", 1), `no column "value"`},
		{"empty", "", "no header"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ingesttest.Write(t, file, test.text)
			o := b.Run(t, job)
			if o.Err == nil || !strings.Contains(o.Err.Error(), test.want) {
				t.Errorf("got %v, want %q", o.Err, test.want)
			}
			if n := b.Count(t); n != 20 {
				t.Errorf("%d observations are left of 20", n)
			}
		})
	}
	ingesttest.Write(t, file, table(9))
	job.Force = true
	if o := b.Ingest(t, job); o.Withdrawn != 11 {
		t.Errorf("forced: %s", o.Summary())
	}
}

// TestUnreadFiles: a file of a source that can't be read is set aside with its row and reason, the others are taken in, and nothing is
// withdrawn until it can be read again.
func TestUnreadFiles(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	job, file := write(t, table(20))
	other := filepath.Join(filepath.Dir(file), "other.csv")
	ingesttest.Write(t, other, strings.ReplaceAll(table(20), "diamond,s", "diamond,n"))
	b.Ingest(t, job)
	for _, step := range []struct {
		name, file, other string
		count             int
		quarantined       int
	}{
		{"one can't be read", strings.Replace(table(20), "value", "score", 1), strings.ReplaceAll(table(21), "diamond,s", "diamond,n"), 41, 1},
		{"while rows of the other go", strings.Replace(table(20), "value", "score", 1), strings.ReplaceAll(table(18), "diamond,s", "diamond,n"), 41, 1},
		{"and it can again", table(19), strings.ReplaceAll(table(18), "diamond,s", "diamond,n"), 37, 0},
	} {
		t.Run(step.name, func(t *testing.T) {
			ingesttest.Write(t, file, step.file)
			ingesttest.Write(t, other, step.other)
			o := b.Run(t, job)
			if o.Err != nil || o.Quarantined != step.quarantined {
				t.Fatalf("%v: %s", o.Err, o.Summary())
			}
			if n := b.Count(t); n != step.count {
				t.Errorf("%d observations, want %d", n, step.count)
			}
			if step.quarantined == 0 {
				return
			}
			if r := o.Rejected[0]; r.File != filepath.Base(file) || r.Row != 1 || !strings.Contains(r.Reason, `no column "value"`) || r.Tolerated || o.Broken() == nil {
				t.Errorf("set aside: %+v, broken %v", r, o.Broken())
			}
		})
	}
}

// misbehaving is a connector that does as it is told.
type misbehaving func(ctx context.Context, sink ingest.Sink) error

func (misbehaving) Kind() string { return "misbehaving" }
func (f misbehaving) Read(ctx context.Context, _ ingest.Input, sink ingest.Sink) error {
	return f(ctx, sink)
}

func observation(i int) metrics.Observation {
	return metrics.Observation{Metric: "gpqa-diamond", Subject: fmt.Sprintf("m-%d", i), Value: 0.5,
		Time: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Source: metrics.Source{Name: "lab"}}
}

func TestIsolation(t *testing.T) {
	for _, test := range []struct {
		name string
		read misbehaving
		want string
	}{
		{"panic", func(context.Context, ingest.Sink) error { panic("at the disco") }, "internal error: at the disco"},
		{"error", func(context.Context, ingest.Sink) error { return errors.New("unreadable") }, "unreadable"},
		{"nothing", func(context.Context, ingest.Sink) error { return nil }, "no row in it could be read"},
		{"waits", func(ctx context.Context, _ ingest.Sink) error { <-ctx.Done(); return ctx.Err() }, "took longer than 50ms"},
		{"never ends", func(_ context.Context, sink ingest.Sink) error {
			for i := 0; ; i++ {
				if err := sink.Observe(observation(i % 100)); err != nil {
					return err
				}
			}
		}, "took longer than 50ms"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := ingesttest.New(t, test.read, csvfile.Connector{})
			good, _ := write(t, table(3))
			bad := ingest.Job{Name: "bad", Kind: "misbehaving", Location: good.Location, Timeout: time.Minute}
			if strings.HasPrefix(test.want, "took longer") {
				bad.Timeout = 50 * time.Millisecond
			}
			outcomes, err := ingest.NewRunner(b.Config).Run(t.Context(), []ingest.Job{bad, good})
			if err != nil || len(outcomes) != 2 {
				t.Fatalf("%d outcomes, %v", len(outcomes), err)
			}
			if outcomes[0].Err == nil || !strings.Contains(outcomes[0].Error, test.want) || outcomes[0].Result != ingest.Failed {
				t.Errorf("bad: %q, want %q", outcomes[0].Error, test.want)
			}
			if outcomes[1].Added != 3 || b.Count(t) != 3 {
				t.Errorf("good: %s; %d observations", outcomes[1].Summary(), b.Count(t))
			}
			runs, err := b.Journal.Runs(t.Context(), 10)
			if err != nil || len(runs) != 2 || runs[1].Error != outcomes[0].Error {
				t.Errorf("journal: %+v, %v", runs, err)
			}
		})
	}
}

// breaking is a ledger that fails from the nth append on.
type breaking struct {
	metrics.Ledger
	left int
}

func (l *breaking) Append(ctx context.Context, at time.Time, obs []metrics.Observation) (metrics.Appended, error) {
	if l.left--; l.left < 0 {
		return metrics.Appended{}, metrics.ErrUnavailable
	}
	return l.Ledger.Append(ctx, at, obs)
}

// A run that was cut short is finished by the next one, under the instant at which it began, and the index follows.
func TestInterruptedRun(t *testing.T) {
	var rows strings.Builder
	rows.WriteString(header)
	for i := range 240 {
		fmt.Fprintf(&rows, "mmlu,s%d,2024-01-01,0.5,lab\n", i)
	}
	job, _ := write(t, rows.String())
	b := ingesttest.New(t, csvfile.Connector{})
	b.Config.Batch = 200
	indexed := 0
	b.Config.Reindex = func(context.Context) error { indexed++; return nil }
	whole := b.Ledger
	b.Config.Ledger = &breaking{Ledger: whole, left: 1}
	if o := b.Run(t, job); !errors.Is(o.Err, metrics.ErrUnavailable) {
		t.Fatalf("interrupted: %v", o.Err)
	}
	interrupted := b.Observations(t, "mmlu")
	if len(interrupted) != 200 {
		t.Fatalf("%d rows before the interruption", len(interrupted))
	}
	b.Config.Ledger = whole
	if o := b.Ingest(t, job); o.Added != 40 || o.Unchanged != 200 {
		t.Errorf("resumed: %s", o.Summary())
	}
	for _, o := range b.Observations(t, "mmlu") {
		if !o.RecordedAt.Equal(interrupted[0].RecordedAt) {
			t.Fatalf("%s was recorded at %s, the first half at %s", o.Subject, o.RecordedAt, interrupted[0].RecordedAt)
		}
	}
	undisturbed := ingesttest.New(t, csvfile.Connector{})
	undisturbed.Ingest(t, job)
	if a, b := stateOf(t, whole), stateOf(t, undisturbed.Ledger); a != b {
		t.Errorf("state %s, undisturbed %s", a, b)
	}
	if indexed != 2 {
		t.Errorf("indexed %d times", indexed)
	}
	b.Ingest(t, job)
	if indexed != 2 {
		t.Error("indexed though nothing changed")
	}
}

// An index that could not be built is built by the next run, though that run reads nothing new.
func TestIndexCatchesUp(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	job, _ := write(t, table(3))
	b.Config.Reindex = func(context.Context) error { return errors.New("disk full") }
	if _, err := ingest.NewRunner(b.Config).Run(t.Context(), []ingest.Job{job}); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Fatal(err)
	}
	indexed := 0
	b.Config.Reindex = func(context.Context) error { indexed++; return nil }
	if o := b.Ingest(t, job); o.Result != ingest.Unchanged || indexed != 1 {
		t.Errorf("%s, indexed %d times", o.Result, indexed)
	}
}

// The journal doesn't take another ledger's word for what was read.
func TestOtherLedger(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	job, _ := write(t, table(5))
	b.Ingest(t, job)
	other, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	b.Config.Ledger, b.Ledger = other, other
	if o := b.Ingest(t, job); o.Added != 5 {
		t.Errorf("an empty ledger: %s", o.Summary())
	}
}

func TestOtherLocation(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	job, _ := write(t, table(5))
	b.Ingest(t, job)
	job.Location = ingesttest.Folder(t, map[string]string{"a.csv": table(5)})
	if o := b.Ingest(t, job); o.Unchanged != 5 {
		t.Errorf("the same files elsewhere: %s, %d unchanged", o.Summary(), o.Unchanged)
	}
}

func TestListedElsewhere(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	one, file := write(t, table(12))
	other, _ := write(t, table(2))
	other.Name = "b"
	b.Ingest(t, one)
	b.Ingest(t, other)
	ingesttest.Write(t, file, strings.NewReplacer("gpqa-diamond,s00,2024-01-01,0.10,lab\n", "", "gpqa-diamond,s05,2024-01-06,0.15,lab\n", "").Replace(table(12)))
	if o := b.Ingest(t, one); o.Withdrawn != 1 {
		t.Errorf("%s: s00 is still listed by the other source, s05 is not", o.Summary())
	}
}

// Where sources disagree, the earliest date counts, whatever the order in which they are read; the identity files decide
// over all of them.
func TestReleaseDates(t *testing.T) {
	says := func(subject string, day int) misbehaving {
		return func(_ context.Context, sink ingest.Sink) error {
			o := observation(0)
			o.Subject, o.Source.Name = subject, fmt.Sprint("says ", day)
			return errors.Join(sink.Subject(metrics.Subject{ID: subject, Name: subject, Kind: "model",
				Released: time.Date(2023, 3, day, 0, 0, 0, 0, time.UTC)}), sink.Observe(o))
		}
	}
	for _, test := range []struct {
		subject string
		days    []int
		want    string
	}{
		{"unheard-of", []int{20, 10}, "2023-03-10"},
		{"unheard-of", []int{10, 20}, "2023-03-10"},
		{"gpt-4-0314", []int{20, 10}, "2023-03-14"},
	} {
		b := ingesttest.New(t)
		for _, day := range test.days {
			b.Config.Connectors = []ingest.Connector{says(test.subject, day)}
			b.Ingest(t, ingest.Job{Name: fmt.Sprint("source-", day), Kind: "misbehaving", Location: t.TempDir()})
		}
		s, err := b.Ledger.Subject(t.Context(), test.subject)
		if err != nil || s.Released.Format(time.DateOnly) != test.want {
			t.Errorf("%s, dated the %v: %s, %v", test.subject, test.days, s.Released, err)
		}
	}
}
