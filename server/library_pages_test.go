package server

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/mirror"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/templates"
)

// secretWord is in the text, the terms, the links and the lint of a source that is not public, and in no title or summary.
const secretWord = "zzquarkle"

// newPrivateServer serves one public report and one that is kept from readers without the token.
func newPrivateServer(t *testing.T) *Server {
	t.Helper()
	ctx := t.Context()
	ledger, err := sqlite.Open(ctx, sqlite.Config{Path: t.TempDir() + "/metrics.db"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ledger.Close() })
	library, err := content.Open(content.LibraryConfig{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	library.Recognize(content.NewRecognizer(content.RecognizerConfig{Metrics: []metrics.Metric{
		{ID: "gpqa-diamond", Kind: "benchmark", Unit: "fraction", Title: metrics.Text{Ko: "GPQA 다이아몬드", En: "GPQA Diamond"}},
	}}))
	open := "---\ntitle: 열린 글\ndate: 2024-05-01\nsummary: 누구나 읽는다.\n---\n\n이 글은 합성 데이터(synthetic data)를 다룬다. 자료를 새로 만들어 쓰는 방법이다.\n\n##붙은 제목\n\n[없는 글](missing.md)을 보라고 한다.\n"
	kept := "---\ntitle: 닫힌 글\ndate: 2024-06-01\n---\n\n이 글은 " + secretWord + "를 쓴 비밀 표본(" + secretWord + " sample)과 인공 자료(synthetic data)를 다룬다. " + secretWord + "에 관한 다른 이야기도 길게 한다.\n\n##붙은 " + secretWord + "\n\n[" + secretWord + "](" + secretWord + ".md)와 ![" + secretWord + "](" + secretWord + ".png)을 본다. [열린 글](open.md)도 GPQA 다이아몬드를 말한다.\n"
	for name, text := range map[string]string{"open": open, "kept": kept} {
		files := fstest.MapFS{name + ".md": {Data: []byte(text)}}
		if _, err := library.Sync(ctx, content.SourceConfig{Name: name, Public: name == "open"}, files, "1"); err != nil {
			t.Fatal(err)
		}
	}
	corpus := search.Corpus{}
	if err := library.Each(ctx, func(r *content.Report) error { corpus.Reports = append(corpus.Reports, r.Shown()); return nil }); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := search.Build(ctx, search.BuildConfig{Dir: dir}, corpus); err != nil {
		t.Fatal(err)
	}
	index, err := search.Open(search.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = index.Close() })
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Ledger: ledger, Library: library, Index: index, Templates: pages, Version: "test", Dev: true, Tokens: Token("secret")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNoRouteLeaksWhatIsNotPublic asks every route of pages, API, feeds and files, in every form, without the token.
func TestNoRouteLeaksWhatIsNotPublic(t *testing.T) {
	s := newPrivateServer(t)
	fill := strings.NewReplacer(":slug", "kept", "{slug}", "kept", ":file", "gpqa-diamond.atom", ":hash", "0", "/*", "/kept/x.png")
	var addresses []string
	for _, route := range s.App().GetRoutes(true) {
		if route.Method != "GET" || strings.Contains(route.Path, "/debug") {
			continue
		}
		path := fill.Replace(route.Path)
		for _, id := range []string{"synthetic-data", secretWord + "-sample"} {
			at := strings.NewReplacer(":id", id, "{id}", id).Replace(path)
			for _, form := range []string{"", ".json", ".csv", ".atom", ".bib", ".csl.json", ".parquet"} {
				for _, question := range []string{"", "?q=" + secretWord[:6], "?q=" + secretWord[:4] + "*&find=zz&kind=report&in=ko", "?rule=link-missing&report=kept", "?view=both", "?url=/reports/kept"} {
					addresses = append(addresses, at+form+question)
				}
			}
		}
	}
	if len(addresses) < 500 {
		t.Fatalf("only %d addresses", len(addresses))
	}
	for _, address := range addresses {
		status, _, body := get(t, s, address)
		said := strings.ReplaceAll(body, secretWord+"-sample", "") // a problem names the address
		if i := strings.Index(said, secretWord); i >= 0 {
			t.Errorf("%s, status %d: …%s…", address, status, said[max(0, i-120):min(len(said), i+60)])
		}
	}
	if _, _, body := get(t, s, "/reports/kept", "Authorization", "Bearer secret"); !strings.Contains(body, secretWord) {
		t.Error("with the token the report does not show: the test looks for nothing")
	}
}

// TestLinksOfWhatIsNotPublic: neither what a closed report mentions nor that it links to an open one is told without the token.
func TestLinksOfWhatIsNotPublic(t *testing.T) {
	s := newPrivateServer(t)
	token := []string{"Authorization", "Bearer secret"}
	for _, tt := range []struct{ address, word string }{
		{"/api/v1/reports/kept", `"gpqa-diamond"`},
		{"/reports/open", "/reports/kept"},
	} {
		if _, _, body := get(t, s, tt.address); strings.Contains(body, tt.word) {
			t.Errorf("%s tells %s", tt.address, tt.word)
		}
		if _, _, body := get(t, s, tt.address, token...); !strings.Contains(body, tt.word) {
			t.Errorf("%s does not tell %s with the token: the test looks for nothing", tt.address, tt.word)
		}
	}
}

// TestRevisionsKeepSpaces: what is compared reads as it is written, no space put before a comma or a particle.
func TestRevisionsKeepSpaces(t *testing.T) {
	s := newPrivateServer(t)
	for i, text := range []string{"메모리를 쓰고, 비용은 든다. 그래서 기업은 칩을 산다.", "메모리를 쓰며, 비용이 든다. 그래서 기업은 칩을 산다."} {
		files := fstest.MapFS{"open.md": {Data: []byte("---\ntitle: 열린 글\n---\n\n" + text + "\n"), ModTime: time.Unix(int64(i), 0)}}
		if _, err := s.cfg.Library.Sync(t.Context(), content.SourceConfig{Name: "open", Public: true}, files, fmt.Sprint(i+2)); err != nil {
			t.Fatal(err)
		}
	}
	want := "메모리를 <del>쓰고</del><ins>쓰며</ins>, <del>비용은 </del><ins>비용이 </ins>든다."
	if _, _, body := get(t, s, "/reports/open/revisions"); !strings.Contains(body, want) {
		t.Errorf("no %q in %s", want, body)
	}
}

// TestMirrorLeaksNothing copies the site without the token, as export --site does, and reads every file of the copy.
func TestMirrorLeaksNothing(t *testing.T) {
	s := newPrivateServer(t)
	dir := t.TempDir() + "/copy"
	copied, err := mirror.Write(t.Context(), mirror.Config{Dir: dir, Get: func(_ context.Context, address, lang string) (mirror.Answer, error) {
		status, header, body := get(t, s, address, "Accept-Language", lang)
		return mirror.Answer{Status: status, Type: header.Get("Content-Type"), Body: []byte(body)}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	read, titled := 0, false
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(dir + "/" + name)
		read++
		titled = titled || bytes.Contains(b, []byte("닫힌 글"))
		if i := bytes.Index(b, []byte(secretWord)); i >= 0 {
			t.Errorf("%s: …%s…", name, b[max(0, i-80):min(len(b), i+40)])
		}
		return err
	})
	if err != nil || read < copied.Pages || copied.Pages < 10 || !titled {
		t.Errorf("%d files of %d pages, the title found: %v, %v", read, copied.Pages, titled, err)
	}
}

func TestLintPage(t *testing.T) {
	s := newPrivateServer(t)
	for lang, want := range map[string][]string{"ko": {"원고 점검", "링크가 가리키는 글이 없다", "가리키는 글이 없다: ", "원고를 손봐야 함", "고쳐 보임"}, "en": {"Source check", "A link leads nowhere", "Leads nowhere: ", "needs mending"}} {
		status, _, body := get(t, s, "/library/lint?lang="+lang)
		if status != 200 {
			t.Fatalf("status %d", status)
		}
		for _, w := range append(want, "open/open.md", `href="/reports/open"`) {
			if !strings.Contains(body, w) {
				t.Errorf("%s: no %q", lang, w)
			}
		}
	}
	read := func(headers ...string) query.LintList {
		_, _, body := get(t, s, "/library/lint.json", headers...)
		var list query.LintList
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		return list
	}
	public, all := read(), read("Authorization", "Bearer secret")
	if public.Total == 0 || public.Total != len(public.Findings) || all.Total <= public.Total {
		t.Errorf("%d findings, with the token %d", public.Total, all.Total)
	}
	for _, f := range all.Findings {
		if f.Title.Ko == "" || f.Title.En == "" || f.Path == "" || f.Line < 1 {
			t.Errorf("%+v", f)
		}
	}
	_, _, body := get(t, s, "/library/lint.csv?rule=link-missing")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][4] != "link-missing" {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestTermPage(t *testing.T) {
	s := newPrivateServer(t)
	status, _, body := get(t, s, "/glossary/synthetic-data")
	if status != 200 || !strings.Contains(body, "합성 데이터") || !strings.Contains(body, "/reports/open#") || !strings.Contains(body, "<mark>") {
		t.Errorf("status %d: %s", status, body)
	}
	if strings.Contains(body, "인공 자료") {
		t.Error("a rendering of a report that is not public shows")
	}
	_, _, body = get(t, s, "/glossary/synthetic-data.json")
	var term query.Term
	if err := json.Unmarshal([]byte(body), &term); err != nil || len(term.Renderings) != 1 || term.Renderings[0].Reports[0].Slug != "open" {
		t.Errorf("%v: %s", err, body)
	}
	if status, _, _ := get(t, s, "/glossary/no-such-term"); status != 404 {
		t.Errorf("an unknown term: %d", status)
	}
	if _, _, body := get(t, s, "/glossary"); !strings.Contains(body, `href="/glossary/synthetic-data"`) {
		t.Error("the glossary does not lead to the term")
	}
}

// The glossary follows the library: a source that is not public any more takes its terms along, one that comes brings its own.
func TestGlossaryFollowsTheLibrary(t *testing.T) {
	s := newPrivateServer(t)
	shows := func(id string) bool {
		all := s.glossary()
		_, named := all.byID[id]
		if listed := slices.ContainsFunc(all.sorted["ko"], func(t glossaryTerm) bool { return t.id == id }); listed != named {
			t.Errorf("%s: named %t, listed %t", id, named, listed)
		}
		return named
	}
	if !shows("synthetic-data") || shows("liquid-cooling") {
		t.Error("not the terms of the open report alone")
	}
	files := fstest.MapFS{"open.md": {Data: []byte("---\ntitle: 열린 글\ndate: 2024-05-01\n---\n\n이 글은 액체 냉각(liquid cooling)을 다룬다. 물로 칩을 식히는 방법이다.\n"), ModTime: time.Unix(1, 0)}}
	for _, public := range []bool{true, false} {
		if _, err := s.cfg.Library.Sync(t.Context(), content.SourceConfig{Name: "open", Public: public}, files, "2"); err != nil {
			t.Fatal(err)
		}
		if shows("synthetic-data") || shows("liquid-cooling") != public {
			t.Errorf("public %t: the terms are not those of the library", public)
		}
	}
}
