package query

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// CapabilityID names the capability index where a metric is asked for.
const CapabilityID = "capability-index"

// computeMetric is the training compute of a model, FLOP.
const computeMetric = "model-training-compute"

// ProgressParams ask how much of the progress of models comes from more compute and how much from better algorithms.
type ProgressParams struct {
	Filter             // Metric is CapabilityID if empty
	Confidence float64 // 0.95 if zero
}

// Scales on which capability is taken to be linear in log compute and time.
const (
	ScaleLinear  = "linear"
	ScaleLog     = "log2"
	ScaleLogOdds = "log-odds" // of the share between floor and ceiling
)

// Progress separates what ten times the compute brings, at one time, from what a year brings, at one compute. Both are on
// Scale. ComputeEquivalent is the factor by which a year of algorithms is worth more compute.
type Progress struct {
	Metric            metrics.Metric  `json:"metric"`
	Scale             string          `json:"scale"`
	N                 int             `json:"n"`
	Confidence        float64         `json:"confidence"`
	Estimator         trend.Estimator `json:"estimator"`
	R2                *float64        `json:"r2,omitempty"`
	Constant          trend.Estimate  `json:"constant"` // the plane on Scale is constant + per order · log10 compute + per year · years since 1970
	PerOrder          trend.Estimate  `json:"per_order_of_compute"`
	PerYear           trend.Estimate  `json:"per_year"`
	ComputeEquivalent *trend.Estimate `json:"compute_equivalent_per_year,omitempty"`
	Models            []ProgressModel `json:"models"`
	Answer            metrics.Text    `json:"answer"`
	Citation          Citation        `json:"citation"`
}

// ProgressModel is a model with its capability, in the metric's unit, and its training compute, FLOP.
type ProgressModel struct {
	Subject string  `json:"subject"`
	Name    string  `json:"name"`
	Setting string  `json:"setting,omitempty"`
	Time    Moment  `json:"time"`
	Value   float64 `json:"value"`
	Compute float64 `json:"compute"`

	Publishers []string `json:"-"` // of its capability, where that is a metric, and of its compute
}

// ParseProgress reads metric, confidence and the filters.
func ParseProgress(v Values) (ProgressParams, error) {
	f, err := ParseFilter(v)
	if err != nil {
		return ProgressParams{}, err
	}
	r := reader{values: v}
	p := ProgressParams{Filter: f, Confidence: r.confidence()}
	p.Metric = cmp.Or(p.Metric, CapabilityID)
	return p, r.err
}

// Values are the question's parameters.
func (p ProgressParams) Values() url.Values {
	v := p.Filter.Values()
	if p.Metric == CapabilityID {
		v.Del("metric")
	}
	set(v, "confidence", decimal(p.Confidence), "0.95", "0")
	return v
}

// Progress answers what more compute and what better algorithms brought. A model's capability is the best of its
// versions and settings.
func (e *Engine) Progress(ctx context.Context, p ProgressParams) (Progress, error) {
	p.Metric, p.Confidence = cmp.Or(p.Metric, CapabilityID), cmp.Or(p.Confidence, 0.95)
	return cached(ctx, e, fmt.Sprintf("progress %+v", p), func() (Progress, error) { return e.progress(ctx, p) })
}

