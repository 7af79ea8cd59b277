package content

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// hostile are inputs that have got script past sanitisers, and forms that have upset parsers.
var hostile = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `[a](javascript:alert(1))`, `[a](JaVaScRiPt:alert(1))`, "[a](java\nscript:alert(1))",
	`[a](data:text/html;base64,PHNjcmlwdD4=)`, `![a](javascript:alert(1))`, `![a](data:image/svg+xml,<svg onload=alert(1)>)`, `<a href="&#106;avascript:alert(1)">a</a>`,
	`<svg><script>alert(1)</script></svg>`, `<math><mi xlink:href="javascript:alert(1)">`, `<iframe srcdoc="<script>alert(1)</script>">`, `<p style="background:url(javascript:1)">`,
	"<div\nonclick=alert(1)>x", `<a href="//evil.example/x">a</a>`, `[a]: javascript:alert(1)` + "\n\n[a]", `<javascript:alert(1)>`, `<style>@import "x"</style>`,
	`<table><td><script>alert(1)</script>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<textarea></textarea><img src=x onerror=alert(1)>`,
	`<a name="n" id="main" class="nav">x</a>`, `<form action=x><input type=submit>`, `<base href="//evil.example">`, `<meta http-equiv=refresh content=0>`, `<link rel=stylesheet href=x>`,
	"```trend\nmetric: \"\\\" onload=alert(1) x=\\\"\"\n```", "``` \"><script>alert(1)</script>\ncode\n```", `<a href="/~link/0">x</a> <img src="/~image/0">`, `[a](/~link/0)`,
	"$<script>alert(1)</script>$", "[^1]\n\n[^1]: <script>alert(1)</script>", "| a |\n| <script>alert(1)</script> |\n| b |", `<details open ontoggle=alert(1)>`,
	"---\ntitle: <script>alert(1)</script>\n---\n# x", "# <img src=x onerror=alert(1)>", `<h1 id="x" onclick=alert(1)>t</h1>`, "\x00<script\x00>alert(1)</script>",
	"**a(b)**는 **", strings.Repeat("[", 200), strings.Repeat("> ", 200) + "a", strings.Repeat("*a ", 200), strings.Repeat("<div>", 100), "| |\n|-|\n||||", "$$\n$$\n$$",
}

// checkHTML reports what HTML of a report must not hold.
func checkHTML(t *testing.T, src, out string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(out))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			switch tok.Data {
			case "script", "style", "iframe", "object", "embed", "svg", "form", "base", "meta", "link", "template", "button", "textarea", "select", "frame", "video", "audio":
				t.Errorf("<%s> got through:\n%q\n%s", tok.Data, src, out)
			}
			for _, a := range tok.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "action", a.Key == "srcset", a.Key == "name", a.Key == "xlink:href":
					t.Errorf("%s= got through:\n%q\n%s", a.Key, src, out)
				case a.Key == "href", a.Key == "src":
					u, err := url.Parse(a.Val)
					if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" || u.Scheme == "" && u.Host != "" {
						t.Errorf("%s=%q got through:\n%q\n%s", a.Key, a.Val, src, out)
					}
					if tok.Data == "img" && u != nil && u.Host != "" {
						t.Errorf("an image of another host got through:\n%q\n%s", src, out)
					}
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	files, err := filepath.Glob("testdata/passes/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, src string) {
		r, err := Parse([]byte(src), ParseConfig{Path: "a.md"})
		if errors.Is(err, ErrEncoding) && !utf8.ValidString(src) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		checkHTML(t, src, r.HTML)
		ids := map[string]bool{}
		for _, p := range r.Passages {
			if ids[p.Anchor] || p.Anchor == "" {
				t.Errorf("anchor %q is not unique:\n%q", p.Anchor, src)
			}
			ids[p.Anchor] = true
			if strings.TrimSpace(p.Text) != p.Text || !utf8.ValidString(p.Text) {
				t.Errorf("text of a passage: %q", p.Text)
			}
		}
		for _, s := range r.Sections[min(1, len(r.Sections)):] {
			if ids[s.Anchor] {
				t.Errorf("anchor %q is not unique:\n%q", s.Anchor, src)
			}
			ids[s.Anchor] = true
		}
	})
}

