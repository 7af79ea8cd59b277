package impact

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"unsafe"

	mmap "github.com/blevesearch/mmap-go"
)

// ErrFormat says that a file is not one that this version of the package reads: of another version, or damaged.
var ErrFormat = errors.New("unreadable impact file")

// Segment is an open file: some of the documents of an index, and what it takes from the segments before it. It is safe for
// concurrent use until Close.
type Segment struct {
	h        header
	f        *os.File
	m        mmap.MMap
	postings []uint32
	forward  []uint32
	owners   []uint32
	fwdOff   []uint32
	keys     []key
	at       []uint32
	count    []uint32
	df       []int32
	net      []int32
	global   []uint32
	fresh    []uint32
	table    []uint32
	textOff  []uint32
	texts    []byte
	surfOff  []uint32
	surfaces []byte
}

// OpenSegment maps the file at path. Whoever answers from it asks it to Verify first.
func OpenSegment(path string) (*Segment, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("impact: %w", err)
	}
	m, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("impact: map %s: %w", path, err), f.Close())
	}
	x := &Segment{f: f, m: m}
	if err := x.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("impact: %s: %w", path, err), x.Close())
	}
	return x, nil
}

func (x *Segment) read() error {
	const known = len(magic) + 4
	if len(x.m) < known || string(x.m[:len(magic)]) != magic {
		return fmt.Errorf("%w: it is something else", ErrFormat)
	}
	if v := binary.LittleEndian.Uint32(x.m[len(magic):]); v != version {
		return fmt.Errorf("%w: its format is %d, that of this program %d", ErrFormat, v, version)
	}
	if len(x.m) < headerSize {
		return fmt.Errorf("%w: truncated", ErrFormat)
	}
	if err := binary.Read(bytes.NewReader(x.m), binary.LittleEndian, &x.h); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if x.h.Head != x.h.seal() {
		return fmt.Errorf("%w: its header is damaged", ErrFormat)
	}
	prev := uint64(headerSize)
	for i, o := range x.h.Offset {
		if o < prev || o > uint64(len(x.m)) || o%8 != 0 && i < sections {
			return fmt.Errorf("%w: truncated", ErrFormat)
		}
		prev = o
	}
	docs, terms := int(x.h.Docs), int(x.h.Terms)
	x.postings = section[uint32](x, secPostings)
	x.forward = section[uint32](x, secForward)
	x.owners = section[uint32](x, secOwners)
	x.fwdOff = section[uint32](x, secFwdOff)
	x.keys = section[key](x, secKeys)
	x.at = section[uint32](x, secAt)
	x.count = section[uint32](x, secCount)
	x.df = section[int32](x, secDF)
	x.net = section[int32](x, secNet)
	x.global = section[uint32](x, secGlobal)
	x.fresh = section[uint32](x, secFresh)
	x.table = section[uint32](x, secTable)
	x.textOff = section[uint32](x, secTextOff)
	x.texts = section[byte](x, secTexts)
	x.surfOff = section[uint32](x, secSurfOff)
	x.surfaces = section[byte](x, secSurfaces)
	fresh := int(x.h.Fresh)
	if x.h.Entries == 0 {
		fresh = 0 // all of a first segment, which lists none
	}
	// Sections end where the next begins, up to seven bytes later than their numbers do.
	for _, c := range [...]struct{ have, want int }{
		{len(x.owners), docs}, {len(x.fwdOff), 2*docs + 1}, {len(x.keys), terms}, {len(x.at), terms}, {len(x.count), terms},
		{len(x.df), terms}, {len(x.net), int(x.h.Entries)}, {len(x.global), int(x.h.Entries)}, {len(x.fresh), fresh},
		{len(x.table), slots(terms)}, {len(x.textOff), int(x.h.Spelled) + 1}, {len(x.surfOff), int(x.h.Content) + 1},
	} {
		if c.have < c.want || c.have > c.want+1 {
			return fmt.Errorf("%w: %d entries of %d", ErrFormat, c.have, c.want)
		}
	}
	x.table = x.table[:slots(terms)]
	return nil
}

