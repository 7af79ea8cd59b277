package server

import (
	"container/list"
	"context"
	"sync"
	"sync/atomic"
)

// responseCache keeps the most recently used answers within a number of bytes.
type responseCache struct {
	limit int

	mu     sync.Mutex
	bytes  int
	recent *list.List               // of *response, newest first
	byKey  map[string]*list.Element // by question
	making map[making]chan struct{} // answers being rendered; each channel is closed when its answer is kept or has failed

	polishing atomic.Bool
}

// making names an answer that is being rendered.
type making struct {
	key      string
	revision revision
}

func newResponseCache(limit int) *responseCache {
	return &responseCache{limit: limit, recent: list.New(), byKey: map[string]*list.Element{}, making: map[making]chan struct{}{}}
}

// overhead is what keeping an answer costs beside its bytes: headers, the question, the places in list and map.
const overhead = 2048

// get returns the answer to a question, if it was made of the data of that revision.
func (rc *responseCache) get(key []byte, current revision) (*response, bool) {
	rc.mu.Lock()
	e, ok := rc.byKey[string(key)]
	if !ok {
		rc.mu.Unlock()
		return nil, false
	}
	r := e.Value.(*response)
	if r.revision != current {
		rc.mu.Unlock()
		return nil, false
	}
	rc.recent.MoveToFront(e)
	rc.mu.Unlock()
	if r.hits.Add(1)%oftenAsked == 0 {
		rc.polish(r)
	}
	return r, true
}

// put keeps an answer, in place of the one that was made of older data.
func (rc *responseCache) put(key string, made revision, r *response) {
	r.key, r.revision, r.size = key, made, len(r.plain)+len(key)+overhead
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if r.size > rc.limit/8 {
		return
	}
	if e, ok := rc.byKey[key]; ok {
		rc.drop(e)
	}
	rc.byKey[key] = rc.recent.PushFront(r)
	rc.bytes += r.size
	rc.fit()
}

// weigh counts the compressed forms that r has by now.
func (rc *responseCache) weigh(r *response) {
	size := len(r.plain) + len(r.key) + overhead
	for as := range r.coded {
		if body := r.coded[as].body.Load(); body != nil {
			size += len(*body)
		}
	}
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if e, ok := rc.byKey[r.key]; !ok || e.Value != any(r) {
		return
	}
	rc.bytes += size - r.size
	r.size = size
	rc.fit()
}

// fill returns how many answers are kept, and the bytes that they take of how many.
func (rc *responseCache) fill() (answers, bytes, limit int) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return rc.recent.Len(), rc.bytes, rc.limit
}

func (rc *responseCache) fit() {
	for rc.bytes > rc.limit {
		rc.drop(rc.recent.Back())
	}
}

func (rc *responseCache) drop(e *list.Element) {
	r := rc.recent.Remove(e).(*response)
	delete(rc.byKey, r.key)
	rc.bytes -= r.size
}

// polish compresses r as well as can be, aside, one answer at a time: there is a next time for the others.
func (rc *responseCache) polish(r *response) {
	if r.polished() || !rc.polishing.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer rc.polishing.Store(false)
		r.polish()
		rc.weigh(r)
	}()
}

// render lets one caller at a time render an answer, which is to call done then. The others get nil.
func (rc *responseCache) render(m making) (done func()) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if _, ok := rc.making[m]; ok {
		return nil
	}
	made := make(chan struct{})
	rc.making[m] = made
	return func() {
		rc.mu.Lock()
		delete(rc.making, m)
		rc.mu.Unlock()
		close(made)
	}
}

// await waits for the answer that another is rendering. There is none where that failed, was not worth keeping, or took
// longer than ctx.
func (rc *responseCache) await(ctx context.Context, m making) (*response, bool) {
	rc.mu.Lock()
	made, ok := rc.making[m]
	rc.mu.Unlock()
	if ok {
		select {
		case <-made:
		case <-ctx.Done():
		}
	}
	return rc.get([]byte(m.key), m.revision)
}
