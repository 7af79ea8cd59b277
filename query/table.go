package query

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Table is an answer as rows, for CSV and for the accessible twin of a chart. Cells are as in JSON; unknown is blank.
type Table struct {
	Header []string
	Rows   [][]string
}

// Tabular answers can be written as a table.
type Tabular interface{ Table() Table }

// CSV writes the table as RFC 4180 with a byte order mark, so that spreadsheets read its Korean as UTF-8. A text cell
// that a spreadsheet would run as a formula gets a leading apostrophe.
func (t Table) CSV() []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write(t.Header) // a bytes.Buffer does not fail
	row := make([]string, len(t.Header))
	for _, cells := range t.Rows {
		for i, cell := range cells {
			row[i] = defuse(cell)
		}
		_ = w.Write(row[:len(cells)])
	}
	w.Flush()
	return b.Bytes()
}

// defuse keeps a cell from being evaluated (OWASP, "CSV injection"; Excel for Korean and Japanese takes the signs of full width too).
// Numbers stay numbers.
func defuse(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

// number writes a value as JSON does; nil is blank.
func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

// Table implements [Tabular].
func (s Series) Table() Table {
	t := Table{Header: []string{"time", "metric", "subject", "name", "setting", "value", "unit", "low", "high", "interval",
		"organization", "country", "access", "source", "url", "recorded_at"}}
	for _, o := range s.Observations {
		t.Rows = append(t.Rows, []string{o.Time.String(), s.Metric.ID, o.Subject, o.Name, o.Setting, number(&o.Value), s.Metric.Unit,
			number(o.Low), number(o.High), o.Interval, o.Organization, o.Country, o.Access, o.Source.Name, o.Source.URL, moment(o.RecordedAt)})
	}
	return t
}

func moment(m *Moment) string {
	if m == nil {
		return ""
	}
	return m.String()
}
