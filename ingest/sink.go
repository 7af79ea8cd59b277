package ingest

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// declarations are the metrics that an input may use: those it declares, and those of its catalogue.
type declarations struct {
	in        Input
	catalogue []metrics.Metric // declared or used, and not yet put into the ledger
	declared  map[string]metrics.Metric
}

func newDeclarations(in Input) declarations {
	return declarations{in: in, declared: map[string]metrics.Metric{}}
}

// Metric implements [Sink].
func (d *declarations) Metric(m metrics.Metric) error {
	if _, ok := d.declared[m.ID]; !ok {
		d.declared[m.ID] = m
		d.catalogue = append(d.catalogue, m)
	}
	return nil
}

// check stamps an observation with the copy of the upstream that it was read from. An observation that a ledger would
// refuse gets a reason to be set aside.
func (d *declarations) check(o metrics.Observation) (metrics.Observation, *Rejected) {
	o.Time = o.Time.UTC()
	o.Source.Version, o.Source.RetrievedAt = d.in.Version, d.in.RetrievedAt
	if err := o.Validate(); err != nil {
		return o, &Rejected{File: o.Source.File, Row: o.Source.Row, Reason: err.Error()}
	}
	m, ok := d.declared[o.Metric]
	if !ok {
		if m, ok = d.in.Catalogue[o.Metric]; !ok {
			return o, &Rejected{File: o.Source.File, Row: o.Source.Row, Column: "metric", Value: o.Metric, Reason: "no such metric"}
		}
		_ = d.Metric(m)
	}
	if m.Ceiling != nil && m.Direction != "lower" && o.Value > *m.Ceiling {
		return o, &Rejected{File: o.Source.File, Row: o.Source.Row, Column: "value", Value: fmt.Sprint(o.Value),
			Reason: fmt.Sprintf("above the ceiling of %s, %v", m.ID, *m.Ceiling)}
	}
	return o, nil
}

// snapshotSink holds a whole input, so that duplicates are seen before anything is written.
type snapshotSink struct {
	declarations
	ctx      context.Context // of the run: a connector that doesn't look at its own ends at its next row
	subjects map[string]metrics.Subject
	rows     []metrics.Observation
	at       map[manifestRow]int // index into rows
	rejected rejections
	unread   bool // a file of it
}

func newSnapshotSink(ctx context.Context, in Input) *snapshotSink {
	return &snapshotSink{ctx: ctx, declarations: newDeclarations(in),
		subjects: map[string]metrics.Subject{}, at: map[manifestRow]int{}}
}

// Subject implements [Sink].
func (s *snapshotSink) Subject(sub metrics.Subject) error {
	s.subjects[sub.ID] = merge(s.subjects[sub.ID], sub)
	return s.ctx.Err()
}

// Observe implements [Sink]. An observation that the ledger would refuse, and the earlier of two with one key, are
// quarantined.
func (s *snapshotSink) Observe(o metrics.Observation) error {
	o, rejected := s.check(o)
	if rejected != nil {
		return s.Quarantine(*rejected)
	}
	if _, known := s.subjects[o.Subject]; !known {
		s.subjects[o.Subject] = metrics.Subject{ID: o.Subject, Name: o.Name}
	}
	key := rowOf(o)
	if i, ok := s.at[key]; ok {
		earlier := s.rows[i].Source
		s.rows[i] = o
		return s.Quarantine(Rejected{File: earlier.File, Row: earlier.Row, Value: o.Subject, Tolerated: true,
			Reason: fmt.Sprintf("duplicate of %s row %d (%s, %s): the last counts", o.Source.File, o.Source.Row, o.Metric, cmp.Or(o.Setting, "no setting"))})
	}
	s.at[key] = len(s.rows)
	s.rows = append(s.rows, o)
	return s.ctx.Err()
}

// Quarantine implements [Sink].
func (s *snapshotSink) Quarantine(r Rejected) error {
	s.rejected.add(r)
	s.unread = s.unread || r.Unread
	return s.ctx.Err()
}

func (s *snapshotSink) manifest() map[manifestRow]bool {
	rows := make(map[manifestRow]bool, len(s.at))
	for row := range s.at {
		rows[row] = true
	}
	return rows
}

// released returns the dates that the input gives its subjects.
func (s *snapshotSink) released() map[string]time.Time {
	out := map[string]time.Time{}
	for id, sub := range s.subjects {
		if !sub.Released.IsZero() {
			out[id] = sub.Released
		}
	}
	return out
}

// describe merges what the input says of its subjects with what is known of them elsewhere, and adds the models that its
// snapshots belong to. elsewhere are the release dates that other sources give.
func (s *snapshotSink) describe(elsewhere map[string]time.Time) []metrics.Subject {
	out := make([]metrics.Subject, 0, len(s.subjects))
	for id, said := range s.subjects {
		if !said.Released.IsZero() {
			said.Released = earliest(said.Released, elsewhere[id])
		}
		out = append(out, s.in.Identity.complete(said))
	}
	families := map[string]bool{}
	for _, sub := range out {
		if _, described := s.subjects[sub.Family]; described || families[sub.Family] {
			continue
		}
		if family, ok := s.in.Identity.subjects[sub.Family]; ok {
			families[sub.Family] = true
			out = append(out, family)
		}
	}
	return out
}

// complete fills in what a source leaves out of a subject. The identity files were edited by hand for this and win. The
// snapshot of a model belongs to it.
func (id *Identity) complete(s metrics.Subject) metrics.Subject {
	if known, ok := id.subjects[s.ID]; ok {
		s = merge(s, known)
	}
	if family, _, ok := Snapshot(s.ID); ok && s.Family == "" && s.Kind == "model" {
		s.Family = family
	}
	return s
}

// merge lays the known fields of over on top of base.
func merge(base, over metrics.Subject) metrics.Subject {
	base.ID = cmp.Or(over.ID, base.ID)
	base.Name = cmp.Or(over.Name, base.Name)
	base.Kind = cmp.Or(over.Kind, base.Kind)
	base.Organization = cmp.Or(over.Organization, base.Organization)
	base.Country = cmp.Or(over.Country, base.Country)
	base.Access = cmp.Or(over.Access, base.Access)
	base.Family = cmp.Or(over.Family, base.Family)
	if !over.Released.IsZero() {
		base.Released = over.Released
	}
	if len(over.Aliases) > 0 {
		base.Aliases = over.Aliases
	}
	return base
}
