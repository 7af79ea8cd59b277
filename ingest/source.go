// Package ingest brings what upstreams publish into the ledger and the library: sources, the runner that isolates them
// from each other, checkpoints and quarantine.
package ingest

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Input is a fetched upstream, the same whether it came from a folder, a file, an archive, a git repository or a URL.
type Input struct {
	Name        string    // of the source
	Files       fs.FS     // read-only; paths as in the upstream
	Location    string    // as the operator named it, without secrets
	Version     string    // commit, ETag or content hash
	RetrievedAt time.Time // when it was fetched
	Identity    *Identity // canonical ids of subjects
	Catalogue   Catalogue // metrics that are known without the input's declaring them
	// Known looks a subject up among those that other sources described; nil knows none.
	Known func(subject string) (metrics.Subject, bool)
}

// Released returns when a subject became available, for sources that don't say: the identity files decide, then what other
// sources said, then the date in the id of a snapshot. It is zero where none of them knows.
func (in Input) Released(subject string) time.Time {
	if s, ok := in.Identity.Subject(subject); ok && !s.Released.IsZero() {
		return s.Released
	}
	if in.Known != nil {
		if s, ok := in.Known(subject); ok && !s.Released.IsZero() {
			return s.Released
		}
	}
	_, date, _ := Snapshot(subject)
	return date
}

// Sink takes what a connector reads. Its methods return an error only when the run must stop.
type Sink interface {
	// Metric declares a catalogue entry; it must come before the metric's observations. Metrics of the input's Catalogue
	// need not be declared.
	Metric(m metrics.Metric) error
	// Subject adds what the source knows of a subject. A blank field never hides one that another source filled in.
	Subject(s metrics.Subject) error
	// Observe records one observation. Its Source's version and time of retrieval are filled in by the sink.
	Observe(o metrics.Observation) error
	// Quarantine sets a row aside.
	Quarantine(r Rejected) error
}

// Rejected is a row that could not be read, with all that is needed to find and mend it.
type Rejected struct {
	File   string `json:"file"`
	Row    int    `json:"row"` // 1-based
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"`
	Reason string `json:"reason"`
	// Tolerated rows are set aside by rule (a duplicate, a row the upstream left unfinished); the others are broken, and
	// whoever started the run is told so.
	Tolerated bool `json:"tolerated,omitempty"`
	// Unread says that it is a file, none of whose rows could be read: what was read of the source before stays until it can be.
	Unread bool `json:"-"`
}

// String names file, row and reason in one line.
func (r Rejected) String() string {
	if r.Row == 0 {
		return fmt.Sprintf("%s: %s", r.File, r.Reason)
	}
	if r.Column == "" {
		return fmt.Sprintf("%s row %d: %s", r.File, r.Row, r.Reason)
	}
	return fmt.Sprintf("%s row %d: %s: %s", r.File, r.Row, r.Column, r.Reason)
}

// Connector reads the measurements of one upstream format. Read is given an Input and streams what it finds to the sink;
// it returns an error only when the input as a whole is not in the format (a column gone, no file of the kind), naming
// file and reason.
type Connector interface {
	// Kind is the name by which a configuration asks for the connector.
	Kind() string
	Read(ctx context.Context, in Input, sink Sink) error
}

// Streamer is a [Connector] whose inputs may be larger than memory. Read is called more than once on one input and hands the
// same rows to the sink in the same order each time.
type Streamer interface {
	Connector
	Streams()
}

// Shelf takes the reports of a source into the library, all or nothing.
type Shelf interface {
	// Parser names the way that files are read: once it is another, unchanged sources are read again.
	Parser() string
	Shelve(ctx context.Context, job Job, files fs.FS, version string) (Shelved, error)
}

// Shelved counts what became of a source's reports.
type Shelved struct {
	Added, Updated, Removed, Unchanged, SetAside int
	Reread                                       int        // whose files are as they were, and which are read in another way
	Rejected                                     []Rejected // files that did not become reports
}

// KindReports is the kind of source whose files are reports rather than measurements.
const KindReports = "reports"
