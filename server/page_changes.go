package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

func (s *Server) pageChanges(c *fiber.Ctx) error {
	lang := s.lang(c)
	p, err := query.ParseChanges(values(c))
	if err != nil {
		return err
	}
	changes, err := s.engine.Changes(c.UserContext(), p)
	if err != nil {
		return err
	}
	page := templates.Changes{Frame: s.frame(c, "changes", say(lang, "nav.changes"))}
	page.Frame.Feed = "/feeds/changes.atom"
	for _, ch := range changes.Changes {
		date := day(ch.RecordedAt.Time)
		if n := len(page.Days); n == 0 || page.Days[n-1].Date != date {
			page.Days = append(page.Days, templates.ChangeDay{Date: date})
		}
		d := &page.Days[len(page.Days)-1]
		item := templates.ChangeItem{Kind: say(lang, "changes."+ch.Kind), Text: ch.Text.In(lang), Source: ch.Source}
		switch {
		case ch.Metric != "":
			item.URL = "/metrics/" + ch.Metric
		case ch.Subject != "":
			item.URL = "/subjects/" + ch.Subject
		}
		if item.Source == ch.Text.In(lang) || strings.HasPrefix(ch.Text.In(lang), ch.Source) {
			item.Source = ""
		}
		d.Changes = append(d.Changes, item)
	}
	return s.render(c, page)
}
