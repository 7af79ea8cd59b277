package server

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/scalebook/scalebook/query"
)

// columnTypes are the types of columns, by name, that are not text. They are the same whatever a column holds, so that the
// files of two answers can be read as one.
var columnTypes = map[string]reflect.Type{
	"time": instant, "date": instant, "released": instant, "recorded_at": instant, "first": instant, "last": instant,
	"leader_time": instant, "follower_time": instant,
	"value": double, "low": double, "high": double, "pi_low": double, "pi_high": double, "gain": double, "theta": double, "score": double,
	"before": double, "after": double, "floor": double, "ceiling": double, "growth_per_year": double, "lag_days": double,
	"held_days": whole, "n": whole, "scores": whole, "observations": whole, "minutes": whole,
	"censored": reflect.TypeFor[*bool](),
}

var (
	instant = reflect.TypeFor[*time.Time]()
	double  = reflect.TypeFor[*float64]()
	whole   = reflect.TypeFor[*int64]()
	text    = reflect.TypeFor[*string]()
)

// Parquet writes a table as an Apache Parquet file: columns in the table's order, all optional, times as microseconds in
// UTC, compressed with Snappy, which every reader has. A blank cell is null.
func Parquet(t query.Table) ([]byte, error) {
	fields := make([]reflect.StructField, len(t.Header))
	for i, name := range t.Header {
		typ, ok := columnTypes[name]
		if !ok {
			typ = text
		}
		tag := name + ",optional"
		if typ == instant {
			tag += ",timestamp(microsecond)"
		}
		fields[i] = reflect.StructField{Name: "C" + strconv.Itoa(i), Type: typ, Tag: reflect.StructTag(fmt.Sprintf("parquet:%q", tag))}
	}
	row := reflect.New(reflect.StructOf(fields)).Elem()
	var b bytes.Buffer
	w := parquet.NewWriter(&b, parquet.SchemaOf(row.Interface()), parquet.Compression(&parquet.Snappy), parquet.CreatedBy("scalebook", "", ""))
	for n, cells := range t.Rows {
		row.SetZero()
		for i, cell := range cells {
			v, err := parquetValue(cell, fields[i].Type)
			if err != nil {
				return nil, fmt.Errorf("parquet: row %d, column %s: %w", n+1, t.Header[i], err)
			}
			if cell != "" {
				row.Field(i).Set(reflect.ValueOf(v))
			}
		}
		if err := w.Write(row.Interface()); err != nil {
			return nil, fmt.Errorf("parquet: row %d: %w", n+1, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	return b.Bytes(), nil
}

// parquetValue reads a cell as a column's type.
func parquetValue(cell string, typ reflect.Type) (any, error) {
	if cell == "" {
		return nil, nil
	}
	switch typ {
	case double:
		v, err := strconv.ParseFloat(cell, 64)
		return &v, err
	case whole:
		v, err := strconv.ParseInt(cell, 10, 64)
		return &v, err
	case instant:
		v, err := query.ParseTime(cell)
		return &v, err
	case text:
		return &cell, nil
	}
	v, err := strconv.ParseBool(cell)
	return &v, err
}
