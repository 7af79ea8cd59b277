package impact

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sort"
	"strings"
	"unsafe"

	mmap "github.com/blevesearch/mmap-go"

	"github.com/scalebook/scalebook/search/korean"
)

// ErrFormat says that a file is not one that this version of the package reads: of another version, or damaged.
var ErrFormat = errors.New("unreadable impact file")

// Index is an open file. It is safe for concurrent use until Close.
type Index struct {
	h        header
	m        mmap.MMap
	postings []uint32
	forward  []uint32
	owners   []uint32
	fwdOff   []uint32
	keys     []key
	at       []uint32
	count    []uint32
	df       []uint32
	table    []uint32
	textOff  []uint32
	texts    []byte
	surfOff  []uint32
	surfaces []byte
}

// Open maps the file at path, once it has read all of it and found it as it was written.
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
	err = x.read()
	if err == nil {
		err = x.verify(f)
	}
	if err != nil {
		_ = m.Unmap()
		return nil, fmt.Errorf("impact: %s: %w", path, err)
	}
	return x, nil
}

func (x *Index) read() error {
	const known = len(magic) + 4
	if len(x.m) < known || string(x.m[:len(magic)]) != magic {
		return fmt.Errorf("%w: it is something else", ErrFormat)
	}
	if v := binary.LittleEndian.Uint32(x.m[len(magic):]); v != version {
		return fmt.Errorf("%w: its format is %d, that of this program %d", ErrFormat, v, version)
	}
	if len(x.m) < int(unsafe.Sizeof(x.h)) {
		return fmt.Errorf("%w: truncated", ErrFormat)
	}
	if err := binary.Read(bytes.NewReader(x.m), binary.LittleEndian, &x.h); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if x.h.Head != x.h.seal() {
		return fmt.Errorf("%w: its header is damaged", ErrFormat)
	}
	prev := uint64(unsafe.Sizeof(x.h))
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
	x.df = section[uint32](x, secDF)
	x.table = section[uint32](x, secTable)
	x.textOff = section[uint32](x, secTextOff)
	x.texts = section[byte](x, secTexts)
	x.surfOff = section[uint32](x, secSurfOff)
	x.surfaces = section[byte](x, secSurfaces)
	// Sections end where the next begins, up to seven bytes later than their numbers do.
	for _, c := range [...]struct{ have, want int }{
		{len(x.owners), docs}, {len(x.fwdOff), 2*docs + 1}, {len(x.keys), terms}, {len(x.at), terms}, {len(x.count), terms},
		{len(x.df), terms}, {len(x.table), slots(terms)}, {len(x.textOff), int(x.h.Spelled) + 1}, {len(x.surfOff), int(x.h.Content) + 1},
	} {
		if c.have < c.want || c.have > c.want+1 {
			return fmt.Errorf("%w: %d entries of %d", ErrFormat, c.have, c.want)
		}
	}
	x.table = x.table[:slots(terms)]
	return nil
}

// verify compares the sections with their checksum. It reads the file rather than the mapping, whose pages would stay with
// the process.
func (x *Index) verify(f io.ReadSeeker) error {
	if _, err := f.Seek(int64(unsafe.Sizeof(x.h)), io.SeekStart); err != nil {
		return err
	}
	sum := crc32.New(castagnoli)
	if _, err := io.CopyBuffer(sum, struct{ io.Reader }{f}, make([]byte, 1<<18)); err != nil {
		return err
	}
	if sum.Sum32() != x.h.Body {
		return fmt.Errorf("%w: it is damaged", ErrFormat)
	}
	return nil
}

func section[T byte | uint32 | key](x *Index, s int) []T {
	var t T
	n := int(x.h.Offset[s+1]-x.h.Offset[s]) / int(unsafe.Sizeof(t))
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
	n := find(x.table, x.keys, keyOf(s, term))
	return uint32(n), n >= 0
}

// Text returns the text of a content term or surface word. It shares the file's memory: copy it to keep it.
func (x *Index) Text(id uint32) string { return stringOf(x.texts[x.textOff[id]:x.textOff[id+1]]) }

// Surface returns a content term as it is written in a text, which for an English word is more than its stem. It shares
// the file's memory.
func (x *Index) Surface(id uint32) string {
	if b := x.surfaces[x.surfOff[id]:x.surfOff[id+1]]; len(b) > 0 {
		return stringOf(b)
	}
	return x.Text(id)
}

// Terms returns the number of terms of the content stream, whose ids are those below it, in byte order of their texts.
func (x *Index) Terms() int { return int(x.h.Content) }

// DF returns the number of passages that hold a term, entities not counted.
func (x *Index) DF(id uint32) int { return int(x.df[id]) }

// Count returns the number of documents that hold a term, entities too.
func (x *Index) Count(id uint32) int {
	if n := x.count[id]; n&single == 0 {
		return int(n)
	}
	return 1
}

// Postings returns the documents that hold a term, rising, and their impacts. The slices are read-only.
func (x *Index) Postings(id uint32) (docs []uint32, impacts []uint16) {
	if x.count[id]&single != 0 {
		return x.at[id : id+1 : id+1], unsafe.Slice((*uint16)(unsafe.Pointer(&x.count[id])), 1)
	}
	from, n := x.at[id], x.count[id]
	docs = x.postings[from : from+n : from+n]
	return docs, unsafe.Slice((*uint16)(unsafe.Pointer(&x.postings[from+n])), n)
}

// Prefix returns the half-open ranges of content terms and of surface words that start with prefix.
func (x *Index) Prefix(prefix string) (terms, words [2]uint32) {
	return x.prefixed(0, x.Terms(), prefix), x.prefixed(x.Terms(), int(x.h.Spelled), prefix)
}

func (x *Index) prefixed(from, to int, prefix string) [2]uint32 {
	lo := from + sort.Search(to-from, func(i int) bool { return x.Text(uint32(from+i)) >= prefix })
	hi := lo + sort.Search(to-lo, func(i int) bool { return !strings.HasPrefix(x.Text(uint32(lo+i)), prefix) })
	return [2]uint32{uint32(lo), uint32(hi)}
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
	from, to := x.fwdOff[2*doc], x.fwdOff[2*doc+1]
	if from == to {
		return nil
	}
	return unsafe.Slice((*Token)(unsafe.Pointer(&x.forward[from])), (to-from)/2)
}

// Context returns the content terms of what a document stands under, in order. The slice is read-only.
func (x *Index) Context(doc uint32) []uint32 {
	return x.forward[x.fwdOff[2*doc+1]:x.fwdOff[2*doc+2]]
}
