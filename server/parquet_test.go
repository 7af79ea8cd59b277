package server

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/scalebook/scalebook/query"
)

// TestParquetKeepsTypes writes a table and reads it with a schema of its own.
func TestParquetKeepsTypes(t *testing.T) {
	file, err := Parquet(query.Table{
		Header: []string{"time", "name", "value", "held_days", "censored"},
		Rows:   [][]string{{"1965-04-01", "무어", "6.02e+23", "12", "true"}, {"2024-02-29T12:30:00Z", "", "", "", ""}},
	})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Time     *time.Time `parquet:"time,optional,timestamp(microsecond)"`
		Name     *string    `parquet:"name,optional"`
		Value    *float64   `parquet:"value,optional"`
		Held     *int64     `parquet:"held_days,optional"`
		Censored *bool      `parquet:"censored,optional"`
	}
	rows, err := parquet.Read[row](bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || !rows[0].Time.Equal(time.Date(1965, 4, 1, 0, 0, 0, 0, time.UTC)) || *rows[0].Name != "무어" || *rows[0].Value != 6.02e23 ||
		*rows[0].Held != 12 || !*rows[0].Censored {
		t.Errorf("first row: %+v", rows)
	}
	if r := rows[1]; r.Name != nil || r.Value != nil || r.Held != nil || r.Censored != nil || r.Time.Minute() != 30 {
		t.Errorf("blank cells are not null: %+v", r)
	}
	if _, err := Parquet(query.Table{Header: []string{"value"}, Rows: [][]string{{"many"}}}); err == nil || !strings.Contains(err.Error(), "row 1, column value") {
		t.Errorf("a cell that is no number: %v", err)
	}
}

// TestParquetHoldsWhatCSVHolds asks each tabular route for both forms and compares names, order and number of rows.
func TestParquetHoldsWhatCSVHolds(t *testing.T) {
	s := newTestServer(t)
	for _, r := range apiRouteTable() {
		if !r.tabular {
			continue
		}
		address, params, _ := strings.Cut(r.example, "?")
		t.Run(address, func(t *testing.T) {
			status, header, body := get(t, s, "/api/v1"+address+".parquet?"+params)
			if status != 200 || header.Get("Content-Type") != parquetType || !strings.Contains(header.Get("Content-Disposition"), ".parquet") {
				t.Fatalf("%d %v: %.200q", status, header, body)
			}
			file, err := parquet.OpenFile(strings.NewReader(body), int64(len(body)))
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, f := range file.Schema().Fields() {
				names = append(names, f.Name())
			}
			_, _, csv := get(t, s, "/api/v1"+address+".csv?"+params)
			if head, _, _ := strings.Cut(strings.TrimPrefix(csv, "\ufeff"), "\r\n"); head != strings.Join(names, ",") {
				t.Errorf("columns %v, CSV has %s", names, head)
			}
			if rows := int64(strings.Count(csv, "\r\n") - 1); file.NumRows() != rows {
				t.Errorf("%d rows, CSV has %d", file.NumRows(), rows)
			}
		})
	}
}

func ExampleParquet() {
	file, err := Parquet(query.Table{Header: []string{"name", "value"}, Rows: [][]string{{"GPT-4", "0.359"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := parquet.NewReader(bytes.NewReader(file))
	row := map[string]any{}
	for rows.Read(&row) != io.EOF {
		fmt.Println(row["name"], row["value"])
	}
	// Output: GPT-4 0.359
}
