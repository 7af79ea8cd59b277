package search

import (
	"cmp"
	"encoding/binary"
	"html"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"github.com/scalebook/scalebook/search/impact"
)

const (
	// maxSnippet is the length of a snippet in characters, ellipses included, marks and escaping not.
	maxSnippet = 240
	// lead is how much of a snippet comes before the first mark, at most.
	lead     = 60
	ellipsis = "…"
)

// highlighter cuts snippets out of passages. It keeps buffers, so it is for one query at a time.
type highlighter struct {
	tokens []impact.Token
	marks  []mark
	// heads are the beginnings of the words that were typed.
	heads []uint32
	// specials are the places in a window of what HTML has to escape, the first of which are escaped.
	specials []int
	escaped  int
}

// mark is a matched stretch of a text, in bytes and in characters.
type mark struct {
	start, end         int
	runeStart, runeEnd int
	term               uint32
	worth              float32
	ascii              bool
	// before is the place plus one of the mark before it of the same term.
	before int
}

// snippet returns the part of a document's text with the most of what was looked for, matches marked. A match that goes
// on as one of the words that were typed is marked to the end of that word.
func (h *highlighter) snippet(imp *impact.Index, doc uint32, text string, p *plan) string {
	h.tokens = imp.Tokens(doc)
	h.marks, h.heads = h.marks[:0], h.heads[:0]
	for _, word := range p.typed {
		h.heads = append(h.heads, head(word))
	}
	for _, t := range h.tokens {
		worth := p.marked.worth(t.Term)
		if worth == 0 || t.End() > len(text) {
			continue
		}
		end, first := t.End(), head(text[t.Start():])
		for i, word := range p.typed {
			if to := t.Start() + len(word); to > end && to <= len(text) && startsAlike(first, h.heads[i]) && strings.EqualFold(text[t.Start():to], word) {
				end = to
			}
		}
		h.marks = append(h.marks, mark{start: t.Start(), end: end, term: t.Term, worth: worth, ascii: text[t.Start()] < utf8.RuneSelf})
	}
	before := len(h.marks)
	h.markPhrases(text, p)
	h.markPrefixes(text, p)
	if len(h.marks) > before {
		slices.SortFunc(h.marks, func(a, b mark) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	}
	h.dropLone()
	return h.render(text)
}

// The heads of texts that start with the first and the last syllable of Hangul.
const firstSyllable, lastSyllable = 0xEAB080, 0xED9EA3

// startsAlike is false where a text with one head can't start with a word of another whatever the case of letters: Hangul syllables,
// with which most texts start, have none.
func startsAlike(text, word uint32) bool {
	return text == word || text < firstSyllable || text > lastSyllable
}

// head returns the first three bytes of a text as a number, 0 where it is shorter.
func head(text string) uint32 {
	if len(text) < 3 {
		return 0
	}
	return uint32(text[0])<<16 | uint32(text[1])<<8 | uint32(text[2])
}

// markPhrases adds the forms of several terms, where all of one stand together.
func (h *highlighter) markPhrases(text string, p *plan) {
	if len(p.phrases) == 0 {
		return
	}
	for i, t := range h.tokens {
		for _, seq := range p.phrases {
			if t.Term != seq[0] {
				continue
			}
			for _, j := range follows(seq[1:], h.tokens, i) {
				if m := h.tokens[j]; m.End() <= len(text) {
					h.marks = append(h.marks, mark{start: m.Start(), end: m.End(), term: m.Term, worth: 1, ascii: text[m.Start()] < utf8.RuneSelf})
				}
			}
		}
	}
}

// markPrefixes adds the beginnings of words that were typed as prefixes, and the whole of a word without Hangul.
func (h *highlighter) markPrefixes(text string, p *plan) {
	for i, prefix := range p.prefixes {
		for w := range impact.SurfaceWords(text) {
			if !strings.HasPrefix(w.Text, prefix) {
				continue
			}
			m := mark{start: w.Start, end: w.End, term: ^uint32(i), worth: 1, ascii: text[w.Start] < utf8.RuneSelf}
			if hasHangul(prefix) && len(w.Text) == w.End-w.Start {
				m.end = w.Start + len(prefix)
			}
			h.marks = append(h.marks, m)
		}
	}
}

// dropLone leaves out marks of one Hangul syllable that touch no other, where there are longer ones: such a syllable is
// as often part of another word.
func (h *highlighter) dropLone() {
	lone := func(m mark) bool { return m.end-m.start <= 3 }
	if !slices.ContainsFunc(h.marks, func(m mark) bool { return !lone(m) }) {
		return
	}
	kept := h.marks[:0]
	before := -1
	for i, m := range h.marks {
		next := i+1 < len(h.marks) && h.marks[i+1].start <= m.end
		if !lone(m) || m.start <= before || next || m.ascii {
			kept = append(kept, m)
		}
		before = max(before, m.end)
	}
	h.marks = kept
}

// plain returns the start of a text, unmarked.
func (h *highlighter) plain(text string) string {
	h.marks = h.marks[:0]
	return h.render(text)
}

// render cuts a window out of text and marks what is in it.
func (h *highlighter) render(text string) string {
	from, to := h.window(text)
	var b strings.Builder
	b.Grow(to - from + 17*len(h.marks) + 2*len(ellipsis))
	if from > 0 {
		b.WriteString(ellipsis)
	}
	h.findSpecials(text, from, to)
	at := from
	for _, m := range merge(h.marks) {
		if m.start < from || m.end > to {
			continue
		}
		h.escape(&b, text, at, m.start)
		b.WriteString("<mark>")
		h.escape(&b, text, m.start, m.end)
		b.WriteString("</mark>")
		at = m.end
	}
	h.escape(&b, text, at, to)
	if to < len(text) {
		b.WriteString(ellipsis)
	}
	return b.String()
}

// findSpecials finds the characters of text[from:to] that mean something in HTML. There are few: to look for each in turn takes a
// fifth of the time of looking at each byte.
func (h *highlighter) findSpecials(text string, from, to int) {
	h.specials, h.escaped = h.specials[:0], 0
	for _, c := range []byte(`<>&'"`) {
		for at := from; ; {
			i := strings.IndexByte(text[at:to], c)
			if i < 0 {
				break
			}
			h.specials = append(h.specials, at+i)
			at += i + 1
		}
	}
	slices.Sort(h.specials)
}

// escape writes text[from:to], all before which is written, with its specials as html.EscapeString writes them.
func (h *highlighter) escape(b *strings.Builder, text string, from, to int) {
	for ; h.escaped < len(h.specials) && h.specials[h.escaped] < to; h.escaped++ {
		i := h.specials[h.escaped]
		b.WriteString(text[from:i])
		b.WriteString(html.EscapeString(text[i : i+1]))
		from = i + 1
	}
	b.WriteString(text[from:to])
}

// merge sorts marks and joins those that touch or overlap. Parts of a word can come behind the words after it.
func merge(marks []mark) []mark {
	slices.SortStableFunc(marks, func(a, b mark) int { return a.start - b.start })
	out := marks[:0]
	for _, m := range marks {
		if n := len(out); n > 0 && m.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, m.end)
			continue
		}
		out = append(out, m)
	}
	return out
}

