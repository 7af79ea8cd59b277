package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/server/servertest"
	"github.com/scalebook/scalebook/templates"
)

// shared is one server over the bundled content for all tests: they only read.
var shared = struct {
	once   sync.Once
	server *Server
	dir    string
}{}

// newTestServer returns a server with all the bundled content.
func newTestServer(t testing.TB) *Server {
	t.Helper()
	shared.once.Do(func() { shared.server = buildTestServer(t, shared.dir) })
	if shared.server == nil {
		t.Fatal("the test server could not be built")
	}
	return shared.server
}

func buildTestServer(t testing.TB, dir string) *Server {
	t.Helper()
	bundled, err := servertest.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Ledger: bundled.Ledger, Library: bundled.Library, Index: bundled.Index, Glossary: bundled.Glossary,
		Templates: pages, Version: "test", Dev: true, Tokens: Token("secret")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// get asks the server without a network.
func get(t testing.TB, s *Server, address string, headers ...string) (status int, header http.Header, body string) {
	t.Helper()
	return request(t, s, http.MethodGet, address, nil, headers...)
}

func request(t testing.TB, s *Server, method, address string, body io.Reader, headers ...string) (int, http.Header, string) {
	t.Helper()
	r := httptest.NewRequest(method, address, body)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.App().Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(answer)
}
