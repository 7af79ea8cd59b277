package search

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/testpart"
)

// TestUpstreamReports scores testdata/upstream.tsv: queries over real translated reports, judged by reading before any ranking
// was seen. The rank of a passage is its place among the ten that its report shows.
func TestUpstreamReports(t *testing.T) {
	reports, glossary := bundled(t)
	for _, name := range []string{"20241211-scalinglaw.md", "20241225-GB300.md"} {
		src, err := os.ReadFile(testpart.Shared(t, "upstream/reports/"+name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := content.Parse(src, content.ParseConfig{Source: "upstream", Path: name})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		reports = append(reports, r)
	}
	ix := openTemp(t, Corpus{Reports: reports}, glossary)
	f, err := os.Open(filepath.Join("testdata", "upstream.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// Floors are a little under what is reached.
	for kind, s := range scoreUpstream(t, ix, f) {
		n := float64(s.n)
		t.Logf("%-10s %3d queries  MRR@10 %.3f  recall@10 %.3f  hit@3 %.3f", kind, s.n, s.mrr/n, s.recall/n, s.hit3/n)
		if s.recall/n < 0.95 || s.hit3/n < 0.88 {
			t.Errorf("%s: recall@10 %.3f and hit@3 %.3f, want at least 0.95 and 0.88", kind, s.recall/n, s.hit3/n)
		}
	}
}

// upstreamScore sums what is reached by the queries of one kind.
type upstreamScore struct {
	n                 int
	mrr, recall, hit3 float64
}

// scoreUpstream scores the queries in two kinds: English ones for passages that say it in Korean alone, and all others.
func scoreUpstream(t *testing.T, ix *Index, f *os.File) map[string]*upstreamScore {
	t.Helper()
	scores := map[string]*upstreamScore{"en2ko": {}, "others": {}}
	in := bufio.NewScanner(f)
	for in.Scan() {
		row := strings.Split(in.Text(), "\t")
		if len(row) != 3 || strings.HasPrefix(row[0], "#") {
			continue
		}
		res, err := ix.Search(context.Background(), Query{Text: row[1], Kinds: []string{KindReport}, Passages: MaxPassages})
		if err != nil {
			t.Fatal(err)
		}
		s := scores["others"]
		if row[0] == "en2ko" {
			s = scores["en2ko"]
		}
		s.n++
		if rank := passageRank(res.Hits, strings.Split(row[2], " ")); rank > 0 {
			s.mrr += 1 / float64(rank)
			s.recall++
			if rank <= 3 {
				s.hit3++
			}
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return scores
}

// passageRank returns the best rank that a wanted passage has within its report, 0 where none is shown.
func passageRank(hits []Hit, wanted []string) (best int) {
	for _, h := range hits {
		at := slices.IndexFunc(h.Passages, func(p Passage) bool { return slices.Contains(wanted, h.ID+"#"+p.Anchor) })
		if at >= 0 && (best == 0 || at+1 < best) {
			best = at + 1
		}
	}
	return best
}
