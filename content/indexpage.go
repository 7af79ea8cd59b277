package content

import (
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// frontPage matches the name of a file that a forge or site generator shows for its folder, with the language it may be in.
var frontPage = regexp.MustCompile(`(?i)^(?:readme|index)([._-](?:ko|kr|en))?$`)

// apart matches the names of files that are never reports.
var apart = regexp.MustCompile(`(?i)^(?:_index|summary|contents|toc|contributing|changelog|license|code_of_conduct|security)$`)

// knownAs is the path of a report's file, with the name of its folder where the file is the folder's front page:
// 20250107-hbm/README.md is 20250107-hbm.md, and hbm/index.ko.md is hbm.ko.md.
func knownAs(file string) string {
	file = strings.ReplaceAll(file, `\`, "/")
	dir, base := path.Split(file)
	name := strings.TrimSuffix(base, path.Ext(base))
	m := frontPage.FindStringSubmatch(name)
	if m == nil || strings.Trim(dir, "/.") == "" {
		return file
	}
	return strings.TrimSuffix(dir, "/") + m[1] + path.Ext(base)
}

// indexName reports whether a markdown file has the name of an index page. Whether it is one, isIndexPage decides.
func indexName(file string) bool {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	return frontPage.MatchString(name) || apart.MatchString(name)
}

// isIndexPage reports whether a markdown file lists reports rather than being one. The front page of a folder below the top
// is a report where it has a text of its own, longer than what it says beside links to other files.
func isIndexPage(file string, text []byte) bool {
	if !indexName(file) {
		return false
	}
	if knownAs(file) == file {
		return true
	}
	own, listed := 0, 0
	for l := range strings.Lines(string(text)) {
		n := strings.Count(strings.Map(func(c rune) rune {
			if unicode.IsLetter(c) {
				return 'a'
			}
			return ' '
		}, l), "a")
		if toFile.MatchString(l) {
			listed += n
		} else {
			own += n
		}
	}
	return own < 200 || own < 2*listed
}

// toFile matches a link to a markdown file or a folder of the same source.
var toFile = regexp.MustCompile(`(?i)\]\(<?[^)#:]*(?:\.(?:md|markdown)|/)>?(?:#[^)]*)?\)`)

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
		folder := strings.HasSuffix(target, "/") && !strings.Contains(target, ":")
		if ext := strings.ToLower(path.Ext(target)); ext != ".md" && ext != ".markdown" && !folder {
			return ast.WalkContinue, nil
		}
		key := nameKey(target)
		if _, seen := out[key]; seen || key == "|" || indexName(knownAs(target)) {
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
