package search

import (
	"slices"
	"strings"

	"github.com/scalebook/scalebook/search/korean"
)

// longestTerm finds the longest glossary term that places start with.
func (p *planner) longestTerm(places []place) (int, []int32) {
	longest := min(len(places), p.lex.longest[places[0].key])
	best, entries := 0, []int32(nil)
	key := places[0].key
	for n := 1; n <= longest; n++ {
		if n > 1 {
			key += " " + places[n-1].key
		}
		if ids := p.lex.forms[key]; len(ids) > 0 {
			best, entries = n, ids
		}
	}
	return best, entries
}

// translate adds the other spellings of a glossary term as forms of the group. Of a general word in Korean that the index knows
// those in Korean are left out: from one meaning of the English word to another they lead astray, as from 커지다 to 자라다.
func (p *planner) translate(g *group, places []place, entries []int32) {
	known := true
	var typed []string
	for _, pl := range places {
		if id, ok := p.imp.Lookup(korean.Content, pl.key); !ok || p.imp.DF(id) == 0 {
			known = false
		}
		typed = append(typed, pl.key)
	}
	weight := weightTranslated
	switch {
	case known && len(places) > 1:
		weight = weightTerm
	case known:
		weight = weightGlossary
	}
	weigh := p.exactness(places, entries)
	for _, i := range entries {
		e, told := &p.lex.entries[i], 0
		for _, spelling := range e.forms() {
			if known && e.Kind == kindGeneral && hasHangul(typed[0]) && hasHangul(spelling) || includes(contentTerms(p.analyzer.Analyze(spelling)), typed) {
				continue
			}
			f, ok := p.form(spelling, weight*weigh(i), true)
			if !ok || slices.ContainsFunc(f.terms, func(w wanted) bool { return p.imp.DF(w.id) == 0 }) {
				continue
			}
			switch {
			case !known:
				g.mass = max(g.mass, f.mass())
			case len(places) > 1:
				f.fit(g.mass, mostRaised)
			default:
				f.fit(g.mass, 1)
			}
			g.forms = append(g.forms, f)
			if told < maxTold {
				p.plan.also = appendNew(p.plan.also, spelling)
				told++
			}
		}
	}
}

// mostRaised is how many times its own worth a translation counts at most where it stands for a term of several words: 공급망, in
// every report, is still all of supply chain, and chain a part of it.
const mostRaised = 2

// weightStem is the weight of an entry that only shares stems with what was typed, beside one that is closer to it: collective
// for collection.
const weightStem = 0.6

// exactness returns what each of the entries is worth to the words as they were typed.
func (p *planner) exactness(places []place, entries []int32) func(entry int32) float64 {
	typed := ""
	for _, pl := range places {
		typed += pl.surface
	}
	typed = nameKey(typed)
	closeness := func(entry int32) (best int) {
		for _, f := range p.lex.entries[entry].forms() {
			switch f = nameKey(f); {
			case f == "":
			case f == typed || f+"s" == typed:
				return 2
			case strings.HasPrefix(typed, f):
				best = 1
			}
		}
		return best
	}
	closest := 0
	for _, e := range entries {
		closest = max(closest, closeness(e))
	}
	return func(entry int32) float64 {
		if closeness(entry) < closest {
			return weightStem
		}
		return 1
	}
}

// translateWords adds the translations of the words of a longer term by themselves, each worth what its word is: where
// nothing is said of export controls, something may be of controls.
func (p *planner) translateWords(g *group, places []place) {
	if len(places) == 1 {
		return
	}
	for i := range places {
		if n, entries := p.longestTerm(places[i : i+1]); n == 1 {
			word := p.group(places[i : i+1])
			p.translate(&word, places[i:i+1], entries)
			g.forms = append(g.forms, word.forms...)
		}
	}
}

// maxTold bounds the spellings of one glossary entry that an answer lists as also searched.
const maxTold = 3

// includes reports whether a spelling has all the terms that were typed, so that it would find nothing more.
func includes(spelling, typed []string) bool {
	for _, t := range typed {
		if !slices.Contains(spelling, t) {
			return false
		}
	}
	return true
}
