package query

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// unanswerable words a statistical reason for a reader of either language. Other errors pass through.
func unanswerable(m metrics.Metric, p TrendParams, err error) error {
	what := metrics.Text{Ko: "기록", En: "record"}
	if p.Of == OfAll {
		what = metrics.Text{Ko: "관측", En: "observation"}
	}
	return unanswerableOf(m, what, err)
}

// unanswerableOf is unanswerable for an answer that is made of something else than observations.
func unanswerableOf(m metrics.Metric, what metrics.Text, err error) error {
	var d *trend.DataError
	if !errors.As(err, &d) {
		return err
	}
	return &UnanswerableError{Why: whyNot(m, d, what), Err: err}
}

func whyNot(m metrics.Metric, d *trend.DataError, what metrics.Text) metrics.Text {
	value := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	title := metrics.Text{Ko: m.Title.In("ko"), En: m.Title.In("en")}
	switch {
	case errors.Is(d.Reason, trend.ErrTooFew) && d.N == 0:
		return metrics.Text{
			Ko: fmt.Sprintf("이 조건에 맞는 %s의 %s이 없습니다.", title.Ko, what.Ko),
			En: fmt.Sprintf("There is no %s of %s under these conditions.", what.En, title.En)}
	case errors.Is(d.Reason, trend.ErrTooFew):
		return metrics.Text{
			Ko: fmt.Sprintf("%s이 %d개뿐이라 추세를 낼 수 없습니다. %d개부터 됩니다.", what.Ko, d.N, d.Need),
			En: fmt.Sprintf("Only %d %s: a trend needs %d.", d.N, plural(d.N, what.En), d.Need)}
	case errors.Is(d.Reason, trend.ErrSpanTooShort):
		return metrics.Text{
			Ko: fmt.Sprintf("%s이 %.2f년에 몰려 있어 추세를 낼 수 없습니다. 반년은 되어야 합니다.", what.Ko, d.Span),
			En: fmt.Sprintf("The %ss span %.2f years: a trend needs half a year.", what.En, d.Span)}
	case errors.Is(d.Reason, trend.ErrNotPositive):
		return metrics.Text{
			Ko: fmt.Sprintf("0 이하인 값(%s)이 있어 지수로 맞출 수 없습니다.", value(d.Value)),
			En: fmt.Sprintf("A value of %s is not positive, so no exponential fits.", value(d.Value))}
	case errors.Is(d.Reason, trend.ErrMagnitude):
		return metrics.Text{
			Ko: fmt.Sprintf("값(%s)이 너무 크거나 작아 제곱을 셈할 수 없습니다. fit=exponential은 됩니다.", value(d.Value)),
			En: fmt.Sprintf("A value of %s is too large or too small for its square to be computed. fit=exponential takes it.", value(d.Value))}
	case errors.Is(d.Reason, trend.ErrAtFloor):
		return metrics.Text{
			Ko: fmt.Sprintf("가장 높은 값(%s)도 찍어서 얻는 수준(%s)을 벗어나지 못해 곡선을 정할 수 없습니다.", value(d.Value), value(d.Bound)),
			En: fmt.Sprintf("The best value (%s) is still at chance level (%s), so the curve is not determined.", value(d.Value), value(d.Bound))}
	case errors.Is(d.Reason, trend.ErrNoCeiling):
		return metrics.Text{
			Ko: fmt.Sprintf("%s에는 상한이 없어 로지스틱으로 맞출 수 없습니다. ceiling=fit이나 상한값을 주면 됩니다.", title.Ko),
			En: fmt.Sprintf("%s has no ceiling, which a logistic fit needs. Give ceiling=fit or a value.", title.En)}
	case errors.Is(d.Reason, trend.ErrUnreachable):
		return metrics.Text{
			Ko: fmt.Sprintf("맞춘 곡선은 %s에 이르지 않습니다.", value(d.Value)),
			En: fmt.Sprintf("The fitted curve never reaches %s.", value(d.Value))}
	case errors.Is(d.Reason, trend.ErrConstant):
		return metrics.Text{
			Ko: "값이 모두 같아 추세를 낼 수 없습니다.",
			En: "All values are equal, so there is no trend to fit."}
	case errors.Is(d.Reason, trend.ErrNoIntervals):
		return metrics.Text{
			Ko: "오차 구간이 적힌 관측이 없어 몬테카를로를 돌릴 수 없습니다.",
			En: "No observation carries an interval, so there is no error to carry through."}
	case errors.Is(d.Reason, trend.ErrTooMany):
		return metrics.Text{
			Ko: fmt.Sprintf("관측이 %d개라 이 추정법으로는 계산하지 않습니다. %d개까지 됩니다.", d.N, d.Need),
			En: fmt.Sprintf("%d observations are too many for this estimator: it takes %d.", d.N, d.Need)}
	}
	return metrics.Text{Ko: "이 자료로는 곡선이 정해지지 않습니다." + undeterminedKo[d.Detail], En: "These data do not determine the curve: " + cmp.Or(d.Detail, d.Error()) + "."}
}

// undeterminedKo says in Korean what the details of [trend.ErrNotIdentified] say in English.
var undeterminedKo = map[string]string{
	"the least squares did not converge":        " 최소제곱이 수렴하지 않습니다.",
	"no ceiling shows in the data yet":          " 상한이 아직 자료에 드러나지 않습니다.",
	"the data show a step, not a rise":          " 서서히 오르지 않고 한 번에 뛴 자료입니다.",
	"the parameters can't be told apart":        " 매개변수들을 서로 가를 수 없습니다.",
	"most resamples don't determine a logistic": " 다시 뽑은 표본 대부분에서 로지스틱이 정해지지 않습니다.",
	"too few of the draws could be fitted":      " 뽑은 값들 가운데 맞출 수 있는 것이 너무 적습니다.",
	"the regressors are collinear":              " 연산량과 시간이 나란히 움직여 두 몫을 가를 수 없습니다.",
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
