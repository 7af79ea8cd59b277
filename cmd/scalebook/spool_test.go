package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// downAfter is a ledger whose server goes down after some writes, and comes back when it is told to.
type downAfter struct {
	metrics.Ledger
	writes int
}

var errServerDown = fmt.Errorf("%w: the server is down", metrics.ErrUnavailable)

func (d *downAfter) Append(ctx context.Context, at time.Time, obs []metrics.Observation) (metrics.Appended, error) {
	if d.writes--; d.writes < 0 {
		return metrics.Appended{}, errServerDown
	}
	return d.Ledger.Append(ctx, at, obs)
}

func (d *downAfter) State(ctx context.Context) (metrics.State, error) {
	if d.writes < 0 {
		return metrics.State{}, errServerDown
	}
	return d.Ledger.State(ctx)
}

// TestOutageWithinIngest loses the server of measurements in the middle of an ingest. The run says so and fails, doctor
// says what waits, and a running server writes it and indexes it once its store is back.
func TestOutageWithinIngest(t *testing.T) {
	var out, problems bytes.Buffer
	p := Program{Stdout: &out, Stderr: &problems, Getenv: func(string) string { return "" }}
	s := &settings{data: t.TempDir(), metrics: "sqlite"}
	w, err := openWorkspace(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	server := &downAfter{w.ledger, 0}
	w.ledger = server
	if err := w.openSpool(); err != nil {
		t.Fatal(err)
	}
	figures := t.TempDir()
	if err := os.WriteFile(filepath.Join(figures, "scores.csv"), []byte("metric,subject,time,value\nexam,a,2024-01-01,0.5\nexam,b,2024-03-01,0.7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	jobs := []ingest.Job{{Name: "figures", Kind: "csv", Location: figures}}
	if err := p.run(t.Context(), w, jobs); err == nil || !strings.Contains(err.Error(), "1 writes wait") || !strings.Contains(err.Error(), "the server is down") {
		t.Fatalf("the run: %v", err)
	}
	if _, err := w.describeSpool(); err == nil || !strings.Contains(err.Error(), "1 writes wait") {
		t.Errorf("doctor: %v", err)
	}
	running := &ingests{program: p, settings: s, workspace: w}
	if err := running.replayOnce(t.Context()); err == nil {
		t.Error("replayed while the server is down")
	}
	server.writes = 100
	if err := running.replayOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.describeSpool(); err != nil {
		t.Error(err)
	}
	if obs, err := w.ledger.Observations(t.Context(), metrics.Query{Metric: "exam"}); err != nil || len(obs) != 2 {
		t.Errorf("%d observations (%v), want 2", len(obs), err)
	}
	if found, err := w.describeIndex(t.Context()); err != nil || !strings.HasPrefix(found, "generation gen-") {
		t.Errorf("index: %s, %v", found, err)
	}
	for range 2 { // the run that failed is finished by the next one, and the one after has nothing to do
		if err := p.run(t.Context(), w, jobs); err != nil {
			t.Fatal(err)
		}
	}
	if revs, err := w.ledger.Revisions(t.Context(), metrics.RevisionQuery{Metric: "exam"}); err != nil || len(revs) != 2 {
		t.Errorf("%d revisions (%v), want 2: none lost, none doubled", len(revs), err)
	}
}
