package content

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"gopkg.in/yaml.v3"

	"github.com/scalebook/scalebook/content/markdown"
)

// buildFigures makes a figure of every image that stands on its own and gives it its caption: text on the image's own
// lines, or the paragraph next to it that reads like one.
func buildFigures(d *document) {
	var paragraphs []ast.Node
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && (n.Kind() == ast.KindParagraph || n.Kind() == ast.KindTextBlock) {
			if hasImage(n) {
				paragraphs = append(paragraphs, n)
			}
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	for _, p := range paragraphs {
		d.figureFrom(p)
	}
}

// piece is one inline child of a paragraph with images: an image, or a run of text between two of them.
type piece struct {
	image *ast.Image
	link  *ast.Link
	text  []ast.Node
}

func (d *document) figureFrom(p ast.Node) {
	pieces := d.pieces(p)
	texts, images := 0, 0
	caption := true
	for i, pc := range pieces {
		if pc.image != nil {
			images++
			continue
		}
		texts++
		caption = caption && d.captionLike(pc.text, i > 0 || len(pieces) > 1)
	}
	standsAlone := texts == 0 || caption && (texts <= max(1, images) || images == 1)
	if images == 0 || !standsAlone && !d.imagesEndLines(pieces) {
		return // images within a sentence
	}
	parent := p.Parent()
	var last *figureNode
	var figures []*figureNode
	var before []ast.Node
	for _, pc := range pieces {
		if pc.image != nil {
			f := &figureNode{image: pc.image, link: pc.link}
			f.SetLines(p.Lines())
			parent.InsertBefore(parent, p, f)
			d.fillCaption(f, before)
			before, last, figures = nil, f, append(figures, f)
			continue
		}
		switch {
		case standsAlone && last != nil && (last.ChildCount() == 0 || images == 1):
			d.addCaption(last, pc.text)
		case standsAlone:
			before = pc.text
		default:
			q := ast.NewParagraph()
			q.SetLines(p.Lines())
			for _, n := range pc.text {
				q.AppendChild(q, n)
			}
			parent.InsertBefore(parent, p, q)
		}
	}
	if last.ChildCount() == 0 {
		d.takeCaptions(last, p)
	}
	for _, f := range figures {
		if f.ChildCount() == 0 && startsCaption(d.altOf(f.image)) {
			d.lint(f, "figure/alt")
			moveChildren(f, f.image)
		}
	}
	parent.RemoveChild(parent, p)
}

// takeCaptions gives a figure the captions that stand beside its paragraph: one with a number above, one below. The text below
// is not the figure's where it is the caption of a table; where both have a number, one of them is another figure's.
func (d *document) takeCaptions(f *figureNode, p ast.Node) {
	above, _ := f.PreviousSibling().(*ast.Paragraph)
	below, _ := p.NextSibling().(*ast.Paragraph)
	if below != nil && (hasImage(below) || !d.captionLike(children(below), false) || below.NextSibling() != nil && below.NextSibling().Kind() == extast.KindTable) {
		below = nil
	}
	if above != nil && (hasImage(above) || !startsNumbered(d.textOf(above)) || utf8.RuneCountInString(d.textOf(above)) > 300) {
		above = nil
	}
	if above != nil && below != nil && startsNumbered(d.textOf(below)) {
		if next := below.NextSibling(); next != nil && hasImage(next) {
			below = nil // that of the next image
		} else {
			above = nil
		}
	}
	for _, c := range []*ast.Paragraph{above, below} {
		if c == nil {
			continue
		}
		d.lint(c, "figure")
		d.addCaption(f, children(c))
		c.Parent().RemoveChild(c.Parent(), c)
	}
}

// addCaption gives a figure a caption, on a line of its own where it has one already.
func (d *document) addCaption(f *figureNode, nodes []ast.Node) {
	if t, ok := f.LastChild().(*ast.Text); ok {
		t.SetHardLineBreak(true)
	} else if f.ChildCount() > 0 {
		t := ast.NewText()
		t.SetHardLineBreak(true)
		f.AppendChild(f, t)
	}
	d.fillCaption(f, nodes)
}

// pieces cuts a paragraph at its images. Line breaks next to an image go.
func (d *document) pieces(p ast.Node) []piece {
	var out []piece
	var run []ast.Node
	flush := func() {
		var b strings.Builder
		for _, n := range run {
			d.writeText(&b, n)
		}
		if !isBlank(b.String()) {
			out = append(out, piece{text: run})
		}
		run = nil
	}
	for _, c := range children(p) {
		img, ok := c.(*ast.Image)
		link, isLink := c.(*ast.Link)
		if isLink && link.ChildCount() == 1 {
			img, ok = link.FirstChild().(*ast.Image)
		}
		if !ok {
			run = append(run, c)
			continue
		}
		flush()
		if !isLink {
			link = nil
		}
		out = append(out, piece{image: img, link: link})
	}
	flush()
	return out
}

// imagesEndLines reports whether every image stands at a line's end, so that the paragraph can be cut there.
func (d *document) imagesEndLines(pieces []piece) bool {
	for i, pc := range pieces {
		if pc.image == nil || i+1 == len(pieces) || pieces[i+1].image != nil {
			continue
		}
		t, ok := pieces[i+1].text[0].(*ast.Text)
		if !ok || !t.SoftLineBreak() && !t.HardLineBreak() || !isBlank(string(t.Segment.Value(d.src))) {
			return false
		}
	}
	return true
}

func children(n ast.Node) []ast.Node {
	var out []ast.Node
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		out = append(out, c)
	}
	return out
}

