package korean

import "unsafe"

// writer places analysed words one after another into a token slice and makes
// the pairs across them.
type writer struct {
	dst []Token
	// content and bigram are the positions taken so far in each stream.
	content, bigram int
	// prev is the last content token, which the next word makes a pair with.
	prev    piece
	prevAt  int // offset of its word
	prevPos int
	hasPrev bool
	// arena holds the terms of pairs across words back to back; tokens are
	// pointed at them in finish, once it no longer grows.
	arena []byte
	open  []openTerm
}

// openTerm is a token whose term is arena[start:end].
type openTerm struct{ token, start, end int }

// gap separates the next word from the previous one.
func (w *writer) gap() {
	if w.hasPrev {
		w.content++
		w.bigram++
		w.hasPrev = false
	}
}

// word appends the tokens of one analysed word that starts at offset at.
func (w *writer) word(a *word, at int) {
	if w.hasPrev && a.first >= 0 {
		w.pair(a.tokens[a.first], at)
	}
	for i := range a.tokens {
		p := &a.tokens[i]
		pos := w.content
		if p.kind == Bigram {
			pos = w.bigram
		}
		w.dst = append(w.dst, Token{Term: p.term, Start: at + int(p.start), End: at + int(p.end), Position: pos + int(p.pos) + 1, Kind: p.kind})
	}
	if a.last >= 0 {
		w.prev, w.prevAt, w.hasPrev = a.tokens[a.last], at, true
		w.prevPos = w.content + int(w.prev.pos) + 1
	}
	w.content += a.positions
	w.bigram += a.syllables
}

// pair appends the pair of the previous content token and p, whose word starts
// at offset at.
func (w *writer) pair(p piece, at int) {
	start := len(w.arena)
	w.arena = append(append(w.arena, w.prev.term...), p.term...)
	w.open = append(w.open, openTerm{len(w.dst), start, len(w.arena)})
	w.dst = append(w.dst, Token{Start: w.prevAt + int(w.prev.start), End: at + int(p.end), Position: w.prevPos, Kind: Pair})
}

// finish returns the tokens.
func (w *writer) finish() []Token {
	if len(w.open) > 0 {
		// The arena is never written to again, as a string requires.
		terms := unsafe.String(&w.arena[0], len(w.arena))
		for _, o := range w.open {
			w.dst[o.token].Term = terms[o.start:o.end]
		}
	}
	return w.dst
}
