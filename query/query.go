// Package query holds the questions scalebook answers about its measurements, and the shapes of the answers.
//
// Pages, JSON routes, the command line and other front doors all ask here, so that one question has one answer. An
// answer is a value that marshals to the documented JSON; it holds no clock reading of its own, so that the same ledger
// gives the same bytes.
package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Engine answers questions from one ledger. It is safe for concurrent use.
type Engine struct {
	ledger metrics.Reader
	cache  *revisionCache
	read   *seriesCache
	keeper Keeper
	unkept func(error)
	now    func() time.Time
}

// Config wires an [Engine].
type Config struct {
	Ledger metrics.Reader
	Keeper Keeper           // keeps the forecasts that are given; nil keeps none
	Now    func() time.Time // dates them; time.Now if nil
	// KeepFailed is told of forecasts that were given and could not be kept; nil if nobody wants to know.
	KeepFailed func(error)
}

// New returns an engine over cfg.Ledger.
func New(cfg Config) *Engine {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.KeepFailed == nil {
		cfg.KeepFailed = func(error) {}
	}
	return &Engine{keeper: cfg.Keeper, unkept: cfg.KeepFailed, now: cfg.Now, ledger: cfg.Ledger, cache: newRevisionCache(), read: &seriesCache{}}
}

// ErrParameter marks a question that can't be read (400), as opposed to one that can't be answered.
var ErrParameter = errors.New("unreadable parameter")

// ErrUnanswerable marks a well-formed question that the data can't answer (422).
var ErrUnanswerable = errors.New("unanswerable")

// ParameterError says which parameter could not be read, and why.
type ParameterError struct {
	Name, Value string
	Why         metrics.Text
}

func (e *ParameterError) Error() string {
	return fmt.Sprintf("%s=%s: %s", e.Name, e.Value, e.Why.En)
}

func (e *ParameterError) Unwrap() error { return ErrParameter }

// UnanswerableError says in both languages why the data can't answer a question.
type UnanswerableError struct {
	Why metrics.Text
	Err error // the statistical reason, where there is one
}

func (e *UnanswerableError) Error() string { return e.Why.En }

func (e *UnanswerableError) Unwrap() []error {
	if e.Err == nil {
		return []error{ErrUnanswerable}
	}
	return []error{ErrUnanswerable, e.Err}
}

// Filter selects the observations a question is about, before anything else is done with them.
type Filter struct {
	Metric  string
	Subject string
	Since   time.Time // half-open: Since is in, Until is out
	Until   time.Time
	AsOf    time.Time // the ledger as it stood then; zero is now
	Access  string    // open, closed or unreleased
	Country string
	Source  string
}

// Moment is a time that marshals to a date when it is a whole day, UTC, and to RFC 3339 otherwise.
type Moment struct{ time.Time }

// String formats the moment as it is marshalled.
func (m Moment) String() string {
	t := m.UTC()
	if t.Equal(t.Truncate(24*time.Hour)) || t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// MarshalJSON implements json.Marshaler; that of the embedded time would write a time of day for a date.
func (m Moment) MarshalJSON() ([]byte, error) { return []byte(`"` + m.String() + `"`), nil }

// UnmarshalJSON implements json.Unmarshaler.
func (m *Moment) UnmarshalJSON(b []byte) error {
	t, err := ParseTime(strings.Trim(string(b), `"`))
	m.Time = t
	return err
}

// ParseTime reads a date, a year, a year and month, or an RFC 3339 instant, UTC.
func ParseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither a date (2025-01-31) nor an RFC 3339 time", s)
}

// ParseAsOf reads an instant, or a date, which means the end of that day, UTC.
func ParseAsOf(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither a date (2025-01-31) nor an RFC 3339 time", s)
	}
	return t.UTC(), nil
}

// observed is what a filter selects: the metric, its observations in time order and the subjects they speak of.
type observed struct {
	metric       metrics.Metric
	observations []metrics.Observation
	subjects     map[string]metrics.Subject
}

