package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// shapes are addresses with what must be in their answers.
func TestAPI(t *testing.T) {
	s := newTestServer(t)
	for _, test := range []struct {
		address string
		status  int
		has     []string
	}{
		{"/api/v1/search?q=추론", 200, []string{`"query":"추론"`, `"total":`, `"took_us":`, `"hits":[{"kind":`, `<mark>`, `"facets":`}},
		{"/api/v1/search?q=", 200, []string{`"hits":[]`}},
		{"/api/v1/search?q=HBM&kind=metric&limit=1", 200, []string{`"kind":"metric"`}},
		{"/api/v1/search?q=HBM&kind=book", 400, []string{`"parameter":"kind"`}},
		{"/api/v1/search?q=HBM&limit=x", 400, []string{`"parameter":"limit"`}},
		{"/api/v1/suggest?q=scal", 200, []string{`"suggestions":[`}},
		{"/api/v1/reports?lang=ko&limit=2", 200, []string{`"total":8`, `"slug":`, `"minutes":`}},
		{"/api/v1/reports?from=2025-03-24&to=2025-03-25", 200, []string{`"total":2`, `20250324-harder-benchmarks`}},
		{"/api/v1/reports/20250324-HARDER-benchmarks", 200, []string{`"slug":"20250324-harder-benchmarks"`, `"sections":[{`, `"claims":[{`, `"then":{`, `"now":{`, `"terms":[{"ko"`, `"lint":[`}},
		{"/api/v1/reports/none", 404, []string{`"type":"/docs/api#problem-not-found"`}},
		{"/api/v1/metrics", 200, []string{`"metrics":[{"id":`}},
		{"/api/v1/subjects?kind=chip", 200, []string{`"subjects":[{"id":`}},
		{"/api/v1/subjects/nvidia-h100", 200, []string{`"id":"nvidia-h100"`, `"observations":[{"metric":`}},
		{"/api/v1/subjects/none", 404, nil},
		{"/api/v1/series?metric=gpqa-diamond&since=2025-01-01&until=2025-02-01", 200, []string{`"metric":{"id":"gpqa-diamond"`, `"observations":[{"time":"2025-01-`}},
		{"/api/v1/series", 400, []string{`"parameter":"metric"`}},
		{"/api/v1/series?metric=none", 404, nil},
		{"/api/v1/series?metric=mmlu&since=yesterday", 400, []string{`"parameter":"since"`}},
		{"/api/v1/frontier?metric=gpqa-diamond", 200, []string{`"records":[{"time":"2023-03-14"`, `"gain":`}},
		{"/api/v1/frontier?metric=gpqa-diamond&as_of=2001-01-01", 200, []string{`"records":[]`}},
		{"/api/v1/trend?metric=cpu-transistors&of=all&fit=exponential", 200, []string{`"doubling_time_years":{"value":`, `"fits":[{`, `"breakpoint":{`, `"curve":[{`, `"citation":{`, `"slope":0.`}},
		{"/api/v1/trend?metric=gpqa-diamond&fit=logistic&threshold=0.9", 200, []string{`"threshold":{"value":0.9,"date":"20`, `"k":`, `"midpoint":"20`}},
		{"/api/v1/trend?metric=re-bench", 422, []string{`"reason":{"ko":`}},
		{"/api/v1/trend?metric=gpqa-diamond&fit=cubic", 400, []string{`"parameter":"fit"`}},
		{"/api/v1/forecast?metric=cpu-transistors&of=all&fit=exponential&at=2027-01-01,2030-01-01", 200, []string{`"forecasts":[{"time":"2027-01-01","value":`}},
		{"/api/v1/forecast?metric=cpu-transistors", 400, []string{`"parameter":"at"`}},
		{"/api/v1/lag?metric=gpqa-diamond&by=access", 200, []string{`"leader":"closed","follower":"open"`, `"pairs":[{"value":`}},
		{"/api/v1/compare?metric=cpu-transistors,cpu-frequency&of=all", 200, []string{`"trends":[{`, `"growth_ratio":{"value":`}},
		{"/api/v1/compare?metric=cpu-transistors", 400, nil},
		{"/api/v1/capability-index", 200, []string{`"n_scores":`, `"models":[{"subject":`, `"theta":`, `"benchmarks":[{"metric":`}},
		{"/api/v1/changes?limit=5", 200, []string{`"changes":[{"recorded_at":`, `"text":{"ko":`}},
		{"/api/v1/ingest/runs", 200, []string{`"runs":[]`}},
		{"/api/v1/openapi.json", 200, []string{`"openapi": "3.1.0"`}},
		{"/api/v1/none", 404, nil},
	} {
		t.Run(test.address, func(t *testing.T) {
			status, header, body := get(t, s, strings.ReplaceAll(test.address, "추론", "%EC%B6%94%EB%A1%A0"))
			if status != test.status {
				t.Fatalf("status %d, want %d: %.300s", status, test.status, body)
			}
			want := "application/json; charset=utf-8"
			if status >= 400 {
				want = "application/problem+json"
			}
			if got := header.Get("Content-Type"); got != want {
				t.Errorf("content type %q, want %q", got, want)
			}
			if !json.Valid([]byte(body)) {
				t.Errorf("not JSON: %.200s", body)
			}
			for _, part := range test.has {
				if !strings.Contains(body, part) {
					t.Errorf("no %s in %.600s", part, body)
				}
			}
			if strings.Contains(body, ":null") {
				t.Errorf("unknown is null rather than absent: %.300s", body[max(0, strings.Index(body, ":null")-80):])
			}
		})
	}
}

