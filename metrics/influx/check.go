package influx

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Check reads the whole ledger, metric by metric, and verifies that each revision's content has the digest it was written
// with, that revisions follow one another without a gap, and that all of it adds up to the state. What is wrong is one
// error that wraps [metrics.ErrDamaged] and names the first faults. No append may be under way.
func (s *Store) Check(ctx context.Context) error {
	n, err := s.snapshot(ctx)
	if err != nil {
		return s.explain(ctx, "check", err)
	}
	c := check{}
	for _, f := range n.feeds {
		revs, err := s.revisions(ctx, n, n.selectFrom(f.Metric, f.Source))
		if err != nil {
			return s.explain(ctx, "check", err)
		}
		c.feed(f, revs)
	}
	if c.sum != n.revisions {
		c.fault("the revisions do not add up to the recorded state (%s, not %s)", c.sum, n.revisions)
	}
	if !n.stale {
		entries, err := s.sumEntries(ctx)
		if err != nil {
			return s.explain(ctx, "check", err)
		}
		if entries != n.entries {
			c.fault("the catalogue and subjects do not add up to the recorded state")
		}
	}
	if len(c.faults) == 0 {
		return nil
	}
	return s.explain(ctx, "check", fmt.Errorf("%w: %w", metrics.ErrDamaged, errors.Join(c.faults...)))
}

// faultsReported bounds how many faults an error of Check lists.
const faultsReported = 10

// check is one verification under way.
type check struct {
	sum    metrics.Fingerprint
	faults []error
}

func (c *check) fault(format string, args ...any) {
	if len(c.faults) < faultsReported {
		c.faults = append(c.faults, fmt.Errorf(format, args...))
	}
}

// feed checks the revisions of one feed.
func (c *check) feed(f feed, revs []revision) {
	count := map[metrics.Key]int{}
	for i := range revs {
		r := &revs[i]
		if r.Digest() != r.digest {
			c.fault("%s of %s, revision %d: its content does not have its digest", r.Metric, r.Subject, r.number)
		}
		c.sum = c.sum.Add(metrics.RevisionFingerprint(r.Observation, r.number, r.Digest()))
		count[r.Key()]++
	}
	live := 0
	for k, head := range newest(revs, time.Time{}) {
		if head.number != count[k] {
			c.fault("%s of %s: it has %d revisions, the newest is number %d", k.Metric, k.Subject, count[k], head.number)
		}
		if !head.Withdrawn {
			live++
		}
	}
	if live != f.Live {
		c.fault("%s of %s: %d observations are live, %d are counted", f.Metric, f.Source, live, f.Live)
	}
}
