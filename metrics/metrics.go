// Package metrics holds the vocabulary of measurements and the contract of the ledger that keeps them.
//
// It is about ingested measurements (a model's score, a chip's price), not about this process's telemetry. An
// [Observation] says that a [Subject] measured a value on a [Metric]; a ledger only ever appends, so each answer can be
// given as of a past instant and "what changed" is a query. The conformance suite in metricstest pins what every ledger
// must do; sqlite and influx are the two that exist.
package metrics

import (
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf8"
)

// Errors that decide what a caller can do about a failure. Implementations wrap them with what they were doing.
var (
	ErrUnknownMetric  = errors.New("unknown metric")
	ErrUnknownSubject = errors.New("unknown subject")
	ErrInvalid        = errors.New("invalid observation")
	ErrUnavailable    = errors.New("metrics store unavailable")
	ErrDenied         = errors.New("metrics store refuses the credentials") // always with ErrUnavailable: an operator's to mend
	ErrRejected       = errors.New("metrics store rejects what is written") // for what is in it: the same again can't succeed
	ErrDamaged        = errors.New("ledger damaged")
)

// Times that a ledger can keep, to the second: what fits nanoseconds since 1970 in 64 bits, which is InfluxDB's clock.
var (
	minTime = time.Unix(0, math.MinInt64).UTC().Truncate(time.Second).Add(time.Second)
	maxTime = time.Unix(0, math.MaxInt64).UTC().Truncate(time.Second)
)

// Kinds of metrics; the InfluxDB layout uses the kind as its measurement.
const (
	KindBenchmark = "benchmark"
	KindModel     = "model"
	KindHardware  = "hardware"
	KindProcessor = "processor"
	KindPrice     = "price"
	KindSupply    = "supply"
)

// Kinds are the kinds of metrics in the order in which they are listed.
func Kinds() []string {
	return []string{KindBenchmark, KindModel, KindPrice, KindHardware, KindProcessor, KindSupply}
}

// Text is one string in the two languages of the interface.
type Text struct {
	Ko string `json:"ko" yaml:"ko"`
	En string `json:"en" yaml:"en"`
}

// In returns the text in lang ("ko" or "en"), or the other language where that one is blank.
func (t Text) In(lang string) string {
	if lang == "en" && t.En != "" || t.Ko == "" {
		return t.En
	}
	return t.Ko
}

// Reference names where a definition or a figure comes from.
type Reference struct {
	Name    string `json:"name,omitempty" yaml:"name"`
	URL     string `json:"url,omitempty" yaml:"url"`
	License string `json:"license,omitempty" yaml:"license"`
}

// Metric is an entry of the catalogue: what a number means.
type Metric struct {
	ID         string    `json:"id" yaml:"id"`
	Kind       string    `json:"kind" yaml:"kind"`
	Unit       string    `json:"unit" yaml:"unit"`           // base units: fraction, FLOP/s, byte, byte/s, W, USD, minute …
	Scale      string    `json:"scale" yaml:"scale"`         // linear or log
	Direction  string    `json:"direction" yaml:"direction"` // higher or lower is better
	Floor      *float64  `json:"floor,omitempty" yaml:"floor"`
	Ceiling    *float64  `json:"ceiling,omitempty" yaml:"ceiling"`
	Title      Text      `json:"title" yaml:"title"`
	Definition Text      `json:"definition" yaml:"definition"`
	Source     Reference `json:"source" yaml:"source"`
	Aliases    []string  `json:"aliases,omitempty" yaml:"aliases"`       // names used for it in running text
	Expression string    `json:"expression,omitempty" yaml:"expression"` // how a derived metric follows from others
	// Standalone keeps a benchmark out of the capability index: it is part of another one, or its scores are relative.
	Standalone bool `json:"standalone,omitempty" yaml:"standalone"`
}

// LowerIsBetter reports the metric's direction.
func (m Metric) LowerIsBetter() bool { return m.Direction == "lower" }

// Subject is what is measured: a model, chip, processor or site, under its canonical id.
type Subject struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Kind         string    `json:"kind,omitempty"` // model, chip, processor, memory, datacenter …
	Aliases      []string  `json:"aliases,omitempty"`
	Organization string    `json:"organization,omitempty"`
	Country      string    `json:"country,omitempty"`
	Access       string    `json:"access,omitempty"` // open, closed, unreleased
	Family       string    `json:"family,omitempty"` // id of the model that a dated snapshot belongs to
	Released     time.Time `json:"-"`                // zero when unknown
}

// Bound is one end of an interval; the zero value is "not known".
type Bound struct {
	Value float64
	Known bool
}

// At returns a known bound.
func At(v float64) Bound { return Bound{Value: v, Known: true} }

// Source says who published a value and which copy of it was read. Name is part of an observation's key.
type Source struct {
	Name        string    `json:"name"`
	URL         string    `json:"url,omitempty"`
	Version     string    `json:"version,omitempty"` // upstream's commit, ETag or content hash
	File        string    `json:"file,omitempty"`    // file within the upstream
	Row         int       `json:"row,omitempty"`     // 1-based line or record within the file
	RetrievedAt time.Time `json:"-"`
}

