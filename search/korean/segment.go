package korean

import "github.com/scalebook/scalebook/search/korean/dictionary"

// segmenter divides a run of Hangul into morphemes. It is used by one goroutine
// at a time.
type segmenter interface {
	// segment appends the morphemes of run, before which context stands, to
	// dst.
	segment(dst []morph, run string, context dictionary.Context) []morph
}

// morph is a morpheme of a run.
type morph struct {
	term       string
	start, end int
	content    bool
	// predicate says that it is the stem of a verb or adjective.
	predicate bool
	// tag is its part of speech, and word the number of the word of the dictionary that it is part of.
	tag  dictionary.Tag
	word int
}

// morphemes divides by the compiled dictionary.
type morphemes struct {
	dict    *dictionary.Dictionary
	lattice dictionary.Lattice
	out     []dictionary.Morpheme
}

func (m *morphemes) segment(dst []morph, run string, context dictionary.Context) []morph {
	m.out = m.dict.Segment(&m.lattice, m.out[:0], run, context)
	for _, p := range m.out {
		dst = append(dst, morph{term: p.Term, start: p.Start, end: p.End, content: isContent(p), predicate: isPredicate(p.Tag), tag: p.Tag, word: p.Word})
	}
	return dst
}

func isPredicate(t dictionary.Tag) bool {
	return t == dictionary.Verb || t == dictionary.Adjective || t == dictionary.Auxiliary
}

// isContent reports whether a morpheme is worth indexing: those with meaning,
// without the suffixes that stand with any noun.
func isContent(m dictionary.Morpheme) bool {
	if m.Tag == dictionary.Suffix {
		return m.Term != "들" && m.Term != "님" && m.Term != "적"
	}
	return m.Tag.Content()
}
