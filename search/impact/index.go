package impact

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"unsafe"

	mmap "github.com/blevesearch/mmap-go"

	"github.com/scalebook/scalebook/search/korean"
)

// ErrFormat says that a file is not one that this version of the package reads.
var ErrFormat = errors.New("unreadable impact file")

// Index is an open file. It is safe for concurrent use until Close.
type Index struct {
	h       header
	m       mmap.MMap
	owners  []uint32
	textOff []uint32
	postOff []uint32
	df      []uint32
	peak    []uint16
	table   []uint32
	docs    []uint32
	impacts []uint16
	fwdOff  []uint32
	forward []byte
	ctxOff  []uint32
	context []uint32
	texts   []byte
	surfOff []uint32
	surface []byte
}

// Open maps the file at path.
func Open(path string) (*Index, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("impact: %w", err)
	}
	defer f.Close()
	m, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("impact: map %s: %w", path, err)
	}
	x := &Index{m: m}
	if err := x.read(); err != nil {
		_ = m.Unmap()
		return nil, fmt.Errorf("impact: %s: %w", path, err)
	}
	return x, nil
}

func (x *Index) read() error {
	if len(x.m) < int(unsafe.Sizeof(x.h)) {
		return fmt.Errorf("%w: too short", ErrFormat)
	}
	if err := binary.Read(bytes.NewReader(x.m), binary.LittleEndian, &x.h); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if string(x.h.Magic[:]) != magic || x.h.Version != version {
		return fmt.Errorf("%w: version %d, not %d", ErrFormat, x.h.Version, version)
	}
	prev := uint64(0)
	for _, o := range x.h.Offset {
		if o < prev || o > uint64(len(x.m)) {
			return fmt.Errorf("%w: truncated", ErrFormat)
		}
		prev = o
	}
	x.owners = section[uint32](x, secOwners, int(x.h.Docs))
	x.textOff = section[uint32](x, secTextOff, int(x.h.Terms)+1)
	x.postOff = section[uint32](x, secPostOff, int(x.h.Terms)+1)
	x.df = section[uint32](x, secDF, int(x.h.Terms))
	x.peak = section[uint16](x, secPeak, int(x.h.Terms))
	x.fwdOff = section[uint32](x, secFwdOff, int(x.h.Docs)+1)
	total := int(x.postOff[x.h.Terms])
	x.docs = section[uint32](x, secDocs, total)
	x.impacts = section[uint16](x, secImpacts, total)
	x.forward = x.m[x.h.Offset[secForward]:x.h.Offset[secCtxOff]]
	x.ctxOff = section[uint32](x, secCtxOff, int(x.h.Docs)+1)
	x.context = section[uint32](x, secContext, int(x.ctxOff[x.h.Docs]))
	x.texts = x.m[x.h.Offset[secTexts]:x.h.Offset[secSurfOff]]
	x.surfOff = section[uint32](x, secSurfOff, int(x.h.Content)+1)
	x.surface = x.m[x.h.Offset[secSurfaces]:x.h.Offset[sections]]
	slots := 16
	for slots < int(x.h.Terms)*2 {
		slots *= 2
	}
	x.table = section[uint32](x, secHash, slots)
	return nil
}

func section[T uint16 | uint32](x *Index, s, n int) []T {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&x.m[x.h.Offset[s]])), n)
}

// Close unmaps the file; nothing obtained from the index may be used afterwards.
func (x *Index) Close() error {
	if err := x.m.Unmap(); err != nil {
		return fmt.Errorf("impact: unmap: %w", err)
	}
	return nil
}

// Docs returns the number of documents.
func (x *Index) Docs() int { return int(x.h.Docs) }

// Units returns the number of documents that count for the statistics.
func (x *Index) Units() int { return int(x.h.Units) }

// Owner returns the owner of a document.
func (x *Index) Owner(doc uint32) uint32 { return x.owners[doc] }

// Lookup returns the id of a term in a stream.
func (x *Index) Lookup(s korean.Stream, term string) (id uint32, ok bool) {
	mask := uint32(len(x.table) - 1)
	for slot := hash(s, term) & mask; x.table[slot] != 0; slot = (slot + 1) & mask {
		id := x.table[slot] - 1
		text := x.texts[x.textOff[id]:x.textOff[id+1]]
		if text[0] == byte(s) && string(text[1:]) == term {
			return id, true
		}
	}
	return 0, false
}

// Text returns the text of a term. It shares the file's memory: copy it to keep it.
func (x *Index) Text(id uint32) string {
	b := x.texts[x.textOff[id]+1 : x.textOff[id+1]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Surface returns a content term as it is written in a text, which for an English word is more than its stem. It shares
// the file's memory.
func (x *Index) Surface(id uint32) string {
	if b := x.surface[x.surfOff[id]:x.surfOff[id+1]]; len(b) > 0 {
		return unsafe.String(unsafe.SliceData(b), len(b))
	}
	return x.Text(id)
}

// Terms returns the number of terms of the content stream, whose ids are those below it, in byte order of their texts.
func (x *Index) Terms() int { return int(x.h.Content) }

// DF returns the number of passages that hold a term, entities not counted.
func (x *Index) DF(id uint32) int { return int(x.df[id]) }

// Peak returns the highest impact of a term.
func (x *Index) Peak(id uint32) uint16 { return x.peak[id] }

// Postings returns the documents that hold a term, rising, and their impacts. The slices are read-only.
func (x *Index) Postings(id uint32) (docs []uint32, impacts []uint16) {
	from, to := x.postOff[id], x.postOff[id+1]
	return x.docs[from:to:to], x.impacts[from:to:to]
}

// Prefix returns the half-open range of content terms that start with prefix.
func (x *Index) Prefix(prefix string) (from, to uint32) {
	n := x.Terms()
	lo := sort.Search(n, func(i int) bool { return x.Text(uint32(i)) >= prefix })
	hi := lo + sort.Search(n-lo, func(i int) bool { return !strings.HasPrefix(x.Text(uint32(lo+i)), prefix) })
	return uint32(lo), uint32(hi)
}

// Token is one content token of a document's text.
type Token struct {
	Term       uint32
	Start, End int
}

// Tokens appends the content tokens of a document's text to dst, in order.
func (x *Index) Tokens(dst []Token, doc uint32) []Token {
	in := x.forward[x.fwdOff[doc]:x.fwdOff[doc+1]]
	at := 0
	for len(in) > 0 {
		term, n := binary.Uvarint(in)
		gap, m := binary.Varint(in[n:])
		length, k := binary.Uvarint(in[n+m:])
		if n <= 0 || m <= 0 || k <= 0 {
			break
		}
		in = in[n+m+k:]
		at += int(gap)
		dst = append(dst, Token{uint32(term), at, at + int(length)})
	}
	return dst
}

// Context returns the content terms of what a document stands under, in order. The slice is read-only.
func (x *Index) Context(doc uint32) []uint32 { return x.context[x.ctxOff[doc]:x.ctxOff[doc+1]] }

// hash is FNV-1a over the stream and the term.
func hash(s korean.Stream, term string) uint32 {
	h := uint32(2166136261)
	h = (h ^ uint32(s)) * 16777619
	for i := 0; i < len(term); i++ {
		h = (h ^ uint32(term[i])) * 16777619
	}
	return h ^ h>>15
}
