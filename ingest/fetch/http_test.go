package fetch_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scalebook/scalebook/ingest/fetch"
)

// upstream serves a handler and counts the requests.
func upstream(t *testing.T, handler http.HandlerFunc) (url string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

func quick() fetch.Config {
	return fetch.Config{Timeout: 20 * time.Second, Backoff: time.Millisecond, MaxBytes: 1 << 20, MaxUnpack: 1 << 20, MaxFiles: 100}
}

// contents reads the files of what was fetched, and closes it.
func contents(t *testing.T, fetched *fetch.Fetched) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(fetched.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fetched.Files, name)
		out[name] = string(text)
		return err
	})
	if err = errors.Join(err, fetched.Close()); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHostileUpstreams(t *testing.T) {
	hang := func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	tests := []struct {
		name     string
		handler  http.HandlerFunc
		want     string // in the error
		requests int32
	}{
		{"drips", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, "x")
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(5 * time.Millisecond):
				}
			}
		}, "did not finish in time", 1},
		{"sends a header and hangs", hang, "did not finish in time", 1},
		{"drops the connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "the connection ended before", 4},
		{"drops it half-way", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "half")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "the connection ended before the whole answer had come", 4},
		{"500", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) }, "500", 4},
		{"429 for long", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}, "429", 1},
		{"404", http.NotFound, "404", 1},
		{"HTML instead of CSV", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "please log in")
		}, "HTML page", 1},
		{"HTML that says it is CSV", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/csv")
			fmt.Fprint(w, "\n<!DOCTYPE html><title>Sign in</title>")
		}, "HTML page", 1},
		{"says that it is too large", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10737418240")
			hang(w, r)
		}, "too large", 1},
		{"endless stream", func(w http.ResponseWriter, r *http.Request) {
			block := make([]byte, 1<<16)
			for r.Context().Err() == nil {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, "too large", 1},
		{"endless stream, compressed", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			block := make([]byte, 1<<16)
			for r.Context().Err() == nil {
				if _, err := z.Write(block); err != nil {
					return
				}
			}
		}, "too large", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			url, requests := upstream(t, test.handler)
			config := quick()
			if strings.Contains(test.want, "in time") {
				config.Timeout = 150 * time.Millisecond
			}
			before := memory()
			_, err := fetch.New(config).Fetch(t.Context(), url+"/data.csv", "")
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), url) {
				t.Errorf("got %v, want %q of %s", err, test.want, url)
			}
			if n := requests.Load(); n != test.requests {
				t.Errorf("%d requests, want %d", n, test.requests)
			}
			if grown := memory() - before; grown > 32<<20 {
				t.Errorf("allocated %d bytes", grown)
			}
			if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "scalebook-fetch-*")); strings.Contains(t.Name(), "too large") && len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// memory is what was ever allocated, by the server too.
func memory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// A failure that passes is tried again, and not before the server asked for it.
func TestRetry(t *testing.T) {
	for _, test := range []struct {
		name  string
		fail  func(http.ResponseWriter)
		least time.Duration
	}{
		{"500", func(w http.ResponseWriter) { w.WriteHeader(500) }, 0},
		{"429", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "1"); w.WriteHeader(429) }, time.Second},
		{"503", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", time.Now().Add(2*time.Second).UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}, 500 * time.Millisecond},
		{"dropped", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			first := true
			url, requests := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
				if first {
					first = false
					test.fail(w)
					return
				}
				fmt.Fprint(w, "a,b")
			})
			config := quick()
			config.Timeout = 10 * time.Second
			start := time.Now()
			fetched, err := fetch.New(config).Fetch(t.Context(), url+"/data.csv", "")
			if err != nil {
				t.Fatal(err)
			}
			if got := contents(t, fetched)["data.csv"]; got != "a,b" || requests.Load() != 2 {
				t.Errorf("%q after %d requests", got, requests.Load())
			}
			if took := time.Since(start); took < test.least {
				t.Errorf("tried again after %s", took)
			}
		})
	}
}

