package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

func TestLimiter(t *testing.T) {
	l := newLimiter(2) // bursts of 20
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 20 {
		if _, _, ok := l.take("a", now); !ok {
			t.Fatalf("request %d of the burst is refused", i+1)
		}
	}
	_, wait, ok := l.take("a", now)
	if ok || wait != 500*time.Millisecond {
		t.Errorf("after the burst: ok %v, wait %s", ok, wait)
	}
	if _, _, ok := l.take("b", now); !ok {
		t.Error("one client pays for another")
	}
	if _, _, ok := l.take("a", now.Add(wait)); !ok {
		t.Error("refused after waiting as told")
	}
	l.take("c", now.Add(time.Minute))
	if len(l.clients) != 1 {
		t.Errorf("%d clients are remembered after a quiet minute", len(l.clients))
	}
}

func TestTurnstile(t *testing.T) {
	turns := turnstile(make(chan struct{}, 1))
	leave, err := turns.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := turns.enter(t.Context()); !errors.Is(err, errOverloaded) {
		t.Errorf("a second turn: %v", err)
	}
	leave()
	if _, err := turns.enter(t.Context()); err != nil {
		t.Errorf("after the first has left: %v", err)
	}
	if p := problemOf(errOverloaded, "en"); p.Status != http.StatusServiceUnavailable || p.retryAfter <= 0 {
		t.Errorf("overload is told as %+v", p)
	}
}

func TestOps(t *testing.T) {
	s := newTestServer(t)
	get(t, s, "/api/v1/frontier?metric=gpqa-diamond")
	for path, want := range map[string]string{"/livez": "ok", "/readyz": "ok", "/metrics": `scalebook_http_requests_total{route="/api/v1/frontier",status="200"}`} {
		w := httptest.NewRecorder()
		s.Ops().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, no %q in %.300s", path, w.Code, want, w.Body.String())
		}
	}
	if status, _, _ := get(t, s, "/debug/pprof/"); status != http.StatusNotFound {
		t.Errorf("profiles are on the public listener: %d", status)
	}
}

// TestLimiterClock: a clock that jumps takes nothing away from a client, lets it have no more than a burst, and forgets nobody for good.
func TestLimiterClock(t *testing.T) {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, jump := range []time.Duration{-time.Second, -time.Hour, -24 * 365 * 56 * time.Hour, time.Hour, 24 * 365 * time.Hour} {
		l := newLimiter(1) // bursts of 10
		for range 5 {
			l.take("a", noon)
		}
		now, taken := noon.Add(jump), 0
		for {
			if _, _, ok := l.take("a", now); !ok {
				break
			}
			taken++
		}
		if taken < 5 || taken > 10 {
			t.Errorf("%s: %d requests at once", jump, taken)
		}
		if n := l.empty(now.Add(-time.Hour)); n != 1 {
			t.Errorf("%s: %d clients have nothing left", jump, n)
		}
		if _, _, ok := l.take("a", now.Add(time.Second)); !ok {
			t.Errorf("%s: refused a second later", jump)
		}
		l.take("b", now.Add(time.Minute))
		l.take("b", now.Add(2*time.Minute))
		if _, known := l.clients["a"]; known {
			t.Errorf("%s: a client that is gone is remembered", jump)
		}
	}
}

// askedLedger counts how often its state is asked for.
type askedLedger struct {
	metrics.Reader
	asked int
}

func (l *askedLedger) State(ctx context.Context) (metrics.State, error) {
	l.asked++
	return l.Reader.State(ctx)
}

// TestRefusalsCostLittle: a client that is over its share is told so in its language, whatever it asks for, without a question to the
// store: to refuse costs less than to answer.
func TestRefusalsCostLittle(t *testing.T) {
	cfg := newTestServer(t).cfg
	ledger := &askedLedger{Reader: cfg.Ledger}
	cfg.Ledger, cfg.RateLimit = ledger, 1e-6
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	get(t, s, "/robots.txt") // the share
	for _, lang := range []string{"ko", "en"} {
		for i, path := range []string{"/", "/metrics", "/nowhere"} {
			if last := s.recent.last.Load(); last != nil { // what kept answers are of is asked for by the clock, whoever comes
				s.recent.last.Store(&datedRevision{last.dated, time.Now().Add(time.Hour)})
			}
			before := ledger.asked
			status, header, body := get(t, s, path, "Accept-Language", lang)
			if status != http.StatusTooManyRequests || header.Get("Retry-After") == "" || !strings.Contains(body, `<html lang="`+lang+`"`) || !strings.Contains(body, `href="?lang=en"`) {
				t.Errorf("%s in %s: %d, %v\n%.300s", path, lang, status, header, body)
			}
			if asked := ledger.asked - before; i > 0 && asked > 0 {
				t.Errorf("%s in %s: the store was asked %d times to refuse", path, lang, asked)
			}
		}
	}
}
