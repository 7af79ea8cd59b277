package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

// vocabulary is the words that an index knows, ready to be found by what was typed in their place.
type vocabulary struct {
	speller  *korean.Speller
	initials []initialsOf
	sounds   map[string][]string
}

// initialsOf is a word under its initial consonants.
type initialsOf struct {
	initials, word string
	weight         float64
}

// Bounds of what is worth guessing.
const (
	// minSound is the length of a sound key below which too many words share it.
	minSound = 3
	// maxSoundDistance is the distance from which two words no longer sound alike.
	maxSoundDistance = 0.25
	// maxShortDistance is the same for keys of minSound, which words share that have nothing to do with each other: 들어가 and drug.
	maxShortDistance = 0.1
	// longSound is the number of syllables from which a word has enough vowels to tell it from others with a key of minSound.
	longSound = 5
)

// newVocabulary collects the content terms of an index and the spellings of the glossary.
func newVocabulary(imp *impact.Index, lex *lexicon) *vocabulary {
	v := &vocabulary{sounds: map[string][]string{}}
	var words []korean.Word
	seen := map[string]bool{}
	add := func(text string, weight float64) {
		if seen[text] || utf8.RuneCountInString(text) < 2 || !hasLetter(text) {
			return
		}
		seen[text] = true
		words = append(words, korean.Word{Text: text, Weight: weight})
	}
	if imp != nil {
		imp.Terms(func(t impact.Term) { add(strings.Clone(t.Surface), float64(1+imp.DF(t.ID))) })
	}
	for _, e := range lex.entries {
		for _, f := range e.forms() {
			add(strings.ToLower(f), 1)
		}
	}
	v.speller = korean.NewSpeller(words)
	for _, w := range words {
		if hasHangul(w.Text) {
			v.initials = append(v.initials, initialsOf{korean.Initials(w.Text), w.Text, w.Weight})
		}
		if key := korean.Sound(w.Text); len(key) >= minSound && !strings.Contains(w.Text, " ") {
			v.sounds[key] = append(v.sounds[key], w.Text)
		}
	}
	slices.SortFunc(v.initials, func(a, b initialsOf) int {
		return cmp.Or(cmp.Compare(a.initials, b.initials), cmp.Compare(b.weight, a.weight), cmp.Compare(a.word, b.word))
	})
	return v
}

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80 })
}

// withInitials returns the words with exactly these initial consonants, or, where there are none, those that start so.
func (v *vocabulary) withInitials(typed string, limit int) []string {
	at, _ := slices.BinarySearchFunc(v.initials, typed, func(e initialsOf, s string) int { return cmp.Compare(e.initials, s) })
	var exact, longer []initialsOf
	for _, e := range v.initials[at:] {
		if !strings.HasPrefix(e.initials, typed) {
			break
		}
		if e.initials == typed {
			exact = append(exact, e)
		} else {
			longer = append(longer, e)
		}
	}
	if len(exact) == 0 {
		exact = longer
	}
	slices.SortStableFunc(exact, func(a, b initialsOf) int { return cmp.Compare(b.weight, a.weight) })
	var words []string
	for _, e := range exact[:min(limit, len(exact))] {
		words = append(words, e.word)
	}
	return words
}

// soundingLike returns the words of the other script that sound like word, best first.
func (v *vocabulary) soundingLike(word string, limit int) []string {
	key := korean.Sound(word)
	if len(key) < minSound || !pronounceable(word) {
		return nil
	}
	type near struct {
		word     string
		distance float64
	}
	var found []near
	hangul := hasHangul(word)
	most := maxSoundDistance
	if len(key) == minSound && !(hangul && utf8.RuneCountInString(word) >= longSound) {
		most = maxShortDistance
	}
	for _, w := range v.sounds[key] {
		if hasHangul(w) == hangul {
			continue
		}
		if d := korean.SoundDistance(word, w); d <= most {
			found = append(found, near{w, d})
		}
	}
	slices.SortFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.word, b.word))
	})
	var words []string
	for _, f := range found[:min(limit, len(found))] {
		words = append(words, f.word)
	}
	return words
}

// pronounceable reports whether a word is not one of Latin letters with hardly a vowel among them, which sounds like nothing.
func pronounceable(word string) bool {
	vowels := 0
	for _, r := range word {
		if strings.ContainsRune("aeiouywAEIOUYW", r) || r >= utf8.RuneSelf {
			vowels++
		}
	}
	return vowelShare*vowels >= utf8.RuneCountInString(word)
}

// vowelShare is how many letters a word has for each vowel at most.
const vowelShare = 4
