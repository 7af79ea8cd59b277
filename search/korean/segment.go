package korean

import (
	"sync"

	"github.com/scalebook/scalebook/search/korean/dictionary"
)

// segmenter divides a run of Hangul into morphemes.
type segmenter interface {
	// segment appends the morphemes of run to dst. attached says that a Latin
	// word or number stands directly before the run, so that a particle is
	// to be expected.
	segment(dst []morph, run string, attached bool) []morph
}

// morph is a morpheme of a run.
type morph struct {
	// term is what is indexed; empty means the surface.
	term       string
	start, end int
	content    bool
	// alt marks a compound that stands beside its parts, which follow.
	alt bool
}

// morphemes divides by the compiled dictionary.
type morphemes struct {
	dict *dictionary.Dictionary
	work sync.Pool // of *workspace
}

type workspace struct {
	lattice dictionary.Lattice
	out     []dictionary.Morpheme
}

func newSegmenter(terms []string) (segmenter, error) {
	d, err := dictionary.Default()
	if err != nil {
		return nil, err
	}
	if len(terms) > 0 {
		d = d.With(terms)
	}
	return &morphemes{dict: d, work: sync.Pool{New: func() any { return new(workspace) }}}, nil
}

func (m *morphemes) segment(dst []morph, run string, attached bool) []morph {
	w := m.work.Get().(*workspace)
	defer m.work.Put(w)
	w.out = m.dict.Segment(&w.lattice, w.out[:0], run, attached)
	for _, p := range w.out {
		dst = append(dst, morph{term: p.Term, start: p.Start, end: p.End, content: isContent(p)})
	}
	return dst
}

// isContent reports whether a morpheme is worth indexing: those with meaning,
// without the suffixes that stand with any noun.
func isContent(m dictionary.Morpheme) bool {
	if m.Tag == dictionary.Suffix {
		return m.Term != "들" && m.Term != "님" && m.Term != "적"
	}
	return m.Tag.Content()
}