// FuzzFrontMatter shows that front matter never takes text away without a word, nor sets what a page must not link to.
func FuzzFrontMatter(f *testing.F) {
	for _, s := range []string{
		"---\ntitle: 글\ndate: 2024-01-02\nkeywords: [a, b]\n---\n본문", "+++\ntitle = \"글\"\ntags = [\"a\"]\n[extra]\nx = 1\n+++\n본문", "{\n\"title\": \"글\"\n}\n본문",
		"---\n---\n본문", "---\ntitle: [\n---\n본문", "---\n본문\n---\n", "---\ntitle: &a [*a]\n---\n", "---\n\n---", "---\noriginal_url: javascript:alert(1)\ndate: 0000-00-00\n---\nx",
		"---\na: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n---\nx", "---\ntitle: !!binary 0000\n---", "---\ntitle: \"\\0\\u2028\\x01\"\n---\nx", "{\n}", "---\ntranslation_of: ../../x\nlang: xx\n---\nx",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		text, err := decode([]byte(src), "a.md")
		if err != nil {
			if !errors.Is(err, ErrEncoding) || utf8.ValidString(src) {
				t.Fatalf("%q: %v", src, err)
			}
			return // nothing of it is read
		}
		r := &Report{}
		meta, body, first := frontMatter(text, r)
		if !strings.HasSuffix(string(text), string(body)) {
			t.Fatalf("%q is not the end of %q", body, text)
		}
		if head := string(text[:len(text)-len(body)]); first != 1+strings.Count(head, "\n") {
			t.Errorf("the text begins at line %d after %q", first, head)
		}
		if len(body) == len(text) && (len(r.Lint) > 0 || meta.Title != "") {
			t.Errorf("front matter is read and shown: %q", text)
		}
		q, err := Parse([]byte(src), ParseConfig{Path: "a.md"})
		if err != nil {
			t.Fatal(err)
		}
		if q.OriginalURL != "" && safeURL(q.OriginalURL) == "" {
			t.Errorf("original at %q", q.OriginalURL)
		}
		if q.Lang != "ko" && q.Lang != "en" {
			t.Errorf("language %q", q.Lang)
		}
		for _, text := range []string{q.Title, q.Summary, q.Author, q.Translator} {
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00") {
				t.Errorf("%q of %q", text, src)
			}
		}
	})
}

// FuzzLinks shows that whatever a link or image is written like, a page leads to a place that it may lead to: a report or an
// image of the library, another site, an anchor of the page, or nowhere, and says which.
func FuzzLinks(f *testing.F) {
	for _, s := range []string{
		"b.md", "./b.md#글", "/b.md", "https://github.com/me/notes/blob/main/b.md", "https://github.com/me/notes/b.md", "../../../etc/passwd", "B.MD", "20240102-b", "img/a.gif", "A.GIF", "%2e%2e/a.gif",
		"javascript:alert(1)", "//evil.example/b.md", "#글", "#%ff", "?", "mailto:a@b", "http://[::1", "b.md?raw=true", "(b.md", "README.md", "data:text/html,x", "https://raw.githubusercontent.com/me/notes/main/img/a.gif", "\\b.md", "b%20.md", "",
	} {
		f.Add(s)
	}
	l := openLibrary(f, f.TempDir())
	syncFiles(f, l, fstest.MapFS{
		"a.md": file("# 글\n\n" + longText), "b.md": file("# 다른 글\n\n이 글은 앞의 것과 조금도 같지 않은 내용을 담고 있다."), "img/a.gif": file(onePixel),
		"20240102-c.md": file(" "), "README.md": file("# 모음\n\n[b](b.md)\n"),
	}, "v1")
	s := l.state.Load()
	f.Fuzz(func(t *testing.T, target string) {
		report := &Report{Slug: "a", Source: "notes", Path: "dir/a.md", Title: "글"}
		m := resolveLink(report, Link{Href: target}, map[string]bool{"p-1": true}, s.resolver)
		switch {
		case m.Missing:
		case !safeTarget(m.Href):
			t.Errorf("%q leads to %q", target, m.Href)
		case m.Report != "":
			if r, ok := l.Report(m.Report); !ok || !strings.HasPrefix(m.Href, "/reports/"+r.Slug) {
				t.Errorf("%q leads to report %q at %q", target, m.Report, m.Href)
			}
		case strings.HasPrefix(m.Href, "/files/"):
			name, err := url.PathUnescape(strings.TrimPrefix(m.Href, "/files/"))
			if _, missing := l.Asset(name); err != nil || missing != nil {
				t.Errorf("%q leads to %q, which is no image", target, m.Href)
			}
		}
		if img := s.resolver.Image(report, Figure{Src: target}); !img.Missing {
			name, err := url.PathUnescape(strings.TrimPrefix(img.Src, "/files/"))
			if _, missing := l.Asset(name); err != nil || missing != nil {
				t.Errorf("%q shows %q, which is no image", target, img.Src)
			}
		}
	})
}

func TestEncodingErrorNamesFileAndOffset(t *testing.T) {
	_, err := Parse([]byte("\xef\xbb\xbf안녕 \xb0\xa1"), ParseConfig{Path: "dir/a.md"})
	if !errors.Is(err, ErrEncoding) || !strings.Contains(err.Error(), "dir/a.md") || !strings.Contains(err.Error(), "offset 7") {
		t.Errorf("%v", err)
	}
}
