package content

import (
	"regexp"
	"strings"
)

var (
	noteDefinition = regexp.MustCompile(`^ {0,3}\[\^([^\[\]\s][^\[\]]*)\]:[ \t]*`)
	noteReference  = regexp.MustCompile(`\[\^([^\[\]\s][^\[\]]*)\](\(?)`)
)

// pairFootnotes mends footnotes whose other half is missing: a note that nothing refers to, which markdown would leave out,
// becomes a paragraph where it stands, and a reference to a note that does not exist loses the sign that made it one.
func pairFootnotes(s *source) {
	defined, used := map[string]bool{}, map[string]bool{}
	prose := s.prose()
	for i, l := range s.lines {
		if !prose[i] {
			continue
		}
		text := l.text
		if m := noteDefinition.FindStringSubmatch(text); m != nil {
			defined[m[1]] = true
			text = text[len(m[0]):]
		}
		outsideCode(text, func(t string) string {
			for _, m := range noteReference.FindAllStringSubmatch(t, -1) {
				used[m[1]] = used[m[1]] || m[2] == ""
			}
			return t
		})
	}
	var out []line
	inside := false // a note that became a paragraph
	for i, l := range s.lines {
		if !prose[i] {
			inside = false
			out = append(out, l)
			continue
		}
		text := l.text
		m := noteDefinition.FindStringSubmatch(text)
		switch {
		case m != nil && !used[m[1]]:
			s.lint(i, "footnote/unused", m[1])
			text, inside = text[len(m[0]):], true
			if len(out) > 0 && !isBlank(out[len(out)-1].text) {
				out = append(out, line{"", l.no})
			}
			text = `\[` + m[1] + `\] ` + text
		case m != nil, !isBlank(text) && !indented(text) && i > 0 && isBlank(s.lines[i-1].text):
			inside = false
		case inside && indented(text): // what the note goes on with would be code
			text = strings.TrimLeft(text, " \t")
		}
		text = outsideCode(text, func(t string) string {
			return noteReference.ReplaceAllStringFunc(t, func(ref string) string {
				m := noteReference.FindStringSubmatch(ref)
				if m[2] != "" || defined[m[1]] {
					return ref
				}
				s.lint(i, "footnote/undefined", m[1])
				return `\[` + m[1] + `\]`
			})
		})
		out = append(out, line{text, l.no})
	}
	s.lines = out
}
