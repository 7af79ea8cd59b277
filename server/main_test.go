package server

import (
	"fmt"
	"os"
	"testing"
)

// TestMain gives the shared server a folder that outlives the first test to ask for it.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "scalebook-server-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	shared.dir = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}
