package mirror

import (
	"bytes"
	"html"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
)

var (
	linked     = regexp.MustCompile(`\s(href|src|data-href|data-charts|data-views|action)="([^"]*)"`)
	styleURL   = regexp.MustCompile(`url\(["']?([^"')]+)["']?\)`)
	views      = regexp.MustCompile(`\sdata-(swap|zooms|live|within)(="[^"]*")?`)
	headField  = regexp.MustCompile(` (id|for)="q"`)
	notCopied  = regexp.MustCompile(`rel="(search|canonical)"|type="application/(atom\+xml|feed\+json|json\+oembed)"|property="og:(image|url)`)
	mainEnding = []byte("</main>")
)

// page rewrites a page for the copy: links lead to files beside it, controls that a server would have to answer are left
// out, and the search runs in the browser.
func (c *copier) page(p place, body []byte) []byte {
	from := p.file()
	var out bytes.Buffer
	z := xhtml.NewTokenizer(bytes.NewReader(body))
	dropped, depth := "", 0 // the element that is being left out, and how many of its kind are open
	for z.Next() != xhtml.ErrorToken {
		raw := bytes.Clone(z.Raw()) // reading the token changes it
		tag := z.Token()
		switch {
		case dropped != "":
			switch {
			case tag.Data != dropped:
			case tag.Type == xhtml.StartTagToken:
				depth++
			case tag.Type == xhtml.EndTagToken:
				depth--
			}
			if depth == 0 {
				dropped = ""
			}
			continue
		case tag.Type == xhtml.StartTagToken && c.leavesOut(tag):
			dropped, depth = tag.Data, 1
			continue
		case (tag.Type == xhtml.StartTagToken || tag.Type == xhtml.SelfClosingTagToken) && (tag.Data == "link" || tag.Data == "meta") && notCopied.Match(raw):
			continue
		case tag.Type == xhtml.StartTagToken || tag.Type == xhtml.SelfClosingTagToken:
			raw = c.tag(p, from, raw)
		case tag.Type == xhtml.EndTagToken && tag.Data == "head":
			out.WriteString(`<script src="` + link(from, scriptFile) + `" defer></script>`)
		}
		out.Write(raw)
	}
	if p.address == "/search" {
		index := `<script src="` + link(from, path.Join(p.tree(), indexFile)) + `" defer></script>`
		return bytes.Replace(out.Bytes(), mainEnding, []byte(index+string(mainEnding)), 1)
	}
	return out.Bytes()
}

// leavesOut reports whether an element is nothing without a server: a form other than the search, the choice of another
// view, the ways to ask that the search of the copy doesn't have.
func (c *copier) leavesOut(tag xhtml.Token) bool {
	attribute := func(key string) string {
		for _, a := range tag.Attr {
			if a.Key == key {
				return a.Val
			}
		}
		return ""
	}
	class := strings.Fields(attribute("class"))
	return tag.Data == "form" && attribute("role") != "search" || slices.Contains(class, "cheats") ||
		c.cfg.Live == "" && (slices.Contains(class, "view") || slices.Contains(class, "facets"))
}

// tag rewrites the addresses of one tag, and leaves the rest of it as it is written.
func (c *copier) tag(p place, from string, raw []byte) []byte {
	raw = headField.ReplaceAll(raw, []byte(` $1="copy-q"`)) // so that the server's script asks it for no suggestions
	raw = views.ReplaceAll(raw, nil)                        // or for another view
	return linked.ReplaceAllFunc(raw, func(attribute []byte) []byte {
		m := linked.FindSubmatch(attribute)
		address := html.UnescapeString(string(m[2]))
		if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") {
			return attribute
		}
		to, ok := c.resolve(p, from, address)
		if !ok && string(m[1]) == "href" {
			return []byte(` aria-disabled="true"`)
		}
		return []byte(" " + string(m[1]) + `="` + html.EscapeString(to) + `"`)
	})
}

// resolve returns where an address of the server leads in the copy. What only a server can answer leads to the live one,
// or nowhere.
func (c *copier) resolve(p place, from, address string) (string, bool) {
	address, fragment, _ := strings.Cut(address, "#")
	if fragment != "" {
		fragment = "#" + fragment
	}
	target := place{address: address, lang: p.lang}
	name, query, asked := strings.Cut(address, "?")
	if asked && name == "/search" {
		c.want(place{address: name, lang: p.lang}, from)
		return link(from, place{address: name, lang: p.lang}.file()) + "?" + query, true
	}
	if asked {
		values, err := url.ParseQuery(query)
		if err != nil {
			return c.live(address, fragment)
		}
		if lang := values.Get("lang"); slices.Contains(languages(), lang) && !strings.HasPrefix(name, "/api/") {
			target.lang = lang
			values.Del("lang")
		}
		target.address = name
		if rest := values.Encode(); rest != "" {
			target.address += "?" + rest
		}
		if !c.copies(name, values) {
			return c.live(address, fragment)
		}
	} else if !c.copies(name, nil) {
		return c.live(address, fragment)
	}
	c.want(target, from)
	return link(from, target.file()) + fragment, true
}

func (c *copier) live(address, fragment string) (string, bool) {
	if c.cfg.Live == "" {
		return "", false
	}
	return strings.TrimSuffix(c.cfg.Live, "/") + address + fragment, true
}

// copies reports whether an address is worth a file: pages as they come, reports beside their original, charts and data
// as they are linked. Pictures of charts are there as SVG.
func (c *copier) copies(name string, query url.Values) bool {
	ext := path.Ext(name)
	switch {
	case strings.HasPrefix(name, "/api/v1/ingest"), strings.HasPrefix(name, "/feeds/"), ext == ".png" && !shared(name), ext == ".xml", ext == ".atom":
		return false
	case len(query) == 0:
		return true
	case query.Has("as_of"):
		return false
	case data(ext), strings.HasPrefix(name, "/api/"):
		return true
	}
	return strings.HasPrefix(name, "/reports/") && query.Has("view") && len(query) == 1
}

// wantStyle queues what a style sheet loads.
func (c *copier) wantStyle(p place, body []byte) {
	for _, m := range styleURL.FindAllSubmatch(body, -1) {
		if address := string(m[1]); !strings.Contains(address, ":") && !strings.HasPrefix(address, "#") {
			c.want(place{address: path.Join(path.Dir(p.address), address), lang: p.lang}, p.address)
		}
	}
}
