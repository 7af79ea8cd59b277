package query

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

const (
	parametersMetric       = "model-parameters"
	activeParametersMetric = "model-active-parameters"
	tokensMetric           = "model-training-tokens"
	// tokensPerParameter is the rule of thumb drawn from Hoffmann et al. 2022 ("Training Compute-Optimal Large Language
	// Models"): at the optimum some 20 tokens are trained on for each parameter.
	tokensPerParameter = 20
)

// OptimalParams ask how far models are from what is compute-optimal. The filter's metric is not used.
type OptimalParams struct {
	Filter
	Confidence float64 // 0.95 if zero
}

// ComputeOptimal is how far models are from the one that would have had the least loss for the same training compute.
// Trend is of the tokens per parameter of all of them.
type ComputeOptimal struct {
	N             int             `json:"n"`
	RuleOfThumb   float64         `json:"rule_of_thumb"` // tokens per parameter
	MedianRatio   float64         `json:"median_tokens_per_parameter"`
	MedianOver    float64         `json:"median_overtraining"`
	Confidence    float64         `json:"confidence"`
	Estimator     trend.Estimator `json:"estimator,omitempty"`
	GrowthPerYear *trend.Estimate `json:"growth_per_year,omitempty"` // of the tokens per parameter
	DoublingTime  *trend.Estimate `json:"doubling_time_years,omitempty"`
	HalvingTime   *trend.Estimate `json:"halving_time_years,omitempty"`
	Curve         []CurvePoint    `json:"curve,omitempty"`
	Why           *metrics.Text   `json:"why,omitempty"` // why there is no trend
	Models        []OptimalModel  `json:"models"`
	Answer        metrics.Text    `json:"answer"`
	Citation      Citation        `json:"citation"`
}

// OptimalModel is one model beside the compute-optimal one. Overtraining is log2 of its tokens over the optimum's: 1 is
// twice as many. AgainstRule is tokens per parameter over the rule of thumb. Parameters are the active ones of a mixture of experts.
type OptimalModel struct {
	Subject       string   `json:"subject"`
	Name          string   `json:"name"`
	Time          Moment   `json:"time"`
	Parameters    float64  `json:"parameters"`
	Sparse        bool     `json:"mixture_of_experts,omitempty"`
	Tokens        float64  `json:"tokens"`
	Ratio         float64  `json:"tokens_per_parameter"`
	AgainstRule   float64  `json:"against_rule_of_thumb"`
	Compute       float64  `json:"compute"` // FLOP, 6·parameters·tokens
	OptimalParams float64  `json:"optimal_parameters"`
	OptimalTokens float64  `json:"optimal_tokens"`
	Overtraining  float64  `json:"overtraining"`
	WastedCompute float64  `json:"wasted_compute"` // share that the optimal model of the same loss would save
	Publishers    []string `json:"-"`              // of its parameters and tokens
}

// OverTokens is the model's tokens as a multiple of the optimum's.
func (m OptimalModel) OverTokens() float64 { return math.Exp2(m.Overtraining) }

// ParseOptimal reads confidence and the filters.
func ParseOptimal(v Values) (OptimalParams, error) {
	f, err := ParseFilter(v)
	if err != nil {
		return OptimalParams{}, err
	}
	f.Metric = ""
	r := reader{values: v}
	return OptimalParams{Filter: f, Confidence: r.confidence()}, r.err
}

// Values are the question's parameters.
func (p OptimalParams) Values() url.Values {
	v := p.Filter.Values()
	set(v, "confidence", decimal(p.Confidence), "0.95", "0")
	return v
}

// ComputeOptimal answers how far the models that a filter selects are from compute-optimal.
func (e *Engine) ComputeOptimal(ctx context.Context, p OptimalParams) (ComputeOptimal, error) {
	p.Confidence = cmp.Or(p.Confidence, 0.95)
	return cached(ctx, e, fmt.Sprintf("optimal %+v", p), func() (ComputeOptimal, error) { return e.computeOptimal(ctx, p) })
}

