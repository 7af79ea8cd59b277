package spool_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/metricstest"
	"github.com/scalebook/scalebook/metrics/spool"
	"github.com/scalebook/scalebook/metrics/sqlite"
)

var recorded = time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)

func open(t *testing.T) metrics.Ledger {
	t.Helper()
	l, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func wrap(t *testing.T, cfg spool.Config) *spool.Ledger {
	t.Helper()
	l, err := spool.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestStore(t *testing.T) {
	metricstest.Run(t, func(t *testing.T) metrics.Ledger { return wrap(t, spool.Config{Ledger: open(t), Dir: t.TempDir()}) })
}

// flaky is a ledger whose server fails as told: before a write, after it, or by not answering.
type flaky struct {
	metrics.Ledger
	fail func() string
}

var errDown = fmt.Errorf("%w: down", metrics.ErrUnavailable)

func (f *flaky) do(ctx context.Context, write func() error) error {
	switch f.fail() {
	case "down":
		return errDown
	case "hangs":
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond): // every ledger gives up some day
			return errDown
		}
	case "answer lost":
		if err := write(); err != nil {
			return err
		}
		return errDown
	}
	return write()
}

func (f *flaky) PutMetrics(ctx context.Context, ms []metrics.Metric) error {
	return f.do(ctx, func() error { return f.Ledger.PutMetrics(ctx, ms) })
}

func (f *flaky) PutSubjects(ctx context.Context, ss []metrics.Subject) error {
	return f.do(ctx, func() error { return f.Ledger.PutSubjects(ctx, ss) })
}

func (f *flaky) Append(ctx context.Context, at time.Time, obs []metrics.Observation) (done metrics.Appended, err error) {
	return done, f.do(ctx, func() error {
		done, err = f.Ledger.Append(ctx, at, obs)
		return err
	})
}

func (f *flaky) State(ctx context.Context) (metrics.State, error) {
	if s := f.fail(); s == "down" || s == "hangs" {
		return metrics.State{}, errDown
	}
	return f.Ledger.State(ctx)
}

// step is the n'th write of a history in which every row is revised again and again.
func step(ctx context.Context, l metrics.Writer, n int) error {
	at := recorded.Add(time.Duration(n) * time.Hour)
	switch {
	case n == 0:
		floor := 0.0
		return l.PutMetrics(ctx, []metrics.Metric{{ID: "score", Kind: metrics.KindBenchmark, Floor: &floor, Title: metrics.Text{Ko: "점수"}}})
	case n%5 == 1:
		return l.PutSubjects(ctx, []metrics.Subject{{ID: fmt.Sprint("m", n%3), Name: fmt.Sprint("Model ", n), Released: at}})
	}
	var obs []metrics.Observation
	for i := range 3 {
		obs = append(obs, metrics.Observation{Metric: "score", Subject: fmt.Sprint("m", i), Name: "M", Time: recorded, Value: float64(n) + 0.1,
			Low: metrics.At(0), Interval: "range", Withdrawn: (n+i)%7 == 0,
			Source: metrics.Source{Name: "lab", URL: "https://lab.example/", File: "a.csv", Row: n, RetrievedAt: at}})
	}
	_, err := l.Append(ctx, at, obs)
	return err
}

// everything is what a ledger holds, revisions and their instants included.
func everything(t *testing.T, l metrics.Reader) string {
	t.Helper()
	ctx := t.Context()
	state, err := l.State(ctx)
	if err != nil {
		t.Fatal(err)
	}
	revs, err := l.Revisions(ctx, metrics.RevisionQuery{})
	if err != nil {
		t.Fatal(err)
	}
	subjects, err := l.Subjects(ctx, metrics.SubjectQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintln(&b, state)
	for _, r := range revs {
		fmt.Fprintf(&b, "%+v\n", r.Observation)
	}
	fmt.Fprintf(&b, "%+v\n", subjects)
	return b.String()
}

// TestOutages lets the server fail at random, in every way, and the process restart at random. In the end the ledger is
// the one that nothing happened to: no write is lost, doubled or out of order.
func TestOutages(t *testing.T) {
	const writes = 40
	undisturbed := open(t)
	for n := range writes {
		if err := step(t.Context(), undisturbed, n); err != nil {
			t.Fatal(err)
		}
	}
	want := everything(t, undisturbed)
	waited := 0
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 1))
		mode, left := "", 0
		server := &flaky{open(t), func() string {
			if left--; left < 0 {
				mode, left = []string{"", "", "down", "answer lost", "hangs"}[random.IntN(5)], random.IntN(4)
			}
			return mode
		}}
		cfg := spool.Config{Ledger: server, Dir: t.TempDir(), Patience: 5 * time.Millisecond}
		l := wrap(t, cfg)
		for n := range writes {
			if err := step(t.Context(), l, n); err != nil {
				t.Fatalf("seed %d, write %d: %v", seed, n, err)
			}
			if pending, err := l.Pending(); err != nil {
				t.Fatal(err)
			} else if pending > 0 {
				waited++
			}
			if random.IntN(3) == 0 {
				l = wrap(t, cfg) // another process goes on
			}
			if random.IntN(3) == 0 {
				_ = l.Replay(t.Context()) // which may fail half way
			}
		}
		server.fail = func() string { return "" }
		patient := wrap(t, spool.Config{Ledger: server, Dir: cfg.Dir}) // a busy machine needs more than 5 ms for an answer
		if diff := cmp.Diff(want, everything(t, patient)); diff != "" {
			t.Fatalf("seed %d (-undisturbed +spooled):\n%s", seed, diff)
		}
	}
	if waited == 0 {
		t.Error("no write ever waited")
	}
}

