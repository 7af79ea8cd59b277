package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/english"
	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

// Weights of a guess against a word that was typed right.
const (
	weightLayout   = 0.95 // typed with the other keyboard layout
	weightJoined   = 0.9  // a space too many or too few
	weightInitials = 0.8
	weightSound    = 0.85
	weightDerived  = 0.8
	weightTypo     = 0.8 // one typing error; each more takes the same again
)

// maxGuesses bounds the words that stand in for one that the index does not know.
const maxGuesses = 4

// guess is a text that may have been meant.
type guess struct {
	text   string
	weight float64
	// other says that it is another way to write what was typed, not a correction of it.
	other bool
	// sure says that what was typed means nothing by itself.
	sure bool
}

// word is one word of a query, as it was typed, with the places its analysis gave.
type word struct {
	text    string
	places  []place
	guesses []guess
}

// place is the content terms of a query at one position: a part of a name, and before it the whole.
type place struct {
	terms []typedTerm
	// key is the term by which the glossary knows it: the part, or that of the best guess.
	key string
	// surface is the part as it was typed, empty for a guess.
	surface string
	// end is where it ends in the text.
	end     int
	known   bool
	guesses []guess
	// amounts are other ways to write the amount that starts here and goes on to amountEnd.
	amounts   []string
	amountEnd int
}

// typedTerm is a term of a query as typed. A part is one of a longer name that the index knows: HBM of HBM3E.
type typedTerm struct {
	term string
	part bool
}

// isPart reports whether a token lies within a longer Latin one, of those that start no earlier in its word, that the
// index knows.
func (p *planner) isPart(t korean.Token, word []korean.Token) bool {
	for _, whole := range word {
		if whole.Start >= t.End {
			break
		}
		if whole.Kind == korean.Latin && whole.Start <= t.Start && whole.End >= t.End && whole.End-whole.Start > t.End-t.Start {
			if _, known := p.imp.Lookup(korean.Content, whole.Term); known {
				return true
			}
		}
	}
	return false
}

// words divides a text at its spaces and gives each word the places that the analysis of the whole text found in it.
func (p *planner) words(text string, tokens []korean.Token) []word {
	var words []word
	i := 0
	for _, f := range fields(text) {
		w := word{text: text[f[0]:f[1]]}
		first := i
		last := 0
		for ; i < len(tokens) && tokens[i].Start < f[1]; i++ {
			t := tokens[i]
			if t.Kind.Stream() != korean.Content {
				continue
			}
			if t.Position != last {
				w.places = append(w.places, place{})
				last = t.Position
			}
			pl := &w.places[len(w.places)-1]
			pl.key, pl.surface, pl.end = t.Term, text[t.Start:t.End], t.End
			pl.known = pl.known || p.has(t.Term)
			pl.terms = append(pl.terms, typedTerm{t.Term, p.isPart(t, tokens[first:])})
		}
		if len(w.places) == 0 {
			w.places = p.asNoun(w.text)
		} else if ways, n := otherAmounts(text[f[0]:]); n > 0 {
			w.places[0].amounts, w.places[0].amountEnd = ways, f[0]+n
		}
		words = append(words, w)
	}
	return words
}

// has reports whether a passage has a term, or the glossary has it as a term of its own.
func (p *planner) has(term string) bool {
	if id, ok := p.imp.Lookup(korean.Content, term); ok && p.imp.DF(id) > 0 {
		return true
	}
	return len(p.lex.forms[term]) > 0
}

// asNoun analyses a word that gave no content, as a short name may by itself, the way it is analysed with a particle
// behind it. It gives the nouns that are known: others are pronouns and auxiliary verbs, as 누가 is.
func (p *planner) asNoun(text string) []place {
	var places []place
	if !hasHangul(text) || utf8.RuneCountInString(text) < 2 {
		return nil
	}
	for _, t := range p.analyzer.Analyze(text + "의") {
		if t.Kind == korean.Morpheme && t.End <= len(text) && p.has(t.Term) {
			places = append(places, place{key: t.Term, known: true, terms: []typedTerm{{term: t.Term}}})
		}
	}
	return places
}

