package korean

import "strings"

// Hangul syllables are composed arithmetically (Unicode standard, section 3.12).
const (
	syllableBase  = 0xAC00
	syllableLast  = 0xD7A3
	vowelCount    = 21
	finalCount    = 28
	syllablesEach = vowelCount * finalCount // per initial consonant
)

// Jamo in the order of the syllable formula, as compatibility jamo, which is
// what a keyboard types.
var (
	initialJamo = []rune("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")
	vowelJamo   = []rune("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ")
	finalJamo   = []rune("\x00ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
)

// strokes are the jamo that take two key presses of the two-set keyboard.
var strokes = map[rune]string{
	'ㅘ': "ㅗㅏ", 'ㅙ': "ㅗㅐ", 'ㅚ': "ㅗㅣ", 'ㅝ': "ㅜㅓ", 'ㅞ': "ㅜㅔ", 'ㅟ': "ㅜㅣ", 'ㅢ': "ㅡㅣ",
	'ㄳ': "ㄱㅅ", 'ㄵ': "ㄴㅈ", 'ㄶ': "ㄴㅎ", 'ㄺ': "ㄹㄱ", 'ㄻ': "ㄹㅁ", 'ㄼ': "ㄹㅂ", 'ㄽ': "ㄹㅅ",
	'ㄾ': "ㄹㅌ", 'ㄿ': "ㄹㅍ", 'ㅀ': "ㄹㅎ", 'ㅄ': "ㅂㅅ",
}

// joined is the reverse of strokes.
var joined = func() map[string]rune {
	m := make(map[string]rune, len(strokes))
	for r, s := range strokes {
		m[s] = r
	}
	return m
}()

// Jamo positions by letter, -1 where a letter can't stand there.
var initialIndex, vowelIndex, finalIndex = jamoIndex(initialJamo), jamoIndex(vowelJamo), jamoIndex(finalJamo)

// compatBase is the first compatibility jamo that the index tables cover.
const compatBase, compatCount = 'ㄱ', 'ㅣ' - 'ㄱ' + 1

func jamoIndex(jamo []rune) (t [compatCount]int8) {
	for i := range t {
		t[i] = -1
	}
	for i, r := range jamo {
		if r != 0 {
			t[r-compatBase] = int8(i)
		}
	}
	return t
}

func indexOf(t *[compatCount]int8, r rune) int {
	if r < compatBase || r >= compatBase+compatCount {
		return -1
	}
	return int(t[r-compatBase])
}

func isSyllable(r rune) bool { return r >= syllableBase && r <= syllableLast }

// split returns the indices of a syllable's initial, vowel and final.
func split(r rune) (initial, vowel, final int) {
	i := int(r - syllableBase)
	return i / syllablesEach, i % syllablesEach / finalCount, i % finalCount
}

// join is the reverse of split.
func join(initial, vowel, final int) rune {
	return rune(syllableBase + initial*syllablesEach + vowel*finalCount + final)
}

// Decompose returns s with every Hangul syllable as the jamo that are typed for
// it on a two-set keyboard, one letter per key press: 스케일 is ㅅㅡㅋㅔㅇㅣㄹ and
// 과 is ㄱㅗㅏ. Other characters stay. Compose is its reverse.
func Decompose(s string) string {
	var b strings.Builder
	b.Grow(3 * len(s))
	for _, r := range s {
		if !isSyllable(r) {
			writeStrokes(&b, r)
			continue
		}
		i, v, f := split(r)
		b.WriteRune(initialJamo[i])
		writeStrokes(&b, vowelJamo[v])
		if f > 0 {
			writeStrokes(&b, finalJamo[f])
		}
	}
	return b.String()
}

func writeStrokes(b *strings.Builder, r rune) {
	if s, ok := strokes[r]; ok {
		b.WriteString(s)
		return
	}
	b.WriteRune(r)
}

// Compose joins jamo into syllables as an input method does while they are
// typed: ㅅㅡㅋㅔㅇㅣㄹ is 스케일. Jamo that fit in no syllable, and all other
// characters, stay.
func Compose(s string) string {
	in := []rune(s)
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(in); {
		r, n := composeAt(in[i:])
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

// composeAt returns the syllable or character at the start of in and how many
// runes it takes.
func composeAt(in []rune) (rune, int) {
	ini := indexOf(&initialIndex, in[0])
	if ini < 0 || len(in) < 2 {
		return loneJamo(in)
	}
	vow := indexOf(&vowelIndex, in[1])
	if vow < 0 {
		return loneJamo(in)
	}
	n := 2
	if v, ok := joinTwo(in, 1, &vowelIndex); ok {
		vow = v
		n = 3
	}
	if n >= len(in) {
		return join(ini, vow, 0), n
	}
	fin := indexOf(&finalIndex, in[n])
	if fin <= 0 || startsSyllable(in[n:]) {
		return join(ini, vow, 0), n
	}
	if f, ok := joinTwo(in, n, &finalIndex); ok && !startsSyllable(in[n+1:]) {
		return join(ini, vow, f), n + 2
	}
	return join(ini, vow, fin), n + 1
}

// loneJamo returns the letter at the start of in, joined with the next one if
// they make a compound vowel.
func loneJamo(in []rune) (rune, int) {
	if len(in) > 1 {
		if r, ok := joined[string(in[:2])]; ok && indexOf(&vowelIndex, r) >= 0 {
			return r, 2
		}
	}
	return in[0], 1
}

// joinTwo returns the index of the compound letter that in[i] and in[i+1] make.
func joinTwo(in []rune, i int, t *[compatCount]int8) (int, bool) {
	if i+1 >= len(in) {
		return 0, false
	}
	r, ok := joined[string(in[i:i+2])]
	if !ok {
		return 0, false
	}
	x := indexOf(t, r)
	return x, x >= 0
}

// startsSyllable reports whether in starts with a consonant and a vowel.
func startsSyllable(in []rune) bool {
	return len(in) > 1 && indexOf(&initialIndex, in[0]) >= 0 && indexOf(&vowelIndex, in[1]) >= 0
}

// Initials returns the initial consonants of s: 스케일링 법칙 is ㅅㅋㅇㄹㅂㅊ.
// Spaces are left out; everything that is not Hangul stays, in lower case.
func Initials(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case isSyllable(r):
			i, _, _ := split(r)
			b.WriteRune(initialJamo[i])
		case r != ' ':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// IsInitials reports whether s is a search by initial consonants: two or more
// letters, all of them consonants that can start a syllable.
func IsInitials(s string) bool {
	n := 0
	for _, r := range s {
		if r == ' ' {
			continue
		}
		if indexOf(&initialIndex, r) < 0 {
			return false
		}
		n++
	}
	return n >= 2
}
