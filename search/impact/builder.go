package impact

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unsafe"

	"github.com/scalebook/scalebook/search/korean"
)

// streams is the number of token streams, each a field with its own statistics.
const streams = 3

// Document is what a Builder takes in: the analysed parts of one passage or entity.
type Document struct {
	// Owner groups documents: the report that a passage belongs to.
	Owner uint32
	// Entity keeps the document out of the collection's statistics, so that a glossary of thousands of short entries
	// changes neither the idf of a word nor the average length of a passage.
	Entity bool
	// Source is the text that the offsets of Text refer to.
	Source string
	// Text is what is shown and highlighted.
	Text []korean.Token
	// Context is what the document stands under (title, heading), counted at ContextWeight.
	Context       []korean.Token
	ContextWeight float32
	// Weight scales what the document's terms are worth, at most 1; 0 means 1.
	Weight float64
}

// Builder collects documents and writes them as one file. It is not safe for concurrent use.
type Builder struct {
	ids     [streams]map[string]uint32
	terms   []termInfo
	entries []entry
	docs    []docInfo
	forward []byte
	fwdOff  []uint32
	context []uint32
	ctxOff  []uint32
	recent  []recentTerm
}

// recentTerm is a term by the address of its text.
type recentTerm struct {
	at     *byte
	length int
	stream korean.Stream
	id     uint32
}

// recentTerms is a prime, so that addresses spread.
const recentTerms = 32749

type termInfo struct {
	text   string
	stream korean.Stream
	// surface is a stemmed term as it is first written.
	surface string
	last    uint32 // index in entries of the newest occurrence, plus one
}

type entry struct {
	term, doc uint32
	tf        float32
}

type docInfo struct {
	owner  uint32
	entity bool
	weight float64
	length [streams]uint32
}

// NewBuilder returns an empty builder.
func NewBuilder() *Builder {
	b := &Builder{fwdOff: []uint32{0}, ctxOff: []uint32{0}, recent: make([]recentTerm, recentTerms)}
	for i := range b.ids {
		b.ids[i] = make(map[string]uint32)
	}
	return b
}

// Len returns the number of documents added.
func (b *Builder) Len() int { return len(b.docs) }

// Add appends a document; its number is the count of those before it.
func (b *Builder) Add(d Document) {
	doc := uint32(len(b.docs))
	info := docInfo{owner: d.Owner, entity: d.Entity, weight: cmp.Or(d.Weight, 1)}
	at := 0
	for _, t := range d.Text {
		id := b.count(doc, t, 1)
		if t.Kind == korean.Latin && b.terms[id].surface == "" {
			b.terms[id].surface = strings.ToLower(d.Source[t.Start:t.End])
		}
		s := t.Kind.Stream()
		info.length[s]++
		if s == korean.Content {
			b.forward = appendForward(b.forward, id, t.Start-at, t.End-t.Start)
			at = t.Start
		}
	}
	for _, t := range d.Context {
		id := b.count(doc, t, d.ContextWeight)
		if t.Kind.Stream() == korean.Content {
			b.context = append(b.context, id)
		}
	}
	b.ctxOff = append(b.ctxOff, uint32(len(b.context)))
	b.fwdOff = append(b.fwdOff, uint32(len(b.forward)))
	b.docs = append(b.docs, info)
}

// count adds weight to the frequency of t's term in doc and returns the term's provisional id.
func (b *Builder) count(doc uint32, t korean.Token, weight float32) uint32 {
	id := b.id(t)
	info := &b.terms[id]
	if info.last > 0 && b.entries[info.last-1].doc == doc {
		b.entries[info.last-1].tf += weight
		return id
	}
	b.entries = append(b.entries, entry{id, doc, weight})
	info.last = uint32(len(b.entries))
	return id
}

// id returns the provisional id of a token's term.
//
// An analyzer gives the terms of a word that comes again as the same strings, so that their addresses tell most of them
// without a hash of the text. The cache keeps what it points to alive: an address stands for one text.
func (b *Builder) id(t korean.Token) uint32 {
	s := t.Kind.Stream()
	if s == korean.Pairs || len(t.Term) == 0 {
		return b.intern(s, t.Term)
	}
	at := unsafe.StringData(t.Term)
	r := &b.recent[(uintptr(unsafe.Pointer(at))^uintptr(s)<<7)%uintptr(len(b.recent))]
	if r.at != at || r.length != len(t.Term) || r.stream != s {
		*r = recentTerm{at, len(t.Term), s, b.intern(s, t.Term)}
	}
	return r.id
}

// intern looks a term up, or enters it.
func (b *Builder) intern(s korean.Stream, term string) uint32 {
	id, known := b.ids[s][term]
	if !known {
		id = uint32(len(b.terms))
		text := strings.Clone(term)
		b.ids[s][text] = id
		b.terms = append(b.terms, termInfo{text: text, stream: s})
	}
	return id
}

// averages returns the mean length of each stream over passages, and over entities.
func (b *Builder) averages() (passages, entities [streams]float64) {
	var n [2]float64
	var sum [2][streams]float64
	for _, d := range b.docs {
		k := 0
		if d.entity {
			k = 1
		}
		n[k]++
		for s, l := range d.length {
			sum[k][s] += float64(l)
		}
	}
	mean := func(k int) (m [streams]float64) {
		for s := range m {
			m[s] = math.Max(1, sum[k][s]/math.Max(1, n[k]))
		}
		return m
	}
	return mean(0), mean(1)
}

// order returns the final id of each provisional one: content terms first, sorted, so that the terms with a common
// prefix are a range of ids.
func (b *Builder) order() (final []uint32, content int) {
	sorted := make([]uint32, 0, len(b.ids[korean.Content]))
	rest := make([]uint32, 0, len(b.terms)-len(b.ids[korean.Content]))
	for id, t := range b.terms {
		if t.stream == korean.Content {
			sorted = append(sorted, uint32(id))
		} else {
			rest = append(rest, uint32(id))
		}
	}
	slices.SortFunc(sorted, func(x, y uint32) int { return strings.Compare(b.terms[x].text, b.terms[y].text) })
	final = make([]uint32, len(b.terms))
	for i, id := range append(sorted, rest...) {
		final[id] = uint32(i)
	}
	return final, len(b.ids[korean.Content])
}

// shortest is the length, as a share of the average, below which a text gains nothing more from being short: a caption
// of three words is no better an answer than a paragraph.
const shortest = 0.5

// impactOf is the BM25 weight of a term before its idf, times the document's weight, in Units.
func impactOf(tf, length, average, weight float64) uint16 {
	length = max(length, shortest*average)
	w := weight * tf * (K1 + 1) / (tf + K1*(1-B+B*length/average))
	return uint16(min(65535, max(1, math.Round(w/Unit))))
}
