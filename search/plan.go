package search

import (
	"math"
	"strings"

	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

// Weights of the streams of a text. Surface words are only looked for by their beginnings.
var streamWeight = [...]float64{korean.Content: 1, korean.Bigrams: 0.3, korean.Pairs: 0.3, impact.Words: 1}

// streamShare is how much of a term's idf counts for the share of a query that a document matches, by stream.
var streamShare = [...]float64{korean.Content: 1, korean.Bigrams: 0.3, korean.Pairs: 0.3, impact.Words: 1}

// Weights of an alternative against the word that was typed.
const (
	weightOr         = 1
	weightPrefix     = 0.8
	weightGlossary   = 0.7  // beside a word that the index knows
	weightTerm       = 0.9  // beside a term of several such words, which is seldom meant otherwise
	weightTranslated = 0.95 // in place of what it does not
)

// wanted is a term of the index that a query looks for.
type wanted struct {
	id uint32
	// factor times the impact is the score, mass what the term adds to the matched share of the query.
	factor, mass float32
}

// form is another way to say what a group says. All its terms are required.
type form struct {
	terms  []wanted
	weight float32
}

// group is what the words of one place of a query look for: the terms as typed, each counting for itself, or any of the
// forms in their place.
type group struct {
	terms []wanted
	forms []form
	// mass is the share of the query that the group is worth.
	mass float32
}

// plan is a query in terms of one generation.
type plan struct {
	groups     []group
	conditions []condition
	mass       float32
	// marked are the content terms to mark in a snippet.
	marked targets
	// phrases are the forms of several terms, which are marked where they stand together.
	phrases [][]uint32
	// prefixes are marked where a word starts with one.
	prefixes []string
	// typed are the words of the query without their particles.
	typed []string
	// also are the words looked for besides those typed.
	also []string
	// missing are the words that nothing has.
	missing []string
	// words is the plain text of the query.
	words string
	// meant is words as they were understood, corrected whether that differs.
	meant     string
	corrected bool
}

// reset takes back all that was planned, but for the memory.
func (p *plan) reset() {
	p.groups, p.conditions, p.mass = p.groups[:0], p.conditions[:0], 0
	p.phrases, p.prefixes, p.typed = p.phrases[:0], p.prefixes[:0], p.typed[:0]
	p.also, p.missing, p.words, p.meant, p.corrected = nil, nil, "", "", false // told in the answer, which stays
	p.marked.reset()
}

// paper is what a planner works on, kept between queries.
type paper struct {
	// whole are the tokens of the text of a clause, spelling those of the form that was analysed last, parts those of anything else,
	// until the next.
	whole, spelling, parts []korean.Token
	list                   []word
	asTyped                []typedTerm
	// places are those of the words of a clause, flat those that stand for them.
	places, flat []place
	of           []int // the words of flat
	covered      []bool
	terms        []wanted
}

// room returns empty memory for n terms.
func (p *paper) room(n int) []wanted {
	if cap(p.terms)-len(p.terms) < n {
		p.terms = make([]wanted, 0, 2*cap(p.terms)+n) // groups hold on to the one before
	}
	at := len(p.terms)
	p.terms = p.terms[:at+n]
	return p.terms[at : at : at+n]
}

// planner turns a parsed query into a plan.
type planner struct {
	imp      *impact.Index
	lex      *lexicon
	analyzer *korean.Analyzer
	vocab    func() *vocabulary
	plan     *plan
	rarities []rarity // of the index, for terms that are in few passages
	// lang is the language of the passages that are looked for, where that is known.
	lang string
	paper
	// swapped says that a word before was typed with the other keyboard layout, as the next ones are likely to be.
	swapped bool
}

func (p *planner) vocabulary() *vocabulary { return p.vocab() }

// analyze returns the tokens of a text, until the next is analysed so.
func (p *planner) analyze(text string) []korean.Token {
	p.parts = p.analyzer.Append(p.parts[:0], text)
	return p.parts
}

// rarity is what the number of passages that hold a term says of its worth: the idf, and its power that scores take.
type rarity struct{ idf, power float64 }

func rarityOf(units, df int) rarity {
	n, x := float64(units), float64(df)
	idf := math.Log(1 + (n-x+0.5)/(x+0.5))
	return rarity{idf, math.Pow(idf, 1.5)}
}

// maxRarities is how many rarities are worked out before any query: those of nearly all terms.
const maxRarities = 1024

// rarities returns those of terms in as many passages as their place says.
func rarities(units int) []rarity {
	all := make([]rarity, min(units+1, maxRarities))
	for df := range all {
		all[df] = rarityOf(units, df)
	}
	return all
}

func (p *planner) rarity(df int) rarity {
	if df < len(p.rarities) {
		return p.rarities[df]
	}
	return rarityOf(p.imp.Units(), df)
}

// want looks a term up and weighs it.
func (p *planner) want(s korean.Stream, term string, weight float64) (wanted, bool) {
	id, ok := p.imp.Lookup(s, term)
	if !ok {
		return wanted{}, false
	}
	return p.weigh(s, id, weight), true
}

// weigh says what a term of a stream is worth.
func (p *planner) weigh(s korean.Stream, id uint32, weight float64) wanted {
	worth := p.rarity(p.imp.DF(id))
	weight *= streamWeight[s]
	return wanted{id: id, factor: float32(weight * worth.power * impact.Unit), mass: float32(weight * worth.idf * streamShare[s])}
}

func (p *planner) mark(term uint32, worth float32) {
	p.plan.marked.add(term, worth, len(p.plan.groups))
}

// form analyses a text that stands for a group as a whole; mark says whether what it finds is marked.
func (p *planner) form(text string, weight float64, mark bool) (form, bool) {
	f := form{weight: float32(weight)}
	p.spelling = appendSpelling(p.spelling[:0], p.analyzer, text)
	ids, ok := p.longest(p.spelling)
	if !ok {
		return form{}, false
	}
	for _, id := range ids {
		f.terms = append(f.terms, p.weigh(korean.Content, id, weight))
	}
	switch {
	case !mark:
	case len(f.terms) == 1:
		p.mark(f.terms[0].id, f.terms[0].mass)
	case len(f.terms) > 1:
		p.plan.phrases = append(p.plan.phrases, ids)
	}
	return f, true
}

func (f form) mass() (m float32) {
	for _, t := range f.terms {
		m += t.mass
	}
	return m
}

// fit scales a form to weight times the mass of the words as typed, so that a rare translation is not worth more than they are;
// upwards by no more than the factor given.
func (f *form) fit(typed, most float32) {
	by := min(typed*f.weight/f.mass(), most)
	for i := range f.terms {
		f.terms[i].factor *= by
		f.terms[i].mass *= by
	}
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if strings.EqualFold(have, s) {
			return list
		}
	}
	return append(list, s)
}
