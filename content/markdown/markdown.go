// Package markdown extends goldmark by what Korean technical writing needs: emphasis that closes before a particle, and
// formulas that no other rule of markdown touches.
package markdown

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// Emphasis replaces CommonMark's flanking rules by those proposed in commonmark-spec pull request 839: a delimiter run
// next to a Chinese, Japanese or Korean character need not also stand next to white space or punctuation. So
// **추론(reasoning)**은 is bold. Text without such characters parses as CommonMark says.
var Emphasis goldmark.Extender = extender(func(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(emphasisParser{}, 450)))
})

// Strikethrough is GitHub's with two tildes and the flanking rules of [Emphasis]. One tilde is a range in Korean: 3~5개와 7~9개.
var Strikethrough goldmark.Extender = extender(func(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(strikethroughParser{}, 500)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500)))
})

// Math keeps $…$, $$…$$ and fenced math blocks as they are written, in nodes of kind [KindInlineMath] and
// [KindBlockMath], and renders them as <span class="math"> and <div class="math"> with the source as text.
var Math goldmark.Extender = extender(func(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithBlockParsers(util.Prioritized(mathBlockParser{}, 690)),
		parser.WithInlineParsers(util.Prioritized(mathParser{}, 150)),
	)
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(mathRenderer{}, 500)))
})

type extender func(goldmark.Markdown)

func (e extender) Extend(m goldmark.Markdown) { e(m) }
