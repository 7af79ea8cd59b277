package search

import (
	"cmp"
	"slices"
	"sync"

	"github.com/scalebook/scalebook/search/impact"
)

// minShare is the share of a query, by idf, from which a document is a hit. Fewer would make hits of all that have the
// commonest words; when nothing has as much, half of the best share serves.
const minShare = 0.1

// tally is what a document has gathered so far.
type tally struct{ score, mass float32 }

// scratch is the working memory of one query, kept between queries.
type scratch struct {
	main, part []tally
	touched    []uint32 // documents with a tally in main
	partial    []uint32 // and in part
	docs       []scored
	lists      []wanted
	near       nearness
	best       []scored // by owner
	owners     []uint32 // with an entry in best
}

// ranker scores the documents of one generation. It is safe for concurrent use.
type ranker struct {
	imp  *impact.Index
	pool sync.Pool
}

func newRanker(imp *impact.Index, owners int) *ranker {
	r := &ranker{imp: imp}
	r.pool.New = func() any {
		n := imp.Docs()
		return &scratch{main: make([]tally, n), part: make([]tally, n), best: make([]scored, owners)}
	}
	return r
}

// scored is a document with its score and the share of the query that it matched.
type scored struct {
	doc   uint32
	score float32
	share float32
}

// score fills s.docs with the documents that match the plan. A score is the sum of BM25 weights times idf^1.5, times
// the share of the query's idf that the document matched.
//
// Lists are taken in order of what they are worth. From the point where those that are left come to less than minShare,
// a document that has none of the others can't be a hit any more, so that common words only add to the documents that
// rarer ones have found: the cost follows the rare words.
func (r *ranker) score(s *scratch, p *plan) {
	s.lists = s.lists[:0]
	left := float32(0)
	for i := range p.groups {
		if g := &p.groups[i]; len(g.forms) > 0 {
			r.addGroup(s, g)
			continue
		}
		for _, w := range p.groups[i].terms {
			s.lists = append(s.lists, w)
			left += w.mass
		}
	}
	slices.SortFunc(s.lists, func(a, b wanted) int { return cmp.Or(cmp.Compare(b.mass, a.mass), cmp.Compare(a.id, b.id)) })
	for i, w := range s.lists {
		if left < minShare*p.mass && len(s.touched) > 0 {
			for _, w := range s.lists[i:] {
				r.raise(s, w)
			}
			break
		}
		s.touched = r.addTerm(s.main, s.touched, w)
		left -= w.mass
	}
	r.collect(s, p)
}

// collect moves the tallies of matching documents to s.docs and clears them.
func (r *ranker) collect(s *scratch, p *plan) {
	most := float32(0)
	for _, d := range s.touched {
		most = max(most, s.main[d].mass)
	}
	least := min(minShare*p.mass, most/2)
	excluded := r.excluded(p)
	s.docs = s.docs[:0]
	for _, d := range s.touched {
		t := s.main[d]
		s.main[d] = tally{}
		if t.mass < least || len(p.conditions) > 0 && !r.meets(p, excluded, d) {
			continue
		}
		share := min(1, t.mass/p.mass)
		s.docs = append(s.docs, scored{d, t.score * share, share})
	}
	s.touched = s.touched[:0]
}

// addTerm adds a term to the tally of each document that holds it.
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

// seekCost is how many postings can be passed over in the time of looking one document up.
const seekCost = 24

// raise adds a term to the documents that have a tally already.
func (r *ranker) raise(s *scratch, w wanted) {
	docs, impacts := r.imp.Postings(w.id)
	if len(docs) > seekCost*len(s.touched) {
		for _, d := range s.touched {
			if i, ok := slices.BinarySearch(docs, d); ok {
				s.main[d].score += w.factor * float32(impacts[i])
				s.main[d].mass += w.mass
			}
		}
		return
	}
	for i, d := range docs {
		if t := &s.main[d]; t.mass > 0 {
			t.score += w.factor * float32(impacts[i])
			t.mass += w.mass
		}
	}
}

// addGroup adds what a group with forms is worth to the tally of each document that matches it: the better of the terms
// as typed and of the best form.
func (r *ranker) addGroup(s *scratch, g *group) {
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

// addForm raises the partial tally of each document that holds all terms of a form.
func (r *ranker) addForm(s *scratch, f form) {
	rarest := 0
	for i, w := range f.terms {
		if r.imp.DF(w.id) < r.imp.DF(f.terms[rarest].id) {
			rarest = i
		}
	}
	docs, impacts := r.imp.Postings(f.terms[rarest].id)
next:
	for i, d := range docs {
		t := tally{f.terms[rarest].factor * float32(impacts[i]), f.terms[rarest].mass}
		for j, w := range f.terms {
			if j == rarest {
				continue
			}
			imp, ok := r.find(w.id, d)
			if !ok {
				continue next
			}
			t.score += w.factor * float32(imp)
			t.mass += w.mass
		}
		have := &s.part[d]
		if have.mass == 0 {
			s.partial = append(s.partial, d)
		}
		have.score, have.mass = max(have.score, t.score), max(have.mass, t.mass)
	}
}

// find looks one document up in the postings of a term.
func (r *ranker) find(term, doc uint32) (uint16, bool) {
	docs, impacts := r.imp.Postings(term)
	i, ok := slices.BinarySearch(docs, doc)
	if !ok {
		return 0, false
	}
	return impacts[i], true
}

// top moves the n documents with the highest scores to the front, in no order, and returns them.
func top(docs []scored, n int) []scored {
	if n <= 0 {
		return nil
	}
	if len(docs) <= n {
		return docs
	}
	// A heap with the least of the best at its root.
	heap := docs[:n]
	for i := n/2 - 1; i >= 0; i-- {
		sink(heap, i)
	}
	for i := n; i < len(docs); i++ {
		if docs[i].score > heap[0].score {
			heap[0], docs[i] = docs[i], heap[0]
			sink(heap, 0)
		}
	}
	return heap
}

func sink(heap []scored, i int) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(heap); c++ {
			if heap[c].score < heap[least].score {
				least = c
			}
		}
		if least == i {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}
