package server

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/templates"
)

const reportsPerPage = 25

func (s *Server) pageReports(c *fiber.Ctx) error {
	lang := s.lang(c)
	v := values(c)
	offset, err := parseCount(v, "offset", 0, 1_000_000)
	if err != nil {
		return err
	}
	// lang= is the interface's language on pages; in= is the reports'.
	in, source, year := v("in"), v("source"), v("year")
	page := templates.Reports{Frame: s.frame(c, "reports", say(lang, "nav.reports"))}
	page.Frame.Feed = "/feeds/reports.atom"
	var shown []*content.Report
	langs, sources, years := map[string]int{}, map[string]int{}, map[string]int{}
	for _, r := range s.cfg.Library.Reports() {
		ofLang, ofSource, ofYear := in == "" || r.Lang == in, source == "" || r.Source == source, year == "" || strconv.Itoa(r.Date.Year()) == year
		if ofSource && ofYear {
			langs[r.Lang]++
		}
		if in == "" && s.elsewhere(r, lang) {
			continue // one line for each report, in the reader's language where there is one
		}
		if ofLang && ofYear {
			sources[r.Source]++
		}
		if ofLang && ofSource && !r.Date.IsZero() {
			years[strconv.Itoa(r.Date.Year())]++
		}
		if ofLang && ofSource && ofYear {
			shown = append(shown, r)
		}
	}
	page.Langs = s.facet(c, "in", in, langs, languageName)
	for i := range page.Langs[1:] {
		page.Langs[i+1].Lang = page.Langs[i+1].Value
	}
	if in == "" {
		page.Langs[0].Count = strconv.Itoa(len(shown))
	} else {
		page.Langs[0].Count = ""
	}
	page.Sources = s.facet(c, "source", source, sources, func(name string) string { return name })
	page.Years = s.facet(c, "year", year, years, func(y string) string { return y })
	slices.Reverse(page.Years[1:])
	page.Total = say(lang, "reports.total", len(shown))
	end := min(offset+reportsPerPage, len(shown))
	for _, r := range shown[min(offset, end):end] {
		page.Items = append(page.Items, s.reportItem(r, lang))
	}
	if len(shown) > reportsPerPage && offset < end {
		page.Shown = say(lang, "reports.shown", offset+1, end, len(shown))
	}
	if offset > 0 {
		page.Prev = s.with(c, "offset", offsetText(offset-reportsPerPage))
	}
	if end < len(shown) {
		page.Next = s.with(c, "offset", offsetText(end))
	}
	return s.render(c, page)
}

func offsetText(offset int) string {
	if offset <= 0 {
		return ""
	}
	return strconv.Itoa(offset)
}

// facet lists the values of a property with their counts, and a choice that takes them all first.
func (s *Server) facet(c *fiber.Ctx, param, current string, counts map[string]int, name func(string) string) []templates.Choice {
	total := 0
	var keys []string
	for key, n := range counts {
		total += n
		keys = append(keys, key)
	}
	slices.Sort(keys)
	out := []templates.Choice{{Label: say(s.lang(c), "any"), URL: s.with(c, param, ""), Count: strconv.Itoa(total), Current: current == ""}}
	for _, key := range keys {
		out = append(out, templates.Choice{Label: name(key), Value: key, URL: s.with(c, param, key), Count: strconv.Itoa(counts[key]), Current: current == key})
	}
	return out
}
