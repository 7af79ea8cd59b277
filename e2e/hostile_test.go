package e2e

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/scalebook/scalebook/testpart"
)

// payloads are forms that have got script, style or a request past sanitisers: direct, split, encoded, in foreign
// content, through what a second parser makes of the first one's output, and through styles.
var payloads = []string{
	`<script>alert(1)</script>`, `<ScRiPt src=//evil.example/x.js></ScRiPt>`, `<img src=x onerror=alert(1)>`, `<img/src=x/onerror=alert(1)>`,
	`"><svg onload=alert(1)>`, `'"--></style></script><script>alert(1)</script>`, `<a href="javascript:alert(1)">a</a>`, `<a href="java&#x09;script:alert(1)">a</a>`,
	`<a href=" &#1; javascript:alert(1)">a</a>`, `<a href="data:text/html,<script>alert(1)</script>">a</a>`, `<a href="vbscript:x">a</a>`, `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
	`<object data="data:text/html,x"></object><embed src=//evil.example>`, `<base href=//evil.example/>`, `<meta http-equiv=refresh content="0;url=//evil.example">`,
	`<link rel=stylesheet href=//evil.example/x.css>`, `<style>@import "//evil.example/x.css";</style>`, `<p style="background:url(//evil.example/?x)">p</p>`,
	`<form action=//evil.example><input name=q><button formaction="javascript:alert(1)">b</button></form>`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `<template><script>alert(1)</script></template>`, `<details open ontoggle=alert(1)>`,
	`<video src=x onerror=alert(1)><source src=//evil.example/v>`, `<img src=//evil.example/pixel.gif>`, `<img src="https://evil.example/pixel.gif" srcset="//evil.example/2x 2x">`,
	`<p id="q" class="topbar" onclick=alert(1)>x</p>`, `<xmp><script>alert(1)</script></xmp>`, `<!--><script>alert(1)</script>-->`, `<![CDATA[<script>alert(1)</script>]]>`, "<scr\x00ipt>alert(1)</script>",
	`{{.}}<%= 1 %>${alert(1)}`, `<mark onmouseover=alert(1)>x</mark>`, "\u202e<b>gnp\u202c", `&lt;script&gt;alert(1)&lt;/script&gt;`, `&amp;lt;img src=x onerror=alert(1)&amp;gt;`,
}

// markdownOf puts a payload into every position a report has.
func markdownOf(lang, other, p string) string {
	y, err := json.Marshal(p) // a JSON string is a YAML string
	if err != nil {
		panic(err)
	}
	q := string(y)
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: %s\nlang: %s\nsummary: %s\nauthor: %s\ntranslator: %s\nkeywords: [%s]\nlicense: %s\noriginal_url: %s\n", q, lang, q, q, q, q, q, q)
	if other != "" {
		fmt.Fprintf(&b, "translation_of: %s\n", other)
	}
	flat := strings.NewReplacer("\n", " ", "|", "").Replace(p)
	fmt.Fprintf(&b, `---

# zebra %[1]s

## zebra %[1]s {#x onclick=alert(1)}

zebra quagga %[1]s and **%[1]s** and 병렬화(%[1]s) text.

%[1]s

- zebra %[1]s

> quagga %[1]s

| zebra %[1]s | b |
|---|---|
| %[1]s | zebra |

![%[1]s](x.svg "%[1]s")

[%[1]s](javascript:alert(1)) [a](data:text/html;base64,PHNjcmlwdD4=) [b](//evil.example/x "%[1]s") [c][r] <javascript:alert(1)> ![d](https://evil.example/pixel.gif)

[r]: vbscript:alert(1) "%[1]s"

`+"```%[1]s\nzebra %[1]s\n```\n\n```trend metric=%[1]s caption=\"%[1]s\"\n```\n\n`%[1]s` $%[1]s$ zebra[^1]\n\n[^1]: quagga %[1]s\n", flat)
	return b.String()
}

const hostileSVG = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" onload="alert(1)"><script>alert(1)</script><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/></foreignObject></svg>`