// window chooses the stretch of text to show: all of it where it fits, else the one whose marks are worth most.
func (h *highlighter) window(text string) (from, to int) {
	// A character is one byte at least and four at most.
	if len(text) <= maxSnippet || len(text) <= maxSnippet*utf8.UTFMax && runes(text) <= maxSnippet {
		return 0, len(text)
	}
	if start := h.bestStart(text); start > 0 {
		from = sentenceStart(text, start)
	}
	room := maxSnippet - 2
	to = advance(text, from, room)
	if to == len(text) {
		return wordStart(text, retreat(text, to, room)), to
	}
	return from, wordEnd(text, from, to)
}

// bestStart returns the mark from which a window holds the most worth. A term that comes again counts an eighth.
func (h *highlighter) bestStart(text string) int {
	at, count := 0, 0
	for i := range h.marks {
		m := &h.marks[i]
		if m.start >= at {
			count += runes(text[at:m.start])
			at = m.start
			m.runeStart = count
		} else {
			m.runeStart = count - runes(text[m.start:at])
		}
		m.runeEnd = m.runeStart + runes(text[m.start:m.end])
	}
	h.link()
	best, start := float32(0), 0
	for i := range h.marks {
		sum, limit := float32(0), h.marks[i].runeStart+maxSnippet-lead
		for j := i; j < len(h.marks) && h.marks[j].runeEnd <= limit; j++ {
			if n := &h.marks[j]; n.before > i {
				sum += n.worth / 8
			} else {
				sum += n.worth
			}
		}
		if sum > best {
			best, start = sum, h.marks[i].start
		}
	}
	return start
}

