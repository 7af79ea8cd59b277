//go:build unix

package content

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
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
