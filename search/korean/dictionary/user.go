package dictionary

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// userTrie holds the words that a caller adds.
type userTrie struct {
	next  map[edge]int32
	form  []int32 // form of the word that ends at a node, or -1
	forms []Form
}

type edge struct {
	node   int32
	letter uint16
}

// userCost is the cost of a caller's word: below that of almost all words of
// the dictionary, and of any two of them.
const userCost = -1000

// With returns a dictionary that also knows words as nouns. A word with spaces
// inside is known without them, divided where they were. Words that aren't
// Hangul throughout are left out.
func (d *Dictionary) With(words []string) *Dictionary {
	u := &userTrie{next: map[edge]int32{}, form: []int32{-1}}
	index := map[string]int32{}
	// Of several spellings, the one with the most spaces says the most and
	// comes last.
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b string) int {
		return cmp.Compare(len(strings.Fields(a)), len(strings.Fields(b)))
	})
	for _, w := range words {
		f, letters, ok := userForm(w)
		if !ok {
			continue
		}
		key := string(AppendForm(nil, f))
		i, seen := index[key]
		if !seen {
			if len(d.forms)+len(u.forms) >= math.MaxUint16 {
				break
			}
			i = int32(len(d.forms) + len(u.forms))
			index[key] = i
			u.forms = append(u.forms, f)
		}
		u.insert(letters, i)
	}
	with := *d
	with.user = u
	return &with
}

// userForm returns the form of a word and its letters without spaces.
func userForm(word string) (Form, []uint16, bool) {
	var f Form
	var letters []uint16
	for _, part := range strings.Fields(word) {
		start := len(letters)
		for _, r := range part {
			if r < 0xAC00 || r > 0xD7A3 {
				return nil, nil, false
			}
			letters = append(letters, uint16(r))
		}
		f = append(f, Part{Tag: Name, Start: uint8(start), End: uint8(len(letters))})
	}
	return f, letters, len(letters) >= 2 && len(letters) <= math.MaxUint8
}

func (u *userTrie) insert(letters []uint16, form int32) {
	at := int32(0)
	for _, l := range letters {
		n, ok := u.next[edge{at, l}]
		if !ok {
			n = int32(len(u.form))
			u.form = append(u.form, -1)
			u.next[edge{at, l}] = n
		}
		at = n
	}
	u.form[at] = form
}

func (u *userTrie) expand(d *Dictionary, l *Lattice, i int) {
	at, ok := int32(0), false
	for j := i; j < len(l.letters); j++ {
		if at, ok = u.next[edge{at, l.letters[j]}]; !ok {
			return
		}
		if f := u.form[at]; f >= 0 {
			d.add(l, i, j+1, uint16(d.NounLeft), d.nounRight(l.letters[j]), userCost, uint16(f))
		}
	}
}
