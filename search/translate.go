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
	if !known && len(places) == 1 && lightWords[places[0].key] {
		weight *= weightLight // where it is known its own worth is the measure
	}
	weigh := p.exactness(places, entries)
	for _, i := range entries {
		e, told := &p.lex.entries[i], 0
		for _, spelling := range e.forms() {
			if known && e.Kind == kindGeneral && hasHangul(typed[0]) && hasHangul(spelling) || includes(contentTerms(p.analyzer.Analyze(spelling)), typed) {
				continue
			}
			weight := weight
			// In the language that is looked for a word stands for the other as well as it can.
			if known && p.lang != "" && hasHangul(typed[0]) != hasHangul(spelling) && hasHangul(spelling) == (p.lang == "ko") {
				weight = max(weight, weightTerm)
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

// weightSimilar is the weight of a word that says nearly the same as one that was typed.
const weightSimilar = 0.6

// mostSimilar is the number of passages, and mostSimilarPart the part of all, up to which a word has others stand for it, or stands for
// another: one that is in more is found without them, says little, and takes long.
const (
	mostSimilar     = 1024
	mostSimilarPart = 64
)

// similar adds the words that say nearly the same as those of places, each worth less than its word.
func (p *planner) similar(g *group, places []place) {
	commonest := max(mostSimilar, p.imp.Units()/mostSimilarPart)
	for i := range places {
		key := places[i].key
		if id, ok := p.imp.Lookup(korean.Content, key); len(p.lex.synonyms[key]) == 0 || stopWords[key] || ok && p.imp.DF(id) > commonest {
			continue
		}
		typed, told, weight := p.group(places[i:i+1]).mass, 0, weightSimilar
		if lightWords[key] {
			weight *= weightLight
		}
		for _, other := range p.lex.synonyms[key] {
			f, ok := p.form(other, weight, told < maxTold) // what is marked is told
			if !ok || slices.ContainsFunc(f.terms, func(w wanted) bool { df := p.imp.DF(w.id); return df == 0 || df > commonest }) {
				continue
			}
			if typed > 0 {
				f.fit(typed, 1)
			}
			g.mass = max(g.mass, f.mass())
			g.forms = append(g.forms, f)
			if told < maxTold {
				p.plan.also = appendNew(p.plan.also, other)
				told++
			}
		}
	}
}

// maxTold bounds the spellings of one glossary entry, and the words that say nearly the same as one, that an answer lists as also
// searched.
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
