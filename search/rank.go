package search

import (
	"cmp"
	"slices"
	"sort"
	"sync"

	"github.com/scalebook/scalebook/search/impact"
)

// tally is what a document has gathered so far.
type tally struct{ score, mass float32 }

// scratch is the working memory of one query, kept between queries.
type scratch struct {
	main, part, alt []tally
	touched         []uint32 // documents with a tally in main
	partial, other  []uint32 // and in part and alt
}

// ranker scores the documents of one generation. It is safe for concurrent use.
type ranker struct {
	imp  *impact.Index
	pool sync.Pool
}

func newRanker(imp *impact.Index) *ranker {
	r := &ranker{imp: imp}
	r.pool.New = func() any {
		n := imp.Docs()
		return &scratch{main: make([]tally, n), part: make([]tally, n), alt: make([]tally, n)}
	}
	return r
}

// scored is a document with its score.
type scored struct {
	doc   uint32
	score float32
	share float32
}

// score calls yield for each document that matches the plan, with its score: the sum of BM25 weights times idf^1.5,
// times the share of the query's idf that the document matched.
func (r *ranker) score(p *plan, yield func(scored)) {
	s := r.pool.Get().(*scratch)
	defer r.pool.Put(s)
	for i := range p.groups {
		r.addGroup(s, &p.groups[i])
	}
	keep := r.conditions(p)
	for _, d := range s.touched {
		t := s.main[d]
		s.main[d] = tally{}
		if keep != nil && !keep(d) {
			continue
		}
		share := min(1, t.mass/p.mass)
		yield(scored{d, t.score * share, share})
	}
	s.touched = s.touched[:0]
}

// addGroup adds what a group is worth to the tally of each document that matches it: the better of the terms as typed
// and of the best form.
func (r *ranker) addGroup(s *scratch, g *group) {
	if len(g.forms) == 0 {
		for _, w := range g.terms {
			s.touched = r.addTerm(s.main, s.touched, w)
		}
		return
	}
	for _, w := range g.terms {
		s.partial = r.addTerm(s.part, s.partial, w)
	}
	for _, f := range g.forms {
		r.addForm(s, f)
	}
	for _, d := range s.partial {
		t := s.part[d]
		s.part[d] = tally{}
		if s.main[d].mass == 0 {
			s.touched = append(s.touched, d)
		}
		s.main[d].score += t.score
		s.main[d].mass += min(t.mass, g.mass)
	}
	s.partial = s.partial[:0]
}

func (r *ranker) addTerm(to []tally, touched []uint32, w wanted) []uint32 {
	docs, impacts := r.imp.Postings(w.id)
	for i, d := range docs {
		t := &to[d]
		if t.mass == 0 {
			touched = append(touched, d)
		}
		t.score += w.factor * float32(impacts[i])
		t.mass += w.mass
	}
	return touched
}

// addForm raises the partial tally of each document that holds all terms of a form.
func (r *ranker) addForm(s *scratch, f form) {
	raise := func(d uint32, t tally) {
		have := &s.part[d]
		if have.mass == 0 {
			s.partial = append(s.partial, d)
		}
		have.score, have.mass = max(have.score, t.score), max(have.mass, t.mass)
	}
	if len(f.terms) == 1 {
		w := f.terms[0]
		docs, impacts := r.imp.Postings(w.id)
		for i, d := range docs {
			raise(d, tally{w.factor * float32(impacts[i]), w.mass})
		}
		return
	}
	terms := slices.Clone(f.terms)
	slices.SortFunc(terms, func(a, b wanted) int { return cmp.Compare(r.imp.DF(a.id), r.imp.DF(b.id)) })
	docs, impacts := r.imp.Postings(terms[0].id)
next:
	for i, d := range docs {
		t := tally{terms[0].factor * float32(impacts[i]), terms[0].mass}
		for _, w := range terms[1:] {
			imp, ok := r.find(w.id, d)
			if !ok {
				continue next
			}
			t.score += w.factor * float32(imp)
			t.mass += w.mass
		}
		raise(d, t)
	}
}

// find looks one document up in the postings of a term.
func (r *ranker) find(term, doc uint32) (uint16, bool) {
	docs, impacts := r.imp.Postings(term)
	i := sort.Search(len(docs), func(i int) bool { return docs[i] >= doc })
	if i == len(docs) || docs[i] != doc {
		return 0, false
	}
	return impacts[i], true
}

// conditions returns a function that tests a document, nil where there is nothing to test.
func (r *ranker) conditions(p *plan) func(uint32) bool {
	if len(p.conditions) == 0 {
		return nil
	}
	var tokens []impact.Token
	return func(doc uint32) bool {
		for i := range p.conditions {
			if !r.holds(&p.conditions[i], doc, &tokens) {
				return false
			}
		}
		return true
	}
}

func (r *ranker) holds(c *condition, doc uint32, tokens *[]impact.Token) bool {
	found := false
	for _, seq := range c.anyOf {
		if r.hasSequence(seq, doc, c.context, tokens) {
			found = true
			break
		}
	}
	return found != c.not
}

// hasSequence reports whether a document holds terms one right after another, particles between them aside.
func (r *ranker) hasSequence(seq []uint32, doc uint32, context bool, tokens *[]impact.Token) bool {
	for _, id := range seq {
		if _, ok := r.find(id, doc); !ok {
			return false
		}
	}
	if context {
		under := r.imp.Context(doc)
		for _, id := range seq {
			if !slices.Contains(under, id) {
				return false
			}
		}
		return true
	}
	*tokens = r.imp.Tokens((*tokens)[:0], doc)
	list := *tokens
	for i, t := range list {
		if t.Term == seq[0] && follows(seq[1:], list, i) {
			return true
		}
	}
	return false
}

// follows reports whether the terms of seq come one by one after list[i].
func follows(seq []uint32, list []impact.Token, i int) bool {
	end := list[i].End
	for _, want := range seq {
		start := -1
		ok := false
		for j := i + 1; j < len(list); j++ {
			t := list[j]
			if t.Start < end {
				continue
			}
			if start < 0 {
				start = t.Start
			}
			if t.Start != start {
				break
			}
			if t.Term == want {
				i, end, ok = j, t.End, true
				break
			}
		}
		if !ok {
			return false
		}
	}
	return true
}
