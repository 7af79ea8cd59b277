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
	runs  []impact.Run // of the term that is being added
	// matched are the documents of the hits that are shown, shown the one that is being read.
	matched     []scored
	shown       stored
	highlighter highlighter
	planner     planner
}

// ranker scores the documents of one generation. It is safe for concurrent use.
type ranker struct {
	imp *impact.Index
	// docs are the documents of each owner.
	docs     []impact.Range
	rarities []rarity
	pool     sync.Pool
}

func newRanker(imp *impact.Index, docs []impact.Range) *ranker {
	r := &ranker{imp: imp, docs: docs, rarities: rarities(imp.Units())}
	r.pool.New = func() any {
		n := imp.Numbers()
		return &scratch{main: make([]tally, n), part: make([]tally, n)}
	}
	return r
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
	slices.SortFunc(s.lists, func(a, b wanted) int {
		if c := cmp.Compare(b.mass, a.mass); c != 0 {
			return c
		}
		return cmp.Compare(r.imp.Hash(a.id), r.imp.Hash(b.id))
	})
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
			r.addAll(s, w)
		}
	} else {
		for _, w := range taken {
			s.touched = r.addTerm(s, s.main, s.touched, w)
		}
		slices.Sort(s.touched)
		s.touched = slices.Compact(s.touched)
	}
	r.forget(s)
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
	s.excluded = r.excluded(s, p)
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
	next:
		for d := range r.postings(s, first) {
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
		s.dense = false
	} else {
		for _, d := range s.touched {
			s.main[d] = tally{}
		}
	}
	s.touched, s.docs, s.matched = s.touched[:0], s.docs[:0], s.matched[:0]
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
