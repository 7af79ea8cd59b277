package impact

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"unsafe"

	"github.com/scalebook/scalebook/search/korean"
)

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
	// Context is what the document stands under (title, heading), counted at the builder's ContextWeight.
	Context []korean.Token
	// Weight scales what the document's terms are worth, at most 1; 0 means 1.
	Weight float64
}

// BuilderConfig sets up a Builder.
type BuilderConfig struct {
	// Dir is where occurrences overflow to: the folder that the index will be in.
	Dir string
	// ContextWeight is what an occurrence in the context of a document counts against one in its text.
	ContextWeight float32
	// Buffer bounds the bytes of occurrences that each part keeps in memory. 0 means 16 MiB.
	Buffer int
	// Before are the segments that this one comes after, the oldest first; none for the first of an index.
	Before []*Segment
}

// Builder collects documents and writes them as one file. Documents are added to parts, one for each goroutine.
type Builder struct {
	cfg   BuilderConfig
	parts []*Part
}

// NewBuilder returns an empty builder.
func NewBuilder(cfg BuilderConfig) *Builder {
	cfg.Buffer = cmp.Or(cfg.Buffer, 16<<20)
	return &Builder{cfg: cfg}
}

// Close drops what has been added. It is needed whether the file is written or not.
func (b *Builder) Close() {
	for _, p := range b.parts {
		p.spool.close()
	}
}

// Part takes in some of the documents of an index. It is for one goroutine.
type Part struct {
	b     *Builder
	vocab *vocabulary
	spool spool
	// occurrences of terms by the first bits of their key: what is in memory, and where the rest is.
	occurrences [partitions][]byte
	spilled     [partitions][]extent
	// forward holds the tokens of the documents from number kept on; those of earlier ones are in the spool.
	forward  []uint32
	kept     int
	buffered int
	docs     []document
	lost     []document
	whole    []span
	err      error
}

// document is what is known of a document while it waits for the rest.
type document struct {
	number, owner uint32
	part          int
	entity        bool
	weight        float64
	length        [streams]uint32
	// tokens and context are how many numbers of forward are its tokens and its context.
	tokens, context int
	// forward is where its part of forward is, within the piece that was spooled or in memory.
	forward int
	piece   extent
}

// NewPart returns a part that takes in documents. It is not safe for concurrent use, while each part is.
func (b *Builder) NewPart() *Part {
	p := &Part{b: b, vocab: newVocabulary(), spool: spool{dir: b.cfg.Dir}}
	b.parts = append(b.parts, p)
	return p
}

const (
	// partitions divide the keys of terms by their first bits, so that the terms of one fit the processor's cache.
	partitionBits = 8
	partitions    = 1 << partitionBits
	// occurrence is the size of one: its key, and its document with the highest bit saying that it is in the context.
	occurrence = 12
	inContext  = 1 << 31
	// isLost marks the number of a document that is taken out, so that those come behind all others.
	isLost = 1 << 30
)

// Add takes in document number, which is less than 1<<30, above those added to this part before and added to no other. All
// numbers from 0 on have to be added to some part in the end. In an index they come after those of the segments before.
func (p *Part) Add(number uint32, d Document) error {
	info := p.take(number, &d)
	p.docs = append(p.docs, info)
	p.buffered += 4 * (info.tokens + info.context)
	return p.room()
}

// Lose takes a document of the segments before out of the statistics, given as it was added to them. Numbers are as for Add, from 0
// on too, and are given to a part after all that it adds.
func (p *Part) Lose(number uint32, d Document) error {
	info := p.take(number|isLost, &d)
	p.forward = p.forward[:info.forward]
	p.lost = append(p.lost, info)
	return p.room()
}

// room spills what is buffered where it is too much.
func (p *Part) room() error {
	if p.buffered > p.b.cfg.Buffer {
		p.spill()
	}
	return p.err
}

// take notes what is in a document.
func (p *Part) take(number uint32, d *Document) document {
	info := document{number: number &^ isLost, owner: d.Owner, entity: d.Entity, weight: cmp.Or(d.Weight, 1), forward: len(p.forward)}
	p.whole = p.whole[:0]
	for i := range d.Text {
		t := &d.Text[i]
		s := t.Kind.Stream()
		k := keyOf(s, t.Term)
		info.length[s]++
		p.occur(k, number)
		if s == korean.Content {
			p.place(k, t, d.Source, number)
		}
	}
	info.length[Words] = p.addWords(d.Source, number)
	info.tokens = len(p.forward) - info.forward
	for i := range d.Context {
		t := &d.Context[i]
		s := t.Kind.Stream()
		k := keyOf(s, t.Term)
		p.occur(k, number|inContext)
		if s == korean.Content {
			p.forward = append(p.forward, p.vocab.number(k, t.Term))
		}
	}
	info.context = len(p.forward) - info.forward - info.tokens
	return info
}

