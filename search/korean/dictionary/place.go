package dictionary

import _ "embed"

// placeNames are the names of places of two syllables, rising, one after another.
//
//go:embed places.txt
var placeNames string

// IsPlace reports whether a word is the name of a place, of those of two syllables that mecab-ko-dic has: 부산 and 런던.
func IsPlace(word string) bool {
	if len(word) != len("서울") {
		return false
	}
	ok, _ := record(placeNames, len("서울"), word)
	return ok
}
