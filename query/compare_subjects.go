package query

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// SubjectsParams name the subjects to set side by side, by id, name or alias. AsOf is an instant whose knowledge to use;
// zero is now.
type SubjectsParams struct {
	Names []string
	AsOf  time.Time
}

// ParseSubjects reads subject=A,B and as_of=DATE.
func ParseSubjects(v Values) (SubjectsParams, error) {
	f, err := ParseFilter(func(name string) string {
		if name != "as_of" {
			return ""
		}
		return v(name)
	})
	p := SubjectsParams{AsOf: f.AsOf}
	for name := range strings.SplitSeq(v("subject"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			p.Names = append(p.Names, name)
		}
	}
	return p, err
}

// SubjectComparison sets subjects side by side on every metric that at least two of them, or the only one, were measured on.
type SubjectComparison struct {
	Subjects []SubjectEntry `json:"subjects"`
	Metrics  []SharedMetric `json:"metrics"`
}

// SharedMetric is a metric and the best value of each subject that has one.
type SharedMetric struct {
	metrics.Metric
	Best []*Observation `json:"best"` // by subject, in the order of the comparison; null where there is none
}

// Measured is how many of the subjects have a value.
func (m SharedMetric) Measured() int {
	n := 0
	for _, o := range m.Best {
		if o != nil {
			n++
		}
	}
	return n
}

// Lead is the best value of them all; NaN where there is none.
func (m SharedMetric) Lead() float64 {
	var lead *Observation
	for _, o := range m.Best {
		if o != nil && m.better(o, lead) {
			lead = o
		}
	}
	if lead == nil {
		return math.NaN()
	}
	return lead.Value
}

// better reports whether an observation is strictly better than another, or there is no other.
func (m SharedMetric) better(o, than *Observation) bool {
	return than == nil || o.Value != than.Value && (o.Value < than.Value) == m.LowerIsBetter()
}

// Table implements [Tabular].
func (c SubjectComparison) Table() Table {
	t := Table{Header: []string{"metric", "unit"}}
	for _, s := range c.Subjects {
		t.Header = append(t.Header, s.ID)
	}
	for _, m := range c.Metrics {
		row := []string{m.ID, m.Unit}
		for _, o := range m.Best {
			cell := ""
			if o != nil {
				cell = number(&o.Value)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// CompareSubjects answers with the best value of each of up to six subjects; those beyond are left out, one named twice
// counts once. Metrics come by kind, the most observed first. A name that no subject has is [metrics.ErrUnknownSubject].
func (e *Engine) CompareSubjects(ctx context.Context, p SubjectsParams) (SubjectComparison, error) {
	out := SubjectComparison{Metrics: []SharedMetric{}}
	all, err := e.Subjects(ctx, "")
	if err != nil {
		return out, err
	}
	for _, name := range p.Names[:min(len(p.Names), maxCompared)] {
		s, ok := subjectNamed(all.Subjects, name)
		if !ok {
			return out, unknownSubject(name, metrics.ErrUnknownSubject)
		}
		if !slices.ContainsFunc(out.Subjects, func(e SubjectEntry) bool { return e.ID == s.ID }) {
			out.Subjects = append(out.Subjects, s)
		}
	}
	catalogue, err := e.Metrics(ctx)
	if err != nil {
		return out, err
	}
	shared := map[string]SharedMetric{}
	for _, m := range catalogue.Metrics {
		shared[m.ID] = SharedMetric{m.Metric, make([]*Observation, len(out.Subjects))}
	}
	for i, s := range out.Subjects {
		observations, err := e.familyObservations(ctx, s.ID, p.AsOf)
		if err != nil {
			return out, err
		}
		for _, o := range observations {
			if m, ok := shared[o.Metric]; ok && m.better(&o.Observation, m.Best[i]) {
				m.Best[i] = &o.Observation
			}
		}
	}
	for _, m := range slices.SortedStableFunc(slices.Values(catalogue.Metrics), byKind) {
		if measured := shared[m.ID].Measured(); measured > 0 && measured >= min(2, len(out.Subjects)) {
			out.Metrics = append(out.Metrics, shared[m.ID])
		}
	}
	return out, nil
}

// familyObservations are those of a subject and of the dated snapshots by which it was measured.
func (e *Engine) familyObservations(ctx context.Context, id string, asOf time.Time) ([]MetricObservation, error) {
	s, err := e.Subject(ctx, id, asOf)
	if err != nil {
		return nil, err
	}
	for _, snapshot := range s.Snapshots {
		dated, err := e.Subject(ctx, snapshot.ID, asOf)
		if err != nil {
			return nil, err
		}
		s.Observations = append(s.Observations, dated.Observations...)
	}
	return s.Observations, nil
}

// byKind orders metrics by kind, and within it by how much they are observed.
func byKind(a, b CatalogueEntry) int {
	kinds := metrics.Kinds()
	return cmp.Or(slices.Index(kinds, a.Kind)-slices.Index(kinds, b.Kind), b.Observations-a.Observations)
}

// subjectNamed finds a subject by its id, its name or an alias, in any case.
func subjectNamed(all []SubjectEntry, name string) (SubjectEntry, bool) {
	for _, is := range []func(SubjectEntry) bool{
		func(e SubjectEntry) bool { return e.ID == name },
		func(e SubjectEntry) bool { return strings.EqualFold(e.Name, name) },
		func(e SubjectEntry) bool {
			return slices.ContainsFunc(e.Aliases, func(a string) bool { return strings.EqualFold(a, name) })
		},
	} {
		if i := slices.IndexFunc(all, is); i >= 0 {
			return all[i], true
		}
	}
	return SubjectEntry{}, false
}
