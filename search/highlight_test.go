package search

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// TestCharactersAreCounted holds advance, retreat and runes to what the standard library counts, one character at a time.
func TestCharactersAreCounted(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	letters := []rune("ab 한글é漢😀")
	for range 2000 {
		text := make([]rune, rng.IntN(300))
		for i := range text {
			text[i] = letters[rng.IntN(len(letters))]
		}
		s := string(text)
		from := rng.IntN(len(text) + 1)
		n := rng.IntN(320)
		start := len(string(text[:from]))
		if got, want := advance(s, start, n), len(string(text[:min(len(text), from+n)])); got != want {
			t.Fatalf("advance(%q, %d, %d) = %d, want %d", s, start, n, got, want)
		}
		if got, want := retreat(s, start, n), len(string(text[:max(0, from-n)])); got != want {
			t.Fatalf("retreat(%q, %d, %d) = %d, want %d", s, start, n, got, want)
		}
		if got, want := runes(s), utf8.RuneCountInString(s); got != want {
			t.Fatalf("runes(%q) = %d, want %d", s, got, want)
		}
	}
}

// TestStartsAlike excludes only what can't be equal under any case of letters.
func TestStartsAlike(t *testing.T) {
	for _, test := range []struct {
		text, word string
		want       bool
	}{
		{"추론을", "추론", true}, {"추론을", "훈련", false}, {"추론", "GPU", false}, {"힣", "힣", true}, {"가", "각", false},
		{"gpu", "GPU", true}, {"gpu", "추론", true}, {"Éa", "éA", true}, {"ꭰ", "Ꭰ", true}, {"推論", "推論", true},
	} {
		if got := startsAlike(head(test.text), head(test.word)); got != test.want {
			t.Errorf("startsAlike(%q, %q) = %t, want %t", test.text, test.word, got, test.want)
		}
	}
}
