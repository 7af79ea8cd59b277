package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

// join tries two neighbours without the space between them: where they make one word that the index or the glossary
// has, and one of them is not a word by itself: is a is no ISA.
func (p *planner) join(a, b *word) (string, bool) {
	if !a.broken() && !b.broken() || stopWords[strings.ToLower(a.text)] || stopWords[strings.ToLower(b.text)] {
		return "", false
	}
	joined := a.text + b.text
	return joined, p.oneTerm(a, b, joined, 3) != "" && p.knows(joined)
}

// oneTerm returns the term that two words joined are analysed to, if it is one that both have part in, of at least so many letters: 새
// 커뮤니티 is no word 새커뮤니티. Of most that no passage has it is not found out.
func (p *planner) oneTerm(a, b *word, joined string, least int) string {
	if !p.startsWithTerm(a, b, joined) {
		return ""
	}
	start := len(joined) - len(strings.TrimLeft(joined, marks))
	term, position := "", 0
	for _, t := range p.analyze(joined) {
		if t.Kind.Stream() != korean.Content {
			continue
		}
		if t.Start > start || position > 0 && t.Position != position {
			return ""
		}
		term, position = t.Term, t.Position // of a name and its first part, the part
	}
	if utf8.RuneCountInString(term) < least || len(term) <= len(a.text) {
		return ""
	}
	return term
}

// startsWithTerm reports whether two words joined start with a term that is known, of more than the first. In Hangul they would, were
// they one, if not for endings that run into their verb, as in 끌어올려: look-ups spare most that are none the analysis, which takes ten
// times as long.
func (p *planner) startsWithTerm(a, b *word, joined string) bool {
	joined = strings.TrimRight(joined, marks)
	if !isHangul(joined) || head(joined) < firstSyllable || head(joined) > lastSyllable || len(b.places) == 0 || contracted(a) || contracted(b) {
		return true
	}
	for end := len(joined); end > len(a.text); end -= len("가") {
		if p.has(joined[:end]) {
			return true
		}
	}
	return false
}

// contracted reports whether a word has a term that it does not have letter for letter.
func contracted(w *word) bool {
	return slices.ContainsFunc(w.places, func(pl place) bool { return !strings.Contains(w.text, pl.key) })
}

// minJoined is the number of letters from which a word is one that may be written as two.
const minJoined = 4

// asOne notes which two neighbours, words by themselves, are one in some passage: 벤치 마크 and check point.
func (p *planner) asOne(words []word) {
	for i := range len(words) - 1 {
		a, b := &words[i], &words[i+1]
		if len(a.places) != 1 || len(b.places) != 1 || len(a.guesses)+len(b.guesses) > 0 || stopWords[a.places[0].key] || stopWords[b.places[0].key] {
			continue
		}
		joined := a.text + bare(b.text)
		if id, ok := p.imp.Lookup(korean.Content, p.oneTerm(a, b, joined, minJoined)); ok && p.imp.DF(id) > 0 {
			a.places[0].joined = joined
		}
	}
}

// joinSwapped makes one word of two that were typed with the other keyboard layout, where passages have them as one and one of them is a
// syllable or not in passages: 전력망, and not 전력 and 망.
func (p *planner) joinSwapped(a, b *word) bool {
	if a.absorbed || len(a.guesses) != 1 || !a.guesses[0].sure {
		return false
	}
	first, swapped := korean.SwapLayout(a.text)
	second, alike := korean.SwapLayout(b.text)
	whole := func(text string) bool { return len(text) > len("가") && p.inPassages(text) }
	if !swapped || !alike || first != a.guesses[0].text || !p.inPassages(first+second) || whole(first) && whole(second) {
		return false
	}
	a.guesses = []guess{{text: first + second, weight: weightLayout, sure: true}}
	b.guesses, b.absorbed = a.guesses, true
	return true
}

// inPassages reports whether passages have a word by itself.
func (p *planner) inPassages(text string) bool {
	id, ok := p.imp.Lookup(korean.Content, text)
	return ok && p.imp.DF(id) > 0
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
		slices.ContainsFunc(contentTerms(p.analyze(joined)), func(t string) bool { return len(t) <= len("가") }) {
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

// hasAll reports whether all parts of a text are in the index, be they of one syllable.
func (p *planner) hasAll(text string) bool {
	terms := contentTerms(p.analyze(text))
	return len(terms) > 0 && !slices.ContainsFunc(terms, func(t string) bool { return !p.has(t) })
}

// knows reports whether all parts of a text are in the index or the text is in the glossary.
func (p *planner) knows(text string) bool {
	terms := contentTerms(p.analyze(text))
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
