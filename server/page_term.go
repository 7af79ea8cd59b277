package server

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/templates"
)

// pageTerm shows one term: its forms, the reports that introduce it, and passages that use it.
func (s *Server) pageTerm(c *fiber.Ctx) error {
	lang := s.lang(c)
	g := s.glossary()
	id := norm.NFC.String(strings.ToLower(strings.Clone(c.Params("id"))))
	e, ok := g.byID[id]
	if !ok {
		return fmt.Errorf("%w: term %s", errNotFound, id)
	}
	out := query.Term{ID: id, Ko: e.Ko, En: e.En, Variants: e.Variants, Kind: e.Kind, Note: e.Note, Renderings: []query.TermRendering{}}
	for _, r := range g.mined[id].Renderings {
		rendering := query.TermRendering{Ko: r.Ko, Reports: []query.TermReport{}}
		for _, u := range r.Uses {
			if report, ok := s.cfg.Library.Report(u.Report); ok {
				rendering.Reports = append(rendering.Reports, query.TermReport{Slug: report.Slug, Title: report.Title, Lang: report.Lang, Date: moment(report.Date), Anchor: u.Anchor})
			}
		}
		out.Renderings = append(out.Renderings, rendering)
	}
	if formOf(c) != "" {
		return s.answer(c, out)
	}
	page := templates.Term{Frame: s.frame(c, "glossary", e.Title()), Korean: e.Ko, English: e.En, Kind: say(lang, "glossary.kind."+e.Kind), Note: e.Note,
		Variants: e.Variants, SearchURL: "/search?q=" + url.QueryEscape(termQuery(e.GlossaryEntry))}
	if page.Korean == "" {
		page.Korean = e.En
	}
	for _, r := range out.Renderings {
		if len(r.Reports) == 0 {
			continue
		}
		shown := templates.TermRendering{Ko: r.Ko}
		for _, u := range r.Reports {
			link := templates.Choice{Label: u.Title, URL: reportURL(u.Slug) + "#" + u.Anchor, Lang: u.Lang}
			if u.Date != nil {
				link.Count = day(u.Date.Time)
			}
			shown.Reports = append(shown.Reports, link)
		}
		page.Renderings = append(page.Renderings, shown)
	}
	asked := map[string]string{"q": termQuery(e.GlossaryEntry), "kind": search.KindReport, "limit": "8", "passages": "2"}
	q, err := parseSearch(func(name string) string { return asked[name] })
	if err != nil {
		return err
	}
	results, err := s.search(c.UserContext(), q)
	if err != nil {
		return err
	}
	for _, h := range results.Hits {
		for _, p := range h.Passages {
			if strings.Contains(p.Snippet, "<mark>") {
				page.Passages = append(page.Passages, templates.TermPassage{Report: h.Title, Lang: h.Lang, Date: h.Date,
					Passage: templates.Passage{Heading: p.Heading, URL: h.URL + "#" + p.Anchor, Snippet: template.HTML(p.Snippet)}}) //nolint:gosec // escaped by the index
			}
		}
	}
	return s.render(c, page)
}

// termQuery asks for the term as a phrase, in either language.
func termQuery(e search.GlossaryEntry) string {
	var forms []string
	for _, f := range []string{e.Ko, e.En} {
		if f = strings.ReplaceAll(f, `"`, ""); f != "" && !slices.Contains(forms, `"`+f+`"`) {
			forms = append(forms, `"`+f+`"`)
		}
	}
	return strings.Join(forms, " OR ")
}
