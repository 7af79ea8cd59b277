package server

import (
	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

// pageDesign shows the components with what the library and the ledger hold, made as other pages make them.
func (s *Server) pageDesign(c *fiber.Ctx) error {
	const shown = "gpqa-diamond"
	ctx, lang := c.UserContext(), s.lang(c)
	page := templates.Design{Frame: s.frame(c, "", say(lang, "design.title")), Subject: say(lang, "design.long")}
	for _, l := range []string{"ko", "en"} {
		page.Choices = append(page.Choices, templates.Choice{Label: languageName(l), Value: l, URL: s.with(c, "lang", l), Lang: l, Current: l == lang})
	}
	all, _, err := s.measureAll(ctx, lang, []string{shown}, map[string]string{"of": "frontier", "fit": "logistic"})
	if err != nil {
		return err
	}
	for _, m := range all {
		page.Basis = m.basis(lang, page.Revision)
		if m.trend != nil {
			page.Fits = fitRows(lang, *m.trend)
		}
	}
	for _, r := range s.cfg.Library.Reports() {
		if r.Lang == lang && len(page.Reports) < 3 {
			page.Reports = append(page.Reports, s.reportItem(r, lang))
		}
	}
	if len(page.Reports) > 0 {
		page.Reports[0].Title, page.Reports[0].Summary = page.Subject, page.Subject
	}
	if page.Chart, err = s.trendFigure(c, lang, content.TrendBlock{Anchor: "chart", Metric: shown, Of: query.OfFrontier, Fit: string(trend.Logistic)}); err != nil {
		return err
	}
	if page.Missing, err = s.trendFigure(c, lang, content.TrendBlock{Anchor: "missing", Metric: "no-such-metric"}); err != nil {
		return err
	}
	return s.render(c, page)
}
