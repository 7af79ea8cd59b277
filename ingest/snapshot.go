package ingest

import (
	"context"
	"fmt"

	"github.com/scalebook/scalebook/metrics"
)

// snapshot reads an input that lists everything its upstream has, and makes the ledger say the same: rows that are new or
// changed are appended, rows that are gone are withdrawn. Nothing is written before the whole input was read. While a file of it can't be
// read nobody knows what is gone, and nothing is withdrawn.
func (t *task) snapshot(ctx context.Context) error {
	sink := newSnapshotSink(ctx, t.in)
	if err := t.read(ctx, sink); err != nil {
		return err
	}
	before, err := t.cfg.Journal.manifest(ctx, t.job.Name)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	listed, gone := sink.manifest(), map[manifestRow]bool{}
	for row := range before {
		switch {
		case listed[row]:
		case sink.unread:
			listed[row] = true
		default:
			gone[row] = true
		}
	}
	if err := shapeChanged(int64(len(before)), int64(len(listed))); err != nil && !t.job.Force {
		return fmt.Errorf("%s: %w", t.in.Location, err)
	}
	elsewhere, err := t.cfg.Journal.earliestElsewhere(ctx, t.job.Name)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	released := sink.released()
	err = t.write(ctx, func() error {
		if err := t.put(ctx, sink.catalogue, sink.describe(elsewhere)); err != nil {
			return err
		}
		if err := t.append(ctx, sink.rows); err != nil {
			return err
		}
		return t.withdrawGone(ctx, gone)
	})
	if err != nil {
		return err
	}
	return t.commit(ctx, reading{rows: listed, released: released, rejected: sink.rejected})
}

// withdrawGone appends, for each row that is gone, a revision that says so. Rows that the ledger no longer holds were
// withdrawn before.
func (t *task) withdrawGone(ctx context.Context, gone map[manifestRow]bool) error {
	feeds := map[feedName]bool{}
	for row := range gone {
		feeds[feedName{row.Metric, row.Publisher}] = true
	}
	var rows []metrics.Observation
	for f := range feeds {
		live, err := t.cfg.Ledger.Observations(ctx, metrics.Query{Metric: f.metric, Source: f.publisher})
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		for _, o := range live {
			if gone[rowOf(o)] {
				rows = append(rows, o)
			}
		}
	}
	return t.withdraw(ctx, rows)
}
