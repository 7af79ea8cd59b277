package server

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/query"
)

// TestCitations asks every route with a citation for its forms, and asks the cited address again.
func TestCitations(t *testing.T) {
	s := newTestServer(t)
	braces := regexp.MustCompile(`\\[{}]`)
	cited := 0
	for _, r := range apiRouteTable() {
		path, params, _ := strings.Cut(r.example, "?")
		at := func(form string) string { return "/api/v1" + path + form + "?" + params }
		if _, ok := r.answer.(query.Cited); !ok {
			if status, _, _ := get(t, s, at(".bib")); status != 404 {
				t.Errorf("%s has no citation and answers %d", at(".bib"), status)
			}
			continue
		}
		cited++
		status, header, bib := get(t, s, at(".bib"))
		if status != 200 || !strings.HasPrefix(header.Get("Content-Type"), "application/x-bibtex") || !strings.HasPrefix(bib, "@") {
			t.Errorf("%s: %d %s %.100s", at(".bib"), status, header.Get("Content-Type"), bib)
		}
		plain := braces.ReplaceAllString(bib, "")
		if strings.Count(plain, "{") != strings.Count(plain, "}") {
			t.Errorf("%s: braces do not match:\n%s", path, bib)
		}
		status, header, csl := get(t, s, at(".csl.json"))
		var items []query.CSLItem
		if err := json.Unmarshal([]byte(csl), &items); err != nil || status != 200 || len(items) != 1 || !strings.HasPrefix(header.Get("Content-Type"), "application/vnd.citationstyles.csl+json") {
			t.Fatalf("%s: %d %v %s", at(".csl.json"), status, err, csl)
		}
		item := items[0]
		if item.ID == "" || item.Title == "" || item.URL == "" || item.Type != "report" && (item.Type != "dataset" || len(item.Version) != 12) {
			t.Errorf("%s: %+v", path, item)
		}
		if status, _, body := get(t, s, item.URL); status != 200 {
			t.Errorf("%s cites %s, which answers %d: %.200s", path, item.URL, status, body)
		}
		var answer struct{ Citation query.Citation }
		_, _, body := get(t, s, at(""))
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatal(err)
		}
		if answer.Citation.BibTeX+"\n" != bib || answer.Citation.CSL.URL != item.URL || answer.Citation.Text.Ko == "" || answer.Citation.Text.En == "" {
			t.Errorf("%s: the answer's own citation is another: %+v", path, answer.Citation)
		}
		if placed := answer.Citation.At("https://scalebook.example"); !strings.Contains(placed.BibTeX, "{https://scalebook.example/") || placed.CSL.URL != "https://scalebook.example"+item.URL {
			t.Errorf("%s: under a host: %+v", path, placed)
		}
	}
	if cited < 8 {
		t.Errorf("only %d routes have a citation", cited)
	}
}

// TestPagesCite follows a page's links to the files of its citation.
func TestPagesCite(t *testing.T) {
	s := newTestServer(t)
	link := regexp.MustCompile(`href="(/api/v1/[^"]+\.(?:bib|csl\.json)[^"]*)"`)
	for _, page := range []string{"/metrics/gpqa-diamond", "/trends?metric=cpu-transistors&of=all", "/index"} {
		_, _, body := get(t, s, page)
		found := link.FindAllStringSubmatch(body, -1)
		if len(found) < 2 {
			t.Errorf("%s has %d links to its citation", page, len(found))
		}
		for _, f := range found {
			address := html.UnescapeString(f[1])
			if status, _, answer := get(t, s, address); status != 200 || strings.HasPrefix(page, "/trends") && !strings.Contains(answer, "/trends?") {
				t.Errorf("%s leads to %s: %d %.200s", page, address, status, answer)
			}
		}
	}
}
