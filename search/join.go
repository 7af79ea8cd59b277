package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/impact"
)

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
