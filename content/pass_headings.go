package content

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

var (
	// sourceLine begins source lines and captions by their sign, bracketed or not.
	sourceLine = regexp.MustCompile(`(?i)^[\[(（<]?\s*(?:▲|△|(?:이미지|사진|그림)?[.:：]?\s*(?:출처|자료|자료 출처|원본|원문|source|sources|credits?|image credit|photo|via|courtesy of)\s*[:：])`)
	// numberedCaption begins captions by their number: 그림 1. 〈표 2-1〉 Figure 3: … What stands after the number is its group.
	numberedCaption = regexp.MustCompile(`(?i)^[\[(（<〈【《▲△\s]*(?:그림|사진|도표|차트|표|figure|fig\.?|chart|image|table|exhibit)\s*\d{1,3}(?:[.–-]\d+)*[a-z]?\s*([.:：)\]）>〉】》|–—-]|$| )`)
)

// startsCaption reports whether a text reads like a caption or source line. A sentence about a figure (그림 2는 …, Figure 2 shows …)
// is none.
func startsCaption(t string) bool { return sourceLine.MatchString(t) || startsNumbered(t) }

func startsNumbered(t string) bool {
	m := numberedCaption.FindStringSubmatchIndex(t)
	return m != nil && (t[m[2]:m[3]] != " " || !sentenceEnd.MatchString(t))
}

// demoteParagraphHeadings makes paragraphs of headings that are whole sentences, captions, source lines or images.
// Where most headings of a level are, the level was used for its size, and the rest of it follows.
func demoteParagraphHeadings(d *document) {
	var headings []*ast.Heading
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			headings = append(headings, h)
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	var total, demoted [7]int
	sentence := make([]bool, len(headings))
	for i, h := range headings {
		total[h.Level]++
		if sentence[i] = d.paragraphLike(h); sentence[i] {
			demoted[h.Level]++
		}
	}
	for i, h := range headings {
		if !sentence[i] && !(h.Level >= 4 && demoted[h.Level] >= 3 && demoted[h.Level]*4 >= total[h.Level]*3) {
			continue
		}
		if d.textOf(h) == "" && !hasImage(h) {
			d.lint(h, "heading-paragraph/empty")
			h.Parent().RemoveChild(h.Parent(), h)
			continue
		}
		d.lint(h, "heading-paragraph")
		p := ast.NewParagraph()
		p.SetLines(h.Lines())
		p.SetBlankPreviousLines(true)
		moveChildren(p, h)
		h.Parent().ReplaceChild(h.Parent(), h, p)
	}
}

func (d *document) paragraphLike(h *ast.Heading) bool {
	t := d.textOf(h)
	n := utf8.RuneCountInString(t)
	switch {
	case t == "":
		return true // nothing, or only an image
	case startsCaption(t):
		return true
	case n > 120:
		return true
	case n > 60 && len(Sentences(t)) > 1:
		return true
	case labelValue(t):
		return true
	case strings.HasSuffix(strings.TrimRight(t, `"'”’)]`), "다.") && (n > 60 || n > 12 && h.Level >= 5 && !numbered.MatchString(t)):
		return true
	case strings.HasSuffix(t, ".") && n > 60 && !strings.HasSuffix(t, "..."):
		return true
	}
	return false
}

// labelValue reports whether a text is a label with its value, such as “핵심 요약: 하나, 둘, 셋”.
func labelValue(t string) bool {
	i := strings.IndexAny(t, ":：")
	if i < 0 || i > 40 || isBlank(t[i+1:]) {
		return false
	}
	for _, p := range labelPatterns {
		if p.re.MatchString(t) {
			return true
		}
	}
	return false
}

func hasImage(n ast.Node) bool {
	found := false
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if c.Kind() == ast.KindImage {
			found = true
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return found
}

func moveChildren(to, from ast.Node) {
	for c := from.FirstChild(); c != nil; {
		next := c.NextSibling()
		from.RemoveChild(from, c)
		to.AppendChild(to, c)
		c = next
	}
}

// takeTitle takes the document's title, which a page shows in its own place, out of the text: the heading that the text
// begins with, if it stands above all others.
func takeTitle(d *document) {
	var first *ast.Heading
	same, above := 0, 0
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok {
			continue
		}
		if first == nil {
			first = h
		}
		if h.Level == first.Level {
			same++
		} else if h.Level < first.Level {
			above++
		}
	}
	if first == nil || above > 0 {
		return
	}
	begins := true
	for n := first.PreviousSibling(); n != nil; n = n.PreviousSibling() {
		begins = begins && (n.Kind() == ast.KindThematicBreak || utf8.RuneCountInString(d.textOf(n)) < 40)
	}
	t := d.textOf(first)
	if !begins || t == "" || same > 1 && first.Level > 1 && (utf8.RuneCountInString(t) < 15 || numbered.MatchString(t)) {
		return
	}
	if d.named != "" && first.Level > 1 && headingAnchor(d.named) != headingAnchor(t) {
		return // the title stands in the front matter, and this is the first section
	}
	d.title = strings.TrimRight(t, "# ")
	d.root.RemoveChild(d.root, first)
}

