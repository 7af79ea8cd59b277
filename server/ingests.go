package server

import (
	"context"
	"errors"
	"time"
)

// Ingests is what a server knows of ingesting: it reads how runs went and can start one. The work itself is elsewhere.
type Ingests interface {
	Runs(ctx context.Context, limit int) ([]IngestRun, error)
	Sources(ctx context.Context) ([]IngestSource, error)
	Quarantine(ctx context.Context, limit int) ([]Quarantined, error)
	// Unresolved lists subjects that no identity file describes, the most observed first.
	Unresolved(ctx context.Context, limit int) ([]Unresolved, error)
	// Start begins a run of the named sources, or of all, and returns at once. ErrIngestRunning says that one is under way.
	Start(ctx context.Context, names []string) error
}

// ErrIngestRunning says that another ingest holds the data directory.
var ErrIngestRunning = errors.New("an ingest is already running")

// IngestRun is how the run of one source went.
type IngestRun struct {
	ID          int64     `json:"id"`
	Source      string    `json:"source"`
	Kind        string    `json:"kind"`
	Location    string    `json:"location,omitempty"`
	Version     string    `json:"version,omitempty"`
	StartedAt   time.Time `json:"started_at"`
	FinishedAt  time.Time `json:"finished_at"`
	Result      string    `json:"result"`
	Error       string    `json:"error,omitempty"`
	Added       int       `json:"added"`
	Revised     int       `json:"revised"`
	Withdrawn   int       `json:"withdrawn"`
	Unchanged   int       `json:"unchanged"`
	Quarantined int       `json:"quarantined"`
	Reports     int       `json:"reports"`
}

// IngestSource is what was last read of a source.
type IngestSource struct {
	Source      string    `json:"source"`
	Kind        string    `json:"kind"`
	Location    string    `json:"location,omitempty"`
	Version     string    `json:"version"`
	ReadAt      time.Time `json:"read_at"`
	Quarantined int       `json:"quarantined"`
}

// Quarantined is a row that was set aside.
type Quarantined struct {
	Source string `json:"source"`
	File   string `json:"file"`
	Row    int    `json:"row,omitempty"`
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"`
	Reason string `json:"reason"`
}

// Unresolved is a subject known only by how a source spells it.
type Unresolved struct {
	Subject      string `json:"subject"`
	Name         string `json:"name"`
	Observations int    `json:"observations"`
}
