package server

import (
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/trend"
)

func TestRichEscapesWhatItFillsIn(t *testing.T) {
	got := string(rich("ko", "answer.record", "A [x] <b>", "87.6%", "다"))
	want := `최고 기록은 <span class="now">A [x] &lt;b&gt;의</span> <span class="nb"><span class="now">87.6%</span>다.</span>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(rich("en", "answer.since", "March 2023", "35.7%", "8 times")); got != `It stood at 35.7% in March 2023 and has moved <span class="nb">8 times</span> since.` {
		t.Errorf("got %s", got)
	}
}

func TestSpanText(t *testing.T) {
	for _, test := range []struct {
		years  float64
		ko, en string
	}{
		{1 / 365.25, "1일", "1\u00a0day"},
		{0.1, "37일", "37\u00a0days"},
		{0.55, "6.6개월", "6.6\u00a0months"},
		{1.2, "14개월", "14\u00a0months"},
		{1.9, "1.9년", "1.9\u00a0years"},
		{250, "250년", "250\u00a0years"},
	} {
		if got := spanText("ko", test.years); got != test.ko {
			t.Errorf("%v years: %s, want %s", test.years, got, test.ko)
		}
		if got := spanText("en", test.years); got != test.en {
			t.Errorf("%v years: %s, want %s", test.years, got, test.en)
		}
	}
	e := trend.Estimate{Value: 1.6, Low: 1.4, High: 2.2, Bounded: true}
	if got := yearsText("ko", e); got != "1.6년 (1.4–2.2년)" {
		t.Errorf("an interval in the unit of its estimate: %s", got)
	}
	e.Bounded = false
	if got := yearsText("en", e); got != "1.6\u00a0years" {
		t.Errorf("unbounded: %s", got)
	}
}

func TestTimesText(t *testing.T) {
	for n, want := range map[int][2]string{1: {"한\u00a0번", "once"}, 2: {"두\u00a0번", "twice"}, 13: {"열세\u00a0번", "13\u00a0times"}, 20: {"스무\u00a0번", "20\u00a0times"}, 21: {"21번", "21\u00a0times"}} {
		if ko, en := timesText("ko", n), timesText("en", n); ko != want[0] || en != want[1] {
			t.Errorf("%d: %s, %s", n, ko, en)
		}
	}
}

func TestGainText(t *testing.T) {
	gain := func(v float64) *float64 { return &v }
	for _, test := range []struct {
		name   string
		metric metrics.Metric
		record query.Record
		want   string
	}{
		{"share", metrics.Metric{Unit: "fraction", Direction: "higher"}, query.Record{Value: .876, Gain: gain(.006)}, "+0.6%p"},
		{"doubled", metrics.Metric{Unit: "FLOP", Scale: "log", Direction: "higher"}, query.Record{Value: 4e25, Gain: gain(2e25)}, "2배"},
		{"price halved", metrics.Metric{Unit: "USD", Scale: "log", Direction: "lower"}, query.Record{Value: 1, Gain: gain(1)}, "0.5배"},
		{"first", metrics.Metric{Unit: "fraction"}, query.Record{Value: .4}, ""},
	} {
		if got := gainText("ko", test.metric, test.record); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestWithin(t *testing.T) {
	for title, want := range map[string]string{"Memory bandwidth": "memory bandwidth", "FP8 performance": "FP8 performance", "GPQA Diamond": "GPQA Diamond", "SWE-bench": "SWE-bench", "": ""} {
		if got := within("en", title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
	if got := within("ko", "Elo"); got != "Elo" {
		t.Errorf("Korean keeps a title: %q", got)
	}
}

// TestBentMeetsItsObservations checks the height of the two lines against observations that lie on two lines.
func TestBentMeetsItsObservations(t *testing.T) {
	day := func(years float64) query.Moment {
		at, _ := trend.TimeAt(years)
		return query.Moment{Time: at}
	}
	value := func(years float64) float64 {
		if years < 10 {
			return 3 + 2*years
		}
		return 23 + 0.5*(years-10)
	}
	m := measured{params: query.TrendParams{Of: query.OfAll}, trend: &query.Trend{First: day(0), Last: day(20)}}
	for years := range 21 {
		m.series.Observations = append(m.series.Observations, query.Observation{Time: day(float64(years)), Value: value(float64(years))})
	}
	line := m.bent("en", query.Breakpoint{Date: day(10), SlopeBefore: 2, SlopeAfter: 0.5, Scale: trend.Linear})
	for _, p := range line.Points {
		if want := value(trend.Years(p.Time)); p.Y < want-1e-6 || p.Y > want+1e-6 {
			t.Errorf("%s: %v, want %v", p.Time.Format(time.DateOnly), p.Y, want)
		}
	}
}

// TestNothingReadAsOneIsParted checks what has to stay on one line.
func TestNothingReadAsOneIsParted(t *testing.T) {
	for in, want := range map[string]string{
		"2024년 6월부터 두 배가 됐다(n = 9)": "2024년\u00a06월부터 두\u00a0배가 됐다(n\u00a0=\u00a09)",
		"두 사람, 2년 뒤":                "두 사람, 2년 뒤",
	} {
		if got := glue(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := string(rich("en", "answer.record", "혼자", "42", "")); !strings.Contains(got, `<span lang="ko">혼자</span>`) {
		t.Errorf("a Korean name in an English sentence: %s", got)
	}
}
