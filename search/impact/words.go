package impact

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is a run of letters and digits of a text.
type Word struct {
	// Text is the word in lower case.
	Text string
	// Start and End are its bytes in the text.
	Start, End int
}

// Bounds of surface words, in bytes: a prefix of one ASCII letter would stand for too much, and what is longer is none.
const (
	minWord = 2
	maxWord = 96
)

// SurfaceWords yields the words of a text that the index knows by their spelling.
func SurfaceWords(text string) iter.Seq[Word] {
	return func(yield func(Word) bool) {
		for at := 0; at < len(text); {
			start, end, cased := nextWord(text, at)
			at = end
			if size := end - start; size < minWord || size > maxWord {
				continue
			}
			w := Word{text[start:end], start, end}
			if cased {
				w.Text = strings.ToLower(w.Text)
			}
			if !yield(w) {
				return
			}
		}
	}
}

// nextWord returns the bounds of the first word from at on, and whether it may have letters in upper case.
func nextWord(text string, at int) (start, end int, cased bool) {
	start = -1
	for i := at; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		inside, upper := classOf(r)
		switch {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			return start, i, cased
		}
		cased = cased || upper
		i += n
	}
	if start < 0 {
		start = len(text)
	}
	return start, len(text), cased
}

// classOf reports whether a character is part of a word, and whether lower case may be another.
func classOf(r rune) (inside, cased bool) {
	switch {
	case r < utf8.RuneSelf:
		cased = r >= 'A' && r <= 'Z'
		return cased || r >= 'a' && r <= 'z' || r >= '0' && r <= '9', cased
	case r >= 0xAC00 && r <= 0xD7A3:
		return true, false
	}
	inside = unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mn, r)
	return inside, inside
}
