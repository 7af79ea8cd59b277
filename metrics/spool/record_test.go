package spool

import (
	"bytes"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// FuzzDecode: a file is a record that encodes to the same write, or is refused; nothing else comes of it.
func FuzzDecode(f *testing.F) {
	at := time.Date(2025, 3, 1, 0, 0, 0, 1, time.UTC)
	floor := 0.0
	for _, r := range []record{
		{Number: 1, Metrics: []metrics.Metric{{ID: "score", Floor: &floor}}},
		subjectsRecord([]metrics.Subject{{ID: "m", Released: at}}),
		appendRecord(at, []metrics.Observation{{Metric: "score", Subject: "m", Value: 0.1, Low: metrics.At(0), Source: metrics.Source{Name: "s", RetrievedAt: at}}}),
	} {
		text, err := encode(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, false)
		_, body, _ := bytes.Cut(text, []byte("\n"))
		f.Add(body, true)
	}
	f.Fuzz(func(t *testing.T, text []byte, sign bool) {
		if sign { // gets past the checksum
			text = signed(text)
		}
		r, err := decode(text)
		if err != nil {
			return
		}
		again, err := encode(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(again)
		if err != nil {
			t.Fatal(err)
		}
		if third, err := encode(back); err != nil || !bytes.Equal(third, again) {
			t.Errorf("%s is written otherwise the second time: %s (%v)", again, third, err)
		}
		_, _ = r.observations(), r.subjects()
	})
}
