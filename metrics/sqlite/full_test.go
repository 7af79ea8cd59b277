package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// TestDiskFull bounds the file as a full disk would: the append that doesn't fit fails whole, and the ledger goes on once
// there is room.
func TestDiskFull(t *testing.T) {
	ctx := t.Context()
	s, err := Open(ctx, Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.PutMetrics(ctx, []metrics.Metric{{ID: "score"}}); err != nil {
		t.Fatal(err)
	}
	room := func(pages int) {
		t.Helper()
		if _, err := s.write.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	appendCall := func(call int) error {
		var obs []metrics.Observation
		for i := range 50 {
			obs = append(obs, metrics.Observation{
				Metric: "score", Subject: fmt.Sprintf("m%d-%d", call, i), Name: strings.Repeat("n", 100), Time: at, Value: float64(i),
				Source: metrics.Source{Name: "lab", URL: fmt.Sprint("https://lab.example/", call, i)},
			})
		}
		_, err := s.Append(ctx, at, obs)
		return err
	}
	room(60)
	calls := 0
	for ; calls < 1000 && err == nil; calls++ {
		err = appendCall(calls)
	}
	calls-- // the last one failed
	if !errors.Is(err, metrics.ErrUnavailable) || !strings.Contains(err.Error(), "full") {
		t.Fatalf("%v, want ErrUnavailable because the disk is full", err)
	}
	live, err := s.Observations(ctx, metrics.Query{Metric: "score"})
	if err != nil || len(live) != 50*calls {
		t.Errorf("%d observations (%v), want %d", len(live), err, 50*calls)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	room(6000)
	if err := appendCall(calls); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}
