package content

import (
	"html"
	"regexp"
	"strings"
)

var (
	htmlImage   = regexp.MustCompile(`(?i)<img\b([^>]*)>`)
	htmlLayout  = regexp.MustCompile(`(?i)</?(p|div|center|section|article|figure|font|span|u|big)(\s[^<>]*)?/?>`)
	htmlBreaks  = regexp.MustCompile(`(?i)^\s*(<br\s*/?>\s*)+$`)
	htmlHeading = regexp.MustCompile(`(?i)^\s*<h([1-6])(?:\s[^>]*)?>(.*?)</h[1-6]>\s*$`)
	htmlBold    = regexp.MustCompile(`(?i)<(b|strong)(?:\s[^>]*)?>(.*?)</(b|strong)>`)
	htmlItalic  = regexp.MustCompile(`(?i)<(i|em)(?:\s[^>]*)?>(.*?)</(i|em)>`)
	htmlLink    = regexp.MustCompile(`(?i)<a\s[^>]*?href\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)[^>]*>\[?([^<\[\]]*)\]?</a>`)
	htmlColor   = regexp.MustCompile(`(?i)</?(?:color|size)(?:\s*=\s*[^<>]*|\s[^<>]*)?>`)
	kramdown    = regexp.MustCompile(`(\)|\]|\s|^)\{:[^{}\n]*\}`)
	htmlCaption = regexp.MustCompile(`(?i)</?figcaption(\s[^<>]*)?>`)
	attribute   = regexp.MustCompile(`(?i)([a-z][a-z0-9-]*)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)`)
)

// unwrapLayoutHTML takes away elements that only lay text out (<p align>, <center>, <font>, lines of <br>) and writes
// <img>, <b>, <i>, <a> and <h1> as markdown, so that the text inside is read as markdown and later passes see one form.
// Attribute lists of other dialects ({:target="_blank"}) go too. Lists become markdown's, and what plays in a frame a link.
func unwrapLayoutHTML(s *source) {
	listHTML(s)
	prose := s.prose()
	var out []line
	for i, l := range s.lines {
		if !prose[i] || !strings.Contains(l.text, "<") && !strings.Contains(l.text, "{:") {
			out = append(out, l)
			continue
		}
		texts := unwrapLine(l.text)
		if len(texts) != 1 || texts[0] != l.text {
			s.lint(i, "html-layout")
		}
		for _, t := range texts {
			out = append(out, line{t, l.no})
		}
	}
	s.lines = out
	markBlocks(s)
}

func unwrapLine(text string) []string {
	if htmlBreaks.MatchString(text) {
		return []string{""}
	}
	if m := htmlHeading.FindStringSubmatch(text); m != nil {
		text = strings.Repeat("#", int(m[1][0]-'0')) + " " + strings.TrimSpace(m[2])
	}
	const part = "\x00" // where a block element began or ended
	text = outsideCode(text, func(t string) string {
		t = htmlImage.ReplaceAllStringFunc(t, markdownImage)
		t = htmlFrame.ReplaceAllStringFunc(t, linkFrame)
		t = wrapInline(t, htmlBold, "**")
		t = wrapInline(t, htmlItalic, "*")
		t = htmlLink.ReplaceAllStringFunc(t, func(tag string) string {
			m := htmlLink.FindStringSubmatch(tag)
			if strings.TrimSpace(m[2]) == "" {
				return m[2]
			}
			return "[" + m[2] + "](<" + strings.Trim(m[1], `"'`) + ">)"
		})
		t = htmlCaption.ReplaceAllString(t, part)
		t = kramdown.ReplaceAllString(htmlColor.ReplaceAllString(t, ""), "$1")
		return htmlLayout.ReplaceAllStringFunc(t, func(tag string) string {
			name := strings.ToLower(htmlLayout.FindStringSubmatch(tag)[1])
			if name == "span" || name == "font" || name == "u" || name == "big" {
				return ""
			}
			return part
		})
	})
	if !strings.Contains(text, part) {
		return []string{text}
	}
	if strings.HasPrefix(strings.TrimSpace(text), "#") { // <p> in a heading
		return []string{strings.TrimRight(strings.ReplaceAll(text, part, ""), " ")}
	}
	var out []string
	for i, t := range strings.Split(text, part) {
		if i > 0 && (len(out) == 0 || out[len(out)-1] != "") {
			out = append(out, "")
		}
		if !isBlank(t) {
			out = append(out, strings.TrimSpace(t))
		}
	}
	return out
}

func markdownImage(tag string) string {
	var src, alt string
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		value := html.UnescapeString(strings.Trim(m[2], `"'`))
		switch name := strings.ToLower(m[1]); {
		case name == "src" && src == "":
			src = strings.TrimSpace(value)
		case name == "alt" && alt == "":
			alt = strings.TrimSpace(value)
		}
	}
	if src == "" {
		return tag
	}
	clean := strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "")
	return "![" + strings.NewReplacer("[", `\[`, "]", `\]`).Replace(alt) + "](<" + clean.Replace(src) + ">)"
}

var htmlFrame = regexp.MustCompile(`(?i)<(?:iframe|video|audio|embed)\b([^>]*)>(?:\s*</(?:iframe|video|audio|embed)>)?`)

// linkFrame links to what plays in a frame, which a page doesn't show.
func linkFrame(tag string) string {
	for _, m := range attribute.FindAllStringSubmatch(htmlFrame.FindStringSubmatch(tag)[1], -1) {
		src := html.UnescapeString(strings.Trim(m[2], `"' `))
		if strings.EqualFold(m[1], "src") && src != "" && !strings.ContainsAny(src, "<>[]\n") {
			return "[" + src + "](<" + src + ">)"
		}
	}
	return tag
}

// wrapInline writes an inline element with markdown's delimiter, the spaces at its ends outside.
func wrapInline(t string, re *regexp.Regexp, delimiter string) string {
	return re.ReplaceAllStringFunc(t, func(tag string) string {
		inner := re.FindStringSubmatch(tag)[2]
		word := strings.TrimSpace(inner)
		if word == "" || strings.Contains(word, delimiter) {
			return inner
		}
		i := strings.Index(inner, word)
		return inner[:i] + delimiter + word + delimiter + inner[i+len(word):]
	})
}
