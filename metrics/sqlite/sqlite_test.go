package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/metricstest"
	"github.com/scalebook/scalebook/metrics/sqlite"
)

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestLedger(t *testing.T) {
	metricstest.Run(t, func(t *testing.T) metrics.Ledger {
		return open(t, filepath.Join(t.TempDir(), "metrics.db"))
	})
}
