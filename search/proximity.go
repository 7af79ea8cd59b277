package search

import (
	"cmp"
	"slices"

	"github.com/scalebook/scalebook/search/impact"
)

// How closeness of matches raises a score.
const (
	// nearBytes is the stretch of text within which matches are close: a clause or short sentence.
	nearBytes = 160
	// nearBoost is what a document gains that has all of the query within one such stretch.
	nearBoost = 0.6
	// nearDepth is how many of the best documents are looked at.
	nearDepth = 64
)

// refine raises the best documents by the share of the query that they have within one stretch of text, so that a
// sentence which answers goes before a passage that has the words here and there.
func (r *ranker) refine(p *plan, all []scored) {
	if len(p.marked) < 2 {
		return
	}
	total := float32(0)
	for _, w := range p.marked {
		total += w
	}
	top := best(all, nearDepth)
	var tokens []impact.Token
	var n nearness
	for _, i := range top {
		tokens = r.imp.Tokens(tokens[:0], all[i].doc)
		all[i].score *= 1 + nearBoost*n.most(tokens, p.marked)/total
	}
}

// best returns the places in all of the n highest scores, in no order.
func best(all []scored, n int) []int {
	places := make([]int, len(all))
	for i := range places {
		places[i] = i
	}
	if len(all) <= n {
		return places
	}
	slices.SortFunc(places, func(a, b int) int { return cmp.Compare(all[b].score, all[a].score) })
	return places[:n]
}

// nearness finds the stretch of a text with the most of a query.
type nearness struct {
	hits  []impact.Token
	count map[uint32]int
}

func (n *nearness) most(tokens []impact.Token, worth map[uint32]float32) float32 {
	n.hits = n.hits[:0]
	for _, t := range tokens {
		if worth[t.Term] > 0 {
			n.hits = append(n.hits, t)
		}
	}
	if n.count == nil {
		n.count = map[uint32]int{}
	}
	clear(n.count)
	most, sum := float32(0), float32(0)
	from := 0
	for _, t := range n.hits {
		if n.count[t.Term]++; n.count[t.Term] == 1 {
			sum += worth[t.Term]
		}
		for t.End-n.hits[from].Start > nearBytes {
			out := n.hits[from].Term
			if n.count[out]--; n.count[out] == 0 {
				sum -= worth[out]
			}
			from++
		}
		most = max(most, sum)
	}
	return most
}
