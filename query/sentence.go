package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/trend"
)

// trendSentence states a trend as a careful analyst would: the number, its interval, n and estimator, and whether the
// course has changed.
func trendSentence(t Trend) metrics.Text {
	parts := []metrics.Text{growthSentence(t)}
	if e := t.Parameters.Slope; e != nil && e.Value != 0 && (!e.Bounded || e.Low <= 0 && e.High >= 0) {
		parts = append(parts, metrics.Text{
			Ko: "오르는지 내리는지는 이 자료만으로 알 수 없다.",
			En: "These data do not show whether " + t.agree("it rises or falls.", "they rise or fall.")})
	}
	if t.Breakpoint != nil {
		parts = append(parts, breakSentence(*t.Breakpoint))
	}
	if t.Threshold != nil {
		parts = append(parts, thresholdSentence(t))
	}
	var ko, en []string
	for _, p := range parts {
		ko, en = append(ko, p.Ko), append(en, p.En)
	}
	return metrics.Text{Ko: strings.Join(ko, " "), En: strings.Join(en, " ")}
}

// agree returns the words that agree in number with what the trend is of: a record, or values.
func (t *Trend) agree(singular, plural string) string {
	if t.Of == OfFrontier {
		return singular
	}
	return plural
}

func growthSentence(t Trend) metrics.Text {
	ko, en := "관측값은", "values"
	if t.Of == OfFrontier {
		ko, en = "기록은", "record"
	}
	subjectKo := t.Metric.Title.In("ko") + "의 " + ko
	subjectEn := "The " + t.Metric.Title.In("en") + " " + en
	basis := metrics.Text{
		Ko: fmt.Sprintf("n = %d, %s", t.N, estimatorName(t.Estimator).Ko),
		En: fmt.Sprintf("n = %d, %s", t.N, estimatorName(t.Estimator).En),
	}
	switch {
	case t.DoublingTime != nil:
		years := interval(*t.DoublingTime, t.Confidence, years)
		return metrics.Text{
			Ko: fmt.Sprintf("%s %s마다 두 배가 된다(%s, %s).", subjectKo, years.value.Ko, years.bounds.Ko, basis.Ko),
			En: fmt.Sprintf("%s %s every %s (%s, %s).", subjectEn, t.agree("doubles", "double"), years.value.En, years.bounds.En, basis.En)}
	case t.HalvingTime != nil:
		years := interval(*t.HalvingTime, t.Confidence, years)
		return metrics.Text{
			Ko: fmt.Sprintf("%s %s마다 절반이 된다(%s, %s).", subjectKo, years.value.Ko, years.bounds.Ko, basis.Ko),
			En: fmt.Sprintf("%s %s every %s (%s, %s).", subjectEn, t.agree("halves", "halve"), years.value.En, years.bounds.En, basis.En)}
	case t.Parameters.Logistic != nil:
		return logisticSentence(t, subjectKo, subjectEn+" "+t.agree("follows", "follow"), t.agree("passes", "pass"), basis)
	case t.GrowthPerYear != nil:
		e, moves := *t.GrowthPerYear, metrics.Text{Ko: "씩 오른다", En: t.agree("rises by", "rise by")}
		switch {
		case e.Value < 0 && e.Bounded && e.High < 0:
			e.Value, e.Low, e.High = -e.Value, -e.High, -e.Low
			moves = metrics.Text{Ko: "씩 내린다", En: t.agree("falls by", "fall by")}
		case e.Value < 0:
			moves = metrics.Text{Ko: "씩 바뀐다", En: t.agree("changes by", "change by")}
		}
		g := interval(e, t.Confidence, func(v float64) metrics.Text {
			return metrics.Text{Ko: quantity.SayDifference(v, t.Metric.Unit, "ko"), En: quantity.SayDifference(v, t.Metric.Unit, "en")}
		})
		return metrics.Text{
			Ko: fmt.Sprintf("%s 한 해에 %s%s(%s, %s).", subjectKo, g.value.Ko, moves.Ko, g.bounds.Ko, basis.Ko),
			En: fmt.Sprintf("%s %s %s a year (%s, %s).", subjectEn, moves.En, g.value.En, g.bounds.En, basis.En)}
	}
	return metrics.Text{
		Ko: fmt.Sprintf("%s 움직이지 않는다(%s).", subjectKo, basis.Ko),
		En: fmt.Sprintf("%s %s still (%s).", subjectEn, t.agree("stands", "stand"), basis.En)}
}

func logisticSentence(t Trend, subjectKo, followsEn, passesEn string, basis metrics.Text) metrics.Text {
	l := t.Parameters.Logistic
	floor, ceiling := value(l.Floor, t.Metric.Unit), value(l.Ceiling.Value, t.Metric.Unit)
	middle := metrics.Text{Ko: "—", En: "—"}
	if m := dateAt(l.MidpointYears.Value); m != nil {
		middle = month(m.Time)
	}
	return metrics.Text{
		Ko: fmt.Sprintf("%s 하한 %s와 상한 %s 사이의 S자 곡선을 따르며, 한가운데를 %s에 지난다(%s).", subjectKo, floor.Ko, ceiling.Ko, middle.Ko, basis.Ko),
		En: fmt.Sprintf("%s an S-curve between %s and %s and %s the middle in %s (%s).", followsEn, floor.En, ceiling.En, passesEn, middle.En, basis.En)}
}

