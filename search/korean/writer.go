package korean

import "unsafe"

// writer places analysed words one after another into a token slice and makes
// the pairs across them.
type writer struct {
	dst []Token
	// content and bigram are the positions taken so far in each stream.
	content, bigram int
	// prev is the last content token, which the next word makes a pair with:
	// its term, start and position; prevPos 0 means that there is none.
	prev      string
	prevStart int
	prevPos   int
	// tail is the last character of the word before, if bigrams are made of
	// it, and tailStart where it is.
	tail      string
	tailStart int
	// arena is where the terms of pairs and bigrams across words are put together.
	arena []byte
}

// gap separates the next word from the previous one.
func (w *writer) gap() {
	if w.prevPos > 0 {
		w.content++
		w.bigram++
		w.prevPos = 0
	}
	w.tail = ""
}

// word appends the tokens of one analysed word that starts at offset at.
func (w *writer) word(a *word, at int) {
	if w.prevPos > 0 && a.first >= 0 {
		p := &a.tokens[a.first]
		w.dst = append(w.dst, Token{Term: w.join(w.prev, a.term(p)), Start: w.prevStart, End: at + int(p.end), Position: w.prevPos, Kind: Pair})
	}
	if w.tail != "" && a.head > 0 {
		w.bigram++
		w.dst = append(w.dst, Token{Term: w.join(w.tail, a.terms[:a.head]), Start: w.tailStart, End: at + int(a.head), Position: w.bigram, Kind: Bigram})
	}
	for i := range a.tokens {
		p := &a.tokens[i]
		pos := w.content
		if p.kind == Bigram {
			pos = w.bigram
		}
		w.dst = append(w.dst, Token{Term: a.term(p), Start: at + int(p.start), End: at + int(p.end), Position: pos + int(p.pos) + 1, Kind: p.kind})
	}
	if a.last >= 0 {
		p := &a.tokens[a.last]
		w.prev, w.prevStart, w.prevPos = a.term(p), at+int(p.start), w.content+int(p.pos)+1
	}
	w.tail, w.tailStart = a.text()[int(a.size)-int(a.tail):], at+int(a.size)-int(a.tail)
	w.content += int(a.positions)
	w.bigram += int(a.syllables)
}

// join returns x and y written together, in memory that many terms share.
func (w *writer) join(x, y string) string {
	n := len(x) + len(y)
	if cap(w.arena)-len(w.arena) < n {
		w.arena = make([]byte, 0, max(1024, n))
	}
	start := len(w.arena)
	w.arena = append(append(w.arena, x...), y...)
	// These bytes are never written again, as a string requires: the arena
	// only grows, and never beyond its capacity.
	return unsafe.String(&w.arena[start], n)
}
