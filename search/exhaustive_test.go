package search

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPruningChangesNothing compares answers, scores included, with those of scoring every document with every list.
func TestPruningChangesNothing(t *testing.T) {
	c := loadCollection(t)
	reports := c.shuffled(700)
	for i, r := range reports { // several passages each, of different ages
		r.Date = day("2020-01-01").Add(time.Duration(i*37%2000) * 24 * time.Hour)
		if i%3 == 0 {
			r.Passages = append(r.Passages, reports[(i+1)%len(reports)].Passages[0], reports[(i+7)%len(reports)].Passages[0])
		}
	}
	corpus := library()
	corpus.Reports = append(corpus.Reports, reports...)
	ix := openTemp(t, corpus, libraryGlossary())
	rng := rand.New(rand.NewPCG(9, 9))
	pick := func() string { return c.Queries[rng.IntN(len(c.Queries))].Text }
	typo := typos()
	queries := []Query{{Text: "gb300"}, {Text: "GPQA"}, {Text: "export controls"}, {Text: "스케일링 법칙 OR 무어의 법칙"}, {Text: `"무어의 법칙" 추론`}, {Text: "transistors", Kinds: []string{KindMetric}}}
	for range 150 {
		q := Query{Text: pick(), Limit: 1 + rng.IntN(30), Offset: rng.IntN(3) * 7, Passages: 1 + rng.IntN(4)}
		switch rng.IntN(10) {
		case 0:
			q.Text = typo(q.Text)
		case 1:
			q.Text += " " + pick() + " GPT-4o"
		case 2:
			q.From = day("2022-01-01")
		case 3:
			q.Sort = SortNewest
		case 4:
			q.Text = string([]rune(q.Text)[:2]) + "* -" + string([]rune(pick())[:3])
		case 5:
			q.Limit = -1
		case 7, 8:
			if words := strings.Fields(c.Docs[rng.IntN(len(c.Docs))].Text); len(words) > 3 {
				at := rng.IntN(len(words) - 2)
				q.Text = `"` + strings.Join(words[at:at+2], " ") + `" title:s` + q.Text
				if rng.IntN(2) == 0 {
					q.Text = `"` + strings.Join(words[at:at+2], " ") + `"`
				}
			}
		case 6:
			q.Kinds = []string{KindReport, KindTerm}
		}
		queries = append(queries, q)
	}
	pruned := 0
	for _, q := range queries {
		got, err := ix.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		want, left := exhaustive(ix, q)
		if left {
			pruned++
		}
		if got.Total != want.res.Total {
			t.Errorf("%+v: %d hits, want %d", q, got.Total, want.res.Total)
		}
		var ranked []string
		for _, h := range want.hits {
			o := &want.v.owners[h.owner]
			ranked = append(ranked, fmt.Sprintf("%s %s %.4f %d", o.Kind, o.ID, math.Round(float64(h.score)*1e4)/1e4, len(h.docs)))
		}
		for i, h := range got.Hits {
			n := len(h.Passages)
			if i < len(want.hits) && len(want.hits[i].docs) == 0 {
				n = 0 // a term that is shown without a match
			}
			if line := fmt.Sprintf("%s %s %.4f %d", h.Kind, h.ID, h.Score, n); i >= len(ranked) || line != ranked[i] {
				t.Fatalf("%+v: hit %d is %s, want %q", q, i, line, ranked)
			}
		}
		if len(got.Hits) != len(ranked) {
			t.Errorf("%+v: %d hits, want %d", q, len(got.Hits), len(ranked))
		}
	}
	if pruned < len(queries)/4 {
		t.Errorf("only %d of %d queries left lists aside", pruned, len(queries))
	}
}

