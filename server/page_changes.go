package server

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// changesOnPage is how many lines a page of changes has unless the address says.
const changesOnPage = 100

func (s *Server) pageChanges(c *fiber.Ctx) error {
	lang := s.lang(c)
	p, err := query.ParseChanges(values(c))
	if err != nil {
		return err
	}
	if c.Query("limit") == "" {
		p.Limit = changesOnPage
	}
	lines, newest, more, err := s.changeLines(c.UserContext(), p)
	if err != nil {
		return err
	}
	page := templates.Changes{Frame: s.frame(c, "changes", say(lang, "nav.changes"))}
	page.Frame.Feed = "/feeds/changes.atom"
	for _, line := range lines {
		date := day(line[0].RecordedAt.Time)
		if n := len(page.Days); n == 0 || page.Days[n-1].Date != date {
			page.Days = append(page.Days, templates.ChangeDay{Date: date})
		}
		d := &page.Days[len(page.Days)-1]
		d.Changes = append(d.Changes, lineItem(line, lang))
	}
	if p.Offset > 0 {
		page.Prev = s.with(c, "offset", offsetText(p.Offset-p.Limit))
	}
	if more {
		page.Next = s.with(c, "offset", offsetText(p.Offset+p.Limit), "until", pagedUntil(p, newest))
	}
	return s.render(c, page)
}

// changesAtOnce is how many changes are asked for at once.
const changesAtOnce = 500

// changeLines are the changes that a page tells, one to a line but for sources of which there was nothing before: those that
// follow each other on one day are one line, since hundreds come at once when a ledger is new. The page's limit and offset
// count lines. Also returned are the newest changes, and whether there are older lines.
func (s *Server) changeLines(ctx context.Context, p query.ChangesParams) (lines [][]query.Change, newest query.Changes, more bool, err error) {
	for at := 0; ; at += changesAtOnce {
		q := p
		q.Offset, q.Limit = at, changesAtOnce
		changes, err := s.engine.Changes(ctx, q)
		if err != nil {
			return nil, newest, false, err
		}
		if at == 0 {
			newest = changes
		}
		if lines, more = appendLines(lines, changes.Changes, p.Offset+p.Limit); more {
			return lines[p.Offset:], newest, true, nil
		}
		if !changes.More {
			return lines[min(p.Offset, len(lines)):], newest, false, nil
		}
	}
}

// appendLines goes on to tell changes in lines, up to most of them, and reports whether there is more to tell.
func appendLines(lines [][]query.Change, changes []query.Change, most int) (all [][]query.Change, more bool) {
	for _, ch := range changes {
		if n := len(lines); n > 0 && ch.FirstOfSource() && lines[n-1][0].FirstOfSource() && day(ch.RecordedAt.Time) == day(lines[n-1][0].RecordedAt.Time) {
			lines[n-1] = append(lines[n-1], ch)
			continue
		}
		if len(lines) == most {
			return lines, true
		}
		lines = append(lines, []query.Change{ch})
	}
	return lines, false
}

// lineItem is a line of changes in words.
func lineItem(line []query.Change, lang string) templates.ChangeItem {
	if len(line) > 1 {
		return firstItem(line, lang)
	}
	ch := line[0]
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
	item.Unfold = say(lang, "changes.values", len(item.Values))
	return item
}

// firstItem sums up sources of which there was nothing before, the largest first.
func firstItem(line []query.Change, lang string) templates.ChangeItem {
	line = slices.Clone(line)
	slices.SortStableFunc(line, func(a, b query.Change) int {
		return cmp.Or(cmp.Compare(b.Rows(), a.Rows()), strings.Compare(a.Source, b.Source))
	})
	item := templates.ChangeItem{Kind: say(lang, "changes.first"), Unfold: say(lang, "changes.sources", len(line))}
	count := func(n int) string { return grouped(float64(n), 0) }
	total := 0
	for _, ch := range line {
		n := ch.Rows()
		rows := say(lang, "changes.rows", count(n))
		if n == 1 {
			rows = say(lang, "changes.row")
		}
		item.Values = append(item.Values, templates.ChangeItem{Source: ch.Source, Text: rows})
		total += n
	}
	item.Text = say(lang, "changes.taken-in", count(len(line)), count(total))
	return item
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
