package korean

import (
	"strings"
	"testing"
)

// runningText returns Korean prose: the paragraphs of the tuning set, once each.
func runningText(b *testing.B) string {
	var s strings.Builder
	for _, d := range loadTuneSet(b).Docs {
		s.WriteString(d.Text)
		s.WriteByte('\n')
	}
	return s.String()
}

// BenchmarkAnalyzeNew analyses text none of whose words is kept yet.
func BenchmarkAnalyzeNew(b *testing.B) {
	text := runningText(b)
	a, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var buf []Token
	for b.Loop() {
		a.cache = newCache(1 << 16)
		buf = a.Append(buf[:0], text)
	}
}

// BenchmarkAnalyzeKept analyses text whose words are in the cache.
func BenchmarkAnalyzeKept(b *testing.B) {
	text := runningText(b)
	a, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	buf := a.Append(nil, text)
	for b.Loop() {
		buf = a.Append(buf[:0], text)
	}
}

// BenchmarkOpen opens the dictionary.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(Config{CacheSize: -1}); err != nil {
			b.Fatal(err)
		}
	}
}
