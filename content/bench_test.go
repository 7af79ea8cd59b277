//go:build unix

package content

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/scalebook/scalebook/content/contenttest"
)

// BenchmarkLibrary builds a library of SCALEBOOK_BENCH_REPORTS reports (1,000 unless set) of 5,000 words, changes one, adds
// one, asks for what is related after a change, and opens it again. Run it with -benchtime 1x: a run changes changesMeasured times,
// and the time of one is reported.
func BenchmarkLibrary(b *testing.B) {
	const changesMeasured = 20
	n := 1000
	if v, err := strconv.Atoi(os.Getenv("SCALEBOOK_BENCH_REPORTS")); err == nil {
		n = v
	}
	src, dir := b.TempDir(), b.TempDir()
	if err := contenttest.WriteReports(src, n, 5000); err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	sync := func(b *testing.B, l *Library) SyncResult {
		res, err := l.Sync(ctx, SourceConfig{Name: "bench", Public: true}, os.DirFS(src), "")
		if err != nil {
			b.Fatal(err)
		}
		return res
	}
	var l *Library
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if err := os.RemoveAll(dir); err != nil {
				b.Fatal(err)
			}
			l = openLibrary(b, dir)
			sync(b, l)
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/float64(n)*1e3, "ms/report")
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(u.Maxrss)/1024, "peak-MB")
	})
	file := filepath.Join(src, "r00001.md")
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	changed := 0
	change := func(b *testing.B) {
		changed++
		if err := os.WriteFile(file, fmt.Appendf(text, "\n바뀐 문단 %d이다. [글](r%05d.md)\n", changed, changed), 0o644); err != nil {
			b.Fatal(err)
		}
		if res := sync(b, l); len(res.Updated) != 1 {
			b.Fatalf("%d updated", len(res.Updated))
		}
	}
	each := func(name string, f func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for range changesMeasured {
					f(b)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/changesMeasured, "ns/op")
		})
	}
	each("parse one", func(b *testing.B) {
		if _, err := Parse(text, ParseConfig{Path: "r00001.md"}); err != nil {
			b.Fatal(err)
		}
	})
	each("list the files", func(b *testing.B) {
		y := &syncer{files: os.DirFS(src), old: l.state.Load().manifest("bench")}
		if _, _, _, err := y.changes(ctx); err != nil {
			b.Fatal(err)
		}
	})
	each("change one", change)
	added := 0
	each("add one", func(b *testing.B) {
		added++
		if err := os.WriteFile(filepath.Join(src, fmt.Sprintf("new%05d.md", added)), text, 0o644); err != nil {
			b.Fatal(err)
		}
		text = append(text, " 덧붙인 말이다."...)
		sync(b, l)
	})
	b.Run("related, first", func(b *testing.B) {
		for b.Loop() {
			l.Related("r00002", 5)
		}
	})
	each("change one, then related", func(b *testing.B) {
		change(b)
		l.Related("r00002", 5)
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			openLibrary(b, dir)
		}
	})
	b.Run("read one", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, ok := l.Report(fmt.Sprintf("r%05d", i%n)); !ok {
				b.Fatal("missing")
			}
		}
	})
}
