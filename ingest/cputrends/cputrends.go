// Package cputrends reads fifty years of microprocessor trend data: one plain text file a quantity, each line a decimal
// year and a value.
package cputrends

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// Connector reads the kind "cpu-trends".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "cpu-trends" }

// quantity is what a file of the upstream holds, and the factor from its unit to the metric's.
type quantity struct {
	metric string
	factor float64
}

// quantities are the upstream's files by name. Units are as its plotting scripts label them: thousands of transistors,
// MHz, W, SpecINT × 1000, logical cores.
func quantities() map[string]quantity {
	return map[string]quantity{
		"transistors.dat": {"cpu-transistors", 1e3},
		"frequency.dat":   {"cpu-frequency", 1e6},
		"watts.dat":       {"cpu-power", 1},
		"specint.dat":     {"cpu-specint", 1},
		"cores.dat":       {"cpu-cores", 1},
	}
}

const (
	publisher = "Karl Rupp, Microprocessor Trend Data"
	address   = "https://github.com/karlrupp/microprocessor-trend-data"
)

// Read implements [ingest.Connector]. The upstream keeps its earlier editions in folders of their own (40yrs … 50yrs); of
// each file the one of the last folder by name is read.
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	known := quantities()
	editions := map[string][]string{} // paths by file name, in lexical order
	err := fs.WalkDir(in.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := strings.ToLower(path.Base(name))
		if _, ok := known[base]; ok && !entry.IsDir() {
			editions[base] = append(editions[base], name)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	if len(editions) == 0 {
		return errors.New("no transistors.dat, frequency.dat, watts.dat, specint.dat or cores.dat in it")
	}
	for _, base := range slices.Sorted(maps.Keys(editions)) {
		names := editions[base]
		last := names[len(names)-1]
		for _, earlier := range names[:len(names)-1] {
			err := sink.Quarantine(ingest.Rejected{File: earlier, Tolerated: true, Reason: "an earlier edition; " + last + " is read"})
			if err != nil {
				return err
			}
		}
		if err := readFile(in, sink, last, known[base]); err != nil {
			return err
		}
	}
	return nil
}

// readFile reads lines of YEAR VALUE. The upstream names no processor, only dates it, so a subject is the processor of a
// day, and the second of that day within a file is -2; the same processor then meets itself across quantities.
func readFile(in ingest.Input, sink ingest.Sink, name string, q quantity) error {
	file, err := in.Files.Open(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer file.Close()
	onDay := map[string]int{}
	lines := bufio.NewScanner(ingest.Text(file))
	for row := 1; lines.Scan(); row++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		if err := readRow(sink, name, row, fields, q, onDay); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func readRow(sink ingest.Sink, name string, row int, fields []string, q quantity, onDay map[string]int) error {
	reject := func(column, value, reason string) error {
		return sink.Quarantine(ingest.Rejected{File: name, Row: row, Column: column, Value: value, Reason: reason})
	}
	if len(fields) < 2 {
		return reject("", strings.Join(fields, " "), "a year and a value are needed")
	}
	year, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || year < 1900 || year > 2200 {
		return reject("year", fields[0], "not a decimal year")
	}
	value, err := strconv.ParseFloat(fields[1], 64)
	if err != nil {
		return reject("value", fields[1], "not a number")
	}
	at := ingest.DecimalYear(year)
	subject, title := "processor-"+at.Format("20060102"), "Processor of "+at.Format(time.DateOnly)
	if onDay[subject]++; onDay[subject] > 1 {
		subject, title = fmt.Sprintf("%s-%d", subject, onDay[subject]), fmt.Sprintf("%s (%d)", title, onDay[subject])
	}
	if err := sink.Subject(metrics.Subject{ID: subject, Name: title, Kind: "processor"}); err != nil {
		return err
	}
	return sink.Observe(metrics.Observation{
		Metric: q.metric, Subject: subject, Name: title, Time: at, Value: value * q.factor,
		Source: metrics.Source{Name: publisher, URL: address, File: name, Row: row},
	})
}
