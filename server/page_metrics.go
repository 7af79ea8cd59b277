package server

import (
	"context"
	"html/template"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// pageMetrics is the catalogue: every metric with its record and how it came to be.
func (s *Server) pageMetrics(c *fiber.Ctx) error {
	ctx, lang := c.UserContext(), s.lang(c)
	catalogue, err := s.engine.Metrics(ctx)
	if err != nil {
		return err
	}
	if form := formOf(c); form != "" {
		return s.answer(c, catalogue)
	}
	page := templates.Metrics{Frame: s.frame(c, "metrics", say(lang, "nav.metrics"))}
	page.Description = say(lang, "metrics.deck")
	for _, group := range byKind(catalogue.Metrics) {
		g := templates.MetricGroup{ID: group.kind, Title: kindTitle(lang, group.kind)}
		for _, m := range group.metrics {
			item, err := s.metricItem(ctx, lang, m)
			if err != nil {
				return err
			}
			g.Metrics = append(g.Metrics, item)
		}
		page.Groups = append(page.Groups, g)
	}
	return s.render(c, page)
}

// kindTitle names a kind of metrics; a kind of the operator's own is its own name.
func kindTitle(lang, kind string) string {
	if title := say(lang, "metrics."+kind); title != "metrics."+kind {
		return title
	}
	return kind
}

// kindGroup is the metrics of one kind.
type kindGroup struct {
	kind    string
	metrics []query.CatalogueEntry
}

// byKind groups metrics that have observations, and puts those with most of them first.
func byKind(all []query.CatalogueEntry) []kindGroup {
	var groups []kindGroup
	index := map[string]int{}
	for _, k := range metrics.Kinds() {
		index[k] = len(groups)
		groups = append(groups, kindGroup{kind: k})
	}
	for _, m := range all {
		if m.Observations == 0 {
			continue
		}
		i, ok := index[m.Kind]
		if !ok {
			i = len(groups)
			index[m.Kind] = i
			groups = append(groups, kindGroup{kind: m.Kind})
		}
		groups[i].metrics = append(groups[i].metrics, m)
	}
	groups = slices.DeleteFunc(groups, func(g kindGroup) bool { return len(g.metrics) == 0 })
	for _, g := range groups {
		slices.SortStableFunc(g.metrics, func(a, b query.CatalogueEntry) int { return b.Observations - a.Observations })
	}
	return groups
}

// metricItem is a line of the catalogue.
func (s *Server) metricItem(ctx context.Context, lang string, m query.CatalogueEntry) (templates.MetricItem, error) {
	f, err := s.engine.Frontier(ctx, query.Filter{Metric: m.ID})
	if err != nil {
		return templates.MetricItem{}, err
	}
	item := templates.MetricItem{URL: metricURL(m.ID), Title: m.Title.In(lang), Definition: m.Definition.In(lang),
		N: say(lang, "metrics.counts", m.Observations, len(f.Records))}
	if len(f.Records) == 0 {
		return item, nil
	}
	last := f.Records[len(f.Records)-1]
	item.Record, item.Who, item.Date = quantity.Format(last.Value, m.Unit, lang), last.Name, last.Time.Format(time.DateOnly)
	item.Spark = recordSpark(lang, f)
	return item, nil
}

// recordSpark draws how a record rose.
func recordSpark(lang string, f query.Frontier) template.HTML {
	if len(f.Records) < 2 {
		return ""
	}
	points := make([]chart.Point, len(f.Records))
	for i, r := range f.Records {
		points[i] = chart.Point{Time: r.Time.Time, Y: r.Value, Name: r.Name, Detail: r.Source.Name}
	}
	first, last := f.Records[0], f.Records[len(f.Records)-1]
	spark := chart.Spark{Lang: lang, Points: points,
		Title: say(lang, "metrics.spark", f.Metric.Title.In(lang)),
		Desc: say(lang, "metrics.spark-desc", quantity.Month(first.Time.Time, lang), quantity.Format(first.Value, f.Metric.Unit, lang),
			quantity.Month(last.Time.Time, lang), quantity.Format(last.Value, f.Metric.Unit, lang)),
		X: chart.Axis{Time: true}, Y: chart.Axis{Log: f.Metric.Scale == "log", Unit: f.Metric.Unit}}
	return template.HTML(spark.SVG()) //nolint:gosec // chart escapes what it draws
}

// metricOptions are the metrics with data as options of a select, by kind.
func metricOptions(lang string, all []query.CatalogueEntry, chosen string) []templates.OptionGroup {
	var groups []templates.OptionGroup
	for _, g := range byKind(all) {
		group := templates.OptionGroup{Label: kindTitle(lang, g.kind)}
		for _, m := range g.metrics {
			group.Options = append(group.Options, templates.Choice{Label: m.Title.In(lang), Value: m.ID, Current: m.ID == chosen})
		}
		groups = append(groups, group)
	}
	return groups
}
