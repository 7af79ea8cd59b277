package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRestoredBackupAnswersTheSame backs up the bundled content, restores it elsewhere, and compares answers to the byte.
func TestRestoredBackupAnswersTheSame(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "backup.tar.gz")
	run := func(data string, args ...string) (string, int) {
		var out, problems bytes.Buffer
		code := Program{Args: append(args, "--data", filepath.Join(dir, data)), Stdout: &out, Stderr: &problems, Getenv: func(string) string { return "" }}.Run(t.Context())
		return out.String() + problems.String(), code
	}
	for _, step := range [][]string{{"was", "ingest", "--bundled"}, {"was", "backup", file}, {"is", "restore", file}} {
		if out, code := run(step[0], step[1:]...); code != exitOK {
			t.Fatalf("%v: exit %d: %s", step, code, out)
		}
	}
	took := regexp.MustCompile(`"took_us":\d+`)
	for _, question := range [][]string{
		{"export", "--format", "json", "gpqa-diamond", "cpu-transistors"},
		{"trend", "--json", "cpu-transistors", "--of", "all"},
		{"search", "--json", "추론"},
	} {
		was, code := run("was", question...)
		is, again := run("is", question...)
		if code != exitOK || again != exitOK || len(was) < 200 {
			t.Fatalf("%v: exits %d and %d: %.300s", question, code, again, was)
		}
		if took.ReplaceAllString(was, "") != took.ReplaceAllString(is, "") {
			t.Errorf("%v: the restored directory answers otherwise", question)
		}
	}
	if out, code := run("is", "restore", file); code != exitFailed || !strings.Contains(out, "not empty") {
		t.Errorf("restored over data: exit %d: %s", code, out)
	}
	if out, code := run("none", "backup", file); code != exitFailed || !strings.Contains(out, "nothing in it") {
		t.Errorf("backed up nothing: exit %d: %s", code, out)
	}
}

func TestRestoreRefusesOtherArchives(t *testing.T) {
	for _, name := range []string{"../outside", "/etc/passwd", "library/../../outside", "index/CURRENT", "metrics.db-wal"} {
		var b bytes.Buffer
		compressed := gzip.NewWriter(&b)
		archive := tar.NewWriter(compressed)
		if err := errors.Join(archive.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644}), archive.Close(), compressed.Close()); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := restore(dir, &b); !errors.Is(err, errNotBackup) {
			t.Errorf("%s: %v", name, err)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("%s left %v %v", name, entries, err)
		}
	}
	if err := restore(t.TempDir(), strings.NewReader("no archive")); !errors.Is(err, errNotBackup) {
		t.Errorf("text: %v", err)
	}
}