var (
	pictureWord = regexp.MustCompile(`^(?:이미지|그림|사진)(?:[.:：]|\s+[^\d\s])`)
	bracketed   = regexp.MustCompile(`^\s*[\[(（].*[\])）]\s*$`)
)

// captionLike judges whether inline nodes read as a caption. Text on the image's own lines needs less to be one.
func (d *document) captionLike(nodes []ast.Node, sameParagraph bool) bool {
	var b strings.Builder
	emphasised := true
	for _, n := range nodes {
		d.writeText(&b, n)
		if t, ok := n.(*ast.Text); !(ok && isBlank(string(t.Segment.Value(d.src)))) && n.Kind() != ast.KindEmphasis {
			emphasised = false
		}
	}
	t := strings.TrimSpace(b.String())
	n := utf8.RuneCountInString(t)
	if n == 0 || n > 300 {
		return false
	}
	if startsCaption(t) || pictureWord.MatchString(t) && n < 200 {
		return true
	}
	if emphasised && n < 200 {
		return true
	}
	return sameParagraph && (bracketed.MatchString(t) || n < 120 && !sentenceEnd.MatchString(t))
}

// fillCaption moves inline nodes into a figure, without the brackets around them and the breaks at their ends.
func (d *document) fillCaption(f *figureNode, nodes []ast.Node) {
	for len(nodes) > 0 && d.isBreak(nodes[0]) {
		nodes = nodes[1:]
	}
	for len(nodes) > 0 && d.isBreak(nodes[len(nodes)-1]) {
		nodes = nodes[:len(nodes)-1]
	}
	if len(nodes) == 0 {
		return
	}
	for _, n := range nodes {
		f.AppendChild(f, n)
	}
	first, ok1 := nodes[0].(*ast.Text)
	last, ok2 := f.LastChild().(*ast.Text)
	if ok2 {
		last.SetSoftLineBreak(false)
		last.SetHardLineBreak(false)
	}
	if ok1 && ok2 {
		a, z := first.Segment.Value(d.src), last.Segment.Value(d.src)
		if len(a) > 0 && a[0] == '[' && len(z) > 0 && z[len(z)-1] == ']' {
			first.Segment = first.Segment.WithStart(first.Segment.Start + 1)
			last.Segment = last.Segment.WithStop(last.Segment.Stop - 1)
		}
	}
}

// isBreak reports whether an inline node is white space or <br>.
func (d *document) isBreak(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Text:
		return isBlank(string(n.Segment.Value(d.src)))
	case *ast.RawHTML:
		return lineBreak.Match(n.Segments.Value(d.src))
	}
	return false
}

