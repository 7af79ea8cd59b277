package spool

import (
	"context"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// read asks the ledger once everything that was written is in it.
func read[T any](ctx context.Context, l *Ledger, ask func() (T, error)) (T, error) {
	if err := l.Replay(ctx); err != nil {
		var none T
		return none, err
	}
	return ask()
}

// Metrics implements [metrics.Reader].
func (l *Ledger) Metrics(ctx context.Context) ([]metrics.Metric, error) {
	return read(ctx, l, func() ([]metrics.Metric, error) { return l.cfg.Ledger.Metrics(ctx) })
}

// Metric implements [metrics.Reader].
func (l *Ledger) Metric(ctx context.Context, id string) (metrics.Metric, error) {
	return read(ctx, l, func() (metrics.Metric, error) { return l.cfg.Ledger.Metric(ctx, id) })
}

// Subjects implements [metrics.Reader].
func (l *Ledger) Subjects(ctx context.Context, q metrics.SubjectQuery) ([]metrics.Subject, error) {
	return read(ctx, l, func() ([]metrics.Subject, error) { return l.cfg.Ledger.Subjects(ctx, q) })
}

// Subject implements [metrics.Reader].
func (l *Ledger) Subject(ctx context.Context, id string) (metrics.Subject, error) {
	return read(ctx, l, func() (metrics.Subject, error) { return l.cfg.Ledger.Subject(ctx, id) })
}

// Observations implements [metrics.Reader].
func (l *Ledger) Observations(ctx context.Context, q metrics.Query) ([]metrics.Observation, error) {
	return read(ctx, l, func() ([]metrics.Observation, error) { return l.cfg.Ledger.Observations(ctx, q) })
}

// SubjectObservations implements [metrics.Reader].
func (l *Ledger) SubjectObservations(ctx context.Context, subject string, asOf time.Time) ([]metrics.Observation, error) {
	return read(ctx, l, func() ([]metrics.Observation, error) { return l.cfg.Ledger.SubjectObservations(ctx, subject, asOf) })
}

// SourceObservations implements [metrics.Reader].
func (l *Ledger) SourceObservations(ctx context.Context, source string) ([]metrics.Observation, error) {
	return read(ctx, l, func() ([]metrics.Observation, error) { return l.cfg.Ledger.SourceObservations(ctx, source) })
}

// Revisions implements [metrics.Reader].
func (l *Ledger) Revisions(ctx context.Context, q metrics.RevisionQuery) ([]metrics.Revision, error) {
	return read(ctx, l, func() ([]metrics.Revision, error) { return l.cfg.Ledger.Revisions(ctx, q) })
}

// Counts implements [metrics.Reader].
func (l *Ledger) Counts(ctx context.Context) (map[string]int, error) {
	return read(ctx, l, func() (map[string]int, error) { return l.cfg.Ledger.Counts(ctx) })
}

// State implements [metrics.Reader].
func (l *Ledger) State(ctx context.Context) (metrics.State, error) {
	return read(ctx, l, func() (metrics.State, error) { return l.cfg.Ledger.State(ctx) })
}
