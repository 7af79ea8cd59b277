package server

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// findingsPerPage is how many findings one page lists; the .json and .csv forms give them all.
const findingsPerPage = 200

// pageLint lists what was repaired in the sources of reports and what could not be, so that a translator can mend them. A
// source that is not public shows to those with the token alone: a finding may quote the text.
func (s *Server) pageLint(c *fiber.Ctx) error {
	v := values(c)
	offset, err := parseCount(v, "offset", 0, 1_000_000)
	if err != nil {
		return err
	}
	rule, source, slug := v("rule"), v("source"), v("report")
	titles := lintRules()
	list := query.LintList{Findings: []query.LintFinding{}}
	rules, sources := map[string]int{}, map[string]int{}
	for _, f := range s.findings(c) {
		if slug != "" && f.Slug != slug {
			continue
		}
		ofRule, ofSource := rule == "" || f.Rule == rule, source == "" || f.Source == source
		if ofSource {
			rules[f.Rule]++
		}
		if ofRule {
			sources[f.Source]++
		}
		if ofRule && ofSource {
			list.Findings = append(list.Findings, query.LintFinding{Source: f.Source, Path: f.Path, Report: f.Slug, Line: f.Line, Rule: f.Rule,
				Title: titles[f.Rule].Title, Mended: titles[f.Rule].Mended, Message: f.Text().En, Text: f.Text()})
		}
	}
	list.Total = len(list.Findings)
	if formOf(c) != "" {
		return s.answer(c, list)
	}
	lang := s.lang(c)
	page := templates.Lint{Frame: s.frame(c, "reports", say(lang, "lint.title")), Total: say(lang, "lint.total", list.Total),
		Rules:   s.facet(c, "rule", rule, rules, func(r string) string { return titles[r].Title.In(lang) }),
		Sources: s.facet(c, "source", source, sources, func(name string) string { return name }),
		JSON:    s.formAddress(c, ".json"), CSV: s.formAddress(c, ".csv")}
	page.Frame.NoIndex = true
	end := min(offset+findingsPerPage, list.Total)
	for _, f := range list.Findings[min(offset, end):end] {
		file := f.Source + "/" + f.Path
		if n := len(page.Files); n == 0 || page.Files[n-1].Path != file {
			page.Files = append(page.Files, templates.LintFile{Path: file, URL: urlOf(f.Report)})
		}
		to := &page.Files[len(page.Files)-1]
		item := templates.LintFinding{Line: strconv.Itoa(f.Line), Title: f.Title.In(lang), Mended: f.Mended}
		if f.Text != f.Title {
			item.Message = f.Text.In(lang)
		}
		to.Items = append(to.Items, item)
	}
	if offset > 0 {
		page.Prev = s.with(c, "offset", offsetText(offset-findingsPerPage))
	}
	if end < list.Total {
		page.Next = s.with(c, "offset", offsetText(end))
	}
	if list.Total > findingsPerPage && offset < end {
		page.Shown = say(lang, "reports.shown", offset+1, end, list.Total)
	}
	return s.render(c, page)
}

// findings are those of the sources that whoever asks may read.
func (s *Server) findings(c *fiber.Ctx) []content.Finding {
	public := map[string]bool{}
	for _, src := range s.cfg.Library.Sources() {
		public[src.Name] = src.Public
	}
	all := s.authorise(c, scopeRead) == nil
	var out []content.Finding
	for _, f := range s.cfg.Library.Findings() {
		if all || public[f.Source] && s.quotesOnlyPublic(f) {
			out = append(out, f)
		}
	}
	return out
}

// quotesOnlyPublic reports whether a finding names no report that is kept from readers: that of a rendering compares two.
func (s *Server) quotesOnlyPublic(f content.Finding) bool {
	if f.Other == "" {
		return true
	}
	r, ok := s.cfg.Library.Report(f.Other)
	return ok && r.Public
}

func lintRules() map[string]content.LintRule {
	rules := map[string]content.LintRule{}
	for _, r := range content.LintRules() {
		rules[r.Name] = r
	}
	return rules
}

func urlOf(slug string) string {
	if slug == "" {
		return ""
	}
	return reportURL(slug)
}

// formAddress is the address of the page in another form, with the same question.
func (s *Server) formAddress(c *fiber.Ctx, form string) string {
	path, question, asked := strings.Cut(s.with(c, "offset", "", "lang", ""), "?")
	if asked {
		question = "?" + question
	}
	return path + form + question
}
