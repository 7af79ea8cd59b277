package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestManual writes the manual twice, and expects a page for each command that a reader may see, the same both times.
func TestManual(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1767225600")
	dirs := []string{t.TempDir(), t.TempDir()}
	for _, dir := range dirs {
		var problems bytes.Buffer
		p := Program{Args: []string{"manual", dir}, Stdout: &problems, Stderr: &problems, Getenv: func(string) string { return "" }}
		if code := p.Run(t.Context()); code != exitOK {
			t.Fatalf("exit %d: %s", code, problems.String())
		}
	}
	root := Program{Getenv: func(string) string { return "" }}.root()
	names := []string{"completions/scalebook", "completions/_scalebook", "completions/scalebook.fish", "man/scalebook.1"}
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, "man/scalebook-"+c.Name()+".1")
		}
	}
	for _, name := range names {
		first, err := os.ReadFile(filepath.Join(dirs[0], name))
		if err != nil {
			t.Error(err)
			continue
		}
		second, err := os.ReadFile(filepath.Join(dirs[1], name))
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s is not the same twice: %v", name, err)
		}
		if strings.HasPrefix(name, "man/") && !(bytes.Contains(first, []byte(".SH SYNOPSIS")) && bytes.Contains(first, []byte("January 2026")) || bytes.Contains(first, []byte("Jan 2026"))) {
			t.Errorf("%s has no synopsis or another date:\n%.200s", name, first)
		}
	}
}
