package content

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	spacedLink = regexp.MustCompile(`\[([^\[\]]+)\] +\((https?://[^\s()]+|[^\s():]+\.(?:md|png|jpe?g|webp|gif|svg))\)`)
	gappedLink = regexp.MustCompile(`\]\(([^()<>"\s][^()<>"]* [^()<>"]*\.(?i:md|markdown|png|jpe?g|webp|gif|svg))\)`)
	linkText   = regexp.MustCompile(`^\s*!?\[([^\[\]]+)\]\s*$`)
	linkTarget = regexp.MustCompile(`^\s*\(\s*([^\s()]+)\s*\)\s*$`)
	imageFile  = regexp.MustCompile(`(?i)\.(png|jpe?g|gif|webp|svg|avif|bmp)(?:[?#].*)?$`)
)

// joinSplitLinks joins [text] and (target) that stand on two lines, or apart by a space where the target can't be a remark.
// A target that is an image makes it one. The name of a file may have spaces.
func joinSplitLinks(s *source) {
	prose := s.prose()
	for i := range s.lines {
		if !prose[i] || !strings.Contains(s.lines[i].text, "](") && !strings.Contains(s.lines[i].text, "] (") {
			continue
		}
		joined := outsideCode(s.lines[i].text, func(t string) string {
			return gappedLink.ReplaceAllString(spacedLink.ReplaceAllString(t, "[$1]($2)"), "](<$1>)")
		})
		if joined != s.lines[i].text {
			s.lint(i, "split-link/space")
			s.lines[i].text = joined
		}
	}
	for i := 0; i+1 < len(s.lines); i++ {
		text := linkText.FindStringSubmatch(s.lines[i].text)
		target := linkTarget.FindStringSubmatch(s.lines[i+1].text)
		if text == nil || target == nil || !prose[i] || !prose[i+1] {
			continue
		}
		joined := "[" + text[1] + "](" + target[1] + ")"
		if imageFile.MatchString(target[1]) {
			joined = "!" + joined
		}
		s.lint(i, "split-link")
		s.lines[i].text = joined
		s.lines = slices.Delete(s.lines, i+1, i+2)
		prose = slices.Delete(prose, i+1, i+2)
	}
}

var (
	unspacedHeading = regexp.MustCompile(`^( {0,3}#{2,6})([^#\s].*)$`)
	unspacedTitle   = regexp.MustCompile(`^#[^#\s!\d][^#\s]* [^#]*#*$`) // two words, and no other tag
)

// spaceHeadings puts the space into ##제목 that CommonMark asks for. A single # may be a tag and stays, but for a title's
// place at the very beginning.
func spaceHeadings(s *source) {
	prose := s.prose()
	if i := slices.IndexFunc(s.lines, func(l line) bool { return !isBlank(l.text) }); i >= 0 && prose[i] && unspacedTitle.MatchString(s.lines[i].text) {
		s.lint(i, "heading-space")
		s.lines[i].text = "# " + s.lines[i].text[1:]
	}
	for i := range s.lines {
		if m := unspacedHeading.FindStringSubmatch(s.lines[i].text); m != nil && prose[i] {
			s.lint(i, "heading-space")
			s.lines[i].text = m[1] + " " + m[2]
		}
	}
}

// tightenBold moves the spaces of ** 굵게 ** outside of the stars, where a line's stars pair up.
func tightenBold(s *source) {
	prose := s.prose()
	for i := range s.lines {
		text := s.lines[i].text
		if !prose[i] || !strings.Contains(text, "**") || indented(text) {
			continue
		}
		mended := tightenBoldIn(text)
		if mended != text {
			s.lint(i, "bold-space")
			s.lines[i].text = mended
		}
	}
}

var boldRun = regexp.MustCompile(`\*{2,}`)

