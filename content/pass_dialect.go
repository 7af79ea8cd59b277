package content

import "regexp"

var (
	alertMark    = regexp.MustCompile(`^(\s*(?:>\s*)+)\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$`)
	contentsMark = regexp.MustCompile(`(?i)^\s*(?:\[\[?_?toc_?\]\]?|\{:?toc\}|\{\{< ?toc ?>\}\})\s*$`)
	imageSize    = regexp.MustCompile(`(!\[[^\]]*\]\([^\s()]+) +=\d*x\d*\)`)
	imageMarks   = regexp.MustCompile(`(!\[[^\]]*\]\([^()]*\))\{[^{}\n]*\}`)
	cell         = regexp.MustCompile(`(?i)<t[dh]\b[^>]*>[^<]*`)
	cellBold     = regexp.MustCompile(`\*\*([^*\s](?:[^*]*[^*\s])?)\*\*`)
)

// readDialects mends the marks of other kinds of markdown, which would stand in the text: GitHub's > [!NOTE], [TOC], sizes
// and attributes of images, and bold in the cells of an HTML table.
func readDialects(s *source) {
	for i, in := range s.enclosing() {
		text := s.lines[i].text
		mended := text
		switch in {
		case "":
			if contentsMark.MatchString(text) {
				mended = ""
				break
			}
			mended = outsideCode(alertMark.ReplaceAllString(text, "$1**$2**  "), func(t string) string {
				return imageMarks.ReplaceAllString(imageSize.ReplaceAllString(t, "$1)"), "$1")
			})
		case "table":
			mended = cell.ReplaceAllStringFunc(text, func(c string) string { return cellBold.ReplaceAllString(c, "<strong>$1</strong>") })
		}
		if mended != text {
			s.lint(i, "dialect")
			s.lines[i].text = mended
		}
	}
}
