package search

import (
	"cmp"
	"math"
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
	touched    []uint32 // documents with a tally in main, rising; where dense, those that can be matches
	partial    []uint32 // and in part
	able       []uint32 // those in touched that have the terms of the first thing that the query requires
	dense      bool     // so many documents have a tally that touched is worked out from all of main
	lists      []wanted
	// rest are the lists that only add to what others have found, with the most that they come to.
	rest                []cursor
	restScore, restMass float32
	// least is the mass from which a document is a match; excluded are the owners that are none.
	least    float32
	excluded map[uint32]bool

	sieve sieve
	docs  []scored
	near  nearness
}

// ranker scores the documents of one generation. It is safe for concurrent use.
type ranker struct {
	imp *impact.Index
	// first is where the documents of each owner start, and where the last's end.
	first []uint32
	pool  sync.Pool
}

func newRanker(imp *impact.Index, owners int) *ranker {
	r := &ranker{imp: imp, first: make([]uint32, owners+1)}
	for d := range uint32(imp.Docs()) {
		r.first[imp.Owner(d)+1]++
	}
	for o := range owners {
		r.first[o+1] += r.first[o]
	}
	r.pool.New = func() any {
		n := imp.Docs()
		return &scratch{main: make([]tally, n), part: make([]tally, n)}
	}
	return r
}

// scored is a document with its score and the share of the query that it matched.
type scored struct {
	doc   uint32
	score float32
	share float32
}

// restShare is the share of a query below which lists are looked up rather than taken: how many documents depend on
// them falls faster than their length grows.
const restShare = 0.01

// slack covers what rounding may add to a sum that is taken in another order.
const slack = 1 + 1e-4

// densePart is the part of all documents from which on postings are so many that looking at every document's tally takes
// less time than keeping a list of those that have one.
const densePart = 32

// gather gives the documents that can match the plan their tallies. A score is the sum of BM25 weights times idf^1.5, times
// the share of the query's idf that the document matched.
//
// Lists are taken in order of what they are worth. From the point where those that are left come to less than minShare,
// a document that has none of the others can't be a match any more. What is left then goes to s.rest, to be looked up for the
// documents whose place depends on it (MaxScore: Turtle and Flood, "Query evaluation: strategies and optimizations", 1995),
// once it is much longer than the lists taken, so that the cost follows the rare words, or worth so little that few depend
// on it. Where whole is true nothing is left there.
func (r *ranker) gather(s *scratch, p *plan, whole bool) {
	s.lists, s.rest, s.restScore, s.restMass = s.lists[:0], s.rest[:0], 0, 0
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
	postings, taken := len(s.touched), s.lists
	for i, w := range s.lists {
		n := r.imp.Count(w.id)
		if postings > 0 && (left < restShare*p.mass || left < minShare*p.mass && n > seekCost*postings) {
			taken = s.lists[:i]
			break
		}
		postings += n
		left -= w.mass
	}
	if s.dense = postings > r.imp.Docs()/densePart; s.dense {
		for _, w := range taken {
			r.addAll(s.main, w)
		}
	} else {
		for _, w := range taken {
			s.touched = r.addTerm(s.main, s.touched, w)
		}
		slices.Sort(s.touched)
		s.touched = slices.Compact(s.touched)
	}
	for _, w := range s.lists[len(taken):] {
		s.rest = append(s.rest, r.cursor(w))
		s.restScore += w.factor * impact.Highest
		s.restMass += w.mass
	}
	r.bound(s, p, whole)
}

// bound works out the least mass of a match. Where no document has twice minShare, it follows from what the best one has in all.
func (r *ranker) bound(s *scratch, p *plan, whole bool) {
	enough := 2 * minShare * p.mass
	most := s.most(enough)
	if whole || most < enough {
		if s.dense {
			s.touched = holders(s.main, s.touched, 0)
		}
		for i := range s.rest {
			s.raise(&s.rest[i])
		}
		s.rest, s.restScore, s.restMass = s.rest[:0], 0, 0
		most = s.most(enough)
	}
	s.least = min(minShare*p.mass, most/2)
	if s.dense {
		s.touched = holders(s.main, s.touched, (s.least/slack-s.restMass)/slack)
	}
	s.excluded = r.excluded(p)
	s.able = s.touched
	for i := range p.conditions {
		if c := &p.conditions[i]; !c.not {
			s.able = r.holding(s, c)
			break // the others are asked of these alone
		}
	}
}

// holding lists the documents with a tally that hold all terms of a sequence of c, in whatever order.
func (r *ranker) holding(s *scratch, c *condition) []uint32 {
	var docs []uint32
	for _, seq := range c.anyOf {
		first := r.rarest(seq.terms)
		var others []cursor
		for _, id := range seq.terms {
			if id != first {
				others = append(others, r.cursor(wanted{id: id}))
			}
		}
		all, _ := r.imp.Postings(first)
	next:
		for _, d := range all {
			if s.main[d].mass == 0 {
				continue
			}
			for i := range others {
				if _, ok := others[i].find(d); !ok {
					continue next
				}
			}
			docs = append(docs, d)
		}
	}
	slices.Sort(docs)
	return slices.Compact(docs)
}