func tightenBoldIn(text string) string {
	runs := boldRun.FindAllStringIndex(codeSpan.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("x", len(s)) }), -1)
	if len(runs)%2 != 0 {
		return text
	}
	for _, r := range runs {
		if r[1]-r[0] != 2 || r[0] > 0 && text[r[0]-1] == '\\' {
			return text
		}
	}
	if len(runs) > 0 && strings.HasSuffix(text[runs[0][1]:runs[1][0]], " ") {
		if c, _ := utf8.DecodeLastRuneInString(text[:runs[0][0]]); unicode.IsLetter(c) || unicode.IsDigit(c) {
			return text // bold of the line before may end here
		}
	}
	var b strings.Builder
	last := 0
	for k := 0; k < len(runs); k += 2 {
		inner := text[runs[k][1]:runs[k+1][0]]
		word := strings.Trim(inner, " \t")
		if word == "" {
			return text
		}
		at := strings.Index(inner, word)
		b.WriteString(text[last:runs[k][0]])
		b.WriteString(inner[:at] + "**" + word + "**" + inner[at+len(word):])
		last = runs[k+1][1]
	}
	b.WriteString(text[last:])
	return b.String()
}

var (
	tableRow       = regexp.MustCompile(`^\s{0,3}\|.*\|\s*$`)
	tableDelimiter = regexp.MustCompile(`^\s{0,3}\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$`)
)

// joinBrokenCells joins a table row whose cells were broken over lines: it begins with a bar, does not end with one, and
// a following line does.
func joinBrokenCells(s *source) {
	prose := s.prose()
	for i := 0; i < len(s.lines); i++ {
		t := strings.TrimSpace(s.lines[i].text)
		if !prose[i] || !strings.HasPrefix(t, "|") || strings.HasSuffix(t, "|") || strings.Count(t, "|") < 2 {
			continue
		}
		if i > 0 && !tableRow.MatchString(s.lines[i-1].text) && !tableDelimiter.MatchString(s.lines[i-1].text) {
			continue
		}
		end := -1
		for j := i + 1; j < len(s.lines) && j <= i+8 && prose[j]; j++ {
			u := strings.TrimSpace(s.lines[j].text)
			if u == "" || strings.HasPrefix(u, "|") && len(u) > 1 && u != "|" {
				break
			}
			if strings.HasSuffix(u, "|") {
				end = j
				break
			}
		}
		if end < 0 {
			continue
		}
		for j := i + 1; j <= end; j++ {
			t += " " + strings.TrimSpace(s.lines[j].text)
		}
		s.lint(i, "broken-cell")
		s.lines[i].text = t
		s.lines = slices.Delete(s.lines, i+1, end+1)
		prose = slices.Delete(prose, i+1, end+1)
	}
}

var (
	gridBorder = regexp.MustCompile(`^\s{0,3}\+(?:[-=:]+\+)+\s*$`)
	barredLine = regexp.MustCompile(`^ {0,3}[^|\s][^|]*(?:\s\|\s[^|]*)+$`)
)

// delimitTables puts the delimiter row under the first of several rows that lack one: also of a table drawn with +---+, and of
// lines that only have bars between their cells.
func delimitTables(s *source) {
	openGrids(s)
	prose := s.prose()
	for i := 0; i < len(s.lines); i++ {
		end := i
		for end < len(s.lines) && prose[end] && !isBlank(s.lines[end].text) {
			end++
		}
		if barred(s.lines[i:end]) {
			s.lint(i, "table-delimiter")
			s.replace(i, s.lines[i].text, strings.Repeat("| --- ", strings.Count(s.lines[i].text, "|")+1)+"|")
			prose = slices.Insert(prose, i, true)
			end++
		}
		i = end
	}
	for i := 0; i+1 < len(s.lines); i++ {
		if !prose[i] || !tableRow.MatchString(s.lines[i].text) || i > 0 && strings.Contains(s.lines[i-1].text, "|") {
			continue
		}
		columns := strings.Count(strings.Trim(strings.TrimSpace(s.lines[i].text), "|"), "|") + 1
		next := s.lines[i+1].text
		if columns < 2 || !tableRow.MatchString(next) || tableDelimiter.MatchString(next) || tableDelimiter.MatchString(s.lines[i].text) {
			continue
		}
		s.lint(i, "table-delimiter")
		s.replace(i, s.lines[i].text, "|"+strings.Repeat(" --- |", columns))
		prose = slices.Insert(prose, i, true)
	}
}

// barred reports whether lines are the rows of a table: three at least, with as many short cells each.
func barred(lines []line) bool {
	if len(lines) < 3 {
		return false
	}
	bars := strings.Count(lines[0].text, "|")
	for _, l := range lines {
		if strings.Count(l.text, "|") != bars || !barredLine.MatchString(l.text) || blockStart.MatchString(l.text) || sentenceEnd.MatchString(l.text) || utf8.RuneCountInString(l.text) > 60*(bars+1) {
			return false
		}
	}
	return true
}

