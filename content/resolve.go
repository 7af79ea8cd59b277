package content

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Resolver knows what a report's links and images lead to.
type Resolver interface {
	// Link fills in where a target written in the report leads. Href and Text are set as written.
	Link(r *Report, l Link) Link
	// Image fills in the address, size or absence of an image. Src is set as written.
	Image(r *Report, f Figure) Figure
}

// resolve returns a copy of a parsed report in which links and images lead where the resolver says. Targets that a page
// must not link to (javascript: and the like) come out as missing whatever the resolver.
func resolve(p *Report, res Resolver) *Report {
	r := *p
	r.Links = slices.Clone(p.Links)
	r.Figures = slices.Clone(p.Figures)
	r.Lint = slices.Clone(p.Lint)
	ids := map[string]bool{}
	for _, s := range p.Sections {
		ids[s.Anchor] = true
	}
	for _, s := range p.Passages {
		ids[s.Anchor] = true
	}
	for i, l := range r.Links {
		r.Links[i] = resolveLink(&r, l, ids, res)
		if m := r.Links[i]; m.Missing {
			r.lint(m.Line, "link-missing/target", firstOf(m.Original, m.Href))
		} else if m.Original != "" && m.Report == "" {
			r.lint(m.Line, "link-mended/target", m.Original, m.Href)
		}
	}
	for i, f := range r.Figures {
		if res != nil {
			f = res.Image(p, f)
		} else if safeURL(f.Src) != "" || f.Src == "" || !safeTarget(f.Src) {
			f.Missing = true // images of other hosts are not loaded
		}
		if f.Alt == "" || uselessAlt.MatchString(f.Alt) {
			f.Alt = firstOf(f.Caption, f.Alt)
		}
		r.Figures[i] = f
		if f.Missing {
			r.lint(f.Line, "image-missing/file", f.Src)
		}
	}
	r.Sections = slices.Clone(p.Sections)
	var b strings.Builder
	for i := range r.Sections {
		r.Sections[i].HTML = r.substitute(r.Sections[i].HTML)
		b.WriteString(r.Sections[i].HTML)
	}
	r.Notes = r.substitute(r.Notes)
	b.WriteString(r.Notes)
	r.HTML = b.String()
	return &r
}

var uselessAlt = regexp.MustCompile(`(?i)^(image|img|picture|figure|사진|그림|이미지|alt text|untitled|screenshot.*|source\s*:.*|출처\s*:.*|image\d*\.\w+)$`)

func resolveLink(r *Report, l Link, ids map[string]bool, res Resolver) Link {
	l.Href = strings.TrimSpace(l.Href)
	if l.Href == "" {
		l.Missing = true
		return l
	}
	if id, ok := strings.CutPrefix(l.Href, "#"); ok {
		if un, err := url.PathUnescape(id); err == nil {
			id = un
		}
		if ids[id] || id == "" {
			l.Href = "#" + id
			return l
		}
		if headingAnchor(id) == headingAnchor(r.Title) {
			l.Href = "#" // the title stands above the text: the top of the page
			return l
		}
		if a := headingAnchor(id); ids[a] {
			l.Original, l.Href = l.Href, "#"+a
			return l
		}
		l.Missing = true
		return l
	}
	if res != nil {
		l = res.Link(r, l)
	} else if l.Wiki {
		l.Missing = true
	}
	if !l.Missing && !safeTarget(l.Href) {
		l.Original, l.Href, l.Missing = firstOf(l.Original, l.Href), "", true
	}
	return l
}

// safeTarget reports whether a page may link to a target: http(s), mailto, or a path.
func safeTarget(target string) bool {
	if strings.ContainsFunc(target, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return false
	}
	u, err := url.Parse(target)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return true
	case "":
		return u.Host == "" // //host is another site in disguise
	}
	return false
}

var referenceTag = regexp.MustCompile(`<a href="` + linkReference + `(\d+)">|<img src="` + imageReference + `(\d+)"/?>`)

func (r *Report) substitute(s string) string {
	return referenceTag.ReplaceAllStringFunc(s, func(tag string) string {
		m := referenceTag.FindStringSubmatch(tag)
		if n, err := strconv.Atoi(m[1]); err == nil && n < len(r.Links) {
			return r.openLink(r.Links[n])
		}
		if n, err := strconv.Atoi(m[2]); err == nil && n < len(r.Figures) {
			return r.image(r.Figures[n])
		}
		return ""
	})
}

func (r *Report) openLink(l Link) string {
	href := html.EscapeString(l.Href)
	switch {
	case l.Missing && l.Wiki:
		return `<a class="plain">` // it ends with </a> all the same
	case l.Missing:
		return fmt.Sprintf(`<a class="missing" role="link" aria-disabled="true" title="%s">`, html.EscapeString(r.say("여기에는 없는 문서: ", "Not available here: ")+firstOf(l.Original, l.Href)))
	case l.Report != "":
		return fmt.Sprintf(`<a class="to-report" href="%s">`, href)
	case safeURL(l.Href) != "":
		return fmt.Sprintf(`<a class="external" href="%s" rel="noopener noreferrer">`, href)
	}
	return fmt.Sprintf(`<a href="%s">`, href)
}

func (r *Report) image(f Figure) string {
	alt := html.EscapeString(f.Alt)
	if !f.Missing {
		size := ""
		if f.Width > 0 && f.Height > 0 {
			size = fmt.Sprintf(` width="%d" height="%d"`, f.Width, f.Height)
		}
		return fmt.Sprintf(`<img src="%s" alt="%s"%s loading="lazy" decoding="async">`, html.EscapeString(f.Src), alt, size)
	}
	label := firstOf(f.Alt, r.say("그림이 없습니다", "Image not available"))
	if f.Alt == f.Caption { // said below already
		label = r.say("그림이 없습니다", "Image not available")
	}
	out := fmt.Sprintf(`<span class="image-missing" role="img" aria-label="%s"><span>%s</span>`, html.EscapeString(label), html.EscapeString(label))
	if u := safeURL(f.Src); u != "" {
		out += fmt.Sprintf(` <span class="image-original">%s</span>`, html.EscapeString(u))
	}
	return out + "</span>"
}

// say picks a phrase of the page in the report's language.
func (r *Report) say(ko, en string) string {
	if r.Lang == "en" {
		return en
	}
	return ko
}
