package query

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// maxLevels bounds the scores of one question.
const maxLevels = 8

// PriceParams ask what it costs to reach a score, and how fast that falls.
type PriceParams struct {
	Filter               // of the scores, and by its times of the prices
	Thresholds []float64 // scores to reach
	Price      string    // metric of the price; price-input if empty
	Confidence float64   // 0.95 if zero
}

// PriceToReach is the cheapest price at which a score could be had over time, for each of several scores.
type PriceToReach struct {
	Metric     metrics.Metric `json:"metric"`
	Price      metrics.Metric `json:"price"`
	Confidence float64        `json:"confidence"`
	Levels     []PriceLevel   `json:"levels"`
	Citation   Citation       `json:"citation"`
}

// PriceLevel is the price of one score. Where its records don't make a trend, Why says so.
type PriceLevel struct {
	Threshold     float64         `json:"threshold"`
	N             int             `json:"n"`
	Records       []PriceRecord   `json:"records"`
	Estimator     trend.Estimator `json:"estimator,omitempty"`
	GrowthPerYear *trend.Estimate `json:"growth_per_year,omitempty"` // a factor: 0.1 is a tenth of the price each year
	HalvingTime   *trend.Estimate `json:"halving_time_years,omitempty"`
	DoublingTime  *trend.Estimate `json:"doubling_time_years,omitempty"`
	R2            *float64        `json:"r2,omitempty"`
	Why           *metrics.Text   `json:"why,omitempty"`
	Answer        metrics.Text    `json:"answer"`
}

// PriceRecord is an offer that was cheaper than every one before it that reached the score.
type PriceRecord struct {
	Time      Moment  `json:"time"`
	Subject   string  `json:"subject"`
	Name      string  `json:"name"`
	Value     float64 `json:"value"` // the price
	Score     float64 `json:"score"`
	Setting   string  `json:"setting,omitempty"` // under which the score was reached
	Publisher string  `json:"-"`                 // of the price
}

// ParsePrice reads metric, threshold (one or more, divided by commas), price, confidence and the filters.
func ParsePrice(v Values) (PriceParams, error) {
	f, err := ParseFilter(v)
	if err != nil {
		return PriceParams{}, err
	}
	r := reader{values: v}
	p := PriceParams{Filter: f, Price: cmp.Or(v("price"), "price-input"), Confidence: r.confidence()}
	if r.err != nil {
		return p, r.err
	}
	for s := range strings.SplitSeq(v("threshold"), ",") {
		t, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || t != t || t > 1e300 || t < -1e300 || len(p.Thresholds) >= maxLevels {
			return p, &ParameterError{Name: "threshold", Value: v("threshold"), Why: metrics.Text{
				Ko: fmt.Sprintf("0.8,0.9처럼 쉼표로 나눈 점수 1–%d개가 있어야 합니다.", maxLevels),
				En: fmt.Sprintf("one to %d scores are needed, divided by commas, such as 0.8,0.9", maxLevels)}}
		}
		p.Thresholds = append(p.Thresholds, t)
	}
	slices.Sort(p.Thresholds)
	p.Thresholds = slices.Compact(p.Thresholds)
	return p, nil
}

// Values are the question's parameters.
func (p PriceParams) Values() url.Values {
	v := p.Filter.Values()
	set(v, "price", p.Price, "price-input")
	set(v, "confidence", decimal(p.Confidence), "0.95", "0")
	levels := make([]string, len(p.Thresholds))
	for i, t := range p.Thresholds {
		levels[i] = decimal(t)
	}
	set(v, "threshold", strings.Join(levels, ","))
	return v
}

// PriceToReach answers what a score costs over time. A price counts from the day on which both it and the model's score
// were to be had; the score is the best of the model's versions and settings up to then.
func (e *Engine) PriceToReach(ctx context.Context, p PriceParams) (PriceToReach, error) {
	p.Price, p.Confidence = cmp.Or(p.Price, "price-input"), cmp.Or(p.Confidence, 0.95)
	return cached(ctx, e, fmt.Sprintf("price %+v", p), func() (PriceToReach, error) { return e.priceToReach(ctx, p) })
}

