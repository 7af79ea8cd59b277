package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
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

// counted counts how often a ledger's series are read.
type counted struct {
	metrics.Ledger
	reads int
}

func (c *counted) Observations(ctx context.Context, q metrics.Query) ([]metrics.Observation, error) {
	c.reads++
	return c.Ledger.Observations(ctx, q)
}

// TestUnresolved reads the series once for a state of the ledger; what an operator adds to the identity files shows at once.
func TestUnresolved(t *testing.T) {
	dir := t.TempDir()
	table := filepath.Join(dir, "scores.csv")
	write := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := &settings{data: filepath.Join(dir, "data"), metrics: "sqlite"}
	w, err := openWorkspace(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ledger := &counted{Ledger: w.ledger}
	w.ledger = ledger
	i := &ingests{program: Program{Stderr: make(said, 64), Getenv: func(string) string { return "" }}, settings: s, workspace: w}
	ask := func(step, want string, reads int) {
		t.Helper()
		ledger.reads = 0
		found, err := i.Unresolved(t.Context(), 10)
		var names []string
		for _, u := range found {
			names = append(names, u.Subject)
		}
		if got := strings.Join(names, " "); err != nil || got != want || ledger.reads != reads {
			t.Errorf("%s: %q after %d reads, %v; want %q after %d", step, got, ledger.reads, err, want, reads)
		}
	}
	ingest := func(rows string) {
		t.Helper()
		write(table, "metric,subject,time,value\n"+rows)
		if err := i.tryRun(t.Context(), []ingest.Job{{Name: "scores", Kind: "csv", Location: table, Timeout: time.Minute}}); err != nil {
			t.Fatal(err)
		}
	}
	ingest("mmlu,unheard,2024-01-01,0.5\n")
	ask("first", "unheard", 1)
	ask("again", "unheard", 0)
	ingest("mmlu,unheard,2024-01-01,0.5\nmmlu,another,2024-01-02,0.6\n")
	ask("after another ingest", "another unheard", 1)
	write(filepath.Join(w.dir, "subjects.csv"), "subject,name,kind\nunheard,Unheard,model\n")
	ask("after an operator named one", "another", 0)
}
