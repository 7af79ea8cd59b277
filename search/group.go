package search

import (
	"cmp"
	"math"
	"slices"
)

// candidate is a document that may be among the best, with the most that it can score.
type candidate struct {
	doc  uint32
	high float32
}

// sieve tells which documents can be among the best, from bounds of their scores: what a document has from the lists that
// were taken is the least that it scores, and with all that is left the most.
type sieve struct {
	// near is the least score of the documents that refine looks at, hits that of the hits to be shown.
	near, hits floor
	// report is the least score of the best report, which is asked for where the query names something.
	report float32
	named  bool

	candidates []candidate
	// entities are owners other than reports that may match enough of the query to be hits.
	entities []uint32
}

// shows reports whether a document that scores no more than high can change what is shown.
func (v *sieve) shows(f *facts, high float32) bool {
	return high >= v.near.least || high*f.recency >= v.hits.least || v.named && f.kind == 0 && high >= v.report
}

// least is the score below which no report shows, whatever its age.
func (v *sieve) least() float32 {
	least := min(v.near.least, v.hits.least/(1+recencyBoost))
	if v.named {
		least = min(least, v.report)
	}
	return least
}

// floor is the least of the n greatest values so far, 0 while they are fewer.
type floor struct {
	least float32
	heap  []float32
	n     int
}

// everything is the n of a floor that nothing is below.
const everything = -1

func (f *floor) reset(n int) {
	f.least, f.heap, f.n = 0, f.heap[:0], n
	if n == 0 {
		f.least = math.MaxFloat32
	}
}

func (f *floor) add(x float32) {
	switch {
	case x < f.least || f.n == everything:
		return
	case len(f.heap) == f.n:
		f.heap[0] = x
		sink(f.heap, 0, cmp.Less[float32])
	default:
		f.heap = append(f.heap, x)
		if len(f.heap) < f.n {
			return
		}
		for i := f.n/2 - 1; i >= 0; i-- {
			sink(f.heap, i, cmp.Less[float32])
		}
	}
	f.least = f.heap[0]
}

// group gathers documents by owner, counts the owners, and selects the page of hits that was asked for with its passages.
// s holds the tallies; nil where there is no index.
func (a *answer) group(s *scratch) {
	var c counter
	var all []scored // the doc of each is its owner here
	count := func(o uint32, score float32) {
		all = append(all, scored{doc: o, score: score})
		c.count(&a.v.facts[o])
		a.res.Total++
	}
	highest := float32(1)
	if s != nil {
		a.sift(s, &c)
		for _, k := range s.sieve.candidates {
			if s.sieve.shows(&a.v.facts[a.v.gen.imp.Owner(k.doc)], k.high) {
				s.docs = append(s.docs, s.complete(a.plan, k.doc))
			}
		}
		a.v.rank.refine(s, a.plan)
		slices.SortFunc(s.docs, func(x, y scored) int { return cmp.Compare(x.doc, y.doc) })
		all, highest = a.bestOfOwners(s, all)
		for _, o := range s.sieve.entities {
			if best := bestOf(a.docsOf(s, o)); best.share >= entityShare {
				count(o, best.score)
			}
		}
	}
	for _, o := range a.named {
		if !a.passes(o) {
			continue
		}
		// What the query names comes first, but for terms: they are told with the rest, and never in the way of what the
		// reports say.
		if kinds[a.v.facts[o].kind] == KindTerm && len(a.q.Kinds) == 0 {
			count(o, highest*termShare)
		} else {
			count(o, 2*highest+bestOf(a.docsOf(s, o)).score)
		}
	}
	a.page(all, &c, func(o uint32) []scored { return a.docsOf(s, o) })
}

// page orders all hits and takes those that were asked for, with the best of their documents: one more than are shown, in place of
// the summary.
func (a *answer) page(all []scored, c *counter, docsOf func(owner uint32) []scored) {
	a.res.Facets = c.facets(a.v.langs)
	a.order(all)
	from := min(a.q.Offset, len(all))
	for _, o := range all[from:min(from+a.q.Limit, len(all))] {
		docs := docsOf(o.doc)
		slices.SortFunc(docs, func(x, y scored) int { return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.doc, y.doc)) })
		a.hits = append(a.hits, found{owner: o.doc, score: o.score, docs: docs[:min(len(docs), a.q.Passages+1)]})
	}
}

