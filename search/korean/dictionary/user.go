package dictionary

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// userTrie holds the words that a caller adds.
type userTrie struct {
	// roots leads from a syllable to the node of the words that start with it,
	// or 0; next leads on.
	roots []int32
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
// inside is known without them, divided where they were, and one that d already
// divides into common nouns of two letters or more stays divided, so that it is found by
// its parts. Words that aren't Hangul throughout are left out, as are those of which
// a part has a particle (무어의 법칙).
func (d *Dictionary) With(words []string) *Dictionary {
	u := &userTrie{roots: make([]int32, lastSyllable-firstSyllable+1), next: map[edge]int32{}, form: []int32{-1}}
	index := map[string]int32{}
	// Of several spellings, the one with the most spaces says the most and
	// comes last.
	split := make([][]string, len(words))
	for i, w := range words {
		split[i] = strings.Fields(w)
	}
	slices.SortStableFunc(split, func(a, b []string) int { return cmp.Compare(len(a), len(b)) })
	var l Lattice
	for _, parts := range split {
		f, letters := d.userForm(&l, parts)
		if f == nil {
			continue
		}
		key := string(AppendForm(nil, f))
		i, seen := index[key]
		if !seen {
			if len(d.forms)+len(u.forms) >= formUnknown {
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

// userForm returns the form of a word and its letters without spaces, or nothing
// where it can't be added.
func (d *Dictionary) userForm(l *Lattice, parts []string) (Form, []uint16) {
	var letters []uint16
	var f Form
	var out []Morpheme
	for _, part := range parts {
		start := len(letters)
		for _, r := range part {
			if r < firstSyllable || r > lastSyllable {
				return nil, nil
			}
			letters = append(letters, uint16(r))
		}
		if len(letters) > math.MaxUint8 {
			return nil, nil
		}
		out = d.Segment(l, out[:0], part, false)
		switch {
		case len(parts) > 1 && slices.ContainsFunc(out, func(m Morpheme) bool { return m.Tag == Particle }):
			return nil, nil
		case len(out) > 1 && !slices.ContainsFunc(out, func(m Morpheme) bool { return !m.longNoun() }):
			for _, m := range out {
				f = append(f, Part{Tag: Name, Start: uint8(start + m.Start/len("가")), End: uint8(start + m.End/len("가"))})
			}
		default:
			f = append(f, Part{Tag: Name, Start: uint8(start), End: uint8(len(letters))})
		}
	}
	if len(letters) < 2 {
		return nil, nil
	}
	return f, letters
}

// longNoun reports whether m is a common noun of two letters or more.
func (m *Morpheme) longNoun() bool {
	return m.Tag == Noun && m.End-m.Start >= len("가나")
}

func (u *userTrie) insert(letters []uint16, form int32) {
	root := &u.roots[letters[0]-firstSyllable]
	if *root == 0 {
		*root = u.newNode()
	}
	at := *root
	for _, l := range letters[1:] {
		n, ok := u.next[edge{at, l}]
		if !ok {
			n = u.newNode()
			u.next[edge{at, l}] = n
		}
		at = n
	}
	u.form[at] = form
}

func (u *userTrie) newNode() int32 {
	u.form = append(u.form, -1)
	return int32(len(u.form) - 1)
}

// expand adds every caller's word that starts at letter i.
func (u *userTrie) expand(d *Dictionary, l *Lattice, i int) {
	if l.letters[i] < firstSyllable || l.letters[i] > lastSyllable {
		return
	}
	for j, at := i, u.roots[l.letters[i]-firstSyllable]; at > 0; {
		if f := u.form[at]; f >= 0 {
			d.add(l, i, j+1, uint16(d.NounLeft), d.nounRight(l.letters[j]), userCost, uint16(f))
		}
		if j++; j == len(l.letters) {
			return
		}
		at = u.next[edge{at, l.letters[j]}]
	}
}
