package content

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/scalebook/scalebook/content/contenttest"
)

// BenchmarkLibrary builds a library of SCALEBOOK_BENCH_REPORTS reports (1,000 unless set) of 5,000 words, changes one, and
// opens it again. Run it with -benchtime 1x.
func BenchmarkLibrary(b *testing.B) {
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
	})
	b.Run("change one", func(b *testing.B) {
		file := filepath.Join(src, "r00001.md")
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		for i := 0; b.Loop(); i++ {
			if err := os.WriteFile(file, fmt.Appendf(text, "\n바뀐 문단 %d이다.\n", i), 0o644); err != nil {
				b.Fatal(err)
			}
			if res := sync(b, l); len(res.Updated) != 1 {
				b.Fatalf("%d updated", len(res.Updated))
			}
		}
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
