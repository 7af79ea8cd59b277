package metrics

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Kinds of changes, in the order in which a run's are listed.
const (
	ChangeRecord    = "record"    // an added or revised value that is better than every live one was before
	ChangeAdded     = "added"     // a new row
	ChangeRevised   = "revised"   // a row says something else
	ChangeRenamed   = "renamed"   // a subject goes by another name or id, with the same values
	ChangeRedated   = "redated"   // a subject is dated otherwise, with the same values
	ChangeWithdrawn = "withdrawn" // a row that the source no longer lists
)

// Change is what a reader would say happened: one event, however many rows of the ledger it took.
type Change struct {
	RecordedAt time.Time
	Kind       string
	Source     string
	Metric     string // empty where rows of several metrics changed together
	Subject    string // as it is now; empty for the first rows of a source
	Before     *Observation
	After      *Observation // nil when withdrawn
	Count      int          // rows that changed together, at least 1
}

// ChangeContext is what Changes needs to know beyond the revisions. Each function may be nil.
type ChangeContext struct {
	// LowerIsBetter reports a metric's direction; nil means that higher is better everywhere.
	LowerIsBetter func(metric string) bool
	// Best returns the best live value of a metric as it stood just before an instant, false where it had none. Without it
	// nothing is called a record.
	Best func(metric string, before time.Time) (float64, bool)
	// Known reports whether the ledger had anything of a source before an instant. The first run of a source is told as one
	// change: without it, every run is told row by row.
	Known func(source string, before time.Time) bool
}

// Changes tells revisions as changes: runs in the order in which revs come, then by source, kind, metric and subject. A run is
// what was recorded of one source at one instant; revs must hold whole runs.
//
// Within a run, a row that was withdrawn and one that was added are one change where they agree on all but one thing:
//
//   - redated: metric, subject, setting and value are the same; one change per subject
//   - renamed: metric, setting, time and value are the same; one change per pair of subjects. A row whose name alone was
//     revised is a rename too.
//   - revised: metric, subject and setting are the same, and no other row of them came or went
//
// The first run of a source is one change of kind added with a Count and neither Metric nor Subject. Of several records on
// one metric in one run the best is the record and the others are additions or revisions. A revision of nothing but a
// link isn't a change that a reader would speak of, and is left to [Reader.Revisions].
func Changes(revs []Revision, in ChangeContext) []Change {
	var changes []Change
	for _, r := range runs(revs) {
		changes = append(changes, r.changes(in)...)
	}
	return changes
}

// run is the revisions of one source at one instant.
type run struct {
	source string
	at     time.Time
	rows   []*step // net effect on each key, in order of first appearance
}

// step is what a run did to one key.
type step struct{ before, after *Observation }

func (s *step) live() bool    { return !s.after.Withdrawn }
func (s *step) wasLive() bool { return s.before != nil && !s.before.Withdrawn }

// runs groups revisions. Of several revisions of a key in a run only the difference between its ends counts.
func runs(revs []Revision) []*run {
	type id struct {
		at     int64
		source string
	}
	byID := map[id]*run{}
	byKey := map[id]map[Key]*step{}
	var order []*run
	for i := range revs {
		r := &revs[i]
		k := id{r.RecordedAt.UnixNano(), r.Source.Name}
		if byID[k] == nil {
			byID[k] = &run{source: r.Source.Name, at: r.RecordedAt}
			byKey[k] = map[Key]*step{}
			order = append(order, byID[k])
		}
		s := byKey[k][r.Key()]
		switch {
		case s == nil:
			s = &step{before: r.Before, after: &r.Observation}
			byKey[k][r.Key()] = s
			byID[k].rows = append(byID[k].rows, s)
		case s.before != nil && s.before.SameContent(r.Observation): // newest first: r came before what is known
			s.before = r.Before
		case r.Before != nil && r.Before.SameContent(*s.after):
			s.after = &r.Observation
		}
	}
	// Sources that share an instant stand side by side, whichever metric came first.
	instants := map[int64]int{}
	for _, r := range order {
		if at := r.at.UnixNano(); instants[at] == 0 {
			instants[at] = len(instants) + 1
		}
	}
	slices.SortStableFunc(order, func(a, b *run) int {
		return cmp.Or(cmp.Compare(instants[a.at.UnixNano()], instants[b.at.UnixNano()]), strings.Compare(a.source, b.source))
	})
	return order
}

