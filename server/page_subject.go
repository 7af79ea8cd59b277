package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// pageSubject shows all that is known of a model, chip, processor or site.
func (s *Server) pageSubject(c *fiber.Ctx) error {
	ctx, lang := c.UserContext(), s.lang(c)
	f, err := query.ParseFilter(values(c))
	if err != nil {
		return err
	}
	subject, err := s.engine.Subject(ctx, strings.Clone(c.Params("id")), f.AsOf)
	if err != nil {
		return err
	}
	if form := formOf(c); form != "" {
		return s.answer(c, subject)
	}
	name := subject.Name
	if name == "" {
		name = subject.ID
	}
	page := templates.Subject{Frame: s.frame(c, "metrics", name), Heading: name, Kind: subjectKind(lang, subject.Kind)}
	page.Facts, err = s.subjectFacts(ctx, lang, subject)
	if err != nil {
		return err
	}
	for _, d := range subject.Dated {
		page.Dated = append(page.Dated, templates.Basis{Term: d.Date.Format(time.DateOnly), Value: strings.Join(d.Sources, ", ")})
	}
	for _, snapshot := range subject.Snapshots {
		choice := templates.Choice{Label: snapshot.Name, URL: subjectURL(snapshot.ID)}
		if snapshot.Released != nil {
			choice.Count = snapshot.Released.Format(time.DateOnly)
		}
		page.Snapshots = append(page.Snapshots, choice)
	}
	if page.Groups, err = s.subjectGroups(ctx, lang, subject, f.AsOf); err != nil {
		return err
	}
	if page.Reports, err = s.citing(ctx, "subject", subject.ID, lang, f.AsOf); err != nil {
		return err
	}
	page.Description = say(lang, "subject.description", name, len(subject.Observations))
	return s.render(c, page)
}

func subjectKind(lang, kind string) string {
	if kind == "" {
		return ""
	}
	if text := say(lang, "subject.kind-"+kind); text != "subject.kind-"+kind {
		return text
	}
	return kind
}

// subjectFacts are who made the subject, where, when, and under which names it goes.
func (s *Server) subjectFacts(ctx context.Context, lang string, subject query.Subject) ([]templates.Basis, error) {
	var facts []templates.Basis
	add := func(term, value string) {
		if value != "" {
			facts = append(facts, templates.Basis{Term: say(lang, term), Value: value})
		}
	}
	add("subject.organization", subject.Organization)
	add("subject.country", countryText(lang, subject.Country))
	if subject.Access != "" {
		add("subject.access", say(lang, "access."+subject.Access))
	}
	if subject.Released != nil {
		add("subject.released", subject.Released.Format(time.DateOnly))
	}
	if subject.Family != "" && subject.Family != subject.ID {
		family, err := s.engine.Subject(ctx, subject.Family, time.Time{})
		if err == nil {
			page := family.Name
			add("subject.family", page)
		}
	}
	add("subject.aliases", strings.Join(subject.Aliases, ", "))
	return facts, ctx.Err()
}

// countryText is a country's name in the reader's language, where it is known.
func countryText(lang, country string) string {
	key := "country." + strings.ToLower(strings.ReplaceAll(country, " ", "-"))
	if text := say(lang, key); country != "" && text != key {
		return text
	}
	return country
}

// subjectGroups are the subject's values by kind of metric.
func (s *Server) subjectGroups(ctx context.Context, lang string, subject query.Subject, asOf time.Time) ([]templates.SubjectGroup, error) {
	catalogue, err := s.engine.Metrics(ctx)
	if err != nil {
		return nil, err
	}
	byMetric := map[string][]query.MetricObservation{}
	for _, o := range subject.Observations {
		byMetric[o.Metric] = append(byMetric[o.Metric], o)
	}
	var groups []templates.SubjectGroup
	for _, g := range byKind(catalogue.Metrics) {
		group := templates.SubjectGroup{Title: kindTitle(lang, g.kind)}
		for _, m := range g.metrics {
			observations := byMetric[m.ID]
			if m.Expression != "" {
				if observations, err = s.derived(ctx, m, subject.ID, asOf); err != nil {
					return nil, err
				}
			}
			if len(observations) == 0 {
				continue
			}
			record, err := s.isRecord(ctx, m.ID, subject.ID, asOf)
			if err != nil {
				return nil, err
			}
			disagree := len(observations) > 1
			for i, o := range slices.Backward(observations) {
				row := templates.SubjectRow{Metric: m.Title.In(lang), URL: metricURL(m.ID), Setting: o.Setting,
					Value: quantity.Format(o.Value, m.Unit, lang), Interval: intervalText(lang, o.Observation, m.Unit),
					Date: o.Time.Format(time.DateOnly), Source: o.Source.Name, SourceURL: o.Source.URL,
					Record: record(o), Repeated: disagree && i < len(observations)-1}
				group.Rows = append(group.Rows, row)
			}
		}
		if len(group.Rows) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// derived computes what a subject's values come to on a metric that follows from others.
func (s *Server) derived(ctx context.Context, m query.CatalogueEntry, subject string, asOf time.Time) ([]query.MetricObservation, error) {
	series, err := s.engine.Series(ctx, query.Filter{Metric: m.ID, Subject: subject, AsOf: asOf})
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", m.ID, subject, err)
	}
	out := make([]query.MetricObservation, len(series.Observations))
	for i, o := range series.Observations {
		out[i] = query.MetricObservation{Metric: m.ID, Observation: o}
	}
	return out, nil
}

// isRecord tells which observation of a subject is the record of a metric as at a time, if one is.
func (s *Server) isRecord(ctx context.Context, metric, subject string, asOf time.Time) (func(query.MetricObservation) bool, error) {
	f, err := s.engine.Frontier(ctx, query.Filter{Metric: metric, AsOf: asOf})
	if err != nil {
		return nil, fmt.Errorf("record of %s: %w", metric, err)
	}
	if len(f.Records) == 0 || f.Records[len(f.Records)-1].Subject != subject {
		return func(query.MetricObservation) bool { return false }, nil
	}
	best := f.Records[len(f.Records)-1]
	return func(o query.MetricObservation) bool {
		return o.Value == best.Value && o.Setting == best.Setting && o.Source.Name == best.Source.Name && o.Time.Equal(best.Time.Time)
	}, nil
}
