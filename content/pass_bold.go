package content

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

const (
	fewestBold  = 3  // bold lines that make their use as headings a habit of the report
	longestBold = 40 // characters of one
	leastBelow  = 30 // characters of the text below one
)

// raiseBoldHeadings makes headings of paragraphs that are one bold run and serve as such: short, no sentence, right above text, not below a
// figure, each said once. A report has to use them so three times, and three quarters of its bold lines; captions, notes and labels are
// not counted. They come one level below the heading that they stand under.
func raiseBoldHeadings(d *document) {
	var raise []*ast.Paragraph
	said, bold := map[string]int{}, 0
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		p := boldLine(n)
		if p == nil {
			continue
		}
		t := d.textOf(p)
		if startsCaption(t) || noteStart.MatchString(t) || isLabel(t) {
			continue
		}
		bold++
		said[t]++
		if headingLike(t) && boldLine(p.PreviousSibling()) == nil && !pictured(p.PreviousSibling()) && d.textBelow(p.NextSibling(), utf8.RuneCountInString(t)) {
			raise = append(raise, p)
		}
	}
	kept := raise[:0]
	for _, p := range raise {
		if said[d.textOf(p)] == 1 { // who speaks in an interview is no heading
			kept = append(kept, p)
		}
	}
	if len(kept) < fewestBold || 4*len(kept) < 3*bold {
		return
	}
	level, next := 1, 0
	for n := d.root.FirstChild(); n != nil && next < len(kept); n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			level = h.Level
		}
		if p := kept[next]; n == ast.Node(p) {
			d.lint(p, "bold-heading")
			h := ast.NewHeading(min(6, level+1))
			h.SetLines(p.Lines())
			h.SetBlankPreviousLines(true)
			moveChildren(h, p.FirstChild())
			d.root.ReplaceChild(d.root, p, h)
			n = h
			next++
		}
	}
}

// boldLine returns a node that is a paragraph of one bold run, else nil.
func boldLine(n ast.Node) *ast.Paragraph {
	p, ok := n.(*ast.Paragraph)
	if !ok || p.ChildCount() != 1 {
		return nil
	}
	e, ok := p.FirstChild().(*ast.Emphasis)
	if ok && e.Level == 1 && e.ChildCount() == 1 { // ***bold and italic***
		e, ok = e.FirstChild().(*ast.Emphasis)
	}
	if !ok || e.Level != 2 {
		return nil
	}
	return p
}

// headingLike reports whether a text could be a heading: short, with letters, no sentence, no lead to what follows.
func headingLike(t string) bool {
	return utf8.RuneCountInString(t) <= longestBold && strings.ContainsFunc(t, unicode.IsLetter) && !sentenceEnd.MatchString(t) &&
		!strings.HasSuffix(t, ":") && !strings.HasSuffix(t, "：") && !strings.HasSuffix(t, "다")
}

// isLabel reports whether a text is a label with what it says of the report.
func isLabel(t string) bool {
	for _, p := range labelPatterns {
		if p.re.MatchString(t) {
			return true
		}
	}
	return false
}

func pictured(n ast.Node) bool { return n != nil && hasImage(n) }

// textBelow reports whether a node is text that a heading could stand above: longer than the heading.
func (d *document) textBelow(n ast.Node, heading int) bool {
	switch n.(type) {
	case *ast.Paragraph, *ast.List, *ast.Blockquote:
	default:
		return false
	}
	if boldLine(n) != nil || hasImage(n) {
		return false
	}
	return utf8.RuneCountInString(d.textOf(n)) >= max(leastBelow, heading)
}
