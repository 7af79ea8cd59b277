package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/server"
)

// ingests lets the server see and start ingests without knowing how they work.
type ingests struct {
	program   Program
	settings  *settings
	workspace *workspace
	sources   ingest.Sources // configured; the bundled ones where there are none
	running   sync.Mutex

	subjects keptSubjects
}

// keptSubjects are the subjects of a state of the ledger: to list them every series is read.
type keptSubjects struct {
	mu       sync.Mutex
	state    string
	subjects []ingest.Measured
}

// of returns the subjects of the ledger as it is.
func (k *keptSubjects) of(ctx context.Context, ledger metrics.Reader) ([]ingest.Measured, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	state, err := ledger.State(ctx) // before the rest, which may be newer
	if err != nil || k.subjects != nil && k.state == state.ID {
		return k.subjects, err
	}
	subjects, err := ingest.Subjects(ctx, ledger)
	if err != nil {
		return nil, err
	}
	k.state, k.subjects = state.ID, subjects
	return subjects, nil
}

// Runs implements [server.Ingests].
func (i *ingests) Runs(ctx context.Context, limit int) ([]server.IngestRun, error) {
	outcomes, err := i.workspace.journal.Runs(ctx, limit)
	out := make([]server.IngestRun, len(outcomes))
	for n, o := range outcomes {
		out[n] = server.IngestRun{ID: o.ID, Source: o.Source, Kind: o.Kind, Location: o.Location, Version: o.Version, StartedAt: o.Started,
			FinishedAt: o.Finished, Result: o.Result, Error: o.Error, Added: o.Added, Revised: o.Revised, Withdrawn: o.Withdrawn,
			Unchanged: o.Unchanged, Quarantined: o.Quarantined, Reports: o.Reports}
	}
	return out, err
}

// Sources implements [server.Ingests].
func (i *ingests) Sources(ctx context.Context) ([]server.IngestSource, error) {
	states, err := i.workspace.journal.Sources(ctx)
	out := make([]server.IngestSource, len(states))
	for n, s := range states {
		out[n] = server.IngestSource{Source: s.Source, Kind: s.Kind, Location: s.Location, Version: s.Version, ReadAt: s.ReadAt, Quarantined: s.Rejected}
	}
	return out, err
}

// Quarantine implements [server.Ingests].
func (i *ingests) Quarantine(ctx context.Context, limit int) ([]server.Quarantined, error) {
	rows, err := i.workspace.journal.Quarantine(ctx, limit)
	out := make([]server.Quarantined, len(rows))
	for n, r := range rows {
		out[n] = server.Quarantined{Source: r.Source, File: r.File, Row: r.Row, Column: r.Column, Value: r.Value, Reason: r.Reason}
	}
	return out, err
}

// Unresolved implements [server.Ingests].
func (i *ingests) Unresolved(ctx context.Context, limit int) ([]server.Unresolved, error) {
	identity, err := i.workspace.identity()
	if err != nil {
		return nil, err
	}
	subjects, err := i.subjects.of(ctx, i.workspace.ledger)
	if err != nil {
		return nil, err
	}
	found := identity.Unresolved(subjects, limit)
	out := make([]server.Unresolved, len(found))
	for n, u := range found {
		out[n] = server.Unresolved{Subject: u.Subject, Name: u.Name, Observations: u.Observations}
	}
	return out, nil
}

// Start implements [server.Ingests]: the run goes on after the request has ended.
func (i *ingests) Start(ctx context.Context, names []string) error {
	if !i.running.TryLock() {
		return server.ErrIngestRunning
	}
	held, err := lock(i.workspace.dir)
	if err != nil {
		i.running.Unlock()
		if errors.Is(err, errInUse) {
			return server.ErrIngestRunning
		}
		return err
	}
	jobs, err := i.jobs(names)
	if err != nil {
		i.running.Unlock()
		return errors.Join(err, held.Close())
	}
	background := context.WithoutCancel(ctx)
	go func() {
		defer i.running.Unlock()
		defer held.Close()
		// What goes wrong is in the journal, where Runs shows it.
		_ = i.program.run(background, i.workspace, jobs)
	}()
	return nil
}

// jobs are those of the named sources or of all that are configured; the bundled ones where nothing is.
func (i *ingests) jobs(names []string) ([]ingest.Job, error) {
	if len(i.sources) == 0 {
		return bundled(), nil
	}
	return i.sources.Jobs(names...)
}

// waitForLock is how often a scheduled run looks whether another process still writes to the data directory.
const waitForLock = time.Second

// runDue runs jobs for the schedule. A run that somebody else started, here or in another process, is waited for, and
// stderr says so: a source that is due once a month shouldn't wait for its next turn.
func (i *ingests) runDue(ctx context.Context, jobs []ingest.Job) error {
	said := false
	for {
		err := i.tryRun(ctx, jobs)
		if !errors.Is(err, errInUse) && !errors.Is(err, server.ErrIngestRunning) {
			return err
		}
		if !said {
			said = true
			fmt.Fprintln(i.program.Stderr, "a scheduled ingest waits for another one to end")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(waitForLock):
		}
	}
}

// catchUp brings the index up to date with what an ingest wrote that was interrupted. One that is under way does so itself.
func (i *ingests) catchUp(ctx context.Context, log *slog.Logger) {
	for {
		behind, err := i.workspace.journal.Behind(ctx)
		if err == nil && behind {
			err = i.tryRun(ctx, nil)
		}
		if !errors.Is(err, errInUse) && !errors.Is(err, server.ErrIngestRunning) {
			if err != nil && ctx.Err() == nil {
				log.Error("search index not brought up to date after an interrupted ingest", "error", err)
			}
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(waitForLock):
		}
	}
}

// tryRun runs jobs to their end, unless an ingest is under way.
func (i *ingests) tryRun(ctx context.Context, jobs []ingest.Job) error {
	if !i.running.TryLock() {
		return server.ErrIngestRunning
	}
	defer i.running.Unlock()
	held, err := lock(i.workspace.dir)
	if err != nil {
		return err
	}
	defer held.Close()
	return i.program.run(ctx, i.workspace, jobs)
}
