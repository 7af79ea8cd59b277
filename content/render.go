package content

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"

	chromahtml "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/scalebook/scalebook/content/markdown"
)

// References into Report.Links and Report.Figures in HTML that resolve has not seen yet.
const (
	linkReference  = "/~link/"
	imageReference = "/~image/"
)

// render fills the report's sections, passages, figures, links and notes.
func (d *document) render() error {
	d.collect()
	r := d.report
	r.Sections = []Section{{}}
	var markup, text strings.Builder // of the last section
	finish := func() {
		s := &r.Sections[len(r.Sections)-1]
		s.HTML, s.Text = typeset(sanitize(markup.String(), d.hasRaw)), text.String()
		markup.Reset()
		text.Reset()
	}
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		var b bytes.Buffer
		if err := engine().Renderer().Render(&b, d.src, n); err != nil {
			return err
		}
		if n.Kind() == extast.KindFootnoteList {
			r.Notes = typeset(sanitize(b.String(), d.hasRaw))
			d.notePassages(n)
			continue
		}
		if h, ok := n.(*ast.Heading); ok {
			finish()
			r.Sections = append(r.Sections, Section{Anchor: anchorOf(n), Heading: d.textOf(n), Level: h.Level})
			markup.Write(b.Bytes())
			continue
		}
		markup.Write(b.Bytes())
		p := d.passage(n, r.Sections[len(r.Sections)-1].Heading)
		if p.Text == "" {
			continue
		}
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(p.Text)
		r.Passages = append(r.Passages, p)
	}
	finish()
	if first := r.Sections[0]; first.HTML == "" && len(r.Sections) > 1 {
		r.Sections = r.Sections[1:]
	}
	return nil
}

func anchorOf(n ast.Node) string {
	id, _ := n.AttributeString("id")
	b, _ := id.([]byte)
	return string(b)
}

func (d *document) passage(n ast.Node, heading string) Passage {
	p := Passage{Anchor: anchorOf(n), Heading: heading, Kind: "paragraph", Text: d.proseOf(n), Line: d.lineOf(n)}
	_, p.Note = n.AttributeString("class")
	switch n := n.(type) {
	case *ast.List:
		p.Kind = "list"
	case *extast.Table:
		p.Kind = "table"
	case *ast.Blockquote:
		p.Kind = "quote"
	case *figureNode, *trendNode:
		p.Kind = "caption"
	case *ast.FencedCodeBlock, *ast.CodeBlock, *markdown.BlockMath:
		p.Kind = "code"
	case *ast.HTMLBlock:
		if strings.Contains(strings.ToLower(string(rawBlock(n, d.src))), "<table") {
			p.Kind = "table"
		}
	}
	return p
}

// notePassages makes a passage of every footnote, under the id by which it is linked.
func (d *document) notePassages(list ast.Node) {
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		if f, ok := n.(*extast.Footnote); ok {
			if t := d.proseOf(n); t != "" {
				d.report.Passages = append(d.report.Passages, Passage{Anchor: "fn:" + strconv.Itoa(f.Index), Kind: "paragraph", Text: t, Note: true, Line: d.lineOf(n)})
			}
		}
	}
}

// collect lists the links, figures and trend blocks in the order of the text and gives each node its number.
func (d *document) collect() {
	r := d.report
	link := func(n ast.Node, dest, text string) {
		n.SetAttributeString("ref", len(r.Links))
		r.Links = append(r.Links, Link{Href: dest, Text: text, Line: d.lineOf(n)})
	}
	block := ""
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if id := anchorOf(n); id != "" {
			block = id
		}
		switch n := n.(type) {
		case *ast.Link:
			link(n, destination(n), d.textOf(n))
			r.Links[len(r.Links)-1].Wiki = string(n.Title) == wikiTitle
		case *ast.AutoLink:
			dest := string(n.URL(d.src))
			if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(dest), "mailto:") {
				dest = "mailto:" + dest
			}
			link(n, dest, string(n.Label(d.src)))
		case *figureNode:
			n.image.SetAttributeString("ref", len(r.Figures))
			r.Figures = append(r.Figures, Figure{Anchor: anchorOf(n), Src: destination(n.image), Alt: d.altOf(n.image), Caption: d.textOf(n), Line: d.lineOf(n)})
			if n.link != nil {
				link(n.link, destination(n.link), d.altOf(n.image))
			}
		case *ast.Image:
			n.SetAttributeString("ref", len(r.Figures))
			r.Figures = append(r.Figures, Figure{Anchor: block, Src: destination(n), Alt: d.altOf(n), Line: d.lineOf(n)})
		case *trendNode:
			n.block.Anchor = anchorOf(n)
			r.Trends = append(r.Trends, n.block)
		case *ast.HTMLBlock:
			d.hasRaw, d.rawLine = true, d.lineOf(n)
			n.SetAttributeString("html", d.filterRaw(rawBlock(n, d.src), block))
		case *ast.RawHTML:
			d.hasRaw, d.rawLine = true, d.lineOf(n)
			n.SetAttributeString("html", d.filterRaw(string(n.Segments.Value(d.src)), block))
		}
		return ast.WalkContinue, nil
	})
}

func destination(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Link:
		return string(unescape(n.Destination))
	case *ast.Image:
		return string(unescape(n.Destination))
	}
	return ""
}

