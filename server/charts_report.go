package server

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"strings"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// fitNone asks for the observations alone.
const fitNone = "none"

// trendFigure is a chart within a report. Several metrics are drawn as one line each: in their own unit where they share
// one, as multiples of where they stood at a common start where they don't. A block that names what the ledger does not
// have, or that can't be read, gives a figure that says so: the text around it is still to be read.
func (s *Server) trendFigure(ctx context.Context, lang string, ids []string, of, fit, since, until, caption string) (*templates.Chart, error) {
	all, asked, err := s.measureAll(ctx, lang, ids, map[string]string{"of": of, "fit": fit, "since": since, "until": until})
	if errors.Is(err, metrics.ErrUnknownMetric) || errors.Is(err, query.ErrParameter) {
		why := template.HTMLEscapeString(say(lang, "chart.missing", strings.Join(ids, ", ")))
		return &templates.Chart{What: caption, Caption: template.HTML(why)}, nil //nolint:gosec // escaped
	}
	if err != nil {
		return nil, err
	}
	draw := func(width, height int) chart.Spec {
		if len(all) == 1 {
			return all[0].spec(lang, width, height)
		}
		return comparison(all).spec(lang, width, height)
	}
	f := figure("", renderings{wide: draw(textWidth, textHeight), narrow: draw(narrowWidth, narrowHeight)})
	if caption != "" {
		f.What = caption
	}
	f.Caption = template.HTML(template.HTMLEscapeString(sourceLine(lang, all)) + onward(lang, len(all), fit, asked)) //nolint:gosec // escaped
	return f, nil
}

// onward are the ways on from a chart within a report: the page that asks the same, its data, and the drawing itself.
func onward(lang string, metrics int, fit string, asked url.Values) string {
	page, data := "/trends", "/api/v1/series.csv"
	if metrics > 1 {
		page, data = "/compare", "/compare.csv"
	}
	look := url.Values{}
	maps.Copy(look, asked)
	if fit == fitNone && metrics == 1 { // a comparison draws no curves
		look.Set("hide", partFit)
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
