package korean

import "strings"

// Sound returns a key that a name and its transliteration share, whichever of
// the two scripts it is written in: its consonants, as classes coarse enough
// that spellings agree, without vowels. 딥시크 and DeepSeek are both "tptk",
// 앤트로픽 and Anthropic "ntlpk". Many words share a key, so matches want
// checking with SoundDistance.
func Sound(s string) string {
	return skeleton(phones(s))
}

// SoundDistance returns how unlike two words sound: 0 is alike, 1 a different
// consonant for each there is. Nearly all transliterations are up to 0.2, and
// words that only share consonants above, unless they are as short as to have
// one or two of them.
func SoundDistance(a, b string) float64 {
	return alignPhones(phones(a), phones(b))
}

// phones returns the rough sounds of s: consonant classes as lower-case letters
// k t p s c m n l h and vowels as A E I O U, V for ㅓ, which stands for any
// unstressed one.
func phones(s string) string {
	var b strings.Builder
	s = strings.ToLower(Normalize(s))
	var latin []byte
	flush := func() {
		if len(latin) > 0 {
			latinPhones(&b, string(latin))
			latin = latin[:0]
		}
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			latin = append(latin, byte(r))
		case isSyllable(r):
			flush()
			hangulPhones(&b, r)
		default:
			flush()
		}
	}
	flush()
	return undouble(b.String())
}

// undouble takes neighbouring equal consonants together: ㄹㄹ is one l.
func undouble(phones string) string {
	var b []byte
	for i := range len(phones) {
		if i == 0 || phones[i] != phones[i-1] || isVowelPhone(phones[i]) {
			b = append(b, phones[i])
		}
	}
	return string(b)
}

// initialPhone and finalPhone are in the order of initialJamo and finalJamo.
const initialPhone = "kkntt" + "lmppss" + "_ccckt" + "ph"

var finalPhone = strings.Split("_ k k ks n n n t l lk lm lp ls lt lp l m p ps t t n t t k t p t", " ")

// vowelPhone is in the order of vowelJamo.
var vowelPhone = strings.Split("A E A E V E V E O OA OE OE O U UV UE UI U U UI I", " ")

func hangulPhones(b *strings.Builder, r rune) {
	i, v, f := split(r)
	if initialPhone[i] != '_' {
		b.WriteByte(initialPhone[i])
	}
	b.WriteString(vowelPhone[v])
	if f > 0 {
		b.WriteString(finalPhone[f])
	}
}

// latinRule rewrites letters to sounds; longer ones come first.
type latinRule struct{ from, to string }

var latinRules = []latinRule{
	{"tion", "sOn"}, {"sion", "sOn"}, {"cious", "sUs"}, {"ture", "cO"}, {"ough", "O"}, {"eigh", "EI"},
	{"igh", "AI"}, {"ging", "cIn"}, {"sch", "s"}, {"tch", "c"}, {"dge", "c"}, {"que", "k"}, {"gue", "k"},
	{"ch", "c"}, {"sh", "s"}, {"th", "s"}, {"ph", "p"}, {"ck", "k"}, {"qu", "kU"}, {"wh", "U"}, {"gh", ""}, {"kn", "n"},
	{"ng", "n"}, {"nk", "nk"}, {"ce", "sE"}, {"ci", "sI"}, {"cy", "sI"}, {"ge", "cE"}, {"gi", "kI"}, {"ee", "I"}, {"ea", "I"},
	{"oo", "U"}, {"ou", "AU"}, {"ow", "AU"}, {"ai", "EI"}, {"ay", "EI"}, {"ei", "EI"}, {"ey", "I"}, {"au", "O"}, {"aw", "O"}, {"oa", "O"}, {"ew", "U"},
	{"a", "A"}, {"b", "p"}, {"c", "k"}, {"d", "t"}, {"e", "E"}, {"f", "p"}, {"g", "k"}, {"h", "h"}, {"i", "I"}, {"j", "c"}, {"k", "k"},
	{"l", "l"}, {"m", "m"}, {"n", "n"}, {"o", "O"}, {"p", "p"}, {"q", "k"}, {"r", "l"}, {"s", "s"}, {"t", "t"}, {"u", "U"}, {"v", "p"},
	{"w", "U"}, {"x", "ks"}, {"y", "I"}, {"z", "c"},
}

