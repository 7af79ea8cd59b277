package impact

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sync/errgroup"
)

// The file is a header, then sections of little-endian numbers, each at a multiple of eight bytes:
//
//	header    magic, version, counts, sums, and the offset of each section
//	postings  per term of several: a uint32 per document, rising; a uint16 per impact; up to the next multiple of four
//	forward   per document: per content token a Token, then the content terms of its context, a uint32 each
//	owners    uint32 per document
//	fwdOff    two uint32 per document and one: where its tokens and its context start in forward, in uint32s
//	keys      uint64 per term: its hash
//	at        uint32 per term: where its postings start, in uint32s; of a single one, its document
//	count     uint32 per term: how many it has; of a single one, its impact, with the highest bit set
//	df        int32 per term: passages that hold it, entities left out, less the lost ones
//	net       int32 per term: documents that hold it, less the lost ones; empty where none is lost
//	global    uint32 per term: its id in the index; empty in a first segment, where that is its place
//	fresh     uint32 per term that no segment before has: its place
//	table     uint32 per slot: place of a term plus one, open addressing by key
//	textOff   uint32 per spelled term and one: where its text starts in texts
//	texts     the texts of content terms, sorted, then those of surface words, sorted
//	surfOff   uint32 per content term and one: where its forms start in surfaces
//	surfaces  how stemmed terms are written: of each way, how much more often it is than before, its length, and its text
//
// Terms stand at places: content terms, then surface words, each sorted by their texts, then the others. Of a first segment the places
// are the ids. A segment that comes after others numbers what they don't have on from their ids, and its documents from theirs. A term
// of which only lost documents are told has no posting.
const (
	secPostings = iota
	secForward
	secOwners
	secFwdOff
	secKeys
	secAt
	secCount
	secDF
	secNet
	secGlobal
	secFresh
	secTable
	secTextOff
	secTexts
	secSurfOff
	secSurfaces
	sections
)

type header struct {
	Magic               [8]byte
	Version             uint32
	Docs                uint32
	Terms               uint32
	Content             uint32 // terms of the content stream, which come first
	Spelled             uint32 // content terms and surface words, which come next
	FirstDoc, FirstTerm uint32 // number and id from which it goes on
	Fresh               uint32 // terms that no segment before has
	Entries             uint32 // of section net
	Totals              totals // less what is lost
	Averages            averages
	Offset              [sections + 1]uint64
	Body                uint32 // CRC-32C of all that follows the header
	Head                uint32 // and of the header up to here
}

// headerSize is the size of a header in a file, which has no padding.
var headerSize = binary.Size(header{})

// castagnoli is CRC-32C, which processors have an instruction for.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal returns the checksum of a header's other fields.
func (h header) seal() uint32 {
	h.Head = 0
	sum := crc32.New(castagnoli)
	_ = binary.Write(sum, binary.LittleEndian, h) // a sum takes all
	return sum.Sum32()
}

// single marks the count of a term with one posting.
const single = 1 << 31

// output is a file being written section by section.
type output struct {
	w  *bufio.Writer
	at uint64
	h  header
}

func (o *output) write(b []byte) error {
	o.at += uint64(len(b))
	o.h.Body = crc32.Update(o.h.Body, castagnoli, b)
	_, err := o.w.Write(b)
	return err
}

// section starts the next section.
func (o *output) section(s int) error {
	var zero [8]byte
	err := o.write(zero[:(8-o.at&7)&7])
	o.h.Offset[s] = o.at
	return err
}

func (o *output) whole(s int, b []byte) error {
	if err := o.section(s); err != nil {
		return err
	}
	return o.write(b)
}

// WriteFile writes what was added to a new file at path and syncs it. The builder is spent afterwards.
func (b *Builder) WriteFile(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("impact: %w", err)
	}
	err = b.writeTo(f)
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

