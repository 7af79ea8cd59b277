package server

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/templates"
)

// keyFigures is how many values of a model or a chip a search shows.
const keyFigures = 3

// withKeyFigures adds to a metric that was found its record, and to a subject its values. An index may be ahead of the ledger or
// behind it, so one that the ledger lacks has none.
func (s *Server) withKeyFigures(ctx context.Context, lang string, catalogue query.Catalogue, h search.Hit, hit templates.Hit) (templates.Hit, error) {
	var err error
	switch h.Kind {
	case search.KindMetric:
		var f query.Frontier
		if f, err = s.engine.Frontier(ctx, query.Filter{Metric: h.ID}); err == nil && len(f.Records) > 0 {
			last := f.Records[len(f.Records)-1]
			hit.Record, hit.Month, hit.Who = quantity.Format(last.Value, f.Metric.Unit, lang), quantity.Month(last.Time.Time, lang), last.Name
			hit.Spark = recordSpark(lang, f)
		}
	case search.KindSubject:
		var subject query.Subject
		if subject, err = s.engine.Subject(ctx, h.ID, time.Time{}); err == nil {
			hit.Figures = figuresOf(lang, catalogue, subject)
		}
	}
	if errors.Is(err, metrics.ErrUnknownMetric) || errors.Is(err, metrics.ErrUnknownSubject) {
		return hit, nil
	}
	return hit, err
}

// figuresOf are the best values of a subject on the metrics that most others have too.
func figuresOf(lang string, catalogue query.Catalogue, subject query.Subject) []templates.Basis {
	best := map[string]float64{}
	for _, o := range subject.Observations {
		best[o.Metric] = o.Value
	}
	shared := slices.DeleteFunc(slices.Clone(catalogue.Metrics), func(m query.CatalogueEntry) bool { _, has := best[m.ID]; return !has })
	slices.SortStableFunc(shared, func(a, b query.CatalogueEntry) int { return cmp.Compare(b.Observations, a.Observations) })
	shared = shared[:min(len(shared), keyFigures)]
	for _, o := range subject.Observations {
		i := slices.IndexFunc(shared, func(m query.CatalogueEntry) bool { return m.ID == o.Metric })
		if i >= 0 && (shared[i].Direction == "lower") == (o.Value < best[o.Metric]) {
			best[o.Metric] = o.Value
		}
	}
	figures := make([]templates.Basis, len(shared))
	for i, m := range shared {
		figures[i] = templates.Basis{Term: m.Title.In(lang), Value: quantity.Format(best[m.ID], m.Unit, lang)}
	}
	return figures
}
