package korean

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

// TestPlainIsNormal checks the short cut of Normalize: what it takes for normal, each character and each pair of it with a
// combining mark or a loose vowel and final behind, is.
func TestPlainIsNormal(t *testing.T) {
	for r := rune(0); r < 0x30000; r++ {
		if r >= 0xD800 && r < 0xE000 {
			continue
		}
		s := string(r)
		if isPlain(s) && !norm.NFC.IsNormalString(s) {
			t.Errorf("%U is not normal", r)
		}
		for _, behind := range []string{"\u0301", "\u1161", "\u11A8", "\u3099"} {
			if got, want := Normalize(s+behind), norm.NFC.String(s+behind); got != want {
				t.Errorf("%U with %q behind becomes %q, want %q", r, behind, got, want)
			}
		}
	}
	for _, bad := range []string{"\xff", "추\xeb", "a\x80"} {
		if isPlain(bad) {
			t.Errorf("%q is not valid", bad)
		}
	}
}
