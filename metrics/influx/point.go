package influx

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/influxdata/influxdb-client-go/v2/api/query"
	"github.com/scalebook/scalebook/metrics"
)

// point writes one line of the line protocol. Names of tags and fields are the package's own; text is encoded, so that
// what is left to escape is what the protocol splits on.
// https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
type point struct {
	b      strings.Builder
	fields bool
}

func newPoint(measurement string) *point {
	p := &point{}
	p.b.WriteString(escape(measurement, ", "))
	return p
}

// tag adds a tag; all of them come before the fields.
func (p *point) tag(name, value string) {
	p.b.WriteByte(',')
	p.b.WriteString(name)
	p.b.WriteByte('=')
	p.b.WriteString(escape(encode(value), ", ="))
}

func (p *point) field(name string) {
	if p.fields {
		p.b.WriteByte(',')
	} else {
		p.b.WriteByte(' ')
	}
	p.fields = true
	p.b.WriteString(name)
	p.b.WriteByte('=')
}

func (p *point) text(name, value string) {
	p.field(name)
	p.b.WriteByte('"')
	p.b.WriteString(escape(encode(value), `"`))
	p.b.WriteByte('"')
}

func (p *point) int(name string, value int64) {
	p.field(name)
	p.b.WriteString(strconv.FormatInt(value, 10))
	p.b.WriteByte('i')
}

func (p *point) float(name string, value float64) {
	p.field(name)
	p.b.WriteString(strconv.FormatFloat(value, 'g', -1, 64))
}

func (p *point) flag(name string, value bool) {
	p.field(name)
	p.b.WriteString(strconv.FormatBool(value))
}

// at ends the line with its time.
func (p *point) at(t time.Time) string {
	p.b.WriteByte(' ')
	p.b.WriteString(strconv.FormatInt(t.UnixNano(), 10))
	return p.b.String()
}

// escape puts a backslash before each of the special characters, which are ASCII.
func escape(s, special string) string {
	if !strings.ContainsAny(s, special) {
		return s
	}
	b := make([]byte, 0, len(s)+len(s)/4)
	for i := range len(s) {
		if strings.IndexByte(special, s[i]) >= 0 {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return string(b)
}

// revision is an observation as the number'th revision of its key, written by append seq.
type revision struct {
	metrics.Observation
	number int
	seq    int64
	digest uint64
}

// entry is the field that says all of a revision that its tags and time don't. One field is one row of an answer: putting
// a dozen fields together again takes InfluxDB thirty times as long. The other fields, value, low and high, and withdrawn
// where it is true, are for dashboards: each one more would make every write slower.
type entry struct {
	Seq         int64    `json:"seq"`
	Digest      uint64   `json:"digest,string"`
	Value       float64  `json:"value"`
	Low         *float64 `json:"low,omitempty"`
	High        *float64 `json:"high,omitempty"`
	Interval    string   `json:"interval,omitempty"`
	Name        string   `json:"name,omitempty"`
	URL         string   `json:"url,omitempty"`
	Version     string   `json:"version,omitempty"`
	File        string   `json:"file,omitempty"`
	Row         int      `json:"row,omitempty"`
	RetrievedAt *int64   `json:"retrieved_at,omitempty"` // seconds since 1970
	Withdrawn   bool     `json:"withdrawn,omitempty"`
	RecordedAt  int64    `json:"recorded_at"` // nanoseconds since 1970
}

// entryField is the name of that field.
const entryField = "entry"

// line writes the revision as its point.
func (r *revision) line(measurement string) (string, error) {
	o := &r.Observation
	e := entry{
		Seq: r.seq, Digest: r.digest, Value: o.Value, Interval: o.Interval, Name: o.Name, URL: o.Source.URL, Version: o.Source.Version,
		File: o.Source.File, Row: o.Source.Row, Withdrawn: o.Withdrawn, RecordedAt: o.RecordedAt.UnixNano(),
	}
	p := newPoint(measurement)
	p.tag("metric", o.Metric)
	p.tag("rev", strconv.Itoa(r.number))
	p.tag("setting", o.Setting)
	p.tag("source", o.Source.Name)
	p.tag("subject", o.Subject)
	p.float("value", o.Value)
	if o.Low.Known {
		e.Low = &o.Low.Value
		p.float("low", o.Low.Value)
	}
	if o.High.Known {
		e.High = &o.High.Value
		p.float("high", o.High.Value)
	}
	if t := o.Source.RetrievedAt; !t.IsZero() {
		seconds := t.Unix()
		e.RetrievedAt = &seconds
	}
	if o.Withdrawn {
		p.flag("withdrawn", true)
	}
	body, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	p.text(entryField, string(body))
	return p.at(o.Time), nil
}

// parseRevision reads the row of a point's entry.
func parseRevision(record *query.FluxRecord) (revision, error) {
	c := cells{record: record}
	var e entry
	if err := json.Unmarshal([]byte(c.text("_value")), &e); err != nil {
		return revision{}, fmt.Errorf("%w: entry: %w", metrics.ErrDamaged, err)
	}
	number, err := strconv.Atoi(c.text("rev"))
	if err != nil {
		return revision{}, fmt.Errorf("%w: rev: %w", metrics.ErrDamaged, err)
	}
	r := revision{number: number, seq: e.Seq, digest: e.Digest, Observation: metrics.Observation{
		Metric: c.text("metric"), Subject: c.text("subject"), Setting: c.text("setting"), Name: e.Name,
		Time: record.Time().UTC(), Value: e.Value, Low: bound(e.Low), High: bound(e.High), Interval: e.Interval,
		Source: metrics.Source{
			Name: c.text("source"), URL: e.URL, Version: e.Version, File: e.File, Row: e.Row,
		},
		Withdrawn: e.Withdrawn, RecordedAt: time.Unix(0, e.RecordedAt).UTC(),
	}}
	if e.RetrievedAt != nil {
		r.Source.RetrievedAt = time.Unix(*e.RetrievedAt, 0).UTC()
	}
	return r, c.err
}

func bound(v *float64) metrics.Bound {
	if v == nil {
		return metrics.Bound{}
	}
	return metrics.At(*v)
}

// cells reads the columns of a row, and keeps the first error.
type cells struct {
	record *query.FluxRecord
	err    error
}

func (c *cells) bad(column string, value any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: column %s is %T %v", metrics.ErrDamaged, column, value, value)
	}
}

func (c *cells) text(column string) string {
	v := c.record.ValueByKey(column)
	s, ok := v.(string)
	if !ok {
		c.bad(column, v)
		return ""
	}
	text, err := decode(s)
	if err != nil {
		c.bad(column, v)
	}
	return text
}

func (c *cells) int(column string) int64 {
	v := c.record.ValueByKey(column)
	n, ok := v.(int64)
	if !ok {
		c.bad(column, v)
	}
	return n
}

func (c *cells) flag(column string) bool {
	v := c.record.ValueByKey(column)
	b, ok := v.(bool)
	if !ok {
		c.bad(column, v)
	}
	return b
}