func breakSentence(b Breakpoint) metrics.Text {
	p := probability(b.PValue)
	when := month(b.Date.Time)
	change := map[trend.Change]metrics.Text{
		trend.Slowed:      {Ko: "느려졌다", En: "slowed"},
		trend.Accelerated: {Ko: "빨라졌다", En: "sped up"},
		trend.Reversed:    {Ko: "방향이 바뀌었다", En: "reversed"},
	}[b.Change]
	if !b.Significant {
		return metrics.Text{
			Ko: fmt.Sprintf("기울기가 바뀌었다고 볼 근거는 없다(%s).", p),
			En: fmt.Sprintf("There is no evidence that the slope has changed (%s).", p)}
	}
	return metrics.Text{
		Ko: fmt.Sprintf("%s 무렵 %s(%s).", when.Ko, change.Ko, p),
		En: fmt.Sprintf("It %s around %s (%s).", change.En, when.En, p)}
}

func month(t time.Time) metrics.Text {
	return metrics.Text{Ko: quantity.Month(t, "ko"), En: quantity.Month(t, "en")}
}

// probability words a p-value; below a thousandth its digits say nothing more.
func probability(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return "p = " + strconv.FormatFloat(p, 'f', 3, 64)
}

func thresholdSentence(t Trend) metrics.Text {
	v := value(t.Threshold.Value, t.Metric.Unit)
	bounds := metrics.Text{Ko: "구간의 끝이 정해지지 않는다", En: "interval unbounded"}
	if t.Threshold.Low != nil && t.Threshold.High != nil {
		low, high := t.Threshold.Low.String(), t.Threshold.High.String()
		bounds = metrics.Text{
			Ko: fmt.Sprintf("%s 구간 %s에서 %s", percent(t.Confidence), low, high),
			En: fmt.Sprintf("%s interval %s to %s", percent(t.Confidence), low, high)}
	}
	return metrics.Text{
		Ko: fmt.Sprintf("맞춘 곡선이 %s에 이르는 날은 %s이다(%s). 지금의 흐름이 이어진다고 볼 때의 값이다.", v.Ko, t.Threshold.Date, bounds.Ko),
		En: fmt.Sprintf("The fitted curve passes %s on %s (%s), assuming the present course.", v.En, t.Threshold.Date, bounds.En)}
}

type worded struct{ value, bounds metrics.Text }

// interval words an estimate and its interval.
func interval(e trend.Estimate, confidence float64, word func(float64) metrics.Text) worded {
	w := worded{value: word(e.Value)}
	if !e.Bounded {
		w.bounds = metrics.Text{
			Ko: percent(confidence) + " 구간은 끝이 정해지지 않는다",
			En: percent(confidence) + " interval unbounded"}
		return w
	}
	low, high, to := word(e.Low), word(e.High), "–"
	if e.Low < 0 {
		to = "에서 " // a dash beside a minus sign reads as one of it
	}
	w.bounds = metrics.Text{
		Ko: fmt.Sprintf("%s 구간 %s", percent(confidence), quantity.Span(low.Ko, to, high.Ko)),
		En: fmt.Sprintf("%s interval %s", percent(confidence), quantity.Span(low.En, " to ", high.En))}
	return w
}

func percent(confidence float64) string {
	return strconv.FormatFloat(math.Round(confidence*1000)/10, 'f', -1, 64) + "%"
}

// years words a duration: in months below a year, in days below a month.
func years(v float64) metrics.Text {
	switch {
	case v < 1.0/12:
		return metrics.Text{Ko: significant(v*365.25, 2) + "일", En: significant(v*365.25, 2) + " days"}
	case v < 1:
		return metrics.Text{Ko: significant(v*12, 2) + "개월", En: significant(v*12, 2) + " months"}
	}
	return metrics.Text{Ko: significant(v, 2) + "년", En: significant(v, 2) + " years"}
}

// value words a value in a metric's unit.
func value(v float64, unit string) metrics.Text {
	return metrics.Text{Ko: quantity.Say(v, unit, "ko"), En: quantity.Say(v, unit, "en")}
}

// significant writes v with n significant digits, at least all digits before the point, in powers of ten beyond a million.
func significant(v float64, n int) string {
	if v == 0 {
		return "0"
	}
	exponent := int(math.Floor(math.Log10(math.Abs(v))))
	if exponent >= 6 || exponent < -4 {
		return strconv.FormatFloat(v, 'e', n-1, 64)
	}
	return strconv.FormatFloat(v, 'f', max(0, n-1-exponent), 64)
}

func estimatorName(e trend.Estimator) metrics.Text {
	switch e {
	case trend.HC3:
		return metrics.Text{Ko: "최소제곱(HC3)", En: "least squares (HC3)"}
	case trend.TheilSen:
		return metrics.Text{Ko: "타일–센", En: "Theil–Sen"}
	case trend.PairsBootstrap:
		return metrics.Text{Ko: "쌍 부트스트랩", En: "pairs bootstrap"}
	case trend.MonteCarlo:
		return metrics.Text{Ko: "몬테카를로", En: "Monte Carlo"}
	}
	return metrics.Text{Ko: "최소제곱", En: "least squares"}
}
