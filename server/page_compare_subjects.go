package server

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// subjectComparison sets subjects side by side on every metric that at least two of them were measured on.
type subjectComparison struct {
	Subjects []query.SubjectEntry `json:"subjects"`
	Metrics  []sharedMetric       `json:"metrics"`
}

// sharedMetric is a metric and the best value of each subject that has one.
type sharedMetric struct {
	metrics.Metric
	Best []*query.Observation `json:"best"` // by subject, in the order of the comparison; null where there is none
}

// leader is the subject with the best value.
func (m sharedMetric) leader() int {
	leader := -1
	for i, o := range m.Best {
		if o != nil && (leader < 0 || (o.Value > m.Best[leader].Value) != m.LowerIsBetter() && o.Value != m.Best[leader].Value) {
			leader = i
		}
	}
	return leader
}

// Table implements [query.Tabular].
func (c subjectComparison) Table() query.Table {
	t := query.Table{Header: []string{"metric", "unit"}}
	for _, s := range c.Subjects {
		t.Header = append(t.Header, s.ID)
	}
	for _, m := range c.Metrics {
		row := []string{m.ID, m.Unit}
		for _, o := range m.Best {
			cell := ""
			if o != nil {
				cell = strconv.FormatFloat(o.Value, 'g', -1, 64)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// compareSubjects answers for the subjects that a request names by id, name or alias, up to [maxCompared].
func (s *Server) compareSubjects(ctx context.Context, named []string, f query.Filter) (subjectComparison, error) {
	out := subjectComparison{Metrics: []sharedMetric{}}
	all, err := s.engine.Subjects(ctx, "")
	if err != nil {
		return out, err
	}
	best := map[string][]*query.Observation{}
	catalogue, err := s.engine.Metrics(ctx)
	if err != nil {
		return out, err
	}
	lower := map[string]bool{}
	for _, m := range catalogue.Metrics {
		lower[m.ID] = m.LowerIsBetter()
	}
	for _, name := range named[:min(len(named), maxCompared)] {
		entry, ok := subjectNamed(all.Subjects, name)
		if !ok {
			return out, fmt.Errorf("%w: %s", metrics.ErrUnknownSubject, name)
		}
		if slices.ContainsFunc(out.Subjects, func(e query.SubjectEntry) bool { return e.ID == entry.ID }) {
			continue
		}
		subject, err := s.engine.Subject(ctx, entry.ID, f.AsOf)
		if err != nil {
			return out, err
		}
		i := len(out.Subjects)
		out.Subjects = append(out.Subjects, entry)
		observations := subject.Observations
		for _, snapshot := range subject.Snapshots { // a model is measured by its dated snapshots
			dated, err := s.engine.Subject(ctx, snapshot.ID, f.AsOf)
			if err != nil {
				return out, err
			}
			observations = append(observations, dated.Observations...)
		}
		for _, o := range observations {
			if best[o.Metric] == nil {
				best[o.Metric] = make([]*query.Observation, maxCompared)
			}
			if held := best[o.Metric][i]; held == nil || o.Value != held.Value && (o.Value > held.Value) != lower[o.Metric] {
				best[o.Metric][i] = &o.Observation
			}
		}
	}
	for _, g := range byKind(catalogue.Metrics) {
		for _, m := range g.metrics {
			values := best[m.ID]
			if values == nil {
				continue
			}
			values = values[:len(out.Subjects)]
			measured := len(values) - len(slices.DeleteFunc(slices.Clone(values), func(o *query.Observation) bool { return o != nil }))
			if measured >= min(2, len(out.Subjects)) {
				out.Metrics = append(out.Metrics, sharedMetric{m.Metric, values})
			}
		}
	}
	return out, nil
}

// subjectNamed finds a subject by its id, its name or an alias, in any case.
func subjectNamed(all []query.SubjectEntry, name string) (query.SubjectEntry, bool) {
	for _, is := range []func(query.SubjectEntry) bool{
		func(e query.SubjectEntry) bool { return e.ID == name },
		func(e query.SubjectEntry) bool { return strings.EqualFold(e.Name, name) },
		func(e query.SubjectEntry) bool {
			return slices.ContainsFunc(e.Aliases, func(a string) bool { return strings.EqualFold(a, name) })
		},
	} {
		if i := slices.IndexFunc(all, is); i >= 0 {
			return all[i], true
		}
	}
	return query.SubjectEntry{}, false
}

// namedSubjects are those of subject=, by one parameter each or divided by commas.
func namedSubjects(c *fiber.Ctx) []string {
	var out []string
	for _, v := range c.Context().QueryArgs().PeekMulti("subject") {
		for name := range strings.SplitSeq(string(v), ",") {
			if name = strings.TrimSpace(name); name != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

// pageCompareSubjects shows subjects side by side, each value beside how far it is from the best of them.
func (s *Server) pageCompareSubjects(c *fiber.Ctx, named []string) error {
	lang := s.lang(c)
	f, err := query.ParseFilter(func(name string) string {
		if name != "as_of" {
			return ""
		}
		return strings.Clone(c.Query(name))
	})
	if err != nil {
		return err
	}
	compared, err := s.compareSubjects(c.UserContext(), named, f)
	if err != nil {
		return err
	}
	if formOf(c) != "" {
		return s.answer(c, compared)
	}
	page := templates.CompareSubjects{Frame: s.frame(c, "compare", say(lang, "nav.compare")), Asked: strings.Join(named, ", ")}
	page.Description = say(lang, "compare.subjects-deck")
	for _, e := range compared.Subjects {
		page.Subjects = append(page.Subjects, templates.Choice{Label: e.Name, URL: subjectURL(e.ID)})
	}
	for _, m := range compared.Metrics {
		page.Rows = append(page.Rows, m.row(lang))
	}
	address := func(form string) string { return strings.Replace(s.with(c), "/compare", "/compare"+form, 1) }
	page.Tools = &templates.Tools{CSV: address(".csv"), JSON: address(".json"), Pinned: s.pinned(c.UserContext(), c)}
	return s.render(c, page)
}

// row writes a metric's values, those behind the best with their distance: a factor where the metric is read on a log scale.
func (m sharedMetric) row(lang string) templates.SubjectsRow {
	row := templates.SubjectsRow{Metric: m.Title.In(lang), URL: metricURL(m.ID)}
	leader := m.leader()
	for i, o := range m.Best {
		cell := templates.SubjectsCell{}
		if o != nil {
			cell.Value, cell.Setting, cell.Best = chart.FormatValue(o.Value, m.Unit, lang), o.Setting, i == leader
			if best := m.Best[leader].Value; o.Value != best && m.Scale == "log" && best > 0 && o.Value > 0 {
				cell.Behind = factorText(lang, o.Value/best)
			} else if o.Value != best {
				cell.Behind = chart.FormatDelta(o.Value-best, m.Unit, lang)
			}
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}
