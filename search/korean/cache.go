package korean

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
)

// ways is the number of words in a bucket: with fewer, a vocabulary that would fit the
// cache loses a tenth of its words to full buckets beside half empty ones.
const ways = 4

// cache keeps analysed words. It is a table of buckets, each slot an
// atomic pointer: a lookup takes no lock, a full bucket loses its oldest word,
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
		n := ways << bits.Len(uint((size-1)/ways))
		c.slots = make([]atomic.Pointer[word], n)
		c.mask = uint64(n/ways - 1)
	}
	return c
}

func (c *cache) bucket(text string, attached bool) []atomic.Pointer[word] {
	h := maphash.String(c.seed, text)
	if attached {
		h = ^h
	}
	i := ways * (h & c.mask)
	return c.slots[i : i+ways : i+ways]
}

// get returns the analysis of text in that place, or nil where it isn't kept.
func (c *cache) get(text string, attached bool) *word {
	if len(c.slots) == 0 {
		return nil
	}
	b := c.bucket(text, attached)
	for i := range b {
		if w := b[i].Load(); w != nil && w.attached == attached && w.text() == text {
			return w
		}
	}
	return nil
}

// put keeps w in place of the oldest word of its bucket.
func (c *cache) put(w *word) {
	if len(c.slots) == 0 {
		return
	}
	b := c.bucket(w.text(), w.attached)
	for i := ways - 1; i > 0; i-- {
		b[i].Store(b[i-1].Load())
	}
	b[0].Store(w)
}
