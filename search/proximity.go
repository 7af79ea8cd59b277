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
	total := s.near.prepare(p)
	if total == 0 {
		return
	}
	docs := r.top(s.docs, nearDepth)
	for i := range docs {
		docs[i].score *= 1 + nearBoost*s.near.most(r.imp.Tokens(docs[i].doc), &p.marked)/total
	}
}

// nearness finds the stretch of a text with the most of a query.
type nearness struct {
	hits []near
	// sums are what the hits of each group are worth together, most what the group is at most: a word and its translations say
	// one thing.
	sums, caps []float32
}

// near is an occurrence of a target.
type near struct {
	start int
	*target
}

// prepare readies n for a plan and returns the most that a stretch can be worth.
func (n *nearness) prepare(p *plan) (total float32) {
	n.sums, n.caps = append(n.sums[:0], make([]float32, len(p.groups))...), append(n.caps[:0], make([]float32, len(p.groups))...)
	for _, m := range p.marked.list {
		if n.caps[m.group] == 0 {
			n.caps[m.group] = p.groups[m.group].mass
			total += p.groups[m.group].mass
		}
	}
	return total
}

// most returns what the best stretch is worth.
func (n *nearness) most(tokens []impact.Token, marked *targets) float32 {
	n.hits = n.hits[:0]
	clear(n.sums)
	most, sum := float32(0), float32(0)
	from := 0
	for _, t := range tokens {
		m := marked.find(t.Term)
		if m == nil {
			continue
		}
		for from < len(n.hits) && t.End()-n.hits[from].start > nearBytes {
			if left := n.hits[from].target; !n.holds(from+1, left) {
				sum += n.change(left.group, -left.worth)
			}
			from++
		}
		if !n.holds(from, m) {
			sum += n.change(m.group, m.worth)
		}
		n.hits = append(n.hits, near{t.Start(), m})
		most = max(most, sum)
	}
	return most
}

// change adds to what the hits of a group are worth and returns what that adds to the stretch.
func (n *nearness) change(group uint16, by float32) float32 {
	was := min(n.sums[group], n.caps[group])
	n.sums[group] += by
	return min(n.sums[group], n.caps[group]) - was
}

// holds reports whether a target is among the hits from one on. There are few within one stretch.
func (n *nearness) holds(from int, m *target) bool {
	for _, h := range n.hits[from:] {
		if h.target == m {
			return true
		}
	}
	return false
}
