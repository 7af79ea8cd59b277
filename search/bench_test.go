//go:build unix

package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/scalebook/scalebook/content"
)

// shuffled returns n paragraphs made of the sentences of c at random, so that they have its vocabulary.
func (c collection) shuffled(n int) []*content.Report {
	var sentences []string
	for _, d := range c.Docs {
		sentences = append(sentences, strings.SplitAfter(d.Text, ". ")...)
	}
	rng := rand.New(rand.NewPCG(3, 5))
	out := make([]*content.Report, n)
	for i := range out {
		var b strings.Builder
		for b.Len() < 1100 {
			b.WriteString(sentences[rng.IntN(len(sentences))])
			b.WriteByte(' ')
		}
		slug := fmt.Sprintf("s%d", i)
		out[i] = &content.Report{Slug: slug, Title: slug, Lang: "ko", Passages: []content.Passage{{Anchor: "p-1", Text: b.String()}}}
	}
	return out
}

// BenchmarkSearch tells the time that questions take, and that of the processor, which holds where the machine has other work.
func BenchmarkSearch(b *testing.B) {
	c := loadCollection(b)
	for _, size := range []int{1000, 60000} {
		ix := openTemp(b, Corpus{Reports: c.shuffled(size)}, nil)
		ix.live.vocab()
		for _, test := range []struct {
			name   string
			change func(string) string
		}{{"known", knownOnly(ix)}, {"typos", typos()}} {
			b.Run(fmt.Sprintf("%d/%s", size, test.name), func(b *testing.B) {
				var r retrieval
				n := 0
				before := processorTime(b)
				for b.Loop() {
					q := c.Queries[n%len(c.Queries)]
					n++
					res, err := ix.Search(context.Background(), Query{Text: test.change(q.Text)})
					if err != nil {
						b.Fatal(err)
					}
					r.took = append(r.took, res.TookUS)
				}
				b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "processor-µs/op")
				b.ReportMetric(float64(r.quantile(.5)), "p50-µs")
				b.ReportMetric(float64(r.quantile(.95)), "p95-µs")
			})
		}
	}
}

// BenchmarkSuggest tells the time that suggestions take to a word on its way, key by key, with the glossary that comes with the program.
func BenchmarkSuggest(b *testing.B) {
	reports, glossary := bundled(b)
	ix := openTemp(b, Corpus{Reports: reports}, glossary)
	typed := []string{"ㅅ", "스", "슼", "스케", "스케잌", "스케일", "스케일ㄹ", "무", "무어의 ㅂ", "ㅅㅋㅇ", "d", "da", "data c", "gpt", "dlsrhd", "트랜스", "hbm3"}
	took := make([]int64, 0, 1024)
	for n := 0; b.Loop(); n++ {
		start := time.Now()
		if _, err := ix.Suggest(b.Context(), typed[n%len(typed)], 10); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start).Microseconds())
	}
	b.ReportMetric(float64(retrieval{took: took}.quantile(.95)), "p95-µs")
}

// knownOnly returns a function that leaves out the words of a query that an index does not know.
func knownOnly(ix *Index) func(string) string {
	return func(text string) string {
		p := planner{imp: ix.live.gen.imp, lex: ix.live.lex, analyzer: ix.analyzer, plan: &plan{}}
		var known []string
		words := p.words(text, ix.analyzer.Analyze(text))
		for i := range words {
			if !p.unknown(&words[i]) {
				known = append(known, words[i].text)
			}
		}
		return strings.Join(known, " ")
	}
}

// processorTime is the time that the process has had of all processors: what other work on the machine disturbs least.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkBuild indexes 6 MB. Beside the throughput of the clock it tells that of the processor's time on two cores, which
// holds where the machine has other work too.
func BenchmarkBuild(b *testing.B) {
	c := loadCollection(b)
	reports := c.shuffled(5000)
	size := 0
	for _, r := range reports {
		size += len(r.Passages[0].Text)
	}
	a, err := NewAnalyzer(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	before := processorTime(b)
	for b.Loop() {
		if _, err := Build(context.Background(), BuildConfig{Dir: b.TempDir(), Analyzer: a}, Corpus{Reports: reports}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(2*float64(size)*float64(b.N)/1e6/(processorTime(b)-before).Seconds(), "MB/s-of-2-cores")
}
