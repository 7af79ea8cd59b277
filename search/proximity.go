package search

import (
	"github.com/scalebook/scalebook/search/impact"
)

// How closeness of matches raises a score.
const (
	// nearBytes is the stretch of text within which matches are close: a clause or short sentence.
	nearBytes = 160
	// nearBoost is what a document gains that has all of the query within one such stretch.
	nearBoost = 0.6
	// nearDepth is how many of the best documents are looked at.
	nearDepth = 24
)

// refine raises the best documents by the share of the query that they have within one stretch of text, so that a
// sentence which answers goes before a passage that has the words here and there.
func (r *ranker) refine(s *scratch, p *plan) {
	total := float32(0)
	for _, m := range p.marked.list {
		total += m.worth
	}
	if total == 0 {
		return
	}
	docs := r.top(s.docs, nearDepth)
	for i := range docs {
		docs[i].score *= 1 + nearBoost*s.near.most(r.imp.Tokens(docs[i].doc), &p.marked)/total
	}
}

// nearness finds the stretch of a text with the most of a query.
type nearness struct{ hits []impact.Token }

func (n *nearness) most(tokens []impact.Token, marked *targets) float32 {
	n.hits = n.hits[:0]
	most, sum := float32(0), float32(0)
	from := 0
	for _, t := range tokens {
		worth := marked.worth(t.Term)
		if worth == 0 {
			continue
		}
		for from < len(n.hits) && t.End()-n.hits[from].Start() > nearBytes {
			if !n.holds(from+1, n.hits[from].Term) {
				sum -= marked.worth(n.hits[from].Term)
			}
			from++
		}
		if !n.holds(from, t.Term) {
			sum += worth
		}
		n.hits = append(n.hits, t)
		most = max(most, sum)
	}
	return most
}

// holds reports whether a term is among the hits from one on. There are few within one stretch.
func (n *nearness) holds(from int, term uint32) bool {
	for _, h := range n.hits[from:] {
		if h.Term == term {
			return true
		}
	}
	return false
}