var lineBreak = regexp.MustCompile(`(?i)^<br\b`)

var noteStart = regexp.MustCompile(`(?i)^(?:※|[\[(]?\s*(?:참고(?:\s*(?:자료|문헌|기사|링크))?|참조|출처|자료|원본|원문|주|note|source|sources|see also|references?)\s*[:：])`)

// markNotes sets apart reference notes and source lines that belong to no figure.
func markNotes(d *document) {
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		list, isList := n.(*ast.List)
		if n.Kind() != ast.KindParagraph && !(isList && list.ChildCount() == 1) {
			continue
		}
		if t := d.textOf(n); noteStart.MatchString(t) && utf8.RuneCountInString(t) < 400 || startsCaption(t) && utf8.RuneCountInString(t) < 200 {
			n.SetAttributeString("class", []byte("reference"))
		}
	}
}

// dropLiteralStars takes away the stars of bold that never closed or opened. Stars with space on both sides are an
// operator and stay.
func dropLiteralStars(d *document) {
	var texts []*ast.Text
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == ast.KindCodeSpan || n.Kind() == markdown.KindInlineMath {
			return ast.WalkSkipChildren, nil
		}
		if t, ok := n.(*ast.Text); ok && entering && !t.IsRaw() && strings.Contains(string(t.Segment.Value(d.src)), "**") {
			texts = append(texts, t)
		}
		return ast.WalkContinue, nil
	})
	for _, t := range texts {
		d.dropStars(t)
	}
}

func (d *document) dropStars(t *ast.Text) {
	at := t.Segment.Start
	parent := t.Parent()
	for _, m := range boldRun.FindAllIndex(t.Segment.Value(d.src), -1) {
		from, to := t.Segment.Start+m[0], t.Segment.Start+m[1]
		spaced := from > 0 && to < len(d.src) && (d.src[from-1] == ' ' && d.src[to] == ' ')
		if spaced || from > 0 && d.src[from-1] == '\\' {
			continue
		}
		if from > at {
			parent.InsertBefore(parent, t, ast.NewTextSegment(text.NewSegment(at, from)))
		}
		at = to
	}
	if at > t.Segment.Start {
		d.lint(t, "literal-stars")
		t.Segment = t.Segment.WithStart(at)
	}
}

// readTrends reads fenced trend blocks. One that can't be read stays as code, with a lint.
func readTrends(d *document) {
	var fences []*ast.FencedCodeBlock
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if f, ok := n.(*ast.FencedCodeBlock); ok && entering && string(f.Language(d.src)) == "trend" {
			fences = append(fences, f)
		}
		return ast.WalkContinue, nil
	})
	for _, f := range fences {
		t, err := parseTrend(f.Lines().Value(d.src))
		if err != nil {
			d.lint(f, "trend/error", err.Error())
			continue
		}
		n := &trendNode{block: t}
		n.SetLines(f.Lines())
		f.Parent().ReplaceChild(f.Parent(), f, n)
	}
}

func parseTrend(src []byte) (TrendBlock, error) {
	var keys struct {
		Metric, Of, Fit, Since, Until, Caption string
	}
	dec := yaml.NewDecoder(strings.NewReader(string(src)))
	dec.KnownFields(true)
	if err := dec.Decode(&keys); err != nil {
		return TrendBlock{}, err
	}
	t := TrendBlock{Metric: strings.ReplaceAll(keys.Metric, " ", ""), Of: firstOf(keys.Of, "frontier"), Fit: firstOf(keys.Fit, "auto"),
		Since: keys.Since, Until: keys.Until, Caption: keys.Caption}
	switch {
	case t.Metric == "":
		return t, fmt.Errorf("no metric")
	case t.Of != "frontier" && t.Of != "all":
		return t, fmt.Errorf("of: %q is neither frontier nor all", t.Of)
	}
	switch t.Fit {
	case "auto", "linear", "exponential", "logistic", "none":
		return t, nil
	}
	return t, fmt.Errorf("fit: %q is none of auto, linear, exponential, logistic, none", t.Fit)
}
