package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestIndexOfAnotherFormat leaves an index as an older program wrote it: doctor says so, and whatever opens it builds it anew.
func TestIndexOfAnotherFormat(t *testing.T) {
	from, data := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(from, "20250101-sample.md"), []byte("# 견본 보고서\n\n액침 냉각을 다룬 글이다. 무어의 법칙도 나온다.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var problems bytes.Buffer
	program := func(ctx context.Context, out io.Writer, args ...string) int {
		problems.Reset()
		return Program{Args: append(args, "--data", data), Stdout: out, Stderr: &problems, Getenv: func(string) string { return "" }}.Run(ctx)
	}
	run := func(args ...string) (string, int) {
		var out bytes.Buffer
		code := program(t.Context(), &out, args...)
		return out.String() + problems.String(), code
	}
	if out, code := run("ingest", "--from", from, "reports"); code != exitOK {
		t.Fatal(out)
	}
	age := func() {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(data, "index", "seg-*", "impacts"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, name := range files {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			raw[8] = 1 // the version, behind the name of the format
			if err := os.WriteFile(name, raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	age()
	if out, code := run("doctor"); code != exitFailed || !strings.Contains(out, "wrong  index") || !strings.Contains(out, "its format is 1") || !strings.Contains(out, "serve") {
		t.Errorf("doctor: exit %d: %s", code, out)
	}
	if out, code := run("search", "--json", "액침"); code != exitOK || !strings.Contains(out, "20250101-sample") || !strings.Contains(out, "built anew") {
		t.Errorf("search: exit %d: %s", code, out)
	}
	if out, code := run("doctor"); code != exitOK {
		t.Errorf("doctor afterwards: exit %d: %s", code, out)
	}

	age()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	done := make(chan int, 1)
	go func() {
		defer write.Close()
		done <- program(ctx, write, "serve", "--no-bundled", "--addr", "127.0.0.1:0")
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	cancel()
	if code := <-done; err != nil || code != exitOK || !strings.HasPrefix(line, "serving ") {
		t.Errorf("serve: exit %d, %q, %v: %s", code, line, err, problems.String())
	}
	if out, code := run("doctor"); code != exitOK {
		t.Errorf("doctor after serve: exit %d: %s", code, out)
	}
}
