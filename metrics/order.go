package metrics

import (
	"cmp"
	"slices"
	"strings"
)

// Compare orders keys by metric, subject, setting, source and time.
func (k Key) Compare(l Key) int {
	return cmp.Or(
		strings.Compare(k.Metric, l.Metric),
		strings.Compare(k.Subject, l.Subject),
		strings.Compare(k.Setting, l.Setting),
		strings.Compare(k.Source, l.Source),
		cmp.Compare(k.Time, l.Time),
	)
}

// SortObservations puts observations in the order that a [Reader] returns them in: metric, time, subject, setting, source.
func SortObservations(obs []Observation) {
	slices.SortFunc(obs, func(a, b Observation) int {
		return cmp.Or(
			strings.Compare(a.Metric, b.Metric),
			a.Time.Compare(b.Time),
			strings.Compare(a.Subject, b.Subject),
			strings.Compare(a.Setting, b.Setting),
			strings.Compare(a.Source.Name, b.Source.Name),
		)
	})
}

// SortRevisions orders revisions by RecordedAt, oldest first (newest first when newestFirst), and then by key. The sort is
// stable: revisions of one key recorded at one instant keep their order.
func SortRevisions(revs []Revision, newestFirst bool) {
	slices.SortStableFunc(revs, func(a, b Revision) int {
		byTime := a.RecordedAt.Compare(b.RecordedAt)
		if newestFirst {
			byTime = -byTime
		}
		return cmp.Or(byTime, a.Key().Compare(b.Key()))
	})
}