// A redirect goes on where the operator named the address, and nowhere private else.
func TestRedirects(t *testing.T) {
	other, others := upstream(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "secret") })
	url, _ := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/here.csv":
			http.Redirect(w, r, "/data.csv", http.StatusFound)
		case "/data.csv":
			fmt.Fprint(w, "a,b")
		case "/loop.csv":
			http.Redirect(w, r, "/loop.csv", http.StatusFound)
		default:
			http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
		}
	})
	f := fetch.New(quick())
	fetched, err := f.Fetch(t.Context(), url+"/here.csv", "")
	if err != nil {
		t.Fatal(err)
	}
	if got := contents(t, fetched)["data.csv"]; got != "a,b" {
		t.Errorf("got %q", got)
	}
	if _, err := f.Fetch(t.Context(), url+"/loop.csv", ""); err == nil || !strings.Contains(err.Error(), "five redirects") {
		t.Errorf("loop: %v", err)
	}
	for _, to := range []string{
		other, // another port of the same address
		"http://localhost:1/", "http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/",
		"http://10.0.0.1/", "http://192.168.0.1/", "http://172.16.0.1/", "http://169.254.169.254/latest/meta-data/",
		"http://100.64.0.1/", "http://[fd00::1]/", "http://[fe80::1]/", "http://[64:ff9b::7f00:1]/", "http://224.0.0.1/",
		"file:///etc/passwd", "gopher://127.0.0.1/",
	} {
		_, err := f.Fetch(t.Context(), url+"/away?to="+to, "")
		if !errors.Is(err, fetch.ErrForbidden) {
			t.Errorf("redirect to %s: %v", to, err)
		}
	}
	if others.Load() != 0 {
		t.Error("the other server was reached")
	}
}

// An upstream that has not changed costs one request.
func TestConditionalRequests(t *testing.T) {
	for _, test := range []struct{ name, header, value, ask string }{
		{"etag", "ETag", `"v1"`, "If-None-Match"},
		{"date", "Last-Modified", "Tue, 14 Mar 2023 00:00:00 GMT", "If-Modified-Since"},
		{"neither", "X-Nothing", "", "X-Nothing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, requests := upstream(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set(test.header, test.value)
				if test.value != "" && r.Header.Get(test.ask) == test.value {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				fmt.Fprint(w, "a,b")
			})
			f := fetch.New(quick())
			first, err := f.Fetch(t.Context(), url+"/data.csv", "")
			if err != nil {
				t.Fatal(err)
			}
			contents(t, first)
			again, err := f.Fetch(t.Context(), url+"/data.csv", first.Version)
			if err != nil || !again.NotModified || again.Version != first.Version {
				t.Errorf("again: %+v, %v", again, err)
			}
			if requests.Load() != 2 {
				t.Errorf("%d requests", requests.Load())
			}
		})
	}
}

func TestFileNames(t *testing.T) {
	for _, test := range []struct{ path, disposition, want string }{
		{"/a/data.csv", "", "data.csv"},
		{"/a/", "", "a"},
		{"/", "", "download"},
		{"/x", `attachment; filename="real.csv"`, "real.csv"},
		{"/x", `attachment; filename="../../etc/passwd"`, "passwd"},
		{"/x", `attachment; filename="..\\..\\boot.ini"`, "boot.ini"},
		{"/x", `attachment; filename=".."`, "x"},
	} {
		url, _ := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
			if test.disposition != "" {
				w.Header().Set("Content-Disposition", test.disposition)
			}
			_, _ = io.WriteString(w, "a,b")
		})
		fetched, err := fetch.New(quick()).Fetch(t.Context(), url+test.path, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := contents(t, fetched); got[test.want] != "a,b" {
			t.Errorf("%s %s: %v, want %s", test.path, test.disposition, got, test.want)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"https://user:secret@example.com/a?key=secret#x": "https://user@example.com/a",
		"/a/folder":                         "/a/folder",
		"https://example.com/a.csv":         "https://example.com/a.csv",
		"http://a:b@h.example/\x7f?key=c#d": "http://h.example/\x7f", // no address
		"http://a:b@h.example:port/x":       "http://h.example:port/x",
	} {
		if got := fetch.Redact(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	_, err := fetch.New(quick()).Fetch(t.Context(), "http://user:secret@127.0.0.1:1/a?key=secret", "")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("the error tells: %v", err)
	}
}
