package korean

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
)

// ways is the number of words in a bucket, which with their tags fill a line of the processor's cache.
const ways = 7

// cache keeps analysed words. It is a table of buckets, each slot an
// atomic pointer: a lookup takes no lock, a full bucket loses its oldest word,
// and the size never exceeds what was asked for.
type cache struct {
	seed    maphash.Seed
	buckets []bucket
	mask    uint64
}

// bucket holds words and, a byte each, the tags that tell most of them apart from others without a look at them. A tag that
// another goroutine is about to change costs no more than a miss.
type bucket struct {
	tags  atomic.Uint64
	words [ways]atomic.Pointer[word]
}

// newCache returns a cache of at most size words, or of one bucket, or one that keeps nothing when size is negative.
func newCache(size int) *cache {
	c := &cache{seed: maphash.MakeSeed()}
	if size > 0 {
		n := 1 << (bits.Len(uint(max(1, size/ways))) - 1)
		c.buckets = make([]bucket, n)
		c.mask = uint64(n - 1)
	}
	return c
}

// find returns the bucket of text and its tag, which is never 0.
func (c *cache) find(text string, attached bool) (b *bucket, tag uint64) {
	h := maphash.String(c.seed, text)
	if attached {
		h = ^h
	}
	return &c.buckets[h&c.mask], h>>56 | 1
}

// get returns the analysis of text in that place, or nil where it isn't kept.
func (c *cache) get(text string, attached bool) *word {
	if len(c.buckets) == 0 {
		return nil
	}
	b, tag := c.find(text, attached)
	for i, tags := 0, b.tags.Load(); tags != 0; i, tags = i+1, tags>>8 {
		if tags&0xff != tag {
			continue
		}
		if w := b.words[i].Load(); w != nil && w.attached == attached && w.text() == text {
			return w
		}
	}
	return nil
}

// put keeps w in place of the oldest word of its bucket.
func (c *cache) put(w *word) {
	if len(c.buckets) == 0 {
		return
	}
	b, tag := c.find(w.text(), w.attached)
	for i := ways - 1; i > 0; i-- {
		b.words[i].Store(b.words[i-1].Load())
	}
	b.words[0].Store(w)
	b.tags.Store((b.tags.Load()<<8 | tag) & (1<<(8*ways) - 1))
}
