package ingest

import (
	"cmp"
	"context"
	"slices"

	"github.com/scalebook/scalebook/metrics"
)

// Unresolved is a subject that was measured and that no identity file describes: perhaps a new one, perhaps a spelling of
// one that is known.
type Unresolved struct {
	Subject      string `json:"subject"`
	Name         string `json:"name"` // as the source spells it
	Observations int    `json:"observations"`
}

// maxListed bounds the metrics that are searched for unresolved subjects. A longer series was written by a machine, which
// doesn't misspell, and would take long to read.
const maxListed = 200_000

// Unresolved returns the subjects of a ledger that no identity file describes, the most used first, at most limit.
func (id *Identity) Unresolved(ctx context.Context, ledger metrics.Reader, limit int) ([]Unresolved, error) {
	counts, err := ledger.Counts(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]*Unresolved{}
	for metric, n := range counts {
		if n > maxListed {
			continue
		}
		observations, err := ledger.Observations(ctx, metrics.Query{Metric: metric})
		if err != nil {
			return nil, err
		}
		for _, o := range observations {
			if _, known := id.subjects[o.Subject]; known {
				continue
			}
			u := found[o.Subject]
			if u == nil {
				u = &Unresolved{Subject: o.Subject, Name: cmp.Or(o.Name, o.Subject)}
				found[o.Subject] = u
			}
			u.Observations++
			u.Name = min(u.Name, cmp.Or(o.Name, o.Subject)) // the same whatever order the metrics come in
		}
	}
	out := make([]Unresolved, 0, len(found))
	for _, u := range found {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b Unresolved) int {
		return cmp.Or(cmp.Compare(b.Observations, a.Observations), cmp.Compare(a.Subject, b.Subject))
	})
	return out[:min(limit, len(out))], nil
}
