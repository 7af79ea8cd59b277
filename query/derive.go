package query

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/scalebook/scalebook/metrics"
)

// derive computes a derived metric's observations. Inputs join on subject; where several sources give an input, those of
// one source go together before sources mix, and a setting goes with its own kind or with inputs that have none. The
// result is dated by the latest of its inputs and names each source it came from.
func (e *Engine) derive(ctx context.Context, m metrics.Metric, q metrics.Query) ([]metrics.Observation, error) {
	x, err := parseExpression(m.Expression)
	if err != nil {
		return nil, fmt.Errorf("metric %s: %w", m.ID, err)
	}
	inputs := x.inputs()
	bySubject := map[string][]metrics.Observation{}
	for _, id := range inputs {
		in := q
		in.Metric, in.Source = id, ""
		obs, err := e.observations(ctx, in)
		if errors.Is(err, metrics.ErrUnknownMetric) {
			return nil, nil // no source has brought this input yet
		}
		if err != nil {
			return nil, err
		}
		for _, o := range obs {
			bySubject[o.Subject] = append(bySubject[o.Subject], o)
		}
	}
	var out []metrics.Observation
	for subject, obs := range bySubject {
		for _, setting := range settings(obs, x.inputs()) {
			if o, ok := join(m, x, subject, setting, obs); ok && (q.Source == "" || q.Source == o.Source.Name) {
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, func(a, b metrics.Observation) int {
		return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Setting, b.Setting))
	})
	return out, nil
}

// settings lists the settings under which the first input, the quantity itself, was observed.
func settings(obs []metrics.Observation, inputs []string) []string {
	var out []string
	for _, o := range obs {
		if o.Metric == inputs[0] && !slices.Contains(out, o.Setting) {
			out = append(out, o.Setting)
		}
	}
	return out
}

// join combines one subject's inputs under one setting.
func join(m metrics.Metric, x expression, subject, setting string, obs []metrics.Observation) (metrics.Observation, bool) {
	chosen := map[string]metrics.Observation{}
	var preferred string // the source of the first input
	for _, id := range x.inputs() {
		best, found := metrics.Observation{}, false
		for _, o := range obs {
			if o.Metric != id || o.Setting != setting && o.Setting != "" && id == x.inputs()[0] {
				continue
			}
			if !found || rank(o, setting, preferred) > rank(best, setting, preferred) ||
				rank(o, setting, preferred) == rank(best, setting, preferred) && o.Time.After(best.Time) {
				best, found = o, true
			}
		}
		if !found {
			return metrics.Observation{}, false
		}
		if preferred == "" {
			preferred = best.Source.Name
		}
		chosen[id] = best
	}
	values := make(map[string]float64, len(chosen))
	out := metrics.Observation{Metric: m.ID, Subject: subject, Setting: setting}
	var sources []string
	for _, id := range x.inputs() {
		o := chosen[id]
		values[id] = o.Value
		if o.Time.After(out.Time) {
			out.Time = o.Time
		}
		if o.RecordedAt.After(out.RecordedAt) {
			out.RecordedAt = o.RecordedAt
		}
		if out.Name == "" {
			out.Name, out.Source = o.Name, o.Source
		}
		if !slices.Contains(sources, o.Source.Name) {
			sources = append(sources, o.Source.Name)
		}
	}
	value, ok := x.eval(values)
	out.Value = value
	out.Source.Name = strings.Join(sources, " + ")
	return out, ok
}

// rank prefers an input of the same setting, then of the same source.
func rank(o metrics.Observation, setting, source string) int {
	r := 0
	if o.Setting == setting {
		r += 2
	}
	if o.Source.Name == source {
		r++
	}
	return r
}
