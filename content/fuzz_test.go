package content

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
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

func TestEncodingErrorNamesFileAndOffset(t *testing.T) {
	_, err := Parse([]byte("\xef\xbb\xbf안녕 \xb0\xa1"), ParseConfig{Path: "dir/a.md"})
	if !errors.Is(err, ErrEncoding) || !strings.Contains(err.Error(), "dir/a.md") || !strings.Contains(err.Error(), "offset 7") {
		t.Errorf("%v", err)
	}
}
