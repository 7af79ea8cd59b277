package dictionary

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
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
// the dictionary, and of any two of them. One of two letters, which others may
// well contain, costs what a common noun does.
const (
	userCost      = -1000
	userShortCost = 1500
)

// With returns a dictionary that also knows words as nouns, other than those that
// it has already. A word with spaces
// inside is known without them, divided where they were, unless one of its parts
// has an ending (무어의 법칙); such of its parts as d doesn't know are nouns too. What
// d already divides into common nouns of two letters or more stays divided, so
// that it is found by its parts. Words that aren't Hangul throughout are left out.
func (d *Dictionary) With(words []string) *Dictionary {
	a := &adder{dict: d, index: map[string]int32{}, parts: make(map[string]part, len(words))}
	a.trie = &userTrie{roots: make([]int32, lastSyllable-firstSyllable+1), next: map[edge]int32{}, form: []int32{-1}}
	// Of several spellings, the one with the most spaces says the most and
	// comes last.
	var split [][]string
	for _, w := range words {
		if w != "" && w[0] >= utf8.RuneSelf {
			split = append(split, strings.Fields(w))
		}
	}
	slices.SortStableFunc(split, func(a, b []string) int { return cmp.Compare(len(a), len(b)) })
	for _, parts := range split {
		a.add(parts)
	}
	with := *d
	with.user = a.trie
	return &with
}

// adder adds words to a trie.
type adder struct {
	dict    *Dictionary
	trie    *userTrie
	index   map[string]int32 // number of each form, by its bytes
	parts   map[string]part  // what has been made of words without spaces, many of which come again and again
	lattice Lattice
	out     []Morpheme
}

// part is a word without spaces, as the dictionary divides it.
type part struct {
	letters []uint16 // nil where it isn't Hangul throughout
	kind    wordKind
	noun    bool // the dictionary has it as one noun
	form    Form
}

func (a *adder) part(text string) part {
	p, ok := a.parts[text]
	if ok {
		return p
	}
	if letters, ok := syllables(text); ok {
		a.out = a.dict.Segment(&a.lattice, a.out[:0], text, Space)
		p = part{letters: letters, kind: kindOf(a.out), noun: len(a.out) == 1 && a.out[0].Tag == Noun}
		if p.kind == ofNouns {
			for _, m := range a.out {
				p.form = append(p.form, Part{Tag: Name, Start: uint8(m.Start / len("가")), End: uint8(m.End / len("가"))})
			}
		} else {
			p.form = Form{{Tag: Name, Start: 0, End: uint8(len(letters))}}
		}
	}
	a.parts[text] = p
	return p
}

// add adds the word that texts make.
func (a *adder) add(texts []string) {
	var whole Form
	var letters []uint16
	inflected, noun := false, false
	for _, text := range texts {
		p := a.part(text)
		if p.letters == nil {
			return
		}
		inflected, noun = inflected || p.kind == withEnding, p.noun
		if len(texts) > 1 && p.kind == unknown && len(p.letters) > 2 {
			a.insert(p.letters, p.form)
		}
		for _, m := range p.form {
			m.Start += uint8(len(letters))
			m.End += uint8(len(letters))
			whole = append(whole, m)
		}
		letters = append(letters, p.letters...)
		if len(letters) > maxWith {
			return
		}
	}
	if len(texts) == 1 && noun {
		// The dictionary's cost weighs it better against what it is part of.
		return
	}
	if len(letters) >= 2 && (len(texts) == 1 || !inflected) {
		a.insert(letters, whole)
	}
}

// maxWith is the greatest length of a word to add, in letters.
const maxWith = 60

// syllables returns the letters of a word of at most maxWith Hangul syllables.
func syllables(word string) ([]uint16, bool) {
	var letters []uint16
	for _, r := range word {
		if r < firstSyllable || r > lastSyllable || len(letters) == maxWith {
			return nil, false
		}
		letters = append(letters, uint16(r))
	}
	return letters, true
}

func (a *adder) insert(letters []uint16, form Form) {
	key := string(AppendForm(nil, form))
	i, seen := a.index[key]
	if !seen {
		i = int32(len(a.dict.forms) + len(a.trie.forms))
		if i >= formUnknown {
			return
		}
		a.index[key] = i
		a.trie.forms = append(a.trie.forms, form)
	}
	a.trie.insert(letters, i)
}

// wordKind is what the dictionary makes of a word by itself.
type wordKind uint8

const (
	unknown    wordKind = iota // pieces that make no sense together
	ofNouns                    // common nouns of two letters or more
	withEnding                 // such nouns with particles, or a stem with endings
	known                      // anything else that makes sense
)

func kindOf(parts []Morpheme) wordKind {
	nouns, rest := 0, 0
	for _, m := range parts {
		long := m.End-m.Start >= len("가나")
		switch {
		case m.Tag == Unknown:
			return unknown
		case rest == 0 && long && m.Tag == Noun:
			nouns++
		case m.Tag.Content() && (nouns > 0 || rest > 0):
			return unknown
		default:
			rest++
		}
	}
	switch {
	case rest == 0:
		return ofNouns
	case len(parts) == 1:
		return known
	}
	return withEnding
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
			cost := int32(userCost)
			if j == i+1 {
				cost = userShortCost
			}
			d.add(l, i, j+1, uint16(d.NounLeft), d.nounRight(l.letters[j]), cost, uint16(f))
		}
		if j++; j == len(l.letters) {
			return
		}
		at = u.next[edge{at, l.letters[j]}]
	}
}
