package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/scalebook/scalebook/query"
)

type listInput struct {
	Kind  string `json:"kind,omitempty" jsonschema:"benchmark, model, hardware, processor, price or supply"`
	Match string `json:"match,omitempty" jsonschema:"only metrics whose id or title has this in it"`
}

func (t tools) listMetrics(ctx context.Context, in listInput) (string, error) {
	catalogue, err := t.Engine.Metrics(ctx)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, m := range catalogue.Metrics {
		name := strings.ToLower(m.ID + " " + m.Title.Ko + " " + m.Title.En)
		if in.Kind != "" && m.Kind != in.Kind || !strings.Contains(name, strings.ToLower(in.Match)) {
			continue
		}
		fmt.Fprintf(&b, "%s: %s / %s; %s, %s is better; %d observations; source: %s %s\n", m.ID, m.Title.En, m.Title.Ko, m.Unit, m.Direction, m.Observations,
			m.Source.Name, m.Source.URL)
	}
	if b.Len() == 0 {
		return "no metric of that kind and name\n", nil
	}
	return b.String(), nil
}

type filterInput struct {
	Metric string `json:"metric" jsonschema:"id of a metric"`
	modelsInput
}

type trendInput struct {
	filterInput
	Of        string   `json:"of,omitempty" jsonschema:"frontier (the records) or all"`
	Fit       string   `json:"fit,omitempty" jsonschema:"auto, linear, exponential or logistic"`
	Threshold *float64 `json:"threshold,omitempty" jsonschema:"also say when the curve passes this value, in the metric's unit"`
}

type compareInput struct {
	Metrics []string `json:"metrics" jsonschema:"ids: two metrics, or one with split"`
	Split   string   `json:"split,omitempty" jsonschema:"compare one metric before and from this date"`
	Of      string   `json:"of,omitempty" jsonschema:"frontier (the records) or all"`
	Fit     string   `json:"fit,omitempty" jsonschema:"auto, linear, exponential or logistic"`
	Since   string   `json:"since,omitempty" jsonschema:"from this date on"`
	Until   string   `json:"until,omitempty" jsonschema:"before this date"`
}

// valuesOf reads an input as the parameters of a request: the names are the same.
func valuesOf(in any) (query.Values, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, err
	}
	return func(name string) string {
		switch v := values[name].(type) {
		case string:
			return v
		case float64:
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
		return ""
	}, nil
}

// maxRows is how many rows of an answer are handed over, the newest ones.
const maxRows = 30

func (t tools) frontier(ctx context.Context, in filterInput) (string, error) {
	a, err := answer(ctx, in, query.ParseFilter, t.Engine.Frontier)
	if err != nil {
		return "", err
	}
	m, records := a.Metric, a.Records
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s), unit %s, %s is better; %d records, newest last\n", m.Title.En, m.ID, m.Unit, m.Direction, len(records))
	if cut := len(records) - maxRows; cut > 0 {
		fmt.Fprintf(&b, "the first %d are left out; ask with until for them\n", cut)
		records = records[cut:]
	}
	for _, r := range records {
		fmt.Fprintf(&b, "%s  %s  %s", r.Time, number(r.Value), r.Name)
		if r.Setting != "" {
			fmt.Fprintf(&b, " [%s]", r.Setting)
		}
		fmt.Fprintf(&b, "  source: %s %s\n", r.Source.Name, r.Source.URL)
	}
	fmt.Fprintf(&b, "method: best per subject, best per date, strict improvements\naddress: %s/metrics/%s\n", t.PublicURL, m.ID)
	return b.String(), nil
}

func (t tools) trend(ctx context.Context, in trendInput) (string, error) {
	a, err := answer(ctx, in, query.ParseTrend, t.Engine.Trend)
	if err != nil {
		return "", err
	}
	return t.say(a), nil
}

// say words a trend with its method and citation.
func (t tools) say(a query.Trend) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", a.Answer.En, a.Answer.Ko)
	fmt.Fprintf(&b, "method: %s fit of %s, estimator %s, n = %d, %s to %s, %g%% intervals", a.Fit, a.Of, a.Estimator, a.N, a.First, a.Last, a.Confidence*100)
	if a.R2 != nil {
		fmt.Fprintf(&b, ", R² %.3f", *a.R2)
	}
	b.WriteString("\n")
	if g := a.GrowthPerYear; g != nil {
		fmt.Fprintf(&b, "growth per year: %s", number(g.Value))
		if g.Bounded {
			fmt.Fprintf(&b, " (%s to %s)", number(g.Low), number(g.High))
		}
		b.WriteString("\n")
	}
	return b.String() + t.cited(a.Citation)
}

func (t tools) compare(ctx context.Context, in compareInput) (string, error) {
	compared, err := answer(ctx, in, func(v query.Values) (query.CompareParams, error) {
		return query.ParseCompare(func(name string) string {
			if name == "metric" {
				return strings.Join(in.Metrics, ",")
			}
			return v(name)
		})
	}, t.Engine.Compare)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, a := range compared.Trends {
		b.WriteString(t.say(a) + "\n")
	}
	if d := compared.Difference; d != nil {
		fmt.Fprintf(&b, "growth ratio, first over second: %s", number(d.GrowthRatio.Value))
		if d.GrowthRatio.Bounded {
			fmt.Fprintf(&b, " (%s to %s)", number(d.GrowthRatio.Low), number(d.GrowthRatio.High))
		}
		fmt.Fprintf(&b, "; p = %.3g that they are the same\n", d.PValue)
	}
	return b.String(), nil
}

type changesInput struct {
	Since  string `json:"since,omitempty" jsonschema:"recorded from this date on"`
	Metric string `json:"metric,omitempty" jsonschema:"changes of this metric only"`
	Limit  int    `json:"limit,omitempty" jsonschema:"how many at the most, newest first; 20 if left out"`
}

func (t tools) whatChanged(ctx context.Context, in changesInput) (string, error) {
	if in.Limit <= 0 {
		in.Limit = 20
	}
	in.Limit = min(in.Limit, 3*maxRows)
	a, err := answer(ctx, in, query.ParseChanges, t.Engine.Changes)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d changes, newest first\n", len(a.Changes))
	for _, c := range a.Changes {
		fmt.Fprintf(&b, "%s  %s  %s  source: %s\n", c.RecordedAt, c.Kind, c.Text.En, c.Source)
		for _, e := range c.Events {
			fmt.Fprintf(&b, "  %s\n", e.Text.En)
		}
	}
	fmt.Fprintf(&b, "address: %s/changes\n", t.PublicURL)
	return b.String(), nil
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
