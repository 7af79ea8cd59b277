package ingest

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/scalebook/scalebook/metrics"
)

// rowKey stands for an observation's key in 24 bytes, and says which row of the input has it. Keys of one feed at one
// second are told apart by a hash of 64 bits.
type rowKey struct {
	feed uint64 // hash of metric and publisher
	time int64
	key  uint64 // hash of subject and setting
	row  int64  // ordinal in the input
}

func keyOf(o metrics.Observation) rowKey {
	return rowKey{feed: hashOf(o.Metric, o.Source.Name), time: o.Time.Unix(), key: hashOf(o.Subject, o.Setting)}
}

func hashOf(a, b string) uint64 {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.WriteString(a) // never fails
	_, _ = d.WriteString("\x00")
	_, _ = d.WriteString(b)
	return d.Sum64()
}

// same reports whether two rows have one key.
func (k rowKey) same(l rowKey) bool { return k.feed == l.feed && k.time == l.time && k.key == l.key }

func (k rowKey) compare(l rowKey) int {
	return cmp.Or(cmp.Compare(k.feed, l.feed), cmp.Compare(k.time, l.time), cmp.Compare(k.key, l.key), cmp.Compare(k.row, l.row))
}

const rowKeySize = 32

func (k rowKey) encode(b []byte) {
	binary.LittleEndian.PutUint64(b[0:], k.feed)
	binary.LittleEndian.PutUint64(b[8:], uint64(k.time))
	binary.LittleEndian.PutUint64(b[16:], k.key)
	binary.LittleEndian.PutUint64(b[24:], uint64(k.row))
}

func decodeRowKey(b []byte) rowKey {
	return rowKey{binary.LittleEndian.Uint64(b[0:]), int64(binary.LittleEndian.Uint64(b[8:])),
		binary.LittleEndian.Uint64(b[16:]), int64(binary.LittleEndian.Uint64(b[24:]))}
}

// sorter sorts more keys than fit into memory: it writes sorted runs to files and merges them.
type sorter struct {
	dir  string
	buf  []rowKey
	runs []string
}

// runLength is how many keys are sorted in memory: 8 MB of them.
const runLength = 1 << 18

func (s *sorter) add(k rowKey) error {
	if s.buf == nil {
		s.buf = make([]rowKey, 0, runLength)
	}
	if s.buf = append(s.buf, k); len(s.buf) < runLength {
		return nil
	}
	return s.spill()
}

func (s *sorter) spill() error {
	slices.SortFunc(s.buf, rowKey.compare)
	path := filepath.Join(s.dir, fmt.Sprintf("run-%d", len(s.runs)))
	if err := writeKeys(path, slices.Values(s.buf)); err != nil {
		return err
	}
	s.runs, s.buf = append(s.runs, path), s.buf[:0]
	return nil
}

// sorted hands out the keys in order, once; nothing is added after it.
func (s *sorter) sorted() iter.Seq2[rowKey, error] {
	return func(yield func(rowKey, error) bool) {
		slices.SortFunc(s.buf, rowKey.compare)
		sources := []iter.Seq2[rowKey, error]{noError(slices.Values(s.buf))}
		for _, run := range s.runs {
			sources = append(sources, readKeys(run))
		}
		merged(sources)(yield)
	}
}

func noError(keys iter.Seq[rowKey]) iter.Seq2[rowKey, error] {
	return func(yield func(rowKey, error) bool) {
		for k := range keys {
			if !yield(k, nil) {
				return
			}
		}
	}
}

// merged merges sorted sequences.
func merged(sources []iter.Seq2[rowKey, error]) iter.Seq2[rowKey, error] {
	return func(yield func(rowKey, error) bool) {
		var h heads
		for _, source := range sources {
			next, stop := iter.Pull2(source)
			defer stop()
			if k, err, ok := next(); ok {
				if err != nil {
					yield(rowKey{}, err)
					return
				}
				h = append(h, head{k, next})
			}
		}
		heap.Init(&h)
		for len(h) > 0 {
			if !yield(h[0].key, nil) {
				return
			}
			k, err, ok := h[0].next()
			switch {
			case err != nil:
				yield(rowKey{}, err)
				return
			case ok:
				h[0].key = k
				heap.Fix(&h, 0)
			default:
				heap.Pop(&h)
			}
		}
	}
}

// head is the next key of one sequence.
type head struct {
	key  rowKey
	next func() (rowKey, error, bool)
}

// heads implements [heap.Interface].
type heads []head

func (h heads) Len() int           { return len(h) }
func (h heads) Less(i, j int) bool { return h[i].key.compare(h[j].key) < 0 }
func (h heads) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *heads) Push(x any)        { *h = append(*h, x.(head)) }
func (h *heads) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// keyWriter writes a file of keys. The file is complete, and on disk, once Close has returned nil.
type keyWriter struct {
	file *os.File
	buf  *bufio.Writer
	err  error
}

func createKeys(path string) (*keyWriter, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &keyWriter{file: file, buf: bufio.NewWriterSize(file, 1<<16)}, nil
}

func (w *keyWriter) write(k rowKey) {
	var b [rowKeySize]byte
	k.encode(b[:])
	if w.err == nil {
		_, w.err = w.buf.Write(b[:])
	}
}

func (w *keyWriter) Close() error {
	return errors.Join(w.err, w.buf.Flush(), w.file.Sync(), w.file.Close())
}

func writeKeys(path string, keys iter.Seq[rowKey]) error {
	w, err := createKeys(path)
	if err != nil {
		return err
	}
	for k := range keys {
		w.write(k)
	}
	return w.Close()
}

// readKeys reads a file of keys. A file that ends within a key is damaged.
func readKeys(path string) iter.Seq2[rowKey, error] {
	return func(yield func(rowKey, error) bool) {
		file, err := os.Open(path)
		if err != nil {
			yield(rowKey{}, err)
			return
		}
		defer file.Close()
		r := bufio.NewReaderSize(file, 1<<16)
		var b [rowKeySize]byte
		for {
			_, err := io.ReadFull(r, b[:])
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(rowKey{}, fmt.Errorf("%s: %w", path, err))
				return
			}
			if !yield(decodeRowKey(b[:]), nil) {
				return
			}
		}
	}
}

// listedKey is a key that was listed, and whether it no longer is.
type listedKey struct {
	rowKey
	gone bool
}

// missing goes through the keys of before and says which of them are not in after; both are sorted.
func missing(before, after iter.Seq2[rowKey, error]) iter.Seq2[listedKey, error] {
	return func(yield func(listedKey, error) bool) {
		next, stop := iter.Pull2(after)
		defer stop()
		now, err, ok := next()
		for k, err := range before {
			if err != nil {
				yield(listedKey{}, err)
				return
			}
			for ok && err == nil && less(now, k) {
				now, err, ok = next()
			}
			if err != nil {
				yield(listedKey{}, err)
				return
			}
			if !yield(listedKey{k, !ok || !now.same(k)}, nil) {
				return
			}
		}
		if err != nil {
			yield(listedKey{}, err)
		}
	}
}

// less orders keys whatever row has them.
func less(k, l rowKey) bool {
	k.row, l.row = 0, 0
	return k.compare(l) < 0
}

// pullRows hands out the rows of sorted keys one by one.
func pullRows(s *sorter) (next func() (row int64, ok bool, err error), stop func()) {
	pull, stop := iter.Pull2(s.sorted())
	return func() (int64, bool, error) {
		k, err, ok := pull()
		return k.row, ok && err == nil, err
	}, stop
}
