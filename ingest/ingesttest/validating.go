package ingesttest

import (
	"testing"
	"unicode/utf8"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// validating is a sink that checks what no connector may get wrong.
type validating struct{ t *testing.T }

// Metric implements [ingest.Sink].
func (v *validating) Metric(m metrics.Metric) error {
	if m.ID == "" || m.ID != ingest.Kebab(m.ID) {
		v.t.Errorf("metric %q is not an id", m.ID)
	}
	return nil
}

// Subject implements [ingest.Sink].
func (v *validating) Subject(s metrics.Subject) error {
	if s.ID != ingest.Kebab(s.ID) {
		v.t.Errorf("subject %q is not an id", s.ID)
	}
	return nil
}

// Observe implements [ingest.Sink].
func (v *validating) Observe(o metrics.Observation) error {
	if o.Metric == "" || o.Source.Name == "" || o.Source.File == "" || o.Source.Row < 1 {
		v.t.Errorf("%+v lacks a metric, or where it comes from", o)
	}
	return nil
}

// Quarantine implements [ingest.Sink].
func (v *validating) Quarantine(r ingest.Rejected) error {
	if r.File == "" || r.Reason == "" || !utf8.ValidString(r.File) {
		v.t.Errorf("%+v doesn't say what is wrong where", r)
	}
	return nil
}
