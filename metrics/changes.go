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

// Change is what a reader would say happened: one edit of the source, however many rows of the ledger it took.
type Change struct {
	RecordedAt time.Time
	Kind       string
	Source     string
	Metric     string // of its record, where it has one; empty where it is about several
	Subject    string // as it is now; empty for the first rows of a source
	Before     *Observation
	After      *Observation // nil when withdrawn
	Count      int          // rows that changed together, at least 1
	// Events are the rows that changed together, each a change of its own with a Count of 1. There are none where it was one
	// row, and none of a source's first run.
	Events []Change
}

// Of is what of a change is about one metric, false if nothing is.
func (c Change) Of(metric string) (Change, bool) {
	if len(c.Events) == 0 {
		return c, c.Metric == metric
	}
	var events []Change
	for _, e := range c.Events {
		if e.Metric == metric {
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		return Change{}, false
	}
	return together(events), true
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
//   - redated: metric, subject, setting and value are the same
//   - renamed: metric, setting, time and value are the same. A row whose name alone was revised is a rename too.
//   - revised: metric, subject and setting are the same, and no other row of them came or went
//
// What a run did to one subject in one way is one change, whose Events are the rows: a table's row with seven quantities that is
// dropped is one withdrawal. Records are told with the other rows of their subject that came, or were revised, in that run.
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
	events := slices.Concat(
		r.events(ChangeAdded, p.added), r.events(ChangeRevised, restated), r.events(ChangeWithdrawn, p.withdrawn),
		r.events(ChangeRedated, redated), r.events(ChangeRenamed, renamed),
	)
	changes := edits(events, r.records(events, in))
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

// events makes one change of every step.
func (r *run) events(kind string, steps []*step) []Change {
	var changes []Change
	for _, s := range steps {
		c := Change{RecordedAt: r.at, Kind: kind, Source: r.source, Metric: s.after.Metric, Subject: s.after.Subject, Before: s.before, After: s.after, Count: 1}
		switch kind {
		case ChangeAdded: // what it was before it was withdrawn is no news
			c.Before = nil
		case ChangeWithdrawn:
			c.After = nil
		}
		changes = append(changes, c)
	}
	return changes
}

// edits joins the events of one kind that are about one subject, calling those at the given places records.
func edits(events []Change, records []int) []Change {
	type edit struct{ kind, from, to string }
	var order []edit
	of := map[edit][]Change{}
	for i, e := range events {
		k := edit{kind: e.Kind, to: e.Subject}
		if e.Kind == ChangeRenamed {
			k.from = e.Before.Subject
		}
		if slices.Contains(records, i) {
			e.Kind = ChangeRecord
		}
		if of[k] == nil {
			order = append(order, k)
		}
		of[k] = append(of[k], e)
	}
	var changes []Change
	for _, k := range order {
		changes = append(changes, together(of[k]))
	}
	return changes
}

// together makes one change of at least one event: a record where one of them is, and then that comes first.
func together(events []Change) Change {
	if len(events) == 1 {
		return events[0]
	}
	slices.SortStableFunc(events, func(a, b Change) int {
		return cmp.Or(cmp.Compare(changeRank(a.Kind), changeRank(b.Kind)), strings.Compare(a.Metric, b.Metric))
	})
	c := events[0]
	c.Events, c.Count = events, len(events)
	if slices.ContainsFunc(events, func(e Change) bool { return e.Kind == c.Kind && e.Metric != c.Metric }) {
		c.Metric = ""
	}
	return c
}

// records are the places of the best new value of each metric, if it beats what stood before.
func (r *run) records(events []Change, in ChangeContext) []int {
	if in.Best == nil {
		return nil
	}
	lower := func(metric string) bool { return in.LowerIsBetter != nil && in.LowerIsBetter(metric) }
	better := func(metric string, a, b float64) bool { return a != b && (a < b) == lower(metric) }
	top := map[string]int{}
	for i, c := range events {
		if c.Kind != ChangeAdded && c.Kind != ChangeRevised {
			continue
		}
		if best, ok := top[c.Metric]; !ok || better(c.Metric, c.After.Value, events[best].After.Value) {
			top[c.Metric] = i
		}
	}
	var records []int
	for metric, i := range top {
		if best, ok := in.Best(metric, r.at); ok && better(metric, events[i].After.Value, best) {
			records = append(records, i)
		}
	}
	return records
}
