package content

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	symbolLine  = regexp.MustCompile(`^([ \t]*)([•◦▪●‣∙·○■])[ \t]+(\S.*)$`)
	numberLine  = regexp.MustCompile(`^(?: {4,}|[ \t]*\t)[ \t]*(\d{1,2})([.)])[ \t]+(\S.*)$`)
	tightNumber = regexp.MustCompile(`^(\d{1,2})([.)])((?:\p{Hangul}|\p{Lu}|\*\*).*)$`)
	markedLine  = regexp.MustCompile(`^ {0,3}(?:([①-⑳])|([가나다라마바사아자차카타파하])[.)] )\s*\S`)
)

// listSymbols makes list items of lines that begin with a bullet character, and of numbers that markdown would join to a
// paragraph: indented ones that run on from it, and those without a space. Lines marked ①, ② or 가., 나. keep their lines.
func listSymbols(s *source) {
	prose := s.prose()
	inList := false // numbers counted up from the line before
	var outer bulletLine
	for i := range s.lines {
		if !prose[i] {
			inList, outer = false, bulletLine{}
			continue
		}
		text := s.lines[i].text
		if item, ok := symbolAt(s.lines, i); ok {
			s.lint(i, "list-symbol")
			s.lines[i].text = "- " + item.text
			if outer.symbol == "" {
				outer = item
			} else if item.symbol != outer.symbol && item.indent >= outer.indent+2 {
				s.lines[i].text = "  - " + item.text
			}
			continue
		}
		outer = bulletLine{}
		m := numberLine.FindStringSubmatch(text)
		above := ""
		if i > 0 {
			above = s.lines[i-1].text
		}
		runsOn := m != nil && (m[1] == "1" && !isBlank(above) && !blockStart.MatchString(above) && i+1 < len(s.lines) && numberLine.MatchString(s.lines[i+1].text) || inList)
		switch {
		case runsOn:
			s.lint(i, "list-symbol/number")
			s.lines[i].text = m[1] + m[2] + " " + m[3]
		case tightlyNumbered(s.lines, i):
			s.lint(i, "list-symbol/tight")
			s.lines[i].text = tightNumber.ReplaceAllString(text, "$1$2 $3")
		case i+1 < len(s.lines) && follows(text, s.lines[i+1].text):
			s.lint(i, "list-symbol/lines")
			s.lines[i].text = strings.TrimRight(text, " ") + "  "
		}
		inList = runsOn
	}
}

// bulletLine is a line that begins with a bullet character.
type bulletLine struct {
	indent       int
	symbol, text string
}

// symbolAt reads a bullet line. A middle dot is one only where a line beside it has one too.
func symbolAt(lines []line, i int) (bulletLine, bool) {
	m := symbolLine.FindStringSubmatch(lines[i].text)
	if m == nil {
		return bulletLine{}, false
	}
	beside := func(j int) bool {
		if j < 0 || j >= len(lines) {
			return false
		}
		t := strings.TrimSpace(lines[j].text)
		return strings.HasPrefix(t, "· ") || strings.HasPrefix(t, "- ")
	}
	if m[2] == "·" && !beside(i-1) && !beside(i+1) {
		return bulletLine{}, false
	}
	return bulletLine{utf8.RuneCountInString(strings.ReplaceAll(m[1], "\t", "    ")), m[2], m[3]}, true
}

// tightlyNumbered reports whether a line is one of 1.하나, 2.둘, … counted up from one.
func tightlyNumbered(lines []line, i int) bool {
	number := func(j int) int {
		if j < 0 || j >= len(lines) {
			return 0
		}
		m := tightNumber.FindStringSubmatch(strings.Replace(lines[j].text, ". ", ".", 1))
		if m == nil {
			return 0
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0
		}
		return n
	}
	n := number(i)
	return tightNumber.MatchString(lines[i].text) && (n == 1 && number(i+1) == 2 || n > 1 && number(i-1) == n-1)
}

// follows reports whether two lines are marked by one mark and the next.
func follows(a, b string) bool {
	ma, mb := markedLine.FindStringSubmatch(a), markedLine.FindStringSubmatch(b)
	if ma == nil || mb == nil {
		return false
	}
	ordinal := func(m []string) int {
		if c, _ := utf8.DecodeRuneInString(m[1]); m[1] != "" {
			return int(c - '①')
		}
		return 100 + strings.Index("가나다라마바사아자차카타파하", m[2])/len("가")
	}
	return ordinal(mb) == ordinal(ma)+1
}
