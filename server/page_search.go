package server

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/templates"
)

func (s *Server) pageSearch(c *fiber.Ctx) error {
	lang := s.lang(c)
	v := values(c)
	typed := strings.TrimSpace(v("q"))
	page := templates.Search{Frame: s.frame(c, "search", say(lang, "search")), Typed: typed}
	page.Frame.Query, page.Frame.NoIndex = typed, true
	if typed == "" {
		page.Suggestions = cheats(lang)
		return s.render(c, page)
	}
	page.Frame.Title = typed
	q, err := parseSearch(pageSearchValues(v))
	if err != nil {
		return err
	}
	if year := v("year"); year != "" {
		if n, err := strconv.Atoi(year); err == nil && n > 1900 && n < 2200 {
			q.From, q.To = yearSpan(n)
		}
	}
	results, err := s.search(c.UserContext(), q)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderLink, fmt.Sprintf(`</search.atom?%s>; rel="alternate"; type="application/atom+xml"`, url.Values{"q": {typed}}.Encode()))
	if err := s.fillSearch(c, &page, q, results); err != nil {
		return err
	}
	return s.render(c, page)
}

func (s *Server) fillSearch(c *fiber.Ctx, page *templates.Search, q search.Query, results search.Results) error {
	lang := page.Lang
	page.Tally = say(lang, "search.tally", results.Total)
	switch meant := results.DidYouMean; {
	case meant == "" || meant == page.Typed:
	case results.Total == 0:
		page.Offer = &templates.Choice{Label: meant, URL: s.with(c, "q", meant)}
	default:
		page.DidYouMean = results.DidYouMean
		page.ExactURL = s.with(c, "q", `"`+strings.ReplaceAll(page.Typed, `"`, "")+`"`)
	}
	if results.Total > 0 {
		page.NotFound = strings.Join(results.NotFound, ", ")
	}
	for _, word := range results.AlsoSearched {
		page.Also = append(page.Also, templates.Choice{Label: word, URL: s.with(c, "q", word), Lang: languageOf(word, lang)})
	}
	page.Kinds = s.countChoices(c, "kind", results.Facets.Kind, results.Total, func(k string) string { return say(lang, "kind."+k) })
	page.Langs = s.countChoices(c, "in", results.Facets.Lang, -1, languageName)
	for i, l := range page.Langs {
		page.Langs[i].Lang = l.Value
	}
	years := slices.SortedFunc(slices.Values(results.Facets.Year), func(a, b search.Count) int { return cmp.Compare(b.Value, a.Value) })
	page.Years = s.countChoices(c, "year", years, -1, func(y string) string { return y })
	page.Sorts = []templates.Choice{
		{Label: say(lang, "search.relevance"), URL: s.with(c, "sort", ""), Current: q.Sort != search.SortNewest},
		{Label: say(lang, "search.date"), URL: s.with(c, "sort", search.SortNewest), Current: q.Sort == search.SortNewest},
	}
	catalogue, err := s.engine.Metrics(c.UserContext())
	if err != nil {
		return err
	}
	for _, h := range results.Hits {
		if h.Kind == search.KindMetric {
			h = inLanguage(h, catalogue, lang)
		}
		hit, err := s.withKeyFigures(c.UserContext(), lang, catalogue, h, shownHit(h, lang))
		if err != nil {
			return err
		}
		page.Hits = append(page.Hits, hit)
	}
	limit := max(q.Limit, 1)
	if results.Total > limit {
		page.Range = say(lang, "reports.shown", q.Offset+1, min(q.Offset+limit, results.Total), results.Total)
	}
	if q.Offset > 0 {
		page.Prev = s.with(c, "offset", offsetText(q.Offset-limit))
	}
	if q.Offset+limit < results.Total {
		page.Next = s.with(c, "offset", offsetText(q.Offset+limit))
	}
	return nil
}

// inLanguage gives a metric its title in the reader's language, and its definition in that language alone where it was found in both.
func inLanguage(h search.Hit, catalogue query.Catalogue, lang string) search.Hit {
	if i := slices.IndexFunc(catalogue.Metrics, func(m query.CatalogueEntry) bool { return m.ID == h.ID }); i >= 0 {
		h.Title = catalogue.Metrics[i].Title.In(lang)
	}
	foreign := func(p search.Passage) bool { return languageOf(p.Snippet, lang) != "" }
	if !slices.ContainsFunc(h.Passages, func(p search.Passage) bool { return !foreign(p) }) {
		return h
	}
	h.Passages = slices.DeleteFunc(slices.Clone(h.Passages), foreign)
	return h
}

// shownHit is a hit as the page lists it.
func shownHit(h search.Hit, lang string) templates.Hit {
	hit := templates.Hit{Kind: say(lang, "kind."+h.Kind), Title: h.Title, URL: h.URL, Date: h.Date}
	if h.Kind == search.KindReport {
		hit.Lang = h.Lang
	}
	for _, p := range h.Passages {
		if p.Snippet == "" {
			continue
		}
		url := h.URL
		if p.Anchor != "" && !strings.Contains(url, "#") {
			url += "#" + p.Anchor
		}
		// A snippet is escaped by the index; <mark> is all the markup in it.
		hit.Passages = append(hit.Passages, templates.Passage{Heading: p.Heading, URL: url, Snippet: template.HTML(p.Snippet)})
	}
	return hit
}

// countChoices turns a facet into links; total, where known, heads them as the choice of all.
func (s *Server) countChoices(c *fiber.Ctx, param string, counts []search.Count, total int, name func(string) string) []templates.Choice {
	current := strings.Clone(c.Query(param))
	var out []templates.Choice
	if total >= 0 || current != "" {
		all := templates.Choice{Label: say(s.lang(c), "any"), URL: s.with(c, param, ""), Current: current == ""}
		if total >= 0 && current == "" {
			all.Count = strconv.Itoa(total)
		}
		out = append(out, all)
	}
	for _, n := range counts {
		out = append(out, templates.Choice{Label: name(n.Value), Value: n.Value, URL: s.with(c, param, n.Value), Count: strconv.Itoa(n.Count), Current: current == n.Value})
	}
	return out
}

// languageOf is the language to mark a word with, where it is not the page's.
func languageOf(word, page string) string {
	hangul := strings.ContainsFunc(word, func(r rune) bool { return r >= '가' && r <= '힣' })
	switch {
	case hangul && page != "ko":
		return "ko"
	case !hangul && page != "en":
		return "en"
	}
	return ""
}

// cheats are examples of what can be typed.
func cheats(lang string) []templates.Question {
	example := func(q, key string) templates.Question {
		return templates.Question{Text: q, URL: "/search?q=" + template.URLQueryEscaper(q), Note: say(lang, "cheat."+key)}
	}
	return []templates.Question{
		example("추론 비용", "words"), example(`"무어의 법칙"`, "phrase"), example("HBM -삼성", "not"), example("TPU OR Trainium", "or"),
		example("scal*", "prefix"), example("title:스케일링", "title"), example("ㅅㅋㅇㄹ", "initials"), example("tmzpdlffld", "layout"),
	}
}

// yearSpan is a calendar year, half-open.
func yearSpan(year int) (from, to time.Time) {
	return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC)
}