// Observation is one measured value. Its key is metric, subject, setting, source name and time.
type Observation struct {
	Metric, Subject, Setting string
	Name                     string    // the subject as this source spells it
	Time                     time.Time // when the subject became available, UTC
	Value                    float64
	Low, High                Bound
	Interval                 string // ci95, ci90, se, sd, p5-p95, range; empty when neither bound is known
	Source                   Source
	Withdrawn                bool      // a revision that says the source no longer lists the row
	RecordedAt               time.Time // when this revision was appended; set by the ledger from Append's argument
}

// Key identifies the series of revisions that an observation belongs to.
type Key struct {
	Metric, Subject, Setting, Source string
	Time                             int64 // nanoseconds since 1970 would overflow for no reason here: seconds, UTC
}

// Key returns the observation's key. Times are kept to the second.
func (o Observation) Key() Key {
	return Key{o.Metric, o.Subject, o.Setting, o.Source.Name, o.Time.Unix()}
}

// SameContent reports whether two revisions of one key say the same: value, bounds, name, link and withdrawal. When it
// was fetched, and from which line, does not make a revision.
func (o Observation) SameContent(p Observation) bool {
	return o.Value == p.Value && o.Low == p.Low && o.High == p.High && o.Interval == p.Interval &&
		o.Name == p.Name && o.Source.URL == p.Source.URL && o.Withdrawn == p.Withdrawn
}

// Normal returns the observation as a ledger keeps it: times in UTC and to the second, zero without a sign. Ledgers apply
// it to what is appended.
func (o Observation) Normal() Observation {
	o.Time = second(o.Time)
	if !o.Source.RetrievedAt.IsZero() {
		o.Source.RetrievedAt = second(o.Source.RetrievedAt)
	}
	for _, v := range []*float64{&o.Value, &o.Low.Value, &o.High.Value} {
		if *v == 0 {
			*v = 0 // drops the sign of negative zero
		}
	}
	if !o.Low.Known {
		o.Low = Bound{}
	}
	if !o.High.Known {
		o.High = Bound{}
	}
	return o
}

// Longest strings that a ledger keeps, in bytes. Those of a key are tags in InfluxDB, whose series keys end at 64 KiB.
const (
	maxKeyText = 4 << 10
	maxText    = 64 << 10
)

// second is t in UTC, cut down to the second (towards the past, before 1970 too).
func second(t time.Time) time.Time { return time.Unix(t.Unix(), 0).UTC() }

// Validate reports, wrapped in [ErrInvalid], why an observation can't enter a ledger.
func (o Observation) Validate() error {
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	switch {
	case o.Metric == "":
		return fmt.Errorf("%w: no metric", ErrInvalid)
	case o.Subject == "":
		return fmt.Errorf("%w: %s: no subject", ErrInvalid, o.Metric)
	case o.Source.Name == "":
		return fmt.Errorf("%w: %s %s: no source", ErrInvalid, o.Metric, o.Subject)
	case o.Time.IsZero():
		return fmt.Errorf("%w: %s %s: no time", ErrInvalid, o.Metric, o.Subject)
	case o.Time.Before(minTime) || o.Time.After(maxTime):
		return fmt.Errorf("%w: %s %s: time %s is outside %d to %d", ErrInvalid, o.Metric, o.Subject,
			o.Time.UTC().Format(time.RFC3339), minTime.Year(), maxTime.Year())
	case !finite(o.Value):
		return fmt.Errorf("%w: %s %s: value %v is not a number that can be kept", ErrInvalid, o.Metric, o.Subject, o.Value)
	case o.Low.Known && !finite(o.Low.Value), o.High.Known && !finite(o.High.Value):
		return fmt.Errorf("%w: %s %s: a bound is not a number that can be kept", ErrInvalid, o.Metric, o.Subject)
	case o.Low.Known && o.High.Known && o.Low.Value > o.High.Value:
		return fmt.Errorf("%w: %s %s: low %v is above high %v", ErrInvalid, o.Metric, o.Subject, o.Low.Value, o.High.Value)
	}
	for i, s := range []string{o.Metric, o.Subject, o.Setting, o.Source.Name, o.Name, o.Interval, o.Source.URL, o.Source.Version, o.Source.File} {
		limit := maxText
		if i < 4 {
			limit = maxKeyText
		}
		if err := checkText(s, limit); err != nil {
			return fmt.Errorf("%w: %.80q %.80q: %w", ErrInvalid, o.Metric, o.Subject, err)
		}
	}
	return nil
}

// checkText reports why a ledger can't keep a string.
func checkText(s string, limit int) error {
	switch {
	case len(s) > limit:
		return fmt.Errorf("%.80q… is longer than %d bytes", s, limit)
	case !utf8.ValidString(s):
		return fmt.Errorf("%.80q is not UTF-8", s)
	}
	return nil
}
