package templates

import (
	"testing"
)

// TestJoinedRanges asks, for every code point of the basic plane, which file a browser would take before and after, by the
// rule that the last face to cover it counts.
func TestJoinedRanges(t *testing.T) {
	source, err := assetFiles.ReadFile("assets/fonts.css")
	if err != nil {
		t.Fatal(err)
	}
	served, _, _ := newEngine(t).Asset("", "fonts.css")
	before, after := faceOf(t, source), faceOf(t, served.Body)
	if len(before) < 11_172 { // every syllable of Hangul, at least
		t.Fatalf("the source covers %d code points", len(before))
	}
	for c := rune(0); c <= 0xffff; c++ {
		if before[c] != after[c] {
			t.Fatalf("U+%04x is of %s, was of %s", c, after[c], before[c])
		}
	}
	if len(served.Body) > len(source)*3/4 {
		t.Errorf("%d bytes are served of %d", len(served.Body), len(source))
	}
}

// faceOf is the rule by which each code point is drawn, without its range.
func faceOf(t *testing.T, css []byte) map[rune]string {
	t.Helper()
	out := map[rune]string{}
	for _, rule := range face.FindAll(css, -1) {
		if string(named.FindSubmatch(rule)[1]) != "Pretendard" {
			continue
		}
		spans, err := parseRanges(string(cover.FindSubmatch(rule)[1]))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range spans {
			for c := s.low; c <= s.high; c++ {
				out[c] = string(cover.ReplaceAll(rule, nil))
			}
		}
	}
	return out
}

func TestJoinRanges(t *testing.T) {
	for name, c := range map[string]struct{ css, want string }{
		"over a later face":       {"@font-face{font-family:A;unicode-range:U+1,U+3}@font-face{font-family:A;unicode-range:U+2}", "@font-face{font-family:A;unicode-range:U+1-3}@font-face{font-family:A;unicode-range:U+2}"},
		"not over an earlier one": {"@font-face{font-family:A;unicode-range:U+2}@font-face{font-family:A;unicode-range:U+1,U+3}", "@font-face{font-family:A;unicode-range:U+2}@font-face{font-family:A;unicode-range:U+1,U+3}"},
		"not over another family": {"@font-face{font-family:A;unicode-range:U+1,U+3}@font-face{font-family:B;unicode-range:U+2}", "@font-face{font-family:A;unicode-range:U+1,U+3}@font-face{font-family:B;unicode-range:U+2}"},
		"neighbours":              {"@font-face{font-family:A;unicode-range:U+41-4E,U+4f-5d}", "@font-face{font-family:A;unicode-range:U+41-5d}"},
		"out of order":            {"@font-face{font-family:A;unicode-range:U+9,U+1}", "@font-face{font-family:A;unicode-range:U+9,U+1}"},
		"no range":                {"@font-face{font-family:A}b{c:d}", "@font-face{font-family:A}b{c:d}"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := joinRanges([]byte(c.css))
			if err != nil || string(got) != c.want {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
	for _, bad := range []string{"U+", "41", "U+4?", "U+9-1"} {
		if _, err := joinRanges([]byte("@font-face{font-family:A;unicode-range:" + bad + "}")); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}
