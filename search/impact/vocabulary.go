package impact

import (
	"slices"
	"strings"

	"github.com/scalebook/scalebook/search/korean"
)

// vocabulary collects the terms that keep their text, each under a number in order of coming.
type vocabulary struct {
	table []numbered // by key
	keys  []key
	texts []string
	// surfaces are stemmed terms as they are first written: in the document with the lowest number.
	surfaces map[uint32]surface
	arena    []byte
}

// numbered is a slot of an open table that leads from keys to numbers, free where next is 0.
type numbered struct {
	key  key
	next uint32 // the number plus one
}

type surface struct {
	doc  uint32
	text string
}

func newVocabulary() *vocabulary {
	return &vocabulary{table: make([]numbered, 1024), surfaces: map[uint32]surface{}}
}

// number returns the number of a term, which it copies where it is new.
func (v *vocabulary) number(k key, term string) uint32 {
	at := slotOf(v.table, k)
	if at.next > 0 {
		return at.next - 1
	}
	n := uint32(len(v.keys))
	*at = numbered{k, n + 1}
	v.keys = append(v.keys, k)
	v.texts = append(v.texts, v.keep(term))
	if slots(len(v.keys)) > len(v.table) {
		v.table = make([]numbered, 2*len(v.table))
		for n, k := range v.keys {
			*slotOf(v.table, k) = numbered{k, uint32(n) + 1}
		}
	}
	return n
}

// slotOf returns the slot of a key, or the free one where it belongs.
func slotOf(table []numbered, k key) *numbered {
	for i := k.slot(len(table)); ; i = (i + 1) & (len(table) - 1) {
		if s := &table[i]; s.key == k && s.next > 0 || s.next == 0 {
			return s
		}
	}
}

// keep copies a text to memory that many share.
func (v *vocabulary) keep(s string) string {
	if cap(v.arena)-len(v.arena) < len(s) {
		v.arena = make([]byte, 0, max(1<<16, len(s)))
	}
	at := len(v.arena)
	v.arena = append(v.arena, s...)
	return stringOf(v.arena[at:])
}

// note remembers how a stemmed term is written in a document.
func (v *vocabulary) note(n, doc uint32, written string) {
	if s, known := v.surfaces[n]; known && s.doc <= doc {
		return
	}
	v.surfaces[n] = surface{doc, strings.ToLower(written)}
}

// spelled is a vocabulary in its final order: content terms by their texts, then surface words by theirs. Places in it are
// the ids of the terms.
type spelled struct {
	keys     []key
	texts    []string
	surfaces []string // of content terms, empty where written as the term is
	content  int
}

// merge joins vocabularies and returns, for each of them, the id of each of its numbers.
func merge(all []*vocabulary) (s spelled, ids [][]uint32) {
	type term struct {
		part, number uint32
	}
	var terms []term
	for p, v := range all {
		for n := range v.keys {
			terms = append(terms, term{uint32(p), uint32(n)})
		}
	}
	keyAt := func(t term) key { return all[t.part].keys[t.number] }
	textAt := func(t term) string { return all[t.part].texts[t.number] }
	slices.SortFunc(terms, func(a, b term) int {
		if x, y := keyAt(a).stream(), keyAt(b).stream(); x != y {
			return int(x) - int(y)
		}
		return strings.Compare(textAt(a), textAt(b))
	})
	ids = make([][]uint32, len(all))
	for p, v := range all {
		ids[p] = make([]uint32, len(v.keys))
	}
	var first []surface
	for _, t := range terms {
		k := keyAt(t)
		n := len(s.keys)
		if n == 0 || s.keys[n-1] != k {
			s.keys = append(s.keys, k)
			s.texts = append(s.texts, textAt(t))
			first = append(first, surface{})
			n++
		}
		ids[t.part][t.number] = uint32(n - 1)
		if k.stream() == korean.Content {
			s.content = n
			if f, ok := all[t.part].surfaces[t.number]; ok && (first[n-1].text == "" || f.doc < first[n-1].doc) {
				first[n-1] = f
			}
		}
	}
	s.surfaces = make([]string, s.content)
	for i := range s.surfaces {
		if first[i].text != s.texts[i] {
			s.surfaces[i] = first[i].text
		}
	}
	return s, ids
}
