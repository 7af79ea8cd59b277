package search

import (
	"slices"
	"strings"
)

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
