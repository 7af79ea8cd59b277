package korean

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/korean/dictionary"
)

// word is the analysis of one eojeol, with offsets and positions that count
// from its start, so that it serves wherever the eojeol occurs. It is packed
// closely, because reading cached words is most of the work of analysing much
// text.
type word struct {
	// terms holds the eojeol itself, in its first size bytes, and after it
	// the terms that don't stand in it.
	terms string
	// tokens are the content tokens and bigrams in order of the text, then
	// the pairs in order of their starts.
	tokens []piece
	size   uint16
	// positions is how many content positions the word takes, syllables how
	// many bigram positions.
	positions, syllables uint16
	// first and last are the numbers in tokens of the content tokens that make
	// pairs with the words before and after, -1 where there is none.
	first, last int16
	// head and tail are the lengths in bytes of the first and last character
	// where they are Hangul or Hanja, which makes a bigram with the word before
	// or after, and 0 otherwise.
	head, tail uint8
	// attached says that the eojeol was taken for the continuation of
	// something before it.
	attached bool
}

// maxWord is the length in bytes at which longer words are cut, so that 16 bits
// count everything in them.
const maxWord = 512

// text returns the eojeol.
func (w *word) text() string { return w.terms[:w.size] }

// term returns the term of p, one of w's tokens.
func (w *word) term(p *piece) string { return w.terms[p.from:p.to] }

// piece is a token of a word.
type piece struct {
	from, to   uint16 // its term, in the word's terms
	start, end uint16
	pos        uint16
	kind       Kind
	// alt marks a content token that stands beside the sequence of parts.
	alt bool
}

// builder makes a word.
type builder struct {
	seg    segmenter
	spell  func(string) string // of Config
	text   string
	terms  []byte
	tokens []piece
	morphs []morph
	word
}

// build analyses text, which is at most maxWord long.
func (b *builder) build(text string, attached bool) *word {
	b.text = text
	b.terms = append(b.terms[:0], text...)
	b.tokens = b.tokens[:0]
	b.word = word{size: uint16(len(text)), first: -1, last: -1, attached: attached}
	for i := 0; i < len(text); {
		class, end := runAt(text, i)
		switch class {
		case hangulRun:
			b.addMorphemes(i, end)
			b.addBigrams(i, end)
		case hanjaRun:
			b.addHanja(i, end)
			b.addBigrams(i, end)
		case alnumRun:
			b.addAlnum(i, end)
		}
		i = end
	}
	b.addPairs()
	b.head, b.tail = ends(text)
	w := b.word
	w.terms = string(b.terms)
	w.tokens = slices.Clone(b.tokens)
	return &w
}

// add appends a content token for text[start:end] and moves to the next
// position.
func (b *builder) add(term string, start, end int, kind Kind) {
	b.addToken(term, start, end, b.positions, kind, false)
	b.positions++
}

// addBeside appends a content token that stands beside the one to come.
func (b *builder) addBeside(term string, start, end int, kind Kind) {
	b.addToken(term, start, end, b.positions, kind, true)
}

func (b *builder) addToken(term string, start, end int, pos uint16, kind Kind, alt bool) {
	p := piece{from: uint16(start), to: uint16(end), start: uint16(start), end: uint16(end), pos: pos, kind: kind, alt: alt}
	if term != b.text[start:end] {
		p.from = uint16(len(b.terms))
		b.terms = append(b.terms, term...)
		p.to = uint16(len(b.terms))
	}
	b.tokens = append(b.tokens, p)
}

// addHanja adds a run of Chinese characters, and beside it the morphemes of what it is in Hangul, so that 半導體 and 반도체 find
// each other.
func (b *builder) addHanja(start, end int) {
	whole := b.text[start:end]
	reading, ok := dictionary.InHangul(whole)
	if ok {
		b.morphs = b.seg.segment(b.morphs[:0], reading, b.context(start))
		ok = slices.ContainsFunc(b.morphs, func(m morph) bool { return m.content })
	}
	if !ok {
		b.add(whole, start, end, Morpheme)
		return
	}
	b.addBeside(whole, start, end, Morpheme)
	b.addContent(start)
}

func (b *builder) addMorphemes(start, end int) {
	b.morphs = b.seg.segment(b.morphs[:0], b.text[start:end], b.context(start))
	b.addContent(start)
}

// addContent adds those of b.morphs that carry meaning, which count from start.
func (b *builder) addContent(start int) {
	for _, m := range b.morphs {
		if m.content {
			b.add(m.term, start+m.start, start+m.end, Morpheme)
		}
	}
}

// context returns what stands before the run at start.
func (b *builder) context(start int) dictionary.Context {
	switch {
	case start > 0 && asciiClassAt(b.text, start-1)&digit != 0:
		return dictionary.AfterNumber
	case start > 0 || b.attached:
		return dictionary.AfterWord
	}
	return dictionary.Space
}

// addBigrams adds the bigrams of the run text[start:end].
func (b *builder) addBigrams(start, end int) {
	prev := -1
	for i := start; i < end; {
		_, size := utf8.DecodeRuneInString(b.text[i:])
		if prev >= 0 {
			b.addBigram(prev, i+size)
		}
		prev = i
		i += size
	}
	if prev == start && start == 0 && end == len(b.text) && !b.attached {
		b.addBigram(start, end)
	}
}

func (b *builder) addBigram(start, end int) {
	b.addToken(b.text[start:end], start, end, b.syllables, Bigram, false)
	b.syllables++
}

// maxUndivided is the length in bytes from which a morpheme is as likely to be
// written in two words, as 인공 지능 is.
const maxUndivided = len("인공지능")

// addPairs adds the pairs within the word. What stands beside its parts, and what
// is long enough to have parts, is a pair too, since the parts written apart make
// one.
func (b *builder) addPairs() {
	n := len(b.tokens)
	prev := -1
	for i := range n {
		p := b.tokens[i]
		switch {
		case p.kind.Stream() != Content:
			continue
		case p.alt:
			b.addPair(string(b.terms[p.from:p.to]), p.start, p.end, p.pos)
			continue
		case prev < 0:
			b.first = int16(i)
		default:
			q := b.tokens[prev]
			b.addPair(string(b.terms[q.from:q.to])+string(b.terms[p.from:p.to]), q.start, p.end, q.pos)
		}
		if term := b.terms[p.from:p.to]; p.kind == Morpheme && len(term) >= maxUndivided {
			b.addPair(string(term), p.start, p.end, p.pos)
		}
		prev = i
		b.last = int16(i)
	}
	slices.SortStableFunc(b.tokens[n:], func(a, b piece) int { return cmp.Compare(a.start, b.start) })
}

func (b *builder) addPair(term string, start, end, pos uint16) {
	for _, p := range b.tokens {
		if p.kind == Pair && p.pos == pos && string(b.terms[p.from:p.to]) == term {
			return
		}
	}
	b.addToken(term, int(start), int(end), pos, Pair, false)
}

// ends returns word.head and word.tail of text.
func ends(text string) (head, tail uint8) {
	if r, n := utf8.DecodeRuneInString(text); classOf(r) != alnumRun {
		head = uint8(n)
	}
	if r, n := utf8.DecodeLastRuneInString(text); classOf(r) != alnumRun {
		tail = uint8(n)
	}
	return head, tail
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
	case r < 0x2E80:
		return alnumRun
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