// hostileData writes reports and figures whose every text is a payload.
func hostileData(t *testing.T) (reports, figures string) {
	t.Helper()
	reports, figures = t.TempDir(), t.TempDir()
	for i, p := range payloads {
		ko := fmt.Sprintf("20250101-p%02d", i)
		write(t, filepath.Join(reports, ko+".md"), markdownOf("ko", "", p))
		write(t, filepath.Join(reports, ko+"-en.md"), markdownOf("en", ko, p))
	}
	write(t, filepath.Join(reports, `20250102-"><img src=x onerror=alert(1)>.md`), "# zebra\n\nzebra in a file with a name.\n")
	write(t, filepath.Join(reports, "20250103-\u202egnp.md"), "# zebra\n\n\u202ezebra.\n")
	write(t, filepath.Join(reports, "20250104-deep.md"), "# zebra\n\n"+strings.Repeat("> ", 3000)+"deep\n\n"+strings.Repeat("<b>", 3000)+"x\n\n"+strings.Repeat("[", 3000)+"\n\n"+strings.Repeat("*a ", 3000)+"\n")
	write(t, filepath.Join(reports, "x.svg"), hostileSVG)
	var rows, catalogue strings.Builder
	rows.WriteString("metric,subject,time,value,setting,name,source,url,organization,country,access,kind\n")
	cell := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	for i, p := range payloads {
		if strings.Contains(p, "\x00") {
			continue
		}
		c := cell("zebra " + p)
		fmt.Fprintf(&rows, "zebra,subject-%d,2024-01-%02d,%d,%s,%s,%s,%s,%s,%s,,model\n", i, i%28+1, i+1, c, c, c, cell([]string{"javascript:alert(1)", p}[i%2]), c, c)
	}
	rows.WriteString("zebra,\"\"\"><script>alert(1)</script>\",2024-02-01,5,,x,,,,,,model\nzebra,formula,2024-02-02,500,=2+3,=HYPERLINK(\"http://evil.example\"),@s,,+o,-c,,model\n")
	text, err := json.Marshal("zebra " + payloads[0])
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&catalogue, "- id: zebra\n  kind: benchmark\n  unit: %[1]s\n  scale: linear\n  direction: higher\n  title: {ko: %[1]s, en: %[1]s}\n  definition: {ko: %[1]s, en: %[1]s}\n  source: {name: %[1]s, url: \"javascript:alert(1)\", license: %[1]s}\n", text)
	write(t, filepath.Join(figures, "zebra.csv"), rows.String())
	write(t, filepath.Join(figures, "metrics.yaml"), catalogue.String())
	return reports, figures
}

