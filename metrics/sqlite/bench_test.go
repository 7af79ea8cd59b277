package sqlite_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/metricstest"
)

// BenchmarkAppend measures Append against the fastest way into SQLite there is: a prepared insert of many rows at once, in
// one transaction, into a plain table without an index. Run them together; the ratio is of one machine.
func BenchmarkAppend(b *testing.B) {
	const perCall = 10_000
	b.Run("ledger", func(b *testing.B) {
		s := open(b, filepath.Join(b.TempDir(), "metrics.db"))
		if err := s.PutMetrics(b.Context(), []metrics.Metric{{ID: "score"}}); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := s.Append(b.Context(), recorded.Add(time.Duration(i)), metricstest.Batch(i, perCall)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*perCall)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("unchanged", func(b *testing.B) {
		s := open(b, filepath.Join(b.TempDir(), "metrics.db"))
		if err := s.PutMetrics(b.Context(), []metrics.Metric{{ID: "score"}}); err != nil {
			b.Fatal(err)
		}
		for i := range 2 {
			if _, err := s.Append(b.Context(), recorded, metricstest.Batch(i, perCall)); err != nil {
				b.Fatal(err)
			}
		}
		for i := 0; b.Loop(); i++ {
			if _, err := s.Append(b.Context(), recorded, metricstest.Batch(i%2, perCall)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*perCall)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("plain", func(b *testing.B) {
		db, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "plain.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-65536)")
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(`CREATE TABLE observation (metric, subject, setting, source, time, value, low, high, interval, name, url, version, file, row, retrieved_at, recorded_at)`); err != nil {
			b.Fatal(err)
		}
		const columns, rows = 16, 100
		one := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
		stmt, err := db.Prepare("INSERT INTO observation VALUES " + strings.TrimSuffix(strings.Repeat(one+",", rows), ","))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			tx, err := db.Begin()
			if err != nil {
				b.Fatal(err)
			}
			insert := tx.Stmt(stmt)
			args := make([]any, 0, columns*rows)
			for _, o := range metricstest.Batch(i, perCall) {
				args = append(args, o.Metric, o.Subject, o.Setting, o.Source.Name, o.Time.Unix(), o.Value, o.Low.Value, o.High.Value, o.Interval,
					o.Name, o.Source.URL, o.Source.Version, o.Source.File, o.Source.Row, o.Source.RetrievedAt.Unix(), recorded.UnixNano())
				if len(args) == columns*rows {
					if _, err := insert.Exec(args...); err != nil {
						b.Fatal(err)
					}
					args = args[:0]
				}
			}
			if err := tx.Commit(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*perCall)/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkObservations reads one metric, live and as of the past.
func BenchmarkObservations(b *testing.B) {
	const rows = 10_000
	s := open(b, filepath.Join(b.TempDir(), "metrics.db"))
	if err := s.PutMetrics(b.Context(), []metrics.Metric{{ID: "score"}}); err != nil {
		b.Fatal(err)
	}
	for i := range 2 {
		if _, err := s.Append(b.Context(), recorded.Add(time.Duration(i)*time.Hour), metricstest.Batch(i, rows)); err != nil {
			b.Fatal(err)
		}
	}
	for _, q := range []metrics.Query{{Metric: "score"}, {Metric: "score", AsOf: recorded}, {Metric: "score", Subjects: []string{"model-7"}}} {
		b.Run(fmt.Sprintf("asOf=%v,subjects=%d", !q.AsOf.IsZero(), len(q.Subjects)), func(b *testing.B) {
			n := 0
			for b.Loop() {
				obs, err := s.Observations(b.Context(), q)
				if err != nil {
					b.Fatal(err)
				}
				n = len(obs)
			}
			b.ReportMetric(float64(n), "rows")
		})
	}
}
