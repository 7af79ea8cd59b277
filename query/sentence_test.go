package query

import (
	"strings"
	"testing"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

func TestTrendSentence(t *testing.T) {
	within := func(value, low, high float64) *trend.Estimate {
		return &trend.Estimate{Value: value, Low: low, High: high, Bounded: true}
	}
	openEnded := &trend.Estimate{Value: 20}
	for _, c := range []struct {
		name            string
		of              string
		growth, doubles *trend.Estimate
		slope           *trend.Estimate
		ko, en          string
	}{
		{"rises", OfAll, within(0.05, 0.03, 0.07), nil, within(0.05, 0.03, 0.07),
			"승률의 관측값은 한 해에 5%p씩 오른다(95% 구간 3–7%p, n = 9, 최소제곱).",
			"The Win rate values rise by 5 percentage points a year (95% interval 3 to 7 percentage points, n = 9, least squares)."},
		{"falls", OfFrontier, within(-0.05, -0.07, -0.03), nil, within(-0.05, -0.07, -0.03),
			"승률의 기록은 한 해에 5%p씩 내린다(95% 구간 3–7%p, n = 9, 최소제곱).",
			"The Win rate record falls by 5 percentage points a year (95% interval 3 to 7 percentage points, n = 9, least squares)."},
		{"unknown direction, upward", OfAll, within(0.05, -0.03, 0.13), nil, within(0.05, -0.03, 0.13),
			"승률의 관측값은 한 해에 5%p씩 오른다(95% 구간 −3에서 13%p, n = 9, 최소제곱). 오르는지 내리는지는 이 자료만으로 알 수 없다.",
			"The Win rate values rise by 5 percentage points a year (95% interval −3 to 13 percentage points, n = 9, least squares). These data do not show whether they rise or fall."},
		{"unknown direction, downward", OfAll, within(-0.05, -0.13, 0.03), nil, within(-0.05, -0.13, 0.03),
			"승률의 관측값은 한 해에 −5%p씩 바뀐다(95% 구간 −13에서 3%p, n = 9, 최소제곱). 오르는지 내리는지는 이 자료만으로 알 수 없다.",
			"The Win rate values change by −5 percentage points a year (95% interval −13 to 3 percentage points, n = 9, least squares). These data do not show whether they rise or fall."},
		{"doubles, of unknown direction", OfFrontier, nil, openEnded, within(0.05, -0.03, 0.13),
			"승률의 기록은 20년마다 두 배가 된다(95% 구간은 끝이 정해지지 않는다, n = 9, 최소제곱). 오르는지 내리는지는 이 자료만으로 알 수 없다.",
			"The Win rate record doubles every 20 years (95% interval unbounded, n = 9, least squares). These data do not show whether it rises or falls."},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := trendSentence(Trend{
				Metric: metrics.Metric{Unit: "fraction", Title: metrics.Text{Ko: "승률", En: "Win rate"}},
				Of:     c.of, N: 9, Confidence: 0.95, GrowthPerYear: c.growth, DoublingTime: c.doubles, Parameters: Parameters{Slope: c.slope},
			})
			said.En = strings.ReplaceAll(said.En, "\u00a0", " ")
			if said.Ko != c.ko || said.En != c.en {
				t.Errorf("said\n%s\n%s\nwant\n%s\n%s", said.Ko, said.En, c.ko, c.en)
			}
		})
	}
}
