package ingest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
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

// ReadCSV hands each record of a CSV file with a header to read. A byte order mark and quoted newlines are fine. A file
// without one of the required columns is an error that names it: its shape changed, so none of it is to be trusted. A
// record that is not CSV is quarantined in sink, or an error where sink is nil.
func ReadCSV(files fs.FS, name string, required []string, read func(Row) error, sink Sink) error {
	file, err := files.Open(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.ReuseRecord = true
	first, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: no header: %w", name, err)
	}
	header := make([]string, len(first))
	present := map[string]bool{}
	for i, column := range first {
		header[i] = strings.TrimSpace(strings.TrimPrefix(column, "\ufeff"))
		present[header[i]] = true
	}
	for _, column := range required {
		if !present[column] {
			return fmt.Errorf("%s: no column %q: the format has changed", name, column)
		}
	}
	row := Row{File: name, cells: make(map[string]string, len(header))}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) && sink != nil {
			if err := sink.Quarantine(Rejected{File: name, Row: syntax.StartLine, Reason: syntax.Err.Error()}); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		row.Line, _ = r.FieldPos(0)
		clear(row.cells)
		for i, cell := range cells[:min(len(cells), len(header))] {
			row.cells[header[i]] = cell
		}
		if err := read(row); err != nil {
			return err
		}
	}
}
