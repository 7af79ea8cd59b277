package content

import (
	"strings"
	"unicode"
)

// soundsLike reports whether a Korean word is an English one, or two of them, in Hangul: 딥마인드 and DeepMind, 노이만 and
// Neumann. It compares the consonants, voiced and voiceless taken together since Hangul writes either for both.
func soundsLike(ko, en string) bool {
	a := hangulSkeleton(ko)
	words := strings.FieldsFunc(en, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' })
	for i := range words {
		if alikeSkeletons(a, latinSkeleton(words[i])) || i > 0 && alikeSkeletons(a, latinSkeleton(words[i-1]+words[i])) {
			return true
		}
	}
	return false
}

// alikeSkeletons asks for a common beginning and for two thirds of the longer one in common, in order.
func alikeSkeletons(a, b string) bool {
	if a == "" || b == "" || !sameSound(a[0], b[0]) {
		return false
	}
	row := make([]int, len(b)+1)
	for i := range len(a) {
		diagonal := 0
		for j := range len(b) {
			was := row[j+1]
			if sameSound(a[i], b[j]) {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diagonal = was
		}
	}
	return row[len(b)]*3 >= max(len(a), len(b))*2
}

// sameSound compares consonant classes. c is k or s, z is s or j, g is k or j.
func sameSound(a, b byte) bool {
	if a == b {
		return true
	}
	switch b {
	case 'c':
		return a == 'k' || a == 's'
	case 'z':
		return a == 's' || a == 'j'
	case 'g':
		return a == 'k' || a == 'j'
	}
	return false
}

// hangulSkeleton is the consonants of Hangul syllables, a vowel at the beginning as a.
func hangulSkeleton(ko string) string {
	const initials = "kkntt" + "lmpps" + "s.jjj" + "ktph" // ㄱㄲㄴㄷㄸ ㄹㅁㅂㅃㅅ ㅆㅇㅈㅉㅊ ㅋㅌㅍㅎ
	finals := [28]byte{1: 'k', 2: 'k', 4: 'n', 7: 't', 8: 'l', 16: 'm', 17: 'p', 19: 't', 20: 't', 21: 'n', 22: 't', 24: 'k', 25: 't', 26: 'p'}
	var b strings.Builder
	add := func(c byte) {
		if s := b.String(); len(s) == 0 || s[len(s)-1] != c {
			b.WriteByte(c)
		}
	}
	for _, r := range ko {
		if r < '가' || r > '힣' {
			continue
		}
		i := int(r - '가')
		if c := initials[i/588]; c != '.' {
			add(c)
		} else if b.Len() == 0 {
			b.WriteByte('a')
		}
		if c := finals[i%28]; c != 0 {
			add(c)
		}
	}
	return b.String()
}

var (
	digraphs = strings.NewReplacer("tch", "J", "ch", "J", "sh", "S", "ph", "P", "th", "T", "ng", "N", "ck", "K", "qu", "K", "dg", "J", "gh", "", "kn", "N", "wr", "L", "x", "KS")
	sounds   = map[rune]byte{'b': 'p', 'c': 'c', 'd': 't', 'f': 'p', 'g': 'g', 'h': 'h', 'j': 'j', 'k': 'k', 'l': 'l', 'm': 'm', 'n': 'n', 'p': 'p', 'q': 'k',
		's': 's', 't': 't', 'v': 'p', 'z': 'z', 'J': 'j', 'S': 's', 'P': 'p', 'T': 't', 'N': 'n', 'K': 'k', 'L': 'l'}
)

// latinSkeleton is the consonants of an English word as Hangul would write them: r is heard only before a vowel, h only at
// the beginning.
func latinSkeleton(en string) string {
	var b strings.Builder
	rs := []rune(digraphs.Replace(strings.ToLower(en)))
	for i, r := range rs {
		c, ok := sounds[r]
		switch {
		case strings.ContainsRune("aeiouyw", r):
			if i == 0 {
				b.WriteByte('a')
			}
			continue
		case r == 'r':
			heard := i+1 < len(rs) && strings.ContainsRune("aeiouy", rs[i+1]) && !(rs[i+1] == 'e' && i+2 == len(rs))
			if !heard {
				continue
			}
			c, ok = 'l', true
		case r == 'h' && i > 0:
			continue
		}
		if s := b.String(); ok && (len(s) == 0 || s[len(s)-1] != c) {
			b.WriteByte(c)
		}
	}
	return b.String()
}
