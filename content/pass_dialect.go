package content

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	alertMark    = regexp.MustCompile(`^(\s*(?:>\s*)+)\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$`)
	contentsMark = regexp.MustCompile(`(?i)^\s*(?:\[\[?_?toc_?\]\]?|\{:?toc\}|\{\{< ?toc ?>\}\})\s*$`)
	imageSize    = regexp.MustCompile(`(!\[[^\]]*\]\([^\s()]+) +=\d*x\d*\)`)
	imageMarks   = regexp.MustCompile(`(!\[[^\]]*\]\([^()]*\))\{[^{}\n]*\}`)
	cell         = regexp.MustCompile(`(?i)<t[dh]\b[^>]*>[^<]*`)
	embedded     = regexp.MustCompile(`(?i)!\[\[([^\[\]|<>]+\.(?:png|jpe?g|gif|webp|svg|avif))(?:\|(?:\d+(?:x\d+)?|([^\[\]|]*)))?\]\]`)
	figureMark   = regexp.MustCompile(`^\s*\{\{[<%]\s*figure\s+(.*?)/?\s*[>%]\}\}\s*$`)
	cellBold     = regexp.MustCompile(`\*\*([^*\s](?:[^*]*[^*\s])?)\*\*`)
)

// readDialects mends the marks of other kinds of markdown, which would stand in the text: GitHub's > [!NOTE], [TOC], sizes
// and attributes of images, bold in the cells of an HTML table, and LaTeX's \[ … \] and \( … \) around formulas.
// The stars of a power, 2**10, are not bold. Obsidian's ![[a.png]] and Hugo's {{< figure >}} are images.
func readDialects(s *source) {
	dollarFormulas(s)
	for i, in := range s.enclosing() {
		text := s.lines[i].text
		mended := text
		switch in {
		case "":
			if contentsMark.MatchString(text) {
				mended = ""
				break
			}
			if m := figureMark.FindStringSubmatch(text); m != nil {
				mended = figureOf(m[1])
				break
			}
			mended = outsideCode(alertMark.ReplaceAllString(text, "$1**$2**  "), func(t string) string {
				return escapePowers(embedded.ReplaceAllString(imageMarks.ReplaceAllString(imageSize.ReplaceAllString(t, "$1)"), "$1"), "![$2](<$1>)"))
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

var (
	texSign       = regexp.MustCompile(`\\[A-Za-z]+|[\^_=]`)
	inlineFormula = regexp.MustCompile(`\\\((.+?)\\\)`)
	displayed     = regexp.MustCompile(`^(\s{0,3})\\\[(.+?)\\\]\s*$`)
	displayOpen   = regexp.MustCompile(`^\s{0,3}\\\[\s*$`)
	displayClose  = regexp.MustCompile(`^\s{0,3}\\\]\s*$`)
)

// dollarFormulas writes the formulas of LaTeX with dollar signs. An escaped bracket around words or a number is one.
func dollarFormulas(s *source) {
	prose := s.prose()
	formula := func(t string) bool {
		return texSign.MatchString(t) && !strings.ContainsAny(t, "$`") && !strings.ContainsFunc(t, func(c rune) bool { return unicode.Is(unicode.Hangul, c) })
	}
	for i := 0; i < len(s.lines); i++ {
		text := s.lines[i].text
		if !prose[i] || !strings.Contains(text, `\[`) && !strings.Contains(text, `\(`) {
			continue
		}
		if displayOpen.MatchString(text) {
			end, tex := i+1, false
			for end < len(s.lines) && !isBlank(s.lines[end].text) && !displayOpen.MatchString(s.lines[end].text) && !displayClose.MatchString(s.lines[end].text) {
				tex = tex || formula(s.lines[end].text)
				end++
			}
			if tex && end < len(s.lines) && displayClose.MatchString(s.lines[end].text) {
				s.lint(i, "dialect")
				s.lines[i].text, s.lines[end].text = "$$", "$$"
				i = end
			}
			continue
		}
		mended := text
		if m := displayed.FindStringSubmatch(text); m != nil && formula(m[2]) {
			mended = m[1] + "$$" + strings.TrimSpace(m[2]) + "$$"
		} else {
			mended = outsideCode(text, func(t string) string {
				return inlineFormula.ReplaceAllStringFunc(t, func(f string) string {
					tex := strings.TrimSpace(f[2 : len(f)-2])
					if !formula(tex) {
						return f
					}
					return "$" + tex + "$"
				})
			})
		}
		if mended != text {
			s.lint(i, "dialect")
			s.lines[i].text = mended
		}
	}
}

var powerSign = regexp.MustCompile(`(^|[^\w.*\\-])(\d+(?:\.\d+)?|[A-Za-z])\*\*(-?\d{1,3}|[A-Za-z])($|[^\w*])`)

// escapePowers escapes the stars of 2**10 and x**n where no bold is open before them.
func escapePowers(t string) string {
	if !strings.Contains(t, "**") {
		return t
	}
	var b strings.Builder
	at, bold := 0, 0 // how many marks of bold there are before at
	for {
		m := powerSign.FindStringSubmatchIndex(t[at:])
		if m == nil {
			b.WriteString(t[at:])
			return b.String()
		}
		before, mark := t[at:at+m[5]], "**"
		if bold += strings.Count(before, mark); bold%2 == 0 {
			mark = `\*\*`
		} else {
			bold++
		}
		b.WriteString(before)
		b.WriteString(mark)
		at += m[5] + 2
	}
}

// figureOf writes the attributes of a figure as an image and its caption.
func figureOf(attributes string) string {
	a := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(attributes, -1) {
		a[strings.ToLower(m[1])] = strings.Trim(m[2], `"'`)
	}
	caption := firstOf(a["caption"], a["title"])
	image := markdownImage(`<img src="` + a["src"] + `" alt="` + firstOf(a["alt"], caption) + `">`)
	if caption == "" {
		return image
	}
	return image + " *" + caption + "*"
}
