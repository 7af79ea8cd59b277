package dictionary

import (
	_ "embed"
	"sort"
	"strings"
)

// readings holds each Chinese character, rising, and how it is read, one after another.
//
//go:embed hanja.txt
var readings string

// readingSize is the size of a character with its reading, both of as many bytes.
const readingSize = 2 * len("가")

// InHangul returns how a word in Chinese characters is written in Hangul, 반도체 for 半導體, byte for byte as long as the word. It
// knows the commonest reading of each of some 7,000 characters; ok is false for a word with another.
func InHangul(word string) (reading string, ok bool) {
	if word == "" || len(word)%len("가") != 0 {
		return "", false
	}
	var b strings.Builder
	b.Grow(len(word))
	for i := 0; i < len(word); i += len("가") {
		r := readingOf(word[i : i+len("가")])
		if r == "" {
			return "", false
		}
		if i == 0 {
			b.WriteRune(atStart([]rune(r)[0]))
		} else {
			b.WriteString(r)
		}
	}
	return b.String(), true
}

// readingOf looks a character up, "" where it is none that is known.
func readingOf(character string) string {
	_, reading := record(readings, readingSize, character)
	return reading
}

// record finds a key among records of one size that start with it, rising, and returns whether it is there and what follows it.
func record(records string, size int, key string) (ok bool, rest string) {
	i, ok := sort.Find(len(records)/size, func(i int) int { return strings.Compare(key, records[i*size:][:len(key)]) })
	if !ok {
		return false, ""
	}
	return true, records[i*size+len(key) : (i+1)*size]
}

// atStart writes a syllable the way South Korean spelling does at the start of a word: 녀 as 여, 량 as 양 and 로 as 노.
func atStart(syllable rune) rune {
	const (
		base                   = 0xAC00
		vowels, finals         = 21, 28
		nieun, rieul, silent   = 2, 5, 11
		ya, yeo, ye, yo, yu, i = 2, 6, 7, 12, 17, 20
	)
	index := syllable - base
	lead := index / (vowels * finals)
	if lead != nieun && lead != rieul {
		return syllable
	}
	switch index / finals % vowels {
	case ya, yeo, ye, yo, yu, i:
		lead = silent
	default:
		lead = nieun
	}
	return base + lead*vowels*finals + index%(vowels*finals)
}
