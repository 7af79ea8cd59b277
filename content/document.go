package content

import (
	"bytes"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/scalebook/scalebook/content/markdown"
	"github.com/scalebook/scalebook/content/mathml"
)

// document is the parsed tree of a file on its way to becoming a report.
type document struct {
	src     []byte
	offsets []int
	source  *source
	root    ast.Node
	report  *Report
	named   string // the title that front matter gives
	title   string // the title that the text gives
	labels  map[string]string
	hasRaw  bool // the file has HTML of its own, which may not be balanced
	rawLine int  // of the fragment of HTML being filtered
}

// engine is goldmark with GFM, footnotes and this project's extensions and renderers. It is safe for concurrent use.
var engine = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			markdown.Strikethrough, extension.Linkify, extension.TaskList,
			extension.NewFootnote(extension.WithFootnoteBacklinkHTML("↩")),
			markdown.Emphasis, markdown.Math,
		),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(nodeRenderer{}, 100))),
	)
})

func newDocument(s *source, r *Report) *document {
	src := s.bytes()
	return &document{
		src: src, offsets: lineOffsets(src), source: s, report: r, labels: map[string]string{},
		root: engine().Parser().Parse(text.NewReader(src)),
	}
}

// lint records what was done to a node, with the line of the file it began on.
func (d *document) lint(n ast.Node, rule string, args ...string) {
	d.report.lint(d.lineOf(n), rule, args...)
}

func (d *document) lineOf(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		at := -1
		for in := n; in != nil && at < 0; in = in.FirstChild() { // lists, tables and links have no lines themselves
			if t, ok := in.(*ast.Text); ok {
				at = t.Segment.Start
			} else if in.Type() != ast.TypeInline && in.Lines() != nil && in.Lines().Len() > 0 {
				at = in.Lines().At(0).Start
			}
		}
		if at >= 0 && len(d.source.lines) > 0 {
			return d.source.lines[min(lineAt(d.offsets, at), len(d.source.lines)-1)].no
		}
	}
	return 1
}

// plain returns the text of the document's beginning, enough to tell its language.
func (d *document) plain() string {
	var b strings.Builder
	for n := d.root.FirstChild(); n != nil && b.Len() < 16<<10; n = n.NextSibling() {
		b.WriteString(d.textOf(n))
		b.WriteByte('\n')
	}
	return b.String()
}

// textOf returns the text of a node as a reader sees it, white space folded.
func (d *document) textOf(n ast.Node) string {
	var b strings.Builder
	d.writeText(&b, n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// proseOf is textOf with formulas as one would type them.
func (d *document) proseOf(n ast.Node) string {
	var b strings.Builder
	d.write(&b, n, func(tex string) string {
		plain, err := mathml.Plain(tex)
		if err != nil {
			return tex
		}
		return plain
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

func (d *document) writeText(b *strings.Builder, n ast.Node) {
	d.write(b, n, func(tex string) string { return tex })
}

func (d *document) write(b *strings.Builder, n ast.Node, formula func(tex string) string) {
	switch n := n.(type) {
	case *ast.Text:
		b.Write(unescape(n.Segment.Value(d.src)))
		if n.SoftLineBreak() || n.HardLineBreak() {
			b.WriteByte(' ')
		}
		return
	case *ast.String:
		b.Write(n.Value)
		return
	case *ast.AutoLink:
		b.Write(n.Label(d.src))
		return
	case *ast.CodeSpan:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				b.Write(t.Segment.Value(d.src))
			}
		}
		return
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		b.Write(n.Lines().Value(d.src))
		return
	case *markdown.BlockMath:
		b.Write(n.TeX(d.src))
		return
	case *markdown.InlineMath:
		b.WriteString(formula(string(bytes.Trim(n.TeX(d.src), "$"))))
		return
	case *ast.HTMLBlock:
		b.WriteString(strings.TrimRight(rawText(rawBlock(n, d.src)), " |"))
		return
	case *trendNode:
		b.WriteString(n.block.Caption)
		return
	case *ast.Image, *ast.RawHTML, *extast.FootnoteLink, *extast.FootnoteBacklink:
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		d.write(b, c, formula)
		next := c.NextSibling()
		if next == nil {
			continue
		}
		switch c.(type) {
		case *ast.ListItem:
			b.WriteString(itemSeparator)
		case *extast.TableCell, *extast.TableRow, *extast.TableHeader:
			b.WriteString(cellSeparator)
		default:
			if c.Type() == ast.TypeBlock {
				if next.Kind() == ast.KindList {
					b.WriteString(itemSeparator)
				} else {
					b.WriteByte(' ')
				}
			}
		}
	}
}

// unescape resolves backslash escapes and character references.
func unescape(b []byte) []byte {
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(b)))
}

// figureNode is an image with its caption, whose inline nodes are the children.
type figureNode struct {
	ast.BaseBlock
	image *ast.Image
	link  *ast.Link // what the image was wrapped in
}

var kindFigure = ast.NewNodeKind("Figure")

func (n *figureNode) Kind() ast.NodeKind { return kindFigure }

func (n *figureNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// trendNode asks for a live chart.
type trendNode struct {
	ast.BaseBlock
	block TrendBlock
}

var kindTrend = ast.NewNodeKind("Trend")

func (n *trendNode) Kind() ast.NodeKind { return kindTrend }

func (n *trendNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
