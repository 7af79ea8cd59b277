package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// journal is what a server knows of ingests, without any.
type journal struct {
	Ingests
	sources []IngestSource
	runs    []IngestRun
}

func (j journal) Sources(context.Context) ([]IngestSource, error) { return j.sources, nil }
func (j journal) Runs(context.Context, int) ([]IngestRun, error)  { return j.runs, nil }

// at is a ledger whose state is given.
type at struct {
	metrics.Reader
	state metrics.State
	err   error
}

func (a at) State(context.Context) (metrics.State, error) { return a.state, a.err }

func askOps(t *testing.T, s *Server, address string, headers ...string) (int, http.Header, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Ops().ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.String()
}

// unwell is a server with something wrong everywhere, that can still answer.
func unwell(t *testing.T) *Server {
	t.Helper()
	cfg := newTestServer(t).cfg
	last := time.Now().Add(-time.Hour)
	cfg.Ledger = at{cfg.Ledger, metrics.State{ID: "0123456789abcdef", RecordedAt: time.Now().Add(3 * time.Hour)}, nil}
	cfg.Ingests = journal{sources: []IngestSource{{Source: "prices", Quarantined: 3, Location: "https://user:hunter2@example.org/"}},
		runs: []IngestRun{{Source: "prices", FinishedAt: last, Result: "failed", Error: "<script>404</script>"}, {Source: "scores", FinishedAt: last, Result: "changed"},
			{Source: "prices", FinishedAt: last.Add(-time.Hour), Result: "changed"}}}
	cfg.Upkeep = func(context.Context) (Upkeep, error) {
		return Upkeep{Spool: &SpoolHealth{Waiting: 7, Bytes: 1 << 20, Limit: 256 << 20, Rejected: 2, Denied: true, Fault: "unauthorized access"},
			Publishing: &PublishHealth{Generation: 12, At: last, Failures: 4, Fault: "no route to host", Next: time.Now().Add(time.Minute)}}, nil
	}
	cfg.RateLimit = 0.1 // one request, and then one in ten seconds
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	get(t, s, "/api/v1/frontier?metric=gpqa-diamond")
	if status, _, _ := get(t, s, "/about"); status != http.StatusTooManyRequests {
		t.Fatalf("status %d", status)
	}
	return s
}

// TestHealth: the page says in both languages, and its JSON to programs, what is wrong and how things stand, with no script and no secret.
func TestHealth(t *testing.T) {
	s := unwell(t)
	status, header, body := askOps(t, s, "/health.json")
	var h Health
	if err := json.Unmarshal([]byte(body), &h); status != http.StatusOK || err != nil || header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d, %v, %v", status, err, header)
	}
	codes := ""
	for _, f := range h.Findings {
		codes += f.Code + " "
	}
	if codes != "clock denied spool rejected publish source " || h.Status != healthDegraded {
		t.Errorf("%s: found %s", h.Status, codes)
	}
	if h.Version != "test" || h.Data.Revision != "0123456789ab" || h.Data.Documents == 0 || h.Data.Reports == 0 || h.Process.Goroutines < 1 || h.Process.OpenFiles < 1 ||
		h.Process.ResidentBytes < 1<<20 || h.Requests.RateLimited != 1 || h.Requests.LimitedClients != 1 || h.Requests.Answered != 1 || h.Requests.P50 <= 0 || h.Requests.P99 < h.Requests.P50 ||
		h.Cache.Answers != 1 || h.Cache.Limit != 64<<20 || h.Publishing.Generation != 12 || h.Spool.Waiting != 7 {
		t.Errorf("%s", body)
	}
	if len(h.Sources) != 2 || h.Sources[0].Source != "prices" || h.Sources[0].Succeeded || !h.Sources[0].LastOK.Before(h.Sources[0].LastRun) || h.Sources[0].LastOK.IsZero() || !h.Sources[1].Succeeded {
		t.Errorf("sources %+v", h.Sources)
	}
	for lang, want := range map[string][]string{
		"ko": {`<html lang="ko">`, "서버 상태", "쓰기 7건이 저장소를 기다린다.", "토큰", "따로 두었다", "잇달아 4번", "마지막 성공", "실패", "1.0 MiB / 256.0 MiB", "자료의 마지막 시각"},
		"en": {`<html lang="en">`, "Health", "Writes wait for the metrics store: 7.", "refuses the token", "set aside", "row: 4", "Last success", "Failed", "1.0 MiB of 256.0 MiB", "ahead of this machine"},
	} {
		for _, asked := range [][]string{{"/health?lang=" + lang}, {"/health", "Accept-Language", lang}} {
			status, header, page := askOps(t, s, asked[0], asked[1:]...)
			if status != http.StatusOK || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%v: %d, %v", asked, status, header)
			}
			for _, w := range want {
				if !strings.Contains(page, w) {
					t.Errorf("%v lacks %q", asked, w)
				}
			}
			for _, f := range h.Findings {
				if f.Detail != "" && f.Code != "clock" && f.Code != "source" && !strings.Contains(page, f.Detail) {
					t.Errorf("%v lacks %q", asked, f.Detail)
				}
			}
			for _, never := range []string{"<script", "style=", "hunter2", "secret", "health." + "fault", "%!"} {
				if strings.Contains(page, never) || strings.Contains(body, "hunter2") {
					t.Errorf("%v has %q in it:\n%s", asked, never, page)
				}
			}
		}
	}
	if status, header, sheet := askOps(t, s, "/health.css"); status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/css") || sheet == "" {
		t.Errorf("sheet: %d, %v", status, header)
	}
	for _, path := range []string{"/health", "/health.json"} { // the world has no such page
		if status, _, _ := get(t, newTestServer(t), path); status != http.StatusNotFound {
			t.Errorf("%s is on the public listener: %d", path, status)
		}
	}
}

// TestReadiness: what keeps a server from answering is 503, what doesn't is said with 200.
func TestReadiness(t *testing.T) {
	if status, _, body := askOps(t, unwell(t), "/readyz"); status != http.StatusOK || !strings.HasPrefix(body, "ok\n") || !strings.Contains(body, "refuses the token") || !strings.Contains(body, "wait for the metrics store: 7") {
		t.Errorf("%d %s", status, body)
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{metrics.ErrUnavailable, "can’t be read"},
		{fmt.Errorf("%w: %w", metrics.ErrUnavailable, metrics.ErrDenied), "refuses the token"},
	} {
		cfg := newTestServer(t).cfg
		cfg.Ledger = at{cfg.Ledger, metrics.State{}, test.err}
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if status, _, body := askOps(t, s, "/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, test.want) || strings.HasPrefix(body, "ok") {
			t.Errorf("%v: %d %s", test.err, status, body)
		}
		if _, _, body := askOps(t, s, "/health?lang=en"); !strings.Contains(body, "It can’t serve now.") {
			t.Errorf("%v: %s", test.err, body)
		}
	}
}

func TestElapsedText(t *testing.T) {
	for _, test := range []struct {
		d      time.Duration
		ko, en string
	}{
		{0, "0초", "0 s"}, {59 * time.Second, "59초", "59 s"}, {time.Minute, "1분", "1 min"}, {61*time.Minute + 5*time.Second, "1시간 1분", "1 h 1 min"},
		{24 * time.Hour, "1일", "1 d"}, {50*time.Hour + 59*time.Minute, "2일 2시간", "2 d 2 h"},
	} {
		if ko, en := elapsedText(test.d, "ko"), elapsedText(test.d, "en"); ko != test.ko || en != test.en {
			t.Errorf("%v is %q and %q, want %q and %q", test.d, ko, en, test.ko, test.en)
		}
	}
}
