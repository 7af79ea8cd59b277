package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	spans "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/scalebook/scalebook/tracing/tracingtest"
)

// TestTraces follows an ingest, a search and the same search again, answered from what was kept, to a collector.
func TestTraces(t *testing.T) {
	collector := tracingtest.New(t)
	from, data := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(from, "20250101-sample.md"), []byte("# 견본 보고서\n\n액침 냉각을 다룬 글이다.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var problems bytes.Buffer
	run := func(ctx context.Context, out io.Writer, args ...string) int {
		args = append(args, "--data", data, "--traces", collector.URL)
		return Program{Args: args, Stdout: out, Stderr: &problems, Getenv: func(string) string { return "" }}.Run(ctx)
	}
	if code := run(t.Context(), io.Discard, "ingest", "--from", from, "reports"); code != exitOK {
		t.Fatal(problems.String())
	}
	ingests, sources := collector.Named("ingest"), collector.Named("source")
	if len(ingests) != 1 || len(sources) != 1 || !bytes.Equal(sources[0].ParentSpanId, ingests[0].SpanId) || len(collector.Named("fetch")) != 1 || len(collector.Named("index")) != 1 {
		t.Fatalf("ingests %v of sources %v", ingests, sources)
	}

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, printed := io.Pipe()
	ended := make(chan int)
	go func() { ended <- run(ctx, printed, "serve", "--no-bundled", "--addr", "127.0.0.1:0") }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err, problems.String())
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // nothing more is printed
	const trace = "0af7651916cd43dd8448eb211c80319c"
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSpace(strings.TrimPrefix(line, "serving "))+"/search?q=%EC%95%A1%EC%B9%A8", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("traceparent", "00-"+trace+"-b7ad6b7169203331-01")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res.Status, err)
		}
	}
	stop()
	if code := <-ended; code != exitOK {
		t.Fatal(problems.String())
	}

	requests := collector.Named("GET /search")
	if len(requests) != 2 {
		t.Fatalf("%d requests were told of", len(requests))
	}
	for _, step := range []string{"wait for a turn", "search", "render"} {
		steps := slices.DeleteFunc(collector.Named(step), func(s *spans.Span) bool { // of pages that are rendered ahead
			return !bytes.Equal(s.TraceId, requests[0].TraceId)
		})
		if len(steps) != 1 || !bytes.Equal(steps[0].ParentSpanId, requests[0].SpanId) {
			t.Errorf("step %s: %v", step, steps)
		}
	}
	if searches := collector.Named("search"); len(searches) != 1 || tracingtest.Says(searches[0], "query") != "액침" {
		t.Errorf("searches %v", searches)
	}
	for _, r := range requests {
		if got := r.TraceId; len(got) != 16 || got[0] != 0x0a || got[15] != 0x9c || tracingtest.Says(r, "http.route") != "/search" {
			t.Errorf("request %v", r)
		}
	}
}
