package korean

import (
	"runtime"
	"testing"
)

// A server keeps its memory for others; how long a start takes is measured by BenchmarkStart.
func TestStartsSmall(t *testing.T) {
	if heap := startedHeap(t); heap > 4<<20 {
		t.Errorf("the analyzer keeps %d bytes, want at most 4 MiB", heap)
	}
}

// startedHeap is what an analyzer keeps in memory that has analysed its first words.
func startedHeap(tb testing.TB) int64 {
	tb.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	a := newTestAnalyzer(tb, Config{})
	a.Analyze("무어의 법칙")
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(a)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

// The cache is full of distinct words.
func TestFullCacheStaysSmall(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var buf []Token
	for i := range 300_000 {
		// Four syllables and a particle, all different.
		word := string([]rune{join(i%19, i/19%21, 0), join(i/400%19, i/7600%21, 0), join(i/150_000, 4, 4), '데', '를'})
		buf = a.Append(buf[:0], word)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	heap := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("a full cache takes %d KiB", heap>>10)
	if heap > 26<<20 {
		t.Errorf("a full cache takes %d bytes, want at most 26 MiB", heap)
	}
	runtime.KeepAlive(a)
}

// BenchmarkStart tells how long it takes to the first words, and what is kept in memory then.
func BenchmarkStart(b *testing.B) {
	heap := startedHeap(b)
	for b.Loop() {
		a, err := New(Config{})
		if err != nil {
			b.Fatal(err)
		}
		a.Analyze("무어의 법칙")
	}
	b.ReportMetric(float64(heap), "heap-B")
}
