package search

import (
	"strings"

	"github.com/scalebook/scalebook/search/korean"
)

// text adds the groups of running text: its content terms, singly or as glossary terms, and its bigrams and pairs.
func (p *planner) text(text string) {
	text = korean.Normalize(text)
	tokens := p.analyzer.Analyze(text)
	words := p.words(text, tokens)
	meant := p.understand(words)
	if meant != "" {
		p.plan.meant = joinNonEmpty(" ", p.plan.meant, meant)
	} else {
		p.plan.meant = joinNonEmpty(" ", p.plan.meant, text)
	}
	p.plan.corrected = p.plan.corrected || meant != ""
	var places []place
	for i := range words {
		p.plan.typed = append(p.plan.typed, bare(words[i].text))
		for _, g := range words[i].guesses {
			p.plan.typed = append(p.plan.typed, g.text)
		}
		places = append(places, p.effective(&words[i])...)
	}
	for i := 0; i < len(places); {
		if n := p.amount(places[i:]); n > 0 {
			i += n
			continue
		}
		n, entries := p.longestTerm(places[i:])
		if n == 1 && (stopWords[places[i].key] || prepositions[places[i].key]) {
			n, entries = 0, nil
		}
		g := p.group(places[i : i+max(n, 1)])
		if n > 0 {
			p.translate(&g, places[i:i+n], entries)
			p.translateWords(&g, places[i:i+n])
		}
		g.settle()
		p.plan.groups = append(p.plan.groups, g)
		i += max(n, 1)
	}
	var rest group
	for _, t := range tokens {
		if s := t.Kind.Stream(); s != korean.Content {
			if w, ok := p.want(s, t.Term, 1); ok {
				rest.terms = addWanted(rest.terms, w)
			}
		}
	}
	for _, w := range rest.terms {
		if p.imp.DF(w.id) > 0 {
			rest.mass += w.mass
		}
	}
	p.plan.groups = append(p.plan.groups, rest)
}

// amount adds the group of the amount that places start with, and returns how many of them it takes: none where there is no
// amount, or none that can be written otherwise.
func (p *planner) amount(places []place) (n int) {
	for n < len(places) && len(places[0].amounts) > 0 && places[n].end <= places[0].amountEnd {
		n++
	}
	if n == 0 {
		return 0
	}
	g := p.group(places[:n])
	typed := g.mass
	for _, way := range places[0].amounts {
		if f, ok := p.form(way, weightAmount, true); ok {
			if typed > 0 {
				f.fit(typed, 1)
			}
			g.mass = max(g.mass, f.mass())
			g.forms = append(g.forms, f)
			p.plan.also = appendNew(p.plan.also, way)
		}
	}
	g.settle()
	p.plan.groups = append(p.plan.groups, g)
	return n
}

// effective returns the places of a word. Those of a word that was guessed are the ones of the best guess, the first of
// which carries the terms as typed and all guesses.
func (p *planner) effective(w *word) []place {
	if len(w.guesses) == 0 {
		return w.places
	}
	keys := contentTerms(p.analyzer.Analyze(w.guesses[0].text))
	if len(keys) == 0 {
		return w.places
	}
	places := make([]place, len(keys))
	for i, k := range keys {
		places[i].key = k
	}
	for _, pl := range w.places {
		if w.guesses[0].sure {
			break
		}
		places[0].terms = append(places[0].terms, pl.terms...)
	}
	places[0].guesses = w.guesses
	return places
}

// addWanted adds w, or doubles nothing: a term that a query repeats counts once.
func addWanted(terms []wanted, w wanted) []wanted {
	for _, t := range terms {
		if t.id == w.id {
			return terms
		}
	}
	return append(terms, w)
}

// weightPart is the weight of a part of a name that the index knows as a whole. It is not marked.
const weightPart = 0.25

// weightStop is the weight of a word that only joins others or asks. It is not marked.
const weightStop = 0.1

// stopWords are the words that join or ask, without a meaning of their own, as the analyzer gives them: English ones
// stemmed, Korean verbs by their stem.
var stopWords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`a an and are as at be been but by can did do doe does for from had has have how if in into is it its
		more most much of on or so such than that the their them then there these they this those to was were what when where which who whi why
		will with would
		하 되 있 없 않 아니 이러 그러 어떻 어떤 어느 무엇 무슨 누구 어디 언제 얼마 왜 몇 것 수 때 지`) {
		m[w] = true
	}
	return m
}()

// prepositions are English words that mean something where they stand, but nothing to translate by themselves: per is not P/E.
var prepositions = map[string]bool{"about": true, "after": true, "befor": true, "over": true, "per": true, "under": true, "via": true}

func (p *planner) typed(t typedTerm) (wanted, bool) {
	if t.part {
		return p.want(korean.Content, t.term, weightPart)
	}
	if stopWords[t.term] {
		return p.want(korean.Content, t.term, weightStop)
	}
	w, ok := p.want(korean.Content, t.term, 1)
	if ok {
		p.mark(w.id, w.mass)
	}
	return w, ok
}

// group collects the terms of some places as typed, and the guesses at them.
func (p *planner) group(places []place) group {
	var g group
	for _, pl := range places {
		for _, t := range pl.terms {
			if w, ok := p.typed(t); ok {
				g.terms = addWanted(g.terms, w)
			}
		}
		for i, guess := range pl.guesses {
			// Only the best guess is told, and so only it is marked.
			if f, ok := p.form(guess.text, guess.weight, i == 0 || guess.other || guess.sure); ok {
				g.forms = append(g.forms, f)
				g.mass = max(g.mass, f.mass())
				if guess.other {
					p.plan.also = appendNew(p.plan.also, guess.text)
				}
			}
		}
	}
	typed := float32(0)
	for _, w := range g.terms {
		// What no passage has can't be asked of one.
		if p.imp.DF(w.id) > 0 {
			typed += w.mass
		}
	}
	g.mass = max(g.mass, typed)
	return g
}

// settle gives a group that no passage can match the mass that entities match it by.
func (g *group) settle() {
	if g.mass > 0 {
		return
	}
	for _, w := range g.terms {
		g.mass += w.mass
	}
}
