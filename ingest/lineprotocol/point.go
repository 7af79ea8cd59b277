package lineprotocol

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// point is a line as it is written. Texts may stand in tags or in fields of the same name.
type point struct {
	measurement, metric, subject, setting, source string
	name, url, interval                           string
	kind, organization, country, access           string
	value                                         float64
	hasValue                                      bool
	low, high                                     metrics.Bound
	withdrawn                                     bool
	time                                          time.Time
}

// badPoint says what of a line can't be read.
type badPoint struct{ column, value, reason string }

// parse reads one line.
func parse(line []byte, precision lineprotocol.Precision) (*point, *badPoint) {
	d := lineprotocol.NewDecoderWithBytes(line)
	p := &point{}
	if !d.Next() {
		return nil, &badPoint{reason: "no point"}
	}
	measurement, err := d.Measurement()
	if err != nil {
		return nil, syntax(err)
	}
	p.measurement = string(measurement)
	for {
		key, value, err := d.NextTag()
		if err != nil {
			return nil, syntax(err)
		}
		if key == nil {
			break
		}
		if text := p.text(string(key)); text != nil {
			*text = string(value)
		}
	}
	for {
		key, value, err := d.NextField()
		if err != nil {
			return nil, syntax(err)
		}
		if key == nil {
			break
		}
		if bad := p.field(string(key), value); bad != nil {
			return nil, bad
		}
	}
	if p.time, err = d.Time(precision, time.Time{}); err != nil {
		return nil, syntax(err)
	}
	return p, nil
}

func syntax(err error) *badPoint {
	reason := strings.TrimPrefix(err.Error(), "at line 1:")
	if reason != err.Error() {
		reason = "column " + reason
	}
	return &badPoint{reason: reason}
}

// text returns where a text of the point is kept; nil for a key that means nothing here.
func (p *point) text(key string) *string {
	switch key {
	case "metric":
		return &p.metric
	case "subject":
		return &p.subject
	case "setting":
		return &p.setting
	case "source":
		return &p.source
	case "name":
		return &p.name
	case "url":
		return &p.url
	case "interval":
		return &p.interval
	case "kind":
		return &p.kind
	case "organization":
		return &p.organization
	case "country":
		return &p.country
	case "access":
		return &p.access
	}
	return nil
}

func (p *point) field(key string, value lineprotocol.Value) *badPoint {
	switch key {
	case "value", "low", "high":
		v, ok := number(value)
		if !ok {
			return &badPoint{key, value.String(), "not a number"}
		}
		switch key {
		case "value":
			p.value, p.hasValue = v, true
		case "low":
			p.low = metrics.At(v)
		case "high":
			p.high = metrics.At(v)
		}
		return nil
	case "withdrawn":
		p.withdrawn = value.Kind() == lineprotocol.Bool && value.BoolV()
		return nil
	}
	if text := p.text(key); text != nil && value.Kind() == lineprotocol.String {
		*text = value.StringV()
	}
	return nil
}

func number(v lineprotocol.Value) (float64, bool) {
	switch v.Kind() {
	case lineprotocol.Float:
		return v.FloatV(), true
	case lineprotocol.Int:
		return float64(v.IntV()), true
	case lineprotocol.Uint:
		return float64(v.UintV()), true
	}
	return 0, false
}

// observation is the point in the ledger's terms. known is what the point says of its metric.
func (p *point) observation(n *names) (o metrics.Observation, known metrics.Metric, bad *badPoint) {
	metric := cmp.Or(p.metric, p.measurement)
	known = metrics.Metric{ID: n.metric(metric)}
	if p.metric != "" && isKind(p.measurement) {
		known.Kind = p.measurement
	}
	o = metrics.Observation{
		Metric: known.ID, Subject: n.subject(p.kind, p.subject), Setting: p.setting, Name: p.name, Time: p.time, Value: p.value,
		Low: p.low, High: p.high, Interval: p.interval, Withdrawn: p.withdrawn,
		Source: metrics.Source{Name: cmp.Or(p.source, n.in.Name), URL: p.url},
	}
	if o.Name == "" && p.subject != o.Subject {
		o.Name = p.subject
	}
	switch {
	case o.Metric == "":
		return o, known, &badPoint{"metric", metric, "no metric"}
	case o.Subject == "":
		return o, known, &badPoint{"subject", p.subject, "no subject"}
	case !p.hasValue:
		return o, known, &badPoint{"value", "", "no value"}
	case math.IsNaN(p.value) || math.IsInf(p.value, 0):
		return o, known, &badPoint{"value", fmt.Sprint(p.value), "not a finite number"}
	case p.time.IsZero():
		return o, known, &badPoint{"time", "", "no timestamp"}
	}
	switch p.interval {
	case "", "ci95", "ci90", "se", "sd", "p5-p95", "range":
	default:
		return o, known, &badPoint{"interval", p.interval, "not one of ci95, ci90, se, sd, p5-p95, range"}
	}
	if err := o.Validate(); err != nil {
		return o, known, &badPoint{"", "", err.Error()}
	}
	return o, known, nil
}

func isKind(s string) bool {
	switch s {
	case metrics.KindBenchmark, metrics.KindModel, metrics.KindHardware, metrics.KindProcessor, metrics.KindPrice, metrics.KindSupply:
		return true
	}
	return false
}

// observe hands a point on.
func (r *reader) observe(p *point, o metrics.Observation, known metrics.Metric) error {
	if _, ok := r.in.Catalogue[known.ID]; !ok && !r.names.declared[known.ID] {
		r.names.declare(known.ID)
		m := ingest.PlainMetric(known.ID)
		m.Kind = cmp.Or(known.Kind, m.Kind)
		if err := r.sink.Metric(m); err != nil {
			return err
		}
	}
	if p.kind != "" || p.organization != "" || p.country != "" || p.access != "" {
		err := r.sink.Subject(metrics.Subject{ID: o.Subject, Name: cmp.Or(o.Name, p.subject), Kind: p.kind,
			Organization: p.organization, Country: p.country, Access: p.access})
		if err != nil {
			return err
		}
	}
	return r.sink.Observe(o)
}

// names remembers what names were resolved to: an input of millions of rows has few of them. Where it has many they are
// resolved again and again instead of filling the memory.
type names struct {
	in       ingest.Input
	metrics  map[string]string
	subjects map[string]string
	declared map[string]bool
}

const maxNames = 50_000

func (n *names) metric(name string) string {
	return remember(n.metrics, name, func() string { return ingest.Kebab(name) })
}

func (n *names) subject(kind, name string) string {
	return remember(n.subjects, kind+"\x00"+name, func() string { return n.in.Identity.Resolve(kind, name) })
}

func (n *names) declare(metric string) {
	if n.declared == nil {
		n.declared = map[string]bool{}
	}
	n.declared[metric] = true
}

func remember(known map[string]string, key string, resolve func() string) string {
	if v, ok := known[key]; ok {
		return v
	}
	if len(known) >= maxNames {
		clear(known)
	}
	v := resolve()
	known[key] = v
	return v
}
