package korean

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
)

// cache keeps analysed words. It is a table of two-word buckets, each slot an
// atomic pointer: a lookup takes no lock, a full bucket loses its older word,
// and the size never exceeds what was asked for.
type cache struct {
	seed  maphash.Seed
	slots []atomic.Pointer[word]
	mask  uint64
}

// newCache returns a cache of about size words, rounded up to a power of two,
// or one that keeps nothing when size is negative.
func newCache(size int) *cache {
	c := &cache{seed: maphash.MakeSeed()}
	if size > 0 {
		n := 2 << bits.Len(uint((size-1)/2))
		c.slots = make([]atomic.Pointer[word], n)
		c.mask = uint64(n/2 - 1)
	}
	return c
}

func (c *cache) bucket(text string, attached bool) []atomic.Pointer[word] {
	h := maphash.String(c.seed, text)
	if attached {
		h = ^h
	}
	i := 2 * (h & c.mask)
	return c.slots[i : i+2 : i+2]
}

// get returns the analysis of text in that place, or nil where it isn't kept.
func (c *cache) get(text string, attached bool) *word {
	if len(c.slots) == 0 {
		return nil
	}
	for b, i := c.bucket(text, attached), 0; i < 2; i++ {
		if w := b[i].Load(); w != nil && w.attached == attached && w.text() == text {
			return w
		}
	}
	return nil
}

// put keeps w in place of the older word of its bucket.
func (c *cache) put(w *word) {
	if len(c.slots) == 0 {
		return
	}
	b := c.bucket(w.text(), w.attached)
	b[1].Store(b[0].Load())
	b[0].Store(w)
}