func TestCSVForms(t *testing.T) {
	s := newTestServer(t)
	for _, address := range []string{"/api/v1/frontier.csv?metric=gpqa-diamond", "/api/v1/trend.csv?metric=cpu-transistors&of=all", "/api/v1/reports.csv", "/api/v1/search.csv?q=HBM"} {
		status, header, body := get(t, s, address)
		if status != 200 || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") || !strings.HasPrefix(body, "\ufeff") || strings.Count(body, "\r\n") < 3 {
			t.Errorf("%s: %d %s %.100q", address, status, header.Get("Content-Type"), body)
		}
	}
	if _, header, _ := get(t, s, "/api/v1/frontier?metric=gpqa-diamond", "Accept", "text/csv"); !strings.HasPrefix(header.Get("Content-Type"), "text/csv") {
		t.Errorf("Accept: text/csv gave %s", header.Get("Content-Type"))
	}
	for _, address := range []string{"/reports.json", "/glossary.csv", "/search.json?q=HBM", "/about.parquet", "/reports/20250120-scaling-laws.json"} {
		if status, header, _ := get(t, s, address); status != 404 {
			t.Errorf("%s, which there is not: %d %s", address, status, header.Get("Content-Type"))
		}
	}
	if status, _, _ := get(t, s, "/api/v1/ingest/runs.csv"); status != 404 {
		t.Errorf("a form that does not exist: %d", status)
	}
}

func TestChartForms(t *testing.T) {
	s := newTestServer(t)
	for address, start := range map[string]string{
		"/api/v1/trend.svg?metric=gpqa-diamond&fit=logistic": "<svg", "/api/v1/frontier.svg?metric=mmlu": "<svg", "/api/v1/series.svg?metric=re-bench": "<svg",
		"/api/v1/compare.svg?metric=gpqa-diamond,mmlu": "<svg", "/api/v1/capability-index.svg": "<svg", "/metrics/gpqa-diamond.svg": "<svg",
		"/metrics/gpqa-diamond.png": "\x89PNG", "/hardware.svg": "<svg", "/trends.svg?metric=gpqa-diamond": "<svg", "/api/v1/trend.png?metric=cpu-transistors&of=all": "\x89PNG",
	} {
		status, header, body := get(t, s, address)
		if status != 200 || !strings.HasPrefix(body, start) || strings.Contains(header.Get("Content-Security-Policy"), "script-src") {
			t.Errorf("%s: %d, %s, %.60q", address, status, header.Get("Content-Type"), body)
		}
		_, again, _ := get(t, s, address)
		if again.Get("Content-Security-Policy") != header.Get("Content-Security-Policy") {
			t.Errorf("%s: its own policy is lost when it is answered from the cache", address)
		}
	}
	if status, _, _ := get(t, s, "/api/v1/metrics.svg"); status != 404 {
		t.Errorf("a chart of nothing: %d", status)
	}
}

