package impact

import (
	"cmp"
	"errors"
	"slices"
	"sort"
	"strings"
	"unsafe"

	"github.com/scalebook/scalebook/search/korean"
)

// Index is segments that follow each other, read as one, without the documents of earlier ones that later ones took out. It answers
// as one segment of the documents that are left would, but for ids and numbers. It is safe for concurrent use as long as its
// segments are open.
type Index struct {
	segments []*Segment
	dead     []Range // ends of lost documents, rising
	owners   [][]uint32
	totals   totals
}

// Range is numbers of documents from From up to To.
type Range struct{ From, To uint32 }

// IndexConfig is what an index is made of.
type IndexConfig struct {
	// Segments follow each other: each was built with those before it.
	Segments []*Segment
	// Lost are the documents that were lost, in any order.
	Lost []Range
	// Owners are, by segment, what the owners that documents were added with are called in the index; nil where they are called so.
	Owners [][]uint32
}

// NewIndex returns an index of open segments.
func NewIndex(cfg IndexConfig) (*Index, error) {
	x := &Index{segments: cfg.Segments, owners: cfg.Owners}
	doc, term := uint32(0), uint32(0)
	for i, s := range cfg.Segments {
		if s.h.FirstDoc != doc || s.h.FirstTerm != term || s.h.Averages != cfg.Segments[0].h.Averages || (i > 0) != (len(s.global) > 0 || s.h.Terms == 0 && i > 0) {
			return nil, errors.Join(ErrFormat, errors.New("impact: segments don't follow each other"))
		}
		doc, term = s.NextDoc(), s.nextTerm()
		x.totals.join(&s.h.Totals)
	}
	lost := slices.SortedFunc(slices.Values(cfg.Lost), func(a, b Range) int { return cmp.Compare(a.From, b.From) })
	for _, r := range lost {
		switch n := len(x.dead); {
		case r.From >= r.To || r.To > doc:
			return nil, errors.Join(ErrFormat, errors.New("impact: lost documents that there are none of"))
		case n > 0 && x.dead[n-1].To >= r.From:
			x.dead[n-1].To = max(x.dead[n-1].To, r.To)
		default:
			x.dead = append(x.dead, r)
		}
	}
	return x, nil
}

// Docs returns the number of documents.
func (x *Index) Docs() int { return int(x.totals.Docs[0] + x.totals.Docs[1]) }

// Units returns the number of documents that count for the statistics.
func (x *Index) Units() int { return int(x.totals.Docs[0]) }

// Numbers returns the number above those of all documents. There are numbers below it that no document has.
func (x *Index) Numbers() int {
	if len(x.segments) == 0 {
		return 0
	}
	return int(x.segments[len(x.segments)-1].NextDoc())
}

// holder returns the place of the segment that a document is in. Nearly all are in the first.
func (x *Index) holder(doc uint32) int {
	i := 0
	for doc >= x.segments[i].NextDoc() {
		i++
	}
	return i
}

// Owner returns the owner of a document.
func (x *Index) Owner(doc uint32) uint32 {
	i := x.holder(doc)
	o := x.segments[i].Owner(doc)
	if x.owners == nil {
		return o
	}
	return x.owners[i][o]
}

// Lookup returns the id of a term in a stream.
func (x *Index) Lookup(s korean.Stream, term string) (id uint32, ok bool) {
	k := keyOf(s, term)
	n := 0
	for _, s := range x.segments {
		if place := s.find(k); place >= 0 {
			id = s.id(place)
			if n += s.many(place); len(x.segments) == 1 {
				break
			}
		}
	}
	return id, n > 0
}

// origin returns the segment that a term came with, and its place in it.
func (x *Index) origin(id uint32) (*Segment, int) {
	for _, s := range x.segments {
		if id < s.nextTerm() {
			if len(s.global) == 0 {
				return s, int(id)
			}
			return s, int(s.fresh[id-s.h.FirstTerm])
		}
	}
	panic("impact: unknown term")
}

