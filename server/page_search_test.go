package server

import (
	"strings"
	"testing"
)

// A metric is listed under its title in the reader's language, whatever language it was asked for in.
func TestSearchPageTitles(t *testing.T) {
	s := newTestServer(t)
	titles := map[string]string{}
	for _, lang := range []string{"ko", "en"} {
		status, _, page := get(t, s, "/search?q=HBM&kind=metric&lang="+lang)
		_, hit, found := strings.Cut(page, `<article class="hit">`)
		if status != 200 || !found {
			t.Fatalf("%s: %d, a hit: %v", lang, status, found)
		}
		_, title, _ := strings.Cut(strings.SplitN(hit, "</h2>", 2)[0], `">`)
		titles[lang] = title
	}
	if languageOf(titles["ko"], "ko") != "" || languageOf(titles["en"], "en") != "" || titles["ko"] == titles["en"] {
		t.Errorf("titles are %v", titles)
	}
}
