package ingest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// longestRecord is the length beyond which a line or a record is set aside unread, so that no input can fill the memory.
const longestRecord = 1 << 20

// CSVReader reads the records of a CSV file (RFC 4180), each by itself: one that isn't CSV costs its own first line, and
// reading goes on at the line after it. A quote that is never closed would else swallow all that follows.
//
// The first record is the header; it tells what divides cells. A record without anything in its cells is none: spreadsheets end in them. A record of
// several lines, as quoted line breaks make them, is taken only if it has as many cells as the header: what a stray quote
// gathers hasn't.
type CSVReader struct {
	lines   *bufio.Reader
	lenient bool
	comma   rune // what divides cells
	width   int  // of the header; 0 before it was read

	ahead  []csvLine // read and not yet part of a record
	number int       // of the last line read
	ended  error     // what ended the file
	record bytes.Buffer
}

type csvLine struct {
	number int
	text   []byte // with its line break; nil if it was too long
}

// BadRecord is a line that isn't CSV.
type BadRecord struct {
	Line   int // 1-based
	Reason string
}

// Error implements error.
func (b *BadRecord) Error() string { return fmt.Sprintf("line %d: %s", b.Line, b.Reason) }

// NewCSVReader returns a reader. A lenient one takes a line with quotes in the wrong places as it stands where that gives
// as many cells as the header has.
func NewCSVReader(r io.Reader, lenient bool) *CSVReader {
	return &CSVReader{lines: Text(r), lenient: lenient}
}

// Read returns the cells of the next record and the line that it begins on. After a [*BadRecord] there may be more; io.EOF
// ends the file.
func (r *CSVReader) Read() (cells []string, line int, err error) {
	for {
		cells, line, err = r.read()
		if err != nil || slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			return cells, line, err
		}
	}
}

func (r *CSVReader) read() (cells []string, line int, err error) {
	n, err := r.gather()
	if err != nil {
		return nil, 0, err
	}
	first := r.ahead[0]
	if first.text == nil {
		r.ahead = r.ahead[1:]
		return nil, 0, &BadRecord{first.number, fmt.Sprintf("a line of more than %d bytes", longestRecord)}
	}
	if r.width == 0 {
		r.comma = divider(r.record.Bytes())
	}
	cells, err = r.split(r.record.Bytes(), false)
	if err == nil && n > 1 && r.width > 0 && len(cells) != r.width {
		err = csv.ErrQuote
	}
	if err != nil && r.lenient {
		if asItStands, lazyErr := r.split(first.text, true); lazyErr == nil && (len(asItStands) == r.width || r.width == 0) {
			cells, err, n = asItStands, nil, 1
		}
	}
	if err != nil {
		r.ahead = r.ahead[1:]
		return nil, 0, &BadRecord{first.number, err.Error()}
	}
	r.ahead = r.ahead[n:]
	if r.width == 0 {
		r.width = len(cells)
	}
	return cells, first.number, nil
}

// gather puts the lines of the next record, those up to the one that closes its quotes, into record, and returns how many
// of those ahead they are.
func (r *CSVReader) gather() (n int, err error) {
	r.record.Reset()
	open := false
	for {
		if n == len(r.ahead) && !r.next() {
			if n > 0 {
				return n, nil // quotes are open at the end of the file: not CSV
			}
			return 0, r.ended
		}
		line := r.ahead[n]
		if n == 0 && line.text != nil && len(bytes.TrimRight(line.text, "\r\n")) == 0 {
			r.ahead = r.ahead[1:] // blank lines are no records
			continue
		}
		n++
		r.record.Write(line.text)
		if bytes.Count(line.text, []byte(`"`))%2 == 1 {
			open = !open
		}
		if !open || line.text == nil || r.record.Len() > longestRecord {
			return n, nil
		}
	}
}

// next reads a line ahead. It returns false at the end of the file.
func (r *CSVReader) next() bool {
	if r.ended != nil {
		return false
	}
	line := csvLine{number: r.number + 1, text: []byte{}}
	size := 0
	for {
		part, err := r.lines.ReadSlice('\n')
		if size += len(part); size > longestRecord {
			line.text = nil
		} else {
			line.text = append(line.text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		r.ended = err
		break
	}
	if size == 0 {
		return false
	}
	r.number++
	r.ahead = append(r.ahead, line)
	return true
}

// divider returns what divides the cells of a header: a comma, unless semicolons, which spreadsheet programs write where the
// comma is the decimal sign, or tabs make more cells of it.
func divider(header []byte) rune {
	most, divider := bytes.Count(header, []byte(",")), ','
	for _, other := range ";\t" {
		if n := bytes.Count(header, []byte(string(other))); n > most {
			most, divider = n, other
		}
	}
	return divider
}

// split parses one record.
func (r *CSVReader) split(record []byte, lazy bool) ([]string, error) {
	c := csv.NewReader(bytes.NewReader(record))
	c.Comma, c.FieldsPerRecord, c.LazyQuotes = r.comma, -1, lazy
	cells, err := c.Read()
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		return nil, syntax.Err
	}
	return cells, err
}
