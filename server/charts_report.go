package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// fitNone asks for the observations alone.
const fitNone = "none"

// trendFigure is a chart within a report, looked at apart from the report's other charts, by the id of its block. Several
// metrics are drawn as one line each: in their own unit where they share one, as multiples of where they stood at a common
// start where they don't. A block that names what the ledger does not have, or that can't be read, gives a figure that says
// so: the text around it is still to be read.
func (s *Server) trendFigure(c *fiber.Ctx, lang string, b content.TrendBlock) (*templates.Chart, error) {
	ids := strings.Split(b.Metric, ",")
	all, asked, err := s.measureAll(c.UserContext(), lang, ids, map[string]string{"of": b.Of, "fit": b.Fit, "since": b.Since, "until": b.Until})
	if errors.Is(err, metrics.ErrUnknownMetric) || errors.Is(err, query.ErrParameter) {
		why := template.HTMLEscapeString(say(lang, "chart.missing", strings.Join(ids, ", ")))
		return &templates.Chart{What: cmp.Or(b.Caption, strings.Join(ids, ", ")), Caption: template.HTML(why)}, nil //nolint:gosec // escaped
	}
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].scale = chosenScale(c, b.Anchor)
	}
	draw := func(width, height int) chart.Spec {
		if len(all) == 1 {
			return all[0].spec(lang, width, height)
		}
		return comparison(all).spec(lang, width, height)
	}
	f, err := s.interactive(c, "", renderings{wide: draw(textWidth, textHeight), narrow: draw(narrowWidth, narrowHeight), scales: true, apart: b.Anchor})
	if err != nil {
		return nil, err
	}
	if b.Caption != "" {
		f.What = b.Caption
	}
	look := viewed(c, b.Anchor, asked)
	if b.Fit == fitNone && len(all) == 1 { // a comparison draws no curves
		look.Set("hide", strings.Join(append(strings.FieldsFunc(look.Get("hide"), func(r rune) bool { return r == ',' }), partFit), ","))
	}
	f.Caption = template.HTML(template.HTMLEscapeString(sourceLine(lang, all)) + onward(lang, len(all), asked, look)) //nolint:gosec // escaped
	return f, nil
}

// onward are the ways on from a chart within a report: the page that asks the same and looks at it alike, its data, and the
// drawing itself.
func onward(lang string, metrics int, asked, look url.Values) string {
	page, data := "/trends", "/api/v1/series.csv"
	if metrics > 1 {
		page, data = "/compare", "/compare.csv"
	}
	var b strings.Builder
	for _, link := range []struct{ address, text string }{{page + "?" + look.Encode(), say(lang, "chart.ask")}, {data + "?" + asked.Encode(), "CSV"},
		{page + ".svg?" + look.Encode(), "SVG"}, {page + ".png?" + look.Encode(), "PNG"}} {
		fmt.Fprintf(&b, ` <a href="%s">%s</a>`, template.HTMLEscapeString(link.address), template.HTMLEscapeString(link.text))
	}
	return b.String()
}

// measureAll asks the same of several metrics, and returns the parameters that ask it again.
func (s *Server) measureAll(ctx context.Context, lang string, ids []string, parameters map[string]string) ([]measured, url.Values, error) {
	var all []measured
	var names []string
	asked := url.Values{}
	curve := parameters["fit"] != fitNone
	for name, v := range parameters {
		if v != "" && (curve || name != "fit") {
			asked.Set(name, v)
		}
	}
	for _, id := range ids {
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		p, err := query.ParseTrend(func(name string) string {
			if name == "metric" {
				return id
			}
			return asked.Get(name)
		})
		if err != nil {
			return nil, nil, err
		}
		m, err := s.measure(ctx, p, lang)
		if err != nil {
			return nil, nil, err
		}
		m.reports = nil // the reader is in one
		if !curve {
			m.trend = nil
		}
		all, names = append(all, m), append(names, id)
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("%w: a chart of no metric", metrics.ErrUnknownMetric)
	}
	asked.Set("metric", strings.Join(names, ","))
	return all, asked, nil
}
