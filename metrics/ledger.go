package metrics

import (
	"context"
	"time"
)

// Query selects the live observations of one metric. Since and Until are half-open on Time; the zero value of each field
// selects everything.
type Query struct {
	Metric   string
	Subjects []string // nil is all, an empty list none
	Source   string
	Since    time.Time
	Until    time.Time
	AsOf     time.Time // the ledger as it stood at this instant, what was recorded at it included; zero is now
}

// RevisionQuery selects revisions, superseded and withdrawn ones included, by when they were recorded (half-open).
type RevisionQuery struct {
	Metric  string
	Subject string
	Source  string
	Since   time.Time
	Until   time.Time
	Limit   int // the newest so many, newest first, when positive; the oldest so many, oldest first, when negative
}

// Revision is one entry of the ledger with the one that it replaced. A withdrawal has the content of what it withdraws.
type Revision struct {
	Observation
	Before *Observation // nil for the first revision of a key; Before.Withdrawn for a row that came back
}

// SubjectQuery selects subjects; the zero value selects all.
type SubjectQuery struct {
	Kind string
	IDs  []string // nil is all, an empty list none
}

// Appended counts what an Append did to keys. Unchanged ones were live with the same content already, or were withdrawn
// without being live. A row that comes back after a withdrawal is Added.
type Appended struct {
	Added, Revised, Withdrawn, Unchanged int
}

// State identifies what a ledger holds. ID is a function of the content alone (not of when it was recorded), so two
// ledgers with the same data have the same ID whatever their backend. RecordedAt is the newest entry's time.
type State struct {
	ID         string
	RecordedAt time.Time
}

// Reader answers questions from a ledger. Implementations are safe for concurrent use and honour ctx.
type Reader interface {
	// Metrics returns the catalogue ordered by id.
	Metrics(ctx context.Context) ([]Metric, error)
	// Metric returns one entry, or ErrUnknownMetric.
	Metric(ctx context.Context, id string) (Metric, error)
	// Subjects returns the selected subjects ordered by id.
	Subjects(ctx context.Context, q SubjectQuery) ([]Subject, error)
	// Subject returns one subject, or ErrUnknownSubject.
	Subject(ctx context.Context, id string) (Subject, error)
	// Observations returns the live revision of each selected key, ordered by time, subject, setting, source.
	// A metric that is not in the catalogue is ErrUnknownMetric; one without data is an empty slice.
	Observations(ctx context.Context, q Query) ([]Observation, error)
	// SubjectObservations returns the live observations of one subject over all metrics, ordered by metric and then as
	// Observations does. asOf zero is now.
	SubjectObservations(ctx context.Context, subject string, asOf time.Time) ([]Observation, error)
	// SourceObservations returns the live observations of one source over all metrics, in the same order.
	SourceObservations(ctx context.Context, source string) ([]Observation, error)
	// Revisions returns entries ordered by RecordedAt, then by key (metric, subject, setting, source, time). A name that
	// the ledger doesn't know selects nothing.
	Revisions(ctx context.Context, q RevisionQuery) ([]Revision, error)
	// Counts returns the number of live observations of each metric that has any.
	Counts(ctx context.Context) (map[string]int, error)
	// State identifies the ledger's content. It is cheap: a cache may ask at every request.
	State(ctx context.Context) (State, error)
}

// Writer adds to a ledger. Safe for concurrent use.
type Writer interface {
	// PutMetrics adds or replaces catalogue entries. An entry without an id is ErrInvalid.
	PutMetrics(ctx context.Context, ms []Metric) error
	// PutSubjects adds subjects or merges them into the known ones, as [Subject.Merge] does: a blank field never erases a
	// known one. A subject without an id is ErrInvalid.
	PutSubjects(ctx context.Context, ss []Subject) error
	// Append records observations at the given instant. It is all or nothing per call, changes nothing for content
	// already live, and rejects the call with ErrInvalid if any observation fails Validate. Metrics need to be in the
	// catalogue first (ErrUnknownMetric); subjects need not be known. Within one call the last of two rows with the same
	// key counts. What is kept is [Observation.Normal]. A call has one RecordedAt: at, or, where the clock ran backwards,
	// that of the newest revision it replaces. After an error that wraps ErrUnavailable the same call can be repeated.
	Append(ctx context.Context, at time.Time, obs []Observation) (Appended, error)
}

// Ledger is a store of measurements.
type Ledger interface {
	Reader
	Writer
	Close() error
}
