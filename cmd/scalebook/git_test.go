package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/scalebook/scalebook/content"
)

// TestReportsOfRepository takes in a report without a date from a repository, twice: it has the day of its first commit, also when it is
// renamed, and keeps its slug.
func TestReportsOfRepository(t *testing.T) {
	work, data := t.TempDir(), t.TempDir()
	repository, err := git.PlainInit(work, false)
	if err != nil {
		t.Fatal(err)
	}
	text := "# 견본 보고서\n\n" + strings.Repeat("액침 냉각을 다룬 글이다. 무어의 법칙도 나온다.\n", 20)
	commit := func(day int, change func() error) {
		t.Helper()
		tree, err := repository.Worktree()
		if err != nil {
			t.Fatal(err)
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if err := tree.AddWithOptions(&git.AddOptions{All: true}); err != nil {
			t.Fatal(err)
		}
		who := &object.Signature{Name: "A", Email: "a@example.com", When: time.Date(2024, 3, day, 12, 0, 0, 0, time.UTC)}
		if _, err := tree.Commit("change", &git.CommitOptions{Author: who}); err != nil {
			t.Fatal(err)
		}
		var problems bytes.Buffer
		p := Program{Args: []string{"ingest", "--data", data, "--from", filepath.Join(work, ".git"), "reports"},
			Stdout: &bytes.Buffer{}, Stderr: &problems, Getenv: func(string) string { return "" }}
		if code := p.Run(t.Context()); code != exitOK {
			t.Fatal(problems.String())
		}
	}
	check := func(path string) {
		t.Helper()
		l, err := content.Open(content.LibraryConfig{Dir: filepath.Join(data, "library")})
		if err != nil {
			t.Fatal(err)
		}
		r, ok := l.Report("sample")
		if !ok || r.Path != path || r.Date.Format(time.DateOnly) != "2024-03-01" {
			t.Errorf("%v: %+v", ok, r)
		}
	}
	commit(1, func() error { return os.WriteFile(filepath.Join(work, "sample.md"), []byte(text), 0o600) })
	check("sample.md")
	commit(2, func() error {
		return os.WriteFile(filepath.Join(work, "sample.md"), []byte(text+"\n한 문장을 더한다.\n"), 0o600)
	})
	check("sample.md")
	commit(3, func() error { return os.Rename(filepath.Join(work, "sample.md"), filepath.Join(work, "other.md")) })
	check("other.md")
}
