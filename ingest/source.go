// Package ingest brings what upstreams publish into the ledger and the library: sources, the runner that isolates them
// from each other, checkpoints and quarantine.
package ingest

import (
	"context"
	"io/fs"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Input is a fetched upstream, the same whether it came from a folder, a file, an archive, a git repository or a URL.
type Input struct {
	Files       fs.FS     // read-only; paths as in the upstream
	Location    string    // as the operator named it
	Version     string    // commit, ETag or content hash
	RetrievedAt time.Time // when it was fetched
}

// Sink takes what a connector reads. Its methods return an error only when the run must stop.
type Sink interface {
	// Metric declares a catalogue entry before its observations.
	Metric(m metrics.Metric) error
	// Subject adds what the source knows of a subject.
	Subject(s metrics.Subject) error
	// Observe records one observation.
	Observe(o metrics.Observation) error
	// Quarantine sets a row aside.
	Quarantine(r Rejected) error
}

// Rejected is a row that could not be read, with all that is needed to find and mend it.
type Rejected struct {
	File   string
	Row    int // 1-based
	Column string
	Value  string
	Reason string
}

// Connector reads one upstream format. Read is given an Input and streams what it finds to the sink; it returns an error
// only when the input as a whole is not in the format (a column gone, no file of the kind), naming file and reason.
type Connector interface {
	Kind() string
	// Complete reports whether an input lists everything the upstream has, so that a row that is gone was withdrawn.
	Complete() bool
	Read(ctx context.Context, in Input, sink Sink) error
}