func (r *run) changes(in ChangeContext) []Change {
	var added, withdrawn, revised []*step
	for _, s := range r.rows {
		switch {
		case s.live() && !s.wasLive():
			added = append(added, s)
		case !s.live() && s.wasLive():
			withdrawn = append(withdrawn, s)
		case s.live() && !sameExceptLink(s.before, s.after):
			revised = append(revised, s)
		}
	}
	if len(added) > 0 && in.Known != nil && !in.Known(r.source, r.at) {
		return []Change{{RecordedAt: r.at, Kind: ChangeAdded, Source: r.source, Count: len(added)}}
	}
	p := pairing{added: added, withdrawn: withdrawn}
	redated := p.match(func(o *Observation) pairKey {
		return pairKey{metric: o.Metric, subject: o.Subject, setting: o.Setting, value: o.Value}
	}, pairAny)
	renamed := p.match(func(o *Observation) pairKey {
		return pairKey{metric: o.Metric, setting: o.Setting, value: o.Value, time: o.Time.Unix()}
	}, pairSubjects)
	moved := p.match(func(o *Observation) pairKey {
		return pairKey{metric: o.Metric, subject: o.Subject, setting: o.Setting}
	}, pairLone)
	var restated []*step
	for _, s := range append(revised, moved...) {
		if sameExceptName(s.before, s.after) {
			renamed = append(renamed, s)
			continue
		}
		restated = append(restated, s)
	}
	changes := slices.Concat(
		r.each(ChangeAdded, p.added), r.each(ChangeRevised, restated), r.each(ChangeWithdrawn, p.withdrawn),
		r.bySubject(ChangeRedated, redated), r.bySubject(ChangeRenamed, renamed),
	)
	r.crown(changes, in)
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(changeRank(a.Kind), changeRank(b.Kind)), strings.Compare(a.Metric, b.Metric), strings.Compare(a.Subject, b.Subject))
	})
	return changes
}

func changeRank(kind string) int {
	return slices.Index([]string{ChangeRecord, ChangeAdded, ChangeRevised, ChangeRenamed, ChangeRedated, ChangeWithdrawn}, kind)
}

func sameExceptLink(a, b *Observation) bool {
	c := *a
	c.Source.URL = b.Source.URL
	return c.SameContent(*b)
}

func sameExceptName(a, b *Observation) bool {
	c := *a
	c.Name, c.Source.URL, c.Withdrawn = b.Name, b.Source.URL, b.Withdrawn
	return a.Time.Equal(b.Time) && a.Name != b.Name && c.SameContent(*b)
}

// each makes one change of every step.
func (r *run) each(kind string, steps []*step) []Change {
	var changes []Change
	for _, s := range steps {
		c := Change{RecordedAt: r.at, Kind: kind, Source: r.source, Metric: s.after.Metric, Subject: s.after.Subject, After: s.after, Count: 1}
		if s.wasLive() || kind == ChangeRevised {
			c.Before = s.before
		}
		if kind == ChangeWithdrawn {
			c.After = nil
		}
		changes = append(changes, c)
	}
	return changes
}

// bySubject makes one change of all steps from one subject to one subject.
func (r *run) bySubject(kind string, steps []*step) []Change {
	type pair struct{ from, to string }
	at := map[pair]int{}
	var changes []Change
	for _, s := range steps {
		k := pair{s.before.Subject, s.after.Subject}
		i, ok := at[k]
		if !ok {
			at[k] = len(changes)
			changes = append(changes, Change{
				RecordedAt: r.at, Kind: kind, Source: r.source, Metric: s.after.Metric, Subject: s.after.Subject, Before: s.before, After: s.after, Count: 1,
			})
			continue
		}
		changes[i].Count++
		if changes[i].Metric != s.after.Metric {
			changes[i].Metric = ""
		}
	}
	return changes
}

// crown calls the best new value of each metric a record, if it beats what stood before.
func (r *run) crown(changes []Change, in ChangeContext) {
	if in.Best == nil {
		return
	}
	lower := func(metric string) bool { return in.LowerIsBetter != nil && in.LowerIsBetter(metric) }
	better := func(metric string, a, b float64) bool { return a != b && (a < b) == lower(metric) }
	top := map[string]int{}
	for i, c := range changes {
		if c.Kind != ChangeAdded && c.Kind != ChangeRevised || c.After == nil {
			continue
		}
		if best, ok := top[c.Metric]; !ok || better(c.Metric, c.After.Value, changes[best].After.Value) {
			top[c.Metric] = i
		}
	}
	for metric, i := range top {
		if best, ok := in.Best(metric, r.at); ok && better(metric, changes[i].After.Value, best) {
			changes[i].Kind = ChangeRecord
		}
	}
}