// exhaustive answers a query by adding every list to every document, and reports whether the index would leave lists aside.
func exhaustive(ix *Index, q Query) (answer, bool) {
	a := answer{ix: ix, v: ix.live, q: q.Normal(), res: &Results{}}
	parsed := parse(a.q.Text)
	a.applyFilters(parsed)
	planner := planner{imp: a.v.gen.imp, lex: a.v.lex, analyzer: ix.analyzer, vocab: a.v.vocab}
	a.plan = planner.make(parsed)
	a.name(a.plan.words, a.plan.meant)
	r := a.v.rank
	s := r.pool.New().(*scratch)
	r.gather(s, a.plan, false)
	left, least := len(s.rest) > 0, s.least
	s.clear()

	tallies := make([]tally, a.v.gen.imp.Numbers())
	var lists []wanted
	for i := range a.plan.groups {
		g := &a.plan.groups[i]
		if len(g.forms) == 0 {
			lists = append(lists, g.terms...)
			continue
		}
		for d := range tallies {
			sum := tally{}
			for _, w := range g.terms {
				if imp, ok := r.find(w.id, uint32(d)); ok {
					sum.score += w.factor * float32(imp)
					sum.mass += w.mass
				}
			}
			for _, f := range g.forms {
				if t, ok := r.formIn(f, uint32(d)); ok {
					sum.score, sum.mass = max(sum.score, t.score), max(sum.mass, t.mass)
				}
			}
			tallies[d].score += sum.score
			tallies[d].mass += min(sum.mass, g.mass)
		}
	}
	slices.SortFunc(lists, func(a, b wanted) int {
		return cmp.Or(cmp.Compare(b.mass, a.mass), cmp.Compare(r.imp.Hash(a.id), r.imp.Hash(b.id)))
	})
	for _, w := range lists {
		for d, imp := range r.postings(s, w.id) {
			tallies[d].score += w.factor * float32(imp)
			tallies[d].mass += w.mass
		}
	}
	excluded := r.excluded(s, a.plan)
	for d, t := range tallies {
		if t.mass > 0 && t.mass >= least && r.meets(a.plan, excluded, uint32(d)) {
			s.docs = append(s.docs, a.plan.score(uint32(d), t))
		}
	}
	r.refine(s, a.plan)
	slices.SortFunc(s.docs, func(x, y scored) int { return cmp.Compare(x.doc, y.doc) })
	byOwner := map[uint32][]scored{}
	highest := float32(0)
	for _, d := range s.docs {
		o := a.v.gen.imp.Owner(d.doc)
		byOwner[o] = append(byOwner[o], d)
		if a.v.facts[o].kind == 0 {
			highest = max(highest, d.score)
		}
	}
	highest = cmp.Or(highest, 1)
	var all []scored
	for o := range uint32(len(a.v.owners)) {
		docs, f := byOwner[o], a.v.facts[o]
		best, named, asked := bestOf(docs), slices.Contains(a.named, o), len(a.q.Kinds) > 0
		switch kind := kinds[f.kind]; {
		case !a.passes(o) || len(docs) == 0 && !named:
		case kind == KindReport:
			all = append(all, scored{doc: o, score: best.score * f.recency})
		case named && kind == KindTerm && !asked:
			all = append(all, scored{doc: o, score: highest * termShare})
		case named:
			all = append(all, scored{doc: o, score: 2*highest + best.score})
		case asked || best.share >= entityShare && kind != KindTerm:
			all = append(all, scored{doc: o, score: best.score})
		}
	}
	a.res.Total = len(all)
	a.order(all)
	from := min(a.q.Offset, len(all))
	for _, o := range all[from:min(from+a.q.Limit, len(all))] {
		docs := byOwner[o.doc]
		a.hits = append(a.hits, found{o.doc, o.score, docs[:min(len(docs), a.q.Passages)]})
	}
	return a, left
}

// formIn returns what a form adds to a document that holds all its terms, the rarest first.
func (r *ranker) formIn(f form, doc uint32) (t tally, ok bool) {
	rarest := 0
	for i, w := range f.terms {
		if r.imp.DF(w.id) < r.imp.DF(f.terms[rarest].id) {
			rarest = i
		}
	}
	terms := append([]wanted{f.terms[rarest]}, slices.Delete(slices.Clone(f.terms), rarest, rarest+1)...)
	for _, w := range terms {
		imp, ok := r.find(w.id, doc)
		if !ok {
			return tally{}, false
		}
		t.score += w.factor * float32(imp)
		t.mass += w.mass
	}
	return t, true
}
