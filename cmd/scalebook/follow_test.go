//go:build unix

package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/generation"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/search"
)

// TestAReaderShowsWhileItReads: a reader that is at work on what follows from many reports, here on one whose names come out of a pipe
// that gives nothing, shows the next generation all the same. It once took 60 s beside a thousand reports.
func TestAReaderShowsWhileItReads(t *testing.T) {
	from, bucketAt, to := t.TempDir(), "file://"+t.TempDir(), t.TempDir()
	bucket, err := generation.OpenBucket(t.Context(), bucketAt)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	publisher := generation.NewPublisher(generation.Config{Bucket: bucket, Dir: from})
	files := fstest.MapFS{}
	publish := func(name string) {
		t.Helper()
		files[name+".md"] = &fstest.MapFile{Data: []byte("# " + name + "\n\n" + strings.Repeat("o1 is a model, and this is a text. ", 20))}
		library, err := content.Open(content.LibraryConfig{Dir: filepath.Join(from, "library")})
		if err == nil {
			_, err = library.Sync(t.Context(), content.SourceConfig{Name: "notes", Public: true}, files, name)
		}
		if err == nil {
			_, err = search.Build(t.Context(), search.BuildConfig{Dir: filepath.Join(from, "index")}, search.Corpus{})
		}
		if err == nil {
			_, err = publisher.Publish(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	publish("20240101-first")
	read, err := openReplica(t.Context(), &settings{metrics: "influx", bucket: bucketAt, data: to}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	library, err := content.Open(content.LibraryConfig{Dir: filepath.Join(to, "library")})
	if err != nil {
		t.Fatal(err)
	}
	index, err := search.Open(search.Config{Dir: filepath.Join(to, "index")})
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	rec := content.NewRecognizer(content.RecognizerConfig{Subjects: []metrics.Subject{{ID: "o1", Name: "o1", Kind: "model"}}})
	library.Recognize(rec)
	parses, err := filepath.Glob(filepath.Join(to, "library", ".parsed", "*", "*.json"))
	if err != nil || len(parses) != 1 {
		t.Fatal(parses, err)
	}
	pipe := filepath.Join(to, "library", ".claims", rec.Version(), filepath.Base(parses[0]))
	if err := errors.Join(os.MkdirAll(filepath.Dir(pipe), 0o755), syscall.Mkfifo(pipe, 0o644)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- library.ReadCitations(t.Context()) }()
	end, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns once it is being read
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go read.run(ctx, log)
	go follow(ctx, library, index, read, log)
	publish("20240102-second")
	for shown := false; !shown; _, shown = library.Report("20240102-second") {
		if err := ctx.Err(); err != nil {
			t.Error("the second generation does not show")
			break
		}
	}
	cancel()
	if err := errors.Join(end.Close(), <-done); err != nil {
		t.Fatal(err)
	}
}
