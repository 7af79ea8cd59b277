package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

// TestProblemsAreExplained looks every kind of problem up where its type says that it is explained.
func TestProblemsAreExplained(t *testing.T) {
	s := newTestServer(t)
	for _, err := range []error{&query.ParameterError{}, &query.UnanswerableError{}, metrics.ErrUnknownMetric, metrics.ErrUnavailable, errOverloaded, errBehind, fiber.ErrTooManyRequests, http.ErrBodyNotAllowed} {
		page, anchor, _ := strings.Cut(problemOf(err, "en").Type, "#")
		if status, _, body := get(t, s, page); status != 200 || !strings.Contains(body, `id="`+anchor+`"`) {
			t.Errorf("%s has no %s", page, anchor)
		}
	}
}

// TestPagesAreLinked follows rel="next" from the first page of a listing to its last.
func TestPagesAreLinked(t *testing.T) {
	s := newTestServer(t)
	for _, first := range []string{"/api/v1/reports?limit=3", "/api/v1/search?q=scaling&limit=7&kind=report,metric"} {
		pages := 0
		for address := first; address != ""; pages++ {
			status, header, body := get(t, s, address)
			if status != 200 || pages > 50 {
				t.Fatalf("%s, page %d: %d %.200s", address, pages, status, body)
			}
			address = ""
			for link := range strings.SplitSeq(header.Get("Link"), ", ") {
				if target, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
					address = strings.TrimPrefix(target, "<")
				}
			}
		}
		if pages < 2 {
			t.Errorf("%s has one page", first)
		}
	}
}

func TestOtherSitesMayRead(t *testing.T) {
	s := newTestServer(t)
	status, header, _ := request(t, s, http.MethodOptions, "/api/v1/trend", nil, "Origin", "https://notebook.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "if-none-match")
	if status != 204 || header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(header.Get("Access-Control-Allow-Headers"), "If-None-Match") {
		t.Errorf("asked before: %d %v", status, header)
	}
	if strings.Contains(header.Get("Access-Control-Allow-Methods"), "POST") {
		t.Error("a page of another site may write")
	}
}