// sift passes over all matches: it counts the owners that are hits, and leaves in s.sieve what may be shown.
func (a *answer) sift(s *scratch, c *counter) {
	r, v, p := a.v.rank, &s.sieve, a.plan
	v.candidates, v.entities, v.report, v.named = v.candidates[:0], v.entities[:0], 0, len(a.named) > 0
	v.near.reset(nearDepth)
	v.hits.reset(a.shown())
	sure := s.least
	if len(p.conditions) > 0 {
		sure = math.MaxFloat32
	}
	hopeless := float32(0) // the product of score and mass below which a report shows nowhere
	for i := 0; i < len(s.able); {
		o := r.imp.Owner(s.able[i])
		f, end := &a.v.facts[o], r.docs[o].To
		matched, best, share := false, float32(0), float32(0)
		for ; i < len(s.able) && s.able[i] < end; i++ {
			d := s.able[i]
			t := s.main[d]
			if t.mass < sure && ((t.mass+s.restMass)*slack < s.least || !r.matches(s, p, d)) {
				continue
			}
			matched = true
			if f.kind == 0 && (t.score+s.restScore)*(t.mass+s.restMass) < hopeless {
				continue // it counts, and is too little to be shown
			}
			low, high := p.score(d, t).score, s.highest(p, d)
			best, share = max(best, low), max(share, high.share)
			v.near.add(low)
			if f.kind == 0 {
				v.report = max(v.report, low)
			}
			if v.shows(f, high.score) {
				v.candidates = append(v.candidates, candidate{d, high.score})
			}
			hopeless = v.least() * p.mass / (slack * slack * slack)
		}
		if matched && a.passes(o) && (f.kind == 0 || a.isHit(o, share, v)) {
			v.hits.add(best * f.recency)
			c.count(f)
			a.res.Total++
		}
	}
}

// shown is how many of the best hits have to be known.
func (a *answer) shown() int {
	switch {
	case a.sorted():
		return everything
	case a.q.Limit == 0:
		return 0
	}
	return a.q.Offset + a.q.Limit
}

// isHit reports whether an owner with a match that is not a report, as all reports with one are, is a hit by that alone: only where
// its kind was asked for. One that may match nearly all of the query is left to be looked at.
func (a *answer) isHit(o uint32, share float32, v *sieve) bool {
	kind := kinds[a.v.facts[o].kind]
	switch asked := len(a.q.Kinds) > 0; {
	case slices.Contains(a.named, o):
		return false
	case !asked && share >= entityShare && kind != KindTerm:
		v.entities = append(v.entities, o)
		return false
	default:
		return asked
	}
}

// bestOfOwners adds to all the owners of candidates that are hits by them, and returns the highest score of a report, 1
// where there is none.
func (a *answer) bestOfOwners(s *scratch, all []scored) ([]scored, float32) {
	highest := float32(0)
	for i := 0; i < len(s.docs); {
		o := a.v.gen.imp.Owner(s.docs[i].doc)
		f, from := &a.v.facts[o], i
		for i < len(s.docs) && a.v.gen.imp.Owner(s.docs[i].doc) == o {
			i++
		}
		best := bestOf(s.docs[from:i]).score
		if f.kind == 0 {
			highest = max(highest, best)
		} else if len(a.q.Kinds) == 0 || slices.Contains(a.named, o) {
			continue
		}
		if score := best * f.recency; score >= s.sieve.hits.least && a.passes(o) {
			all = append(all, scored{doc: o, score: score})
		}
	}
	return all, cmp.Or(highest, 1)
}

// bestOf returns the first of the documents with the highest score, none of which has none.
func bestOf(docs []scored) (best scored) {
	for _, d := range docs {
		if d.score > best.score {
			best = d
		}
	}
	return best
}

// docsOf returns the matches that an owner has, in their order, in the memory of s.
func (a *answer) docsOf(s *scratch, o uint32) []scored {
	if s == nil || int(o) >= len(a.v.rank.docs) {
		return nil // a term that only Config knows
	}
	first := len(s.matched)
	for d := a.v.rank.docs[o].From; d < a.v.rank.docs[o].To; d++ {
		if s.main[d].mass == 0 {
			continue
		}
		if i, ok := slices.BinarySearchFunc(s.docs, d, func(x scored, d uint32) int { return cmp.Compare(x.doc, d) }); ok {
			s.matched = append(s.matched, s.docs[i])
		} else if a.v.rank.matches(s, a.plan, d) {
			s.matched = append(s.matched, s.complete(a.plan, d))
		}
	}
	return s.matched[first:len(s.matched):len(s.matched)]
}

// order sorts owners the way the query asks for; ties go by id, so that the order is always the same.
func (a *answer) order(all []scored) {
	slices.SortFunc(all, func(x, y scored) int {
		ox, oy := &a.v.owners[x.doc], &a.v.owners[y.doc]
		c := 0
		switch a.q.Sort {
		case SortNewest:
			c = oy.Date.Compare(ox.Date)
		case SortOldest:
			c = ox.Date.Compare(oy.Date)
		case SortTitle:
			c = cmp.Compare(ox.Title, oy.Title)
		}
		if c = cmp.Or(c, cmp.Compare(y.score, x.score)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(ox.ID, oy.ID), cmp.Compare(ox.Kind, oy.Kind))
	})
}
