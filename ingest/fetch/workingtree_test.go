package fetch_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/ingest/fetch"
)

// TestFolderIsHashedOnce changes a file in ways that its size and time don't tell.
func TestFolderIsHashedOnce(t *testing.T) {
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	type change func(t *testing.T, path string)
	inPlace := func(at time.Time) change {
		return func(t *testing.T, path string) {
			write(t, path, "두 번째 글")
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name  string
		first time.Time // of the file
		do    change
		force bool
		seen  bool
	}{
		{"another time", old, inPlace(old.Add(time.Minute)), false, true},
		{"the same time", old, inPlace(old), false, false},
		{"the same time, read by force", old, inPlace(old), true, true},
		{"the same time, written when it was hashed", time.Now().Add(time.Minute), inPlace(time.Now().Add(time.Minute)), false, true},
		{"another file of the same time", old, func(t *testing.T, path string) {
			inPlace(old)(t, path+".new")
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		}, false, runtime.GOOS != "windows"}, // which has no inodes to tell them apart
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, f := t.TempDir(), fetch.New(fetch.Config{Cache: t.TempDir()})
			path := filepath.Join(dir, "a.md")
			write(t, path, "첫 번째 글")
			if err := os.Chtimes(path, test.first, test.first); err != nil {
				t.Fatal(err)
			}
			before := version(t, f, dir, "")
			if again := version(t, f, dir, before); again != before {
				t.Fatalf("unchanged it has version %s after %s", again, before)
			}
			test.do(t, path)
			known := before
			if test.force {
				known = ""
			}
			if after := version(t, f, dir, known); (after != before) != test.seen {
				t.Errorf("version %s after %s", after, before)
			}
		})
	}
}

func version(t *testing.T, f *fetch.Fetcher, dir, known string) string {
	t.Helper()
	fetched, err := f.Fetch(t.Context(), dir, known)
	if err != nil {
		t.Fatal(err)
	}
	defer fetched.Close()
	return fetched.Version
}

// TestIdentityOfFiles: files of a folder name their contents, as long as they are as they were hashed.
func TestIdentityOfFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "b", "a.md"), "글")
	write(t, filepath.Join(dir, "c.md"), "글")
	fetched, err := fetch.New(fetch.Config{}).Fetch(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer fetched.Close()
	identities := func() map[string]string {
		out := map[string]string{}
		err := fs.WalkDir(fetched.Files, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			listed, err := e.Info()
			if err != nil {
				return err
			}
			opened, err := fs.Stat(fetched.Files, name)
			if err != nil {
				return err
			}
			for _, info := range []fs.FileInfo{listed, opened} {
				if named, ok := info.(interface{ Identity() string }); ok {
					out[name] += named.Identity()[:10] + " "
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const one = "sha256:f77 " // printf 글 | sha256sum
	if diff := cmp.Diff(map[string]string{"b/a.md": one + one, "c.md": one + one}, identities()); diff != "" {
		t.Error(diff)
	}
	write(t, filepath.Join(dir, "c.md"), "다른 글")
	if diff := cmp.Diff(map[string]string{"b/a.md": one + one}, identities()); diff != "" {
		t.Errorf("after a change: %s", diff)
	}
}

// TestAddedInAWorkingTree takes the dates of a folder in a git working tree from the history.
func TestAddedInAWorkingTree(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "translated", "ko")
	repository, err := git.PlainInit(root, false)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) { write(t, filepath.Join(dir, name), text) }
	f := fetch.New(fetch.Config{Cache: t.TempDir()})
	check := func(what string, want map[string]int) {
		t.Helper()
		if diff := cmp.Diff(want, days(t, f, dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	put("a.md", "a\n")
	check("before the first commit", map[string]int{})
	commitOn(t, repository, root, 3, func() { write(t, filepath.Join(root, "README.md"), "no report\n") })
	commitOn(t, repository, root, 5, func() { put("b/c.md", "c\n") })
	put("d.md", "not committed yet\n")
	put("a.md", "changed\n")
	check("some not committed", map[string]int{"a.md": 3, "b/c.md": 5})
	before := version(t, f, dir, "")
	commitOn(t, repository, root, 8, func() {})
	if version(t, f, dir, before) == before {
		t.Error("a commit of a file that was read before doesn't show")
	}
	check("all committed", map[string]int{"a.md": 3, "b/c.md": 5, "d.md": 8})
	if fetched, err := f.Fetch(t.Context(), root, ""); err != nil {
		t.Error(err)
	} else if _, err := fs.Stat(fetched.Files, ".git"); err == nil {
		t.Error("the repository itself is among the files")
	}
}
