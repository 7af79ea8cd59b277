package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/server"
)

// said hands on what is written.
type said chan string

func (s said) Write(p []byte) (int, error) {
	s <- string(p)
	return len(p), nil
}

// TestScheduledRunWaits starts a scheduled run while another process ingests, and while this one does: it says that it waits,
// and takes its source in once the other has ended.
func TestScheduledRunWaits(t *testing.T) {
	dir := t.TempDir()
	table := filepath.Join(dir, "scores.csv")
	if err := os.WriteFile(table, []byte("metric,subject,time,value\nmmlu,gpt-4,2023-03-14,0.86\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := &settings{data: filepath.Join(dir, "data"), metrics: "sqlite"}
	w, err := openWorkspace(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	words := make(said, 16)
	i := &ingests{program: Program{Stderr: words, Getenv: func(string) string { return "" }}, settings: s, workspace: w}
	job := ingest.Job{Name: "scores", Kind: "csv", Location: table, Timeout: time.Minute}
	for name, begin := range map[string]func() (end func()){
		"another process": func() func() {
			held, err := lock(w.dir)
			if err != nil {
				t.Fatal(err)
			}
			return func() { held.Close() }
		},
		"this process": func() func() {
			i.running.Lock()
			return i.running.Unlock
		},
	} {
		t.Run(name, func(t *testing.T) {
			end := begin()
			if err := i.tryRun(t.Context(), []ingest.Job{job}); err == nil {
				t.Fatal("two ingests at once")
			}
			if name == "another process" {
				if err := i.Start(t.Context(), nil); err != server.ErrIngestRunning {
					t.Errorf("started by hand: %v, want %v", err, server.ErrIngestRunning)
				}
			}
			done := make(chan error, 1)
			go func() { done <- i.runDue(t.Context(), []ingest.Job{job}) }()
			if got := <-words; got != "a scheduled ingest waits for another one to end\n" {
				t.Errorf("it says %q", got)
			}
			end()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			<-words // what the run did
			got, err := w.ledger.Observations(t.Context(), metrics.Query{Metric: "mmlu"})
			if err != nil || len(got) != 1 {
				t.Errorf("%d observations, %v; want 1", len(got), err)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		i.running.Lock()
		defer i.running.Unlock()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- i.runDue(ctx, []ingest.Job{job}) }()
		<-words
		cancel()
		if err := <-done; err != context.Canceled {
			t.Errorf("%v, want %v", err, context.Canceled)
		}
	})
}
