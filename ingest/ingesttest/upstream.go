// Package ingesttest holds what the tests of connectors share.
package ingesttest

import (
	"os"
	"path/filepath"
	"testing"
)

// Upstream returns a folder of real upstream files, which are not part of the repository and lie beside it. Where they are
// absent the test is skipped, but not in CI, where they are known to be there.
func Upstream(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
	upstream := filepath.Join(dir, "..", "shared", "upstream", name)
	if _, err := os.Stat(upstream); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("upstream files: %v", err)
		}
		t.Skipf("upstream files are not beside the repository: %v", err)
	}
	return upstream
}
