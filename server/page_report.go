package server

import (
	"fmt"
	stdhtml "html"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/templates"
)

// viewBoth sets original and translation side by side.
const viewBoth = "both"

func (s *Server) pageReport(c *fiber.Ctx) error {
	slug := strings.Clone(c.Params("slug"))
	r, err := s.report(slug)
	if err != nil {
		return err
	}
	if norm.NFC.String(strings.ToLower(slug)) != r.Slug {
		return c.Redirect(reportURL(r.Slug), fiber.StatusMovedPermanently) // the report has another name now
	}
	if formOf(c) == ".png" {
		return s.reportCard(c, r)
	}
	lang := s.lang(c)
	page := templates.Report{
		Frame: s.frame(c, "reports", r.Title), Slug: r.Slug, ReportLang: r.Lang, Heading: r.Title, Standfirst: r.Summary,
		Author: r.Author, Minutes: say(lang, "report.minutes", r.Minutes()), Private: !s.mayRead(c, r),
	}
	if r.Excerpt {
		page.Standfirst = "" // it repeats the first paragraph
	}
	page.Frame.Description, page.Frame.Feed, page.Frame.Image = r.Summary, "/feeds/reports.atom", s.cfg.PublicURL+reportURL(r.Slug)+".png"
	if r.Source != "scalebook" {
		page.Crumb = r.Source
	}
	if !r.Date.IsZero() {
		page.Date, page.DateText = day(r.Date), longDate(r, lang)
	}
	other := s.counterpart(r)
	page.Switch = s.switchOf(c, r, other, lang)
	if !page.Private {
		if c.Query("view") == viewBoth && other != nil && s.mayRead(c, other) {
			err = s.sideBySide(c, &page, r, other)
		} else {
			page.Body, err = s.body(c, r, lang)
			page.Outline = outline(r)
		}
		if err != nil {
			return err
		}
		for _, l := range r.Lint {
			page.Lint = append(page.Lint, templates.LintItem{Line: l.Line, Rule: l.Rule, Message: l.Text().In(lang)})
		}
	}
	page.Colophon = s.colophon(c, r, other, lang)
	page.Older, page.Newer = s.neighbours(r, lang)
	page.Frame.Article = article(r, page.Frame.Canonical, page.Frame.Image)
	return s.render(c, page)
}

// counterpart is the report's original or its translation.
func (s *Server) counterpart(r *content.Report) *content.Report {
	if r.TranslationOf != "" {
		if o, ok := s.cfg.Library.Report(r.TranslationOf); ok {
			return o
		}
	}
	for _, t := range s.cfg.Library.Translations(r.Slug) {
		if full, ok := s.cfg.Library.Report(t.Slug); ok && t.Slug != r.Slug {
			return full
		}
	}
	return nil
}

func (s *Server) switchOf(c *fiber.Ctx, r, other *content.Report, lang string) []templates.Choice {
	if other == nil {
		return nil
	}
	both := c.Query("view") == viewBoth
	name := map[string]string{"ko": "report.korean", "en": "report.english"}
	ko, en := r, other
	if r.Lang == "en" {
		ko, en = other, r
	}
	return []templates.Choice{
		{Label: say(lang, name["ko"]), URL: reportURL(ko.Slug), Lang: "ko", Current: !both && r == ko},
		{Label: say(lang, name["en"]), URL: reportURL(en.Slug), Lang: "en", Current: !both && r == en},
		{Label: say(lang, "report.both"), URL: reportURL(ko.Slug) + "?view=" + viewBoth, Current: both},
	}
}

// body is the report's text with its names linked, its numbers tied to the ledger, and its charts drawn.
func (s *Server) body(c *fiber.Ctx, r *content.Report, lang string) (template.HTML, error) {
	ctx := c.UserContext()
	claims, err := s.engine.Claims(ctx, r.Claims, r.Date)
	if err != nil {
		return "", err
	}
	notes, err := s.notes(ctx, claims, r)
	if err != nil {
		return "", err
	}
	html := content.Annotate(r.HTML, content.Marks{Recognizer: s.cfg.Library.Recognizer(), Href: s.pageOf, Claims: r.Claims, Terms: r.Terms})
	html = withTableNames(withAnchors(html, r.Lang), headingText)
	html = withNotes(html, notes)
	html, err = s.withFigures(c, r, html)
	return template.HTML(html), err
}

// withFigures draws the charts of a report, or of a part of it.
func (s *Server) withFigures(c *fiber.Ctx, r *content.Report, html string) (string, error) {
	var failed error
	named := map[string]string{}
	html = r.WithTrends(html, func(b content.TrendBlock) string {
		figure, err := s.trendFigure(c, r.Lang, b)
		if err != nil {
			failed = fmt.Errorf("chart of %s in %s: %w", b.Metric, r.Slug, err)
			return ""
		}
		drawn, err := s.cfg.Templates.Figure(r.Lang, figure)
		if err != nil {
			failed = err
		}
		named[b.Anchor] = figure.What
		return string(drawn)
	})
	for anchor, name := range named {
		tag := `<figure class="trend" id="` + anchor + `"`
		html = strings.Replace(html, tag, tag+` aria-label="`+template.HTMLEscapeString(name)+`"`, 1)
	}
	return html, failed
}

