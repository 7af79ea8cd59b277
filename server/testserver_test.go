package server

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/content/reports"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/search"
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
	ctx := context.Background()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ledger, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "metrics.db")})
	check(err)
	journal, err := ingest.OpenJournal(ctx, filepath.Join(dir, "ingest.db"))
	check(err)
	catalogue, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
	check(err)
	identity, err := ingest.NewIdentity(data.Files())
	check(err)
	runner := ingest.NewRunner(ingest.Config{Ledger: ledger, Journal: journal, Identity: identity, Catalogue: catalogue,
		Fetcher: fetch.New(fetch.Config{}), Connectors: []ingest.Connector{csvfile.Connector{}}})
	outcomes, err := runner.Run(ctx, []ingest.Job{{Name: "bundled", Kind: "csv", Files: data.Files()}})
	check(err)
	check(outcomes[0].Err)
	library, err := content.Open(content.LibraryConfig{Dir: filepath.Join(dir, "library")})
	check(err)
	_, err = library.Sync(ctx, content.SourceConfig{Name: "scalebook", Public: true, License: "CC BY 4.0"}, reports.Files(), "1")
	check(err)
	corpus := search.Corpus{}
	corpus.Metrics, err = ledger.Metrics(ctx)
	check(err)
	corpus.Subjects, err = ledger.Subjects(ctx, metrics.SubjectQuery{})
	check(err)
	library.Recognize(content.NewRecognizer(content.RecognizerConfig{Metrics: corpus.Metrics, Subjects: corpus.Subjects}))
	corpus.Reports, err = library.Full(ctx)
	check(err)
	glossary := testGlossary(t, data.Files())
	_, err = search.Build(ctx, search.BuildConfig{Dir: filepath.Join(dir, "index"), Glossary: glossary}, corpus)
	check(err)
	index, err := search.Open(search.Config{Dir: filepath.Join(dir, "index"), Glossary: glossary})
	check(err)
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	check(err)
	s, err := New(Config{Ledger: ledger, Library: library, Index: index, Glossary: glossary, Templates: pages, Version: "test", Dev: true, APIToken: "secret"})
	check(err)
	return s
}

func testGlossary(t testing.TB, files fs.FS) []search.GlossaryEntry {
	t.Helper()
	f, err := files.Open("glossary.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	glossary, err := search.LoadGlossary(f)
	if err != nil {
		t.Fatal(err)
	}
	return glossary
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
