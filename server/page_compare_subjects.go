package server

import (
	"bytes"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// namedSubjects are those of subject=, by one parameter each or divided by commas.
func namedSubjects(c *fiber.Ctx) string {
	return string(bytes.Join(c.Context().QueryArgs().PeekMulti("subject"), []byte(",")))
}

// pageCompareSubjects shows subjects side by side, each value beside how far it is from the best of them.
func (s *Server) pageCompareSubjects(c *fiber.Ctx, named string) error {
	lang := s.lang(c)
	p, err := query.ParseSubjects(func(name string) string {
		if name == "subject" {
			return named
		}
		return strings.Clone(c.Query(name))
	})
	if err != nil {
		return err
	}
	page := templates.CompareSubjects{Frame: s.frame(c, "compare", say(lang, "nav.compare")), Asked: strings.Join(p.Names, ", ")}
	page.Description = say(lang, "compare.subjects-deck")
	compared, err := s.engine.CompareSubjects(c.UserContext(), p)
	var unknown *query.UnknownError
	if errors.As(err, &unknown) && formOf(c) == "" {
		page.Wrong, page.Frame.NoIndex, page.Frame.Canonical = unknown.Why.In(lang), true, ""
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Status(fiber.StatusNotFound)
		return s.render(c, page)
	}
	if err != nil {
		return err
	}
	drawn := subjectsChart{compared, lang}
	switch {
	case wantsChart(c) && len(compared.Metrics) > 0:
		v, err := parseView(c, "", false)
		if err != nil {
			return err
		}
		return s.sendDrawing(c, drawn.spec(v, wideWidth))
	case wantsChart(c):
		return errNotFound
	case formOf(c) != "":
		return s.answer(c, compared)
	}
	for _, e := range compared.Subjects {
		page.Subjects = append(page.Subjects, templates.Choice{Label: e.Name, URL: subjectURL(e.ID)})
	}
	for _, m := range compared.Metrics {
		page.Rows = append(page.Rows, sharedRow(lang, m))
	}
	if len(compared.Metrics) > 0 {
		if page.Chart, err = s.subjectsFigure(c, drawn); err != nil {
			return err
		}
	}
	return s.render(c, page)
}

// sharedRow writes a metric's values, those behind the best with their distance: a factor where the metric is read on a log scale.
func sharedRow(lang string, m query.SharedMetric) templates.SubjectsRow {
	row := templates.SubjectsRow{Metric: m.Title.In(lang), URL: metricURL(m.ID), Cells: make([]templates.SubjectsCell, len(m.Best))}
	best := m.Lead()
	for i, o := range m.Best {
		if o == nil {
			continue
		}
		cell := &row.Cells[i]
		cell.Value, cell.Setting = quantity.Format(o.Value, m.Unit, lang), o.Setting
		switch {
		case o.Value == best:
			cell.Best = true
		case m.Scale == "log" && best > 0 && o.Value > 0:
			cell.Behind = factorText(lang, roundedTo(o.Value/best, 2))
		default:
			cell.Behind = quantity.Delta(o.Value-best, m.Unit, lang)
		}
	}
	return row
}
