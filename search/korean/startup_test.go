package korean

import (
	"runtime"
	"testing"
	"time"
)

// A server keeps its memory for others; how long a start takes is logged, and measured by BenchmarkStart.
func TestStartsSmall(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	a := newTestAnalyzer(t, Config{})
	a.Analyze("무어의 법칙")
	took := time.Since(start)
	runtime.GC()
	runtime.ReadMemStats(&after)
	heap := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("ready after %v with %d KiB of heap", took, heap>>10)
	if heap > 4<<20 {
		t.Errorf("the analyzer keeps %d bytes, want at most 4 MiB", heap)
	}
	runtime.KeepAlive(a)
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

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		a, err := New(Config{})
		if err != nil {
			b.Fatal(err)
		}
		a.Analyze("무어의 법칙")
	}
}