// openGrids takes the borders +---+ away from around rows, but for one that parts the first row from the others.
func openGrids(s *source) {
	prose := s.prose()
	for i := 0; i+2 < len(s.lines); i++ {
		if !prose[i] || !gridBorder.MatchString(s.lines[i].text) || !tableRow.MatchString(s.lines[i+1].text) {
			continue
		}
		s.lint(i, "table-delimiter")
		var rows []line
		end := i
		for ; end < len(s.lines) && prose[end]; end++ {
			l := s.lines[end]
			if border := gridBorder.MatchString(l.text); !border && !tableRow.MatchString(l.text) {
				break
			} else if border {
				continue
			}
			if rows = append(rows, l); len(rows) == 1 {
				rows = append(rows, line{"|" + strings.Repeat(" --- |", strings.Count(strings.Trim(strings.TrimSpace(l.text), "|"), "|")+1), l.no})
			}
		}
		s.lines = slices.Replace(s.lines, i, end, rows...)
		prose = slices.Replace(prose, i, end, make([]bool, len(rows))...)
	}
}

// widenTables gives a table the columns that some of its rows have more than its head, for markdown leaves such cells out. A bar
// within a code span parts no cells.
func widenTables(s *source) {
	prose := s.prose()
	for i := 0; i+1 < len(s.lines); i++ {
		if !prose[i] || !prose[i+1] || !strings.Contains(s.lines[i].text, "|") || !strings.Contains(s.lines[i+1].text, "|") || !tableDelimiter.MatchString(s.lines[i+1].text) {
			continue
		}
		head := cellsOf(s.lines[i].text)
		if head != cellsOf(s.lines[i+1].text) {
			continue // no table
		}
		widest := head
		end := i + 2
		for ; end < len(s.lines) && prose[end] && strings.Contains(s.lines[end].text, "|"); end++ {
			l := &s.lines[end]
			if cellsOf(l.text) > head {
				if t := codeSpan.ReplaceAllStringFunc(l.text, func(c string) string { return codeBar.ReplaceAllString(c, `$1\|`) }); t != l.text {
					s.lint(end, "table-width")
					l.text = t
				}
			}
			widest = max(widest, cellsOf(l.text))
		}
		if widest > head {
			s.lint(i, "table-width")
			s.lines[i].text = strings.TrimSuffix(strings.TrimRight(s.lines[i].text, " \t"), "|") + "|" + strings.Repeat(" |", widest-head)
			s.lines[i+1].text = strings.TrimSuffix(strings.TrimRight(s.lines[i+1].text, " \t"), "|") + "|" + strings.Repeat(" --- |", widest-head)
		}
		i = end - 1
	}
}

var codeBar = regexp.MustCompile(`(^|[^\\])\|`)

// cellsOf counts the cells of a row as markdown does.
func cellsOf(row string) int {
	t := strings.TrimPrefix(strings.TrimSpace(row), "|")
	if strings.HasSuffix(t, "|") && !strings.HasSuffix(t, `\|`) {
		t = t[:len(t)-1]
	}
	return 1 + strings.Count(strings.ReplaceAll(t, `\|`, ""), "|")
}

var (
	blockStart  = regexp.MustCompile(`^\s*(?:[#>|$<]|[-*+•]\s|\d{1,3}[.)]\s|!?\[|\*{3,}|-{3,}|={3,}|` + "`{3}|~{3}" + `)`)
	sentenceEnd = regexp.MustCompile(`[.!?。…]["'”’)\]]*\s*$`)
)

// partParagraphLines parts paragraphs that were written one to a line without a blank line between them. Lines wrapped at
// a width are shorter than that and mostly end within a sentence; they stay together.
func partParagraphLines(s *source) {
	const long = 100
	prose := s.prose()
	whole := func(i int) bool {
		t := s.lines[i].text
		return prose[i] && !blockStart.MatchString(t) && !indented(t) && utf8.RuneCountInString(t) >= long && sentenceEnd.MatchString(t)
	}
	for i := 0; i+1 < len(s.lines); i++ {
		if whole(i) && whole(i+1) {
			s.lint(i+1, "paragraph-lines")
			s.replace(i, s.lines[i].text, "")
			prose = slices.Insert(prose, i+1, true)
			i++
		}
	}
}
