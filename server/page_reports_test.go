package server

import (
	"regexp"
	"strings"
	"testing"
)

// TestEachReportIsListedOnce checks that a reader finds a report that is there in both languages in their own, and by asking for
// it in the other.
func TestEachReportIsListedOnce(t *testing.T) {
	s := newTestServer(t)
	title := regexp.MustCompile(`<h3 lang="(..)"><a href="(/reports/[^"]+)"`)
	for _, c := range []struct{ address, lang string }{
		{"/reports?lang=ko", "ko"}, {"/reports?lang=en", "en"}, {"/reports?lang=ko&in=en", "en"},
	} {
		_, _, body := get(t, s, c.address)
		listed := title.FindAllStringSubmatch(body, -1)
		if len(listed) == 0 {
			t.Fatalf("%s lists nothing", c.address)
		}
		for _, m := range listed {
			if m[1] != c.lang {
				t.Errorf("%s lists %s, in %s", c.address, m[2], m[1])
			}
		}
		if !strings.Contains(body, `<span lang="ko">한국어</span>`) || !strings.Contains(body, `<span lang="en">English</span>`) {
			t.Errorf("%s does not say which languages there are", c.address)
		}
	}
}

// TestChartsSideBySide checks that a report's charts are in both columns.
func TestChartsSideBySide(t *testing.T) {
	s := newTestServer(t)
	for _, r := range s.cfg.Library.Reports() {
		full, ok := s.cfg.Library.Report(r.Slug)
		if !ok || len(full.Trends) == 0 || s.counterpart(full) == nil {
			continue
		}
		_, _, body := get(t, s, "/reports/"+r.Slug+"?view=both")
		if got, want := strings.Count(body, `<div class="only-narrow"><svg`), len(full.Trends)+len(s.counterpart(full).Trends); got != want {
			t.Errorf("%s draws %d of %d charts", r.Slug, got, want)
		}
		return
	}
	t.Fatal("no bundled report has charts in both languages")
}
