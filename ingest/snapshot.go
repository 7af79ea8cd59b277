package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// snapshot reads an input that lists everything its upstream has, and makes the ledger say the same: rows that are new or
// changed are appended, rows that are gone are withdrawn. Nothing is written before the whole input was read.
func (r *Runner) snapshot(ctx context.Context, job Job, connector Connector, in Input, now checkpoint, at time.Time, o *Outcome) error {
	sink := newSnapshotSink(in)
	if err := connector.Read(ctx, in, sink); err != nil {
		return fmt.Errorf("%s: %w", in.Location, err)
	}
	before, err := r.cfg.Journal.manifest(ctx, job.Name)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if err := shapeChanged(len(before), len(sink.rows)); err != nil && !job.Force {
		return fmt.Errorf("%s: %w", in.Location, err)
	}
	gone := slices.Collect(func(yield func(manifestRow) bool) {
		for row := range before {
			if !sink.has(row) && !yield(row) {
				return
			}
		}
	})
	stateBefore, err := r.cfg.Ledger.State(ctx)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := r.describe(ctx, sink); err != nil {
		return err
	}
	counts, err := r.append(ctx, at, sink.rows)
	if err != nil {
		return err
	}
	withdrawn, err := r.withdraw(ctx, at, gone)
	if err != nil {
		return err
	}
	o.count(counts)
	o.count(withdrawn)
	o.Rejected, o.Quarantined = sink.rejected, len(sink.rejected)
	stateAfter, err := r.cfg.Ledger.State(ctx)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	o.Result = Unchanged
	if stateBefore.ID != stateAfter.ID {
		o.Result = Changed
	}
	return r.cfg.Journal.commit(ctx, job, now, at, sink.manifest(), sink.rejected)
}

// shapeChanged refuses an input that lost half of its rows at once: far more often a changed format or a truncated
// download than what the upstream meant.
func shapeChanged(before, after int) error {
	const enough = 10
	if before >= enough && after*2 < before {
		return fmt.Errorf("only %d rows are left of %d: refused, the last good state stays (--force takes it)", after, before)
	}
	if before == 0 && after == 0 {
		return fmt.Errorf("no row in it could be read")
	}
	return nil
}

// describe puts the catalogue entries and subjects that the input declares.
func (r *Runner) describe(ctx context.Context, s *snapshotSink) error {
	if len(s.catalogue) > 0 {
		if err := r.cfg.Ledger.PutMetrics(ctx, s.catalogue); err != nil {
			return fmt.Errorf("catalogue: %w", err)
		}
	}
	subjects := s.subjectsOf(r.cfg.Identity)
	if len(subjects) > 0 {
		if err := r.cfg.Ledger.PutSubjects(ctx, subjects); err != nil {
			return fmt.Errorf("subjects: %w", err)
		}
	}
	return nil
}

// batch is the number of observations per append: large enough to spread a transaction's cost, small enough to bound it.
const batch = 5000

func (r *Runner) append(ctx context.Context, at time.Time, rows []metrics.Observation) (metrics.Appended, error) {
	var total metrics.Appended
	done := 0
	for chunk := range slices.Chunk(rows, batch) {
		n, err := r.cfg.Ledger.Append(ctx, at, chunk)
		if err != nil {
			return total, fmt.Errorf("ledger: %w", err)
		}
		total = sum(total, n)
		done += len(chunk)
		r.cfg.Progress.Rows(done, len(rows))
	}
	return total, nil
}

func sum(a, b metrics.Appended) metrics.Appended {
	return metrics.Appended{Added: a.Added + b.Added, Revised: a.Revised + b.Revised,
		Withdrawn: a.Withdrawn + b.Withdrawn, Unchanged: a.Unchanged + b.Unchanged}
}

// withdraw appends, for each row that is gone, a revision that says so. Rows that the ledger no longer holds were
// withdrawn before.
func (r *Runner) withdraw(ctx context.Context, at time.Time, gone []manifestRow) (metrics.Appended, error) {
	byMetric := map[string]map[manifestRow]bool{}
	for _, row := range gone {
		if byMetric[row.Metric] == nil {
			byMetric[row.Metric] = map[manifestRow]bool{}
		}
		byMetric[row.Metric][row] = true
	}
	var rows []metrics.Observation
	for metric, wanted := range byMetric {
		live, err := r.cfg.Ledger.Observations(ctx, metrics.Query{Metric: metric})
		if err != nil {
			return metrics.Appended{}, fmt.Errorf("ledger: %w", err)
		}
		for _, o := range live {
			if wanted[rowOf(o)] {
				o.Withdrawn = true
				rows = append(rows, o)
			}
		}
	}
	return r.append(ctx, at, rows)
}

func rowOf(o metrics.Observation) manifestRow {
	return manifestRow{o.Metric, o.Subject, o.Setting, o.Source.Name, o.Time.Unix()}
}

func (o *Outcome) count(n metrics.Appended) {
	o.Added += n.Added
	o.Revised += n.Revised
	o.Withdrawn += n.Withdrawn
	o.Unchanged += n.Unchanged
}
