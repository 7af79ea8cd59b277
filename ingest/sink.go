package ingest

import (
	"cmp"
	"fmt"

	"github.com/scalebook/scalebook/metrics"
)

// snapshotSink holds a whole input, so that duplicates are seen before anything is written.
type snapshotSink struct {
	in        Input
	catalogue []metrics.Metric
	declared  map[string]bool // metrics in catalogue
	subjects  map[string]metrics.Subject
	rows      []metrics.Observation
	at        map[manifestRow]int // index into rows
	rejected  []Rejected
}

func newSnapshotSink(in Input) *snapshotSink {
	return &snapshotSink{in: in, declared: map[string]bool{}, subjects: map[string]metrics.Subject{}, at: map[manifestRow]int{}}
}

// Metric implements [Sink].
func (s *snapshotSink) Metric(m metrics.Metric) error {
	if s.declared[m.ID] {
		return nil
	}
	s.declared[m.ID] = true
	s.catalogue = append(s.catalogue, m)
	return nil
}

// Subject implements [Sink].
func (s *snapshotSink) Subject(sub metrics.Subject) error {
	s.subjects[sub.ID] = merge(s.subjects[sub.ID], sub)
	return nil
}

// Observe implements [Sink]. An observation that the ledger would refuse, and the earlier of two with one key, are
// quarantined.
func (s *snapshotSink) Observe(o metrics.Observation) error {
	o = stamp(o, s.in)
	if err := o.Validate(); err != nil {
		return s.Quarantine(Rejected{File: o.Source.File, Row: o.Source.Row, Reason: err.Error()})
	}
	if !s.declared[o.Metric] {
		m, ok := s.in.Catalogue[o.Metric]
		if !ok {
			return s.Quarantine(Rejected{File: o.Source.File, Row: o.Source.Row, Column: "metric", Value: o.Metric, Reason: "no such metric"})
		}
		if err := s.Metric(m); err != nil {
			return err
		}
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
	return nil
}

// Quarantine implements [Sink].
func (s *snapshotSink) Quarantine(r Rejected) error {
	s.rejected = append(s.rejected, r)
	return nil
}

// stamp says which copy of the upstream an observation was read from.
func stamp(o metrics.Observation, in Input) metrics.Observation {
	o.Time = o.Time.UTC()
	o.Source.Version, o.Source.RetrievedAt = in.Version, in.RetrievedAt
	return o
}

func (s *snapshotSink) has(row manifestRow) bool {
	_, ok := s.at[row]
	return ok
}

func (s *snapshotSink) manifest() map[manifestRow]bool {
	rows := make(map[manifestRow]bool, len(s.at))
	for row := range s.at {
		rows[row] = true
	}
	return rows
}

// subjectsOf merges what the input says of its subjects with what the identity files say; those were edited by hand for
// this and win.
func (s *snapshotSink) subjectsOf(id *Identity) []metrics.Subject {
	out := make([]metrics.Subject, 0, len(s.subjects))
	for subject, said := range s.subjects {
		if known, ok := id.Subject(subject); ok {
			said = merge(said, known)
		}
		out = append(out, said)
	}
	return out
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
