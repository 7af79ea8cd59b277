package search

import (
	"cmp"
	"iter"
	"slices"

	"github.com/scalebook/scalebook/search/impact"
)

// addTerm adds a term to the tally of each document that holds it, lost or not.
func (r *ranker) addTerm(s *scratch, to []tally, touched []uint32, w wanted) []uint32 {
	s.runs = r.imp.RunsWithLost(s.runs[:0], w.id)
	for _, run := range s.runs {
		for i, d := range run.Docs {
			t := &to[d]
			if t.mass == 0 {
				touched = append(touched, d)
			}
			t.score += w.factor * float32(run.Impacts[i])
			t.mass += w.mass
		}
	}
	return touched
}

// addAll is addTerm without a list of the documents.
func (r *ranker) addAll(s *scratch, w wanted) {
	s.runs = r.imp.RunsWithLost(s.runs[:0], w.id)
	for _, run := range s.runs {
		docs, impacts := run.Docs, run.Impacts[:len(run.Docs)]
		for i, d := range docs {
			t := &s.main[d]
			t.score += w.factor * float32(impacts[i])
			t.mass += w.mass
		}
	}
}

// forget takes back the tallies of documents that were lost: to know them once is less work than to pass over them in each list.
func (r *ranker) forget(s *scratch) {
	lost := r.imp.Lost()
	for _, l := range lost {
		clear(s.main[l.From:l.To])
	}
	if len(lost) > 0 && !s.dense {
		s.touched = slices.DeleteFunc(s.touched, func(d uint32) bool { return s.main[d].mass == 0 })
	}
}

// postings yields the documents that hold a term, rising, with its impact on them.
func (r *ranker) postings(s *scratch, term uint32) iter.Seq2[uint32, uint16] {
	return func(yield func(uint32, uint16) bool) {
		s.runs = r.imp.Runs(s.runs[:0], term)
		for _, run := range s.runs {
			for i, d := range run.Docs {
				if !yield(d, run.Impacts[i]) {
					return
				}
			}
		}
	}
}

// cursor is a place in the postings of a term, those of lost documents too, which nobody looks up.
type cursor struct {
	wanted
	runs    []impact.Run
	run     int // the one that the rest is of
	docs    []uint32
	impacts []uint16
	at      int
}

func (r *ranker) cursor(w wanted) cursor {
	c := cursor{wanted: w, runs: r.imp.RunsWithLost(nil, w.id)}
	c.enter(0)
	return c
}

// enter goes to the beginning of a run.
func (c *cursor) enter(run int) {
	c.run, c.at, c.docs, c.impacts = run, 0, nil, nil
	if run < len(c.runs) {
		c.docs, c.impacts = c.runs[run].Docs, c.runs[run].Impacts
	}
}

// turn goes to the run that a document is in, if it is in one.
func (c *cursor) turn(d uint32) {
	run, _ := slices.BinarySearchFunc(c.runs, d, func(r impact.Run, d uint32) int { return cmp.Compare(r.Docs[len(r.Docs)-1], d) })
	if run < len(c.runs) && run != c.run {
		c.enter(run)
	}
}

// find looks a document up. What comes not far behind the one before is found soonest.
func (c *cursor) find(d uint32) (uint16, bool) {
	if len(c.runs) > 1 {
		c.turn(d)
	}
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
	postings := 0
	for _, run := range c.runs {
		postings += len(run.Docs)
	}
	if postings > seekCost*len(s.touched) {
		for _, d := range s.touched {
			if imp, ok := c.find(d); ok {
				s.main[d].score += c.factor * float32(imp)
				s.main[d].mass += c.mass
			}
		}
		return
	}
	for _, run := range c.runs {
		for i, d := range run.Docs {
			if t := &s.main[d]; t.mass > 0 {
				t.score += c.factor * float32(run.Impacts[i])
				t.mass += c.mass
			}
		}
	}
}

// addGroup adds what a group with forms is worth to the tally of each document that matches it: the better of the terms
// as typed and of the best form.
func (r *ranker) addGroup(s *scratch, g *group) {
	for _, w := range g.terms {
		s.partial = r.addTerm(s, s.part, s.partial, w)
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

// addForm raises the partial tally of each document that holds all terms of a form, lost or not.
func (r *ranker) addForm(s *scratch, f form) {
	rarest := 0
	for i, w := range f.terms {
		if r.imp.DF(w.id) < r.imp.DF(f.terms[rarest].id) {
			rarest = i
		}
	}
	first := f.terms[rarest]
	s.runs = r.imp.RunsWithLost(s.runs[:0], first.id)
	for _, run := range s.runs {
	next:
		for i, d := range run.Docs {
			t := tally{first.factor * float32(run.Impacts[i]), first.mass}
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
}

// find looks one document up in the postings of a term.
func (r *ranker) find(term, doc uint32) (uint16, bool) {
	return r.imp.Impact(term, doc)
}
