package server

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/scalebook/scalebook/metrics"
)

// patientLedger reads observations until whoever asks for them ends it.
type patientLedger struct {
	metrics.Reader
	asked chan struct{}
	ended chan error
}

func (l *patientLedger) Observations(ctx context.Context, _ metrics.Query) ([]metrics.Observation, error) {
	l.asked <- struct{}{}
	<-ctx.Done()
	l.ended <- context.Cause(ctx)
	return nil, ctx.Err()
}

// TestWorkEndsWhenTheClientGoes: what a client that has closed its connection asked for is not worked on until the deadline.
func TestWorkEndsWhenTheClientGoes(t *testing.T) {
	cfg := newTestServer(t).cfg
	patient := &patientLedger{Reader: cfg.Ledger, asked: make(chan struct{}, 8), ended: make(chan error, 8)}
	cfg.Ledger, cfg.Engine = patient, nil
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	address := listen(t, s)
	for _, question := range []string{
		"GET /api/v1/series?metric=gpqa-diamond HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /metrics/gpqa-diamond HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, question); err != nil {
			t.Fatal(err)
		}
		<-patient.asked
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if cause := <-patient.ended; !errors.Is(cause, errGone) {
			t.Errorf("%.30q: the work ended by %v, want %v", question, cause, errGone)
		}
	}
}
