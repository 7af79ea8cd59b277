package mirror

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// small is a site of a few pages in the server's markup.
func small(extra map[string]string) Get {
	pages := map[string]string{
		"/": `<!doctype html><html><head><link rel="stylesheet" href="/assets/1/a.css"><link rel="search" href="/opensearch.xml"></head>` +
			`<body><form role="search" action="/search"><label for="q">&amp;</label><input id="q" name="q"></form>` +
			`<a href="/index">i</a> <a href="/metrics/gpqa#chart">m</a> <a href="/metrics/gpqa?lang=en">en</a> <a href="/?lang=ko">ko</a>` +
			`<a href="https://example.com/">out</a><a href="/search?q=a%20b">again</a></body></html>`,
		"/index":  `<html><head></head><body><form><input name="as_of"></form><p>after</p></body></html>`,
		"/search": `<html><head></head><body><main><div class="cheats"><div>x</div><a href="/nowhere">y</a></div></main></body></html>`,
		"/metrics/gpqa": `<html><head></head><body><div class="view"><div><a href="/metrics/gpqa?fit=linear">l</a></div></div>` +
			`<figure data-zooms="zoom" data-within="main"><svg viewBox="0 0 1 1"><path data-href="/subjects/o1"/></svg></figure><a href="/metrics" data-swap>all</a><script src="/assets/1/s.js" data-charts="/assets/1/c.js" defer></script><img src="/metrics/gpqa.svg"><a href="/metrics/gpqa.png">PNG</a>` +
			`<a href="/api/v1/frontier.csv?metric=gpqa">CSV</a><a href="/api/v1/trend?metric=gpqa">JSON</a></body></html>`,
		"/metrics/gpqa.svg":                   `<svg/>`,
		"/subjects/o1":                        `<html><head></head><body><img src="/files/r/그림 1.png"></body></html>`,
		"/assets/1/s.js":                      `s`,
		"/assets/1/c.js":                      `c`,
		"/metrics":                            `<html></html>`,
		"/assets/1/a.css":                     `@font-face{src:url(fonts/f.woff2)}`,
		"/assets/1/fonts/f.woff2":             `font`,
		"/files/r/%EA%B7%B8%EB%A6%BC%201.png": `png`, "/files/r/그림 1.png": `png`,
		"/api/v1/frontier.csv?metric=gpqa":   "time\n",
		"/api/v1/trend?metric=gpqa":          "{}",
		"/api/v1/reports?limit=500&offset=0": `{"reports":[{"slug":"r"}]}`,
		"/api/v1/reports/r":                  `{"title":"제목","lang":"ko","sections":[{"anchor":"s","heading":"절","text":"추론 비용이 든다."}]}`,
		"/api/v1/metrics":                    `{"metrics":[{"id":"gpqa","title":{"ko":"지피큐에이","en":"GPQA"},"definition":{"ko":"정의","en":"definition"}}]}`,
		"/api/v1/subjects":                   `{"subjects":[{"id":"o1","name":"o1"},{"id":"unlinked","name":"no page was copied"}]}`,
	}
	for address, body := range extra {
		pages[address] = body
	}
	return func(_ context.Context, address, _ string) (Answer, error) {
		body, ok := pages[address]
		if !ok {
			return Answer{Status: http.StatusNotFound}, nil
		}
		kind := "text/plain"
		switch {
		case strings.HasPrefix(body, "<!doctype"), strings.HasPrefix(body, "<html"):
			kind = "text/html; charset=utf-8"
		case strings.HasSuffix(address, ".css"):
			kind = "text/css"
		}
		return Answer{Status: http.StatusOK, Type: kind, Body: []byte(body)}, nil
	}
}