func (d *document) altOf(n *ast.Image) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		d.writeText(&b, c)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// rawBlock returns the text of an HTML block.
func rawBlock(n *ast.HTMLBlock, src []byte) string {
	b := n.Lines().Value(src)
	if n.HasClosure() {
		b = append(b[:len(b):len(b)], n.ClosureLine.Value(src)...)
	}
	return string(b)
}

// nodeRenderer renders the nodes that goldmark's own renderer would not write as a report needs them.
type nodeRenderer struct{}

func (r nodeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindLink, renderLink)
	reg.Register(ast.KindAutoLink, renderAutoLink)
	reg.Register(ast.KindImage, renderImage)
	reg.Register(ast.KindCodeBlock, renderCode)
	reg.Register(ast.KindFencedCodeBlock, renderCode)
	reg.Register(ast.KindHTMLBlock, renderRaw)
	reg.Register(ast.KindRawHTML, renderRaw)
	reg.Register(kindFigure, renderFigure)
	reg.Register(kindTrend, renderTrend)
}

func reference(n ast.Node) int {
	ref, _ := n.AttributeString("ref")
	i, _ := ref.(int)
	return i
}

func renderLink(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		fmt.Fprintf(w, `<a href="%s%d">`, linkReference, reference(n))
	} else {
		_, _ = w.WriteString("</a>")
	}
	return ast.WalkContinue, nil
}

func renderAutoLink(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		n := node.(*ast.AutoLink)
		fmt.Fprintf(w, `<a href="%s%d">%s</a>`, linkReference, reference(n), util.EscapeHTML(n.Label(source)))
	}
	return ast.WalkContinue, nil
}

func renderImage(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		writeImage(w, n)
	}
	return ast.WalkSkipChildren, nil
}

func writeImage(w util.BufWriter, n ast.Node) {
	fmt.Fprintf(w, `<img src="%s%d">`, imageReference, reference(n))
}

func renderFigure(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*figureNode)
	if !entering {
		if n.HasChildren() {
			_, _ = w.WriteString("</figcaption>")
		}
		_, _ = w.WriteString("</figure>\n")
		return ast.WalkContinue, nil
	}
	fmt.Fprintf(w, `<figure id="%s">`, html.EscapeString(anchorOf(n)))
	if n.link != nil {
		fmt.Fprintf(w, `<a href="%s%d">`, linkReference, reference(n.link))
	}
	writeImage(w, n.image)
	if n.link != nil {
		_, _ = w.WriteString("</a>")
	}
	if n.HasChildren() {
		_, _ = w.WriteString("<figcaption>")
	}
	return ast.WalkContinue, nil
}

func renderTrend(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		t := node.(*trendNode).block
		fmt.Fprintf(w, `<figure class="trend" id="%s"`, html.EscapeString(anchorOf(node)))
		for _, a := range [][2]string{{"metric", t.Metric}, {"of", t.Of}, {"fit", t.Fit}, {"since", t.Since}, {"until", t.Until}} {
			if a[1] != "" {
				fmt.Fprintf(w, ` data-%s="%s"`, a[0], html.EscapeString(a[1]))
			}
		}
		_, _ = w.WriteString("></figure>\n")
	}
	return ast.WalkSkipChildren, nil
}

func renderRaw(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		h, _ := n.AttributeString("html")
		s, _ := h.(string)
		if a := anchorOf(n); a != "" { // elements of the file may be open across blocks, so the anchor stands before them
			fmt.Fprintf(w, `<span id="%s"></span>`, html.EscapeString(a))
		}
		_, _ = w.WriteString(s)
	}
	return ast.WalkSkipChildren, nil
}

// renderCode writes a code block, highlighted by classes where its language is known. It can be scrolled by keyboard.
func renderCode(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	code, lang := string(n.Lines().Value(source)), ""
	if f, ok := n.(*ast.FencedCodeBlock); ok {
		lang = string(f.Language(source))
	}
	id := ""
	if a := anchorOf(n); a != "" {
		id = ` id="` + html.EscapeString(a) + `"`
	}
	if lang == "math" {
		fmt.Fprintf(w, "<div%s class=\"math math-display\">$$\n%s$$</div>\n", id, html.EscapeString(code))
		return ast.WalkSkipChildren, nil
	}
	fmt.Fprintf(w, `<pre%s class="chroma" tabindex="0"><code`, id)
	if lang != "" && !strings.ContainsAny(lang, "\"'<>&") {
		fmt.Fprintf(w, ` class="language-%s"`, lang)
	}
	_, _ = w.WriteString(">" + highlight(code, lang) + "</code></pre>\n")
	return ast.WalkSkipChildren, nil
}

func highlight(code, lang string) string {
	lexer := lexers.Get(lang)
	if lang == "" || lexer == nil || len(code) > 64<<10 {
		return html.EscapeString(code)
	}
	tokens, err := lexer.Tokenise(nil, code)
	if err != nil {
		return html.EscapeString(code)
	}
	var b strings.Builder
	f := chromahtml.New(chromahtml.WithClasses(true), chromahtml.PreventSurroundingPre(true))
	if err := f.Format(&b, styles.Fallback, tokens); err != nil {
		return html.EscapeString(code)
	}
	return b.String()
}
