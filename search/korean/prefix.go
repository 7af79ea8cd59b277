package korean

import "unicode/utf8"

// ComposingKeys returns the keys (see Key) whose extensions a half-typed word may
// be on the way to, the likeliest first. While Hangul is typed, the last
// consonant hangs below the syllable before it until its vowel comes, and
// may itself be the slip: 스케잌 leads to 스케이크 by its first key and to
// 스케일 by its second.
func ComposingKeys(typed string) []string {
	k := Key(typed)
	if k == "" {
		return nil
	}
	keys := []string{k}
	last, n := utf8.DecodeRuneInString(k[len(k)-lastLen(k):])
	if indexOf(&finalIndex, last) > 0 && len(k) > 3*n {
		keys = append(keys, k[:len(k)-n])
	}
	return keys
}

func lastLen(s string) int {
	_, n := utf8.DecodeLastRuneInString(s)
	return n
}
