package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/metrics"
)

// Job is one source to ingest.
type Job struct {
	Name     string
	Kind     string
	Location string        // folder, file, archive, git repository or URL
	Files    fs.FS         // bundled content, instead of a location
	Timeout  time.Duration // for the whole job; 10 minutes if zero
	Public   bool          // full texts of its reports may be shown to everybody
	License  string
	Force    bool // read it though it has not changed
}

// Results of a run.
const (
	Changed   = "changed"
	Unchanged = "unchanged"
	Failed    = "failed"
)

// Outcome is how the run of one job went.
type Outcome struct {
	ID          int64      `json:"id,omitempty"`
	Source      string     `json:"source"`
	Kind        string     `json:"kind"`
	Location    string     `json:"location,omitempty"`
	Version     string     `json:"version,omitempty"`
	Started     time.Time  `json:"started_at"`
	Finished    time.Time  `json:"finished_at"`
	Result      string     `json:"result"`
	Error       string     `json:"error,omitempty"`
	Added       int        `json:"added"`
	Revised     int        `json:"revised"`
	Withdrawn   int        `json:"withdrawn"`
	Unchanged   int        `json:"unchanged"`
	Quarantined int        `json:"quarantined"`
	Reports     int        `json:"reports,omitempty"`
	Rejected    []Rejected `json:"-"`
	Shelved     Shelved    `json:"-"`
	Err         error      `json:"-"`
}

// Config wires a [Runner].
type Config struct {
	Ledger     metrics.Ledger
	Journal    *Journal
	Shelf      Shelf
	Fetcher    *fetch.Fetcher
	Identity   *Identity
	Catalogue  Catalogue
	Connectors []Connector
	Reindex    func(ctx context.Context) error // called once after jobs that changed something
	Progress   Progress
	Now        func() time.Time // time.Now if nil
	Logger     *slog.Logger
}

// Runner runs jobs one after the other and keeps each from harming the rest: a failure, a panic or a time-out of one is
// its own outcome. Running the same input again changes nothing; an interrupted run is finished by the next one.
type Runner struct {
	cfg        Config
	connectors map[string]Connector
}

// NewRunner returns a runner.
func NewRunner(cfg Config) *Runner {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Progress == nil {
		cfg.Progress = silent{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	r := &Runner{cfg: cfg, connectors: make(map[string]Connector, len(cfg.Connectors))}
	for _, c := range cfg.Connectors {
		r.connectors[c.Kind()] = c
	}
	return r
}

// Run runs the jobs. The error is that of the machinery (journal, index); what went wrong with a job is in its outcome.
func (r *Runner) Run(ctx context.Context, jobs []Job) ([]Outcome, error) {
	var outcomes []Outcome
	changed := false
	for _, job := range jobs {
		o := r.runOne(ctx, job)
		outcomes = append(outcomes, o)
		changed = changed || o.Result == Changed
		if err := ctx.Err(); err != nil {
			return outcomes, err
		}
		if err := r.cfg.Journal.record(ctx, o); err != nil {
			return outcomes, fmt.Errorf("journal: %w", err)
		}
		r.cfg.Progress.Done(o)
	}
	if changed && r.cfg.Reindex != nil {
		if err := r.cfg.Reindex(ctx); err != nil {
			return outcomes, fmt.Errorf("search index: %w", err)
		}
	}
	return outcomes, nil
}

func (r *Runner) runOne(ctx context.Context, job Job) (o Outcome) {
	o = Outcome{Source: job.Name, Kind: job.Kind, Location: fetch.Redact(job.Location), Started: r.now()}
	defer func() {
		if p := recover(); p != nil {
			r.cfg.Logger.Error("source panicked", "source", job.Name, "panic", p, "stack", string(debug.Stack()))
			o.Err = fmt.Errorf("internal error: %v", p)
		}
		o.Finished = r.now()
		if o.Err != nil {
			o.Result, o.Error = Failed, o.Err.Error()
		}
	}()
	timeout := job.Timeout
	if timeout == 0 {
		timeout = 10 * time.Minute
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("took longer than %s", timeout))
	defer cancel()
	o.Err = r.ingest(ctx, job, &o)
	if errors.Is(o.Err, context.DeadlineExceeded) {
		o.Err = context.Cause(ctx)
	}
	return o
}

func (r *Runner) now() time.Time { return r.cfg.Now().UTC().Truncate(time.Microsecond) }

// ingest takes one job from its location to the stores.
func (r *Runner) ingest(ctx context.Context, job Job, o *Outcome) error {
	connector, ok := r.connectors[job.Kind]
	if !ok && job.Kind != KindReports {
		return fmt.Errorf("unknown kind %q", job.Kind)
	}
	known, err := r.cfg.Journal.checkpoint(ctx, job.Name)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if job.Force || known.Parser != parserVersion {
		known.Version = ""
	}
	r.cfg.Progress.Start(job)
	fetched, err := r.fetch(ctx, job, known.Version)
	if err != nil {
		return err
	}
	defer fetched.Close()
	o.Version = fetched.Version
	if fetched.NotModified {
		o.Result = Unchanged
		return nil
	}
	at, err := r.cfg.Journal.begin(ctx, job.Name, fetched.Version, r.now())
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	now := checkpoint{Version: fetched.Version, Parser: parserVersion}
	if job.Kind == KindReports {
		return r.shelve(ctx, job, fetched, now, at, o)
	}
	in := Input{Files: fetched.Files, Location: o.Location, Version: fetched.Version, RetrievedAt: fetched.RetrievedAt,
		Identity: r.cfg.Identity, Catalogue: r.cfg.Catalogue, Known: r.known(ctx)}
	return r.snapshot(ctx, job, connector, in, now, at, o)
}

// lookup finds subjects in the ledger. A ledger that can't answer is not one that doesn't know: err keeps the failure, so
// that the run fails rather than set rows aside for it.
type lookup struct {
	ctx    context.Context // of the run; the function that a connector is given takes none
	ledger metrics.Reader
	err    error
}

func (l *lookup) find(subject string) (metrics.Subject, bool) {
	s, err := l.ledger.Subject(l.ctx, subject)
	if err != nil && !errors.Is(err, metrics.ErrUnknownSubject) && l.err == nil {
		l.err = fmt.Errorf("ledger: %w", err)
	}
	return s, err == nil
}

// parserVersion is raised when connectors read the same bytes differently, so that unchanged sources are read again.
const parserVersion = "1"

func (r *Runner) fetch(ctx context.Context, job Job, known string) (*fetch.Fetched, error) {
	if job.Files != nil {
		return r.cfg.Fetcher.Embedded(job.Files, known)
	}
	return r.cfg.Fetcher.Fetch(ctx, job.Location, known)
}

func (r *Runner) shelve(ctx context.Context, job Job, fetched *fetch.Fetched, now checkpoint, at time.Time, o *Outcome) error {
	shelved, err := r.cfg.Shelf.Shelve(ctx, job, fetched.Files, fetched.Version)
	if err != nil {
		return err
	}
	o.Shelved = shelved
	o.Rejected = shelved.Rejected
	for _, r := range o.Rejected {
		if !r.Tolerated {
			o.Quarantined++
		}
	}
	o.Reports = shelved.Added + shelved.Updated + shelved.Unchanged
	o.Result = Unchanged
	if shelved.Added+shelved.Updated+shelved.Removed > 0 {
		o.Result = Changed
	}
	if o.Reports == 0 && shelved.SetAside == 0 {
		return fmt.Errorf("%s: no markdown file in it", o.Location)
	}
	return r.cfg.Journal.commit(ctx, job, now, at, nil, shelved.Rejected)
}
