package korean

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalize returns text as valid UTF-8 in Unicode normalisation form NFC. Text
// from macOS file systems and some editors is decomposed (NFD), which no
// dictionary matches, so documents and queries pass through here before
// analysis, and offsets refer to the result. Normal text is returned as it is,
// without copying.
func Normalize(text string) string {
	if isPlain(text) {
		return text
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return norm.NFC.String(text)
}

// isPlain reports whether text is valid and has only characters that are normal whatever stands beside them, as nearly all
// text is: those before the combining marks, whole syllables, ideographs, and most punctuation.
func isPlain(text string) bool {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		switch i += n; {
		case r == utf8.RuneError:
			return false
		case r < 0x300, isSyllable(r), r >= 0x2010 && r <= 0x2027, r >= 0x3001 && r <= 0x3029, r >= 0x4E00 && r <= 0x9FFF:
		default:
			return false
		}
	}
	return true
}