// Whatever a report or a table says, no page, feed, answer or image of it runs script, brings a style, or loads from or
// leads to another host on its own. The test follows every link of the site.
func TestHostileContent(t *testing.T) {
	reports, figures := hostileData(t)
	data := t.TempDir()
	for _, args := range [][]string{{"ingest", "--data", data, "--from", figures, "csv"}, {"ingest", "--data", data, "--from", reports, "reports"}} {
		if code, _, stderr := run(t, args...); code > 1 || strings.Contains(stderr, "panic") {
			t.Fatalf("%v: %d %.2000s", args, code, stderr)
		}
	}
	address := serve(t, "--data", data, "--no-bundled", "--public-url", "https://reports.example")
	queue := []string{"/", "/reports", "/metrics", "/changes", "/about", "/glossary", "/hardware", "/trends", "/compare", "/index", "/docs/api", "/search?q=zebra", "/search?q=quagga&passages=10&limit=100",
		"/search?q=" + url.QueryEscape(`"><script>alert(1)</script> zebra`), "/metrics/zebra", "/compare?metric=zebra,zebra", "/subjects/formula", "/nowhere/%3Cscript%3E", "/%22onload=alert(1)", "//evil.example/x", "/?lang=%22%3E%3Cscript%3E",
		"/metrics/zebra?since=%22%3E%3Cscript%3E", "/feeds/reports.atom?lang=ko", "/feeds/reports.atom?lang=en", "/feeds/changes.atom", "/sitemap.xml", "/opensearch.xml", "/metrics/zebra.svg",
		"/api/v1/search?q=zebra&limit=100&passages=10", "/api/v1/suggest?q=z", "/api/v1/series?metric=zebra", "/api/v1/series.csv?metric=zebra", "/api/v1/changes", "/api/v1/trend?metric=zebra&of=all"}
	for i := range payloads {
		queue = append(queue, fmt.Sprintf("/reports/20250101-p%02d?view=both", i), fmt.Sprintf("/api/v1/reports/20250101-p%02d", i))
	}
	seen := map[string]bool{}
	pages := 0
	const most = 360
	for len(queue) > 0 && len(seen) < most {
		next := queue[0]
		queue = queue[1:]
		if seen[next] {
			continue
		}
		seen[next] = true
		res, body := ask(t, address+next)
		if res.StatusCode >= 500 {
			t.Errorf("%s: %s", next, res.Status)
		}
		checkPolicy(t, next, res)
		switch kind := res.Header.Get("Content-Type"); {
		case strings.HasPrefix(kind, "text/html"):
			pages++
			queue = append(queue, checkPage(t, next, body)...)
		case strings.Contains(kind, "xml"):
			checkXML(t, next, body)
		case strings.HasPrefix(next, "/api/v1/search"):
			checkSnippets(t, next, body)
		case strings.HasPrefix(kind, "text/csv"):
			checkCSV(t, next, string(body))
		}
	}
	if pages < 150 {
		t.Errorf("only %d pages were met", pages)
	}
}

func ask(t *testing.T, address string) (*http.Response, []byte) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

func checkPolicy(t *testing.T, address string, res *http.Response) {
	t.Helper()
	csp := res.Header.Get("Content-Security-Policy")
	script := "script-src 'self'"
	if strings.HasPrefix(address, "/files/") && res.StatusCode == http.StatusOK {
		script = "sandbox"
	}
	if strings.Contains(res.Header.Get("Content-Type"), "svg") {
		script = "" // charts set a policy of their own, without script
		if strings.Contains(csp, "script-src") && !strings.Contains(csp, "script-src 'self'") {
			t.Errorf("%s: policy %q", address, csp)
		}
	}
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, script) || strings.Contains(csp, "unsafe-eval") || strings.Contains(csp, "*") ||
		strings.Contains(csp, "script-src 'self' 'unsafe-inline'") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s: policy %q, nosniff %q", address, csp, res.Header.Get("X-Content-Type-Options"))
	}
}

// checkPage reads a page the way a browser does, and once more what a browser would write out, and returns its links.
func checkPage(t *testing.T, address string, body []byte) (links []string) {
	t.Helper()
	for _, pass := range []string{"", "mutated "} {
		root, err := html.Parse(strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if why := wrongElement(n); why != "" {
				t.Errorf("%s: %s%s: <%s %v>", address, pass, why, n.Data, n.Attr)
			}
			for _, a := range n.Attr {
				if pass == "" && (a.Key == "href" && n.Data == "a" || a.Key == "src" && n.Data == "img") && strings.HasPrefix(a.Val, "/") {
					link, _, _ := strings.Cut(a.Val, "#")
					links = append(links, link)
				}
			}
		}
		var again strings.Builder
		if err := html.Render(&again, root); err != nil {
			t.Fatal(err)
		}
		body = []byte(again.String())
	}
	return links
}

