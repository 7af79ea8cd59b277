package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/spool"
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