func (e *Engine) computeOptimal(ctx context.Context, p OptimalParams) (ComputeOptimal, error) {
	newest := func(metric string) (observed, map[string]metrics.Observation, error) {
		f := p.Filter
		f.Metric = metric
		o, err := e.observe(ctx, f)
		byModel := map[string]metrics.Observation{}
		for _, ob := range o.observations {
			byModel[ob.Subject] = ob
		}
		return o, byModel, err
	}
	tokens, trained, err := newest(tokensMetric)
	if err != nil {
		return ComputeOptimal{}, err
	}
	parameters, sizes, err := newest(parametersMetric)
	if err != nil {
		return ComputeOptimal{}, err
	}
	active, used, err := newest(activeParametersMetric)
	if err != nil && !errors.Is(err, metrics.ErrUnknownMetric) {
		return ComputeOptimal{}, err
	}
	out := ComputeOptimal{RuleOfThumb: tokensPerParameter, Confidence: p.Confidence, Models: []OptimalModel{}}
	for subject, t := range trained {
		size, ok := sizes[subject]
		part, sparse := used[subject]
		if sparse && part.Value < size.Value || sparse && !ok {
			size, ok = part, true
		} else {
			sparse = false
		}
		if !ok {
			continue
		}
		o, err := trend.DistanceFromOptimal(size.Value, t.Value)
		if err != nil {
			continue // a size of nothing is no model
		}
		m := OptimalModel{Subject: subject, Name: tokens.name(t), Time: Moment{t.Time}, Parameters: size.Value, Sparse: sparse, Tokens: t.Value,
			Ratio: o.TokensPerParam, AgainstRule: o.TokensPerParam / tokensPerParameter, Compute: o.Compute,
			OptimalParams: o.OptimalParams, OptimalTokens: o.OptimalTokens, Overtraining: o.Overtraining, WastedCompute: o.WastedCompute}
		m.Publishers = slices.Compact([]string{t.Source.Name, size.Source.Name})
		if size.Time.After(t.Time) {
			m.Time = Moment{size.Time}
		}
		out.Models = append(out.Models, m)
	}
	slices.SortFunc(out.Models, func(a, b OptimalModel) int {
		return cmp.Or(a.Time.Compare(b.Time.Time), strings.Compare(a.Subject, b.Subject))
	})
	if out.N = len(out.Models); out.N == 0 {
		return ComputeOptimal{}, &UnanswerableError{Why: metrics.Text{
			Ko: "파라미터 수와 학습 토큰 수가 모두 알려진 모델이 없습니다.", En: "No model has both its parameters and its training tokens known."}}
	}
	out.summarise()
	out.Answer = optimalSentence(out)
	obs := slices.Concat(tokens.observations, parameters.observations, active.observations)
	about := metrics.Metric{ID: "compute-optimal", Title: metrics.Text{Ko: "연산 최적과의 거리", En: "distance from compute-optimal"}}
	out.Citation, err = e.cite(ctx, about, obs, "compute-optimal", p.Values())
	return out, err
}

// summarise fills in the medians and the trend of the ratio.
func (c *ComputeOptimal) summarise() {
	ratios, over := make([]float64, c.N), make([]float64, c.N)
	points := make([]trend.Point, c.N)
	for i, m := range c.Models {
		ratios[i], over[i] = m.Ratio, m.Overtraining
		points[i] = trend.Point{Time: m.Time.Time, Value: m.Ratio, Subject: m.Subject}
	}
	c.MedianRatio, c.MedianOver = middle(ratios), middle(over)
	fitted, err := trend.Fit(points, trend.Config{Kind: trend.Exponential, Confidence: c.Confidence})
	if err != nil {
		ratio := metrics.Metric{Title: metrics.Text{Ko: "파라미터당 토큰", En: "tokens per parameter"}}
		if u, ok := unanswerableOf(ratio, metrics.Text{Ko: "모델", En: "model"}, err).(*UnanswerableError); ok {
			c.Why = &u.Why
		}
		return
	}
	c.Estimator, c.GrowthPerYear, c.DoublingTime, c.HalvingTime = fitted.Estimator, fitted.Growth, fitted.DoublingTime, fitted.HalvingTime
	c.Curve = curve(fitted, fitted.Last)
}

// middle is the median; it sorts.
func middle(v []float64) float64 {
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

func optimalSentence(c ComputeOptimal) metrics.Text {
	times := significant(math.Exp2(c.MedianOver), 2)
	out := metrics.Text{
		Ko: fmt.Sprintf("파라미터와 토큰이 알려진 모델 %d개의 중앙값은 파라미터당 %s토큰으로, 흔히 최적이라 하는 %d의 %s배다. 친칠라 법칙의 최적과 견주면 토큰이 %s배다.",
			c.N, significant(c.MedianRatio, 3), tokensPerParameter, significant(c.MedianRatio/tokensPerParameter, 2), times),
		En: fmt.Sprintf("The median of %d models with known parameters and tokens is %s tokens per parameter, %s times the %d that is commonly called optimal, and %s times the tokens of Chinchilla's optimum.",
			c.N, significant(c.MedianRatio, 3), significant(c.MedianRatio/tokensPerParameter, 2), tokensPerParameter, times)}
	switch {
	case c.DoublingTime != nil:
		w := interval(*c.DoublingTime, c.Confidence, years)
		out.Ko += fmt.Sprintf(" 파라미터당 토큰은 %s마다 두 배가 된다(%s, n = %d, 최소제곱).", w.value.Ko, w.bounds.Ko, c.N)
		out.En += fmt.Sprintf(" Tokens per parameter double every %s (%s, n = %d, least squares).", w.value.En, w.bounds.En, c.N)
	case c.HalvingTime != nil:
		w := interval(*c.HalvingTime, c.Confidence, years)
		out.Ko += fmt.Sprintf(" 파라미터당 토큰은 %s마다 절반이 된다(%s, n = %d, 최소제곱).", w.value.Ko, w.bounds.Ko, c.N)
		out.En += fmt.Sprintf(" Tokens per parameter halve every %s (%s, n = %d, least squares).", w.value.En, w.bounds.En, c.N)
	case c.Why != nil:
		out.Ko, out.En = out.Ko+" "+c.Why.Ko, out.En+" "+c.Why.En
	}
	return out
}

// Table implements [Tabular].
func (c ComputeOptimal) Table() Table {
	t := Table{Header: []string{"time", "subject", "name", "parameters", "tokens", "tokens_per_parameter", "compute_flop", "optimal_parameters",
		"optimal_tokens", "overtraining", "wasted_compute"}}
	for _, m := range c.Models {
		t.Rows = append(t.Rows, []string{m.Time.String(), m.Subject, m.Name, number(&m.Parameters), number(&m.Tokens), number(&m.Ratio), number(&m.Compute),
			number(&m.OptimalParams), number(&m.OptimalTokens), number(&m.Overtraining), number(&m.WastedCompute)})
	}
	return t
}
