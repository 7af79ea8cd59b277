// Package llmprices reads histories of the prices of language models' tokens: a JSON file a vendor, a list of periods a
// model.
package llmprices

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// Connector reads the kind "llm-prices".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "llm-prices" }

const (
	publisher = "llm-prices.com"
	address   = "https://www.llm-prices.com/"
)

// Read implements [ingest.Connector]. It reads every JSON file that is a vendor's history, or the flat list of all prices
// that the upstream publishes as one file.
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	read := 0
	var closest error
	err := fs.WalkDir(in.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.EqualFold(path.Ext(name), ".json") {
			return errors.Join(err, ctx.Err())
		}
		periods, err := readFile(in.Files, name)
		if errors.Is(err, errOtherKind) {
			closest = err
			return nil
		}
		if err != nil {
			return err
		}
		read++
		for i, p := range periods {
			r := row{in: in, sink: sink, file: name, number: i + 1, period: p}
			if err := r.read(); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case read == 0 && closest != nil:
		return closest
	case read == 0:
		return errors.New("no .json file in it")
	}
	return nil
}

// period is a price that held from one day to another.
type period struct {
	Vendor string          `json:"vendor"`
	ID     string          `json:"id"`
	Name   string          `json:"name"`
	Input  json.RawMessage `json:"input"`
	Output json.RawMessage `json:"output"`
	Cached json.RawMessage `json:"input_cached"`
	From   string          `json:"from_date"` // blank: since the model's release
	To     string          `json:"to_date"`   // exclusive; blank: still holds
	broken string          // why the period can't be read
}

// errOtherKind marks a JSON file that holds no prices.
var errOtherKind = errors.New("neither models nor prices in it: the format has changed or is another one")

// readFile returns the periods of a file in its order.
func readFile(files fs.FS, name string) ([]period, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var document struct {
		Vendor string `json:"vendor"`
		Models []struct {
			ID      string            `json:"id"`
			Name    string            `json:"name"`
			History []json.RawMessage `json:"price_history"`
		} `json:"models"`
		Prices []json.RawMessage `json:"prices"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &document); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if document.Models == nil && document.Prices == nil {
		return nil, fmt.Errorf("%s: %w", name, errOtherKind)
	}
	var periods []period
	for _, raw := range document.Prices {
		periods = append(periods, decode(raw, period{}))
	}
	for _, m := range document.Models {
		base := period{Vendor: document.Vendor, ID: m.ID, Name: m.Name}
		if m.History == nil {
			base.broken = "no price_history"
			periods = append(periods, base)
		}
		for _, raw := range m.History {
			periods = append(periods, decode(raw, base))
		}
	}
	return periods, nil
}

// decode reads a period on top of what is known of its model.
func decode(raw json.RawMessage, base period) period {
	p := base
	if err := json.Unmarshal(raw, &p); err != nil {
		base.broken = err.Error()
		return base
	}
	return p
}

// row is one period on its way into the ledger.
type row struct {
	in     ingest.Input
	sink   ingest.Sink
	file   string
	number int // of the period within the file
	period
}

func (r row) read() error {
	if r.broken != "" {
		return r.reject("", r.ID, r.broken, false)
	}
	if r.ID == "" {
		return r.reject("id", "", "no model", false)
	}
	subject, setting := r.identify()
	from, err := date(r.From)
	if err != nil {
		return r.reject("from_date", r.From, err.Error(), false)
	}
	to, err := date(r.To)
	if err != nil {
		return r.reject("to_date", r.To, err.Error(), false)
	}
	if from.IsZero() {
		from = r.in.Released(subject)
	}
	switch {
	case from.IsZero():
		return r.reject("from_date", "", "an open-ended price of a model whose release date is not known", true)
	case !to.IsZero() && !from.Before(to):
		return r.reject("from_date", from.Format(time.DateOnly), "the price ends on "+to.Format(time.DateOnly)+", before it holds", r.From == "")
	}
	err = r.sink.Subject(metrics.Subject{ID: subject, Name: r.name(), Kind: "model", Organization: ingest.Organization(vendor(r.Vendor))})
	if err != nil {
		return err
	}
	o := metrics.Observation{Subject: subject, Setting: setting, Name: r.name(), Time: from,
		Source: metrics.Source{Name: publisher, URL: address, File: r.file, Row: r.number}}
	for _, q := range []struct {
		column, metric string
		price          json.RawMessage
	}{{"input", "price-input", r.Input}, {"output", "price-output", r.Output}, {"input_cached", "price-cached-input", r.Cached}} {
		if len(q.price) == 0 || string(q.price) == "null" {
			continue
		}
		err := json.Unmarshal(q.price, &o.Value)
		if err != nil || o.Value < 0 || math.IsInf(o.Value, 0) {
			if err := r.reject(q.column, string(q.price), "not a price", false); err != nil {
				return err
			}
			continue
		}
		o.Metric = q.metric
		if err := r.sink.Observe(o); err != nil {
			return err
		}
	}
	return nil
}

func (r row) reject(column, value, reason string, tolerated bool) error {
	if r.ID != "" {
		reason = r.ID + ": " + reason
	}
	return r.sink.Quarantine(ingest.Rejected{File: r.file, Row: r.number, Column: column, Value: value, Reason: reason, Tolerated: tolerated})
}

// date reads a day; an open end is blank, and the zero time.
func date(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, fmt.Errorf("%q is not a date", s)
	}
	return t, nil
}

// tier is the length of prompt up to or from which a price holds, as names and ids carry it.
var tier = regexp.MustCompile(`^(.*\S)\s*([≤<>≥]=?)\s*(\d+[kKmM])$`)

// identify returns the canonical model, and the tier of long prompts as a setting. The tier of short ones is the list price
// and has none.
func (r row) identify() (subject, setting string) {
	id := r.ID
	if m := tier.FindStringSubmatch(r.Name); m != nil {
		size := strings.ToLower(m[3])
		if strings.HasPrefix(m[2], ">") || m[2] == "≥" {
			setting = "prompt " + m[2] + size
		}
		id = strings.TrimSuffix(strings.TrimSuffix(id, "-"+m[3]), "-"+size)
	}
	subject, _, effort := r.in.Identity.Model(id)
	return subject, metrics.JoinSetting(effort, setting)
}

// name is the model's name without its tier.
func (r row) name() string {
	if m := tier.FindStringSubmatch(r.Name); m != nil {
		return m[1]
	}
	if r.Name == "" {
		return r.ID
	}
	return r.Name
}

// vendor writes the upstream's vendor ids as names.
func vendor(id string) string {
	switch strings.ToLower(id) {
	case "openai":
		return "OpenAI"
	case "minimax":
		return "MiniMax"
	case "deepseek":
		return "DeepSeek"
	case "qwen":
		return "Alibaba"
	case "xai", "mistral", "meta-ai", "moonshot-ai":
		return id
	case "":
		return ""
	}
	return strings.ToUpper(id[:1]) + id[1:]
}
