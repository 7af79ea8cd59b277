package spool_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/spool"
)

// TestInfluxDB writes while a real InfluxDB is killed, restarted, out of space, and cut off before or after it has what was
// sent. Afterwards it holds what a ledger does that nothing happened to.
func TestInfluxDB(t *testing.T) {
	if testing.Short() {
		t.Skip("starts an InfluxDB several times")
	}
	influxtest.Each(t, testOutages)
}

func testOutages(t *testing.T, server *influxtest.Server) {
	const writes = 24
	undisturbed := open(t)
	for n := range writes {
		if err := step(t.Context(), undisturbed, n); err != nil {
			t.Fatal(err)
		}
	}
	proxy, mode := failing(t, server.URL)
	store, err := influx.Open(t.Context(), influx.Config{URL: proxy, Token: server.Token, Org: server.Org, Bucket: server.Database(t), RetryFor: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	cfg := spool.Config{Ledger: store, Dir: t.TempDir()} // with patience enough for a busy machine
	l := wrap(t, cfg)
	defer func() { l.Close() }()
	pending := func() int {
		t.Helper()
		n, err := l.Pending()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	waited := map[int]bool{} // writes by number
	for n := range writes {
		switch n {
		case 4:
			server.Kill()
		case 8, 20:
			if err := server.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := l.Replay(t.Context()); err != nil {
				t.Fatal(err)
			}
		case 10:
			mode.Store(outOfSpace)
		case 14:
			mode.Store(answersLost)
			if err := l.Replay(t.Context()); !errors.Is(err, metrics.ErrUnavailable) {
				t.Errorf("replayed though every answer is lost: %v", err)
			}
		case 16:
			mode.Store(whole)
		case 18:
			server.Kill()
			l = wrap(t, cfg) // and the writing process died with it
		}
		if err := step(t.Context(), l, n); err != nil {
			t.Fatalf("write %d: %v", n, err)
		}
		waited[n] = pending() > 0
	}
	for n, want := range map[int]bool{3: false, 4: true, 7: true, 9: false, 10: true, 15: true, 18: true, 19: true} {
		if waited[n] != want {
			t.Errorf("write %d waited: %v, want %v", n, waited[n], want)
		}
	}
	if diff := cmp.Diff(everything(t, undisturbed), everything(t, l)); diff != "" {
		t.Errorf("-undisturbed +spooled:\n%s", diff)
	}
	if n := pending(); n != 0 {
		t.Errorf("%d writes still wait", n)
	}
	if err := store.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// What a proxy makes of writes.
const (
	whole int32 = iota
	outOfSpace
	answersLost
	otherToken // of everything
)

// failing stands between a ledger and its server. It passes answers on whole: one that the server's end cut short is a 502.
func failing(t *testing.T, to string) (address string, mode *atomic.Int32) {
	mode = new(atomic.Int32)
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	forward := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		sent, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, to+r.URL.RequestURI(), bytes.NewReader(body))
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		sent.Header = r.Header.Clone()
		if mode.Load() == otherToken {
			sent.Header.Set("Authorization", "Token "+strings.Repeat("x", 40))
		}
		answer, err := transport.RoundTrip(sent)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		body, err = io.ReadAll(answer.Body)
		if err != nil {
			t.Log(r.Method, r.URL, err)
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		maps.Copy(w.Header(), answer.Header)
		w.WriteHeader(answer.StatusCode)
		_, _ = w.Write(body) // whoever asked may be gone
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v2/write" {
			switch mode.Load() {
			case outOfSpace: // as InfluxDB 1.8 words it
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusInternalServerError)
				_, _ = w.Write([]byte(`{"error":"engine: error writing WAL entry: write _00001.wal: no space left on device"}`))
				return
			case answersLost:
				forward(httptest.NewRecorder(), r)
				w.WriteHeader(http.StatusBadGateway)
				return
			}
		}
		forward(w, r)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL, mode
}
