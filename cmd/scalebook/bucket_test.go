package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scalebook/scalebook/generation"
)

// failingBucket publishes after some failures.
type failingBucket struct {
	failures int
	err      error
	tries    []time.Time
	publish  func(context.Context) (int64, error)
}

func (f *failingBucket) Publish(ctx context.Context) (int64, error) {
	f.tries = append(f.tries, time.Now())
	if len(f.tries) <= f.failures {
		return 0, f.err
	}
	return f.publish(ctx)
}

func (f *failingBucket) Close() error { return nil }

// TestPublishIsTriedAgain: what a bucket didn't take at first is published without another ingest, after pauses that double up to five
// minutes. Health has it meanwhile. Nothing is tried where another ingester has published.
func TestPublishIsTriedAgain(t *testing.T) {
	data, folder := t.TempDir(), t.TempDir()
	for name, content := range map[string]string{"library/essays/manifest.json": "{}", "index/CURRENT": "gen-00000001\n", "index/gen-00000001/impacts": "postings"} {
		file := filepath.Join(data, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	bucket, err := generation.OpenBucket(t.Context(), "file://"+folder)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	real := generation.NewPublisher(generation.Config{Bucket: bucket, Dir: data})
	synctest.Test(t, func(t *testing.T) {
		fake := &failingBucket{failures: 8, err: errors.New("no route to the bucket"), publish: real.Publish}
		w := &workspace{dir: data, publish: newPublisher(fake.Publish, fake)}
		running := &ingests{workspace: w}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go running.republish(ctx, slog.New(slog.NewTextHandler(io.Discard, nil)))
		synctest.Wait()
		u, err := w.upkeep(ctx)
		if err != nil || u.Publishing.Failures != 1 || u.Publishing.Fault != "no route to the bucket" || !u.Publishing.Next.After(time.Now()) || u.Publishing.Generation != 0 {
			t.Errorf("after a failure: %+v, %v", u.Publishing, err)
		}
		time.Sleep(time.Hour) // of the bubble's clock
		synctest.Wait()
		u, err = w.upkeep(ctx)
		if err != nil || u.Publishing.Failures != 0 || u.Publishing.Fault != "" || u.Publishing.Generation != 1 || u.Publishing.At.IsZero() || !u.Publishing.Next.IsZero() {
			t.Errorf("in the end: %+v, %v", u.Publishing, err)
		}
		var pauses []time.Duration
		for i := 1; i < len(fake.tries); i++ {
			pauses = append(pauses, fake.tries[i].Sub(fake.tries[i-1]))
		}
		if want := "[5s 10s 20s 40s 1m20s 2m40s 5m0s 5m0s]"; fmt.Sprint(pauses) != want {
			t.Errorf("pauses %v, want %s", pauses, want)
		}
		// a later ingest that fails to publish sets it going again
		fake.failures = len(fake.tries) + 2
		if err := w.publish.do(ctx); err == nil {
			t.Fatal("published")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if s := w.publish.state(); s.Failures != 0 {
			t.Errorf("after a later failure: %+v", s)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		fake := &failingBucket{failures: 100, err: generation.ErrConflict}
		w := &workspace{dir: data, publish: newPublisher(fake.Publish, fake)}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go (&ingests{workspace: w}).republish(ctx, slog.New(slog.NewTextHandler(io.Discard, nil)))
		time.Sleep(time.Hour)
		synctest.Wait()
		if s := w.publish.state(); len(fake.tries) != 1 || s.Failures != 1 || s.Fault == "" || !s.Next.IsZero() {
			t.Errorf("a conflict: %d tries, %+v", len(fake.tries), s)
		}
	})
}
