package templates

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Particle returns word with the Korean particle that its last sound calls for. The pair is written as in 을/를, 이/가,
// 은/는, 과/와 or 으로/로. Latin words and numbers are taken as they are read aloud in Korean.
func Particle(word, pair string) string {
	closed, open, ok := strings.Cut(pair, "/")
	if !ok {
		return word + pair
	}
	final, liquid := finalSound(word)
	if final && !(liquid && strings.HasPrefix(closed, "으")) {
		return word + closed
	}
	return word + open
}

// finalSound reports whether a word ends in a consonant, and whether that is ㄹ, after which 으로 loses its vowel.
func finalSound(word string) (final, liquid bool) {
	word = strings.TrimRightFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '%' })
	last, _ := utf8.DecodeLastRuneInString(word)
	switch {
	case last >= '가' && last <= '힣':
		t := (last - '가') % 28
		return t != 0, t == 8
	case last == '%': // 퍼센트
		return false, false
	case unicode.IsDigit(last): // 영 일 이 삼 사 오 육 칠 팔 구
		return strings.ContainsRune("013678", last), strings.ContainsRune("178", last)
	}
	lower := strings.ToLower(word)
	if isAcronym(word) { // 엘, 엠, 엔, 알 end in consonants
		return strings.ContainsRune("lmnr", unicode.ToLower(last)), strings.ContainsRune("lr", unicode.ToLower(last))
	}
	switch {
	case strings.HasSuffix(lower, "le"), strings.HasSuffix(lower, "l"):
		return true, true
	case strings.HasSuffix(lower, "ng"), strings.HasSuffix(lower, "m"), strings.HasSuffix(lower, "n"):
		return true, false
	case strings.HasSuffix(lower, "ck"), strings.HasSuffix(lower, "p"), strings.HasSuffix(lower, "b"), strings.HasSuffix(lower, "ic"):
		return true, false
	}
	return false, false
}

func isAcronym(word string) bool {
	letters := 0
	for _, r := range word[strings.LastIndexAny(word, " -")+1:] {
		if unicode.IsLower(r) {
			return false
		}
		letters++
	}
	return letters > 0
}
