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
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return norm.NFC.String(text)
}
