package content

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	wikiLink = regexp.MustCompile(`!?\[\[([^\[\]|<>\\\n` + "`" + `$]*)(?:\\?\|([^\[\]|<>\n]*))?\]\]`)
	// linkDefinition begins the definition of a link that texts refer to by a name.
	linkDefinition = regexp.MustCompile(`^\s{0,3}\[([^\[\]]+)\]:\s*\S`)
	// listing is what a matrix or a list of a program has in two brackets: [[a, b]], [[0]].
	listing = regexp.MustCompile(`^[\s"']*[\w.+-]{0,3}["']?(?:\s*,\s*["']?[\w.+-]{0,3}["']?)*\s*$`)
)

// wikiTitle marks a link that was written as wikis do. No file can have it, for its NUL characters are others by then.
const wikiTitle = "\x00"

// readWikiLinks makes links of [[report]], [[report|text]] and [[report#heading]], as wikis write them. Where one leads nowhere its text is
// left. What stands in two brackets for another reason is not touched: citations [[3]], matrices, and links whose text is in brackets.
func readWikiLinks(s *source) {
	defined := map[string]bool{}
	for _, l := range s.lines {
		if m := linkDefinition.FindStringSubmatch(l.text); m != nil {
			defined[strings.ToLower(m[1])] = true
		}
	}
	for i, prose := range s.prose() {
		text := s.lines[i].text
		if !prose || !strings.Contains(text, "[[") {
			continue
		}
		mended := outsideCode(text, func(t string) string {
			var b strings.Builder
			last := 0
			for _, m := range wikiLink.FindAllStringSubmatchIndex(t, -1) {
				target, shown := strings.TrimSpace(t[m[2]:m[3]]), ""
				if m[4] >= 0 {
					shown = strings.TrimSpace(t[m[4]:m[5]])
				}
				if next := t[m[1]:]; defined[strings.ToLower(target)] || next != "" && strings.ContainsRune("([:", rune(next[0])) {
					continue
				}
				link, ok := wikiMarkdown(target, shown)
				if !ok {
					continue
				}
				b.WriteString(t[last:m[0]])
				b.WriteString(link)
				last = m[1]
			}
			b.WriteString(t[last:])
			return b.String()
		})
		if mended != text {
			s.lint(i, "wiki-link")
			s.lines[i].text = mended
		}
	}
}

var addressSigns = strings.NewReplacer("%", "%25", "?", "%3F")

// wikiMarkdown writes a wiki's link as markdown, if it is one.
func wikiMarkdown(target, shown string) (string, bool) {
	file, heading, _ := strings.Cut(target, "#")
	file = strings.TrimSpace(file)
	if listing.MatchString(target) || !strings.ContainsFunc(target, unicode.IsLetter) || strings.Contains(target, "://") {
		return "", false
	}
	if shown == "" {
		shown = target
	}
	address := ""
	if file != "" {
		address = "./" + addressSigns.Replace(strings.TrimPrefix(file, "./"))
		if lower := strings.ToLower(file); !strings.HasSuffix(lower, ".md") && !strings.HasSuffix(lower, ".markdown") {
			address += ".md"
		}
	}
	if heading = heading[strings.LastIndexByte(heading, '#')+1:]; heading != "" && !strings.HasPrefix(heading, "^") {
		address += "#" + headingAnchor(heading)
	}
	return "[" + shown + "](<" + address + "> \"" + wikiTitle + "\")", address != ""
}