func TestLanguageIsRemembered(t *testing.T) {
	s := newTestServer(t)
	_, header, body := get(t, s, "/reports?lang=en")
	if !strings.Contains(body, `lang="en"`) || !strings.Contains(header.Get("Set-Cookie"), "lang=en") {
		t.Errorf("cookie %q", header.Get("Set-Cookie"))
	}
	if _, _, body := get(t, s, "/reports", "Cookie", "lang=en", "Accept-Language", "ko"); !strings.Contains(body, `<html lang="en">`) {
		t.Error("the choice is forgotten on the next page")
	}
	if _, _, body := get(t, s, "/reports", "Accept-Language", "en-GB,en;q=0.9"); !strings.Contains(body, `<html lang="en">`) {
		t.Error("the browser's language is not asked")
	}
	if _, _, body := get(t, s, "/reports", "Accept-Language", "fr"); !strings.Contains(body, `<html lang="ko">`) {
		t.Error("Korean is not what other languages get")
	}
}

func TestRevalidation(t *testing.T) {
	s := newTestServer(t)
	const address = "/api/v1/frontier?metric=gpqa-diamond"
	_, header, first := get(t, s, address)
	etag := header.Get("ETag")
	if etag == "" {
		t.Fatal("no ETag")
	}
	if status, _, body := get(t, s, address, "If-None-Match", `"other", `+etag); status != 304 || body != "" {
		t.Errorf("If-None-Match: %d, %d bytes", status, len(body))
	}
	if _, header, _ := get(t, s, address+"&access=open"); header.Get("ETag") == etag {
		t.Error("another question has the same ETag")
	}
	if _, _, second := get(t, s, address); first != second {
		t.Error("the same question has another answer")
	}
	if _, header, _ := get(t, s, address, "Accept-Encoding", "br"); header.Get("Content-Encoding") != "br" {
		t.Error("not compressed")
	}
}

func TestSecurityHeaders(t *testing.T) {
	s := newTestServer(t)
	for _, address := range []string{"/", "/api/v1/metrics", "/none"} {
		_, header, _ := get(t, s, address, "Host", "evil.example")
		csp := header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe-inline") {
			t.Errorf("%s: policy %q", address, csp)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: sniffing is allowed", address)
		}
	}
}

func TestHostIsNotEchoed(t *testing.T) {
	s := newTestServer(t)
	for _, address := range []string{"/", "/reports", "/feeds/reports.atom", "/sitemap.xml", "/opensearch.xml", "/none"} {
		_, header, body := get(t, s, "http://evil.example"+address)
		if strings.Contains(body, "evil.example") || strings.Contains(fmt.Sprint(header), "evil.example") {
			t.Errorf("%s repeats the Host header", address)
		}
	}
}

func TestIngestNeedsToken(t *testing.T) {
	s := newTestServer(t)
	if status, _, _ := request(t, s, http.MethodPost, "/api/v1/ingest", nil); status != 401 {
		t.Errorf("without a token: %d", status)
	}
	if status, _, _ := request(t, s, http.MethodPost, "/api/v1/ingest", nil, "Authorization", "Bearer wrong"); status != 401 {
		t.Errorf("with a wrong token: %d", status)
	}
	if status, _, _ := request(t, s, http.MethodPost, "/api/v1/ingest", nil, "Authorization", "Bearer secret"); status != 501 {
		t.Errorf("where nothing ingests: %d", status)
	}
}

// A request whose body could end in two places is answered once, with 400, and its connection closed: a proxy in front
// could see a second request where this server sees a body (RFC 9112, 6.3).
func TestRequestSmuggling(t *testing.T) {
	s := newTestServer(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.App().Listener(listener) }()
	defer listener.Close()
	for name, request := range map[string]string{
		"both lengths":  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 48\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET with both": "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /api/v1/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
		"two lengths":   "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 41\r\n\r\nGET /api/v1/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
		"odd coding":    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /api/v1/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(bufio.NewReader(conn))
			if err != nil {
				t.Fatalf("the connection stays open: %v", err)
			}
			if n := strings.Count(string(answer), "HTTP/1.1 "); n != 1 || !strings.HasPrefix(string(answer), "HTTP/1.1 400") {
				t.Errorf("%d answers: %.200s", n, answer)
			}
		})
	}
}
