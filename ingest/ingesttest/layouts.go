package ingesttest

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// unplaced records what a connector hands on, without the rows that it comes from.
type unplaced struct{ Recorder }

// Observe implements [ingest.Sink].
func (r *unplaced) Observe(o metrics.Observation) error {
	o.Source.Row = 0
	return r.Recorder.Observe(o)
}

// Quarantine implements [ingest.Sink].
func (r *unplaced) Quarantine(q ingest.Rejected) error {
	q.Row = 0
	return r.add("%s %s %s value=%q tolerated=%v", q.File, q.Column, q.Reason, q.Value, q.Tolerated)
}

// layouts are what an upstream may do to a file without saying anything else. Those of tables are for CSV alone.
var (
	layouts = map[string]func([]byte) []byte{
		"byte order mark":   func(text []byte) []byte { return append([]byte("\ufeff"), text...) },
		"CRLF":              func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) },
		"blank lines after": func(text []byte) []byte { return append(slices.Clone(text), "\n\n"...) },
		"no last line break": func(text []byte) []byte {
			return bytes.TrimRight(text, "\r\n")
		},
	}
	tableLayouts = map[string]func([][]string) [][]string{
		"columns in another order": func(rows [][]string) [][]string {
			return eachRow(rows, func(_ int, row []string) []string { slices.Reverse(row); return row })
		},
		"columns more": func(rows [][]string) [][]string {
			return eachRow(rows, func(i int, row []string) []string {
				extra := "of two\nlines, quoted"
				if i == 0 {
					extra = "A new column"
				}
				return slices.Concat([]string{extra}, row, []string{extra + " too"})
			})
		},
		"spaces around names of columns": func(rows [][]string) [][]string {
			for i, column := range rows[0] {
				rows[0][i] = " " + column + " "
			}
			return rows
		},
		"blank rows": func(rows [][]string) [][]string {
			return slices.Insert(rows, 1, make([]string, len(rows[0])))
		},
	}
)

func eachRow(rows [][]string, change func(i int, row []string) []string) [][]string {
	for i, row := range rows {
		rows[i] = change(i, row)
	}
	return rows
}

// Layouts reads the fixture testdata/upstream in other layouts, each of which has to say the same.
func Layouts(t *testing.T, connector ingest.Connector) {
	t.Helper()
	fixture := fstest.MapFS{}
	folder := os.DirFS(filepath.Join("testdata", "upstream"))
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		fixture[name] = &fstest.MapFile{Data: bytes.TrimPrefix(text, []byte("\ufeff"))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := said(t, connector, fixture)
	for name, change := range layouts {
		t.Run(name, func(t *testing.T) { compareLayout(t, connector, fixture, change, want) })
	}
	for name, change := range tableLayouts {
		t.Run(name, func(t *testing.T) {
			compareLayout(t, connector, fixture, func(text []byte) []byte { return table(t, text, change) }, want)
		})
	}
}

func compareLayout(t *testing.T, connector ingest.Connector, fixture fstest.MapFS, change func([]byte) []byte, want []string) {
	t.Helper()
	changed := maps.Clone(fixture)
	for name, file := range changed {
		changed[name] = &fstest.MapFile{Data: change(file.Data)}
	}
	if diff := cmp.Diff(want, said(t, connector, changed)); diff != "" {
		t.Errorf("-as it is +in this layout:\n%s", diff)
	}
}

func said(t *testing.T, connector ingest.Connector, files fs.FS) []string {
	t.Helper()
	var r unplaced
	if err := connector.Read(t.Context(), Input(t, files), &r); err != nil {
		t.Error(err)
	}
	return r.Lines
}

// table changes a CSV file; what is none stays.
func table(t *testing.T, text []byte, change func([][]string) [][]string) []byte {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(text))
	rows, err := r.ReadAll()
	if err != nil || len(rows[0]) == 1 {
		return text
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.WriteAll(change(rows)); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}
