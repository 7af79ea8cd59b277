package content

import (
	"container/list"
	"sync"
)

// recentReports keeps the reports asked for last, with their text.
type recentReports struct {
	mu    sync.Mutex
	limit int
	order *list.List // of recentEntry, most recent first
	byKey map[string]*list.Element
}

type recentEntry struct {
	key    string
	report *Report
}

func newRecentReports(limit int) *recentReports {
	return &recentReports{limit: limit, order: list.New(), byKey: map[string]*list.Element{}}
}

func (c *recentReports) get(version, slug string) (*Report, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[version+"/"+slug]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(recentEntry).report, true
}

func (c *recentReports) put(version string, r *Report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := version + "/" + r.Slug
	if _, ok := c.byKey[key]; ok {
		return
	}
	c.byKey[key] = c.order.PushFront(recentEntry{key, r})
	for c.order.Len() > c.limit {
		last := c.order.Back()
		delete(c.byKey, last.Value.(recentEntry).key)
		c.order.Remove(last)
	}
}
