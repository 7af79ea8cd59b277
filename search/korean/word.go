package korean

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// word is the analysis of one eojeol, with offsets and positions that count
// from its start, so that it serves wherever the eojeol occurs.
type word struct {
	text   string
	tokens []piece
	// positions is how many content positions the word takes, syllables how
	// many bigram positions.
	positions, syllables int
	// first and last are the indices in tokens of the content tokens that
	// make pairs with the words before and after, -1 where there is none.
	first, last int
}

// piece is a token of a word.
type piece struct {
	term       string
	start, end uint32
	pos        uint32
	kind       Kind
	// alt marks a content token that stands beside the sequence of parts.
	alt bool
}

// analyse does the work that word caches.
func (a *Analyzer) analyse(text string) *word {
	// The word outlives the text it was found in, so it keeps its own copy.
	text = string([]byte(text))
	w := &word{text: text, first: -1, last: -1}
	var morphs []morph
	for i := 0; i < len(text); {
		class, end := runAt(text, i)
		switch class {
		case hangulRun:
			morphs = a.seg.segment(morphs[:0], text[i:end], i > 0)
			w.addMorphs(text, i, morphs)
			w.addBigrams(text, i, end)
		case hanjaRun:
			w.add(piece{term: text[i:end], start: uint32(i), end: uint32(end), kind: Morpheme}, 1)
			w.addBigrams(text, i, end)
		case alnumRun:
			w.addAlnum(text, i, end)
		}
		i = end
	}
	w.addInnerPairs()
	return w
}

// add appends a content token that takes n positions.
func (w *word) add(p piece, n int) {
	p.pos = uint32(w.positions)
	w.tokens = append(w.tokens, p)
	w.positions += n
}

func (w *word) addMorphs(text string, base int, morphs []morph) {
	for _, m := range morphs {
		if !m.content {
			continue
		}
		term := m.term
		if term == "" {
			term = text[base+m.start : base+m.end]
		}
		p := piece{term: term, start: uint32(base + m.start), end: uint32(base + m.end), kind: Morpheme, alt: m.alt}
		n := 1
		if m.alt {
			n = 0
		}
		w.add(p, n)
	}
}

// addBigrams adds the bigrams of the run text[start:end].
func (w *word) addBigrams(text string, start, end int) {
	prev, _ := -1, 0
	n := 0
	for i := start; i < end; {
		_, size := utf8.DecodeRuneInString(text[i:])
		if prev >= 0 {
			w.addBigram(text, prev, i+size)
			n++
		}
		prev = i
		i += size
	}
	if n == 0 && start == 0 && end == len(text) {
		w.addBigram(text, start, end)
	}
}

func (w *word) addBigram(text string, start, end int) {
	w.tokens = append(w.tokens, piece{term: text[start:end], start: uint32(start), end: uint32(end), pos: uint32(w.syllables), kind: Bigram})
	w.syllables++
}

// addInnerPairs adds the pairs within the word, and compounds as pairs of
// their own.
func (w *word) addInnerPairs() {
	content := w.tokens
	prev := -1
	for i, p := range content {
		if p.kind.Stream() != Content {
			continue
		}
		if p.alt {
			w.addPair(p.term, p.start, p.end, p.pos)
			continue
		}
		if prev >= 0 {
			q := content[prev]
			w.addPair(q.term+p.term, q.start, p.end, q.pos)
		} else {
			w.first = i
		}
		prev = i
		w.last = i
	}
	slices.SortStableFunc(w.tokens[len(content):], func(a, b piece) int { return cmp.Compare(a.start, b.start) })
}

func (w *word) addPair(term string, start, end, pos uint32) {
	for _, p := range w.tokens {
		if p.kind == Pair && p.pos == pos && p.term == term {
			return
		}
	}
	w.tokens = append(w.tokens, piece{term: term, start: start, end: end, pos: pos, kind: Pair})
}

type runClass uint8

const (
	hangulRun runClass = iota
	hanjaRun
	alnumRun
)

func classOf(r rune) runClass {
	switch {
	case isHangul(r):
		return hangulRun
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return hanjaRun
	}
	return alnumRun
}

// runAt returns the class and end of the run of one script that starts at i.
func runAt(text string, i int) (runClass, int) {
	r, n := utf8.DecodeRuneInString(text[i:])
	class := classOf(r)
	for i += n; i < len(text); i += n {
		r, n = utf8.DecodeRuneInString(text[i:])
		if classOf(r) != class && !unicode.Is(unicode.Mn, r) {
			break
		}
	}
	return class, i
}
