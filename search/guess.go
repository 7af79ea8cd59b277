package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/english"
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
	if swapped, ok := korean.SwapLayout(w.text); ok && (p.knows(swapped) || p.swapped && p.hasAll(swapped)) {
		p.swapped = true
		return []guess{{text: swapped, weight: weightLayout, sure: true}}
	}
	if sound := p.swappedSound(w.text); len(sound) > 0 {
		p.swapped = true
		return sound
	}
	if spelling, ok := p.lex.spelled[nameKey(bare(w.text))]; ok && p.knows(spelling) {
		return []guess{{text: spelling, weight: weightJoined}}
	}
	if letters, ok := korean.Letters(bare(w.text)); ok && p.knows(letters) {
		return []guess{{text: letters, weight: weightSound, other: true, sure: true}}
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

// minSwapped is the number of syllables from which letters that make Hangul with the other keyboard layout were meant as such: as
// few as two are often a word of their own.
const minSwapped = 3

// swappedSound returns the Latin words that sound like what a word is with the other keyboard layout: Ironwood for dkdlfhsdnem, which is
// 아이론우드.
func (p *planner) swappedSound(text string) (all []guess) {
	swapped, ok := korean.SwapLayout(text)
	if !ok || utf8.RuneCountInString(swapped) < minSwapped || !isHangul(swapped) || p.real(text) {
		return nil
	}
	for _, s := range p.vocabulary().soundingLike(swapped, 2) {
		all = append(all, guess{text: s, weight: weightLayout * weightSound, sure: true})
	}
	return all
}

// real reports whether a word is one that no passage has rather than another one mistyped: an English word, an inflected
// verb, a Korean common noun, or the name of a place.
func (p *planner) real(text string) bool {
	text = strings.Trim(text, marks)
	return english.IsWord(english.American(strings.ToLower(text))) || p.analyzer.Whole(text)
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

// minMistyped is the length in bytes of a Latin word in small letters from which it is taken for another one mistyped: a shorter one is
// a letter away from too many.
const minMistyped = 5

// corrections returns the words of the vocabulary that are a typing error or two away: the nearest, and how near.
func (p *planner) corrections(w *word) (out []guess, distance int) {
	var all []korean.Correction
	whole := len(bare(w.text))
	for _, s := range p.stems(w) {
		if len(s) < minMistyped && s == w.text || 2*len(s) < whole {
			continue // a scrap of a word is near to too many
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

// hint returns a query that may have been meant where nothing is found of the one that was typed: the nearest words in place of
// those that no passage has, a letter away, even of such as are words themselves. It is offered, not searched for.
func (p *planner) hint(text string) string {
	text = korean.Normalize(text)
	words := p.words(text, p.analyzer.Analyze(text))
	out, changed := make([]string, len(words)), false
	for i := range words {
		w := &words[i]
		out[i] = w.text
		if slices.ContainsFunc(w.places, func(pl place) bool { return pl.known && utf8.RuneCountInString(pl.key) > 1 }) {
			continue
		}
		if near, distance := p.corrections(w); len(near) > 0 && distance == 1 && !strings.EqualFold(near[0].text, w.text) {
			out[i], changed = near[0].text, true
		}
	}
	if !changed {
		return ""
	}
	return strings.Join(out, " ")
}
