package web

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// testWithoutScript does what a reader does by requests alone: whatever the server sends has to be enough.
func (s *site) testWithoutScript(t *testing.T) {
	t.Run("charts and their data", func(t *testing.T) {
		for _, path := range []string{"/", "/metrics/gpqa-diamond", "/metrics/cpu-transistors?of=all", "/hardware", "/trends", "/index", "/compare?metric=cpu-transistors,cpu-frequency&of=all", "/compare?subject=GPT-5.1,Claude+Opus+4.5"} {
			page := s.get(t, path)
			if !regexp.MustCompile(`(?s)<svg[^>]*role="img".*<path`).MatchString(page) {
				t.Errorf("%s has no chart", path)
			}
			if path != "/" && !strings.Contains(page, "<table") {
				t.Errorf("%s has no table beside its chart", path)
			}
		}
	})
	t.Run("search, filter, read", func(t *testing.T) {
		page := s.get(t, "/search?lang=ko&q="+url.QueryEscape("추론"))
		if !strings.Contains(page, "<mark>") {
			t.Error("the results mark nothing")
		}
		filtered := s.get(t, "/search?kind=term&q="+url.QueryEscape("추론"))
		if strings.Contains(filtered, `class="passages"><li><span class="at"><a href="/reports/`) {
			t.Error("a search among terms finds reports")
		}
		hit := regexp.MustCompile(`<h2[^>]*><a href="(/reports/[^"]+)"`).FindStringSubmatch(page)
		if hit == nil {
			t.Fatal("no report among the results")
		}
		if report := s.get(t, hit[1]); !strings.Contains(report, `class="prose"`) {
			t.Errorf("%s has no text", hit[1])
		}
	})
	t.Run("forms are requests", func(t *testing.T) {
		for _, path := range []string{"/search", "/hardware", "/trends", "/compare", "/glossary", "/metrics/gpqa-diamond"} {
			for _, form := range regexp.MustCompile(`<form[^>]*>`).FindAllString(s.get(t, path), -1) {
				if strings.Contains(form, "post") {
					t.Errorf("%s: %s keeps its state out of the address", path, form)
				}
			}
		}
	})
}

func (s *site) get(t *testing.T, path string) string {
	t.Helper()
	res, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, res.StatusCode, err)
	}
	return string(body)
}
