package content

import (
	"bytes"
	"regexp"
	"strings"
)

// source is a file as lines, each with its number in the file, so that what a pass mends can be named.
type source struct {
	lines  []line
	report *Report
	skip   []string
}

type line struct {
	text string
	no   int
}

func newSource(body []byte, first int, r *Report, skip []string) *source {
	s := &source{report: r, skip: skip}
	for i, l := range strings.Split(strings.TrimSuffix(string(body), "\n"), "\n") {
		s.lines = append(s.lines, line{limitNesting(l), first + i})
	}
	return s
}

// bytes returns the text as it stands.
func (s *source) bytes() []byte {
	var b bytes.Buffer
	for _, l := range s.lines {
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func (s *source) lint(i int, rule string, args ...string) {
	s.report.lint(s.lines[i].no, rule, args...)
}

var (
	fenceOpen = regexp.MustCompile("^\\s*(?:[-*+>]\\s+|\\d+[.)]\\s+)*(`{3,}|~{3,})([^`]*)$")
	rawOpen   = regexp.MustCompile(`(?i)<(pre|script|style|svg|table|textarea|math|code)\b`)
)

// prose reports for each line whether it is text, as opposed to a fenced block, display math, or inside an element whose
// content is not markdown.
func (s *source) prose() []bool {
	out := make([]bool, len(s.lines))
	for i, in := range s.enclosing() {
		out[i] = in == ""
	}
	return out
}

// enclosing returns for each line what it is part of: an element whose content is not markdown by its name, fence or math;
// nothing for text.
func (s *source) enclosing() []string {
	out := make([]string, len(s.lines))
	fence, raw, math := "", "", false
	for i, l := range s.lines {
		trimmed := strings.TrimSpace(l.text)
		switch {
		case fence != "":
			out[i] = "fence"
			if strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]) == "" {
				fence = ""
			}
		case raw != "":
			out[i] = raw
			if strings.Contains(strings.ToLower(l.text), "</"+raw) {
				raw = ""
			}
		case math:
			out[i] = "math"
			if strings.HasSuffix(trimmed, "$$") || trimmed == "" {
				math = false
			}
		default:
			if m := fenceOpen.FindStringSubmatch(l.text); m != nil {
				fence, out[i] = m[1], "fence"
				continue
			}
			if m := rawOpen.FindStringSubmatch(l.text); m != nil {
				tag := strings.ToLower(m[1])
				if !strings.Contains(strings.ToLower(l.text), "</"+tag) {
					raw = tag
				}
				if raw != "" || tag != "code" {
					out[i] = tag
					continue
				}
			}
			if strings.HasPrefix(trimmed, "$$") && !strings.Contains(trimmed[2:], "$$") {
				math, out[i] = true, "math"
			}
		}
	}
	return out
}

var codeSpan = regexp.MustCompile("(`+)[^`]+?(`+)")

// outsideCode applies f to the parts of a line that are not code spans.
func outsideCode(text string, f func(string) string) string {
	if !strings.Contains(text, "`") {
		return f(text)
	}
	var b strings.Builder
	last := 0
	for _, m := range codeSpan.FindAllStringSubmatchIndex(text, -1) {
		if m[3]-m[2] != m[5]-m[4] {
			continue
		}
		b.WriteString(f(text[last:m[0]]))
		b.WriteString(text[m[0]:m[1]])
		last = m[1]
	}
	b.WriteString(f(text[last:]))
	return b.String()
}

// isBlank reports whether a line has only white space.
func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// indented reports whether markdown could read a line as indented code.
func indented(s string) bool {
	return strings.HasPrefix(s, "    ") || strings.HasPrefix(strings.TrimLeft(s, " "), "\t")
}

// replace puts other lines in the place of line i, all under its number.
func (s *source) replace(i int, texts ...string) {
	no := s.lines[i].no
	lines := make([]line, len(texts))
	for k, t := range texts {
		lines[k] = line{t, no}
	}
	s.lines = append(s.lines[:i], append(lines, s.lines[i+1:]...)...)
}

// maxNesting is how many quotes and lists deep a line may begin. The parsers recurse into them, so a line that is nothing
// but markers would otherwise exhaust the stack.
const maxNesting = 32

// limitNesting escapes the container marker that would nest a line too deep.
func limitNesting(l string) string {
	depth := 0
	for i := 0; i < len(l); i++ {
		spaced := i+1 < len(l) && (l[i+1] == ' ' || l[i+1] == '\t')
		switch c := l[i]; {
		case c == ' ' || c == '\t' || c >= '0' && c <= '9':
		case c == '>', spaced && strings.IndexByte("-+*.)", c) >= 0:
			if depth++; depth > maxNesting {
				return l[:i] + `\` + l[i:]
			}
		default:
			return l
		}
	}
	return l
}
