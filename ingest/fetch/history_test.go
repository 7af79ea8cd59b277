package fetch_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/ingest/fetch"
)

// commitOn changes the working tree and commits all of it on a day of 2024.
func commitOn(t *testing.T, repository *git.Repository, dir string, day int, change func()) plumbing.Hash {
	t.Helper()
	change()
	tree, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.AddWithOptions(&git.AddOptions{All: true}); err != nil {
		t.Fatal(err)
	}
	who := &object.Signature{Name: "A", Email: "a@example.com", When: time.Date(2024, 1, day, 12, 0, 0, 0, time.UTC)}
	hash, err := tree.Commit("change", &git.CommitOptions{Author: who})
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func days(t *testing.T, f *fetch.Fetcher, location string) map[string]int {
	t.Helper()
	fetched, err := f.Fetch(t.Context(), location, "")
	if err != nil {
		t.Fatal(err)
	}
	defer fetched.Close()
	out := map[string]int{}
	for name, at := range fetched.Files.(interface{ Added() map[string]time.Time }).Added() {
		out[name] = at.YearDay()
	}
	return out
}

func TestAdded(t *testing.T) {
	dir := t.TempDir()
	repository, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("A line of the report that is translated.\n", 40)
	put := func(name, text string) { write(t, filepath.Join(dir, name), text) }
	move := func(from, to string) {
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	bare := filepath.Join(dir, ".git")
	cache := t.TempDir()
	f := fetch.New(fetch.Config{Cache: cache})
	steps := []struct {
		name   string
		change func()
		want   map[string]int
	}{
		{"first", func() { put("a.md", long+"a\n"); put("b/c.md", long+"c\n") }, map[string]int{"a.md": 1, "b/c.md": 1}},
		{"changed", func() { put("a.md", long+"changed\n"); put("d.md", "new\n") }, map[string]int{"a.md": 1, "b/c.md": 1, "d.md": 2}},
		{"renamed and edited", func() { move("a.md", "e.md"); put("e.md", long+"edited again\n") }, map[string]int{"e.md": 1, "b/c.md": 1, "d.md": 2}},
		{"removed", func() {
			if err := os.Remove(filepath.Join(dir, "d.md")); err != nil {
				t.Fatal(err)
			}
		}, map[string]int{"e.md": 1, "b/c.md": 1}},
		{"back again", func() { put("d.md", "new\n") }, map[string]int{"e.md": 1, "b/c.md": 1, "d.md": 5}},
	}
	var commits []plumbing.Hash
	for i, step := range steps {
		commits = append(commits, commitOn(t, repository, dir, i+1, step.change))
		if diff := cmp.Diff(step.want, days(t, f, bare)); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
		if diff := cmp.Diff(step.want, days(t, fetch.New(fetch.Config{}), bare)); diff != "" {
			t.Errorf("%s, nothing kept: %s", step.name, diff)
		}
	}
	kept, err := filepath.Glob(filepath.Join(cache, "*.history.json"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept: %v, %v", kept, err)
	}
	write(t, kept[0], "{torn")
	if diff := cmp.Diff(steps[4].want, days(t, f, bare)); diff != "" {
		t.Errorf("what was kept is damaged: %s", diff)
	}
	head, err := repository.Head()
	if err != nil {
		t.Fatal(err)
	}
	if err := repository.Storer.SetReference(plumbing.NewHashReference(head.Name(), commits[1])); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(steps[1].want, days(t, f, bare)); diff != "" {
		t.Errorf("the branch was set back: %s", diff)
	}
	if err := repository.Storer.SetReference(plumbing.NewHashReference(head.Name(), commits[4])); err != nil {
		t.Fatal(err)
	}
	if err := repository.Storer.SetShallow([]plumbing.Hash{commits[1]}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"d.md": 5}, days(t, fetch.New(fetch.Config{}), bare)); diff != "" {
		t.Errorf("a shallow clone: %s", diff)
	}
}

// The files of a commit are read as any others, and are named by their content.
func TestGitTree(t *testing.T) {
	dir := t.TempDir()
	repository, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"a.md": "same size 1", "b/c.md": "c", "b/d/e.md": ""}
	commitOn(t, repository, dir, 1, func() {
		for name, text := range files {
			write(t, filepath.Join(dir, name), text)
		}
	})
	bare := filepath.Join(dir, ".git")
	identities := func() map[string]string {
		fetched, err := fetch.New(fetch.Config{}).Fetch(t.Context(), bare, "")
		if err != nil {
			t.Fatal(err)
		}
		defer fetched.Close()
		if err := fstest.TestFS(fetched.Files, slices.Sorted(maps.Keys(files))...); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(files, contents(t, fetched)); diff != "" {
			t.Error(diff)
		}
		out := map[string]string{}
		for name := range files {
			info, err := fs.Stat(fetched.Files, name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = info.(interface{ Identity() string }).Identity()
		}
		return out
	}
	before := identities()
	files["a.md"] = "same size 2"
	commitOn(t, repository, dir, 2, func() { write(t, filepath.Join(dir, "a.md"), files["a.md"]) })
	after := identities()
	if before["a.md"] == after["a.md"] || before["b/c.md"] != after["b/c.md"] || before["b/d/e.md"] != after["b/d/e.md"] {
		t.Errorf("before %v, after %v", before, after)
	}
	for name, limits := range map[string]fetch.Config{"bytes": {MaxUnpack: 11}, "files": {MaxFiles: 2}} {
		fetched, err := fetch.New(limits).Fetch(t.Context(), bare, "")
		if err == nil {
			err = fs.WalkDir(fetched.Files, ".", func(p string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() {
					_, err = fs.ReadFile(fetched.Files, p)
				}
				return err
			})
		}
		if !errors.Is(err, fetch.ErrTooLarge) {
			t.Errorf("limit of %s: %v", name, err)
		}
	}
}
