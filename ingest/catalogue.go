package ingest

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/scalebook/scalebook/metrics"
)

// Catalogue is a set of metrics by id.
type Catalogue map[string]metrics.Metric

// ReadCatalogue reads a metrics.yaml. Unknown keys, missing fields and values outside their range are errors that name the
// file and the entry.
func ReadCatalogue(files fs.FS, name string) (Catalogue, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer file.Close()
	var entries []metrics.Metric
	d := yaml.NewDecoder(file)
	d.KnownFields(true)
	if err := d.Decode(&entries); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	catalogue := make(Catalogue, len(entries))
	for i, m := range entries {
		m = withDefaults(m)
		if err := checkMetric(m); err != nil {
			return nil, fmt.Errorf("%s: entry %d (%s): %w", name, i+1, m.ID, err)
		}
		if _, ok := catalogue[m.ID]; ok {
			return nil, fmt.Errorf("%s: entry %d (%s): listed twice", name, i+1, m.ID)
		}
		catalogue[m.ID] = m
	}
	return catalogue, nil
}

// PlainMetric is the catalogue entry of a metric that nobody described.
func PlainMetric(id string) metrics.Metric {
	return withDefaults(metrics.Metric{ID: id})
}

func withDefaults(m metrics.Metric) metrics.Metric {
	if m.Kind == "" {
		m.Kind = metrics.KindBenchmark
	}
	if m.Scale == "" {
		m.Scale = "linear"
	}
	if m.Direction == "" {
		m.Direction = "higher"
	}
	if m.Title == (metrics.Text{}) {
		m.Title = metrics.Text{Ko: m.ID, En: m.ID}
	}
	return m
}

func checkMetric(m metrics.Metric) error {
	switch m.Kind {
	case metrics.KindBenchmark, metrics.KindModel, metrics.KindHardware, metrics.KindProcessor, metrics.KindPrice, metrics.KindSupply:
	default:
		return fmt.Errorf("kind %q is not one of benchmark, model, hardware, processor, price, supply", m.Kind)
	}
	switch {
	case m.ID == "":
		return errors.New("no id")
	case m.ID != Kebab(m.ID):
		return fmt.Errorf("the id should be %q", Kebab(m.ID))
	case m.Scale != "linear" && m.Scale != "log":
		return fmt.Errorf("scale %q is neither linear nor log", m.Scale)
	case m.Direction != "higher" && m.Direction != "lower":
		return fmt.Errorf("direction %q is neither higher nor lower", m.Direction)
	case m.Floor != nil && m.Ceiling != nil && *m.Floor >= *m.Ceiling:
		return fmt.Errorf("floor %v is not below ceiling %v", *m.Floor, *m.Ceiling)
	}
	return nil
}

// derivedFrom lists by id the metrics of the catalogue that follow from any of the given ones, so that they can be asked for
// as soon as all of their inputs are there, whichever sources bring them.
func (c Catalogue) derivedFrom(given []metrics.Metric) []metrics.Metric {
	ids := map[string]bool{}
	for _, m := range given {
		ids[m.ID] = true
	}
	var out []metrics.Metric
	for _, id := range slices.Sorted(maps.Keys(c)) {
		inputs := strings.FieldsFunc(c[id].Expression, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()/*+", r) })
		if !ids[id] && slices.ContainsFunc(inputs, func(input string) bool { return ids[input] }) {
			out = append(out, c[id])
		}
	}
	return out
}