func (e *Engine) progress(ctx context.Context, p ProgressParams) (Progress, error) {
	capability, used, err := e.capabilities(ctx, p.Filter)
	if err != nil {
		return Progress{}, err
	}
	f := p.Filter
	f.Metric, f.Since, f.Until, f.Source, f.Subject = computeMetric, time.Time{}, time.Time{}, "", ""
	compute, err := e.observe(ctx, f)
	if err != nil {
		return Progress{}, err
	}
	flop, stated := map[string]float64{}, map[string]string{}
	for _, o := range compute.observations {
		family := familyOf(compute.subjects, o.Subject)
		flop[family], stated[family] = o.Value, o.Source.Name // in time order, so the newest statement counts
	}
	out := Progress{Metric: capability.metric, Scale: progressScale(capability.metric), Confidence: p.Confidence, Estimator: trend.OLS, Models: []ProgressModel{}}
	best := map[string]ProgressModel{}
	for _, o := range capability.observations {
		family := familyOf(capability.subjects, o.Subject)
		held, ok := best[family]
		if c := flop[family]; c > 0 && (!ok || direction(capability.metric).Better(o.Value, held.Value)) {
			best[family] = ProgressModel{Subject: o.Subject, Name: capability.name(o), Setting: o.Setting, Time: Moment{o.Time}, Value: o.Value, Compute: c,
				Publishers: slices.DeleteFunc(slices.Compact([]string{o.Source.Name, stated[family]}), func(name string) bool { return name == "" })}
		}
	}
	for _, m := range best {
		out.Models = append(out.Models, m)
	}
	slices.SortFunc(out.Models, func(a, b ProgressModel) int {
		return cmp.Or(a.Time.Compare(b.Time.Time), strings.Compare(a.Subject, b.Subject))
	})
	var points []trend.ComputePoint
	for _, m := range out.Models {
		if y, ok := onScale(capability.metric, out.Scale, m.Value); ok {
			points = append(points, trend.ComputePoint{Time: m.Time.Time, Capability: y, Compute: m.Compute, Subject: m.Subject})
		}
	}
	fitted, err := trend.AlgorithmicProgress(points, p.Confidence)
	if err != nil {
		return Progress{}, unanswerableOf(out.Metric, metrics.Text{Ko: "모델", En: "model"}, err)
	}
	out.Constant = fitted.Constant
	out.N, out.R2, out.PerOrder, out.PerYear, out.ComputeEquivalent = fitted.N, fitted.R2, fitted.PerOrder, fitted.PerYear, fitted.ComputeEquivalent
	out.Answer = progressSentence(out)
	out.Citation, err = e.cite(ctx, out.Metric, append(slices.Clip(used), compute.observations...), "progress", p.Values())
	return out, err
}

// capabilities are the observations of a metric, or the places of models on the capability index.
func (e *Engine) capabilities(ctx context.Context, f Filter) (observed, []metrics.Observation, error) {
	if f.Metric != CapabilityID {
		o, err := e.observe(ctx, f)
		return o, o.observations, err
	}
	index, err := e.CapabilityIndex(ctx, CapabilityParams{Since: publishedSince, AsOf: f.AsOf})
	if err != nil {
		return observed{}, nil, err
	}
	subjects, err := e.subjects(ctx)
	if err != nil {
		return observed{}, nil, err
	}
	o := observed{metric: capabilityMetric(), subjects: subjects}
	for _, m := range index.Models {
		s := subjects[m.Subject]
		if m.Date == nil || m.Date.Before(f.Since) || !f.Until.IsZero() && !m.Date.Before(f.Until) ||
			f.Subject != "" && f.Subject != m.Subject ||
			f.Access != "" && f.Access != s.Access || f.Country != "" && !strings.EqualFold(f.Country, s.Country) {
			continue
		}
		o.observations = append(o.observations, metrics.Observation{Metric: CapabilityID, Subject: m.Subject, Name: m.Name, Setting: m.Setting,
			Time: m.Date.Time, Value: m.Theta, Source: metrics.Source{Name: "scalebook"}})
	}
	return o, nil, nil
}

func capabilityMetric() metrics.Metric {
	return metrics.Metric{ID: CapabilityID, Kind: metrics.KindBenchmark, Unit: "", Scale: "linear", Direction: "higher",
		Title:      metrics.Text{Ko: "역량 지수", En: "capability index"},
		Definition: metrics.Text{Ko: "여러 벤치마크의 점수로 모델을 한 자에 세운 값", En: "the place of a model on one scale, from its scores on many benchmarks"}}
}

// familyOf is the model that a subject is a dated version of, or the subject itself.
func familyOf(subjects map[string]metrics.Subject, id string) string {
	return cmp.Or(subjects[id].Family, id)
}