// Verify compares the sections with their checksum. It reads the file rather than the mapping, whose pages would stay with
// the process.
func (x *Segment) Verify() error {
	sum := crc32.New(castagnoli)
	if _, err := io.CopyBuffer(sum, struct{ io.Reader }{io.NewSectionReader(x.f, int64(headerSize), int64(len(x.m)))}, make([]byte, 1<<18)); err != nil {
		return fmt.Errorf("impact: %s: %w", x.f.Name(), err)
	}
	if sum.Sum32() != x.h.Body {
		return fmt.Errorf("impact: %s: %w: it is damaged", x.f.Name(), ErrFormat)
	}
	return nil
}

func section[T byte | uint32 | int32 | key](x *Segment, s int) []T {
	var t T
	n := int(x.h.Offset[s+1]-x.h.Offset[s]) / int(unsafe.Sizeof(t))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&x.m[x.h.Offset[s]])), n)
}

// Close unmaps the file; nothing obtained from the segment may be used afterwards.
func (x *Segment) Close() error {
	if err := errors.Join(x.m.Unmap(), x.f.Close()); err != nil {
		return fmt.Errorf("impact: unmap: %w", err)
	}
	return nil
}

// Sum returns the checksum of the segment.
func (x *Segment) Sum() uint32 { return x.h.Body }

// Docs returns the number of documents in the segment, lost ones too.
func (x *Segment) Docs() int { return int(x.h.Docs) }

// FirstDoc and NextDoc are the numbers, in the index, of its first document and of the first of the segment after it.
func (x *Segment) FirstDoc() uint32 { return x.h.FirstDoc }

// NextDoc is where the numbers of the segment end.
func (x *Segment) NextDoc() uint32 { return x.h.FirstDoc + x.h.Docs }

func (x *Segment) nextTerm() uint32 { return x.h.FirstTerm + x.h.Fresh }

// Owner returns the owner that a document, by its number in the index, was added with.
func (x *Segment) Owner(doc uint32) uint32 { return x.owners[doc-x.h.FirstDoc] }

// find returns the place of a key, -1 where the segment doesn't have it.
func (x *Segment) find(k key) int { return find(x.table, x.keys, k) }

// id returns the id in the index of the term at a place.
func (x *Segment) id(place int) uint32 {
	if len(x.global) == 0 {
		return uint32(place)
	}
	return x.global[place]
}

// many returns how many more documents hold the term at a place than before.
func (x *Segment) many(place int) int {
	if len(x.net) > 0 {
		return int(x.net[place])
	}
	if n := x.count[place]; n&single == 0 {
		return int(n)
	}
	return 1
}

// run returns the postings of the term at a place.
func (x *Segment) run(place int) Run {
	if x.count[place]&single != 0 {
		return Run{x.at[place : place+1 : place+1], unsafe.Slice((*uint16)(unsafe.Pointer(&x.count[place])), 1)}
	}
	from, n := x.at[place], x.count[place]
	if n == 0 {
		return Run{}
	}
	docs := x.postings[from : from+n : from+n]
	return Run{docs, unsafe.Slice((*uint16)(unsafe.Pointer(&x.postings[from+n])), n)}
}

// text returns the text of the spelled term at a place.
func (x *Segment) text(place int) string {
	return stringOf(x.texts[x.textOff[place]:x.textOff[place+1]])
}

// forms calls f with the ways that the content term at a place is written in.
func (x *Segment) forms(place int, f func(text string, n int)) {
	b := x.surfaces[x.surfOff[place]:x.surfOff[place+1]]
	for len(b) > 0 {
		n, size := binary.Varint(b)
		length, more := binary.Uvarint(b[max(size, 0):])
		b = b[max(size, 0)+max(more, 0):]
		if size <= 0 || more <= 0 || length > uint64(len(b)) {
			return
		}
		f(stringOf(b[:length]), int(n))
		b = b[length:]
	}
}

// lookup returns the id of a key in some segments.
func lookup(segments []*Segment, k key) (id uint32, ok bool) {
	for _, s := range segments {
		if place := s.find(k); place >= 0 {
			return s.id(place), true
		}
	}
	return 0, false
}
