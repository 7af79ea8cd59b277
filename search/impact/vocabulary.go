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
	// written is how often stemmed terms are written in which way.
	written map[uint32][]form
	arena   []byte
}

// numbered is a slot of an open table that leads from keys to numbers, free where next is 0.
type numbered struct {
	key  key
	next uint32 // the number plus one
}

// form is a way to write a term, in lower case, and how often it is written so.
type form struct {
	text string
	n    int32
}

func newVocabulary() *vocabulary {
	return &vocabulary{table: make([]numbered, 1024), written: map[uint32][]form{}}
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

// note counts how a stemmed term is written.
func (v *vocabulary) note(n uint32, written string, by int32) {
	v.written[n] = addForm(v.written[n], written, by)
}

func addForm(forms []form, written string, by int32) []form {
	for i := range forms {
		if forms[i].text == written {
			forms[i].n += by
			return forms
		}
	}
	lower := strings.ToLower(written)
	for i := range forms {
		if forms[i].text == lower {
			forms[i].n += by
			return forms
		}
	}
	return append(forms, form{strings.Clone(lower), by})
}

// spelled is a vocabulary in its final order: content terms by their texts, then surface words by theirs. Places in it are
// the ids of the terms.
type spelled struct {
	keys    []key
	texts   []string
	written [][]form // of content terms
	content int
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
	for _, t := range terms {
		k := keyAt(t)
		n := len(s.keys)
		if n == 0 || s.keys[n-1] != k {
			s.keys = append(s.keys, k)
			s.texts = append(s.texts, textAt(t))
			n++
		}
		ids[t.part][t.number] = uint32(n - 1)
		if k.stream() == korean.Content {
			if s.content = n; n > len(s.written) {
				s.written = append(s.written, nil)
			}
			for _, f := range all[t.part].written[t.number] {
				s.written[n-1] = addForm(s.written[n-1], f.text, f.n)
			}
		}
	}
	for i, forms := range s.written {
		slices.SortFunc(forms, func(a, b form) int { return strings.Compare(a.text, b.text) })
		s.written[i] = forms
	}
	return s, ids
}