// TestReads are of everything that was written, or fail.
func TestReads(t *testing.T) {
	mode := ""
	server := &flaky{open(t), func() string { return mode }}
	l := wrap(t, spool.Config{Ledger: server, Dir: t.TempDir()})
	for n := range 3 {
		if n == 2 {
			mode = "down"
		}
		if err := step(t.Context(), l, n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Observations(t.Context(), metrics.Query{Metric: "score"}); !errors.Is(err, metrics.ErrUnavailable) {
		t.Errorf("while a write waits: %v", err)
	}
	if obs, err := server.Observations(t.Context(), metrics.Query{Metric: "score"}); err != nil || len(obs) != 0 {
		t.Errorf("the ledger itself has %d (%v)", len(obs), err)
	}
	mode = ""
	if obs, err := l.Observations(t.Context(), metrics.Query{Metric: "score"}); err != nil || len(obs) != 3 {
		t.Errorf("with the server back: %d, %v", len(obs), err)
	}
}

// TestRefusals: what would never be taken, or has no room, fails at once and is not kept.
func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	server := &flaky{open(t), func() string { return "down" }}
	l := wrap(t, spool.Config{Ledger: server, Dir: dir, Limit: 2000})
	ctx := t.Context()
	for what, write := range map[string]func() error{
		"observation": func() error {
			_, err := l.Append(ctx, recorded, []metrics.Observation{{Metric: "score"}})
			return err
		},
		"metric":  func() error { return l.PutMetrics(ctx, []metrics.Metric{{}}) },
		"subject": func() error { return l.PutSubjects(ctx, []metrics.Subject{{}}) },
	} {
		if err := write(); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	kept := 0
	var err error
	for ; kept < 100 && err == nil; kept++ {
		err = step(ctx, l, kept)
	}
	kept--
	if !errors.Is(err, metrics.ErrUnavailable) || !strings.Contains(err.Error(), "full") || kept < 1 {
		t.Errorf("after %d writes: %v", kept, err)
	}
	if pending, err := l.Pending(); err != nil || pending != kept {
		t.Errorf("%d wait (%v), want %d", pending, err, kept)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := step(canceled, wrap(t, spool.Config{Ledger: server, Dir: t.TempDir()}), 2); err == nil {
		t.Error("a write that its caller gave up was kept")
	}
}

// TestDamage: nothing is replayed past a record that is cut, flipped, renamed or gone.
func TestDamage(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, dir string, files []string){
		"cut": func(t *testing.T, _ string, files []string) {
			text, err := os.ReadFile(files[1])
			if err := errors.Join(err, os.WriteFile(files[1], text[:len(text)-1], 0o644)); err != nil {
				t.Fatal(err)
			}
		},
		"flipped": func(t *testing.T, _ string, files []string) {
			text, err := os.ReadFile(files[1])
			text[len(text)/2] ^= 4
			if err := errors.Join(err, os.WriteFile(files[1], text, 0o644)); err != nil {
				t.Fatal(err)
			}
		},
		"exchanged": func(t *testing.T, dir string, files []string) {
			if err := errors.Join(os.Rename(files[1], dir+"/x"), os.Rename(files[2], files[1]), os.Rename(dir+"/x", files[2])); err != nil {
				t.Fatal(err)
			}
		},
		"gone": func(t *testing.T, _ string, files []string) {
			if err := os.Remove(files[1]); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			mode := "down"
			server, dir := &flaky{open(t), func() string { return mode }}, t.TempDir()
			l := wrap(t, spool.Config{Ledger: server, Dir: dir})
			for n := range 4 {
				if err := step(t.Context(), l, n); err != nil {
					t.Fatal(err)
				}
			}
			files, err := filepath.Glob(filepath.Join(dir, "*.write"))
			if err != nil || len(files) != 4 {
				t.Fatal(files, err)
			}
			damage(t, dir, files)
			mode = ""
			if _, err := l.Pending(); !errors.Is(err, metrics.ErrDamaged) || !strings.Contains(err.Error(), dir) {
				t.Errorf("Pending: %v", err)
			}
			if _, err := l.State(t.Context()); !errors.Is(err, metrics.ErrDamaged) {
				t.Errorf("State: %v", err)
			}
			if revs, err := server.Revisions(t.Context(), metrics.RevisionQuery{}); err != nil || len(revs) != 0 {
				t.Errorf("%d revisions got past the damage (%v)", len(revs), err)
			}
		})
	}
}
