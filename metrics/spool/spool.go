// Package spool keeps what is written to a ledger while its server can't take it: on disk, bounded, and replayed in order.
//
// A write that fails with [metrics.ErrUnavailable], or that the server has not taken after some patience, becomes a record,
// and so does every write after it until all are replayed, so that the ledger gets them in the order in which they were
// made. A write that reached the server before its answer was lost is made again, which the contract of [metrics.Writer]
// allows: nothing is lost and nothing doubled, however often the process or the server dies.
//
// A write that the server rejects for what is in it ([metrics.ErrRejected]) is taken apart: the rows that it can't take are set
// aside with its reason, the others go on. Where it rejects more than [mostSetAside], the fault is hardly in the rows, and the write waits
// like any other.
//
// A reader of the spool sees its own writes or is told [metrics.ErrUnavailable]: what it decides by reading, such as which
// rows to withdraw, may not rest on less than what was written. Whoever only answers questions reads the ledger itself, in
// which each write is visible as a whole or not at all.
package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Config says what is spooled where.
type Config struct {
	Ledger   metrics.Ledger
	Dir      string
	Limit    int64         // bytes of all records; 256 MiB if zero. Beyond it a write fails as the ledger's does
	Patience time.Duration // for a write before it is spooled; a minute if zero
}

// Ledger is a [metrics.Ledger] whose writes outlast an outage. One process writes to a folder at a time.
type Ledger struct {
	cfg Config

	mu      sync.Mutex    // held while the ledger is written to
	pause   time.Duration // between two tries to replay for the sake of a write
	nextTry time.Time

	failing atomic.Pointer[failure] // nil once writes succeed
}

// failure is why a write waits.
type failure struct{ error }

var _ metrics.Ledger = (*Ledger)(nil)

const (
	shortestPause = time.Second
	longestPause  = time.Minute
)

// New wraps a ledger. Records that an earlier process left are replayed before anything else is read or written.
func New(cfg Config) (*Ledger, error) {
	if cfg.Limit == 0 {
		cfg.Limit = 256 << 20
	}
	if cfg.Patience == 0 {
		cfg.Patience = time.Minute
	}
	if err := os.MkdirAll(cfg.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &Ledger{cfg: cfg}, nil
}

// Pending returns how many writes wait. A record that is damaged or missing is [metrics.ErrDamaged].
func (l *Ledger) Pending() (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	names, err := records(l.cfg.Dir)
	for _, name := range names {
		if _, damage := load(l.cfg.Dir, name); err == nil && damage != nil {
			err = damage
		}
	}
	return len(names), err
}

// Close closes the ledger. What waits stays on disk.
func (l *Ledger) Close() error { return l.cfg.Ledger.Close() }

// Append implements [metrics.Writer]. Of a spooled write the counts are zero: nobody knows yet what it changes.
func (l *Ledger) Append(ctx context.Context, at time.Time, obs []metrics.Observation) (done metrics.Appended, err error) {
	if err := metrics.ValidateAppend(at, obs); err != nil {
		return done, err
	}
	err = l.write(ctx, appendRecord(at, obs), func(ctx context.Context) error {
		done, err = l.cfg.Ledger.Append(ctx, at, obs)
		return err
	})
	return done, err
}

// PutMetrics implements [metrics.Writer].
func (l *Ledger) PutMetrics(ctx context.Context, ms []metrics.Metric) error {
	for _, m := range ms {
		if m.ID == "" {
			return fmt.Errorf("%w: a metric without an id", metrics.ErrInvalid)
		}
	}
	if len(ms) == 0 {
		return nil
	}
	return l.write(ctx, record{Metrics: ms}, func(ctx context.Context) error { return l.cfg.Ledger.PutMetrics(ctx, ms) })
}

// PutSubjects implements [metrics.Writer].
func (l *Ledger) PutSubjects(ctx context.Context, ss []metrics.Subject) error {
	for _, s := range ss {
		if err := s.Validate(); err != nil {
			return err
		}
	}
	if len(ss) == 0 {
		return nil
	}
	return l.write(ctx, subjectsRecord(ss), func(ctx context.Context) error { return l.cfg.Ledger.PutSubjects(ctx, ss) })
}

// write makes a write, or spools it where others wait or the ledger is unavailable.
func (l *Ledger) write(ctx context.Context, r record, do func(context.Context) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	names, err := records(l.cfg.Dir)
	if err != nil {
		return err
	}
	failed := error(nil)
	if len(names) > 0 {
		if time.Now().Before(l.nextTry) {
			return l.keep(names, r, fmt.Errorf("%w: %d writes wait", metrics.ErrUnavailable, len(names)))
		}
		if failed = l.replay(ctx); failed == nil {
			names = nil
		}
	}
	if failed == nil {
		failed = l.patiently(ctx, do)
	}
	if errors.Is(failed, metrics.ErrRejected) {
		failed = l.sift(ctx, r, failed)
	}
	if failed == nil || ctx.Err() != nil || !errors.Is(failed, metrics.ErrUnavailable) {
		return failed
	}
	l.failing.Store(&failure{failed})
	l.pause = min(max(2*l.pause, shortestPause), longestPause)
	l.nextTry = time.Now().Add(l.pause)
	if names, err = records(l.cfg.Dir); err != nil {
		return err
	}
	return l.keep(names, r, failed)
}

// patiently does what a slow server may take long for. Being out of patience is the server's being unavailable.
func (l *Ledger) patiently(ctx context.Context, do func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, l.cfg.Patience)
	defer cancel()
	err := do(limited)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: no answer within %s", metrics.ErrUnavailable, l.cfg.Patience)
	}
	return err
}

// keep spools a write that failed for a reason, which is returned where there is no room.
func (l *Ledger) keep(names []string, r record, reason error) error {
	if err := save(l.cfg.Dir, names, r, l.cfg.Limit); err != nil {
		return fmt.Errorf("%w; %w", reason, err)
	}
	return nil
}

// Replay makes the writes that wait. It stops at the first that fails, which stays: [metrics.ErrUnavailable] while the
// server can't take it, [metrics.ErrDamaged] where a record can't be read.
func (l *Ledger) Replay(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.replay(ctx)
}

func (l *Ledger) replay(ctx context.Context) error {
	names, err := records(l.cfg.Dir)
	if err != nil || len(names) == 0 {
		return err
	}
	err = l.patiently(ctx, func(ctx context.Context) error { // asking is answered or fails at once, a write is tried for long
		_, err := l.cfg.Ledger.State(ctx)
		return err
	})
	for i, name := range names {
		var r record
		if err == nil {
			r, err = load(l.cfg.Dir, name)
		}
		if err == nil {
			err = r.make(ctx, l.cfg.Ledger)
		}
		if errors.Is(err, metrics.ErrRejected) {
			err = l.sift(ctx, r, err)
		}
		if err == nil {
			err = remove(l.cfg.Dir, name)
		}
		if err != nil {
			l.failing.Store(&failure{err})
			return fmt.Errorf("%d writes wait in %s: %w", len(names)-i, l.cfg.Dir, err)
		}
	}
	l.pause, l.nextTry = 0, time.Time{}
	l.failing.Store(nil)
	return nil
}

// make writes what the record says.
func (r record) make(ctx context.Context, to metrics.Writer) error {
	switch {
	case r.Metrics != nil:
		return to.PutMetrics(ctx, r.Metrics)
	case r.Subjects != nil:
		return to.PutSubjects(ctx, r.subjects())
	}
	_, err := to.Append(ctx, r.At, r.observations())
	return err
}
