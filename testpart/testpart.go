// Package testpart finds what tests need beside the repository, and says what becomes of a test whose part is absent.
package testpart

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Missing ends a test whose part, such as a browser, a server or data, is absent: CI, which sets CI, has all of them, so
// there the test fails; elsewhere it is skipped. The message names the part and how to get it.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	message := fmt.Sprintf(format, args...)
	if os.Getenv("CI") != "" {
		t.Fatalf("%s, and CI has to have it", message)
	}
	t.Skip(message)
}

// Shared returns the path of real files that lie beside the repository and are not part of it, such as upstream/epoch;
// where there are none they are [Missing].
func Shared(t testing.TB, name string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for !isFile(filepath.Join(root, "go.mod")) {
		parent := filepath.Dir(root)
		if parent == root {
			t.Fatal("no go.mod above the working directory")
		}
		root = parent
	}
	path := filepath.Join(root, "..", "shared", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		Missing(t, "%s is not beside the repository: %v", name, err)
	}
	return path
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
