package ingest_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/ingest"
)

// readAll returns each record as its cells joined by "|", and the lines that aren't CSV.
func readAll(t *testing.T, text string, lenient bool) (records []string, bad []int) {
	t.Helper()
	r := ingest.NewCSVReader(strings.NewReader(text), lenient)
	for {
		cells, _, err := r.Read()
		var rejected *ingest.BadRecord
		switch {
		case errors.Is(err, io.EOF):
			return records, bad
		case errors.As(err, &rejected):
			bad = append(bad, rejected.Line)
		case err != nil:
			t.Fatal(err)
		default:
			records = append(records, strings.Join(cells, "|"))
		}
	}
}

func TestCSVReader(t *testing.T) {
	for _, c := range []struct {
		name, text string
		lenient    bool
		records    []string
		bad        []int
	}{
		{"plain", "a,b\n1,2\n", false, []string{"a|b", "1|2"}, nil},
		{"quoted line break", "a,b\n\"x\ny\",2\n3,4\n", false, []string{"a|b", "x\ny|2", "3|4"}, nil},
		{"blank lines and CRLF", "a,b\r\n\r\n1,2\r\n", false, []string{"a|b", "1|2"}, nil},
		{"never closed", "a,b\n1,\"2\n3,4\n5,6\n", false, []string{"a|b", "3|4", "5|6"}, []int{2}},
		{"closed by a later row", "a,b\n1,\"2\n3,4\n5,\"6\"\n", false, []string{"a|b", "3|4", "5|6"}, []int{2}},
		{"closed by a later stray", "a,b\n1,\"2\n3,4\n\",6\n7,8\n", false, []string{"a|b", "3|4", "7|8"}, []int{2, 4}},
		{"in the middle of a cell", "a,b\n1,5\" disk\n3,4\n", false, []string{"a|b", "3|4"}, []int{2}},
		{"in the middle of a cell, leniently", "a,b\n1,5\" disk\n3,4\n", true, []string{"a|b", "1|5\" disk", "3|4"}, nil},
		{"after a closing quote", "a,b\n\"1\"x,2\n3,4\n", false, []string{"a|b", "3|4"}, []int{2}},
		{"no line break at the end", "a,b\n1,\"2", false, []string{"a|b"}, []int{2}},
		{"semicolons", "a;b\n1,5;\"2;\"\n", false, []string{"a|b", "1,5|2;"}, nil},
		{"tabs", "a\tb\n1, 2\t3\n", false, []string{"a|b", "1, 2|3"}, nil},
		{"commas beside a semicolon", "a,b;c\n1,2;3\n", false, []string{"a|b;c", "1|2;3"}, nil},
		{"a line without end", "a,b\n" + strings.Repeat("x", 3<<20) + "\n3,4\n", false, []string{"a|b", "3|4"}, []int{2}},
		{"a quote open for longer than a record may be", "a,b\n1,\"\n" + strings.Repeat("3,4\n", 1<<19), false, nil, []int{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			records, bad := readAll(t, c.text, c.lenient)
			if c.records == nil {
				c.records = append([]string{"a|b"}, slices.Repeat([]string{"3|4"}, 1<<19)...)
			}
			if !slices.Equal(records, c.records) || !slices.Equal(bad, c.bad) {
				t.Errorf("got %.200q and bad lines %v, want %.200q and %v", records, bad, c.records, c.bad)
			}
		})
	}
}

// FuzzCSVReader holds the reader to its promise: whatever comes before a good row, the row is read.
func FuzzCSVReader(f *testing.F) {
	for _, garbage := range []string{"", "1,\"2", "\"", "\"\"\"", "a\n\"b\n", "x,\"y\nz\",\"", "\r", "\x00\xff"} {
		f.Add(garbage, true)
		f.Add(garbage, false)
	}
	f.Fuzz(func(t *testing.T, garbage string, lenient bool) {
		records, _ := readAll(t, "a,b\n"+garbage+"\nlast,row\n", lenient)
		if records[len(records)-1] != "last|row" {
			t.Errorf("after %q the last row is read as %q", garbage, records[len(records)-1])
		}
	})
}
