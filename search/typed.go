package search

import (
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/korean"
)

// word is one word of a query, as it was typed, with the places its analysis gave.
type word struct {
	text string
	// start is where it starts in the text.
	start   int
	places  []place
	guesses []guess
	// absorbed says that it is one with the word before it, whose guess has it.
	absorbed bool
	// found says that passages have something of it.
	found bool
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
	// word is the place of its word in the query.
	word int
	// joined is the word that this one makes with the next.
	joined string
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
	words, places, typed := p.list[:0], p.places[:0], p.asTyped[:0]
	i := 0
	for start, end := range fields(text) {
		w := word{text: text[start:end], start: start}
		first, from, termsFrom := i, len(places), 0
		last := 0
		for ; i < len(tokens) && tokens[i].Start < end; i++ {
			t := tokens[i]
			if t.Kind.Stream() != korean.Content {
				continue
			}
			if t.Position != last {
				places = append(places, place{})
				last, termsFrom = t.Position, len(typed)
			}
			pl := &places[len(places)-1]
			pl.key, pl.surface, pl.end = t.Term, text[t.Start:t.End], t.End
			pl.known = pl.known || p.has(t.Term)
			typed = append(typed, typedTerm{t.Term, p.isPart(t, tokens[first:])})
			pl.terms = typed[termsFrom:len(typed):len(typed)]
		}
		w.places = places[from:len(places):len(places)]
		if len(w.places) == 0 {
			w.places = p.asNoun(w.text)
		} else if pl, ok := p.asWhole(&w); ok {
			w.places = []place{pl}
		} else if ways, n := otherAmounts(text[start:]); n > 0 {
			w.places[0].amounts, w.places[0].amountEnd = ways, start+n
		}
		words = append(words, w)
	}
	p.list, p.places, p.asTyped = words, places, typed
	return words
}

// has reports whether a passage has a term, or it is one of the glossary or of the synonyms.
func (p *planner) has(term string) bool {
	if id, ok := p.imp.Lookup(korean.Content, term); ok && p.imp.DF(id) > 0 {
		return true
	}
	return len(p.lex.forms[term]) > 0 || len(p.lex.synonyms[term]) > 0
}

// asNoun analyses a word that gave no content, as a short name may by itself, the way it is analysed with a particle
// behind it. It gives the nouns that are known: others are pronouns and auxiliary verbs, as 누가 is.
func (p *planner) asNoun(text string) []place {
	var places []place
	if !hasHangul(text) || utf8.RuneCountInString(text) < 2 {
		return nil
	}
	for _, t := range p.analyze(text + "의") {
		if t.Kind == korean.Morpheme && t.End <= len(text) && p.has(t.Term) {
			places = append(places, place{key: t.Term, known: true, terms: []typedTerm{{term: t.Term}}})
		}
	}
	return places
}

// asWhole gives the place of a word that passages have letter for letter as one, where it is analysed as a shorter one with an ending
// by itself: 단가, which is also 다 and ㄴ가.
func (p *planner) asWhole(w *word) (place, bool) {
	text := strings.TrimRight(w.text, marks)
	if len(w.places) != 1 || len(w.places[0].key) >= len(text) || !isHangul(text) {
		return place{}, false
	}
	if id, ok := p.imp.Lookup(korean.Content, text); !ok || p.imp.DF(id) == 0 {
		return place{}, false
	}
	return place{key: text, surface: text, end: w.start + len(text), known: true, terms: []typedTerm{{term: text}}}, true
}

// fields yields the bounds of the words of a text.
func fields(text string) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		start := -1
		for i, r := range text {
			space := r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == 0xA0 || r == 0x3000
			switch {
			case space && start >= 0:
				if !yield(start, i) {
					return
				}
				start = -1
			case !space && start < 0:
				start = i
			}
		}
		if start >= 0 {
			yield(start, len(text))
		}
	}
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
