package server

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/scalebook/scalebook/search"
	"github.com/valyala/fasthttp"
)

// listen serves s on a port of its own and returns the address.
func listen(t *testing.T, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.App().Listener(l) }() // ends with the listener
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// exchange sends bytes and returns the status lines of what comes back until the other side closes or waits.
func exchange(t *testing.T, address, sent string) (statuses []string, answer string) {
	t.Helper()
	var d net.Dialer
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	c, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte(sent)); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		if _, status, ok := strings.Cut(lines.Text(), "HTTP/1.1 "); ok {
			statuses = append(statuses, status[:3])
		}
		answer += lines.Text() + "\n"
	}
	return statuses, answer
}

// TestPackedBodies: a body that unpacks to a thousand times its length, and unpacks again, is not unpacked, by whatever name, and nobody asks
// an assistant's server more at once than addresses can.
func TestPackedBodies(t *testing.T) {
	var started startedIngests
	cfg := newTestServer(t).cfg
	cfg.Ingests = &started
	cfg.MCP = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) > maxBody {
			t.Errorf("%d bytes were handed on, %v", len(body), err)
		}
		w.WriteHeader(http.StatusAccepted)
	})
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	packed := string(make([]byte, 32<<20))
	for _, test := range []struct {
		coding string
		times  int
		pack   func(io.Writer) io.WriteCloser
	}{
		{"gzip", 1, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }},
		{"gzip, gzip", 2, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }},
		{"GZip", 1, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }},
		{"deflate", 1, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }},
		{"br", 1, func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }},
		{"unheard-of", 0, nil},
	} {
		body := packed
		for range test.times {
			var b bytes.Buffer
			w := test.pack(&b)
			_, err := io.WriteString(w, body)
			if err := errors.Join(err, w.Close()); err != nil {
				t.Fatal(err)
			}
			body = b.String()
		}
		if test.times == 0 {
			body = "{}"
		}
		for _, path := range []string{"/mcp", "/api/v1/ingest", "/search?q=scaling"} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			status, header, answer := request(t, s, http.MethodPost, path, strings.NewReader(body), "Content-Encoding", test.coding, "Authorization", "Bearer secret", "Content-Type", "application/json")
			runtime.ReadMemStats(&after)
			if status != http.StatusUnsupportedMediaType || header.Get("Accept-Encoding") != "identity" {
				t.Errorf("%s to %s: %d %.200s", test.coding, path, status, answer)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 {
				t.Errorf("%s to %s took %d bytes of memory", test.coding, path, took)
			}
		}
	}
	if started.n != 0 {
		t.Errorf("%d ingests were started", started.n)
	}
	if status, _, body := request(t, s, http.MethodPost, "/mcp", strings.NewReader(strings.Repeat(" ", maxQuestions+1))); status != http.StatusRequestEntityTooLarge {
		t.Errorf("questions without an end: %d %s", status, body)
	}
	for _, coding := range []string{"", "identity", "Identity"} {
		if status, _, body := request(t, s, http.MethodPost, "/mcp", strings.NewReader("{}"), "Content-Encoding", coding); status != http.StatusAccepted {
			t.Errorf("%q: %d %s", coding, status, body)
		}
	}
}

// A second request can't hide in what one reader of a request takes for its body.
func TestAmbiguousFraming(t *testing.T) {
	address := listen(t, newTestServer(t))
	const inner = "GET /robots.txt HTTP/1.1\r\nHost: inner\r\n\r\n"
	n := len(inner)
	for _, headers := range []string{
		"Content-Length: 4\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 4",
		fmt.Sprintf("Content-Length: 0\r\nContent-Length: %d", n), fmt.Sprintf("Content-Length: %d\r\nContent-Length: 0", n), "Content-Length: 0, 41", "Content-Length: +5", "Content-Length: -1",
		"Content-Length: 0x5", "Content-Length : 5", "Transfer-Encoding : chunked", "Transfer-Encoding: xchunked", "Transfer-Encoding: identity, chunked", "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5",
		"Transfer-Encoding: \x0bchunked\r\nContent-Length: 5", "Transfer-Encoding: \x0bchunked", "Transfer-Encoding: chunked\x0c", "Transfer-Encoding\xa0: chunked\r\nContent-Length: 5", "Transfer-Encoding\u00a0: chunked",
		"X: a\r\n Transfer-Encoding: chunked", "X[Transfer-Encoding]: chunked", fmt.Sprintf("X: a\rTransfer-Encoding: chunked\r\nContent-Length: %d", n), fmt.Sprintf("Transfer-Encoding\x00: chunked\r\nContent-Length: %d", n),
	} {
		statuses, answer := exchange(t, address, "POST /api/v1/ingest HTTP/1.1\r\nHost: a\r\n"+headers+"\r\n\r\n0\r\n\r\n"+inner)
		if len(statuses) != 1 || statuses[0] != "400" {
			t.Errorf("%q is answered with %v", headers, statuses)
		}
		if !strings.Contains(answer, "Content-Security-Policy: ") {
			t.Errorf("%q: the refusal has no policy", headers)
		}
	}
}

// TestChunkedBodiesEndTheConnection: readers see the ends of chunks in different places, so what follows a body in chunks is nobody's request.
func TestChunkedBodiesEndTheConnection(t *testing.T) {
	address := listen(t, newTestServer(t))
	const inner = "GET /robots.txt HTTP/1.1\r\nHost: inner\r\n\r\n"
	for _, request := range []string{"GET /robots.txt", "HEAD /robots.txt", "POST /api/v1/ingest", "GET /reports"} {
		for _, body := range []string{"0\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "2;a=b\r\n{}\r\n0\r\n\r\n", "2;\nxx\r\n{}\r\n0\r\n\r\n", "2;\n{}\r\n0\r\n\r\n\r\n{}\r\n0\r\n\r\n", "0;\n\r\n\r\n", "2\r\n{}\r\n0\r\nX: y\r\n\r\n"} {
			for range 2 { // the second may be answered from what is kept
				statuses, answer := exchange(t, address, request+" HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"+body+inner)
				if len(statuses) != 1 || !strings.Contains(answer, "Connection: close") {
					t.Errorf("%s with %q is answered with %v", request, body, statuses)
				}
			}
		}
	}
}

