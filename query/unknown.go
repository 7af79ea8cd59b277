package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/scalebook/scalebook/metrics"
)

// UnknownError says in both languages which metric or subject nobody knows (404). It wraps [metrics.ErrUnknownMetric] or
// [metrics.ErrUnknownSubject].
type UnknownError struct {
	Why metrics.Text
	Err error
}

func (e *UnknownError) Error() string { return e.Why.En }

func (e *UnknownError) Unwrap() error { return e.Err }

// metric is the catalogue's entry of an id.
func (e *Engine) metric(ctx context.Context, id string) (metrics.Metric, error) {
	m, err := e.ledger.Metric(ctx, id)
	switch {
	case errors.Is(err, metrics.ErrUnknownMetric):
		return m, &UnknownError{Err: err, Why: metrics.Text{Ko: fmt.Sprintf("%s라는 지표는 없습니다.", id), En: fmt.Sprintf("There is no metric %s.", id)}}
	case err != nil:
		return m, fmt.Errorf("metric %s: %w", id, err)
	}
	return m, nil
}

// subject is what is known of an id.
func (e *Engine) subject(ctx context.Context, id string) (metrics.Subject, error) {
	s, err := e.ledger.Subject(ctx, id)
	switch {
	case errors.Is(err, metrics.ErrUnknownSubject):
		return s, unknownSubject(id, err)
	case err != nil:
		return s, fmt.Errorf("subject %s: %w", id, err)
	}
	return s, nil
}

func unknownSubject(id string, err error) error {
	return &UnknownError{Err: err, Why: metrics.Text{Ko: fmt.Sprintf("%s라는 모델이나 제품은 없습니다.", id), En: fmt.Sprintf("There is no subject %s.", id)}}
}
