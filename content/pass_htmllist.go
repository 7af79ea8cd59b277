package content

import (
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

var (
	listTag  = regexp.MustCompile(`(?i)<(/?)(ul|ol|li)(?:\s[^<>]*)?>`)
	listOpen = regexp.MustCompile(`(?i)^\s{0,3}<(?:ul|ol)(?:\s[^<>]*)?>`)
	otherTag = regexp.MustCompile(`(?i)</?(?:p|div|table|pre|h[1-6]|dl|blockquote|details|hr|form|figure|section)\b`)
)

// listHTML writes lists of HTML whose items are of one line each as markdown's, so that what is in them is read as such.
func listHTML(s *source) {
	prose := s.prose()
	patience := 10 * len(s.lines) // lines to read of lists that turn out to be more than lists
	for i := 0; i < len(s.lines) && patience >= 0; i++ {
		if !prose[i] || !listOpen.MatchString(s.lines[i].text) {
			continue
		}
		items, end := readListHTML(s.lines[i:min(len(s.lines), i+500)])
		if items == nil {
			patience -= end
			continue
		}
		s.lint(i, "html-layout")
		items = append(append([]line{{"", s.lines[i].no}}, items...), line{"", s.lines[i+end].no})
		s.lines = slices.Replace(s.lines, i, i+end+1, items...)
		prose = slices.Replace(prose, i, i+end+1, slices.Repeat([]bool{true}, len(items))...)
		i += len(items) - 1
	}
}

// readListHTML reads a list to its closing tag, after which its line has to end, and returns its items and the index of the
// last line; no items where it holds more than lists and text.
func readListHTML(lines []line) (items []line, end int) {
	var open []string // the lists around
	for i, l := range lines {
		if isBlank(l.text) && len(open) == 0 || otherTag.MatchString(l.text) {
			return nil, i + 1
		}
		rest := l.text
		for rest != "" {
			m := listTag.FindStringSubmatchIndex(rest)
			before := rest
			if m != nil {
				before = rest[:m[0]]
			}
			if t := strings.TrimSpace(before); t != "" {
				if len(items) == 0 {
					return nil, i + 1
				}
				last := &items[len(items)-1]
				last.text = strings.TrimRight(last.text, " ") + " " + t
			}
			if m == nil {
				break
			}
			closing, name := m[2] != m[3], strings.ToLower(rest[m[4]:m[5]])
			rest = rest[m[1]:]
			switch {
			case name == "li" && !closing && len(open) > 0:
				marker := "- "
				if open[len(open)-1] == "ol" {
					marker = "1. "
				}
				items = append(items, line{strings.Repeat("    ", len(open)-1) + marker, l.no})
			case name != "li" && !closing:
				open = append(open, name)
			case name != "li" && len(open) > 0:
				if open = open[:len(open)-1]; len(open) == 0 {
					if !isBlank(rest) || len(items) == 0 {
						return nil, i + 1
					}
					return items, i
				}
			}
		}
	}
	return nil, len(lines)
}

var (
	blockLink = regexp.MustCompile(`(!?)\[([^\[\]]+)\]\((?:<(https?://[^<>\s]+)>|(https?://[^()<>\s]+))\)`)
	tagOrCode = regexp.MustCompile(`(?is)<(?:code|pre|script|style)\b.*?(?:</(?:code|pre|script|style)>|\z)|<[^<>]*>`)
)

// markBlocks reads the bold and the links that stand in blocks of HTML, where markdown would leave them as they are written.
// Where it sees such blocks is asked of the parser.
func markBlocks(s *source) {
	if !slices.ContainsFunc(s.lines, func(l line) bool { return strings.HasPrefix(strings.TrimSpace(l.text), "<") }) {
		return
	}
	src := s.bytes()
	offsets := lineOffsets(src)
	_ = ast.Walk(engine().Parser().Parse(text.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		block, ok := n.(*ast.HTMLBlock)
		if !ok || !entering || block.HTMLBlockType < ast.HTMLBlockType6 {
			return ast.WalkContinue, nil
		}
		if block.Lines().Len() == 0 {
			return ast.WalkContinue, nil
		}
		i := lineAt(offsets, block.Lines().At(0).Start)
		lines := s.lines[i : i+block.Lines().Len()]
		var b strings.Builder
		for _, l := range lines {
			b.WriteString(l.text + "\n")
		}
		for k, t := range strings.Split(strings.TrimSuffix(markOutsideTags(b.String()), "\n"), "\n") {
			if lines[k].text != t {
				s.lint(i+k, "html-layout")
				lines[k].text = t
			}
		}
		return ast.WalkContinue, nil
	})
}

func markOutsideTags(t string) string {
	mark := func(t string) string {
		t = blockLink.ReplaceAllStringFunc(t, func(l string) string {
			m := blockLink.FindStringSubmatch(l)
			if m[1] != "" {
				return l
			}
			return `<a href="` + strings.ReplaceAll(m[3]+m[4], `"`, "%22") + `">` + m[2] + "</a>"
		})
		return cellBold.ReplaceAllString(t, "<strong>$1</strong>")
	}
	var b strings.Builder
	last := 0
	for _, m := range tagOrCode.FindAllStringIndex(t, -1) {
		b.WriteString(mark(t[last:m[0]]))
		b.WriteString(t[m[0]:m[1]])
		last = m[1]
	}
	b.WriteString(mark(t[last:]))
	return b.String()
}