func (b *Builder) writeTo(f io.WriteSeeker) error {
	o := &output{w: bufio.NewWriterSize(f, 1<<20)}
	copy(o.h.Magic[:], magic)
	o.h.Version = version
	docs, err := b.documents(false)
	if err != nil {
		return err
	}
	lost, err := b.documents(true)
	if err != nil {
		return err
	}
	if err := b.open(&o.h, docs, lost); err != nil {
		return err
	}
	vocabularies := make([]*vocabulary, len(b.parts))
	for i, p := range b.parts {
		vocabularies[i] = p.vocab
	}
	known, ids := merge(vocabularies)
	o.h.Docs, o.h.Content, o.h.Spelled = uint32(len(docs)), uint32(known.content), uint32(len(known.keys))
	if err := o.write(make([]byte, headerSize)); err != nil {
		return err
	}
	o.h.Body = 0
	stats := statisticsOf(docs, lost, &o.h.Averages, o.h.FirstDoc)
	terms, err := b.writePostings(o, &stats, known.keys)
	if err != nil {
		return err
	}
	if err := b.writeForward(o, docs, ids); err != nil {
		return err
	}
	if err := terms.write(o, b.cfg.Before); err != nil {
		return err
	}
	if err := known.write(o); err != nil {
		return err
	}
	o.h.Offset[sections] = o.at
	if err := o.w.Flush(); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	o.h.Head = o.h.seal()
	return binary.Write(f, binary.LittleEndian, o.h)
}

// ErrAverages says that with what was added the average lengths of the collection are others than those that the postings before were
// weighed by, so that a first segment of all documents has to be built instead.
var ErrAverages = errors.New("impact: the average lengths are others than before")

// open says in the header what the segment goes on from, and what it adds to the sums.
func (b *Builder) open(h *header, docs, lost []document) error {
	for i := range docs {
		h.Totals.add(&docs[i], 1)
	}
	for i := range lost {
		h.Totals.add(&lost[i], -1)
	}
	all := h.Totals
	for _, s := range b.cfg.Before {
		all.join(&s.h.Totals)
	}
	h.Averages = all.averages()
	if n := len(b.cfg.Before); n > 0 {
		last := b.cfg.Before[n-1]
		if h.FirstDoc, h.FirstTerm = last.NextDoc(), last.nextTerm(); h.Averages != last.h.Averages {
			return ErrAverages
		}
	}
	return nil
}

// documents returns the documents of all parts by number, those that were added or those that are lost.
func (b *Builder) documents(lost bool) ([]document, error) {
	n := 0
	of := func(p *Part) []document {
		if lost {
			return p.lost
		}
		return p.docs
	}
	for _, p := range b.parts {
		if p.err != nil {
			return nil, p.err
		}
		n += len(of(p))
	}
	docs := make([]document, n)
	for i, p := range b.parts {
		for _, d := range of(p) {
			if int(d.number) >= n || docs[d.number].weight != 0 {
				return nil, errNumbers
			}
			d.part = i
			docs[d.number] = d
		}
	}
	return docs, nil
}

// termTables are the sections with an element per term.
type termTables struct {
	keys      []key
	at, count []uint32
	df, net   []int32
}

func (t *termTables) write(o *output, before []*Segment) error {
	o.h.Terms = uint32(len(t.keys))
	table := tableOf(t.keys, slots(len(t.keys)))
	var global, fresh []uint32
	if len(before) > 0 {
		global = make([]uint32, len(t.keys))
		for i, k := range t.keys {
			id, known := lookup(before, k)
			if !known {
				id = o.h.FirstTerm + uint32(len(fresh))
				fresh = append(fresh, uint32(i))
			}
			global[i] = id
		}
		o.h.Fresh, o.h.Entries = uint32(len(fresh)), uint32(len(t.net))
	} else {
		t.net, o.h.Fresh = nil, o.h.Terms
	}
	return errors.Join(
		o.whole(secKeys, bytesOf(t.keys)),
		o.whole(secAt, bytesOf(t.at)),
		o.whole(secCount, bytesOf(t.count)),
		o.whole(secDF, bytesOf(t.df)),
		o.whole(secNet, bytesOf(t.net)),
		o.whole(secGlobal, bytesOf(global)),
		o.whole(secFresh, bytesOf(fresh)),
		o.whole(secTable, bytesOf(table)))
}

