package query

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/scalebook/scalebook/metrics"
)

// revisionCache keeps answers for one state of the ledger; a new state empties it. Answers are shared, so nobody may
// change one.
type revisionCache struct {
	mu    sync.Mutex
	state string
	kept  map[any]*kept // by question
}

type kept struct {
	done  chan struct{} // closed when the answer is there
	value any
	err   error
}

// maxKept bounds the number of answers held for one state; parameters are free text, so a client could ask for
// arbitrarily many.
const maxKept = 4096

func newRevisionCache() *revisionCache { return &revisionCache{kept: map[any]*kept{}} }

// entry returns the answer for a key, and whether it is for the caller to compute.
func (c *revisionCache) entry(state string, key any) (k *kept, own bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != state || len(c.kept) >= maxKept {
		c.state, c.kept = state, map[any]*kept{}
	}
	k, ok := c.kept[key]
	if !ok {
		k = &kept{done: make(chan struct{})}
		c.kept[key] = k
	}
	return k, !ok
}

func (c *revisionCache) drop(key any, k *kept) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[key] == k {
		delete(c.kept, key)
	}
}

// errUnfinished is of an answer whose computing panicked.
var errUnfinished = errors.New("not computed")

// cached returns the answer for key, which can be compared, at the ledger's present state, computing it at most once per state
// even when asked by many at once. Failures are not kept, and one whose time was over fails nobody else.
func cached[T any](ctx context.Context, e *Engine, key any, compute func() (T, error)) (T, error) {
	var zero T
	for {
		state, err := e.ledger.State(ctx)
		if err != nil {
			return zero, fmt.Errorf("state of the ledger: %w", err)
		}
		k, own := e.cache.entry(state.ID, key)
		if own {
			return finish(e.cache, key, k, compute)
		}
		select {
		case <-k.done:
		case <-ctx.Done():
			return zero, ctx.Err()
		}
		if k.err == nil {
			return k.value.(T), nil
		}
		over := errors.Is(k.err, context.Canceled) || errors.Is(k.err, context.DeadlineExceeded)
		if !over || ctx.Err() != nil {
			return zero, k.err
		}
	}
}

// finish computes an answer and gives it to all who wait for it.
func finish[T any](c *revisionCache, key any, k *kept, compute func() (T, error)) (T, error) {
	k.err = errUnfinished
	defer func() {
		if k.err != nil {
			c.drop(key, k)
		}
		close(k.done)
	}()
	value, err := compute()
	k.value, k.err = value, err
	return value, err
}

// maxShared bounds the observations that are held for one state, some 40 MB of them.
const maxShared = 100_000

// seriesCache keeps the series of one state of the ledger; a new state empties it.
type seriesCache struct {
	mu     sync.Mutex
	state  string
	series map[string][]metrics.Observation
	held   int
}

func (c *seriesCache) get(state, metric string) ([]metrics.Observation, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != state {
		return nil, false
	}
	obs, ok := c.series[metric]
	return obs, ok
}

func (c *seriesCache) put(state, metric string, obs []metrics.Observation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != state {
		c.state, c.series, c.held = state, map[string][]metrics.Observation{}, 0
	}
	if _, ok := c.series[metric]; !ok && c.held+len(obs) <= maxShared {
		c.series[metric] = obs
		c.held += len(obs)
	}
}