// fields returns the bounds of the words of a text.
func fields(text string) [][2]int {
	var all [][2]int
	start := -1
	for i, r := range text {
		space := r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == 0xA0 || r == 0x3000
		switch {
		case space && start >= 0:
			all = append(all, [2]int{start, i})
			start = -1
		case !space && start < 0:
			start = i
		}
	}
	if start >= 0 {
		all = append(all, [2]int{start, len(text)})
	}
	return all
}

// understand guesses what was meant by the words that neither the index nor the glossary knows, and returns the text
// with the best guesses in their places where it differs.
func (p *planner) understand(words []word) (meant string) {
	covered := p.coveredByGlossary(words)
	changed := false
	var out []string
	for i := 0; i < len(words); i++ {
		w := &words[i]
		if n, joined := p.joinSyllables(words[i:]); n > 0 {
			for j := range words[i : i+n] {
				words[i+j].guesses = []guess{{text: joined, weight: weightJoined, sure: true}}
			}
			out = append(out, joined)
			changed = true
			i += n - 1
			continue
		}
		if i+1 < len(words) && !covered[i] && !covered[i+1] {
			if joined, ok := p.join(w, &words[i+1]); ok {
				w.guesses = []guess{{text: joined, weight: weightJoined}}
				words[i+1].guesses = []guess{{text: joined, weight: weightJoined}}
				out = append(out, joined)
				changed = true
				i++
				continue
			}
		}
		if covered[i] || !p.unknown(w) {
			out = append(out, w.text)
			continue
		}
		w.guesses = p.guess(w)
		if len(w.guesses) > 0 && !w.guesses[0].other && !strings.EqualFold(w.guesses[0].text, w.text) {
			out = append(out, w.guesses[0].text)
			changed = true
		} else {
			out = append(out, w.text)
		}
	}
	if !changed {
		return ""
	}
	return strings.Join(out, " ")
}

// unknown reports whether a word has a part of more than one letter that the index does not have. Numbers are what
// they are.
func (p *planner) unknown(w *word) bool {
	if key := nameKey(bare(w.text)); len(p.lex.named[key]) > 0 && p.lex.spelled[key] == "" {
		return false
	}
	if len(w.places) == 0 {
		// Function words leave nothing either; they are not to be corrected.
		return strings.ContainsFunc(w.text, isJamo)
	}
	for _, pl := range w.places {
		if !pl.known && !stopWords[pl.key] && utf8.RuneCountInString(pl.key) > 1 && hasLetter(pl.key) {
			return true
		}
	}
	return p.shattered(w)
}

// shattered reports whether a Korean word, written nowhere, falls into pieces of which one is a single syllable, as the
// analysis leaves of most that are mistyped: 연산·냥. A verb with its endings does too, and is none.
func (p *planner) shattered(w *word) bool {
	if len(w.places) == 0 || !isHangul(w.text) || !slices.ContainsFunc(w.places, func(pl place) bool { return len(pl.key) == len("가") }) {
		return false
	}
	return !p.written(w.text) && !p.written(bare(w.text)) && !p.real(w.text)
}

// isHangul reports whether a word is of Hangul syllables, but for the marks around it.
func isHangul(text string) bool {
	text = strings.Trim(text, marks)
	return utf8.RuneCountInString(text) > 1 && !strings.ContainsFunc(text, func(r rune) bool { return r < 0xAC00 || r > 0xD7A3 })
}

func isJamo(r rune) bool { return r >= 0x3131 && r <= 0x318E || r >= 0x1100 && r <= 0x11FF }

// coveredByGlossary tells which words are part of glossary terms as they stand, with all that they are made of.
func (p *planner) coveredByGlossary(words []word) []bool {
	covered := make([]bool, len(words))
	var places []place
	var of []int
	for i := range words {
		for _, pl := range words[i].places {
			places = append(places, pl)
			of = append(of, i)
		}
	}
	for i := range words {
		covered[i] = len(words[i].places) > 0
	}
	end := 0
	for i := range places {
		n, _ := p.longestTerm(places[i:])
		end = max(end, i+n)
		covered[of[i]] = covered[of[i]] && i < end
	}
	return covered
}

