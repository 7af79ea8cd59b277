package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/metrics"
)

// task is the run of one job, once its input was fetched.
type task struct {
	*Runner
	job       Job
	connector Connector
	in        Input
	last, now checkpoint
	begun     begun
	outcome   *Outcome
}

// begin decides the instant under which the job is recorded: now, or that of the run that it finishes. A ledger never goes back in time,
// whatever the clock does: what is recorded after its newest entry is later than that.
func (t *task) begin(ctx context.Context) error {
	now, newest := t.Runner.now(), time.Time{}
	if t.job.Kind != KindReports { // which the ledger has nothing of
		state, err := t.cfg.Ledger.State(ctx)
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		if newest = state.RecordedAt; !now.After(newest) {
			now = newest.Truncate(time.Microsecond).Add(time.Microsecond)
		}
	}
	var err error
	if t.begun, err = t.cfg.Journal.begin(ctx, t.job.Name, t.now.Version, now); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if t.begun.at.Before(newest) {
		t.begun.at = now
	}
	return nil
}

// read has the connector read the input. A subject that the ledger failed to look up makes the reading fail: nothing may
// be set aside for a failure of our own.
func (t *task) read(ctx context.Context, sink Sink) error {
	var failed error
	in := t.in
	in.Known = func(subject string) (metrics.Subject, bool) {
		s, err := t.cfg.Ledger.Subject(ctx, subject)
		if err != nil && !errors.Is(err, metrics.ErrUnknownSubject) && failed == nil {
			failed = fmt.Errorf("ledger: %w", err)
		}
		return s, err == nil
	}
	if err := t.connector.Read(ctx, in, sink); err != nil {
		return fmt.Errorf("%s: %w", t.in.Location, err)
	}
	return failed
}

// writing notes that the stores are about to change, so that an interruption doesn't leave the index behind them.
func (t *task) writing(ctx context.Context) error {
	if err := t.cfg.Journal.setNote(ctx, noteReindex, "1"); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// write does what changes the ledger, and reports in the outcome whether it did.
func (t *task) write(ctx context.Context, do func() error) error {
	before, err := t.cfg.Ledger.State(ctx)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := errors.Join(t.writing(ctx), do()); err != nil {
		return err
	}
	after, err := t.cfg.Ledger.State(ctx)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	t.outcome.Result = Unchanged
	if before.ID != after.ID {
		t.outcome.Result = Changed
	}
	return nil
}

// commit keeps what was read and counts what was set aside.
func (t *task) commit(ctx context.Context, r reading) error {
	r.checkpoint, r.at = t.now, t.begun.at
	t.outcome.Rejected, t.outcome.Quarantined = r.rejected.rows, r.rejected.total
	if err := t.cfg.Journal.commit(ctx, t.job.Name, r); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// shelve takes the reports of an input into the library.
func (t *task) shelve(ctx context.Context, fetched *fetch.Fetched) error {
	if err := t.writing(ctx); err != nil {
		return err
	}
	o := t.outcome
	var err error
	if o.Shelved, err = t.cfg.Shelf.Shelve(ctx, t.job, fetched.Files, fetched.Version); err != nil {
		return err
	}
	o.Reports = o.Shelved.Added + o.Shelved.Updated + o.Shelved.Reread + o.Shelved.Unchanged
	o.Result = Unchanged
	if o.Shelved.Added+o.Shelved.Updated+o.Shelved.Removed+o.Shelved.Reread > 0 {
		o.Result = Changed
	}
	if o.Reports == 0 && o.Shelved.SetAside == 0 {
		return fmt.Errorf("%s: no markdown file in it", o.Location)
	}
	var rejected rejections
	for _, r := range o.Shelved.Rejected {
		rejected.add(r)
	}
	if err := t.commit(ctx, reading{rejected: rejected}); err != nil {
		return err
	}
	o.Quarantined = 0 // files that are no reports are counted as set aside; only broken ones are quarantined
	for _, r := range o.Rejected {
		if !r.Tolerated {
			o.Quarantined++
		}
	}
	return nil
}

// shapeChanged refuses an input that lost half of its rows at once: far more often a changed format or a truncated
// download than what the upstream meant.
func shapeChanged(before, after int64) error {
	const enough = 10
	if before >= enough && after*2 < before {
		return fmt.Errorf("only %d rows are left of %d: refused, the last good state stays (--force takes it)", after, before)
	}
	if before == 0 && after == 0 {
		return fmt.Errorf("no row in it could be read")
	}
	return nil
}

func (t *task) append(ctx context.Context, rows []metrics.Observation) error {
	done := 0
	for chunk := range slices.Chunk(rows, t.cfg.Batch) {
		n, err := t.cfg.Ledger.Append(ctx, t.begun.at, chunk)
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		t.outcome.count(n)
		done += len(chunk)
		t.cfg.Progress.Rows(done, len(rows))
	}
	return nil
}

func (o *Outcome) count(n metrics.Appended) {
	o.Added += n.Added
	o.Revised += n.Revised
	o.Withdrawn += n.Withdrawn
	o.Unchanged += n.Unchanged
}

// put describes metrics, with those that are derived from them, and subjects in the ledger.
func (t *task) put(ctx context.Context, catalogue []metrics.Metric, subjects []metrics.Subject) error {
	if len(catalogue) > 0 {
		if err := t.cfg.Ledger.PutMetrics(ctx, slices.Concat(catalogue, t.in.Catalogue.derivedFrom(catalogue))); err != nil {
			return fmt.Errorf("catalogue: %w", err)
		}
	}
	if len(subjects) > 0 {
		if err := t.cfg.Ledger.PutSubjects(ctx, subjects); err != nil {
			return fmt.Errorf("subjects: %w", err)
		}
	}
	return nil
}

// withdraw appends revisions that withdraw rows, except those that another source still lists.
func (t *task) withdraw(ctx context.Context, rows []metrics.Observation) error {
	kept := rows[:0]
	for _, o := range rows {
		elsewhere, err := t.cfg.Journal.listedElsewhere(ctx, t.job.Name, rowOf(o))
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		if !elsewhere {
			o.Withdrawn = true
			kept = append(kept, o)
		}
	}
	return t.append(ctx, kept)
}

// earliest returns the earlier of two dates; a zero one is not known.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