func contents(t *testing.T, dir, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copy")
	summary, err := Write(t.Context(), Config{Get: small(nil), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if len(summary.Dead) > 0 {
		t.Errorf("dead links: %q", summary.Dead)
	}
	home := contents(t, dir, "index.html")
	for _, want := range []string{`href="index/index.html"`, `href="metrics/gpqa/index.html#chart"`, `href="en/metrics/gpqa/index.html"`, `href="https://example.com/"`,
		`action="search/index.html"`, `href="search/index.html?q=a%20b"`, `id="copy-q"`, `&amp;</label>`, `src="mirror.js"`} {
		if !strings.Contains(home, want) {
			t.Errorf("the first page lacks %s:\n%s", want, home)
		}
	}
	if strings.Contains(home, "opensearch") {
		t.Error("the first page offers the server's search")
	}
	metric := contents(t, dir, "en/metrics/gpqa/index.html")
	for _, want := range []string{`data-href="../../subjects/o1/index.html"`, `viewBox`, `<figure>`, `index.html">all`,
		`src="../../../assets/1/s.js" data-charts="../../../assets/1/c.js"`, `src="../gpqa.svg"`, `<a aria-disabled="true">PNG</a>`,
		`href="../../api/v1/frontier--metric-gpqa.csv"`, `href="../../api/v1/trend--metric-gpqa.json"`} {
		if !strings.Contains(metric, want) {
			t.Errorf("the metric's page lacks %s:\n%s", want, metric)
		}
	}
	if strings.Contains(metric, "fit=linear") {
		t.Error("the metric's page offers a view that only a server can compute")
	}
	if got := contents(t, dir, "index/index.html"); strings.Contains(got, "form") || !strings.Contains(got, "<p>after</p>") {
		t.Errorf("a form of a page, and only that, is left out: %s", got)
	}
	if got := contents(t, dir, "search/index.html"); strings.Contains(got, "cheats") || !strings.Contains(got, `<script src="../search-index.js" defer></script></main>`) {
		t.Errorf("the search page: %s", got)
	}
	for _, name := range []string{"assets/1/fonts/f.woff2", "assets/1/c.js", "files/r/그림 1.png", "en/metrics/gpqa.svg"} {
		contents(t, dir, name)
	}
	index := contents(t, dir, "en/search-index.js")
	if !strings.Contains(index, `{"kind":"Metric","title":"GPQA","names":"지피큐에이 gpqa","url":"../metrics/gpqa/index.html"`) || strings.Contains(index, "no page was copied") {
		t.Errorf("the index of the search: %s", index)
	}
}

func TestWriteLinksToTheLiveServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copy")
	if _, err := Write(t.Context(), Config{Get: small(nil), Dir: dir, Live: "https://scalebook.example/"}); err != nil {
		t.Fatal(err)
	}
	metric := contents(t, dir, "metrics/gpqa/index.html")
	for _, want := range []string{`href="https://scalebook.example/metrics/gpqa?fit=linear"`, `href="https://scalebook.example/metrics/gpqa.png"`} {
		if !strings.Contains(metric, want) {
			t.Errorf("the metric's page lacks %s:\n%s", want, metric)
		}
	}
}

func TestWriteNamesDeadLinks(t *testing.T) {
	get := small(map[string]string{"/index": `<html><head></head><body><a href="/gone">x</a></body></html>`})
	summary, err := Write(t.Context(), Config{Get: get, Dir: filepath.Join(t.TempDir(), "copy")})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"/gone (404), linked from index/index.html", "/gone (404), linked from en/index/index.html"}
	if diff := cmp.Diff(want, summary.Dead); diff != "" {
		t.Error(diff)
	}
}

func TestWriteReplacesOnlyCopies(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(kept, []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), Config{Get: small(nil), Dir: dir}); !errors.Is(err, ErrOccupied) {
		t.Fatalf("into a folder with something else: %v", err)
	}
	contents(t, dir, "thesis.txt")

	dir = filepath.Join(t.TempDir(), "copy")
	for range 2 {
		if _, err := Write(t.Context(), Config{Get: small(nil), Dir: dir}); err != nil {
			t.Fatal(err)
		}
	}
	fails := func(context.Context, string, string) (Answer, error) { return Answer{}, errors.New("cut off") }
	if _, err := Write(t.Context(), Config{Get: fails, Dir: dir}); err == nil {
		t.Error("a server that fails is copied")
	}
	contents(t, dir, "index.html") // the earlier copy stands
}

func TestFile(t *testing.T) {
	for _, c := range []struct{ address, lang, want string }{
		{"/", "ko", "index.html"},
		{"/", "en", "en/index.html"},
		{"/index", "ko", "index/index.html"},
		{"/reports/20241225-gb300", "en", "en/reports/20241225-gb300/index.html"},
		{"/reports/a?view=both", "ko", "reports/a/view-both/index.html"},
		{"/index.svg", "en", "en/index.svg"},
		{"/api/v1/metrics", "ko", "api/v1/metrics.json"},
		{"/api/v1/trend?metric=mmlu&of=all", "ko", "api/v1/trend--metric-mmlu-of-all.json"},
		{"/files/r/a%20b.png", "en", "files/r/a b.png"},
		{"/../../etc/passwd", "ko", "etc/passwd/index.html"},
		{"/%2e%2e/%2e%2e/x", "ko", "x/index.html"},
	} {
		if got := (place{c.address, c.lang}).file(); got != c.want {
			t.Errorf("%s in %s is kept as %s, want %s", c.address, c.lang, got, c.want)
		}
	}
	long := place{address: "/api/v1/compare?metric=" + strings.Repeat("a,", 100)}.file()
	if len(filepath.Base(long)) > 80 {
		t.Errorf("a long question is kept as %s", long)
	}
}

// FuzzPage looks for pages that lead out of the copy or lose their text.
func FuzzPage(f *testing.F) {
	f.Add(`<a href="/a?b=c#d">x</a><form><form></form></form>`, "/metrics/a")
	f.Add(`<a href="/%2e%2e/%zz">x</a>`, "/")
	f.Fuzz(func(t *testing.T, body, address string) {
		c := &copier{queued: map[string]bool{}}
		c.page(place{address: address, lang: "ko"}, []byte(body))
		for _, next := range c.queue {
			if !filepath.IsLocal(filepath.FromSlash(next.file())) {
				t.Errorf("%q is kept as %q", next.address, next.file())
			}
		}
	})
}
