package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// CompareParams ask how the growth of several metrics, or of one in several periods, differs.
type CompareParams struct {
	Trends []TrendParams
}

// Comparison is the trends and the difference of the first from the second.
type Comparison struct {
	Trends     []Trend     `json:"trends"`
	Difference *Difference `json:"difference,omitempty"`
	Citation   Citation    `json:"citation"`
}

// Difference compares the growth of two trends. GrowthRatio is the first growth over the second: of yearly factors for
// exponential fits, of slopes for linear ones.
type Difference struct {
	GrowthRatio trend.Estimate `json:"growth_ratio"`
	Slope       trend.Estimate `json:"slope_difference"`
	PValue      float64        `json:"p_value"`
	Answer      metrics.Text   `json:"answer"`
}

// maxCompared bounds the trends of one question.
const maxCompared = 6

// ParseCompare reads metric=a,b… with the parameters of a trend; or one metric with split=DATE, which compares the
// periods before and from that day.
func ParseCompare(v Values) (CompareParams, error) {
	var ids []string
	for id := range strings.SplitSeq(v("metric"), ",") {
		if id = strings.TrimSpace(id); id != "" {
			ids = append(ids, id)
		}
	}
	split := v("split")
	switch {
	case len(ids) == 1 && split != "":
		p, err := ParseTrend(v)
		if err != nil {
			return CompareParams{}, err
		}
		at, err := ParseTime(split)
		if err != nil {
			return CompareParams{}, &ParameterError{Name: "split", Value: split, Why: metrics.Text{Ko: "날짜가 있어야 합니다.", En: "a date is needed"}}
		}
		before, after := p, p
		before.Until, after.Since = at, at
		return CompareParams{Trends: []TrendParams{sameKind(before), sameKind(after)}}, nil
	case len(ids) < 2 || len(ids) > maxCompared:
		return CompareParams{}, &ParameterError{Name: "metric", Value: v("metric"), Why: metrics.Text{
			Ko: fmt.Sprintf("쉼표로 나눈 지표 2–%d개가 있어야 합니다.", maxCompared),
			En: fmt.Sprintf("two to %d metrics are needed, divided by commas", maxCompared)}}
	}
	out := CompareParams{}
	for _, id := range ids {
		p, err := ParseTrend(func(name string) string {
			if name == "metric" {
				return id
			}
			return v(name)
		})
		if err != nil {
			return out, err
		}
		out.Trends = append(out.Trends, sameKind(p))
	}
	return out, nil
}

// sameKind makes auto the exponential fit: growth can be compared only between fits of one kind, and factors per year
// are what metrics of different units have in common.
func sameKind(p TrendParams) TrendParams {
	if p.Fit == FitAuto {
		p.Fit = string(trend.Exponential)
	}
	return p
}

// Compare answers how the growth of trends differs.
func (e *Engine) Compare(ctx context.Context, p CompareParams) (Comparison, error) {
	var out Comparison
	for _, params := range p.Trends {
		t, err := e.Trend(ctx, params)
		if err != nil {
			return out, e.naming(ctx, params, err)
		}
		out.Trends = append(out.Trends, t)
	}
	if err := e.citeComparison(ctx, p, &out); err != nil {
		return out, err
	}
	a, b := out.Trends[0], out.Trends[1]
	if a.Fit == trend.Logistic || a.Fit != b.Fit {
		return out, nil
	}
	d, err := trend.CompareSlopes(a.fitted, b.fitted)
	if err != nil {
		return out, unanswerable(a.Metric, p.Trends[0], err)
	}
	out.Difference = &Difference{GrowthRatio: d.GrowthRatio, Slope: d.Difference, PValue: d.PValue}
	out.Difference.Answer = differenceSentence(a, b, *out.Difference)
	return out, nil
}

// citeComparison cites what all compared trends are made of.
func (e *Engine) citeComparison(ctx context.Context, p CompareParams, c *Comparison) (err error) {
	var ids []string
	var ko, en []string
	var sources []metrics.Reference
	for _, t := range c.Trends {
		if slices.Contains(ids, t.Metric.ID) {
			continue // two periods of one metric
		}
		ids, ko, en = append(ids, t.Metric.ID), append(ko, t.Metric.Title.In("ko")), append(en, t.Metric.Title.In("en"))
		for _, s := range t.Citation.Sources {
			if !slices.Contains(sources, s) {
				sources = append(sources, s)
			}
		}
	}
	all := metrics.Metric{ID: strings.Join(ids, "-"), Title: metrics.Text{Ko: strings.Join(ko, "·"), En: strings.Join(en, ", ")}}
	c.Citation, err = e.citeSources(ctx, all, sources, "compare", p.Values())
	return err
}

// naming says which of the compared metrics can't be answered for, where the sentence doesn't.
func (e *Engine) naming(ctx context.Context, p TrendParams, err error) error {
	var u *UnanswerableError
	if !errors.As(err, &u) {
		return err
	}
	m, failed := e.metric(ctx, p.Metric)
	if failed != nil {
		return failed
	}
	of := func(lang, why string) string {
		if title := m.Title.In(lang); !strings.Contains(why, title) {
			return title + ": " + why
		}
		return why
	}
	return &UnanswerableError{Why: metrics.Text{Ko: of("ko", u.Why.Ko), En: of("en", u.Why.En)}, Err: err}
}

func differenceSentence(a, b Trend, d Difference) metrics.Text {
	ratio := interval(d.GrowthRatio, a.Confidence, func(v float64) metrics.Text {
		return metrics.Text{Ko: significant(v, 3), En: significant(v, 3)}
	})
	nameA, nameB := a.Metric.Title, b.Metric.Title
	if a.Metric.ID == b.Metric.ID {
		nameA, nameB = metrics.Text{Ko: "앞 기간", En: "the earlier period"}, metrics.Text{Ko: "뒤 기간", En: "the later period"}
	}
	apart := metrics.Text{Ko: "두 증가율이 다르다고 볼 근거는 없다", En: "there is no evidence that the two differ"}
	if d.PValue < 1-a.Confidence {
		apart = metrics.Text{Ko: "두 증가율의 차이는 우연으로 보기 어렵다", En: "the two differ by more than chance"}
	}
	p := probability(d.PValue)
	return metrics.Text{
		Ko: fmt.Sprintf("%s의 연간 증가율은 %s의 %s배다(%s). %s(%s).", nameA.In("ko"), nameB.In("ko"), ratio.value.Ko, ratio.bounds.Ko, apart.Ko, p),
		En: fmt.Sprintf("Growth a year: %s over %s is %s (%s); %s (%s).", nameA.In("en"), nameB.In("en"), ratio.value.En, ratio.bounds.En, apart.En, p),
	}
}

// Table implements [Tabular].
func (c Comparison) Table() Table {
	t := Table{Header: []string{"metric", "of", "fit", "n", "first", "last", "growth_per_year", "low", "high"}}
	for _, x := range c.Trends {
		row := []string{x.Metric.ID, x.Of, string(x.Fit), fmt.Sprint(x.N), x.First.String(), x.Last.String(), "", "", ""}
		if g := x.GrowthPerYear; g != nil {
			row[6] = number(&g.Value)
			if g.Bounded {
				row[7], row[8] = number(&g.Low), number(&g.High)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
