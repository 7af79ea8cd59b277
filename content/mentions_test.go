//go:build unix

package content

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// TestReadingCitationsHoldsUpNobody reads a report's names from a pipe that nothing comes out of: meanwhile the library takes in other
// reports, and who asks for citations waits no longer than it wants to.
func TestReadingCitationsHoldsUpNobody(t *testing.T) {
	dir := t.TempDir()
	l := openLibrary(t, dir)
	files := fstest.MapFS{"20240101-a.md": file("# A\n\no1 is a model.\n\n" + longText)}
	syncFiles(t, l, files, "v1")
	rec := smallCatalogue()
	l.Recognize(rec)
	pipe := filepath.Join(dir, ".claims", rec.Version(), l.state.Load().entries.get("20240101-a").key+".json")
	if err := errors.Join(os.MkdirAll(filepath.Dir(pipe), 0o755), syscall.Mkfifo(pipe, 0o644)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- l.ReadCitations(t.Context()) }()
	end, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns once the other end is open
	if err != nil {
		t.Fatal(err)
	}
	files["20240102-b.md"] = file("# B\n\nSo is o1.\n\n" + longText)
	taken := make(chan struct{})
	go func() {
		defer close(taken)
		syncFiles(t, l, files, "v2")
	}()
	select {
	case <-taken:
	case <-time.After(time.Minute):
		end.Close()
		t.Fatal("a report is not taken in while others are read")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Citing(gone, "subject", "o1"); !errors.Is(err, context.Canceled) {
		t.Errorf("asked by somebody who has gone: %v", err)
	}
	if err := errors.Join(os.Remove(pipe), end.Close()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	<-taken
	cited, err := l.Citing(t.Context(), "subject", "o1")
	if err != nil || len(cited) != 2 {
		t.Errorf("%d reports, %v; want both", len(cited), err)
	}
}

// TestCitationsOfADamagedLibrary: a kept parse that is damaged, and a place to keep names in that nobody can write to, are no reason
// to tell nothing.
func TestCitationsOfADamagedLibrary(t *testing.T) {
	dir := t.TempDir()
	l := openLibrary(t, dir)
	syncFiles(t, l, fstest.MapFS{"20240101-a.md": file("# A\n\no1 is a model.\n\n" + longText)}, "v1")
	l.Recognize(smallCatalogue())
	parse := l.store.path(l.state.Load().entries.get("20240101-a").key)
	if err := errors.Join(os.WriteFile(parse, []byte("{}\n{"), 0o644), os.WriteFile(filepath.Join(dir, ".claims"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	if cited, err := l.Citing(t.Context(), "subject", "o1"); err != nil || len(cited) != 1 {
		t.Errorf("%d reports, %v; want one", len(cited), err)
	}
	if r, ok := l.Report("20240101-a"); !ok || len(r.Mentions) != 1 {
		t.Errorf("found %t: %+v", ok, r)
	}
}

// TestClaimsOfOldCatalogues: what an earlier catalogue found is removed once every report was read by the one at hand, and not before.
func TestClaimsOfOldCatalogues(t *testing.T) {
	dir := t.TempDir()
	l := openLibrary(t, dir)
	files := fstest.MapFS{"20240101-a.md": file("# A\n\no1 is a model.\n\n" + longText)}
	syncFiles(t, l, files, "v1")
	kept := func() (versions []string) {
		t.Helper()
		entries, err := os.ReadDir(filepath.Join(dir, ".claims"))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			versions = append(versions, e.Name())
		}
		return versions
	}
	var last string
	for n := range 3 {
		rec := NewRecognizer(RecognizerConfig{Subjects: []metrics.Subject{{ID: "o1", Name: "o1", Kind: "model"}, {ID: fmt.Sprint("model-", n), Name: fmt.Sprint("Model ", n), Kind: "model"}}})
		l.Recognize(rec)
		if n > 0 {
			if r, ok := l.Report("20240101-a"); !ok || len(r.Mentions) != 1 {
				t.Fatalf("found %t: %+v", ok, r)
			}
			if got := kept(); !slices.Contains(got, last) {
				t.Errorf("%v: %s is gone before all was read by %s", got, last, rec.Version())
			}
		}
		if err := l.ReadCitations(t.Context()); err != nil {
			t.Fatal(err)
		}
		last = rec.Version()
		if got := kept(); !slices.Equal(got, []string{last}) {
			t.Errorf("kept %v, want %s alone", got, last)
		}
	}
	files["20240102-b.md"] = file("# B\n\nSo is o1.\n\n" + longText)
	syncFiles(t, l, files, "v2")
	if cited, err := l.Citing(t.Context(), "subject", "o1"); err != nil || len(cited) != 2 {
		t.Errorf("%d reports, %v; want both", len(cited), err)
	}
}