// name is what a reader calls the observation's subject.
func (o observed) name(ob metrics.Observation) string {
	if s, ok := o.subjects[ob.Subject]; ok && s.Name != "" {
		return s.Name
	}
	if ob.Name != "" {
		return ob.Name
	}
	return ob.Subject
}

// observe applies a filter.
func (e *Engine) observe(ctx context.Context, f Filter) (observed, error) {
	if f.Metric == "" {
		return observed{}, &ParameterError{Name: "metric", Why: metrics.Text{
			Ko: "어느 지표인지 적어야 합니다.", En: "name a metric"}}
	}
	metric, err := e.metric(ctx, f.Metric)
	if err != nil {
		return observed{}, err
	}
	q := metrics.Query{Metric: f.Metric, Source: f.Source, Since: f.Since, Until: f.Until, AsOf: f.AsOf}
	if f.Subject != "" {
		if _, err := e.subject(ctx, f.Subject); err != nil {
			return observed{}, err
		}
		q.Subjects = []string{f.Subject}
	}
	obs, err := e.readObservations(ctx, metric, q)
	if err != nil {
		return observed{}, fmt.Errorf("observations of %s: %w", f.Metric, err)
	}
	subjects, err := e.subjects(ctx)
	if err != nil {
		return observed{}, err
	}
	if f.Access != "" || f.Country != "" {
		obs = slices.DeleteFunc(slices.Clone(obs), func(o metrics.Observation) bool {
			s := subjects[o.Subject]
			return f.Access != "" && s.Access != f.Access ||
				f.Country != "" && !strings.EqualFold(s.Country, f.Country)
		})
	}
	return observed{metric: metric, observations: obs, subjects: subjects}, nil
}

// readObservations reads a metric's observations, computing them where the metric is derived. They are shared: nobody may
// change one.
func (e *Engine) readObservations(ctx context.Context, m metrics.Metric, q metrics.Query) ([]metrics.Observation, error) {
	if m.Expression == "" {
		return e.observations(ctx, q)
	}
	return e.derive(ctx, m, q)
}

// observations answers a question about the present from a metric's series as it was read before; a page asks many of
// one series. A question about the past goes to the ledger.
func (e *Engine) observations(ctx context.Context, q metrics.Query) ([]metrics.Observation, error) {
	if !q.AsOf.IsZero() {
		return e.ledger.Observations(ctx, q)
	}
	all, err := e.series(ctx, q.Metric)
	if err != nil || q.Subjects == nil && q.Source == "" && q.Since.IsZero() && q.Until.IsZero() {
		return all, err
	}
	var out []metrics.Observation
	for _, o := range all {
		if (q.Subjects == nil || slices.Contains(q.Subjects, o.Subject)) && (q.Source == "" || o.Source.Name == q.Source) &&
			!o.Time.Before(q.Since) && (q.Until.IsZero() || o.Time.Before(q.Until)) {
			out = append(out, o)
		}
	}
	return out, nil
}

// series reads every live observation of a metric, once per state of the ledger while there is room.
func (e *Engine) series(ctx context.Context, metric string) ([]metrics.Observation, error) {
	state, err := e.ledger.State(ctx)
	if err != nil {
		return nil, fmt.Errorf("state of the ledger: %w", err)
	}
	if obs, ok := e.read.get(state.ID, metric); ok {
		return obs, nil
	}
	obs, err := e.ledger.Observations(ctx, metrics.Query{Metric: metric})
	if err != nil {
		return nil, err
	}
	obs = slices.Clip(obs) // an append by whoever gets it makes a copy
	e.read.put(state.ID, metric, obs)
	return obs, nil
}

// subjects returns every subject by id, read once per state of the ledger.
func (e *Engine) subjects(ctx context.Context) (map[string]metrics.Subject, error) {
	return cached(ctx, e, "subjects", func() (map[string]metrics.Subject, error) {
		list, err := e.ledger.Subjects(ctx, metrics.SubjectQuery{})
		if err != nil {
			return nil, fmt.Errorf("subjects: %w", err)
		}
		byID := make(map[string]metrics.Subject, len(list))
		for _, s := range list {
			byID[s.ID] = s
		}
		return byID, nil
	})
}
