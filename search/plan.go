package search

import (
	"math"
	"slices"
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
	weightGlossary   = 0.5  // beside a word that the index knows
	weightTranslated = 0.95 // in place of one that it does not
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

// target is a content term to mark in a snippet, with its worth. next is the place plus one of another in the same slot.
type target struct {
	term  uint32
	worth float32
	next  uint16
}

// targets are the terms to mark. Every token of the passages shown is looked up in them, so that they are an open hash of
// slots that fit the processor's nearest cache.
type targets struct {
	list  []target
	slots [512]uint16 // place in list plus one
}

// add raises a term's worth to at least that given.
func (t *targets) add(term uint32, worth float32) {
	slot := &t.slots[term%uint32(len(t.slots))]
	for i := *slot; i > 0; i = t.list[i-1].next {
		if m := &t.list[i-1]; m.term == term {
			m.worth = max(m.worth, worth)
			return
		}
	}
	if len(t.list) < math.MaxUint16 {
		t.list = append(t.list, target{term, worth, *slot})
		*slot = uint16(len(t.list))
	}
}

// worth returns what a term is worth that is to be marked, 0 for others.
func (t *targets) worth(term uint32) float32 {
	for i := t.slots[term%uint32(len(t.slots))]; i > 0; i = t.list[i-1].next {
		if m := &t.list[i-1]; m.term == term {
			return m.worth
		}
	}
	return 0
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
	// words is the plain text of the query.
	words string
	// meant is words as they were understood, corrected whether that differs.
	meant     string
	corrected bool
}

// planner turns a parsed query into a plan.
type planner struct {
	imp      *impact.Index
	lex      *lexicon
	analyzer *korean.Analyzer
	vocab    func() *vocabulary
	plan     *plan
}

func (p *planner) vocabulary() *vocabulary { return p.vocab() }

func (p *planner) idf(id uint32) float64 {
	n, df := float64(p.imp.Units()), float64(p.imp.DF(id))
	return math.Log(1 + (n-df+0.5)/(df+0.5))
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
	idf := p.idf(id)
	weight *= streamWeight[s]
	return wanted{id: id, factor: float32(weight * math.Pow(idf, 1.5) * impact.Unit), mass: float32(weight * idf * streamShare[s])}
}

func (p *planner) mark(term uint32, worth float32) { p.plan.marked.add(term, worth) }

// make builds the plan of a query.
func (p *planner) make(q parsed) *plan {
	p.plan = &plan{}
	var words []string
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
	tokens := p.analyzer.Analyze(text)
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
// it knows all of them.
func (p *planner) longest(tokens []korean.Token) ([]uint32, bool) {
	var ids []uint32
	end, missing := 0, 0
	for _, t := range tokens {
		if t.Kind.Stream() != korean.Content || t.Start < end {
			continue
		}
		id, ok := p.imp.Lookup(korean.Content, t.Term)
		if !ok {
			// Its parts may follow.
			missing = max(missing, t.End)
			continue
		}
		ids = append(ids, id)
		end = t.End
	}
	return ids, len(ids) > 0 && end >= missing
}

// spellings returns the other spellings of a glossary term.
func (p *planner) spellings(text string) []string {
	var all []string
	for _, i := range p.lex.forms[strings.Join(contentTerms(p.analyzer.Analyze(text)), " ")] {
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
	terms, words := p.imp.Prefix(stem)
	add := func(s korean.Stream, id uint32) {
		f := form{terms: []wanted{p.weigh(s, id, weightPrefix)}, weight: weightPrefix}
		g.forms = append(g.forms, f)
		g.mass = max(g.mass, f.mass())
	}
	for id := terms[0]; id < min(terms[1], terms[0]+maxPrefix); id++ {
		add(korean.Content, id)
		p.mark(id, g.forms[len(g.forms)-1].mass())
	}
	for id := words[0]; id < min(words[1], words[0]+maxPrefix); id++ {
		add(impact.Words, id)
	}
	if words[0] < words[1] {
		p.plan.prefixes = append(p.plan.prefixes, stem)
	}
	p.plan.groups = append(p.plan.groups, g)
}

// form analyses a text that stands for a group as a whole; mark says whether what it finds is marked.
func (p *planner) form(text string, weight float64, mark bool) (form, bool) {
	f := form{weight: float32(weight)}
	ids, ok := p.longest(p.analyzer.Analyze(text))
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

// limit scales a form down to weight times the mass of the words as typed: a rare translation is not worth more than they
// are.
func (f *form) limit(typed float32) {
	m := f.mass()
	if most := typed * f.weight; m > most {
		for i := range f.terms {
			f.terms[i].factor *= most / m
			f.terms[i].mass *= most / m
		}
	}
}

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

// translate adds the other spellings of a glossary term as forms of the group.
func (p *planner) translate(g *group, places []place, entries []int32) {
	known := true
	var typed []string
	for _, pl := range places {
		if id, ok := p.imp.Lookup(korean.Content, pl.key); !ok || p.imp.DF(id) == 0 {
			known = false
		}
		typed = append(typed, pl.key)
	}
	weight := weightGlossary
	if !known {
		weight = weightTranslated
	}
	weigh := p.exactness(places, entries)
	for _, i := range entries {
		told := 0
		for _, spelling := range p.lex.entries[i].forms() {
			if includes(contentTerms(p.analyzer.Analyze(spelling)), typed) {
				continue
			}
			f, ok := p.form(spelling, weight*weigh(i), true)
			if !ok || slices.ContainsFunc(f.terms, func(w wanted) bool { return p.imp.DF(w.id) == 0 }) {
				continue
			}
			if known {
				f.limit(g.mass)
			} else {
				g.mass = max(g.mass, f.mass())
			}
			g.forms = append(g.forms, f)
			if told < maxTold {
				p.plan.also = appendNew(p.plan.also, spelling)
				told++
			}
		}
	}
}

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

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if strings.EqualFold(have, s) {
			return list
		}
	}
	return append(list, s)
}
