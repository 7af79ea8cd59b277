// Package epochhardware reads Epoch AI's table of machine learning hardware: one chip a row, one quantity a column.
package epochhardware

import (
	"context"
	"errors"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// Connector reads the kind "epoch-hardware".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "epoch-hardware" }

const (
	publisher = "Epoch AI, Machine Learning Hardware"
	address   = "https://epoch.ai/data/machine-learning-hardware"

	nameColumn = "Hardware name"
	dateColumn = "Release date"
)

// quantity is a column and the metric that it measures; a value is multiplied by factor to be in the metric's unit.
type quantity struct {
	column string
	metric string
	factor float64
}

// quantities lists the columns that are read. The upstream's derived columns (price-performance, energy efficiency …),
// which hold Infinity where a divisor is missing, are not: the ledger derives them itself.
func quantities() []quantity {
	return []quantity{
		{"Tensor-FP16/BF16 performance (FLOP/s)", "hardware-fp16-flops", 1},
		{"FP8 performance (FLOP/s)", "hardware-fp8-flops", 1},
		{"FP4 performance (FLOP/s)", "hardware-fp4-flops", 1},
		{"FP32 (single precision) performance (FLOP/s)", "hardware-fp32-flops", 1},
		{"Memory (bytes)", "hardware-memory", 1},
		{"Memory bandwidth (byte/s)", "hardware-memory-bandwidth", 1},
		{"Intranode bandwidth (byte/s)", "hardware-interconnect-bandwidth", 1},
		{"TDP (W)", "hardware-tdp", 1},
		{"Release price (USD)", "hardware-price", 1},
		{"Transistors (millions)", "hardware-transistors", 1e6},
	}
}

// vectorColumn is 16-bit performance outside of matrix units. Chips without such units have only this one; for a chip that
// has them it would understate what training runs at, so it stands in only where the column of matrix units is blank.
const vectorColumn = "FP16 (half precision) performance (FLOP/s)"

// Read implements [ingest.Connector]. It reads every CSV file that has the columns of names and release dates and at least
// one of quantities.
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	names, err := ingest.FindCSV(in.Files, nameColumn, dateColumn, "Memory bandwidth (byte/s)", "TDP (W)")
	if err != nil {
		return err
	}
	r := reader{in: in, sink: sink, quantities: quantities()}
	for _, name := range names {
		if err := errors.Join(ctx.Err(), ingest.ReadCSV(in.Files, name, nil, r.row, sink)); err != nil {
			return err
		}
	}
	return nil
}

type reader struct {
	in         ingest.Input
	sink       ingest.Sink
	quantities []quantity
}

func (r *reader) row(row ingest.Row) error {
	name := row.Get(nameColumn)
	if name == "" {
		return r.sink.Quarantine(row.SetAside(nameColumn, "no name"))
	}
	subject := metrics.Subject{
		ID: r.in.Identity.Resolve("chip", name), Name: name, Kind: "chip",
		Organization: ingest.Organization(row.Get("Manufacturer")),
	}
	released, err := releaseDate(row)
	if err != nil {
		return r.sink.Quarantine(row.Reject(dateColumn, err.Error()))
	}
	subject.Released = released
	if released.IsZero() {
		released = r.in.Released(subject.ID)
	}
	if released.IsZero() {
		return r.sink.Quarantine(row.SetAside(dateColumn, "no release date, so nothing to put the figures at"))
	}
	if err := r.sink.Subject(subject); err != nil {
		return err
	}
	for _, q := range r.quantities {
		if q.metric == "hardware-fp16-flops" && row.Get(q.column) == "" {
			q.column = vectorColumn
		}
		value, present, err := row.Number(q.column)
		switch {
		case err == nil && !present:
			continue
		case err == nil && value <= 0:
			err = errors.New("not above zero")
		}
		if err != nil {
			if err := r.sink.Quarantine(row.Reject(q.column, err.Error())); err != nil {
				return err
			}
			continue
		}
		err = r.sink.Observe(metrics.Observation{
			Metric: q.metric, Subject: subject.ID, Name: name, Time: released, Value: value * q.factor,
			Source: metrics.Source{Name: publisher, URL: address, File: row.File, Row: row.Line},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// releaseDate reads the day a chip was released; zero where the cell is blank.
func releaseDate(row ingest.Row) (time.Time, error) {
	cell := row.Get(dateColumn)
	if cell == "" {
		return time.Time{}, nil
	}
	return ingest.ParseObservationTime(cell)
}
