package query

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Catalogue is every metric, with how much there is of it.
type Catalogue struct {
	Metrics []CatalogueEntry `json:"metrics"`
}

// CatalogueEntry is a metric and the number of its live observations.
type CatalogueEntry struct {
	metrics.Metric
	Observations int `json:"observations"`
}

// Metrics lists the catalogue by id.
func (e *Engine) Metrics(ctx context.Context) (Catalogue, error) {
	return cached(ctx, e, "metrics", func() (Catalogue, error) {
		list, err := e.ledger.Metrics(ctx)
		if err != nil {
			return Catalogue{}, fmt.Errorf("catalogue: %w", err)
		}
		counts, err := e.ledger.Counts(ctx)
		if err != nil {
			return Catalogue{}, fmt.Errorf("counts: %w", err)
		}
		out := Catalogue{Metrics: make([]CatalogueEntry, len(list))}
		for i, m := range list {
			out.Metrics[i] = CatalogueEntry{Metric: m, Observations: counts[m.ID]}
			if m.Expression != "" {
				derived, err := e.derive(ctx, m, metrics.Query{Metric: m.ID})
				if err != nil {
					return Catalogue{}, err
				}
				out.Metrics[i].Observations = len(derived)
			}
		}
		return out, nil
	})
}

// Table implements [Tabular].
func (c Catalogue) Table() Table {
	t := Table{Header: []string{"id", "kind", "unit", "scale", "direction", "floor", "ceiling", "title_ko", "title_en", "observations", "source", "url", "license"}}
	for _, m := range c.Metrics {
		t.Rows = append(t.Rows, []string{m.ID, m.Kind, m.Unit, m.Scale, m.Direction, number(m.Floor), number(m.Ceiling), m.Title.Ko, m.Title.En,
			fmt.Sprint(m.Observations), m.Source.Name, m.Source.URL, m.Source.License})
	}
	return t
}

// Subjects is every subject of a kind, or all.
type Subjects struct {
	Subjects []SubjectEntry `json:"subjects"`
}

// SubjectEntry is a subject as it is shown.
type SubjectEntry struct {
	metrics.Subject
	Released *Moment `json:"released,omitempty"`
}

func entry(s metrics.Subject) SubjectEntry {
	return SubjectEntry{Subject: s, Released: known(s.Released)}
}

func known(t time.Time) *Moment {
	if t.IsZero() {
		return nil
	}
	return &Moment{t}
}

// Subjects lists subjects by id.
func (e *Engine) Subjects(ctx context.Context, kind string) (Subjects, error) {
	byID, err := e.subjects(ctx)
	if err != nil {
		return Subjects{}, err
	}
	out := Subjects{Subjects: []SubjectEntry{}}
	for _, s := range byID {
		if kind == "" || s.Kind == kind {
			out.Subjects = append(out.Subjects, entry(s))
		}
	}
	slices.SortFunc(out.Subjects, func(a, b SubjectEntry) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// Table implements [Tabular].
func (s Subjects) Table() Table {
	t := Table{Header: []string{"id", "name", "kind", "organization", "country", "access", "family", "released", "aliases"}}
	for _, e := range s.Subjects {
		t.Rows = append(t.Rows, []string{e.ID, e.Name, e.Kind, e.Organization, e.Country, e.Access, e.Family, moment(e.Released), strings.Join(e.Aliases, "; ")})
	}
	return t
}

// Subject is all that is known of one subject.
type Subject struct {
	SubjectEntry
	Observations []MetricObservation `json:"observations"`
	Dated        []Dating            `json:"dated,omitempty"`     // dates that sources give, where they disagree
	Snapshots    []SubjectEntry      `json:"snapshots,omitempty"` // dated snapshots that belong to it
}

// MetricObservation is an observation with the metric it is of.
type MetricObservation struct {
	Metric string `json:"metric"`
	Observation
}

// Dating is a release date and the sources that give it.
type Dating struct {
	Date    Moment   `json:"date"`
	Sources []string `json:"sources"`
}

// Subject answers what is known of one subject, as of an instant if given. Where sources disagree on when it became
// available, its own date is the one that the identity files give, else the earliest; the others are listed.
func (e *Engine) Subject(ctx context.Context, id string, asOf time.Time) (Subject, error) {
	s, err := e.subject(ctx, id)
	if err != nil {
		return Subject{}, err
	}
	obs, err := e.ledger.SubjectObservations(ctx, id, asOf)
	if err != nil {
		return Subject{}, fmt.Errorf("observations of %s: %w", id, err)
	}
	all, err := e.subjects(ctx)
	if err != nil {
		return Subject{}, err
	}
	catalogue, err := e.ledger.Metrics(ctx)
	if err != nil {
		return Subject{}, fmt.Errorf("catalogue: %w", err)
	}
	out := Subject{SubjectEntry: entry(s), Observations: make([]MetricObservation, len(obs)), Dated: datings(obs, catalogue)}
	shown := observed{subjects: all}
	for i, o := range obs {
		out.Observations[i] = MetricObservation{Metric: o.Metric, Observation: shown.show(o)}
	}
	if out.Released == nil && len(out.Dated) > 0 {
		out.Released = &out.Dated[0].Date
	}
	if len(out.Dated) < 2 {
		out.Dated = nil
	}
	for _, other := range all {
		if other.Family == id && other.ID != id {
			out.Snapshots = append(out.Snapshots, entry(other))
		}
	}
	slices.SortFunc(out.Snapshots, func(a, b SubjectEntry) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// datings groups sources by the date that each gives of when the subject became available, earliest first: that of its
// earliest observation. Prices and supply are dated otherwise, by when they came into force or were counted.
func datings(obs []metrics.Observation, catalogue []metrics.Metric) []Dating {
	serial := map[string]bool{}
	for _, m := range catalogue {
		serial[m.ID] = m.Kind == metrics.KindPrice || m.Kind == metrics.KindSupply
	}
	first := map[string]time.Time{}
	for _, o := range obs {
		if known, ok := first[o.Source.Name]; !serial[o.Metric] && (!ok || o.Time.Before(known)) {
			first[o.Source.Name] = o.Time
		}
	}
	byDate := map[string]*Dating{}
	for source, t := range first {
		d := day(t)
		g := byDate[d.String()]
		if g == nil {
			g = &Dating{Date: d}
			byDate[d.String()] = g
		}
		g.Sources = append(g.Sources, source)
	}
	out := make([]Dating, 0, len(byDate))
	for _, g := range byDate {
		slices.Sort(g.Sources)
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Dating) int { return a.Date.Compare(b.Date.Time) })
	return out
}

// Table implements [Tabular].
func (s Subject) Table() Table {
	t := Table{Header: []string{"metric", "time", "setting", "value", "low", "high", "interval", "source", "url"}}
	for _, o := range s.Observations {
		t.Rows = append(t.Rows, []string{o.Metric, o.Time.String(), o.Setting, number(&o.Value), number(o.Low), number(o.High), o.Interval, o.Source.Name, o.Source.URL})
	}
	return t
}
