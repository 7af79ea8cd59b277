package search

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/search/korean"
)

// judgement is a query with the passages that answer it, of testdata/judged.tsv or fresh.tsv.
type judgement struct {
	file              string
	line              int
	kind, lang, query string
	parts             []string
}

func loadJudgements(t testing.TB, name string) []judgement {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []judgement
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		if strings.HasPrefix(in.Text(), "#") || in.Text() == "" {
			continue
		}
		row := strings.Split(in.Text(), "\t")
		if len(row) != 4 {
			t.Fatalf("%s:%d: %d columns, want 4", name, n, len(row))
		}
		all = append(all, judgement{name, n, row[0], row[1], row[2], strings.Split(korean.Normalize(row[3]), " | ")})
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// bundled returns the reports and the glossary that the program comes with.
func bundled(t testing.TB) ([]*content.Report, []GlossaryEntry) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "content", "reports", "??", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no bundled reports: %v", err)
	}
	var reports []*content.Report
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := content.Parse(src, content.ParseConfig{Source: "bundled", Path: filepath.Base(name)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		reports = append(reports, r)
	}
	f, err := os.Open(filepath.Join("..", "content", "data", "glossary.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	glossary, err := LoadGlossary(f)
	if err != nil {
		t.Fatal(err)
	}
	return reports, glossary
}

// relevance is how well the judged queries of one kind are answered.
type relevance struct {
	n                 int
	mrr, recall, ndcg float64
	missed            []string
}

// TestJudged scores the judged queries that ranking was tuned on. A hit is right when one of its three passages is a judged one.
func TestJudged(t *testing.T) {
	// Floors are a little under what is reached, so that a change that loses relevance is seen.
	scoreJudged(t, "judged.tsv", 200, map[string]float64{
		"word": 0.93, "question": 0.82, "name": 0.93, "english": 0.9, "question-en": 0.75, "english to korean": 0.85,
		"korean to english": 0.8, "typo": 0.9, "layout": 0.9, "initials": 0.95, "no spaces": 0.9, "extra spaces": 0.95,
		"sound": 0.95, "syntax": 0.9, "all": 0.9,
	})
}

// TestJudgedFresh scores queries that were judged before any ranking of them was seen.
func TestJudgedFresh(t *testing.T) {
	scoreJudged(t, "fresh.tsv", 250, map[string]float64{"all": 0.92})
}

// scoreJudged scores the queries of a file, by kind and all together.
func scoreJudged(t *testing.T, name string, least int, floor map[string]float64) {
	reports, glossary := bundled(t)
	ix := openTemp(t, Corpus{Reports: reports}, glossary)
	texts := map[string]string{}
	for _, r := range reports {
		for _, p := range r.Passages {
			texts[r.Slug+"#"+p.Anchor] = korean.Normalize(p.Text)
		}
	}
	scores := map[string]*relevance{"all": {}}
	var kinds []string
	for _, j := range loadJudgements(t, name) {
		if scores[j.kind] == nil {
			scores[j.kind] = &relevance{}
			kinds = append(kinds, j.kind)
		}
		wanted := j.passages(texts)
		if len(wanted) == 0 {
			t.Errorf("%s:%d: no passage has any of %q", j.file, j.line, j.parts)
			continue
		}
		res, err := ix.Search(context.Background(), Query{Text: j.query, Lang: j.lang, Kinds: []string{KindReport}})
		if err != nil {
			t.Fatal(err)
		}
		rank := rankOf(res.Hits, wanted)
		scores[j.kind].add(j.query, rank)
		scores["all"].add(j.query, rank)
	}
	if n := scores["all"].n; n < least {
		t.Errorf("%d judged queries, want at least %d", n, least)
	}
	for _, kind := range append(kinds, "all") {
		s := scores[kind]
		n := float64(s.n)
		t.Logf("%-18s %3d queries  MRR@10 %.3f  recall@10 %.3f  nDCG@10 %.3f", kind, s.n, s.mrr/n, s.recall/n, s.ndcg/n)
		if kind != "all" && len(s.missed) > 0 {
			t.Logf("    not first: %s", strings.Join(s.missed, ", "))
		}
		if want, ok := floor[kind]; ok && s.mrr/n < want {
			t.Errorf("%s: MRR@10 %.3f, want at least %.3f", kind, s.mrr/n, want)
		}
	}
}

// passages returns the judged passages among texts, which are keyed by slug and anchor.
func (j judgement) passages(texts map[string]string) map[string]bool {
	wanted := map[string]bool{}
	for at, text := range texts {
		slug, _, _ := strings.Cut(at, "#")
		if strings.HasSuffix(slug, "-en") == (j.lang == "en") && slices.ContainsFunc(j.parts, func(p string) bool { return strings.Contains(text, p) }) {
			wanted[at] = true
		}
	}
	return wanted
}

// add counts a query whose right hit has a rank, 0 where there is none.
func (s *relevance) add(query string, rank int) {
	s.n++
	if rank > 0 {
		s.mrr += 1 / float64(rank)
		s.recall++
		s.ndcg += 1 / math.Log2(1+float64(rank))
	}
	if rank != 1 {
		s.missed = append(s.missed, fmt.Sprintf("%q %d", query, rank))
	}
}

// rankOf returns the rank of the first hit with a wanted passage, 0 where there is none.
func rankOf(hits []Hit, wanted map[string]bool) int {
	for i, h := range hits {
		if slices.ContainsFunc(h.Passages, func(p Passage) bool { return wanted[h.ID+"#"+p.Anchor] }) {
			return i + 1
		}
	}
	return 0
}
