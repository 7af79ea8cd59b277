package content

import (
	"path"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// isIndexPage reports whether a markdown file is a folder's front page rather than a report.
func isIndexPage(file string) bool {
	switch strings.ToLower(strings.TrimSuffix(path.Base(file), path.Ext(file))) {
	case "readme", "index", "_index", "summary", "contents", "toc", "contributing", "changelog", "license", "code_of_conduct", "security":
		return true
	}
	return false
}

var listedDate = regexp.MustCompile(`\d{4}\s*[./년-]\s*\d{1,2}\s*[./월-]\s*\d{1,2}\s*일?`)

// readIndexPage returns what an index page says of the reports it links to, by the normalised name of their file: the
// link's text is the title, a date after it the date, other text after it the summary.
func readIndexPage(src []byte) map[string]Listing {
	s := newSource(src, 1, &Report{}, nil)
	unwrapLayoutHTML(s)
	d := &document{src: s.bytes()}
	d.root = engine().Parser().Parse(text.NewReader(d.src))
	out := map[string]Listing{}
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		link, ok := n.(*ast.Link)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		target, _, _ := strings.Cut(destination(link), "#")
		if ext := strings.ToLower(path.Ext(target)); ext != ".md" && ext != ".markdown" {
			return ast.WalkContinue, nil
		}
		key := nameKey(target)
		if _, seen := out[key]; seen || isIndexPage(target) {
			return ast.WalkContinue, nil
		}
		l := Listing{Title: d.textOf(link)}
		var after strings.Builder
		for c := link.NextSibling(); c != nil && c.Kind() != ast.KindLink; c = c.NextSibling() {
			d.writeText(&after, c)
		}
		rest := after.String()
		if m := listedDate.FindString(rest); m != "" {
			l.Date, _ = parseDate(strings.Trim(strings.NewReplacer(" ", "", "년", "-", "월", "-", "일", "", ".", "-", "/", "-").Replace(m), "-"))
			rest = strings.Replace(rest, m, "", 1)
		}
		if rest = strings.Trim(rest, " ,:;-–—()|\n\t"); len([]rune(rest)) >= 20 {
			l.Summary = strings.Join(strings.Fields(rest), " ")
		}
		out[key] = l
		return ast.WalkContinue, nil
	})
	return out
}
