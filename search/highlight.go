package search

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/impact"
)

// maxSnippet is the length of a snippet in characters, ellipses included, marks and escaping not.
const maxSnippet = 240

// lead is how much of a snippet comes before the first mark, at most.
const lead = 60

const ellipsis = "…"

// highlighter cuts snippets out of passages. It keeps buffers, so it is for one query at a time.
type highlighter struct {
	tokens []impact.Token
	marks  []mark
	seen   map[uint32]bool
}

// mark is a matched stretch of a text, in bytes.
type mark struct {
	start, end int
	term       uint32
	worth      float32
}

// snippet returns the part of a document's text with the most of what was looked for, matches marked.
//
// A match that goes on as one of the words that were typed is marked to the end of that word.
func (h *highlighter) snippet(imp *impact.Index, doc uint32, text string, p *plan) string {
	h.tokens = imp.Tokens(h.tokens[:0], doc)
	h.marks = h.marks[:0]
	for _, t := range h.tokens {
		if w, ok := p.marked[t.Term]; ok && t.End <= len(text) {
			end := t.End
			for _, word := range p.typed {
				if len(word) > end-t.Start && len(word) <= len(text)-t.Start && strings.EqualFold(text[t.Start:t.Start+len(word)], word) {
					end = t.Start + len(word)
				}
			}
			h.marks = append(h.marks, mark{t.Start, end, t.Term, w})
		}
	}
	return h.render(text)
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
	b.Grow(to - from + 64)
	if from > 0 {
		b.WriteString(ellipsis)
	}
	at := from
	for _, m := range merge(h.marks) {
		if m.start < from || m.end > to {
			continue
		}
		b.WriteString(html.EscapeString(text[at:m.start]))
		b.WriteString("<mark>")
		b.WriteString(html.EscapeString(text[m.start:m.end]))
		b.WriteString("</mark>")
		at = m.end
	}
	b.WriteString(html.EscapeString(text[at:to]))
	if to < len(text) {
		b.WriteString(ellipsis)
	}
	return b.String()
}

// merge joins marks that touch or overlap. They come in order of their starts, but for parts behind their whole.
func merge(marks []mark) []mark {
	out := marks[:0]
	for _, m := range marks {
		if n := len(out); n > 0 && m.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, m.end)
			out[n-1].start = min(out[n-1].start, m.start)
			continue
		}
		out = append(out, m)
	}
	return out
}

// window chooses the stretch of text to show: all of it where it fits, else the one whose marks are worth most.
func (h *highlighter) window(text string) (from, to int) {
	if utf8.RuneCountInString(text) <= maxSnippet {
		return 0, len(text)
	}
	start := h.bestStart(text)
	from = 0
	if start > 0 {
		from = sentenceStart(text, start)
	}
	room := maxSnippet - 2
	to = advance(text, from, room)
	if to == len(text) {
		from = wordStart(text, retreat(text, to, room))
		return from, to
	}
	return from, wordEnd(text, from, to)
}

// bestStart returns the mark from which a window holds the most worth of different terms.
func (h *highlighter) bestStart(text string) int {
	best, at := float32(0), 0
	if h.seen == nil {
		h.seen = map[uint32]bool{}
	}
	for i, m := range h.marks {
		end := advance(text, m.start, maxSnippet-lead)
		clear(h.seen)
		sum := float32(0)
		for _, n := range h.marks[i:] {
			if n.end > end {
				break
			}
			if !h.seen[n.term] {
				h.seen[n.term] = true
				sum += n.worth
			} else {
				sum += n.worth / 8
			}
		}
		if sum > best {
			best, at = sum, m.start
		}
	}
	return at
}

// advance returns the offset n characters after from, at most the end of text.
func advance(text string, from, n int) int {
	for ; n > 0 && from < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[from:])
		from += size
	}
	return from
}

// retreat returns the offset n characters before to.
func retreat(text string, to, n int) int {
	for ; n > 0 && to > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:to])
		to -= size
	}
	return to
}

// sentenceStart returns where the sentence around at starts, or the word, where the sentence starts too far before.
func sentenceStart(text string, at int) int {
	low := retreat(text, at, lead)
	for i := at; i > low; {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		if unicode.IsSpace(r) && i-size > 0 && strings.ContainsRune(".!?。", rune(text[i-size-1])) {
			return i
		}
		i -= size
	}
	if low == 0 {
		return 0
	}
	return wordStart(text, retreat(text, at, lead/2))
}

// wordStart returns the start of the first word at or after at.
func wordStart(text string, at int) int {
	if at == 0 {
		return 0
	}
	if i := strings.IndexFunc(text[at:], unicode.IsSpace); i >= 0 && i < 40 {
		return at + i + 1
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
