// Package chipcounts reads Epoch AI's estimates of AI chips shipped: by type of chip, cumulative to the end of a quarter,
// with the 5th, 50th and 95th percentiles.
package chipcounts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// Connector reads the kind "chip-counts".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "chip-counts" }

const (
	publisher = "Epoch AI, AI Chip Sales"
	address   = "https://epoch.ai/data/ai-chip-sales"

	chipColumn  = "Chip type"
	startColumn = "Start date"
	endColumn   = "End date"
	unitsColumn = "Number of units"
	h100Column  = "Compute estimate in H100e"
)

// Read implements [ingest.Connector]. It reads every CSV file with the upstream's columns.
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	names, err := ingest.FindCSV(in.Files, chipColumn, startColumn, endColumn, unitsColumn+" (median)")
	if err != nil {
		return err
	}
	for _, name := range names {
		r := reader{in: in, sink: sink, since: map[string]time.Time{}}
		if err := errors.Join(ctx.Err(), ingest.ReadCSV(in.Files, name, nil, r.row, sink)); err != nil {
			return err
		}
	}
	return nil
}

// reader reads one file.
type reader struct {
	in    ingest.Input
	sink  ingest.Sink
	since map[string]time.Time // the day from which a manufacturer's chips are counted
}

func (r *reader) row(row ingest.Row) error {
	chip, manufacturer := row.Get(chipColumn), ingest.Organization(row.Get("Chip manufacturer"))
	if chip == "" {
		return r.sink.Quarantine(row.SetAside(chipColumn, "no chip"))
	}
	start, err := day(row.Get(startColumn))
	if err != nil {
		return r.sink.Quarantine(row.Reject(startColumn, err.Error()))
	}
	end, err := day(row.Get(endColumn))
	if err != nil {
		return r.sink.Quarantine(row.Reject(endColumn, err.Error()))
	}
	since, ok := r.since[manufacturer]
	if !ok {
		since, r.since[manufacturer] = start, start
	}
	if !start.Equal(since) {
		return r.sink.Quarantine(row.SetAside(startColumn, fmt.Sprintf("counts from another day than the rows before it, which count from %s", since.Format(time.DateOnly))))
	}
	subject := metrics.Subject{ID: r.subject(manufacturer, chip), Name: chip, Kind: "chip", Organization: manufacturer}
	if err := r.sink.Subject(subject); err != nil {
		return err
	}
	o := metrics.Observation{Subject: subject.ID, Name: chip, Time: end,
		Source: metrics.Source{Name: publisher, URL: address, File: row.File, Row: row.Line}}
	o.Metric = "installed-chips"
	units := r.observe(row, o, unitsColumn)
	o.Metric = "installed-compute-h100e"
	return errors.Join(units, r.observe(row, o, h100Column))
}

// subject resolves a chip by its type alone, as identity files list it, and else by its maker and type.
func (r *reader) subject(manufacturer, chip string) string {
	if id := r.in.Identity.Resolve("chip", chip); id != ingest.Kebab(chip) {
		return id
	}
	if strings.HasPrefix(ingest.Kebab(chip), ingest.Kebab(manufacturer)) {
		return ingest.Kebab(chip)
	}
	return r.in.Identity.Resolve("chip", manufacturer+" "+chip)
}

// observe reads the three percentiles of one quantity.
func (r *reader) observe(row ingest.Row, o metrics.Observation, quantity string) error {
	median := quantity + " (median)"
	value, present, err := row.Number(median)
	if err == nil && !present {
		return nil
	}
	if err == nil && value < 0 {
		err = errors.New("below zero")
	}
	if err != nil {
		return r.sink.Quarantine(row.Reject(median, err.Error()))
	}
	o.Value = value
	for _, end := range []struct {
		column string
		bound  *metrics.Bound
	}{{quantity + " (5th percentile)", &o.Low}, {quantity + " (95th percentile)", &o.High}} {
		v, present, err := row.Number(end.column)
		if err != nil {
			return r.sink.Quarantine(row.Reject(end.column, err.Error()))
		}
		if present {
			*end.bound, o.Interval = metrics.At(v), "p5-p95"
		}
	}
	return r.sink.Observe(o)
}

// day reads the upstream's dates, month first, and ISO dates beside them.
func day(s string) (time.Time, error) {
	for _, layout := range []string{"1/2/2006", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date as in 3/31/2025", s)
}
