package server

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/tracing"
	"github.com/scalebook/scalebook/tracing/tracingtest"
)

// What is rendered ahead is what a browser gets then, without another rendering.
func TestRenderAhead(t *testing.T) {
	s := newTestServer(t)
	if err := s.RenderAhead(t.Context()); err != nil {
		t.Fatal(err)
	}
	misses := s.telemetry.cache.WithLabelValues("miss")
	for _, lang := range []string{"ko", "en"} {
		paths := s.firstPages(lang)
		if len(paths) < 1+aheadReports+len(glance) {
			t.Errorf("%d pages in %s", len(paths), lang)
		}
		_, _, home := get(t, s, "/", "Accept-Language", lang)
		_, menu, _ := strings.Cut(home, `<nav class="nav"`)
		menu, _, _ = strings.Cut(menu, "</nav>")
		led := regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(menu, -1)
		if len(led) == 0 {
			t.Error("no menu on the first page")
		}
		for _, to := range led {
			if !slices.Contains(paths, to[1]) {
				t.Errorf("%s of the menu is not rendered ahead", to[1])
			}
		}
		before := count(t, misses)
		for _, path := range paths {
			if status, _, body := get(t, s, path, "Accept", "text/html,application/xhtml+xml", "Accept-Language", lang+",fr;q=0.2", "Accept-Encoding", "br, gzip"); status != 200 || body == "" {
				t.Errorf("%s in %s: status %d", path, lang, status)
			}
		}
		if n := count(t, misses) - before; n != 0 {
			t.Errorf("%v pages in %s were rendered again", n, lang)
		}
	}
}

// What is rendered ahead nobody asked for: it is neither counted nor traced.
func TestRenderedAheadIsNoRequest(t *testing.T) {
	collector := tracingtest.New(t)
	tracer, err := tracing.New(t.Context(), tracing.Config{Collector: collector.URL})
	if err != nil {
		t.Fatal(err)
	}
	cfg := newTestServer(t).cfg
	cfg.Tracer = tracer
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // made, and from what is kept
		if err := s.RenderAhead(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if h := s.health(t.Context()); h.Requests != (RequestHealth{}) || h.Cache.Hits+h.Cache.Misses != 0 {
		t.Errorf("counted: %+v, %+v", h.Requests, h.Cache)
	}
	get(t, s, "/about")
	if r := s.health(t.Context()).Requests; r.Answered != 1 {
		t.Errorf("of one request: %+v", r)
	}
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(collector.Named("GET /")) + len(collector.Named("GET /metrics/:id")) + len(collector.Named("GET /reports")); n != 0 {
		t.Errorf("%d were traced", n)
	}
	if n := len(collector.Named("GET /about")); n != 1 {
		t.Errorf("%d traces of one request", n)
	}
}

// A server that has few data renders what it can ahead, and has nothing to complain of.
func TestRenderAheadOfLittle(t *testing.T) {
	s := newPrivateServer(t)
	if err := s.RenderAhead(t.Context()); err != nil {
		t.Error(err)
	}
	if status, _, _ := get(t, s, "/index", "Accept", "text/html"); status != 422 {
		t.Errorf("an index without data: %d", status)
	}
}
