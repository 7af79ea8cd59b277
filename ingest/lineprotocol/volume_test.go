package lineprotocol_test

import (
	"bufio"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/ingest/lineprotocol"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/sqlite"
)

var volume = flag.Int("volume", 0, "observations to ingest in TestVolume; 0 skips it")

// TestVolume ingests many observations into each store and compares the rate with the store's own fastest way in: SQLite's
// multi-row prepared insert in one transaction, and the client's batch write of the same lines. docs/benchmarks.md says
// how to run it and what it showed.
func TestVolume(t *testing.T) {
	if *volume == 0 {
		t.Skip("-volume is 0")
	}
	file := filepath.Join(t.TempDir(), "points.lp")
	writePoints(t, file, *volume)
	t.Run("sqlite", func(t *testing.T) {
		fastest := report(t, "multi-row insert", func() { insertRows(t, *volume) })
		ledger, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ledger.Close() })
		compare(t, ledger, file, fastest)
	})
	t.Run("influx", func(t *testing.T) {
		server := influxtest.Start(t)
		fastest := report(t, "batch write", func() { writeLines(t, server, file) })
		ledger, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Bucket: server.Database(t)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ledger.Close() })
		compare(t, ledger, file, fastest)
	})
}

func compare(t *testing.T, ledger metrics.Ledger, file string, fastest float64) {
	b := ingesttest.NewOn(t, ledger, lineprotocol.Connector{})
	job := ingest.Job{Name: "volume", Kind: "lineprotocol", Location: file, Timeout: time.Hour}
	b.Config.Progress = &milestones{t: t}
	rate := report(t, "ingest", func() {
		if o := b.Ingest(t, job); o.Added != *volume {
			t.Errorf("%s", o.Summary())
		}
	})
	t.Logf("%.2f of the store's fastest way in", rate/fastest)
	job.Force = true
	report(t, "ingest again", func() {
		if o := b.Ingest(t, job); o.Unchanged != *volume {
			t.Errorf("again: %s", o.Summary())
		}
	})
}

// milestones logs the resident size of this process as the rows of an ingest reach one, two and five of each power of ten, to
// show whether it grows with them.
type milestones struct {
	t     *testing.T
	rows  int
	since time.Time
}

func (*milestones) Done(ingest.Outcome) {}

func (m *milestones) Start(ingest.Job) { m.rows, m.since = 100_000, time.Now() }

func (m *milestones) Rows(done, _ int) {
	if done < m.rows {
		return
	}
	m.t.Logf("after %d rows: %.0f s, %d MB resident", done, time.Since(m.since).Seconds(), resident()>>20)
	for _, factor := range []int{1, 2, 5, 10} { // the next of 1, 2, 5, 10, 20 …
		if next := factor * power(m.rows); next > done {
			m.rows = next
			break
		}
	}
}

// power is the largest power of ten up to n.
func power(n int) int {
	p := 1
	for p*10 <= n {
		p *= 10
	}
	return p
}

// report logs the rate of what do does, and the largest heap that was in use meanwhile.
func report(t *testing.T, what string, do func()) (rate float64) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	peak := make(chan uint64)
	go func() { peak <- watchMemory(ctx) }()
	start, before := time.Now(), processorTime(t)
	do()
	took, used := time.Since(start), processorTime(t)-before
	stop()
	rate = float64(*volume) / took.Seconds()
	t.Logf("%s: %.0f rows/s, %.1f s, processor %.1f s, peak %d MB resident", what, rate, took.Seconds(), used.Seconds(), <-peak>>20)
	return rate
}

// processorTime is what this process has used of the processors.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// watchMemory returns the largest resident size of this process until ctx ends.
func watchMemory(ctx context.Context) (peak uint64) {
	for {
		peak = max(peak, resident())
		select {
		case <-ctx.Done():
			return peak
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// resident is how many bytes of memory this process has; 0 where that is not to be known.
func resident() uint64 {
	var size, pages uint64
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}

// writePoints writes n points of 8 metrics and 1,000 subjects.
func writePoints(t *testing.T, path string, n int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(file, 1<<20)
	for i := range n {
		metric, subject, at := point(i)
		fmt.Fprintf(w, "%s,subject=%s,source=bench value=%g %d\n", metric, subject, float64(i%997)/997, at.UnixNano())
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func point(i int) (metric, subject string, at time.Time) {
	return fmt.Sprintf("volume-%d", i%8), fmt.Sprintf("subject-%d", i/8%1000), time.Unix(1_000_000_000+int64(i/8000)*60, 0)
}

// insertRows is SQLite's fastest way in: no index, no history, no check of what is there.
func insertRows(t *testing.T, n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "plain.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(normal)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE o (metric TEXT, subject TEXT, source TEXT, time INTEGER, value REAL)`); err != nil {
		t.Fatal(err)
	}
	const rows = 500
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	insert, err := tx.Prepare(`INSERT INTO o VALUES (?,?,?,?,?)` + strings.Repeat(`,(?,?,?,?,?)`, rows-1))
	if err != nil {
		t.Fatal(err)
	}
	args := make([]any, 0, 5*rows)
	for i := range n {
		metric, subject, at := point(i)
		if args = append(args, metric, subject, "bench", at.Unix(), float64(i%997)/997); len(args) == cap(args) {
			if _, err := insert.Exec(args...); err != nil {
				t.Fatal(err)
			}
			args = args[:0]
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// writeLines is InfluxDB's fastest way in: batches of the lines as they are.
func writeLines(t *testing.T, server *influxtest.Server, path string) {
	t.Helper()
	bucket := server.Database(t)
	ledger, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Bucket: bucket}) // makes the bucket
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	client := influxdb2.NewClientWithOptions(server.URL, server.Token, influxdb2.DefaultOptions().SetBatchSize(5000))
	defer client.Close()
	write := client.WriteAPIBlocking(server.Org, bucket)
	write.EnableBatching()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if err := write.WriteRecord(t.Context(), lines.Text()); err != nil {
			t.Fatal(err)
		}
	}
	if err := write.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}
