package search

import (
	"slices"
)

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
