package search

import (
	"cmp"
	"slices"
)

// group gathers documents by owner, counts the owners, and selects the page of hits that was asked for with its
// passages. It returns the documents of those passages.
func (a *answer) group(s *scratch) []scored {
	highest := a.bestOfOwners(s)
	if highest == 0 {
		highest = 1
	}
	var all []scored // the doc of each is its owner here
	var c counter
	for _, o := range s.owners {
		best := s.best[o]
		s.best[o] = scored{}
		if score, ok := a.ownerScore(o, best, highest); ok {
			all = append(all, scored{doc: o, score: score})
			c.count(a.v.facts[o])
		}
	}
	for o := range a.named {
		if int(o) >= len(s.best) || !slices.Contains(s.owners, o) {
			if score, ok := a.ownerScore(o, scored{}, highest); ok {
				all = append(all, scored{doc: o, score: score})
				c.count(a.v.facts[o])
			}
		}
	}
	s.owners = s.owners[:0]
	a.res.Total = len(all)
	a.res.Facets = c.facets(a.v.langs)
	if a.q.Sort == "" || a.q.Sort == SortRelevance {
		all = top(all, a.q.Offset+a.q.Limit)
	}
	a.order(all)
	from := min(a.q.Offset, len(all))
	return a.passages(all[from:min(from+a.q.Limit, len(all))], s.docs)
}

// bestOfOwners notes the best document of each owner and returns the highest score of a report.
func (a *answer) bestOfOwners(s *scratch) float32 {
	highest := float32(0)
	for _, d := range s.docs {
		o := a.v.gen.imp.Owner(d.doc)
		b := &s.best[o]
		if b.score == 0 {
			s.owners = append(s.owners, o)
		}
		if d.score > b.score {
			*b = d
			if d.score > highest && a.v.facts[o].kind == 0 {
				highest = d.score
			}
		}
	}
	return highest
}

// ownerScore returns the score of an owner, and whether it is a hit. What the query names comes first, but for terms:
// they are told with the rest, and never in the way of what the reports say.
func (a *answer) ownerScore(o uint32, best scored, highest float32) (float32, bool) {
	f := a.v.facts[o]
	if a.filtered && !a.passes(&a.v.owners[o]) {
		return 0, false
	}
	kind := kinds[f.kind]
	if kind == KindReport {
		return best.score * f.recency, true
	}
	named := a.named[o]
	asked := len(a.q.Kinds) > 0
	switch {
	case named && kind == KindTerm && !asked:
		return highest * termShare, true
	case named:
		return 2*highest + best.score, true
	case !asked && (best.share < entityShare || kind == KindTerm):
		return 0, false
	}
	return best.score, true
}

// passages finds the best documents of the selected owners.
func (a *answer) passages(owners, docs []scored) []scored {
	a.hits = make([]found, len(owners))
	for i, o := range owners {
		a.hits[i] = found{owner: o.doc, score: o.score}
	}
	if len(owners) == 0 {
		return nil
	}
	place := func(owner uint32) int {
		for i := range a.hits {
			if a.hits[i].owner == owner {
				return i
			}
		}
		return -1
	}
	for _, d := range docs {
		i := place(a.v.gen.imp.Owner(d.doc))
		if i < 0 {
			continue
		}
		h := &a.hits[i]
		at := len(h.docs)
		for at > 0 && (h.docs[at-1].score < d.score || h.docs[at-1].score == d.score && h.docs[at-1].doc > d.doc) {
			at--
		}
		if at < a.q.Passages {
			h.docs = slices.Insert(h.docs, at, d)
			h.docs = h.docs[:min(len(h.docs), a.q.Passages)]
		}
	}
	var selected []scored
	for _, h := range a.hits {
		selected = append(selected, h.docs...)
	}
	return selected
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
		return cmp.Or(c, cmp.Compare(y.score, x.score), cmp.Compare(ox.ID, oy.ID), cmp.Compare(ox.Kind, oy.Kind))
	})
}
