package main

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ikawaha/kagome-dict/dict"
)

// Columns of an entry's features after the part of speech.
const (
	columnMeaning = 0 // 지명 of a place
	columnReading = 2
)

// counted says how often a character is read in a way: within words, which counts first, and at their start, where some
// sounds are written as others.
type counted struct{ within, first map[rune]int }

// readings returns each Chinese character and its commonest reading among the words written in them, one after another in order
// of the characters, as [dictionary.InHangul] looks them up.
func readings(d *dict.Dict) (string, error) {
	counts := map[rune]counted{}
	err := walkKeys(d, func(key []byte, id int) error {
		features := d.Contents[id]
		if len(features) <= columnReading {
			return nil
		}
		surface, reading := []rune(string(key)), []rune(features[columnReading])
		if len(surface) != len(reading) || !hangulOnly(string(reading)) {
			return nil
		}
		for i, r := range surface {
			if !unicode.Is(unicode.Han, r) || utf8.RuneLen(r) != len("가") {
				continue
			}
			if _, ok := counts[r]; !ok {
				counts[r] = counted{map[rune]int{}, map[rune]int{}}
			}
			if i > 0 {
				counts[r].within[reading[i]]++
			} else {
				counts[r].first[reading[i]]++
			}
		}
		return nil
	})
	var b strings.Builder
	for _, r := range slices.Sorted(maps.Keys(counts)) {
		ways := counts[r].within
		if len(ways) == 0 {
			ways = counts[r].first
		}
		b.WriteRune(r)
		b.WriteRune(commonest(ways))
	}
	return b.String(), err
}

// commonest returns the rune with the highest count, of several the first.
func commonest(counts map[rune]int) (best rune) {
	for _, r := range slices.Sorted(maps.Keys(counts)) {
		if best == 0 || counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

// places returns the names of places of two syllables, sorted, one after another, as [dictionary.IsPlace] looks them up.
func places(d *dict.Dict) (string, error) {
	names := map[string]bool{}
	err := walkKeys(d, func(key []byte, id int) error {
		if name := string(key); d.Contents[id][columnMeaning] == "지명" && hangulOnly(name) && len(name) == len("서울") {
			names[name] = true
		}
		return nil
	})
	return strings.Join(slices.Sorted(maps.Keys(names)), ""), err
}