// TestAmbiguousHost: a request for two hosts is refused.
func TestAmbiguousHost(t *testing.T) {
	address := listen(t, newTestServer(t))
	for request, want := range map[string]string{
		"GET /robots.txt HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n":                        "400",
		"GET /robots.txt HTTP/1.1\r\nHost: a\r\nX: y\r\nhOST : a\r\n\r\n":               "400",
		"GET /robots.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n":              "200",
		"GET /robots.txt HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n":                "200",
		"GET /robots.txt HTTP/1.0\r\n\r\n":                                              "200",
		"GET http://b/robots.txt HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n":                "400",
		"GET /robots.txt HTTP/1.1\r\nHost: a\r\nX-Host: b\r\nConnection: close\r\n\r\n": "200",
	} {
		for range 2 { // the second may be answered from what is kept
			if statuses, _ := exchange(t, address, request); len(statuses) != 1 || statuses[0] != want {
				t.Errorf("%q is answered with %v, want %s", request, statuses, want)
			}
		}
	}
}

// No header of a request, and no path, finds its way into an address of an answer.
func TestHostIsNeverEchoed(t *testing.T) {
	s := newTestServer(t)
	for _, path := range []string{"/", "/reports", "/feeds/reports.atom", "/feeds/changes.atom", "/sitemap.xml", "/robots.txt", "/opensearch.xml", "/api/v1/openapi.json", "/nowhere", "/reports/20250120-scaling-laws"} {
		_, _, plain := get(t, s, path)
		for _, header := range []string{"X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Http-Method-Override", "Cookie"} {
			if _, _, body := get(t, s, "http://evil.example"+path, header, "evil.example"); body != plain {
				t.Errorf("%s: %s changes the answer", path, header)
			}
		}
	}
	for _, path := range []string{"//evil.example/", "///evil.example/x", "/%5Cevil.example/", "/%2Fevil.example"} {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Opaque: path}, Host: "a", Header: http.Header{}}
		res, err := s.App().Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body := bufio.NewScanner(res.Body)
		body.Buffer(nil, 1<<20)
		for body.Scan() {
			if strings.Contains(body.Text(), `href="//`) || strings.Contains(body.Text(), `href="\`) {
				t.Errorf("%s: %s", path, body.Text())
			}
		}
	}
}

// Whatever a parameter holds, the answer is an answer or says what is wrong with the question.
func TestHostileParameters(t *testing.T) {
	s := newTestServer(t)
	values := []string{"NaN", "Inf", "-Inf", "1e309", "1e-400", "0", "-1", strings.Repeat("9", 40), "\xff\xfe", "\x00", "2024-13-45", "0000-00-00", "9999-12-31", "99999-01-01", "-0001-01-01", "[]", "2024-01-01T00:00:00+99:99"}
	for address, params := range map[string][]string{
		"/api/v1/trend?metric=cpu-transistors&of=all&fit=exponential": {"threshold", "horizon", "confidence", "resamples", "seed", "ceiling", "since", "as_of"},
		"/api/v1/forecast?metric=cpu-transistors&of=all":              {"at", "confidence"},
		"/api/v1/search?q=scale":                                      {"limit", "offset", "passages", "from", "kind", "sort"},
		"/search?q=scale":                                             {"limit", "offset", "year"},
		"/api/v1/changes?":                                            {"limit", "since"},
		"/api/v1/reports?":                                            {"limit", "offset", "from"},
		"/metrics/gpqa-diamond?":                                      {"since", "threshold", "horizon", "as_of"},
		"/metrics/gpqa-diamond.svg?":                                  {"since", "threshold", "width"},
	} {
		for _, name := range params {
			for _, v := range values {
				if status, _, body := get(t, s, address+"&"+name+"="+url.QueryEscape(v)); status >= 500 {
					t.Errorf("%s %s=%q: %d %.200s", address, name, v, status, body)
				}
			}
		}
	}
	for _, q := range []string{strings.Repeat("a ", 900), strings.Repeat("a", 1900), strings.Repeat("a* ", 600), strings.Repeat(`"`, 1000), strings.Repeat("title:", 300), strings.Repeat(`"a b" OR `, 200), "(a+)+$", "/.*/", "OR OR", "*", "\xff", strings.Repeat("\u0301", 900)} {
		if status, _, body := get(t, s, "/api/v1/search?q="+url.QueryEscape(q)); status != http.StatusOK {
			t.Errorf("%.20q: %d %.200s", q, status, body)
		}
	}
	if status, _, _ := get(t, s, "/api/v1/search?q="+strings.Repeat("a", search.MaxQuery+1)); status != http.StatusBadRequest {
		t.Errorf("a query that is too long is answered with %d", status)
	}
}

// The cache stays within its bytes, however many questions are asked.
func TestCacheIsBounded(t *testing.T) {
	rc := newResponseCache(1 << 20)
	for i := range 10_000 {
		rc.put(fmt.Sprint(i), revision{}, newResponse(&fasthttp.ResponseHeader{}, make([]byte, 2000)))
	}
	if rc.bytes > rc.limit || len(rc.byKey) != rc.recent.Len() || len(rc.byKey) > 1000 {
		t.Errorf("%d bytes in %d entries", rc.bytes, len(rc.byKey))
	}
}
