package influx

import (
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

// escape puts a backslash before each of the special characters.
func escape(s, special string) string {
	if !strings.ContainsAny(s, special) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// revision is an observation as the number'th revision of its key, written by append seq.
type revision struct {
	metrics.Observation
	number int
	seq    int64
}

// line writes the revision as its point. All fields are always written: a point that takes the place of one from an
// append that failed must not keep any of its fields.
func (r *revision) line(measurement string, digest uint64) string {
	o := &r.Observation
	p := newPoint(measurement)
	p.tag("metric", o.Metric)
	p.tag("rev", strconv.Itoa(r.number))
	p.tag("setting", o.Setting)
	p.tag("source", o.Source.Name)
	p.tag("subject", o.Subject)
	p.float("value", o.Value)
	p.float("low", o.Low.Value)
	p.float("high", o.High.Value)
	p.text("interval", o.Interval)
	p.text("known", known(o))
	p.int("recorded_at", o.RecordedAt.UnixNano())
	p.flag("withdrawn", o.Withdrawn)
	p.text("name", o.Name)
	p.text("url", o.Source.URL)
	p.text("version", o.Source.Version)
	p.text("file", o.Source.File)
	p.int("row", int64(o.Source.Row))
	retrieved := int64(notRetrieved)
	if t := o.Source.RetrievedAt; !t.IsZero() {
		retrieved = t.Unix()
	}
	p.int("retrieved_at", retrieved)
	p.text("entry", fmt.Sprintf("%d %016x", r.seq, digest))
	return p.at(o.Time)
}

// notRetrieved stands for an unknown time of retrieval: far before any.
const notRetrieved = -1 << 62

// known has one letter for each bound that is known.
func known(o *metrics.Observation) string {
	s := ""
	if o.Low.Known {
		s += "l"
	}
	if o.High.Known {
		s += "h"
	}
	return s
}

// parseEntry reads the field entry: the append and the content's digest.
func parseEntry(s string) (seq int64, digest uint64, err error) {
	number, hex, _ := strings.Cut(s, " ")
	if seq, err = strconv.ParseInt(number, 10, 64); err == nil {
		digest, err = strconv.ParseUint(hex, 16, 64)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%w: entry %q", metrics.ErrDamaged, s)
	}
	return seq, digest, nil
}

// parseRevision reads a point that Flux has put into one row.
func parseRevision(record *query.FluxRecord) (revision, error) {
	c := cells{record: record}
	number, err := strconv.Atoi(c.text("rev"))
	if err != nil {
		return revision{}, fmt.Errorf("%w: rev: %w", metrics.ErrDamaged, err)
	}
	seq, _, err := parseEntry(c.text("entry"))
	if err != nil {
		return revision{}, err
	}
	r := revision{number: number, seq: seq, Observation: metrics.Observation{
		Metric: c.text("metric"), Subject: c.text("subject"), Setting: c.text("setting"), Name: c.text("name"),
		Time: record.Time().UTC(), Value: c.float("value"), Interval: c.text("interval"),
		Source: metrics.Source{
			Name: c.text("source"), URL: c.text("url"), Version: c.text("version"), File: c.text("file"), Row: int(c.int("row")),
		},
		Withdrawn: c.flag("withdrawn"), RecordedAt: time.Unix(0, c.int("recorded_at")).UTC(),
	}}
	bounds := c.text("known")
	if strings.Contains(bounds, "l") {
		r.Low = metrics.At(c.float("low"))
	}
	if strings.Contains(bounds, "h") {
		r.High = metrics.At(c.float("high"))
	}
	if at := c.int("retrieved_at"); at != notRetrieved {
		r.Source.RetrievedAt = time.Unix(at, 0).UTC()
	}
	return r, c.err
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

func (c *cells) float(column string) float64 {
	v := c.record.ValueByKey(column)
	f, ok := v.(float64)
	if !ok {
		c.bad(column, v)
	}
	return f
}

func (c *cells) flag(column string) bool {
	v := c.record.ValueByKey(column)
	b, ok := v.(bool)
	if !ok {
		c.bad(column, v)
	}
	return b
}
