package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/server/servertest"
	"github.com/scalebook/scalebook/templates"
)

func TestParseMark(t *testing.T) {
	for _, test := range []struct {
		text string
		want mark
		ok   bool
	}{
		{"", mark{}, true},
		{"generation=3, ledger=17", mark{3, 17}, true},
		{"ledger=17", mark{0, 17}, true},
		{" generation=3 ,shard=x", mark{3, 0}, true},
		{"generation=x", mark{}, false},
		{"generation=-1", mark{}, false},
		{"ledger=99999999999999999999", mark{}, false},
		{"ledger=", mark{}, false},
	} {
		got, err := parseMark(test.text)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("%q: %v, %v", test.text, got, err)
		}
		if again, err := parseMark(got.String()); again != got || err != nil {
			t.Errorf("%v is read as %v, %v", got, again, err)
		}
	}
}

// A chain of requests never goes back: every answer, kept or new, says what it was made from, and one that is wanted newer
// than that waits, or is refused to be asked elsewhere.
func TestChainsAreOrdered(t *testing.T) {
	bundled, err := servertest.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	if err != nil {
		t.Fatal(err)
	}
	generations := NewGenerations(3)
	s, err := New(Config{Ledger: bundled.Ledger, Library: bundled.Library, Index: bundled.Index, Glossary: bundled.Glossary,
		Templates: pages, Version: "test", Generations: generations, MCP: http.NotFoundHandler()})
	if err != nil {
		t.Fatal(err)
	}
	state, err := bundled.Ledger.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	here := mark{3, state.RecordedAt.UnixNano()}
	for _, test := range []struct {
		name   string
		before func()
		asked  string
		status int
		want   mark
	}{
		{"nothing wanted", nil, "", 200, here},
		{"kept", nil, "", 200, here},
		{"what is here", nil, here.String(), 200, here},
		{"older", nil, "generation=1", 200, here},
		{"unreadable", nil, "generation=new", 400, here},
		{"a newer generation", nil, "generation=4", 503, here},
		{"newer measurements", nil, mark{3, here.ledger + 1}.String(), 503, here},
		{"parts of the next may show", func() { generations.Begin(4) }, "", 200, mark{4, here.ledger}},
		{"which is wanted as a whole", nil, mark{4, here.ledger}.String(), 503, mark{4, here.ledger}},
		{"and comes meanwhile", func() {
			for len(generations.wanted) > 0 {
				<-generations.wanted
			}
			go func() {
				<-generations.Wanted()
				generations.Complete(4)
			}()
		}, mark{4, here.ledger}.String(), 200, mark{4, here.ledger}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.before != nil {
				test.before()
			}
			for _, address := range []string{"/api/v1/metrics", "/reports", "/about", "/mcp"} {
				status, header, body := get(t, s, address, revisionHeader, test.asked)
				if address == "/mcp" && status == http.StatusNotFound {
					status = http.StatusOK // the handler was reached
				}
				if status != test.status {
					t.Fatalf("%s: %d, want %d: %s", address, status, test.status, body)
				}
				if got := header.Get(revisionHeader); status == 200 && got != test.want.String() {
					t.Errorf("%s: made from %q, want %q", address, got, test.want)
				}
				if status == 503 && (header.Get("Retry-After") == "" || strings.HasPrefix(address, "/api/") && !strings.Contains(body, "problem-behind")) {
					t.Errorf("%s: %v %s", address, header, body)
				}
				if status == 503 {
					break // one wait of two seconds is enough
				}
				if status == 200 && address != "/about" && address != "/mcp" {
					if status, header, _ := get(t, s, address, revisionHeader, test.asked, "If-None-Match", header.Get("ETag")); status != 304 || header.Get(revisionHeader) != test.want.String() {
						t.Errorf("%s unchanged: %d, made from %q", address, status, header.Get(revisionHeader))
					}
				}
			}
		})
	}
}
