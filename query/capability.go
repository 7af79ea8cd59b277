package query

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// CapabilityParams ask for one scale of capability across benchmarks.
type CapabilityParams struct {
	Since  time.Time // release date from which models count; 1900 and earlier lifts the filter
	AsOf   time.Time
	Scaled *trend.CapabilityScale
}

// CapabilityIndex places models and benchmarks on one scale.
type CapabilityIndex struct {
	NScores       int                   `json:"n_scores"`
	NModels       int                   `json:"n_models"`
	NBenchmarks   int                   `json:"n_benchmarks"`
	Cost          float64               `json:"cost"`
	Anchor        string                `json:"anchor"`
	Since         Moment                `json:"since"`
	Models        []CapabilityModel     `json:"models"`
	Benchmarks    []CapabilityBenchmark `json:"benchmarks"`
	GrowthPerYear *trend.Estimate       `json:"growth_per_year,omitempty"`
	Citation      Citation              `json:"citation"`
}

// CapabilityModel is a model version with its reasoning effort.
type CapabilityModel struct {
	Subject      string   `json:"subject"`
	Setting      string   `json:"setting,omitempty"`
	Name         string   `json:"name"`
	Date         *Moment  `json:"date,omitempty"`
	Theta        float64  `json:"theta"`
	Low          *float64 `json:"low,omitempty"`
	High         *float64 `json:"high,omitempty"`
	Scores       int      `json:"scores"`
	Organization string   `json:"organization,omitempty"`
	Access       string   `json:"access,omitempty"`
}

// CapabilityBenchmark is a benchmark's place: the capability at which half the score is expected, and how sharply scores
// rise there.
type CapabilityBenchmark struct {
	Metric         string       `json:"metric"`
	Title          metrics.Text `json:"title"`
	Difficulty     float64      `json:"difficulty"`
	Discrimination float64      `json:"discrimination"`
	Scores         int          `json:"scores"`
	RMSE           float64      `json:"rmse"`
	Bias           float64      `json:"bias"`
}

// publishedSince is the date filter of the published index (Ho et al. 2025).
var publishedSince = time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC)

// publishedScale fixes the two anchors of the published scaled index: Claude 3.5 Sonnet at 130 and GPT-5 at 150.
func publishedScale() *trend.CapabilityScale {
	return &trend.CapabilityScale{
		Low:  trend.CapabilityAnchor{Subject: "claude-3-5-sonnet-20240620", Value: 130},
		High: trend.CapabilityAnchor{Subject: "gpt-5-2025-08-07", Setting: "medium", Value: 150},
	}
}

// ParseCapabilityIndex reads since, as_of and scaled: true for the published anchors, or MODEL[:SETTING]=VALUE twice,
// divided by a comma.
func ParseCapabilityIndex(v Values) (CapabilityParams, error) {
	r := reader{values: v}
	p := CapabilityParams{Since: publishedSince, AsOf: r.asOf("as_of")}
	if since := r.time("since"); !since.IsZero() {
		p.Since = since
	}
	if r.err != nil {
		return p, r.err
	}
	switch s := v("scaled"); s {
	case "", "false", "0":
	case "true", "1":
		p.Scaled = publishedScale()
	default:
		low, high, ok := strings.Cut(s, ",")
		scale := trend.CapabilityScale{}
		if !ok || !parseAnchor(low, &scale.Low) || !parseAnchor(high, &scale.High) || scale.Low.Value == scale.High.Value {
			return p, &ParameterError{Name: "scaled", Value: s, Why: metrics.Text{
				Ko: "true이거나, 모델[:설정]=값 두 개를 쉼표로 나눠 적어야 합니다.", En: "true, or two of MODEL[:SETTING]=VALUE divided by a comma"}}
		}
		p.Scaled = &scale
	}
	return p, nil
}

func parseAnchor(s string, a *trend.CapabilityAnchor) bool {
	model, value, ok := strings.Cut(s, "=")
	v, err := strconv.ParseFloat(value, 64)
	a.Subject, a.Setting, _ = strings.Cut(strings.TrimSpace(model), ":")
	a.Value = v
	return ok && err == nil && a.Subject != ""
}

// lifted is the date up to which since means that nothing is filtered.
var lifted = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

// CapabilityIndex answers how capable models are on one scale. It is computed once per state of the ledger: see Warm.
func (e *Engine) CapabilityIndex(ctx context.Context, p CapabilityParams) (CapabilityIndex, error) {
	scale := trend.CapabilityScale{}
	if p.Scaled != nil {
		scale = *p.Scaled
	}
	return cached(ctx, e, fmt.Sprintf("capability %v %v %+v", p.Since, p.AsOf, scale), func() (CapabilityIndex, error) {
		return e.capabilityIndex(ctx, p)
	})
}

