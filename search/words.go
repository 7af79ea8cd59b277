package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/korean"
)

// text adds the groups of running text: its content terms, singly or as glossary terms, and its bigrams and pairs.
func (p *planner) text(text string) {
	text = korean.Normalize(text)
	p.whole = p.analyzer.Append(p.whole[:0], text)
	tokens := p.whole
	words := p.words(text, tokens)
	meant := p.understand(words)
	if meant != "" {
		p.plan.meant = joinNonEmpty(" ", p.plan.meant, meant)
	} else {
		p.plan.meant = joinNonEmpty(" ", p.plan.meant, text)
	}
	p.plan.corrected = p.plan.corrected || meant != ""
	places := p.flat[:0]
	var amounts [][2]int
	for i := range words {
		w := &words[i]
		p.plan.typed = append(p.plan.typed, bare(w.text))
		for _, g := range w.guesses {
			p.plan.typed = append(p.plan.typed, g.text)
		}
		from := len(places)
		places = append(places, p.effective(w)...)
		for j := range places[from:] {
			places[from+j].word = i
		}
		if len(w.places) > 0 && w.places[0].amountEnd > 0 {
			amounts = append(amounts, [2]int{w.start, w.places[0].amountEnd})
		}
	}
	p.flat = places
	first := len(p.plan.groups)
	for i := 0; i < len(places); {
		before := len(p.plan.groups)
		n := p.next(places[i:])
		for _, pl := range places[i : i+n] {
			w := &words[pl.word]
			w.found = w.found || p.isFound(w, p.plan.groups[before:])
		}
		i += n
	}
	p.tellMissing(text, words)
	if !p.finds(p.plan.groups[first:]) && !p.spelledOut(words) {
		return // pieces of words that nothing has are in what has nothing to do with them
	}
	rest := group{terms: p.room(len(tokens))}
	for _, t := range tokens {
		within := func(amount [2]int) bool { return t.Start >= amount[0] && t.End <= amount[1] }
		if s := t.Kind.Stream(); s != korean.Content && !slices.ContainsFunc(amounts, within) {
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

// next adds the group of what places start with and returns how many of them it takes.
func (p *planner) next(places []place) int {
	if n := p.amount(places); n > 0 {
		return n
	}
	n, entries := p.longestTerm(places)
	if n == 1 && (stopWords[places[0].key] || prepositions[places[0].key]) {
		n, entries = 0, nil
	}
	if n < 2 && places[0].joined != "" && len(places) > 1 {
		p.joined(places[:2])
		return 2
	}
	g := p.group(places[:max(n, 1)])
	if n > 0 {
		p.translate(&g, places[:n], entries)
		p.translateWords(&g, places[:n])
	}
	p.similar(&g, places[:max(n, 1)])
	g.settle()
	p.plan.groups = append(p.plan.groups, g)
	for i := 1; i < n; i++ {
		p.overlapping(places[i:], n-i)
	}
	return max(n, 1)
}

// shareOverlapping is what a term that overlaps another adds to the share of a query, as part of its own: its words are counted.
const shareOverlapping = 0.05

// overlapping adds the translations of a term that places start with, where it goes on beyond those that are of another term
// already: in training data wall both training data and data wall are meant.
func (p *planner) overlapping(places []place, taken int) {
	n, entries := p.longestTerm(places)
	if n <= taken {
		return
	}
	g := p.group(places[:n])
	p.translate(&g, places[:n], entries)
	g.terms = nil
	g.settle()
	if g.mass *= shareOverlapping; len(g.forms) > 0 && g.mass > 0 {
		p.plan.groups = append(p.plan.groups, g)
	}
}

// joined adds the group of two words, with their being written as one as another way to say it.
func (p *planner) joined(places []place) {
	g := p.group(places)
	g.settle()
	if f, ok := p.form(places[0].joined, weightJoined, true); ok {
		if g.mass > 0 {
			f.fit(g.mass, 1)
		}
		g.forms = append(g.forms, f)
		p.plan.also = appendNew(p.plan.also, places[0].joined)
	}
	p.plan.groups = append(p.plan.groups, g)
}

// finds reports whether groups look for something that a passage has, other than words that only join.
func (p *planner) finds(groups []group) bool {
	for _, g := range groups {
		if slices.ContainsFunc(g.terms, func(w wanted) bool { return p.imp.DF(w.id) > 0 }) ||
			slices.ContainsFunc(g.forms, p.inUse) {
			return true
		}
	}
	return false
}

// inUse reports whether passages have all terms of a form.
func (p *planner) inUse(f form) bool {
	return !slices.ContainsFunc(f.terms, func(w wanted) bool { return p.imp.DF(w.id) == 0 })
}

// isFound reports whether passages have something of a word, for which the groups look. A name is found as a whole: GPT-9 is not
// for GPT and 9.
func (p *planner) isFound(w *word, groups []group) bool {
	whole := strings.ToLower(bare(w.text))
	for _, pl := range w.places {
		for _, t := range pl.terms {
			if t.term != whole || whole[0] >= utf8.RuneSelf {
				continue
			}
			if id, ok := p.imp.Lookup(korean.Content, t.term); ok && p.imp.DF(id) > 0 {
				return true
			}
			return slices.ContainsFunc(groups, func(g group) bool { return slices.ContainsFunc(g.forms, p.inUse) })
		}
	}
	return p.finds(groups)
}

// tellMissing notes which words of a text nothing has that the index knows, as they were typed. Words that say little are none.
func (p *planner) tellMissing(text string, words []word) {
	for i := range words {
		w := &words[i]
		if w.found || w.absorbed || len(w.places) == 0 || len(p.lex.named[nameKey(w.text)])+len(p.lex.named[nameKey(bare(w.text))]) > 0 || p.spelledOut(words[i:i+1]) ||
			!slices.ContainsFunc(w.places, func(pl place) bool { return !stopWords[pl.key] && !lightWords[pl.key] && !prepositions[pl.key] }) {
			continue
		}
		typed := strings.Trim(text[w.start:max(w.places[len(w.places)-1].end, w.start)], marks)
		p.plan.missing = appendNew(p.plan.missing, cmp.Or(typed, bare(w.text)))
	}
}

// spelledOut reports whether the index has all bigrams of some word, as of one that it has within others: of several
// syllables, or of two where they are no noun by themselves.
func (p *planner) spelledOut(words []word) bool {
	for i := range words {
		text := bare(words[i].text)
		all, n := true, 0
		for _, t := range p.analyze(text) {
			if t.Kind == korean.Bigram {
				_, known := p.imp.Lookup(korean.Bigrams, t.Term)
				all = all && known
				n++
			}
		}
		if all && (n > 1 || n == 1 && !p.real(text)) {
			return true
		}
	}
	return false
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
	g := p.asWritten(places[:n])
	typed := g.mass
	for _, way := range places[0].amounts {
		if f, ok := p.amountForm(way); ok {
			if typed > 0 {
				f.fit(typed, 1)
			}
			g.mass = max(g.mass, f.mass())
			g.forms = append(g.forms, f)
			p.plan.also = appendNew(p.plan.also, way)
		}
	}
	p.plan.groups = append(p.plan.groups, g)
	return n
}

// asWritten collects the terms of an amount. Of several it is the pair that counts and is marked, without which the others are
// nothing: 10 and 억 are in all numbers.
func (p *planner) asWritten(places []place) group {
	if len(places) == 1 {
		g := p.group(places)
		g.settle()
		return g
	}
	var g group
	var sequence []uint32
	for i, pl := range places {
		for _, t := range pl.terms {
			if t.term != pl.key { // 2gw, of which 2 and gw are parts
				if w, ok := p.typed(t); ok {
					g.terms = addWanted(g.terms, w)
				}
			}
		}
		if id, ok := p.imp.Lookup(korean.Content, pl.key); ok {
			sequence = append(sequence, id)
		}
		if i > 0 {
			if w, ok := p.pair(places[i-1].key+pl.key, 1); ok {
				g.terms = addWanted(g.terms, w)
			}
		}
	}
	if g.settle(); g.mass > 0 && len(sequence) == len(places) {
		p.plan.phrases = append(p.plan.phrases, sequence)
	}
	return g
}

// pair weighs a pair of terms like a term.
func (p *planner) pair(term string, weight float64) (wanted, bool) {
	return p.want(korean.Pairs, term, weight/streamWeight[korean.Pairs])
}

// amountForm is the form of an amount, whose number and unit have to stand together.
func (p *planner) amountForm(way string) (form, bool) {
	terms := contentTerms(p.analyze(way))
	if len(terms) != 2 {
		return p.form(way, weightAmount, true)
	}
	w, ok := p.pair(terms[0]+terms[1], weightAmount)
	if !ok {
		return form{}, false
	}
	if ids, ok := p.longest(p.analyze(way)); ok {
		p.plan.phrases = append(p.plan.phrases, ids)
	}
	return form{terms: []wanted{w}, weight: weightAmount}, true
}

// effective returns the places of a word. Those of a word that was guessed are the ones of the best guess, the first of
// which carries the terms as typed and all guesses.
func (p *planner) effective(w *word) []place {
	if w.absorbed {
		return nil
	}
	if len(w.guesses) == 0 {
		return p.withoutPieces(w)
	}
	keys := contentTerms(p.analyze(w.guesses[0].text))
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

// withoutPieces returns the places of a word less the single syllables of a noun that the index does not have otherwise: 기 of
// 세탁기 is in 크기 too.
func (p *planner) withoutPieces(w *word) []place {
	known := true
	for _, pl := range w.places {
		known = known && pl.known
	}
	if known || !p.real(w.text) {
		return w.places
	}
	return slices.DeleteFunc(slices.Clone(w.places), func(pl place) bool { return pl.known && len(pl.key) == len("가") })
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

// weightLight is the weight of a word that says little of what is asked for, however few passages have it.
const weightLight = 0.4

// lightWords are such words, as the analyzer gives them: those of degree, time and manner, the commonest verbs, and nouns that only
// name what is asked for (까닭, 방법).
var lightWords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`actual again all also alway ani anoth becom befor between both come each either ever everi exist few get give
		go got happen just kind know let like long longer made make mani mean might must need never no not now often one onli other own possibl
		realli reason said same say see should show some still take thing use veri want way work yet
		가 가장 가지 간 것 결국 경우 계속 곧 관하 굉장 그냥 그때 까닭 나 나오 다 다른 대략 대부분 대하 더 덜 동안 들 따르 때문 또 또한 많 만드 말 말하
		매우 먼저 모두 모든 무척 방법 벌써 보 보통 비하 사실 생각 생기 아주 아직 안 알 알려주 약 어느새 언젠가 얼마나 여러 역시 예 오 오히려 왜냐하면 위하 이런
		이미 이상 이유 이제 일어나 일단 일반 잘 전혀 점 정도 정말 정확 제대로 제일 좀 주 중 즉 지금 진짜 참 처럼 쪽 통하 특히 필요 한번 함께 항상`) {
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
	weight := 1.0
	if lightWords[t.term] {
		weight = weightLight
	}
	w, ok := p.want(korean.Content, t.term, weight)
	if ok {
		p.mark(w.id, w.mass)
	}
	return w, ok
}

// group collects the terms of some places as typed, and the guesses at them.
func (p *planner) group(places []place) group {
	var g group
	most := 0
	for i := range places {
		most += len(places[i].terms)
	}
	if most > 0 {
		g.terms = p.room(most)
	}
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
