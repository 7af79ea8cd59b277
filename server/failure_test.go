package server

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

// severed is a ledger that can't be reached when it is asked for observations.
type severed struct{ metrics.Reader }

func (severed) Observations(context.Context, metrics.Query) ([]metrics.Observation, error) {
	return nil, metrics.ErrUnavailable
}

// TestFailuresHaveIDs holds the log and the answer to one name for a request that failed: the proxy's, where it is one.
func TestFailuresHaveIDs(t *testing.T) {
	config := newTestServer(t).cfg
	var log bytes.Buffer
	config.Logger = slog.New(slog.NewTextHandler(&log, nil))
	config.Ledger, config.Engine = severed{config.Ledger}, nil
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	const address = "/api/v1/series?metric=gpqa-diamond"
	for _, test := range []struct{ sent, want string }{
		{"", ""}, {"7f3a-01", "7f3a-01"}, {"two words", ""}, {strings.Repeat("a", 65), ""}, {"a\tb", ""},
	} {
		log.Reset()
		status, header, _ := get(t, s, address, "X-Request-Id", test.sent)
		id := header.Get("X-Request-Id")
		if status != http.StatusServiceUnavailable || id == "" || !strings.Contains(log.String(), "request="+id) {
			t.Errorf("%q: %d, id %q, log %q", test.sent, status, id, log.String())
		}
		if test.want != "" && id != test.want || test.want == "" && (id == test.sent || len(id) < 20) {
			t.Errorf("%q: id %q", test.sent, id)
		}
	}
	if _, header, _ := get(t, newTestServer(t), "/about", "X-Request-Id", "x"); header.Get("X-Request-Id") != "" {
		t.Error("an answer that may be kept has an id")
	}
}

// A page of a problem says of what state of the data it is, as every page does, though the time for the request is over.
func TestProblemPagesNameTheData(t *testing.T) {
	s := newTestServer(t)
	state, err := s.cfg.Ledger.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	status, _, body := get(t, s, "/nothing-here")
	if want := query.ShortRevision(state.ID); status != http.StatusNotFound || !strings.Contains(body, want) {
		t.Errorf("status %d; want 404 and the revision %s at the foot", status, want)
	}
}
