package server

import "testing"

// What is rendered ahead is what a browser gets then, without another rendering.
func TestRenderAhead(t *testing.T) {
	s := newTestServer(t)
	if err := s.RenderAhead(t.Context()); err != nil {
		t.Fatal(err)
	}
	misses := s.telemetry.cache.WithLabelValues("miss")
	for _, lang := range []string{"ko", "en"} {
		paths := s.firstPages(lang)
		if len(paths) < 4+aheadReports+len(glance) {
			t.Errorf("%d pages in %s", len(paths), lang)
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