var (
	headingNumber = regexp.MustCompile(`^\d{1,2}(?:[.-]\d{1,2})*[.)]?\s`)
	numbered      = regexp.MustCompile(`^\d{1,2}[.)]\s`)
	numberedTwice = regexp.MustCompile(`^(\d{1,2}[.)])\s+(\d{1,2}[.)])\s`)
)

// levelHeadings gives the levels that remain the ranks 2, 3, 4 …, takes the bold from headings that are bold as a whole,
// hashes that closed without a space, and the first of two same numbers.
func levelHeadings(d *document) {
	var headings []*ast.Heading
	var levels []int
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			headings = append(headings, h)
			if !slices.Contains(levels, h.Level) {
				levels = append(levels, h.Level)
			}
		}
	}
	slices.Sort(levels)
	counted := map[string]bool{}
	for _, h := range headings {
		if m := headingNumber.FindString(d.textOf(h)); m != "" {
			key := fmt.Sprint(h.Level, m)
			if counted[key] {
				d.lint(h, "heading-number/number", strings.TrimSpace(m))
			}
			counted[key] = true
		}
		h.Level = min(6, 2+slices.Index(levels, h.Level))
		if e, ok := h.FirstChild().(*ast.Emphasis); ok && e.NextSibling() == nil {
			h.RemoveChild(h, e)
			moveChildren(h, e)
		}
		if t, ok := h.LastChild().(*ast.Text); ok {
			v := t.Segment.Value(d.src)
			trimmed := strings.TrimRight(string(v), "# \t")
			if cut := len(v) - len(trimmed); cut > 0 && trimmed != "" && strings.Contains(string(v[len(trimmed):]), "##") {
				t.Segment = t.Segment.WithStop(t.Segment.Stop - cut)
				d.lint(h, "heading-level/hashes")
			}
		}
		if t, ok := h.FirstChild().(*ast.Text); ok {
			if m := numberedTwice.FindSubmatchIndex(t.Segment.Value(d.src)); m != nil {
				v := t.Segment.Value(d.src)
				if string(v[m[2]:m[3]]) == string(v[m[4]:m[5]]) {
					t.Segment = t.Segment.WithStart(t.Segment.Start + m[4])
					d.lint(h, "heading-level/twice")
				}
			}
		}
	}
}

var labelPatterns = []struct {
	name string
	re   *regexp.Regexp
}{
	{"keywords", regexp.MustCompile(`(?i)^(?:핵심\s*)?(?:키워드|keywords?|tags?)\s*[:：]\s*(.*)$`)},
	{"summary", regexp.MustCompile(`(?i)^(?:요점\s*정리|핵심\s*요약|전체\s*요약|세\s*줄\s*요약|한\s*줄\s*요약|요약|summary|tl;?dr|abstract)\s*[:：]?\s*(.*)$`)},
	{"original", regexp.MustCompile(`(?i)^[\[(※*\s]*(?:원문|원본|원글|원문\s*링크|original(?:\s+(?:article|post|url))?|source\s+article)\s*(?:링크|주소|보기)?\s*[:：]\s*(.*)$`)},
	{"translator", regexp.MustCompile(`(?i)^[\[(]?(?:(?:번역|번역자|옮긴이|역자|translat(?:ed by|or|ion))\s*[:：]\s*(.{2,40}?)|(?:번역|번역자|옮긴이|역자)\s+([가-힣]{2,4})|translated by\s+(\S.{1,39}?))[\])]?$`)},
	{"date", regexp.MustCompile(`(?i)^[\[(]?(?:(?:작성일|게시일|발행일|날짜|일자|date|published(?: on)?|posted(?: on)?)\s*[:：]\s*)?(\d{4}\s?[-./년]\s?\d{1,2}\s?[-./월]\s?\d{1,2}\s?[.일]?|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8} \d{4})[\])]?$`)},
	{"author", regexp.MustCompile(`(?i)^[\[(]?(?:(?:저자|글쓴이|지은이|필자|작성자|글|authors?|written by|by)\s*[:：]\s*(.{2,60}?)|by\s+((?-i:\p{Lu}[\p{L}.'’-]+(?: \p{Lu}[\p{L}.'’-]*){1,3}(?:(?:, | and | & )\p{Lu}[\p{L}.'’-]+(?: \p{Lu}[\p{L}.'’-]*){1,3})*)))[\])]?$`)},
}

