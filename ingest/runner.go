package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/tracing"
)

// Job is one source to ingest.
type Job struct {
	Name     string
	Kind     string
	Location string        // folder, file, archive, git repository or URL
	Files    fs.FS         // bundled content, instead of a location
	Timeout  time.Duration // for the whole job; if zero 10 minutes, of which what is done with reports once they are here doesn't count
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
	Rejected    []Rejected `json:"-"` // as many of the quarantined rows as the journal keeps
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
	Batch      int                             // observations per append; 20,000 if zero
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

// defaultBatch is large enough to spread a transaction's cost, small enough to bound it.
const defaultBatch = 20_000

// NewRunner returns a runner.
func NewRunner(cfg Config) *Runner {
	if cfg.Batch == 0 {
		cfg.Batch = defaultBatch
	}
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

// Run runs the jobs; with none it brings the index up to date with what an interrupted run wrote. The error is that of the machinery (journal, index); what went wrong with a job is in its outcome.
func (r *Runner) Run(ctx context.Context, jobs []Job) ([]Outcome, error) {
	state, err := r.cfg.Ledger.State(ctx)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if err := r.cfg.Journal.follow(ctx, state); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var outcomes []Outcome
	for _, job := range jobs {
		o := r.runOne(ctx, job)
		outcomes = append(outcomes, o)
		if err := ctx.Err(); err != nil {
			return outcomes, err
		}
		if err := r.cfg.Journal.record(ctx, o); err != nil {
			return outcomes, fmt.Errorf("journal: %w", err)
		}
		r.cfg.Progress.Done(o)
	}
	return outcomes, r.finish(ctx, state)
}

// finish brings the index up to date with what was written, by this run or by one that was interrupted, and notes the
// state in which the ledger is left.
func (r *Runner) finish(ctx context.Context, before metrics.State) error {
	written, err := r.cfg.Journal.note(ctx, noteReindex)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	after, err := r.cfg.Ledger.State(ctx)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if written != "" || before.ID != after.ID {
		if r.cfg.Reindex != nil {
			ctx, span := tracing.Step(ctx, "index")
			err := r.cfg.Reindex(ctx)
			span.End(err)
			if err != nil {
				return fmt.Errorf("search index: %w", err)
			}
		}
		if err := r.cfg.Journal.setNote(ctx, noteReindex, ""); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	if err := r.cfg.Journal.setNote(ctx, noteLedger, after.ID); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

func (r *Runner) runOne(ctx context.Context, job Job) (o Outcome) {
	ctx, span := tracing.Step(ctx, "source")
	span.Say("source", job.Name)
	o = Outcome{Source: job.Name, Kind: job.Kind, Location: fetch.Redact(job.Location), Started: r.now()}
	defer func() {
		if p := recover(); p != nil {
			r.cfg.Logger.Error("source panicked", "source", job.Name, "panic", p, "stack", string(debug.Stack()))
			o.Err = fmt.Errorf("internal error: %v", p)
		}
		o.Finished = r.now()
		span.Count("added", o.Added)
		span.Count("revised", o.Revised)
		span.Count("withdrawn", o.Withdrawn)
		span.Count("quarantined", o.Quarantined)
		span.End(o.Err)
		if o.Err != nil {
			o.Result, o.Error = Failed, o.Err.Error()
		}
	}()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timeout := cmp.Or(job.Timeout, 10*time.Minute)
	limit := time.AfterFunc(timeout, func() { cancel(fmt.Errorf("took longer than %s", timeout)) })
	defer limit.Stop()
	o.Err = r.ingest(ctx, job, &o, limit)
	if errors.Is(o.Err, context.Canceled) {
		o.Err = context.Cause(ctx)
	}
	return o
}

func (r *Runner) now() time.Time { return r.cfg.Now().UTC().Truncate(time.Microsecond) }

// parserVersion is raised when connectors read the same bytes differently, so that unchanged sources are read again.
const parserVersion = "3"

// ingest takes one job from its location to the stores, within a limit that it may lift.
func (r *Runner) ingest(ctx context.Context, job Job, o *Outcome, limit *time.Timer) error {
	connector, ok := r.connectors[job.Kind]
	if !ok && job.Kind != KindReports {
		return fmt.Errorf("unknown kind %q", job.Kind)
	}
	last, err := r.cfg.Journal.checkpoint(ctx, job.Name)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	known, parser := last.Version, parserVersion
	if job.Kind == KindReports {
		parser += " " + r.cfg.Shelf.Parser()
	}
	if job.Force || last.Parser != parser || last.Kind != job.Kind || last.Location != o.Location {
		known = ""
	}
	r.cfg.Progress.Start(job)
	fetched, err := r.fetch(ctx, job, known)
	if err != nil {
		return err
	}
	defer fetched.Close()
	o.Version = fetched.Version
	if fetched.NotModified {
		o.Result = Unchanged
		return nil
	}
	t := task{Runner: r, job: job, last: last, outcome: o,
		now: checkpoint{Kind: job.Kind, Location: o.Location, Version: fetched.Version, Parser: parser}}
	if err := t.begin(ctx); err != nil {
		return err
	}
	if job.Kind == KindReports {
		if job.Timeout == 0 {
			limit.Stop() // ten thousand reports take longer, and the time that a report takes is in proportion to its length
		}
		return t.shelve(ctx, fetched)
	}
	t.connector = connector
	t.in = Input{Name: job.Name, Files: fetched.Files, Location: o.Location, Version: fetched.Version, RetrievedAt: fetched.RetrievedAt,
		Identity: r.cfg.Identity, Catalogue: r.cfg.Catalogue}
	if _, ok := connector.(Streamer); ok {
		return t.stream(ctx)
	}
	return t.snapshot(ctx)
}

func (r *Runner) fetch(ctx context.Context, job Job, known string) (fetched *fetch.Fetched, err error) {
	ctx, span := tracing.Step(ctx, "fetch")
	defer func() { span.End(err) }()
	if job.Files != nil {
		return r.cfg.Fetcher.Embedded(job.Files, known)
	}
	return r.cfg.Fetcher.Fetch(ctx, job.Location, known)
}
