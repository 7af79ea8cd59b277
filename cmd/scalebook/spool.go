package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/spool"
	"github.com/scalebook/scalebook/server"
)

// openSpool keeps the writes of ingests while InfluxDB can't take them. Whoever answers reads the ledger itself.
func (w *workspace) openSpool() (err error) {
	w.spool, err = spool.New(spool.Config{Ledger: w.ledger, Dir: filepath.Join(w.dir, "spool")})
	return err
}

// written is the ledger as an ingest writes to it.
func (w *workspace) written() metrics.Ledger {
	if w.spool != nil {
		return w.spool
	}
	return w.ledger
}

// describeSpool says how many writes wait; that they do is what is wrong.
func (w *workspace) describeSpool() (string, error) {
	n, err := w.spool.Pending()
	if err == nil && n > 0 {
		err = fmt.Errorf("%d writes wait for InfluxDB", n)
	}
	return "no write waits", err
}

// upkeep is how writing and publishing go.
func (w *workspace) upkeep(context.Context) (server.Upkeep, error) {
	var u server.Upkeep
	if w.publish != nil {
		p := w.publish.state()
		u.Publishing = &p
	}
	if w.spool == nil {
		return u, nil
	}
	s, err := w.spool.Status()
	u.Spool = &server.SpoolHealth{Waiting: s.Waiting, Bytes: s.Bytes, Limit: s.Limit, Rejected: s.Rejected, Denied: errors.Is(s.Failing, metrics.ErrDenied)}
	if s.Failing != nil {
		u.Spool.Fault = oneLine(s.Failing.Error())
	}
	return u, err
}

// reportRejected lists the rows that the server can't take; what to do with them only an operator can know.
func (p Program) reportRejected(w *workspace) error {
	rejected, err := w.spool.Rejected()
	for _, r := range rejected {
		fmt.Fprintf(p.Stdout, "       rejected by InfluxDB: %s: %s (kept in %s)\n", r.What, oneLine(r.Reason), r.File)
	}
	return err
}

// replayEvery is how soon a server writes what waits once InfluxDB is back.
const replayEvery = 5 * time.Second

// replay writes what waits in the spool, and brings the index up to date with it, while the server runs.
func (i *ingests) replay(ctx context.Context, log *slog.Logger) {
	if i.workspace.spool == nil {
		return
	}
	ticker := time.NewTicker(replayEvery)
	defer ticker.Stop()
	said := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := i.replayOnce(ctx)
		if err != nil && !said && ctx.Err() == nil {
			log.Error("measurements wait to be written", "error", err)
		}
		said = err != nil
	}
}

// replayOnce is a run of no jobs, which writes what waits, unless nothing does or somebody is ingesting, who does it then.
func (i *ingests) replayOnce(ctx context.Context) error {
	if n, err := i.workspace.spool.Pending(); n == 0 || err != nil || !i.running.TryLock() {
		return err
	}
	defer i.running.Unlock()
	held, err := lock(i.workspace.dir)
	if err != nil {
		return nil // another process ingests
	}
	defer held.Close()
	return i.program.run(ctx, i.workspace, nil)
}