// clear takes all tallies back.
func (s *scratch) clear() {
	if s.dense {
		clear(s.main)
	} else {
		for _, d := range s.touched {
			s.main[d] = tally{}
		}
	}
	s.touched, s.docs = s.touched[:0], s.docs[:0]
}

// holders lists the documents that have a tally with at least so much mass.
func holders(tallies []tally, to []uint32, least float32) []uint32 {
	least = max(least, math.SmallestNonzeroFloat32)
	to = slices.Grow(to[:0], len(tallies))[:len(tallies)]
	n := 0
	for d := range tallies { // no branch, which the processor could not foresee
		to[n] = uint32(d)
		if tallies[d].mass >= least {
			n++
		}
	}
	return to[:n]
}

// most returns the greatest mass of a tally, or one that is enough.
func (s *scratch) most(enough float32) (most float32) {
	if s.dense {
		for i := range s.main {
			if mass := s.main[i].mass; mass > most {
				if most = mass; most >= enough {
					break
				}
			}
		}
		return most
	}
	for _, d := range s.touched {
		if mass := s.main[d].mass; mass > most {
			if most = mass; most >= enough {
				break
			}
		}
	}
	return most
}

// matches reports whether a document with a tally is a match.
func (r *ranker) matches(s *scratch, p *plan, d uint32) bool {
	if mass := s.main[d].mass; mass < s.least && !s.reaches(d, mass) {
		return false
	}
	return len(p.conditions) == 0 || r.meets(p, s.excluded, d)
}

// reaches reports whether a document gets from a mass to that of a match by what is left.
func (s *scratch) reaches(d uint32, mass float32) bool {
	left := s.restMass
	for i := range s.rest {
		if (mass+left)*slack < s.least {
			return false
		}
		c := &s.rest[i]
		if _, ok := c.find(d); ok {
			if mass += c.mass; mass >= s.least {
				return true
			}
		}
		left -= c.mass
	}
	return mass >= s.least
}

// complete returns the score of a match, with what is left.
func (s *scratch) complete(p *plan, d uint32) scored {
	t := s.main[d]
	for i := range s.rest {
		c := &s.rest[i]
		if imp, ok := c.find(d); ok {
			t.score += c.factor * float32(imp)
			t.mass += c.mass
		}
	}
	return p.score(d, t)
}

func (p *plan) score(d uint32, t tally) scored {
	share := min(1, t.mass/p.mass)
	return scored{d, t.score * share, share}
}

// highest returns the most that a match can score.
func (s *scratch) highest(p *plan, d uint32) scored {
	t := s.main[d]
	return p.score(d, tally{(t.score + s.restScore) * slack, (t.mass + s.restMass) * slack})
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

// addAll is addTerm without a list of the documents.
func (r *ranker) addAll(to []tally, w wanted) {
	docs, impacts := r.imp.Postings(w.id)
	impacts = impacts[:len(docs)]
	for i, d := range docs {
		t := &to[d]
		t.score += w.factor * float32(impacts[i])
		t.mass += w.mass
	}
}

// cursor is a place in the postings of a term.
type cursor struct {
	wanted
	docs    []uint32
	impacts []uint16
	at      int
}

func (r *ranker) cursor(w wanted) cursor {
	docs, impacts := r.imp.Postings(w.id)
	return cursor{wanted: w, docs: docs, impacts: impacts}
}

// find looks a document up. What comes not far behind the one before is found soonest.
func (c *cursor) find(d uint32) (uint16, bool) {
	low, step := c.at, 1
	if low > 0 && c.docs[low-1] >= d {
		low = 0
	}
	high := low
	for high < len(c.docs) && c.docs[high] < d {
		low, high, step = high+1, high+step, 2*step
	}
	high = min(high, len(c.docs))
	for low < high {
		if middle := int(uint(low+high) / 2); c.docs[middle] < d {
			low = middle + 1
		} else {
			high = middle
		}
	}
	c.at = low
	if low == len(c.docs) || c.docs[low] != d {
		return 0, false
	}
	return c.impacts[low], true
}

// seekCost is how many postings can be passed over in the time of looking one document up.
const seekCost = 24

// raise adds a term to the documents that have a tally already.
func (s *scratch) raise(c *cursor) {
	if len(c.docs) > seekCost*len(s.touched) {
		for _, d := range s.touched {
			if imp, ok := c.find(d); ok {
				s.main[d].score += c.factor * float32(imp)
				s.main[d].mass += c.mass
			}
		}
		return
	}
	for i, d := range c.docs {
		if t := &s.main[d]; t.mass > 0 {
			t.score += c.factor * float32(c.impacts[i])
			t.mass += c.mass
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

// below reports whether x ranks below y. Of documents with one score the first comes first.
func (x scored) below(y scored) bool { return x.score < y.score || x.score == y.score && x.doc > y.doc }

// top moves the n best documents to the front, in no order, and returns them.
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
		sink(heap, i, scored.below)
	}
	for i := n; i < len(docs); i++ {
		if heap[0].below(docs[i]) {
			heap[0], docs[i] = docs[i], heap[0]
			sink(heap, 0, scored.below)
		}
	}
	return heap
}

func sink[T any](heap []T, i int, below func(a, b T) bool) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(heap); c++ {
			if below(heap[c], heap[least]) {
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
