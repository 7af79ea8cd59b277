package server

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/templates"
)

// maxTerms is the most that one view of the glossary lists; a narrower question shows the rest.
const maxTerms = 400

func (s *Server) pageGlossary(c *fiber.Ctx) error {
	lang := s.lang(c)
	v := values(c)
	find, kind := strings.ToLower(strings.TrimSpace(norm.NFC.String(v("find")))), v("kind")
	page := templates.Glossary{Frame: s.frame(c, "glossary", say(lang, "nav.glossary")), Find: v("find")}
	kinds := map[string]int{}
	var terms []glossaryTerm
	all := s.glossary()
	for _, e := range all.sorted[lang] {
		if find != "" && !containsTerm(e.GlossaryEntry, find) {
			continue
		}
		kinds[e.Kind]++
		if kind == "" || e.Kind == kind {
			terms = append(terms, e)
		}
	}
	page.Kinds = s.facet(c, "kind", kind, kinds, func(k string) string { return say(lang, "glossary.kind."+k) })
	page.Total = say(lang, "glossary.total", len(terms))
	for _, e := range terms[:min(len(terms), maxTerms)] {
		initial := initialOf(termKey(e.GlossaryEntry, lang))
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Initial != initial {
			page.Groups = append(page.Groups, templates.TermGroup{Initial: initial})
		}
		g := &page.Groups[len(page.Groups)-1]
		ko := e.Ko
		if ko == "" {
			ko = e.En
		}
		item := templates.TermItem{ID: e.id, Ko: ko, En: e.En, Variants: strings.Join(e.Variants, ", "), Note: e.Note, URL: "/search?q=" + url.QueryEscape(ko)}
		if len(all.mined[item.ID].Renderings) > 0 {
			item.URL = "/glossary/" + url.PathEscape(item.ID)
		}
		g.Terms = append(g.Terms, item)
	}
	return s.render(c, page)
}

func containsTerm(e search.GlossaryEntry, find string) bool {
	for _, form := range append([]string{e.Ko, e.En}, e.Variants...) {
		if strings.Contains(strings.ToLower(form), find) {
			return true
		}
	}
	return false
}

// initialOf is the heading that a term stands under: its initial consonant, its letter, or #.
func initialOf(key string) string {
	r, _ := utf8.DecodeRuneInString(key)
	switch {
	case r >= '가' && r <= '힣':
		const initials = "ㄱㄱㄴㄷㄷㄹㅁㅂㅂㅅㅅㅇㅈㅈㅊㅋㅌㅍㅎ" // doubled consonants stand under the plain ones
		return string([]rune(initials)[(r-'가')/588])
	case r >= 'a' && r <= 'z':
		return strings.ToUpper(string(r))
	}
	return "#"
}