func (e *Engine) priceToReach(ctx context.Context, p PriceParams) (PriceToReach, error) {
	scores, err := e.observe(ctx, p.Filter)
	if err != nil {
		return PriceToReach{}, err
	}
	f := p.Filter
	f.Metric, f.Source, f.Subject = p.Price, "", ""
	prices, err := e.observe(ctx, f)
	if err != nil {
		return PriceToReach{}, err
	}
	if prices.metric.Kind != metrics.KindPrice {
		return PriceToReach{}, &ParameterError{Name: "price", Value: p.Price, Why: metrics.Text{
			Ko: "가격을 재는 지표가 아닙니다.", En: "not a metric of prices"}}
	}
	out := PriceToReach{Metric: scores.metric, Price: prices.metric, Confidence: p.Confidence}
	offers := priced(scores, prices)
	for _, threshold := range p.Thresholds {
		out.Levels = append(out.Levels, out.level(offers, threshold, prices))
	}
	if len(offers) == 0 {
		return PriceToReach{}, &UnanswerableError{Why: metrics.Text{
			Ko: fmt.Sprintf("%s 점수와 %s이 모두 있는 모델이 없습니다.", scores.metric.Title.In("ko"), prices.metric.Title.In("ko")),
			En: fmt.Sprintf("No model has both a score on %s and a %s.", scores.metric.Title.In("en"), prices.metric.Title.In("en"))}}
	}
	used := append(slices.Clip(scores.observations), prices.observations...)
	out.Citation, err = e.cite(ctx, out.Metric, used, "price-to-reach", p.Values())
	return out, err
}

// priced joins scores and prices by model. Of several scores the best one that was known when the price held counts, and a
// price from before the first score counts from that day.
func priced(scores, prices observed) []trend.PricedScore {
	byModel := map[string][]metrics.Observation{}
	for _, o := range scores.observations {
		family := familyOf(scores.subjects, o.Subject)
		byModel[family] = append(byModel[family], o)
	}
	d := direction(scores.metric)
	var out []trend.PricedScore
	for _, price := range prices.observations {
		known := byModel[familyOf(prices.subjects, price.Subject)]
		known = exactly(known, price.Subject)
		if len(known) == 0 || price.Value <= 0 {
			continue
		}
		at := price.Time
		if first := known[0].Time; at.Before(first) {
			at = first
		}
		best := known[0]
		for _, o := range known[1:] {
			if !o.Time.After(at) && d.Better(o.Value, best.Value) {
				best = o
			}
		}
		out = append(out, trend.PricedScore{Time: at, Score: best.Value, Price: price.Value, Subject: price.Subject, Setting: best.Setting})
	}
	return out
}

// exactly leaves the scores of the very version that is priced, where there are any.
func exactly(known []metrics.Observation, subject string) []metrics.Observation {
	var own []metrics.Observation
	for _, o := range known {
		if o.Subject == subject {
			own = append(own, o)
		}
	}
	if own != nil {
		return own
	}
	return known
}