// each calls f with the segments that have a term and its places in them.
func (x *Index) each(id uint32, f func(s *Segment, place int)) {
	first, at := x.origin(id)
	k, after := first.keys[at], false
	for _, s := range x.segments {
		switch {
		case s == first:
			f(s, at)
			after = true
		case after:
			if place := s.find(k); place >= 0 {
				f(s, place)
			}
		}
	}
}

// Hash returns what a term is known by in every index.
func (x *Index) Hash(id uint32) uint64 {
	s, at := x.origin(id)
	return uint64(s.keys[at])
}

// Text returns the text of a content term or surface word. It shares the files' memory: copy it to keep it.
func (x *Index) Text(id uint32) string {
	s, at := x.origin(id)
	return s.text(at)
}

// DF returns the number of passages that hold a term, entities not counted.
func (x *Index) DF(id uint32) int {
	if len(x.segments) == 1 {
		return int(x.segments[0].df[id])
	}
	n := 0
	x.each(id, func(s *Segment, place int) { n += int(s.df[place]) })
	return n
}

// Count returns the number of documents that hold a term, entities too.
func (x *Index) Count(id uint32) int {
	if len(x.segments) == 1 {
		return x.segments[0].many(int(id))
	}
	n := 0
	x.each(id, func(s *Segment, place int) { n += s.many(place) })
	return n
}

// Run is documents that hold a term, rising, and their impacts. The slices are read-only.
type Run struct {
	Docs    []uint32
	Impacts []uint16
}

// Runs appends the postings of a term to runs, documents rising from run to run.
func (x *Index) Runs(runs []Run, id uint32) []Run {
	if len(x.segments) == 1 {
		return append(runs, x.segments[0].run(int(id)))
	}
	x.each(id, func(s *Segment, place int) {
		if r := s.run(place); len(r.Docs) > 0 {
			runs = x.living(runs, r, s)
		}
	})
	return runs
}

// RunsWithLost appends the postings of a term as Runs does, but with those of documents that were lost: one run a segment.
func (x *Index) RunsWithLost(runs []Run, id uint32) []Run {
	if len(x.segments) == 1 {
		return append(runs, x.segments[0].run(int(id)))
	}
	x.each(id, func(s *Segment, place int) {
		if r := s.run(place); len(r.Docs) > 0 {
			runs = append(runs, r)
		}
	})
	return runs
}

// Lost returns the documents that were lost, rising. The slice is read-only.
func (x *Index) Lost() []Range { return x.dead }

// living appends what is left of a run of a segment without its lost documents.
func (x *Index) living(runs []Run, r Run, s *Segment) []Run {
	from, _ := slices.BinarySearchFunc(x.dead, s.h.FirstDoc, func(d Range, doc uint32) int { return cmp.Compare(d.To, doc+1) })
	for _, d := range x.dead[from:] {
		if d.From >= s.NextDoc() || len(r.Docs) == 0 {
			break
		}
		start := gallop(r.Docs, d.From)
		if start > 0 {
			runs = append(runs, Run{r.Docs[:start:start], r.Impacts[:start:start]})
		}
		end := start + gallop(r.Docs[start:], d.To)
		r = Run{r.Docs[end:], r.Impacts[end:]}
	}
	if len(r.Docs) > 0 {
		runs = append(runs, r)
	}
	return runs
}

// Impact returns that of a term on a document, where it holds it.
func (x *Index) Impact(id, doc uint32) (impact uint16, ok bool) {
	in := x.segments[x.holder(doc)]
	x.each(id, func(s *Segment, place int) {
		if s == in {
			r := s.run(place)
			if i, found := slices.BinarySearch(r.Docs, doc); found {
				impact, ok = r.Impacts[i], true
			}
		}
	})
	return impact, ok
}

// gallop returns the place of the first document from doc on. What is near the beginning is found soonest.
func gallop(docs []uint32, doc uint32) int {
	low, high, step := 0, 0, 1
	for high < len(docs) && docs[high] < doc {
		low, high, step = high+1, high+step, 2*step
	}
	high = min(high, len(docs))
	n, _ := slices.BinarySearch(docs[low:high], doc)
	return low + n
}