func (d *document) label(name string) string { return d.labels[name] }

// readLabels notes what labelled lines and headings (핵심 키워드: …, 요점정리, 원문: …) say of the document.
func readLabels(d *document) {
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		kind := n.Kind()
		if kind != ast.KindParagraph && kind != ast.KindHeading {
			continue
		}
		t := d.textOf(n)
		if !labelLike(t) {
			continue
		}
		for _, p := range labelPatterns {
			m := p.re.FindStringSubmatch(t)
			switch p.name {
			case "original", "translator", "author", "date": // several may share a paragraph
				m = nil
				for _, part := range d.parts(n) {
					if m = p.re.FindStringSubmatch(part); m != nil {
						break
					}
				}
			}
			if m == nil || d.labels[p.name] != "" {
				continue
			}
			value := strings.TrimSpace(strings.Join(m[1:], ""))
			switch p.name {
			case "original":
				value = firstURL(d, n, value)
			case "translator", "author":
				if kind == ast.KindHeading || strings.HasSuffix(value, ".") {
					value = ""
				}
			case "summary":
				if bare := value == ""; bare && n.NextSibling() != nil {
					value = d.textOf(n.NextSibling())
				} else if !bare && !strings.ContainsAny(t, ":：") {
					value = "" // a sentence or heading that begins with the word
				}
				if keywordList(value) && d.labels["keywords"] == "" {
					d.labels["keywords"] = value
				}
				value = strings.ReplaceAll(value, itemSeparator, " ")
			case "date":
				if _, ok := parseDate(value); !ok || !d.begins(n) {
					value = ""
				}
			}
			d.labels[p.name] = value
			if kind == ast.KindParagraph && value != "" {
				n.SetAttributeString("class", []byte("labelled"))
			}
		}
	}
}

var besideLabel = regexp.MustCompile(`\s+[·|/│•]\s+|\n`)

// parts cuts the text of a node at its line breaks and at the signs that stand between labels on one line.
func (d *document) parts(n ast.Node) []string {
	var b strings.Builder
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if t, ok := c.(*ast.Text); ok {
			b.Write(unescape(t.Segment.Value(d.src)))
			if t.SoftLineBreak() || t.HardLineBreak() {
				b.WriteByte('\n')
			}
			return ast.WalkContinue, nil
		}
		if d.isBreak(c) {
			b.WriteByte('\n')
		} else if a, ok := c.(*ast.AutoLink); ok {
			b.Write(a.Label(d.src))
		}
		return ast.WalkContinue, nil
	})
	var out []string
	for _, part := range besideLabel.Split(b.String(), -1) {
		out = append(out, strings.TrimSpace(part))
	}
	return out
}

// begins reports whether a node is among the first of the text, where its date is that of the report.
func (d *document) begins(n ast.Node) bool {
	for i := 0; n != nil; i, n = i+1, n.PreviousSibling() {
		if i >= 4 || n.Kind() == ast.KindHeading && i > 0 {
			return false
		}
	}
	return true
}

// keywordList reports whether a summary is a list of matters rather than a sentence.
func keywordList(s string) bool {
	return strings.Count(s, ",") >= 2 && !sentenceEnd.MatchString(s)
}

// labelLike is a quick look at whether a text can begin with a label: it is short, or has a colon near its beginning.
func labelLike(t string) bool {
	return len(t) < 120 || strings.ContainsAny(t[:120], ":：")
}

// firstURL returns the address of the first link in a node, or the one that its text is.
func firstURL(d *document, n ast.Node, text string) string {
	url := ""
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		switch c := c.(type) {
		case *ast.Link:
			url = destination(c)
		case *ast.AutoLink:
			url = string(c.URL(d.src))
		}
		if safeURL(url) != "" {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return firstOf(url, text)
}
