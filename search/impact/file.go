package impact

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"unsafe"

	"github.com/scalebook/scalebook/search/korean"
)

// The file is a header, then sections of little-endian numbers, each at a multiple of eight bytes:
//
//	header    magic, version, counts, and the offset of each section
//	owners    uint32 per document
//	textOff   uint32 per term and one: where its text starts in texts
//	postOff   uint32 per term and one: where its postings start in docs and impacts
//	df        uint32 per term: passages that hold it, entities left out
//	peak      uint16 per term: its highest impact
//	hash      uint32 per slot: term id plus one, open addressing
//	docs      uint32 per posting, rising within a term
//	impacts   uint16 per posting
//	fwdOff    uint32 per document and one: where its tokens start in forward
//	forward   varints per content token: term, start after the previous start, length
//	ctxOff    uint32 per document and one: where its context starts in context
//	context   uint32 per content token of the context: term
//	texts     a stream byte and the text, per term
//	surfOff   uint32 per content term and one: where its surface starts in surfaces
//	surfaces  how a stemmed term is written in full, empty where the term itself is
const (
	secOwners = iota
	secTextOff
	secPostOff
	secDF
	secPeak
	secHash
	secDocs
	secImpacts
	secFwdOff
	secForward
	secCtxOff
	secContext
	secTexts
	secSurfOff
	secSurfaces
	sections
)

type header struct {
	Magic   [8]byte
	Version uint32
	Docs    uint32
	Terms   uint32
	Content uint32 // terms of the content stream, which come first and are sorted
	Units   uint32 // documents that count for the statistics
	_       uint32
	Offset  [sections + 1]uint64
}

func appendForward(dst []byte, term uint32, gap, length int) []byte {
	dst = binary.AppendUvarint(dst, uint64(term))
	// Parts of a word follow its whole, so a start may lie before the last one.
	dst = binary.AppendVarint(dst, int64(gap))
	return binary.AppendUvarint(dst, uint64(length))
}

// WriteFile writes what was added to a new file at path and syncs it. The builder is spent afterwards.
func (b *Builder) WriteFile(path string) error {
	var h header
	copy(h.Magic[:], magic)
	h.Version = version
	h.Docs = uint32(len(b.docs))
	h.Terms = uint32(len(b.terms))
	final, content := b.order()
	h.Content = uint32(content)

	var data [sections][]byte
	owners := make([]uint32, len(b.docs))
	for i, d := range b.docs {
		owners[i] = d.owner
		if !d.entity {
			h.Units++
		}
	}
	data[secOwners] = bytesOf(owners)
	b.fillPostings(&data, final)
	b.fillTerms(&data, final)
	data[secFwdOff] = bytesOf(b.fwdOff)
	data[secForward] = b.forward
	b.renumberForward(&data, final)
	for i, id := range b.context {
		b.context[i] = final[id]
	}
	data[secCtxOff], data[secContext] = bytesOf(b.ctxOff), bytesOf(b.context)

	at := uint64(unsafe.Sizeof(h))
	for i, d := range data {
		at = (at + 7) &^ 7
		h.Offset[i] = at
		at += uint64(len(d))
	}
	h.Offset[sections] = at
	return writeSections(path, h, data)
}

func writeSections(path string, h header, data [sections][]byte) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("impact: %w", err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = binary.Write(w, binary.LittleEndian, h)
	at := uint64(unsafe.Sizeof(h))
	for i, d := range data {
		if err != nil {
			break
		}
		if pad := h.Offset[i] - at; pad > 0 {
			_, err = w.Write(make([]byte, pad))
		}
		if err == nil {
			_, err = w.Write(d)
		}
		at = h.Offset[i] + uint64(len(d))
	}
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("impact: write %s: %w", path, err)
	}
	return nil
}

// fillPostings lays the postings out by term, documents rising, with a counting sort.
func (b *Builder) fillPostings(data *[sections][]byte, final []uint32) {
	n := len(b.terms)
	off := make([]uint32, n+1)
	df := make([]uint32, n)
	peak := make([]uint16, n)
	for _, e := range b.entries {
		off[final[e.term]+1]++
	}
	for i := range n {
		off[i+1] += off[i]
	}
	next := make([]uint32, n)
	copy(next, off)
	docs := make([]uint32, len(b.entries))
	impacts := make([]uint16, len(b.entries))
	passages, entities := b.averages()
	for _, e := range b.entries {
		id := final[e.term]
		d := &b.docs[e.doc]
		average := passages
		if d.entity {
			average = entities
		} else {
			df[id]++
		}
		s := b.terms[e.term].stream
		imp := impactOf(float64(e.tf), float64(d.length[s]), average[s], d.weight)
		at := next[id]
		next[id]++
		docs[at], impacts[at] = e.doc, imp
		peak[id] = max(peak[id], imp)
	}
	data[secPostOff], data[secDF], data[secPeak] = bytesOf(off), bytesOf(df), bytesOf(peak)
	data[secDocs], data[secImpacts] = bytesOf(docs), bytesOf(impacts)
}

// fillTerms lays out the texts and the hash table that leads to them.
func (b *Builder) fillTerms(data *[sections][]byte, final []uint32) {
	n := len(b.terms)
	place := make([]uint32, n)
	for id, f := range final {
		place[f] = uint32(id)
	}
	off := make([]uint32, n+1)
	var texts, surfaces []byte
	surfOff := []uint32{0}
	size := 16
	for size < n*2 {
		size *= 2
	}
	table := make([]uint32, size)
	for f, id := range place {
		t := b.terms[id]
		texts = append(texts, byte(t.stream))
		texts = append(texts, t.text...)
		off[f+1] = uint32(len(texts))
		if t.stream == korean.Content {
			if t.surface != t.text {
				surfaces = append(surfaces, t.surface...)
			}
			surfOff = append(surfOff, uint32(len(surfaces)))
		}
		slot := hash(t.stream, t.text) & uint32(size-1)
		for table[slot] != 0 {
			slot = (slot + 1) & uint32(size-1)
		}
		table[slot] = uint32(f) + 1
	}
	data[secTextOff], data[secTexts], data[secHash] = bytesOf(off), texts, bytesOf(table)
	data[secSurfOff], data[secSurfaces] = bytesOf(surfOff), surfaces
}

// renumberForward rewrites the token list with final term ids.
func (b *Builder) renumberForward(data *[sections][]byte, final []uint32) {
	out := make([]byte, 0, len(b.forward)+len(b.forward)/8)
	off := make([]uint32, len(b.fwdOff))
	for d := range b.docs {
		in := b.forward[b.fwdOff[d]:b.fwdOff[d+1]]
		for len(in) > 0 {
			id, n := binary.Uvarint(in)
			gap, m := binary.Varint(in[n:])
			length, k := binary.Uvarint(in[n+m:])
			in = in[n+m+k:]
			out = appendForward(out, final[id], int(gap), int(length))
		}
		off[d+1] = uint32(len(out))
	}
	data[secForward], data[secFwdOff] = out, bytesOf(off)
}

// bytesOf returns the memory of s. Only little-endian machines are supported, which the version check of a file written
// elsewhere would catch.
func bytesOf[T uint16 | uint32](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}