// join tries two neighbours without the space between them: where they make one word that the index or the glossary
// has, and one of them is not a word by itself: is a is no ISA.
func (p *planner) join(a, b *word) (string, bool) {
	if !a.broken() && !b.broken() || stopWords[strings.ToLower(a.text)] || stopWords[strings.ToLower(b.text)] {
		return "", false
	}
	joined := a.text + b.text
	terms := contentTerms(p.analyzer.Analyze(joined))
	if len(terms) != 1 || utf8.RuneCountInString(terms[0]) < 3 || len(terms[0]) <= len(a.text) {
		return "", false
	}
	return joined, p.knows(joined)
}

// minSpaced is the number of syllables from which a word is taken for one written with spaces between all of them.
const minSpaced = 3

// joinSyllables joins the single Hangul syllables that words start with, 데 이 터, where they make words that the index or the
// glossary has, none of them a syllable, and returns how many there are.
func (p *planner) joinSyllables(words []word) (n int, joined string) {
	for n < len(words) && len(words[n].text) == len("가") && words[n].text >= "가" && words[n].text < "\uD7A4" {
		joined += words[n].text
		n++
	}
	if n < minSpaced || !p.knows(joined) ||
		slices.ContainsFunc(contentTerms(p.analyzer.Analyze(joined)), func(t string) bool { return len(t) <= len("가") }) {
		return 0, ""
	}
	return n, joined
}

// broken reports whether a word looks like a piece of one: it has a part that is not known, or none of more than one
// letter.
func (w *word) broken() bool {
	whole := false
	for _, pl := range w.places {
		if !pl.known {
			return true
		}
		whole = whole || utf8.RuneCountInString(pl.key) > 1
	}
	return !whole
}

// knows reports whether all parts of a text are in the index or the text is in the glossary.
func (p *planner) knows(text string) bool {
	terms := contentTerms(p.analyzer.Analyze(text))
	if len(terms) == 0 {
		return false
	}
	if len(p.lex.forms[strings.Join(terms, " ")]) > 0 {
		return true
	}
	word := false
	for _, t := range terms {
		if !p.has(t) {
			return false
		}
		word = word || utf8.RuneCountInString(t) > 1
	}
	return word
}

// guess returns what may have been meant by a word, best first.
func (p *planner) guess(w *word) []guess {
	if korean.IsInitials(w.text) {
		var all []guess
		for _, t := range p.vocabulary().withInitials(w.text, maxGuesses) {
			all = append(all, guess{text: t, weight: weightInitials, sure: true})
		}
		if len(all) > 0 {
			return all
		}
	}
	if swapped, ok := korean.SwapLayout(w.text); ok && p.knows(swapped) {
		return []guess{{text: swapped, weight: weightLayout, sure: true}}
	}
	if spelling, ok := p.lex.spelled[nameKey(bare(w.text))]; ok && p.knows(spelling) {
		return []guess{{text: spelling, weight: weightJoined}}
	}
	derived := p.derived(w.text)
	if p.real(w.text) {
		return derived
	}
	if parts, ok := p.split(w.text); ok {
		return []guess{{text: parts, weight: weightJoined}}
	}
	if len(derived) > 0 {
		return derived
	}
	corrections, distance := p.corrections(w)
	if distance <= 1 && len(corrections) > 0 {
		return corrections
	}
	var all []guess
	for _, t := range p.stems(w) {
		for _, s := range p.vocabulary().soundingLike(t, 2) {
			all = append(all, guess{text: s, weight: weightSound, other: true})
		}
	}
	return append(all, corrections...)
}

// real reports whether a word is one that no passage has rather than another one mistyped: an English word, an inflected
// verb, or a Korean common noun.
func (p *planner) real(text string) bool {
	text = strings.Trim(text, marks)
	return english.IsWord(strings.ToLower(text)) || p.analyzer.Inflected(text) || p.analyzer.Noun(text)
}

