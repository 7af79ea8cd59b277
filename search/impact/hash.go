package impact

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/scalebook/scalebook/search/korean"
)

// key identifies a term: 62 bits of hash above the two of its stream.
type key uint64

// spelled reports whether the key is of a term that keeps its text.
func (k key) spelled() bool { return k.stream() == korean.Content || k.stream() == Words }

func (k key) stream() korean.Stream { return korean.Stream(k & 3) }

// keyOf hashes a term with the multiply-and-fold step of wyhash (Wang Yi, public domain), eight bytes at a time. Files
// depend on it.
func keyOf(s korean.Stream, term string) key {
	const k0, k1, k2 = 0xa0761d6478bd642f, 0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3
	b := unsafe.Slice(unsafe.StringData(term), len(term))
	h := k0 ^ uint64(s)*k2
	for len(b) >= 8 {
		h = fold(h^binary.LittleEndian.Uint64(b), k1)
		b = b[8:]
	}
	var tail uint64
	switch n := len(b); {
	case n >= 4:
		tail = uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<32
	case n > 0:
		tail = uint64(b[0]) | uint64(b[n/2])<<8 | uint64(b[n-1])<<16
	}
	h = fold(h^tail, k1)
	h = fold(h^uint64(len(term)), k2)
	return key(h&^3 | uint64(s))
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// slots returns the size of an open table of n entries, at most two thirds full.
func slots(n int) int {
	size := 16
	for size*2 < n*3 {
		size *= 2
	}
	return size
}

// slot is where the search for a key starts in a table of the given size. Partitions share the top bits of their keys.
func (k key) slot(size int) int { return int(k>>2) & (size - 1) }

// tableOf returns an open table of keys: their places plus one.
func tableOf(keys []key, size int) []uint32 {
	table := make([]uint32, size)
	for n, k := range keys {
		i := k.slot(size)
		for table[i] != 0 {
			i = (i + 1) & (size - 1)
		}
		table[i] = uint32(n) + 1
	}
	return table
}

// find returns the place of a key in a table, -1 where it is not.
func find(table []uint32, keys []key, k key) int {
	for i := k.slot(len(table)); table[i] != 0; i = (i + 1) & (len(table) - 1) {
		if n := table[i] - 1; keys[n] == k {
			return int(n)
		}
	}
	return -1
}
