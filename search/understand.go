package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

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
				words[i+j].absorbed = j > 0
			}
			out = append(out, joined)
			changed = true
			i += n - 1
			continue
		}
		if i+1 < len(words) && !covered[i] && !covered[i+1] {
			if joined, ok := p.join(w, &words[i+1]); ok {
				w.guesses = []guess{{text: joined, weight: weightJoined}}
				words[i+1].guesses, words[i+1].absorbed = w.guesses, true
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
		if i > 0 && p.joinSwapped(&words[i-1], w) {
			out[len(out)-1] = w.guesses[0].text
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
	p.asOne(words)
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
	covered, places, of := p.covered[:0], p.flat[:0], p.of[:0]
	for i := range words {
		covered = append(covered, len(words[i].places) > 0)
		for _, pl := range words[i].places {
			places = append(places, pl)
			of = append(of, i)
		}
	}
	p.covered, p.flat, p.of = covered, places, of
	end := 0
	for i := range places {
		n, _ := p.longestTerm(places[i:])
		end = max(end, i+n)
		covered[of[i]] = covered[of[i]] && i < end
	}
	return covered
}