// wrongElement says why an element must not be on a page, or nothing.
func wrongElement(n *html.Node) string {
	switch n.Data {
	case "style", "iframe", "object", "embed", "base", "template", "noscript", "xmp", "foreignObject", "foreignobject", "video", "audio", "applet", "frame", "frameset", "marquee", "animate", "set", "use":
		return "element"
	}
	attr := func(name string) string {
		i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
		if i < 0 {
			return ""
		}
		return n.Attr[i].Val
	}
	switch {
	case n.Data == "script" && attr("type") != "application/ld+json" && !strings.HasPrefix(attr("src"), "/assets/"):
		return "script"
	case n.Data == "link" && attr("rel") == "stylesheet" && !strings.HasPrefix(attr("href"), "/assets/"):
		return "style sheet"
	case n.Data == "meta" && attr("http-equiv") != "":
		return "meta"
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" || a.Key == "srcset" || a.Key == "ping" || a.Key == "background":
			return "attribute " + a.Key
		case slices.Contains([]string{"href", "src", "action", "formaction", "data", "poster", "cite"}, a.Key):
			u, err := url.Parse(a.Val)
			if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && (u.Scheme != "mailto" || a.Key != "href") || u.Scheme == "" && u.Host != "" {
				return "address"
			}
			if a.Key != "href" && u.Host != "" {
				return "address of another host"
			}
		}
	}
	return ""
}

func checkXML(t *testing.T, address string, body []byte) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", address, err)
			return
		}
		e, ok := token.(xml.StartElement)
		if !ok || strings.HasPrefix(address, "/files/") { // a file is as it was published; its policy keeps it still
			continue
		}
		if slices.Contains([]string{"script", "iframe", "img", "foreignObject", "a"}, e.Name.Local) {
			t.Errorf("%s: element %s", address, e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || strings.HasPrefix(a.Value, "javascript:") {
				t.Errorf("%s: attribute %s=%q", address, a.Name.Local, a.Value)
			}
		}
	}
}

// checkSnippets holds snippets to their contract: HTML-safe but for <mark>.
func checkSnippets(t *testing.T, address string, body []byte) {
	t.Helper()
	var found struct {
		Hits []struct{ Passages []struct{ Snippet string } }
	}
	if err := json.Unmarshal(body, &found); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, h := range found.Hits {
		for _, p := range h.Passages {
			n++
			z := html.NewTokenizer(strings.NewReader(p.Snippet))
			for z.Next() != html.ErrorToken {
				if token := z.Token(); token.Type != html.TextToken && (token.Data != "mark" || len(token.Attr) > 0) {
					t.Errorf("%s: %s in %s", address, token, p.Snippet)
				}
			}
		}
	}
	if n < len(payloads) {
		t.Errorf("%s: only %d snippets", address, n)
	}
}

// checkCSV looks for cells that a spreadsheet would compute.
func checkCSV(t *testing.T, address, body string) {
	t.Helper()
	for _, formula := range []string{",=", ",@", ",+o", ",-c", ",\"=", "\n="} {
		if strings.Contains(body, formula) {
			t.Errorf("%s: a cell starts with %q", address, formula)
		}
	}
}

// An archive can't write outside of the library, nor be larger than it says it is without an end.
func TestHostileNames(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret.md")
	write(t, outside, "# secret aardvark\n\naardvark\n")
	in, data := t.TempDir(), t.TempDir()
	write(t, filepath.Join(in, "20250101-a.md"), "# a\n\nzebra ![x](../../../../etc/passwd) ![y](/etc/passwd) [z](../../"+outside+")\n")
	if err := os.Symlink(outside, filepath.Join(in, "20250102-link.md")); err != nil {
		testpart.Missing(t, "a file system with links: %v", err)
	}
	if code, _, stderr := run(t, "ingest", "--data", data, "--from", in, "reports"); code > 1 {
		t.Fatal(stderr)
	}
	if _, stdout, _ := run(t, "search", "--data", data, "--json", "aardvark"); strings.Contains(stdout, "20250102-link") {
		t.Error("a link leads out of the folder that was named")
	}
	address := serve(t, "--data", data, "--no-bundled")
	for _, path := range []string{"/files/../metrics.db", "/files/..%2fmetrics.db", "/files/%252e%252e/metrics.db", "/files/..%5cmetrics.db", "/files/%00", "/files//etc/passwd", "/files/%2fetc%2fpasswd",
		"/assets/x/../../layout.html", "/assets/x/..%2f..%2flayout.html", "/assets/%00/a", "/files/%ff", "/files/%"} {
		req, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Opaque = strings.TrimPrefix(address, "http:") + path
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}