func progressScale(m metrics.Metric) string {
	switch {
	case m.Scale == "log":
		return ScaleLog
	case m.Ceiling != nil:
		return ScaleLogOdds
	}
	return ScaleLinear
}

// onScale maps a value to the scale; ok is false for values that it has no place for, as at or below chance.
func onScale(m metrics.Metric, scale string, v float64) (y float64, ok bool) {
	switch scale {
	case ScaleLog:
		return math.Log2(v), v > 0
	case ScaleLogOdds:
		floor := 0.0
		if m.Floor != nil {
			floor = *m.Floor
		}
		share := (v - floor) / (*m.Ceiling - floor)
		return math.Log(share / (1 - share)), share > 0 && share < 1
	}
	return v, true
}

// Fitted is the capability, in the metric's unit, that the plane gives a model of so much compute at a time.
func (p Progress) Fitted(at time.Time, compute float64) float64 {
	y := p.Constant.Value + p.PerOrder.Value*math.Log10(compute) + p.PerYear.Value*trend.Years(at)
	switch p.Scale {
	case ScaleLog:
		return math.Exp2(y)
	case ScaleLogOdds:
		floor := 0.0
		if p.Metric.Floor != nil {
			floor = *p.Metric.Floor
		}
		return floor + (*p.Metric.Ceiling-floor)/(1+math.Exp(-y))
	}
	return y
}

func progressSentence(p Progress) metrics.Text {
	plain := func(v float64) metrics.Text { return metrics.Text{Ko: significant(v, 3), En: significant(v, 3)} }
	order, year := interval(p.PerOrder, p.Confidence, plain), interval(p.PerYear, p.Confidence, plain)
	title := metrics.Text{Ko: p.Metric.Title.In("ko"), En: p.Metric.Title.In("en")}
	ko := fmt.Sprintf("학습 연산량이 열 배면 %s는 %s만큼 오르고(%s), 연산량이 같아도 한 해가 지나면 %s만큼 오른다(%s, n = %d, 최소제곱).",
		title.Ko, order.value.Ko, order.bounds.Ko, year.value.Ko, year.bounds.Ko, p.N)
	en := fmt.Sprintf("Ten times the training compute raises the %s by %s (%s); a year at equal compute raises it by %s (%s, n = %d, least squares).",
		title.En, order.value.En, order.bounds.En, year.value.En, year.bounds.En, p.N)
	scale := map[string]metrics.Text{
		ScaleLogOdds: {Ko: " 크기는 로그 오즈다.", En: " Both are in log odds."},
		ScaleLog:     {Ko: " 크기는 로그2다.", En: " Both are in powers of two."},
	}[p.Scale]
	ko, en = ko+scale.Ko, en+scale.En
	if c := p.ComputeEquivalent; c != nil && p.PerOrder.Value > 0 {
		factor := interval(*c, p.Confidence, plain)
		ko += fmt.Sprintf(" 알고리즘이 한 해 나아진 몫은 연산량 %s배에 맞먹는다(%s).", factor.value.Ko, factor.bounds.Ko)
		en += fmt.Sprintf(" A year of better algorithms is worth %s times the compute (%s).", factor.value.En, factor.bounds.En)
	}
	return metrics.Text{Ko: ko + " 연산량과 시간은 함께 늘었으므로 두 몫은 서로 다른 모델이 있는 만큼만 갈린다.",
		En: en + " Compute and time rose together, so the two are told apart only as far as models depart from that."}
}

// Table implements [Tabular].
func (p Progress) Table() Table {
	t := Table{Header: []string{"time", "metric", "subject", "name", "setting", "value", "unit", "compute_flop"}}
	for _, m := range p.Models {
		t.Rows = append(t.Rows, []string{m.Time.String(), p.Metric.ID, m.Subject, m.Name, m.Setting, number(&m.Value), p.Metric.Unit, number(&m.Compute)})
	}
	return t
}
