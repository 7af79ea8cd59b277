package tracing

import (
	"context"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Ledger returns r, with a span for each of its reads that belongs to traced work.
func Ledger(r metrics.Reader) metrics.Reader { return ledger{r} }

// ledger leaves State as it is: it is asked at every request, and is cheap.
type ledger struct{ metrics.Reader }

func (l ledger) Metrics(ctx context.Context) (found []metrics.Metric, err error) {
	ctx, span := Step(ctx, "ledger metrics")
	defer func() { span.finish(len(found), err) }()
	return l.Reader.Metrics(ctx)
}

func (l ledger) Metric(ctx context.Context, id string) (found metrics.Metric, err error) {
	ctx, span := Step(ctx, "ledger metric")
	span.Say("metric", id)
	defer func() { span.End(err) }()
	return l.Reader.Metric(ctx, id)
}

func (l ledger) Subjects(ctx context.Context, q metrics.SubjectQuery) (found []metrics.Subject, err error) {
	ctx, span := Step(ctx, "ledger subjects")
	defer func() { span.finish(len(found), err) }()
	return l.Reader.Subjects(ctx, q)
}

func (l ledger) Subject(ctx context.Context, id string) (found metrics.Subject, err error) {
	ctx, span := Step(ctx, "ledger subject")
	span.Say("subject", id)
	defer func() { span.End(err) }()
	return l.Reader.Subject(ctx, id)
}

func (l ledger) Observations(ctx context.Context, q metrics.Query) (found []metrics.Observation, err error) {
	ctx, span := Step(ctx, "ledger observations")
	span.Say("metric", q.Metric)
	defer func() { span.finish(len(found), err) }()
	return l.Reader.Observations(ctx, q)
}

func (l ledger) SubjectObservations(ctx context.Context, subject string, asOf time.Time) (found []metrics.Observation, err error) {
	ctx, span := Step(ctx, "ledger observations of a subject")
	span.Say("subject", subject)
	defer func() { span.finish(len(found), err) }()
	return l.Reader.SubjectObservations(ctx, subject, asOf)
}

func (l ledger) SourceObservations(ctx context.Context, source string) (found []metrics.Observation, err error) {
	ctx, span := Step(ctx, "ledger observations of a source")
	span.Say("source", source)
	defer func() { span.finish(len(found), err) }()
	return l.Reader.SourceObservations(ctx, source)
}

func (l ledger) Revisions(ctx context.Context, q metrics.RevisionQuery) (found []metrics.Revision, err error) {
	ctx, span := Step(ctx, "ledger revisions")
	defer func() { span.finish(len(found), err) }()
	return l.Reader.Revisions(ctx, q)
}

func (l ledger) Counts(ctx context.Context) (counts map[string]int, err error) {
	ctx, span := Step(ctx, "ledger counts")
	defer func() { span.finish(len(counts), err) }()
	return l.Reader.Counts(ctx)
}

// finish ends a span of work that found n things.
func (s *Span) finish(n int, err error) {
	s.Count("found", n)
	s.End(err)
}
