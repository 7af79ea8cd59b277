package search

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/testpart"
)

// collection is a set of paragraphs with questions that one of them answers.
type collection struct {
	Docs    []struct{ ID, Text string }
	Queries []struct {
		ID, Text string
		Relevant []string
	}
}

func loadCollection(t testing.TB) collection {
	raw, err := os.ReadFile(testpart.Shared(t, "eval/korquad-tune.json"))
	if err != nil {
		t.Fatal(err)
	}
	var c collection
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c collection) reports() []*content.Report {
	var out []*content.Report
	for _, d := range c.Docs {
		out = append(out, &content.Report{Slug: d.ID, Title: d.ID, Lang: "ko", Passages: []content.Passage{{Anchor: "p-1", Text: d.Text}}})
	}
	return out
}

// openTemp builds a generation of c in a new folder and opens it.
func openTemp(t testing.TB, c Corpus, glossary []GlossaryEntry) *Index {
	t.Helper()
	dir := t.TempDir()
	a, err := NewAnalyzer(glossary)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Build(context.Background(), BuildConfig{Dir: dir, Analyzer: a, Glossary: glossary}, c); err != nil {
		t.Fatal(err)
	}
	ix, err := Open(Config{Dir: dir, Analyzer: a, Glossary: glossary})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ix.Close(); err != nil {
			t.Error(err)
		}
	})
	return ix
}

// retrieval is how well and how fast a set of queries is answered.
type retrieval struct {
	mrr, recall float64
	took        []int64
}

// quantile returns a quantile of the time that a query took, in microseconds.
func (r retrieval) quantile(f float64) int64 {
	slices.Sort(r.took)
	return r.took[int(f*float64(len(r.took)-1))]
}

func (r retrieval) String() string {
	return fmt.Sprintf("MRR@10 %.4f recall@10 %.4f took p50 %dµs p95 %dµs p99 %dµs", r.mrr, r.recall, r.quantile(.5), r.quantile(.95), r.quantile(.99))
}

func measure(t testing.TB, ix *Index, c collection, change func(string) string) retrieval {
	var r retrieval
	for _, q := range c.Queries {
		text := q.Text
		if change != nil {
			text = change(text)
		}
		res, err := ix.Search(context.Background(), Query{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		r.took = append(r.took, res.TookUS)
		for i, h := range res.Hits {
			if slices.Contains(q.Relevant, h.ID) {
				r.mrr += 1 / float64(i+1)
				r.recall++
				break
			}
		}
	}
	n := float64(len(c.Queries))
	r.mrr /= n
	r.recall /= n
	return r
}

func withoutSpaces(s string) string { return strings.Join(strings.Fields(s), "") }

// typos returns a function that changes two jamo of a query at random places.
func typos() func(string) string {
	rng := rand.New(rand.NewPCG(7, 11))
	return func(s string) string {
		runes := []rune(s)
		var at []int
		for i, r := range runes {
			if r >= 0xAC00 && r <= 0xD7A3 {
				at = append(at, i)
			}
		}
		for range min(2, len(at)) {
			i := at[rng.IntN(len(at))]
			x := runes[i] - 0xAC00
			l, v, f := x/588, x/28%21, x%28
			switch rng.IntN(3) {
			case 0:
				l = (l + 1 + rng.Int32N(18)) % 19
			case 1:
				v = (v + 1 + rng.Int32N(20)) % 21
			case 2:
				f = (f + 1 + rng.Int32N(27)) % 28
			}
			runes[i] = 0xAC00 + l*588 + v*28 + f
		}
		return string(runes)
	}
}

// TestParagraphRetrieval scores the tuning half of KorQuAD 1.0 (Lim, Kim and Lee, 2019), each paragraph a report.
func TestParagraphRetrieval(t *testing.T) {
	c := loadCollection(t)
	start := time.Now()
	ix := openTemp(t, Corpus{Reports: c.reports()}, nil)
	size := 0
	for _, d := range c.Docs {
		size += len(d.Text)
	}
	t.Logf("indexed %.1f MB/s", float64(size)/1e6/time.Since(start).Seconds())
	for _, test := range []struct {
		name   string
		change func(string) string
		floor  float64
	}{
		{"as typed", nil, 0.955},
		{"no spaces", withoutSpaces, 0.955},
		{"two jamo typos", typos(), 0.95},
	} {
		r := measure(t, ix, c, test.change)
		t.Logf("%-15s %s", test.name, r)
		if r.mrr < test.floor {
			t.Errorf("%s: MRR@10 %.4f, want at least %.4f", test.name, r.mrr, test.floor)
		}
	}
}
