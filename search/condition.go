package search

import (
	"cmp"
	"slices"

	"github.com/scalebook/scalebook/search/impact"
)

// condition is something that a document must hold, or that its owner must not hold anywhere.
type condition struct {
	// anyOf are sequences of terms, one of which has to occur.
	anyOf []sequence
	// context says that the terms are to stand in the title or heading, in any order.
	context bool
	not     bool
}

// sequence is terms one right after another, particles between them aside. Where a text has no content terms that the
// index knows, it is the text's bigrams, in any order.
type sequence struct {
	terms   []uint32
	bigrams bool
}

// meets reports whether a document meets the conditions of a plan; excluded are the owners that don't.
func (r *ranker) meets(p *plan, excluded map[uint32]bool, doc uint32) bool {
	if excluded[r.imp.Owner(doc)] {
		return false
	}
	for i := range p.conditions {
		c := &p.conditions[i]
		if !c.not && !slices.ContainsFunc(c.anyOf, func(seq sequence) bool { return r.has(seq, doc, c.context) }) {
			return false
		}
	}
	return true
}

// excluded returns the owners that hold what the query excludes, in any of their documents.
func (r *ranker) excluded(s *scratch, p *plan) map[uint32]bool {
	var owners map[uint32]bool
	for _, c := range p.conditions {
		if !c.not {
			continue
		}
		for _, seq := range c.anyOf {
			for d := range r.postings(s, r.rarest(seq.terms)) {
				o := r.imp.Owner(d)
				if !owners[o] && (r.has(seq, d, c.context) || !c.context && r.has(seq, d, true)) {
					if owners == nil {
						owners = map[uint32]bool{}
					}
					owners[o] = true
				}
			}
		}
	}
	return owners
}

func (r *ranker) rarest(terms []uint32) uint32 {
	return slices.MinFunc(terms, func(a, b uint32) int { return cmp.Compare(r.imp.DF(a), r.imp.DF(b)) })
}

// has reports whether a document holds a sequence.
func (r *ranker) has(seq sequence, doc uint32, context bool) bool {
	for _, id := range seq.terms {
		if _, ok := r.find(id, doc); !ok {
			return false
		}
	}
	if seq.bigrams {
		return true
	}
	if context {
		under := r.imp.Context(doc)
		for _, id := range seq.terms {
			if !slices.Contains(under, id) {
				return false
			}
		}
		return true
	}
	tokens := r.imp.Tokens(doc)
	for i, t := range tokens {
		if t.Term == seq.terms[0] && follows(seq.terms[1:], tokens, i) != nil {
			return true
		}
	}
	return false
}

// follows returns the places in list of list[i] and of the terms of seq, where those come one by one after it, else nil.
// Alternatives start at the same place.
func follows(seq []uint32, list []impact.Token, i int) []int {
	places := []int{i}
	end := list[i].End()
	for _, want := range seq {
		start, at := -1, -1
		for j := i + 1; j < len(list); j++ {
			t := list[j]
			if t.Start() < end {
				continue
			}
			if start < 0 {
				start = t.Start()
			}
			if t.Start() != start {
				break
			}
			if t.Term == want {
				at = j
				break
			}
		}
		if at < 0 {
			return nil
		}
		i, end = at, list[at].End()
		places = append(places, at)
	}
	return places
}
