package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

// pageForecasts lists the forecasts that were given, and how they fared.
func (s *Server) pageForecasts(c *fiber.Ctx) error {
	lang := s.lang(c)
	scores, err := s.forecastScores(c)
	if err != nil {
		return err
	}
	f := finding{kind: "forecasts", api: "forecasts", answer: scores, says: []string{scores.Answer.In(lang)},
		columns: []templates.Cell{{Text: say(lang, "col.metric")}, {Text: say(lang, "forecasts.given")}, {Text: say(lang, "forecasts.for")}, optional(say(lang, "fits.fit")),
			right(say(lang, "forecasts.value")), right(say(lang, "forecasts.interval")), right(say(lang, "forecasts.came"))}}
	if metric := strings.Clone(c.Query("metric")); metric != "" {
		f.values = map[string][]string{"metric": {metric}}
	}
	for _, k := range scores.Forecasts {
		came := say(lang, "forecasts.open")
		if o := k.Outcome; o != nil {
			came = say(lang, map[bool]string{true: "forecasts.inside", false: "forecasts.outside"}[o.Inside], quantity.Format(o.Value, k.Unit, lang), o.Name)
		}
		word := func(v float64) string { return quantity.Format(v, k.Unit, lang) }
		f.rows = append(f.rows, templates.FindingRow{Name: k.Title.In(lang), URL: k.URL, Cells: []templates.Cell{date(k.GivenAt.Time), date(k.Time.Time),
			optional(fitName(lang, trend.Kind(k.Fit))), right(word(k.Value)), right(confidenceText(k.Confidence) + ", " + quantity.Span(word(k.Low), "–", word(k.High))), right(came)}})
	}
	return s.findingPage(c, "forecasts", nil, f, nil)
}
