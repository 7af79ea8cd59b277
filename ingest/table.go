package ingest

import (
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
)

// Row is one record of a CSV file, its cells by column. It is valid until the next row is read; Clone keeps it.
type Row struct {
	File  string
	Line  int // of the record's first field, 1-based
	cells map[string]string
}

// Get returns a cell without surrounding space; "" where the column or the cell is absent.
func (r Row) Get(column string) string { return strings.TrimSpace(r.cells[column]) }

// Clone returns a row that stays valid.
func (r Row) Clone() Row {
	r.cells = maps.Clone(r.cells)
	return r
}

// Number returns the number in a cell. present is false for a blank one. Infinity and NaN, which spreadsheets write where a
// division went wrong, are errors, since no ledger can keep them.
func (r Row) Number(column string) (v float64, present bool, err error) {
	cell := r.Get(column)
	if cell == "" {
		return 0, false, nil
	}
	v, err = strconv.ParseFloat(cell, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return 0, true, fmt.Errorf("%q is not a number", cell)
	case math.IsNaN(v) || math.IsInf(v, 0):
		return 0, true, errors.New("not a finite number")
	}
	return v, true, nil
}

// Reject sets a cell of the row aside because it can't be read.
func (r Row) Reject(column, reason string) Rejected {
	return Rejected{File: r.File, Row: r.Line, Column: column, Value: r.Get(column), Reason: reason}
}

// SetAside sets a cell of the row aside by rule.
func (r Row) SetAside(column, reason string) Rejected {
	rejected := r.Reject(column, reason)
	rejected.Tolerated = true
	return rejected
}

// FindCSV returns the CSV files that have all the columns. Where there is none it says which column the likeliest file
// lacks, so that an upstream that renamed one is told from an input of another kind.
func FindCSV(files fs.FS, columns ...string) ([]string, error) {
	var found []string
	closest, missing, most := "", "", 0
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.EqualFold(path.Ext(name), ".csv") {
			return err
		}
		header, err := readHeader(files, name)
		if err != nil {
			return err
		}
		has, lacks := 0, ""
		for _, column := range columns {
			if slices.Contains(header, column) {
				has++
			} else if lacks == "" {
				lacks = column
			}
		}
		switch {
		case has == len(columns):
			found = append(found, name)
		case has > most || closest == "":
			closest, missing, most = name, lacks, has
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(found) > 0:
		return found, nil
	case closest == "":
		return nil, errors.New("no CSV file in it")
	}
	return nil, fmt.Errorf("%s: no column %q: the format has changed or is another one", closest, missing)
}

// readHeader returns the column names of a CSV file; an empty file, and one that doesn't begin as a CSV file does, have none.
func readHeader(files fs.FS, name string) ([]string, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer file.Close()
	header, _, err := NewCSVReader(io.LimitReader(file, 1<<20), true).Read()
	if err != nil {
		return nil, nil
	}
	for i, column := range header {
		header[i] = strings.TrimSpace(column)
	}
	return header, nil
}

// ReadCSV hands each record of a CSV file with a header to read. A byte order mark and quoted newlines are fine. A file
// without one of the required columns is an error that names it: its shape changed, so none of it is to be trusted. A
// record that is not CSV is quarantined in sink, or an error where sink is nil.
func ReadCSV(files fs.FS, name string, required []string, read func(Row) error, sink Sink) error {
	file, err := files.Open(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer file.Close()
	r := NewCSVReader(file, true)
	first, _, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: no header: %w", name, err)
	}
	header := make([]string, len(first))
	present := map[string]bool{}
	for i, column := range first {
		header[i] = strings.TrimSpace(column)
		present[header[i]] = true
	}
	for _, column := range required {
		if !present[column] {
			return fmt.Errorf("%s: no column %q: the format has changed", name, column)
		}
	}
	row := Row{File: name, cells: make(map[string]string, len(header))}
	for {
		cells, line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var bad *BadRecord
		if errors.As(err, &bad) && sink != nil {
			if err := sink.Quarantine(Rejected{File: name, Row: bad.Line, Reason: bad.Reason}); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		row.Line = line
		clear(row.cells)
		for i, cell := range cells[:min(len(cells), len(header))] {
			row.cells[header[i]] = cell
		}
		if err := read(row); err != nil {
			return err
		}
	}
}