// Prefix returns at most limit of the content terms, and of the surface words, that start with prefix, in byte order.
func (x *Index) Prefix(prefix string, limit int) (terms, words []uint32) {
	x.spelled(korean.Content, prefix, func(id uint32, _ string) bool { terms = append(terms, id); return len(terms) < limit })
	x.spelled(Words, prefix, func(id uint32, _ string) bool { words = append(words, id); return len(words) < limit })
	return terms, words
}

// Term is a content term of an index.
type Term struct {
	ID uint32
	// Surface is the way that it is written in most often, the shortest of several, which for an English word is more than its stem.
	Surface string
}

// Terms calls f with each content term, in byte order of their texts. What it is given shares the files' memory.
func (x *Index) Terms(f func(Term)) {
	var forms []form
	x.spelled(korean.Content, "", func(id uint32, text string) bool {
		forms = forms[:0]
		x.each(id, func(s *Segment, place int) {
			s.forms(place, func(written string, n int) { forms = addForm(forms, written, int32(n)) })
		})
		t, most := Term{id, text}, int32(0)
		for _, w := range forms {
			if c := cmp.Or(cmp.Compare(w.n, most), cmp.Compare(len(t.Surface), len(w.text)), strings.Compare(t.Surface, w.text)); w.n > 0 && c > 0 {
				t.Surface, most = w.text, w.n
			}
		}
		f(t)
		return true
	})
}

// spelled calls f with the terms of a stream that start with prefix, in byte order, until it returns false.
func (x *Index) spelled(stream korean.Stream, prefix string, f func(id uint32, text string) bool) {
	type cursor struct {
		*Segment
		at, end int
	}
	var cursors []cursor
	for _, s := range x.segments {
		from, to := 0, int(s.h.Content)
		if stream == Words {
			from, to = to, int(s.h.Spelled)
		}
		from += sort.Search(to-from, func(i int) bool { return s.text(from+i) >= prefix })
		if from < to {
			cursors = append(cursors, cursor{s, from, to})
		}
	}
	for {
		least := -1
		for i, c := range cursors {
			if c.at < c.end && (least < 0 || c.text(c.at) < cursors[least].text(cursors[least].at)) {
				least = i
			}
		}
		if least < 0 {
			return
		}
		text, k := cursors[least].text(cursors[least].at), cursors[least].keys[cursors[least].at]
		if !strings.HasPrefix(text, prefix) {
			return
		}
		id, many := uint32(0), 0
		for i := range cursors {
			if c := &cursors[i]; c.at < c.end && c.keys[c.at] == k {
				id = c.id(c.at)
				many += c.many(c.at)
				c.at++
			}
		}
		if many > 0 && !f(id, text) {
			return
		}
	}
}

// Token is one content token of a document's text.
type Token struct {
	Term uint32
	span span
}

// Start and End are the bytes of the text that the token stands for.
func (t Token) Start() int { return t.span.start() }

// End is where the token ends.
func (t Token) End() int { return t.span.end() }

// Tokens returns the content tokens of a document's text, in order. The slice is read-only.
func (x *Index) Tokens(doc uint32) []Token {
	s := x.segments[x.holder(doc)]
	doc -= s.h.FirstDoc
	from, to := s.fwdOff[2*doc], s.fwdOff[2*doc+1]
	if from == to {
		return nil
	}
	tokens := unsafe.Slice((*Token)(unsafe.Pointer(&s.forward[from])), (to-from)/2)
	if len(s.global) == 0 {
		return tokens
	}
	tokens = slices.Clone(tokens)
	for i := range tokens {
		tokens[i].Term = s.global[tokens[i].Term]
	}
	return tokens
}

// Context returns the content terms of what a document stands under, in order. The slice is read-only.
func (x *Index) Context(doc uint32) []uint32 {
	s := x.segments[x.holder(doc)]
	doc -= s.h.FirstDoc
	terms := s.forward[s.fwdOff[2*doc+1]:s.fwdOff[2*doc+2]]
	if len(s.global) == 0 {
		return terms
	}
	terms = slices.Clone(terms)
	for i := range terms {
		terms[i] = s.global[terms[i]]
	}
	return terms
}
