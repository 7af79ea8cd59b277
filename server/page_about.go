package server

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/templates"
)

func (s *Server) pageAbout(c *fiber.Ctx) error {
	lang, ctx := s.lang(c), c.UserContext()
	page := templates.About{Frame: s.frame(c, "", say(lang, "nav.about"))}
	catalogue, err := s.engine.Metrics(ctx)
	if err != nil {
		return err
	}
	subjects, err := s.engine.Subjects(ctx, "")
	if err != nil {
		return err
	}
	total := 0
	for _, m := range catalogue.Metrics {
		if m.Expression == "" {
			total += m.Observations
		}
	}
	page.Counts = []templates.Basis{
		{Term: say(lang, "about.observations"), Value: quantity.Format(float64(total), "", lang)},
		{Term: say(lang, "about.metrics"), Value: quantity.Format(float64(len(catalogue.Metrics)), "", lang)},
		{Term: say(lang, "about.subjects"), Value: quantity.Format(float64(len(subjects.Subjects)), "", lang)},
		{Term: say(lang, "about.reports"), Value: strconv.Itoa(len(s.cfg.Library.Reports()))},
	}
	if page.Publishers, err = s.allPublishers(c); err != nil {
		return err
	}
	if s.cfg.Ingests != nil {
		if err := s.aboutIngests(ctx, &page); err != nil {
			return err
		}
	}
	return s.render(c, page)
}

// aboutIngests adds what was read, set aside and not resolved.
func (s *Server) aboutIngests(ctx context.Context, page *templates.About) error {
	sources, err := s.cfg.Ingests.Sources(ctx)
	if err != nil {
		return err
	}
	for _, x := range sources {
		page.Sources = append(page.Sources, templates.AboutSource{Name: x.Source, Kind: x.Kind, Location: x.Location, Version: x.Version,
			ReadAt: day(x.ReadAt), Quarantined: strconv.Itoa(x.Quarantined)})
	}
	rows, err := s.cfg.Ingests.Quarantine(ctx, 100)
	if err != nil {
		return err
	}
	for _, q := range rows {
		row := ""
		if q.Row > 0 {
			row = strconv.Itoa(q.Row)
		}
		page.Quarantine = append(page.Quarantine, templates.QuarantineRow{Source: q.Source, File: q.File, Row: row, Reason: q.Reason})
	}
	unresolved, err := s.cfg.Ingests.Unresolved(ctx, 60)
	if err != nil {
		return err
	}
	for _, u := range unresolved {
		page.Unresolved = append(page.Unresolved, templates.UnresolvedRow{Name: u.Name, URL: "/subjects/" + u.Subject, N: strconv.Itoa(u.Observations)})
	}
	runs, err := s.cfg.Ingests.Runs(ctx, 20)
	if err != nil {
		return err
	}
	for _, r := range runs {
		row := templates.RunRow{Date: r.FinishedAt.UTC().Format("2006-01-02 15:04"), Source: r.Source, Result: say(page.Lang, "run."+r.Result), Error: r.Error}
		if r.Added+r.Revised+r.Withdrawn > 0 {
			count := func(n int) string { return quantity.Format(float64(n), "count", page.Lang) }
			row.Counts = say(page.Lang, "run.counts", count(r.Added), count(r.Revised), count(r.Withdrawn))
		}
		page.Runs = append(page.Runs, row)
	}
	return nil
}

// allPublishers lists where definitions and licences are from, one entry per publisher.
func (s *Server) allPublishers(c *fiber.Ctx) ([]templates.SourceItem, error) {
	catalogue, err := s.engine.Metrics(c.UserContext())
	if err != nil {
		return nil, err
	}
	var out []templates.SourceItem
	seen := map[string]bool{}
	for _, m := range catalogue.Metrics {
		if m.Source.Name != "" && !seen[m.Source.Name] {
			seen[m.Source.Name] = true
			out = append(out, templates.SourceItem{Name: m.Source.Name, URL: m.Source.URL, Note: m.Source.License})
		}
	}
	slices.SortFunc(out, func(a, b templates.SourceItem) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
