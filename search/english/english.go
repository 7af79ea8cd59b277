// Package english knows which English words there are, so that none is taken for another one mistyped.
package english

import (
	_ "embed"
	"strings"
)

// words are the commonest English words of five letters or more with their inflections, in order, one a line: those in small
// letters of SCOWL's American list of size 35 (wordlist.aspell.net; see NOTICE).
//
//go:embed words.txt
var words string

// IsWord reports whether a word of five letters or more, in small letters, is a common English one.
func IsWord(word string) bool {
	for low, high := 0, len(words); low < high; {
		middle := (low + high) / 2
		start := strings.LastIndexByte(words[:middle], '\n') + 1
		end := start + strings.IndexByte(words[start:], '\n')
		switch c := strings.Compare(words[start:end], word); {
		case c == 0:
			return true
		case c < 0:
			low = end + 1
		default:
			high = start
		}
	}
	return false
}