// occur notes an occurrence of a term.
func (p *Part) occur(k key, doc uint32) {
	to := &p.occurrences[k>>(64-partitionBits)]
	*to = binary.LittleEndian.AppendUint64(*to, uint64(k))
	*to = binary.LittleEndian.AppendUint32(*to, doc)
	p.buffered += occurrence
}

// place appends a content token to the tokens of its document: its term, then its span.
func (p *Part) place(k key, t *korean.Token, source string, doc uint32) {
	n := p.vocab.number(k, t.Term)
	written := source[t.Start:t.End]
	if t.Kind == korean.Latin {
		p.vocab.note(n, written, 1-int32(doc&isLost)>>29)
	}
	if s, ok := spanOf(t.Start, t.End); ok {
		p.forward = append(p.forward, n, uint32(s))
		if len(written) == len(t.Term) && strings.EqualFold(written, t.Term) {
			p.whole = append(p.whole, s)
		}
	}
}

// addWords notes the surface words of a text and returns their number.
func (p *Part) addWords(source string, doc uint32) uint32 {
	n := uint32(0)
	known := p.whole
	for w := range SurfaceWords(source) {
		for len(known) > 0 && known[0].start() < w.Start {
			known = known[1:]
		}
		if len(known) > 0 && known[0].start() == w.Start && known[0].end() == w.End {
			continue
		}
		k := keyOf(Words, w.Text)
		p.vocab.number(k, w.Text)
		p.occur(k, doc)
		n++
	}
	return n
}

// spill moves what is buffered to the spool.
func (p *Part) spill() {
	write := func(b []byte) (e extent) {
		if p.err == nil && len(b) > 0 {
			e, p.err = p.spool.write(b)
		}
		return e
	}
	for i, b := range p.occurrences {
		if len(b) > 0 {
			p.spilled[i] = append(p.spilled[i], write(b))
			p.occurrences[i] = b[:0]
		}
	}
	piece := write(bytesOf(p.forward))
	for i := p.kept; i < len(p.docs); i++ {
		p.docs[i].piece = piece
	}
	p.forward, p.kept, p.buffered = p.forward[:0], len(p.docs), 0
}

// span is a stretch of a text: its start in the high 22 bits, its length in the rest.
type span uint32

const lengthBits = 10

// spanOf packs a span, where it starts within the first 4 MiB of a text and is shorter than 1 KiB.
func spanOf(start, end int) (span, bool) {
	ok := start < 1<<(32-lengthBits) && end-start < 1<<lengthBits
	return span(start<<lengthBits | (end - start)), ok
}

func (s span) start() int { return int(s >> lengthBits) }
func (s span) end() int   { return int(s>>lengthBits) + int(s&(1<<lengthBits-1)) }

// totals are sums over the documents of a collection: passages first, then entities.
type totals struct {
	Docs   [2]int64
	Length [2][streams]int64
}

// add counts a document by times.
func (t *totals) add(d *document, by int64) {
	k := kindOf(d.entity)
	t.Docs[k] += by
	for s, l := range d.length {
		t.Length[k][s] += by * int64(l)
	}
}

// join adds the sums of another part of the collection.
func (t *totals) join(o *totals) {
	for k := range t.Docs {
		t.Docs[k] += o.Docs[k]
		for s := range t.Length[k] {
			t.Length[k][s] += o.Length[k][s]
		}
	}
}

// steps divide a doubling of an average.
const steps = 16

// averages are the mean lengths of each stream over passages, and over entities, as whole numbers of steps above 1. What follows from
// them is right for all collections alike in this, so that a report more or less changes nothing in the postings of the others.
type averages [2][streams]uint8

func (t *totals) averages() (a averages) {
	for k, n := range t.Docs {
		for s, sum := range t.Length[k] {
			if mean := float64(sum) / float64(max(1, n)); mean > 1 {
				a[k][s] = uint8(math.Round(steps * math.Log2(mean)))
			}
		}
	}
	return a
}

// of returns the average that is meant for a stream.
func (a *averages) of(entity bool, stream int) float64 {
	return math.Exp2(float64(a[kindOf(entity)][stream]) / steps)
}

func kindOf(entity bool) int {
	if entity {
		return 1
	}
	return 0
}

// shortest is the length, as a share of the average, below which a text gains nothing more from being short: a caption
// of three words is no better an answer than a paragraph.
const shortest = 0.5

// impactOf is the BM25 weight of a term before its idf, times the document's weight, in Units. norm is the part of it that
// the document's length decides.
func impactOf(tf, norm, weight float32) uint16 {
	w := weight * tf * (K1 + 1) / (tf + norm)
	return uint16(min(65535, max(1, w/Unit+0.5)))
}

// normOf returns K1·(1-B+B·length/average).
func normOf(length, average float64) float64 {
	return K1 * (1 - B + B*max(length, shortest*average)/average)
}

var errNumbers = errors.New("impact: document numbers are not those from 0 on")

// bytesOf returns the memory of s. Only little-endian machines are supported, which the version check of a file written
// elsewhere would catch.
func bytesOf[T uint16 | uint32 | int32 | uint64 | key](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

func stringOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