// Warm computes what is too slow to compute on a request: the capability index, and the records of every metric, for which
// each observation of the ledger is read. It is run after the data have changed.
func (e *Engine) Warm(ctx context.Context) error {
	if _, err := e.CapabilityIndex(ctx, CapabilityParams{Since: publishedSince}); err != nil && !errors.Is(err, ErrUnanswerable) {
		return err
	}
	counts, err := e.ledger.Counts(ctx)
	if err != nil {
		return fmt.Errorf("count observations: %w", err)
	}
	for id := range counts {
		if _, err := e.Frontier(ctx, Filter{Metric: id}); err != nil && !errors.Is(err, metrics.ErrUnknownMetric) {
			return fmt.Errorf("records of %s: %w", id, err)
		}
	}
	return nil
}

func (e *Engine) capabilityIndex(ctx context.Context, p CapabilityParams) (CapabilityIndex, error) {
	scores, used, titles, err := e.scores(ctx, p.AsOf)
	if err != nil {
		return CapabilityIndex{}, err
	}
	config := trend.CapabilityConfig{Since: p.Since, Scale: p.Scaled}
	if !p.Since.After(lifted) {
		config.Since = time.Time{}
	}
	x, err := trend.FitCapability(scores, config)
	if err != nil {
		return CapabilityIndex{}, capabilityError(err)
	}
	subjects, err := e.subjects(ctx)
	if err != nil {
		return CapabilityIndex{}, err
	}
	out := CapabilityIndex{NScores: x.NScores, NModels: x.NModels, NBenchmarks: x.NBenchmarks, Cost: x.Cost, Anchor: x.Anchor,
		Since: Moment{p.Since}, GrowthPerYear: x.Growth}
	for _, m := range x.Models {
		s := subjects[m.Subject]
		model := CapabilityModel{Subject: m.Subject, Setting: m.Setting, Name: m.Subject, Date: known(m.Time), Theta: m.Theta.Value,
			Scores: m.Scores, Organization: s.Organization, Access: s.Access}
		if s.Name != "" {
			model.Name = s.Name
		}
		if m.Theta.Bounded {
			model.Low, model.High = &m.Theta.Low, &m.Theta.High
		}
		out.Models = append(out.Models, model)
	}
	for _, b := range x.Benchmarks {
		out.Benchmarks = append(out.Benchmarks, CapabilityBenchmark{Metric: b.Benchmark, Title: titles[b.Benchmark], Difficulty: b.Difficulty,
			Discrimination: b.Discrimination, Scores: b.Scores, RMSE: b.RMSE, Bias: b.Bias})
	}
	index := metrics.Metric{ID: "capability-index", Title: metrics.Text{Ko: "역량 지수", En: "capability index"}}
	out.Citation, err = e.cite(ctx, index, used, "capability-index", p.Values())
	return out, err
}

// scores gathers every benchmark score that is a share from 0 to 1, higher being better. A model is a subject with its
// reasoning effort: other settings (shots, scaffold) are ways to ask the same model, and its best score counts.
func (e *Engine) scores(ctx context.Context, asOf time.Time) ([]trend.Score, []metrics.Observation, map[string]metrics.Text, error) {
	catalogue, err := e.ledger.Metrics(ctx)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("catalogue: %w", err)
	}
	var scores []trend.Score
	var used []metrics.Observation
	titles := map[string]metrics.Text{}
	for _, m := range catalogue {
		if m.Kind != metrics.KindBenchmark || m.Unit != "fraction" || m.LowerIsBetter() || m.Standalone || m.Expression != "" {
			continue
		}
		titles[m.ID] = m.Title
		obs, err := e.observations(ctx, metrics.Query{Metric: m.ID, AsOf: asOf})
		if err != nil {
			return nil, nil, nil, fmt.Errorf("observations of %s: %w", m.ID, err)
		}
		used = append(used, obs...)
		for _, o := range obs {
			scores = append(scores, trend.Score{Subject: o.Subject, Setting: metrics.Effort(o.Setting), Benchmark: m.ID, Value: o.Value, Time: o.Time})
		}
	}
	return scores, used, titles, nil
}

func capabilityError(err error) error {
	var d *trend.DataError
	switch {
	case errors.Is(err, trend.ErrNotInIndex):
		return &UnanswerableError{Err: err, Why: metrics.Text{
			Ko: "기준으로 삼을 모델이 이 지수에 없습니다.", En: "A model that is to fix the scale is not in the index."}}
	case errors.As(err, &d):
		return &UnanswerableError{Err: err, Why: metrics.Text{
			Ko: "네 가지 넘는 벤치마크에서 잰 모델이 모자라 지수를 낼 수 없습니다.", En: "Too few models were scored on enough benchmarks for an index."}}
	}
	return err
}

// Table implements [Tabular].
func (x CapabilityIndex) Table() Table {
	t := Table{Header: []string{"subject", "setting", "name", "date", "theta", "low", "high", "scores", "organization", "access"}}
	for _, m := range x.Models {
		t.Rows = append(t.Rows, []string{m.Subject, m.Setting, m.Name, moment(m.Date), number(&m.Theta), number(m.Low), number(m.High),
			fmt.Sprint(m.Scores), m.Organization, m.Access})
	}
	return t
}
