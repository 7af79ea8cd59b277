// Package ingesttest holds what the tests of connectors share.
package ingesttest

import (
	"testing"

	"github.com/scalebook/scalebook/testpart"
)

// Upstream returns a folder of real upstream files, as [testpart.Shared] does.
func Upstream(t testing.TB, name string) string {
	t.Helper()
	return testpart.Shared(t, "upstream/"+name)
}
