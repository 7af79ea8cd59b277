package server

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/templates"
)

// colophon says where a report is from, under which terms, and what to read next.
func (s *Server) colophon(c *fiber.Ctx, r, other *content.Report, lang string) []templates.ColophonItem {
	var out []templates.ColophonItem
	add := func(key string, html string) {
		if html != "" {
			out = append(out, templates.ColophonItem{Term: say(lang, key), Text: template.HTML(html)})
		}
	}
	if r.OriginalURL != "" {
		add("report.original", link(r.OriginalURL, r.OriginalURL, ""))
	} else if other != nil {
		key := "report.translation"
		if r.TranslationOf == other.Slug {
			key = "report.original"
		}
		add(key, link(reportURL(other.Slug), other.Title, other.Lang))
	}
	add("report.translator", template.HTMLEscapeString(r.Translator))
	add("report.license", template.HTMLEscapeString(r.License))
	if len(r.Keywords) > 0 {
		words := make([]string, len(r.Keywords))
		for i, k := range r.Keywords {
			words[i] = link("/search?q="+template.URLQueryEscaper(k), k, r.Lang)
		}
		add("report.keywords", strings.Join(words, " · "))
	}
	year := ""
	if !r.Date.IsZero() {
		year = r.Date.Format("2006")
	}
	author := r.Author
	if author == "" {
		author = r.Source
	}
	cited := say(lang, "report.cite-form", author, r.Title, year)
	add("report.cite", fmt.Sprintf(`<span lang="%s">%s</span>`, cmp.Or(languageOf(cited, lang), lang), template.HTMLEscapeString(cited)))
	if len(s.cfg.Library.History(r.Slug)) > 1 {
		add("report.revisions", link(reportURL(r.Slug)+"/revisions", say(lang, "revisions.title"), ""))
	}
	add("report.related", s.links(c, s.cfg.Library.Related(r.Slug, 3), r))
	add("report.backlinks", s.links(c, s.cfg.Library.Backlinks(r.Slug), r))
	return out
}

// links lists reports of the reader's language in one line. What a report that may not be read links to or is like is not told.
func (s *Server) links(c *fiber.Ctx, reports []*content.Report, of *content.Report) string {
	var out []string
	for _, r := range reports {
		if r.Lang == of.Lang && r.Slug != of.Slug && s.mayRead(c, r) && s.mayRead(c, of) {
			out = append(out, link(reportURL(r.Slug), r.Title, r.Lang))
		}
	}
	return strings.Join(out, " · ")
}

// link writes an anchor. An address that is neither of this server nor of the web is not linked.
func link(href, text, lang string) string {
	if !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") {
		return template.HTMLEscapeString(text)
	}
	attribute := ""
	if lang != "" {
		attribute = fmt.Sprintf(` lang="%s"`, template.HTMLEscapeString(lang))
	}
	return fmt.Sprintf(`<a href="%s"%s>%s</a>`, template.HTMLEscapeString(href), attribute, template.HTMLEscapeString(text))
}

// article is the report as schema.org describes one.
func article(r *content.Report, canonical, picture string) template.JS {
	description := map[string]any{"@context": "https://schema.org", "@type": "Article", "headline": r.Title, "inLanguage": r.Lang, "abstract": r.Summary, "image": picture}
	if canonical != "" {
		description["url"] = canonical
	}
	if !r.Date.IsZero() {
		description["datePublished"] = day(r.Date)
	}
	if r.Author != "" {
		description["author"] = map[string]string{"@type": "Organization", "name": r.Author}
	}
	if r.License != "" {
		description["license"] = r.License
	}
	if r.OriginalURL != "" {
		description["isBasedOn"] = r.OriginalURL
	}
	body, err := json.Marshal(description) // escapes <, > and &, so it can't end the element
	if err != nil {
		return ""
	}
	return template.JS(body)
}

func (s *Server) pageRevisions(c *fiber.Ctx) error {
	r, err := s.report(strings.Clone(c.Params("slug")))
	if err != nil {
		return err
	}
	page := templates.Revisions{Frame: s.frame(c, "reports", r.Title), Heading: r.Title, Back: reportURL(r.Slug)}
	page.Frame.NoIndex = true
	if !s.mayRead(c, r) {
		return s.render(c, page)
	}
	history := s.cfg.Library.History(r.Slug)
	for i := len(history) - 1; i > 0; i-- {
		newer, err := s.cfg.Library.Revision(c.UserContext(), r.Slug, history[i].Hash)
		if err != nil {
			return err
		}
		older, err := s.cfg.Library.Revision(c.UserContext(), r.Slug, history[i-1].Hash)
		if err != nil {
			return err
		}
		item := templates.RevisionItem{Date: history[i].Time.UTC().Format("2006-01-02")}
		for _, block := range content.Diff(older, newer) {
			for _, change := range block.Changes {
				op := map[string]string{"insert": "+", "delete": "-"}[change.Op]
				item.Parts = append(item.Parts, templates.DiffPart{Op: op, Text: change.Text})
			}
			item.Parts = append(item.Parts, templates.DiffPart{Text: " ¶ "})
		}
		page.Revisions = append(page.Revisions, item)
	}
	return s.render(c, page)
}
