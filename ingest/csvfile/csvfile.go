// Package csvfile reads scalebook's own schema: a folder with an optional metrics.yaml and any number of CSV files.
//
// Each CSV has a header with at least metric, subject, time and value, and optionally low, high, interval, setting, name,
// source, url, organization, country, access and kind, in any order; other columns are ignored. Commas, semicolons or tabs
// divide cells; the text is UTF-8, UTF-16 with a byte order mark, or CP949. A file with another header is set aside, unless none has it.
package csvfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// Connector reads the kind "csv".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "csv" }

// reserved are files of the same folder that hold something else than observations.
func reserved(name string) bool {
	return slices.Contains([]string{"aliases.csv", "subjects.csv", "glossary.csv"}, path.Base(name))
}

// Read implements [ingest.Connector].
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	known := maps.Clone(in.Catalogue)
	if known == nil {
		known = ingest.Catalogue{}
	}
	catalogue, err := ingest.ReadCatalogue(in.Files, "metrics.yaml")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(catalogue)) {
		known[id] = catalogue[id]
		if err := sink.Metric(catalogue[id]); err != nil {
			return err
		}
	}
	var files int
	var unread []ingest.Rejected
	err = fs.WalkDir(in.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || !strings.EqualFold(path.Ext(name), ".csv") || reserved(name) {
			return ctx.Err()
		}
		files++
		f := file{name: name, in: in, sink: sink, known: known}
		err = f.read()
		var bad *headerError
		if errors.As(err, &bad) {
			unread = append(unread, ingest.Rejected{File: name, Row: bad.line, Reason: bad.reason, Unread: true})
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case files == 0:
		return errors.New("no .csv file in it")
	case files == len(unread):
		return errors.New(unread[0].String())
	}
	for _, r := range unread {
		if err := sink.Quarantine(r); err != nil {
			return err
		}
	}
	return nil
}

// headerError says why a file is none of figures.
type headerError struct {
	line   int
	reason string
}

func (h *headerError) Error() string { return h.reason }

type file struct {
	name    string
	in      ingest.Input
	sink    ingest.Sink
	known   ingest.Catalogue // of the input, of its metrics.yaml and what was declared since
	columns map[string]int
}

func (f *file) read() error {
	opened, err := f.in.Files.Open(f.name)
	if err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	defer opened.Close()
	r := ingest.NewCSVReader(opened, false)
	header, line, err := r.Read()
	var bad *ingest.BadRecord
	switch {
	case errors.As(err, &bad):
		return &headerError{bad.Line, "no header: " + bad.Reason}
	case errors.Is(err, io.EOF):
		return &headerError{1, "no header: there is nothing in it"}
	case err != nil:
		return fmt.Errorf("%s: no header: %w", f.name, err)
	}
	f.columns = map[string]int{}
	for i, column := range header {
		f.columns[strings.ToLower(strings.TrimSpace(column))] = i
	}
	for _, column := range []string{"metric", "subject", "time", "value"} {
		if _, ok := f.columns[column]; !ok {
			return &headerError{line, fmt.Sprintf("no column %q in its header, which reads %.200q", column, strings.Join(header, ","))}
		}
	}
	width := len(header)
	for {
		cells, line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if bad = nil; errors.As(err, &bad) {
			if err := f.sink.Quarantine(ingest.Rejected{File: f.name, Row: bad.Line, Reason: bad.Reason}); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if err := f.row(line, cells, width); err != nil {
			return err
		}
	}
}

// rowError says which column of a row can't be read.
type rowError struct{ column, value, reason string }

func (f *file) row(line int, cells []string, width int) error {
	if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
		return nil
	}
	get := func(column string) string {
		if i, ok := f.columns[column]; ok && i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	o, bad := f.observation(get)
	if len(cells) != width {
		bad = &rowError{reason: fmt.Sprintf("%d cells where the header has %d", len(cells), width)}
	}
	if bad != nil {
		return f.sink.Quarantine(ingest.Rejected{File: f.name, Row: line, Column: bad.column, Value: bad.value, Reason: bad.reason})
	}
	o.Source.File, o.Source.Row = f.name, line
	if _, ok := f.known[o.Metric]; !ok {
		f.known[o.Metric] = ingest.PlainMetric(o.Metric)
		if err := f.sink.Metric(f.known[o.Metric]); err != nil {
			return err
		}
	}
	if err := f.sink.Subject(f.subject(o, get)); err != nil {
		return err
	}
	return f.sink.Observe(o)
}

func (f *file) observation(get func(string) string) (metrics.Observation, *rowError) {
	o := metrics.Observation{
		Metric:   ingest.Kebab(get("metric")),
		Setting:  get("setting"),
		Name:     get("name"),
		Interval: get("interval"),
		Source:   metrics.Source{Name: get("source"), URL: get("url")},
	}
	subject := get("subject")
	o.Subject = f.in.Identity.Resolve(get("kind"), subject)
	for _, column := range []string{"metric", "subject", "name", "setting", "source"} {
		if v := get(column); !utf8.ValidString(v) {
			return o, &rowError{column, strings.ToValidUTF8(v, "\ufffd"), "not UTF-8"}
		}
	}
	if o.Metric == "" {
		return o, &rowError{"metric", "", "it is blank"}
	}
	if o.Subject == "" {
		return o, &rowError{"subject", subject, "it is blank"}
	}
	if o.Name == "" && subject != o.Subject {
		o.Name = subject
	}
	if o.Source.Name == "" {
		o.Source.Name = f.in.Name
	}
	var bad *rowError
	if o.Time, bad = instant(get("time")); bad != nil {
		return o, bad
	}
	fraction := f.known[o.Metric].Unit == "fraction"
	if o.Value, bad = number("value", get("value"), fraction); bad != nil {
		return o, bad
	}
	if o.Low, bad = bound("low", get("low"), fraction); bad != nil {
		return o, bad
	}
	if o.High, bad = bound("high", get("high"), fraction); bad != nil {
		return o, bad
	}
	switch o.Interval {
	case "", "ci95", "ci90", "se", "sd", "p5-p95", "range":
	default:
		return o, &rowError{"interval", o.Interval, "not one of ci95, ci90, se, sd, p5-p95, range"}
	}
	if err := o.Validate(); err != nil {
		return o, &rowError{"", "", err.Error()}
	}
	return o, nil
}

func (f *file) subject(o metrics.Observation, get func(string) string) metrics.Subject {
	return metrics.Subject{ID: o.Subject, Name: o.Name, Kind: get("kind"), Organization: get("organization"),
		Country: get("country"), Access: get("access")}
}

func instant(s string) (time.Time, *rowError) {
	t, err := ingest.ParseObservationTime(s)
	if err != nil {
		return t, &rowError{"time", s, err.Error()}
	}
	return t, nil
}

// number reads a cell. A fraction may be written as a percentage.
func number(column, s string, fraction bool) (float64, *rowError) {
	digits, percent := strings.CutSuffix(s, "%")
	if percent && !fraction {
		return 0, &rowError{column, s, fmt.Sprintf("%q is a percentage, and the metric's unit is not fraction", s)}
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if percent {
		v /= 100
	}
	switch {
	case err != nil:
		return 0, &rowError{column, s, fmt.Sprintf("%q is not a number", s)}
	case math.IsNaN(v) || math.IsInf(v, 0):
		return 0, &rowError{column, s, "not a finite number"}
	}
	return v, nil
}

func bound(column, s string, fraction bool) (metrics.Bound, *rowError) {
	if s == "" {
		return metrics.Bound{}, nil
	}
	v, bad := number(column, s, fraction)
	return metrics.At(v), bad
}