// pageOf is the page of a metric or a subject that a text names.
func (s *Server) pageOf(kind, id string) string {
	switch kind {
	case "metric":
		return "/metrics/" + id
	case "subject":
		return "/subjects/" + id
	}
	return ""
}

var (
	headingTag = regexp.MustCompile(`(?s)<h([2-6]) id="([^"]+)">(.*?)</h[2-6]>`)
	tableTag   = regexp.MustCompile(`<table( id="[^"]*")?>|<h[2-6] id="([^"]+)"`)
	anyTag     = regexp.MustCompile(`<[^>]*>`)
)

// headingText is the id of a heading's text, which names it and what stands under it. No anchor of a text has a colon.
func headingText(anchor string) string { return "t:" + anchor }

// withAnchors gives each heading a link to itself, which is not read out with the heading.
func withAnchors(html, lang string) string {
	return headingTag.ReplaceAllStringFunc(html, func(heading string) string {
		m := headingTag.FindStringSubmatch(heading)
		level, anchor, text := m[1], m[2], m[3]
		name := say(lang, "report.anchor") + ": " + template.HTMLEscapeString(stdhtml.UnescapeString(anyTag.ReplaceAllString(text, "")))
		return fmt.Sprintf(`<h%s id="%s" aria-labelledby="%s"><a class="anchor" href="#%s" aria-label="%s">#</a><span id="%s">%s</span></h%s>`,
			level, anchor, headingText(anchor), anchor, name, headingText(anchor), text, level)
	})
}

// withTableNames names each table by the heading that it stands under; by the report's where it is under none. named is the
// id of what says a heading, by its anchor.
func withTableNames(html string, named func(anchor string) string) string {
	under := headingText("")
	return tableTag.ReplaceAllStringFunc(html, func(tag string) string {
		m := tableTag.FindStringSubmatch(tag)
		if m[2] != "" {
			under = named(m[2])
			return tag
		}
		return `<table` + m[1] + ` aria-labelledby="` + under + `">`
	})
}

func outline(r *content.Report) []templates.OutlineItem {
	var out []templates.OutlineItem
	for _, x := range r.Sections {
		if x.Heading != "" && x.Level <= 3 {
			out = append(out, templates.OutlineItem{Anchor: x.Anchor, Text: x.Heading, Sub: x.Level > 2})
		}
	}
	return out
}

// sideBySide pairs the sections of two languages in order.
func (s *Server) sideBySide(c *fiber.Ctx, page *templates.Report, r, other *content.Report) error {
	ko, en := r, other
	if r.Lang == "en" {
		ko, en = other, r
	}
	page.SideLangs = [2]string{ko.Lang, en.Lang}
	right := *en
	right.Trends = slices.Clone(en.Trends)
	for i := range right.Trends {
		right.Trends[i].Anchor = "en-" + right.Trends[i].Anchor
	}
	itself := func(anchor string) string { return anchor }
	for i := range max(len(ko.Sections), len(en.Sections)) {
		var pair templates.SidePair
		if i < len(ko.Sections) {
			html, err := s.withFigures(c, ko, withTableNames(ko.Sections[i].HTML, itself))
			if err != nil {
				return err
			}
			pair.Left = template.HTML(html)
		}
		if i < len(en.Sections) {
			// Ids have to stay unique on the page: those of the right column get a prefix.
			html, err := s.withFigures(c, &right, withTableNames(strings.ReplaceAll(en.Sections[i].HTML, ` id="`, ` id="en-`), itself))
			if err != nil {
				return err
			}
			pair.Right = template.HTML(html)
		}
		page.Sides = append(page.Sides, pair)
	}
	return nil
}

// longDate writes a date as prose does.
func longDate(r *content.Report, lang string) string {
	if lang == "en" {
		return r.Date.Format("2 January 2006")
	}
	return r.Date.Format("2006년 1월 2일")
}

// neighbours are the reports of the same language before and after this one.
func (s *Server) neighbours(r *content.Report, lang string) (older, newer *templates.ReportItem) {
	var before *content.Report // newer: the list is newest first
	found := false
	for _, x := range s.cfg.Library.Reports() {
		if x.Lang != r.Lang || x.Source != r.Source {
			continue
		}
		if found {
			item := s.reportItem(x, lang)
			older = &item
			break
		}
		if x.Slug == r.Slug {
			found = true
			continue
		}
		before = x
	}
	if found && before != nil {
		item := s.reportItem(before, lang)
		newer = &item
	}
	return older, newer
}
