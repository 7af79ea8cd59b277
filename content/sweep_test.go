package content

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

// TestSweep: what was being written when a process was killed is removed, and nothing else is.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	l := openLibrary(t, dir)
	if err := l.Sweep(); err != nil {
		t.Errorf("an empty library: %v", err)
	}
	syncFiles(t, l, fstest.MapFS{"20240101-a.md": file("# A\n\n![x](.tmp-x.svg)\n\n" + longText), ".tmp-x.svg": file(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}, "v1")
	names := func() (all []string) {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error { all = append(all, path); return err })
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := names()
	manifest := slices.IndexFunc(before, func(name string) bool { return filepath.Base(name) == manifestName })
	source := filepath.Dir(before[manifest])
	for _, left := range []string{filepath.Join(dir, ".tmp-1"), filepath.Join(source, ".tmp-2"), filepath.Join(dir, ".parsed", "ab", ".tmp-3"), filepath.Join(source, "blobs", "cd", ".tmp-4")} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(left), 0o755), os.WriteFile(left, []byte("half"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Sweep(); err != nil {
		t.Fatal(err)
	}
	var gone []string
	after := names()
	for _, n := range before {
		if !slices.Contains(after, n) {
			gone = append(gone, n)
		}
	}
	for _, n := range after {
		if info, err := os.Stat(n); err == nil && !info.IsDir() && !slices.Contains(before, n) {
			t.Errorf("%s is left", n)
		}
	}
	if len(gone) > 0 {
		t.Errorf("removed although needed: %v", gone)
	}
	if r, ok := l.Report("20240101-a"); !ok || r.Title != "A" {
		t.Errorf("the report is %t %+v", ok, r)
	}
}
