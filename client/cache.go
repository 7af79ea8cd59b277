package client

import (
	"container/list"
	"sync"
)

// cache keeps the answers that were asked for last, within a number of bytes.
type cache struct {
	mu     sync.Mutex
	limit  int
	bytes  int
	recent *list.List // of *keptEntry, newest first
	byKey  map[string]*list.Element
}

type keptAnswer struct {
	etag string
	body []byte
}

type keptEntry struct {
	key string
	keptAnswer
}

func newCache(limit int) *cache {
	return &cache{limit: limit, recent: list.New(), byKey: map[string]*list.Element{}}
}

func (c *cache) get(key string) (keptAnswer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return keptAnswer{}, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(*keptEntry).keptAnswer, true
}

func (c *cache) put(key string, a keptAnswer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.byKey[key]; ok {
		c.drop(old)
	}
	if len(a.body) > c.limit {
		return
	}
	c.byKey[key] = c.recent.PushFront(&keptEntry{key, a})
	c.bytes += len(a.body)
	for c.bytes > c.limit {
		c.drop(c.recent.Back())
	}
}

func (c *cache) drop(e *list.Element) {
	entry := e.Value.(*keptEntry)
	c.recent.Remove(e)
	delete(c.byKey, entry.key)
	c.bytes -= len(entry.body)
}
