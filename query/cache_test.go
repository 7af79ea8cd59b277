package query

import (
	"context"
	"errors"
	"testing"

	"github.com/scalebook/scalebook/metrics"
)

// stillLedger is at one state.
type stillLedger struct{ metrics.Reader }

func (stillLedger) State(context.Context) (metrics.State, error) { return metrics.State{ID: "1"}, nil }

// TestSharedAnswersOutliveWhoAskedFirst: who waits for an answer that somebody else's question is computing gets it when that one is
// given up, waits no longer than it wants to, and isn't kept waiting by a computation that panicked.
func TestSharedAnswersOutliveWhoAskedFirst(t *testing.T) {
	e := New(Config{Ledger: stillLedger{}})
	first, leave := context.WithCancel(t.Context())
	begun, done := make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := cached(first, e, "question", func() (int, error) {
			close(begun)
			<-first.Done()
			return 0, first.Err()
		})
		done <- err
	}()
	<-begun
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := cached(gone, e, "question", func() (int, error) { return 2, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone waited: %v", err)
	}
	second := make(chan int, 1)
	go func() {
		answer, err := cached(t.Context(), e, "question", func() (int, error) { return 2, nil })
		if err != nil {
			t.Error(err)
		}
		second <- answer
	}()
	leave()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("who asked first: %v", err)
	}
	if answer := <-second; answer != 2 {
		t.Errorf("who asked second got %d", answer)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = cached(t.Context(), e, "panic", func() (int, error) { panic("for a test") })
	}()
	if answer, err := cached(t.Context(), e, "panic", func() (int, error) { return 3, nil }); answer != 3 || err != nil {
		t.Errorf("after a panic: %d, %v", answer, err)
	}
}
