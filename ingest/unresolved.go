package ingest

import (
	"cmp"
	"context"
	"slices"

	"github.com/scalebook/scalebook/metrics"
)

// Measured is a subject as a ledger has it.
type Measured struct {
	Subject      string
	Name         string // as sources spell it
	Observations int
}

// maxListed bounds the metrics of which the subjects are listed. A longer series was written by a machine, which
// doesn't misspell, and would take long to read.
const maxListed = 200_000

// Subjects returns the subjects of a ledger, the most measured first. It reads every series.
func Subjects(ctx context.Context, ledger metrics.Reader) ([]Measured, error) {
	counts, err := ledger.Counts(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]*Measured{}
	for metric, n := range counts {
		if n > maxListed {
			continue
		}
		observations, err := ledger.Observations(ctx, metrics.Query{Metric: metric})
		if err != nil {
			return nil, err
		}
		for _, o := range observations {
			m := found[o.Subject]
			if m == nil {
				m = &Measured{Subject: o.Subject, Name: cmp.Or(o.Name, o.Subject)}
				found[o.Subject] = m
			}
			m.Observations++
			m.Name = min(m.Name, cmp.Or(o.Name, o.Subject)) // the same whatever order the metrics come in
		}
	}
	out := make([]Measured, 0, len(found))
	for _, m := range found {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Measured) int {
		return cmp.Or(cmp.Compare(b.Observations, a.Observations), cmp.Compare(a.Subject, b.Subject))
	})
	return out, nil
}

// Unresolved returns the first subjects that no identity file describes, at most limit: each is perhaps new, perhaps a spelling of
// one that is known.
func (id *Identity) Unresolved(subjects []Measured, limit int) []Measured {
	var out []Measured
	for _, m := range subjects {
		if len(out) == limit {
			break
		}
		if _, known := id.subjects[m.Subject]; !known {
			out = append(out, m)
		}
	}
	return out
}