func latinPhones(b *strings.Builder, s string) {
	for i := 0; i < len(s); {
		if i > 0 && s[i] == s[i-1] && !strings.ContainsRune("aeiou", rune(s[i])) {
			i++
			continue
		}
		rest := s[i:]
		// A final e after a consonant is silent, r before a consonant or at
		// the end is a vowel's length.
		if rest == "e" && i > 1 {
			return
		}
		if rest[0] == 'r' && i > 0 && strings.ContainsRune("aeiou", rune(s[i-1])) && (len(rest) == 1 || !strings.ContainsRune("aeiouyr", rune(rest[1]))) {
			i++
			continue
		}
		for _, rule := range latinRules {
			if strings.HasPrefix(rest, rule.from) {
				b.WriteString(rule.to)
				i += len(rule.from)
				break
			}
		}
	}
}

func isVowelPhone(c byte) bool { return c < 'a' }

// skeleton drops vowels, and h, which transliterations lose, and doubled
// consonants. The sounds of th, s, z, t and j are one class, since each is
// written with several of ㅅ, ㅌ, ㄷ, ㅈ and ㅊ.
func skeleton(phones string) string {
	var b []byte
	for i := 0; i < len(phones); i++ {
		c := phones[i]
		switch {
		case isVowelPhone(c) || c == 'h' && i > 0:
			continue
		case c == 's' || c == 'c':
			c = 't'
		}
		if len(b) > 0 && b[len(b)-1] == c {
			continue
		}
		b = append(b, c)
	}
	return string(b)
}

// alignPhones is an edit distance in which consonants cost 1, vowels less, and
// ㅡ (U), which Korean puts after a consonant that has no vowel, next to nothing.
// It is divided by the consonants of the longer word.
func alignPhones(x, y string) float64 {
	prev, row := make([]float64, len(y)+1), make([]float64, len(y)+1)
	for j := range y {
		prev[j+1] = prev[j] + gapCost(y[j])
	}
	for i := range x {
		row[0] = prev[0] + gapCost(x[i])
		for j := range y {
			row[j+1] = min(prev[j+1]+gapCost(x[i]), row[j]+gapCost(y[j]), prev[j]+replaceCost(x[i], y[j]))
		}
		prev, row = row, prev
	}
	return prev[len(y)] / float64(max(consonants(x), consonants(y), 1))
}

func consonants(phones string) int {
	n := 0
	for i := range len(phones) {
		if !isVowelPhone(phones[i]) {
			n++
		}
	}
	return n
}

func gapCost(c byte) float64 {
	switch {
	case c == 'U':
		return 0.05
	case isVowelPhone(c):
		return 0.25
	case c == 'h' || c == 'l':
		return 0.7
	}
	return 1
}

func replaceCost(a, b byte) float64 {
	switch {
	case a == b:
		return 0
	case isVowelPhone(a) && isVowelPhone(b):
		if a > b {
			a, b = b, a
		}
		if nearVowels[[2]byte{a, b}] {
			return 0.15
		}
		return 0.7
	case isVowelPhone(a) != isVowelPhone(b):
		return 1.3
	case strings.IndexByte("sct", a) >= 0 && strings.IndexByte("sct", b) >= 0:
		return 0.4
	}
	return 1
}

// nearVowels are the vowels between which English spelling and Korean
// transliteration waver.
var nearVowels = map[[2]byte]bool{
	{'A', 'E'}: true, {'A', 'O'}: true, {'A', 'I'}: true, {'E', 'I'}: true, {'O', 'U'}: true, {'A', 'U'}: true,
	{'A', 'V'}: true, {'E', 'V'}: true, {'I', 'V'}: true, {'O', 'V'}: true, {'U', 'V'}: true,
}