// writePostings groups the partitions on all cores and writes their postings in order. spelled are the terms with an id
// already; the others get theirs as they come.
func (b *Builder) writePostings(o *output, stats *statistics, spelled []key) (*termTables, error) {
	n := len(spelled)
	t := &termTables{keys: spelled[:n:n], at: make([]uint32, n), count: make([]uint32, n), df: make([]int32, n), net: make([]int32, n)}
	table := tableOf(spelled, slots(n))
	if err := o.section(secPostings); err != nil {
		return nil, err
	}
	workers := make([]grouping, runtime.GOMAXPROCS(0))
	for from := 0; from < partitions; from += len(workers) {
		var group errgroup.Group
		wave := workers[:min(len(workers), partitions-from)]
		for i := range wave {
			group.Go(func() error { return wave[i].group(b, from+i, stats) })
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		for i := range wave {
			if err := t.add(o, &wave[i], spelled, table); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

// add writes the postings of a partition and enters its terms.
func (t *termTables) add(o *output, g *grouping, spelled []key, table []uint32) error {
	for i, k := range g.keys {
		docs, impacts := g.docs[g.starts[i]:g.starts[i+1]], g.impacts[g.starts[i]:g.starts[i+1]]
		at, count := uint32((o.at-o.h.Offset[secPostings])/4), uint32(len(docs))
		if count == 1 {
			at, count = docs[0], single|uint32(impacts[0])
		} else {
			if err := o.write(bytesOf(docs)); err != nil {
				return err
			}
			if len(impacts)%2 == 1 {
				impacts = append(impacts[:len(impacts):len(impacts)], 0)
			}
			if err := o.write(bytesOf(impacts)); err != nil {
				return err
			}
		}
		if k.spelled() {
			id := find(table, spelled, k)
			t.at[id], t.count[id], t.df[id], t.net[id] = at, count, g.df[i], g.count[i]
			continue
		}
		t.keys = append(t.keys, k)
		t.at, t.count, t.df, t.net = append(t.at, at), append(t.count, count), append(t.df, g.df[i]), append(t.net, g.count[i])
	}
	return nil
}

// writeForward writes the tokens and contexts of the documents with the final ids of their terms, and the owners.
func (b *Builder) writeForward(o *output, docs []document, ids [][]uint32) error {
	if err := o.section(secForward); err != nil {
		return err
	}
	pieces := make([]piece, len(b.parts))
	owners := make([]uint32, len(docs))
	off := make([]uint32, 0, 2*len(docs)+1)
	at := 0
	var buf []uint32
	for i := range docs {
		d := &docs[i]
		owners[i] = d.owner
		all, err := pieces[d.part].of(b.parts[d.part], d)
		if err != nil {
			return err
		}
		id := ids[d.part]
		buf = append(buf[:0], all...)
		for j := range buf {
			if j >= d.tokens || j%2 == 0 {
				buf[j] = id[buf[j]]
			}
		}
		off = append(off, uint32(at), uint32(at+d.tokens))
		at += len(buf)
		if err := o.write(bytesOf(buf)); err != nil {
			return err
		}
	}
	off = append(off, uint32(at))
	if err := o.whole(secOwners, bytesOf(owners)); err != nil {
		return err
	}
	return o.whole(secFwdOff, bytesOf(off))
}

// piece is the spooled piece of a part that is being read.
type piece struct {
	extent
	raw []byte
}

// of returns the part of forward that is a document's.
func (c *piece) of(p *Part, d *document) ([]uint32, error) {
	n := d.tokens + d.context
	if d.piece.size == 0 {
		return p.forward[d.forward:][:n], nil
	}
	if c.extent != d.piece {
		raw, err := p.spool.read(c.raw[:0], d.piece)
		if err != nil {
			return nil, err
		}
		c.extent, c.raw = d.piece, raw
	}
	if n == 0 {
		return nil, nil
	}
	return unsafe.Slice((*uint32)(unsafe.Pointer(&c.raw[4*d.forward])), n), nil
}

func (s *spelled) write(o *output) error {
	off := make([]uint32, 1, len(s.texts)+1)
	var texts, surfaces []byte
	for _, t := range s.texts {
		texts = append(texts, t...)
		off = append(off, uint32(len(texts)))
	}
	surfOff := make([]uint32, 1, s.content+1)
	for _, forms := range s.written {
		for _, f := range forms {
			if f.n != 0 {
				surfaces = binary.AppendVarint(surfaces, int64(f.n))
				surfaces = binary.AppendUvarint(surfaces, uint64(len(f.text)))
				surfaces = append(surfaces, f.text...)
			}
		}
		surfOff = append(surfOff, uint32(len(surfaces)))
	}
	return errors.Join(
		o.whole(secTextOff, bytesOf(off)),
		o.whole(secTexts, texts),
		o.whole(secSurfOff, bytesOf(surfOff)),
		o.whole(secSurfaces, surfaces))
}