// link finds the mark before each of the same term.
func (h *highlighter) link() {
	for i := range h.marks {
		m := &h.marks[i]
		m.before = 0
		for j := i - 1; j >= 0; j-- {
			if h.marks[j].term == m.term {
				m.before = j + 1
				break
			}
		}
	}
}

// runes counts the characters of valid UTF-8: the bytes that continue none, eight at a time.
func runes(s string) int {
	const lowest = 0x0101010101010101
	n, rest := len(s), unsafe.Slice(unsafe.StringData(s), len(s))
	for ; len(rest) >= 8; rest = rest[8:] {
		x := binary.LittleEndian.Uint64(rest)
		n -= bits.OnesCount64(x >> 7 &^ (x >> 6) & lowest)
	}
	for _, c := range rest {
		if continues(c) {
			n--
		}
	}
	return n
}

// continues reports whether a byte of UTF-8 continues a character.
func continues(c byte) bool { return c&0xC0 == 0x80 }

// advance returns the offset n characters after from, at most the end of text.
func advance(text string, from, n int) int {
	// The character after so many bytes is at most so many on, so that whole stretches can be counted at once.
	for n > 8 && from+n <= len(text) {
		skipped := runes(text[from : from+n])
		from += n
		n -= skipped
	}
	for ; from < len(text) && continues(text[from]); from++ {
	}
	for ; n > 0 && from < len(text); n-- {
		for from++; from < len(text) && continues(text[from]); from++ {
		}
	}
	return from
}

// retreat returns the offset n characters before to.
func retreat(text string, to, n int) int {
	for n > 8 && n <= to {
		skipped := runes(text[to-n : to])
		to -= n
		n -= skipped
	}
	for ; n > 0 && to > 0; n-- {
		for to--; to > 0 && continues(text[to]); to-- {
		}
	}
	return to
}

// sentenceStart returns where the sentence around at starts, or a word, where the sentence starts too far before.
func sentenceStart(text string, at int) int {
	low := retreat(text, at, lead)
	for i := at; i > low; {
		if first := text[max(0, i-3)]; first >= firstSyllable>>16 && first <= lastSyllable>>16 && i-low >= 3 {
			i -= 3 // a character between these is of three bytes, and no space
			continue
		}
		r, size := utf8.DecodeLastRuneInString(text[:i])
		if unicode.IsSpace(r) && i-size > 0 && strings.IndexByte(".!?", text[i-size-1]) >= 0 {
			return i
		}
		i -= size
	}
	if low == 0 {
		return 0
	}
	return min(at, wordStart(text, retreat(text, at, lead/2)))
}

// wordStart returns the start of the first word after at, or at, where the word is long or the text starts there.
func wordStart(text string, at int) int {
	if at == 0 {
		return 0
	}
	if i := strings.IndexFunc(text[at:], unicode.IsSpace); i >= 0 && i < 60 {
		_, size := utf8.DecodeRuneInString(text[at+i:])
		return at + i + size
	}
	return at
}

// wordEnd returns the end of the last whole word of text[from:to].
func wordEnd(text string, from, to int) int {
	if i := strings.LastIndexFunc(text[from:to], unicode.IsSpace); i > (to-from)*3/4 {
		return from + i
	}
	return to
}