func (p PriceToReach) level(offers []trend.PricedScore, threshold float64, prices observed) PriceLevel {
	records := trend.PriceToReach(offers, threshold, direction(p.Metric))
	level := PriceLevel{Threshold: threshold, N: len(records), Records: make([]PriceRecord, len(records))}
	type offer struct {
		at      time.Time
		subject string
		price   float64
	}
	score := map[offer]float64{}
	for _, o := range offers {
		score[offer{o.Time, o.Subject, o.Price}] = o.Score
	}
	publisher := map[offer]string{}
	for _, o := range prices.observations {
		publisher[offer{subject: o.Subject, price: o.Value}] = o.Source.Name
	}
	for i, r := range records {
		level.Records[i] = PriceRecord{Time: Moment{r.Time}, Subject: r.Subject, Name: prices.name(metrics.Observation{Subject: r.Subject}),
			Publisher: publisher[offer{subject: r.Subject, price: r.Value}],
			Value:     r.Value, Score: score[offer{r.Time, r.Subject, r.Value}], Setting: r.Setting}
	}
	fitted, err := trend.Fit(trend.Points(records), trend.Config{Kind: trend.Exponential, Confidence: p.Confidence})
	if err != nil {
		what := metrics.Text{Ko: "최저가 기록", En: "price record"}
		why := metrics.Text{En: err.Error(), Ko: err.Error()}
		if u, ok := unanswerableOf(p.Price, what, err).(*UnanswerableError); ok {
			why = u.Why
		}
		level.Why = &why
	} else {
		level.Estimator, level.GrowthPerYear, level.R2 = fitted.Estimator, fitted.Growth, fitted.R2
		level.HalvingTime, level.DoublingTime = fitted.HalvingTime, fitted.DoublingTime
	}
	level.Answer = p.sentence(level)
	return level
}

func (p PriceToReach) sentence(l PriceLevel) metrics.Text {
	score := value(l.Threshold, p.Metric.Unit)
	if len(l.Records) == 0 {
		return metrics.Text{
			Ko: fmt.Sprintf("%s에서 %s에 이른 모델 가운데 값이 알려진 것이 없다.", p.Metric.Title.In("ko"), score.Ko),
			En: fmt.Sprintf("No model with a known price reaches %s on %s.", score.En, p.Metric.Title.In("en"))}
	}
	first, last := l.Records[0], l.Records[len(l.Records)-1]
	was, is := value(first.Value, p.Price.Unit), value(last.Value, p.Price.Unit)
	out := metrics.Text{
		Ko: fmt.Sprintf("%s에서 %s에 이르는 가장 싼 값은 %s의 %s(%s)에서 %s의 %s(%s)로 바뀌었다.", p.Metric.Title.In("ko"), score.Ko,
			first.Time, was.Ko, first.Name, last.Time, is.Ko, last.Name),
		En: fmt.Sprintf("The cheapest way to %s on %s went from %s (%s, %s) to %s (%s, %s).", score.En, p.Metric.Title.In("en"),
			was.En, first.Name, first.Time, is.En, last.Name, last.Time)}
	if len(l.Records) == 1 {
		out = metrics.Text{
			Ko: fmt.Sprintf("%s에서 %s에 이르는 가장 싼 값은 %s의 %s(%s)이다.", p.Metric.Title.In("ko"), score.Ko, first.Time, was.Ko, first.Name),
			En: fmt.Sprintf("The cheapest way to %s on %s is %s (%s, %s).", score.En, p.Metric.Title.In("en"), was.En, first.Name, first.Time)}
	}
	switch {
	case l.HalvingTime != nil:
		w := interval(*l.HalvingTime, p.Confidence, years)
		out.Ko += fmt.Sprintf(" %s마다 절반이 된다(%s, n = %d, 최소제곱).", w.value.Ko, w.bounds.Ko, l.N)
		out.En += fmt.Sprintf(" It halves every %s (%s, n = %d, least squares).", w.value.En, w.bounds.En, l.N)
	case l.Why != nil:
		out.Ko, out.En = out.Ko+" "+l.Why.Ko, out.En+" "+l.Why.En
	}
	return out
}

// Table implements [Tabular].
func (p PriceToReach) Table() Table {
	t := Table{Header: []string{"threshold", "time", "subject", "name", "setting", "score", "price", "unit"}}
	for _, l := range p.Levels {
		for _, r := range l.Records {
			t.Rows = append(t.Rows, []string{number(&l.Threshold), r.Time.String(), r.Subject, r.Name, r.Setting, number(&r.Score), number(&r.Value), p.Price.Unit})
		}
	}
	return t
}
