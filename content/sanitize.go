package content

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// policy is what HTML of a report may hold at most. Classes and ids come from this package alone: filterRaw takes them
// from what the file wrote itself, so that a report can't dress up as a part of the page.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong",
		"b", "i", "u", "s", "del", "ins", "sub", "sup", "kbd", "samp", "var", "mark", "small", "abbr", "q", "cite", "dl", "dt", "dd",
		"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "figure", "figcaption", "a", "img", "div", "span",
		"details", "summary", "section", "ruby", "rt", "rp", "time")
	p.AllowNoAttrs().OnElements("span", "a", "div", "section")
	word := regexp.MustCompile(`^[\p{L}\p{M}\p{N}_:.\-]+$`)
	p.AllowAttrs("id").Matching(word).Globally()
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^[\w\- +#]+$`)).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z-]{2,20}$`)).Globally()
	p.AllowAttrs("title").Globally()
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^doc-[a-z]+$`)).Globally()
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("th", "td")
	number := regexp.MustCompile(`^\d{1,4}$`)
	p.AllowAttrs("colspan", "rowspan").Matching(number).OnElements("th", "td")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^\d{1,9}$`)).OnElements("ol")
	p.AllowAttrs("tabindex").Matching(regexp.MustCompile(`^0$`)).OnElements("pre")
	p.AllowAttrs("open").Matching(regexp.MustCompile(`^$`)).OnElements("details")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").Matching(regexp.MustCompile(`^$`)).OnElements("input")
	p.AllowAttrs("data-metric", "data-of", "data-fit", "data-since", "data-until").OnElements("figure")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^(` + linkReference + `\d+|#fn(ref)?\d*:\d+)$`)).OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^` + imageReference + `\d+$`)).OnElements("img")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
})

// sanitize returns HTML that holds nothing beyond policy. Text with HTML of its own is balanced too, so that an element
// it leaves open ends with its block.
func sanitize(s string, balance bool) string {
	s = policy().Sanitize(s)
	if !balance {
		return s
	}
	nodes, err := html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			return ""
		}
	}
	return policy().Sanitize(b.String())
}

// rawElements are the elements that a file may write itself, with the attributes that survive.
var rawElements = map[string][]string{
	"a": {"href"}, "img": {"src", "alt"}, "table": nil, "thead": nil, "tbody": nil, "tfoot": nil, "tr": nil,
	"th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}, "caption": nil, "details": {"open"}, "summary": nil,
	"sub": nil, "sup": nil, "kbd": nil, "mark": nil, "abbr": {"title"}, "b": nil, "i": nil, "strong": nil, "em": nil, "u": nil, "s": nil,
	"del": nil, "ins": nil, "code": nil, "pre": nil, "samp": nil, "var": nil, "small": nil, "q": nil, "cite": nil, "br": nil, "hr": nil,
	"p": nil, "ul": nil, "ol": {"start"}, "li": nil, "dl": nil, "dt": nil, "dd": nil, "blockquote": nil, "figure": nil, "figcaption": nil,
	"ruby": nil, "rt": nil, "rp": nil, "h1": nil, "h2": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil,
}

// hidden are the elements whose content is not text.
var hidden = map[string]bool{"script": true, "style": true, "iframe": true, "object": true, "embed": true, "svg": true, "math": true,
	"template": true, "noscript": true, "noembed": true, "noframes": true, "title": true, "textarea": true, "select": true, "xmp": true, "plaintext": true}

// filterRaw reduces a fragment of the file's own HTML to rawElements and lists its links and images with the others. The
// fragment need not be balanced.
func (d *document) filterRaw(fragment, block string) string {
	var b strings.Builder
	depth := "" // the hidden element being skipped
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if depth == "" {
				b.WriteString(html.EscapeString(html.UnescapeString(string(z.Raw()))))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if depth != "" {
				continue
			}
			if hidden[t.Data] {
				if t.Type == html.StartTagToken {
					depth = t.Data
				}
				continue
			}
			if allowed, ok := rawElements[t.Data]; ok {
				d.writeTag(&b, t, allowed, block)
			}
		case html.EndTagToken:
			t := z.Token()
			if depth != "" {
				if t.Data == depth {
					depth = ""
				}
				continue
			}
			if _, ok := rawElements[t.Data]; ok && t.Data != "img" && t.Data != "br" && t.Data != "hr" {
				b.WriteString("</" + t.Data + ">")
			}
		}
	}
}

func (d *document) writeTag(b *strings.Builder, t html.Token, allowed []string, block string) {
	r := d.report
	attrs := map[string]string{}
	for _, a := range t.Attr {
		if _, twice := attrs[a.Key]; !twice {
			attrs[a.Key] = strings.TrimSpace(a.Val)
		}
	}
	b.WriteString("<" + t.Data)
	switch t.Data {
	case "a":
		if href := attrs["href"]; href != "" {
			fmt.Fprintf(b, ` href="%s%d"`, linkReference, len(r.Links))
			r.Links = append(r.Links, Link{Href: href, Line: d.rawLine})
		}
	case "img":
		fmt.Fprintf(b, ` src="%s%d"`, imageReference, len(r.Figures))
		r.Figures = append(r.Figures, Figure{Anchor: block, Src: attrs["src"], Alt: attrs["alt"], Line: d.rawLine})
	default:
		for _, name := range allowed {
			if v, ok := attrs[name]; ok {
				fmt.Fprintf(b, ` %s="%s"`, name, html.EscapeString(v))
			}
		}
	}
	b.WriteString(">")
}

// rawText returns the text of a fragment of HTML.
func rawText(fragment string) string {
	var b strings.Builder
	skip := ""
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip == "" {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if skip == "" && hidden[string(name)] {
				skip = string(name)
			}
			b.WriteByte(' ')
		case html.EndTagToken:
			name, _ := z.TagName()
			if string(name) == skip {
				skip = ""
			}
			if string(name) == "td" || string(name) == "th" {
				b.WriteString(cellSeparator)
			}
			b.WriteByte(' ')
		}
	}
}
