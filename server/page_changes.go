package server

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/metrics"
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
		item := changeItem(ch, lang)
		if !strings.HasPrefix(item.Text, ch.Source) {
			item.Source = ch.Source
		}
		for _, e := range ch.Events {
			value := changeItem(e, lang)
			if e.Kind != metrics.ChangeRecord {
				value.Kind = ""
			}
			item.Values = append(item.Values, value)
		}
		d.Changes = append(d.Changes, item)
	}
	if p.Offset > 0 {
		page.Prev = s.with(c, "offset", offsetText(p.Offset-p.Limit))
	}
	if changes.More {
		page.Next = s.with(c, "offset", offsetText(p.Offset+p.Limit), "until", pagedUntil(p, changes))
	}
	return s.render(c, page)
}

func changeItem(ch query.Change, lang string) templates.ChangeItem {
	item := templates.ChangeItem{Kind: say(lang, "changes."+ch.Kind), Text: ch.Text.In(lang)}
	switch {
	case ch.Metric != "":
		item.URL = "/metrics/" + ch.Metric
	case ch.Subject != "":
		item.URL = "/subjects/" + ch.Subject
	}
	return item
}

// pagedUntil is what older pages ask for beside an offset, so that changes recorded meanwhile do not move them: until just after the newest
// change of the first page.
func pagedUntil(p query.ChangesParams, changes query.Changes) string {
	until := p.Until
	if until.IsZero() && len(changes.Changes) > 0 {
		until = changes.Changes[0].RecordedAt.Add(time.Nanosecond)
	}
	return query.ChangesParams{Until: until}.Values().Get("until")
}