// stems returns what a word may be: itself, less its last syllables where they look like a particle, and its unknown
// parts.
func (p *planner) stems(w *word) []string {
	var all []string
	add := func(s string) {
		if utf8.RuneCountInString(s) > 1 && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	whole := strings.Trim(strings.ToLower(w.text), marks)
	add(whole)
	runes := []rune(whole)
	for cut := 1; cut <= 2 && len(runes)-cut >= 2 && hasHangul(whole); cut++ {
		if particles[string(runes[len(runes)-cut:])] {
			add(string(runes[:len(runes)-cut]))
		}
	}
	for _, pl := range w.places {
		if !pl.known && len(pl.key) > 3 {
			add(pl.key)
		}
	}
	return all
}

// marks are what may stand around a word.
const marks = ".,?!:;()[]'\""

// bare returns a word without the marks around it and the particle at its end.
func bare(text string) string {
	text = strings.Trim(text, marks)
	for n := 6; n >= 3; n -= 3 {
		if len(text) >= n+6 && particles[text[len(text)-n:]] {
			return text[:len(text)-n]
		}
	}
	return text
}

// particles are the commonest endings of nouns, which a misspelt word has too.
var particles = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq("은 는 이 가 을 를 의 에 와 과 도 로 만 에서 으로 에게 까지 부터 에는 이란 란 이나 보다 처럼") {
		m[s] = true
	}
	return m
}()

// derivations are the endings with which English makes one word of another.
var derivations = strings.Fields("ability able al ance ant ate ation ative e ed ence ent er ers ful ible ic ical ics ing ion ions ish ism ist istic ists ity ive " +
	"ization ize less ly ment ments ness or ors ous s y")

// minBase is the length of what words made of one another share.
const minBase = 5

// derived returns the glossary's words that are made of the same as an English word is, those that share most first: pessimist
// for pessimism.
func (p *planner) derived(text string) []guess {
	text = strings.ToLower(bare(text))
	var all []guess
	for n := len(text); n >= minBase && len(all) == 0; n-- {
		base, ending := text[:n], text[n:]
		if ending != "" && !slices.Contains(derivations, ending) {
			continue
		}
		for _, d := range derivations {
			if word := base + d; d != ending && len(p.lex.named[nameKey(word)]) > 0 && len(all) < 2 {
				all = append(all, guess{text: word, weight: weightDerived, other: true})
			}
		}
		if ending != "" && len(p.lex.named[nameKey(base)]) > 0 {
			all = append(all, guess{text: base, weight: weightDerived, other: true})
		}
	}
	return all
}

// minMistyped is the length in bytes of a Latin word in small letters from which it is taken for another one mistyped: a shorter one is
// a letter away from too many.
const minMistyped = 5

// corrections returns the words of the vocabulary that are a typing error or two away: the nearest, and how near.
func (p *planner) corrections(w *word) (out []guess, distance int) {
	var all []korean.Correction
	whole := len(bare(w.text))
	for _, s := range p.stems(w) {
		if len(s) < minMistyped && s == w.text {
			continue
		}
		if len(s) < whole && len(all) > 0 {
			// A part is not asked about where the whole is near to something.
			break
		}
		all = append(all, p.vocabulary().speller.Lookup(s, 2, maxGuesses)...)
	}
	slices.SortStableFunc(all, func(a, b korean.Correction) int { return a.Distance - b.Distance })
	for _, c := range all {
		distance = all[0].Distance
		if len(out) == maxGuesses {
			break
		}
		if c.Distance > distance || slices.ContainsFunc(out, func(g guess) bool { return g.text == c.Text }) {
			continue
		}
		weight := 1.0
		for range max(1, c.Distance) {
			weight *= weightTypo
		}
		out = append(out, guess{text: c.Text, weight: weight})
	}
	return out, distance
}

// written reports whether a passage or a name has a word letter for letter: of pieces whose stems alone are known, as those
// of solde·red are, a word is not made.
func (p *planner) written(word string) bool {
	word = strings.ToLower(word)
	_, ok := p.imp.Lookup(impact.Words, word)
	return ok || len(p.lex.named[nameKey(word)]) > 0
}

// split divides a Latin word that lacks a space into two that the index has.
func (p *planner) split(text string) (string, bool) {
	if len(text) < 6 || hasHangul(text) {
		return "", false
	}
	for i := 3; i <= len(text)-3; i++ {
		if !utf8.RuneStart(text[i]) {
			continue
		}
		if p.written(text[:i]) && p.written(text[i:]) {
			return text[:i] + " " + text[i:], true
		}
	}
	return "", false
}
