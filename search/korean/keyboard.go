package korean

import "strings"

// The two-set (dubeolsik, KS X 5002) layout: the jamo on each Latin key.
var keyToJamo = func() (t [128]rune) {
	for i, r := range []rune("ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓㅏㅣㅡㅜㅐㅔㅂㄱㄴㅅㅕㅍㅈㅌㅛㅋ") {
		t['a'+i] = r
		t['A'+i] = r
	}
	for k, r := range map[rune]rune{'Q': 'ㅃ', 'W': 'ㅉ', 'E': 'ㄸ', 'R': 'ㄲ', 'T': 'ㅆ', 'O': 'ㅒ', 'P': 'ㅖ'} {
		t[k] = r
	}
	return t
}()

var jamoToKey = func() map[rune]byte {
	m := map[rune]byte{}
	for c := byte('A'); c <= 'Z'; c++ {
		m[keyToJamo[c]] = c
	}
	// Most letters are the same with and without shift, and typed without.
	for c := byte('a'); c <= 'z'; c++ {
		m[keyToJamo[c]] = c
	}
	return m
}()

// ToHangul returns what the keys that typed latin would have typed on the
// Korean layout: tmzpdlffld is 스케일링. Characters that aren't Latin letters
// stay.
func ToHangul(latin string) string {
	return Compose(strings.Map(func(r rune) rune {
		if r < 128 && keyToJamo[r] != 0 {
			return keyToJamo[r]
		}
		return r
	}, latin))
}

// ToLatin returns what the keys that typed hangul would have typed on the Latin
// layout: ㅎㅔㅕ, or 헤ㅕ as an input method shows it, is gpu.
func ToLatin(hangul string) string {
	return strings.Map(func(r rune) rune {
		if k, ok := jamoToKey[r]; ok {
			return rune(k)
		}
		return r
	}, Decompose(hangul))
}

// SwapLayout returns what word means if it was typed with the wrong keyboard
// layout, and whether it may have been: Latin letters that make whole
// syllables only, or Hangul that leaves jamo outside of syllables or makes
// letters only. It can't tell which of the two was meant; that takes an index.
func SwapLayout(word string) (string, bool) {
	latin, hangul := 0, 0
	for _, r := range word {
		switch {
		case r < 128 && keyToJamo[r] != 0:
			latin++
		case isHangul(r):
			hangul++
		}
	}
	switch {
	case latin > 1 && hangul == 0:
		h := ToHangul(word)
		for _, r := range h {
			if isHangul(r) && !isSyllable(r) {
				return "", false
			}
		}
		return h, true
	case hangul > 0 && latin == 0:
		l := ToLatin(word)
		return l, len(l) > 1 && !IsInitials(word)
	}
	return "", false
}
