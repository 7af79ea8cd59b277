package search

import (
	"math"
	"slices"
	"strings"

	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

// make builds the plan of a query.
func (p *planner) make(q parsed) *plan {
	if p.plan == nil {
		p.plan = &plan{}
	}
	p.plan.reset()
	p.terms, p.swapped = p.terms[:0], false
	words := make([]string, 0, len(q.clauses))
	for _, c := range q.clauses {
		switch {
		case c.not:
			p.exclude(c)
		case len(c.or) > 0:
			words = append(words, c.text)
			p.either(c)
		default:
			words = append(words, c.text)
			p.clause(c)
		}
	}
	p.plan.words = strings.Join(words, " ")
	for _, g := range p.plan.groups {
		p.plan.mass += g.mass
	}
	return p.plan
}

func (p *planner) clause(c clause) {
	switch c.kind {
	case clauseWords:
		p.text(c.text)
	case clausePhrase:
		p.text(c.text)
		p.require(condition{anyOf: p.sequences(c.text)})
	case clausePrefix:
		p.prefix(c.text)
	case clauseTitle:
		p.text(c.text)
		p.require(condition{anyOf: p.sequences(c.text), context: true})
	case clauseTerm:
		p.text(c.text)
		any := p.sequences(c.text)
		for _, f := range p.spellings(c.text) {
			any = append(any, p.sequences(f)...)
		}
		p.require(condition{anyOf: any})
	}
}

func (p *planner) require(c condition) {
	p.plan.conditions = append(p.plan.conditions, c)
}

// exclude adds what must not occur. What the index does not know excludes nothing.
func (p *planner) exclude(c clause) {
	if seq := p.sequences(c.text); len(seq) > 0 {
		p.require(condition{anyOf: seq, not: true, context: c.kind == clauseTitle})
	}
}

// sequences returns what a text requires or excludes, as a list of one sequence, or none where nothing is known of it.
func (p *planner) sequences(text string) []sequence {
	tokens := p.analyze(text)
	var seq sequence
	if ids, ok := p.longest(tokens); ok {
		seq.terms = ids
		return []sequence{seq}
	}
	seq.bigrams = true
	for _, t := range tokens {
		if t.Kind != korean.Bigram {
			continue
		}
		id, ok := p.imp.Lookup(korean.Bigrams, t.Term)
		if !ok {
			return nil
		}
		seq.terms = append(seq.terms, id)
	}
	if len(seq.terms) == 0 {
		return nil
	}
	return []sequence{seq}
}

// longest returns the content terms that cover some tokens, names that the index knows before their parts, and whether
// it knows all of them, or parts of each.
func (p *planner) longest(tokens []korean.Token) ([]uint32, bool) {
	var ids []uint32
	end, missing, lacking := 0, 0, math.MaxInt
	for _, t := range tokens {
		if t.Kind.Stream() != korean.Content || t.Start < end {
			continue
		}
		id, ok := p.imp.Lookup(korean.Content, t.Term)
		if !ok {
			// Its parts may follow.
			missing, lacking = max(missing, t.End), min(lacking, t.End)
			continue
		}
		if t.Start >= lacking {
			return nil, false
		}
		lacking = math.MaxInt
		ids = append(ids, id)
		end = t.End
	}
	return ids, len(ids) > 0 && end >= missing
}

// spellings returns the other spellings of a glossary term.
func (p *planner) spellings(text string) []string {
	var all []string
	for _, i := range p.lex.forms[strings.Join(contentTerms(p.analyze(text)), " ")] {
		all = append(all, p.lex.entries[i].forms()...)
	}
	return all
}

// either adds a group that any of several alternatives satisfies.
func (p *planner) either(c clause) {
	var g group
	for _, alt := range append([]clause{{kind: c.kind, text: c.text}}, c.or...) {
		if f, ok := p.form(alt.text, weightOr, true); ok {
			g.forms = append(g.forms, f)
			g.mass = max(g.mass, f.mass())
		}
		for _, spelling := range p.spellings(alt.text) {
			f, ok := p.form(spelling, weightTranslated, true)
			if !ok || strings.EqualFold(spelling, alt.text) || slices.ContainsFunc(f.terms, func(w wanted) bool { return p.imp.DF(w.id) == 0 }) {
				continue
			}
			g.forms = append(g.forms, f)
			g.mass = max(g.mass, f.mass())
			p.plan.also = appendNew(p.plan.also, spelling)
		}
	}
	p.plan.groups = append(p.plan.groups, g)
}

// maxPrefix bounds the terms, and the surface words, that a prefix stands for.
const maxPrefix = 128

// prefix adds the terms that start so, and the words that do as they are written: those that the analysis divides
// elsewhere than the prefix ends, as it does a noun with its particle.
func (p *planner) prefix(stem string) {
	var g group
	stem = strings.ToLower(stem)
	terms, words := p.imp.Prefix(stem, maxPrefix)
	add := func(s korean.Stream, id uint32) {
		f := form{terms: []wanted{p.weigh(s, id, weightPrefix)}, weight: weightPrefix}
		g.forms = append(g.forms, f)
		g.mass = max(g.mass, f.mass())
	}
	for _, id := range terms {
		add(korean.Content, id)
		p.mark(id, g.forms[len(g.forms)-1].mass())
	}
	for _, id := range words {
		add(impact.Words, id)
	}
	if len(words) > 0 {
		p.plan.prefixes = append(p.plan.prefixes, stem)
	}
	p.plan.groups = append(p.plan.groups, g)
}
