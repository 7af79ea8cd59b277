package chart

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

func date(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

func ptr(v float64) *float64 { return &v }

// examRecord is a made-up benchmark record: names of the lengths real ones
// have, steps of the sizes real ones take.
var examRecord = []Point{
	{Time: date(2023, 3, 14), Y: .357, Name: "Lark-4", Label: true},
	{Time: date(2023, 11, 6), Y: .424, Name: "Lark-4 Turbo", Label: true},
	{Time: date(2024, 2, 29), Y: .472, Name: "Heron 3 Opus", Label: true},
	{Time: date(2024, 5, 13), Y: .489, Name: "Lark-4w", Label: true},
	{Time: date(2024, 6, 20), Y: .540, Name: "Heron 3.5 Sonata", Label: true},
	{Time: date(2024, 9, 12), Y: .624, Name: "w1-mini", Label: true},
	{Time: date(2024, 12, 17), Y: .768, Name: "w1", Label: true},
	{Time: date(2025, 1, 31), Y: .770, Name: "w3-mini", Label: true},
	{Time: date(2025, 2, 24), Y: .797, Name: "Heron 3.7 Sonata", Label: true},
	{Time: date(2025, 3, 25), Y: .838, Name: "Gannet 2.5 Pro", Label: true},
	{Time: date(2025, 6, 5), Y: .848, Name: "Gannet 2.5 Pro 06-05", Label: true},
	{Time: date(2025, 6, 17), Y: .853, Name: "Gannet 2.5 Pro 06-17", Label: true},
	{Time: date(2025, 7, 9), Y: .870, Name: "Krait 4", Label: true},
	{Time: date(2025, 11, 13), Y: .876, Name: "Lark-5.1 high", Label: true},
}

// examCurve is a logistic from chance to one, with bands that widen away from
// the middle of the data.
func examCurve(from, to time.Time) []CurvePoint {
	var out []CurvePoint
	for t := from; !t.After(to); t = t.AddDate(0, 0, 10) {
		x := (seconds(t) - seconds(date(2024, 7, 1))) / (365 * 86400)
		at := func(d float64) float64 { return .25 + .75/(1+math.Exp(-(1.7*x+.1+d))) }
		w := .22 + .12*math.Abs(x)
		out = append(out, CurvePoint{Time: t, Value: at(0), Low: at(-w), High: at(w), PILow: at(-w - .5), PIHigh: at(w + .5), HasCI: true, HasPI: true})
	}
	return out
}

func examPoints() []Point {
	r := rand.New(rand.NewPCG(1, 2))
	var out []Point
	for i := range 130 {
		t := date(2023, 6, 1).AddDate(0, 0, int(880*math.Sqrt(r.Float64())))
		best := .30
		for _, p := range examRecord {
			if !p.Time.After(t) {
				best = p.Y
			}
		}
		y := .25 + (best-.25)*math.Pow(r.Float64(), .6)
		out = append(out, Point{Time: t, Y: y, Name: fmt.Sprintf("Model %d", i), Detail: "기본 설정"})
	}
	return out
}

func exam(width, height int, lang string) Spec {
	now := examRecord[len(examRecord)-1]
	s := Spec{
		Width: width, Height: height, Lang: lang,
		Title:      "어려운 시험 점수와 최고 기록",
		Desc:       "2023년 3월 35.7%에서 2025년 11월 87.6%로 오른 기록의 계단과 로지스틱 맞춤.",
		Heading:    "기록은 오르고 있지만 한 걸음이 작아졌다",
		Subheading: "정답률, %. 회색 점은 모델과 설정별 점수, 파란 계단은 최고 기록. 진한 띠는 평균의 95% 구간, 옅은 띠는 예측 구간",
		Source:     "자료: 시험을 위해 지어낸 값. 가로는 출시일이고, 20%에 못 미친 점수는 그림에서 뺐다. 예측 구간은 지금의 흐름이 이어진다고 볼 때의 값이며 시험 문제의 오류는 셈하지 않았다.",
		X:          Axis{Time: true}, Y: Axis{Unit: "fraction", Min: ptr(.2), Max: ptr(1)},
		Points: examPoints(),
		Series: []Series{{Name: "기록", Color: 1, Kind: StepAfter, Points: examRecord}},
		Fit:    &Fit{Curve: examCurve(date(2023, 2, 1), date(2026, 12, 31)), Label: "로지스틱 맞춤", BandLabel: "평균의 95%", PILabel: "예측 95%", Color: 1},
		References: []Reference{
			{Value: .697, Label: "박사급 전문가 69.7%"},
			{Value: .25, Label: "찍었을 때 25%", Dotted: true},
		},
		Until: date(2025, 12, 3),
		Reports: []Marker{
			{Time: date(2024, 11, 8), Label: "데이터 장벽과 합성 데이터", Href: "/reports/a"},
			{Time: date(2025, 3, 24), Label: "벤치마크가 먼저 닳는다", Href: "/reports/b"},
			{Time: date(2025, 6, 16), Label: "추론에 쓰는 계산", Href: "/reports/c"},
			{Time: date(2025, 10, 20), Label: "스케일링 법칙이 말하는 것", Href: "/reports/d"},
		},
		Now: &now,
	}
	if lang == "en" {
		s.Title, s.Heading = "A hard exam: scores and the record", "The record still rises, by smaller steps"
		s.Subheading, s.Source = "Share correct, %. Grey dots are models and settings, blue steps the record.", "Data: made up for a test."
		s.Fit.Label, s.Fit.BandLabel, s.Fit.PILabel = "Logistic fit", "95% of the mean", "95% prediction"
		s.References[0].Label, s.References[1].Label = "PhD experts 69.7%", "Guessing 25%"
		for i, l := range []string{"The data wall", "Benchmarks wear out first", "Compute at inference", "What scaling laws say"} {
			s.Reports[i].Label = l
		}
	}
	return s
}

func chips(width, height int) Spec {
	r := rand.New(rand.NewPCG(3, 4))
	s := Spec{
		Width: width, Height: height, Lang: "ko",
		Title: "칩의 16비트 연산 성능", Desc: "2017년부터 2년 남짓마다 두 배.",
		Heading: "직선을 벗어난 칩이 이야기를 만든다", Subheading: "칩 하나의 16비트 텐서 연산 성능, 초당 조(T) 번, 로그 눈금", Source: "자료: 시험을 위해 지어낸 값.",
		X: Axis{Time: true}, Y: Axis{Log: true, Unit: "FLOP/s"},
	}
	names := []string{"가람", "나래", "다온", "기타"}
	for k, n := range []int{34, 7, 9, 16} {
		se := Series{Name: names[k], Color: k + 1, Kind: Scatter}
		if k == 3 {
			se.Color = 5
		}
		for i := range n {
			t := date(2017, 6, 1).AddDate(0, 0, int(r.Float64()*3200))
			x := (seconds(t) - seconds(date(2017, 1, 1))) / (365.25 * 86400)
			y := 9e13 * math.Pow(2, x/2.4) * math.Exp(r.NormFloat64()*.8)
			se.Points = append(se.Points, Point{Time: t, Y: y, Name: fmt.Sprintf("%s X%d00", names[k], i+1), Label: i < 5})
		}
		s.Series = append(s.Series, se)
	}
	f := &Fit{Label: "맞춤", BandLabel: "평균의 95%", PILabel: "예측 95%"}
	for t := date(2017, 5, 1); t.Before(date(2026, 4, 1)); t = t.AddDate(0, 1, 0) {
		x := (seconds(t) - seconds(date(2017, 1, 1))) / (365.25 * 86400)
		v := 9e13 * math.Pow(2, x/2.4)
		w := .15 + .04*math.Abs(x-5)
		f.Curve = append(f.Curve, CurvePoint{Time: t, Value: v, Low: v * math.Exp(-w), High: v * math.Exp(w), PILow: v * math.Exp(-w-1.5), PIHigh: v * math.Exp(w+1.5), HasCI: true, HasPI: true})
	}
	s.Fit = f
	return s
}

func clock(width, height int, lang string) Spec {
	r := rand.New(rand.NewPCG(5, 6))
	s := Spec{
		Width: width, Height: height, Lang: lang, Title: "클럭 주파수", Desc: "2000년대 중반에 꺾인 뒤 제자리",
		X: Axis{Time: true}, Y: Axis{Log: true, Unit: "Hz"},
		Break: &Break{At: date(2005, 9, 1), Low: date(2003, 12, 1), High: date(2007, 10, 1), Label: "꺾인 곳, 2000년대 중반"},
		Fit:   &Fit{Label: "이후 제자리", Color: 1},
	}
	at := func(t time.Time) float64 {
		x := math.Min((seconds(t)-seconds(date(1971, 1, 1)))/(365.25*86400), 34.7)
		return 5e5 * math.Pow(10, x*.11)
	}
	for range 101 {
		t := date(1971, 6, 1).AddDate(0, 0, int(18400*math.Pow(r.Float64(), .6)))
		s.Points = append(s.Points, Point{Time: t, Y: at(t) * math.Exp(r.NormFloat64()*.4)})
	}
	for t := date(1971, 1, 1); t.Before(date(2022, 1, 1)); t = t.AddDate(0, 6, 0) {
		s.Fit.Curve = append(s.Fit.Curve, CurvePoint{Time: t, Value: at(t)})
	}
	return s
}

// plane is a chart without time: a scaling law on two log axes.
func plane(width, height int) Spec {
	r := rand.New(rand.NewPCG(7, 8))
	s := Spec{
		Width: width, Height: height, Lang: "en", Title: "Loss against compute", X: Axis{Log: true, Unit: "FLOP"}, Y: Axis{Log: true},
		Fit: &Fit{Label: "power law", Color: 3},
	}
	se := Series{Name: "runs", Color: 3, Kind: Scatter}
	for range 60 {
		c := math.Pow(10, 17+r.Float64()*7)
		se.Points = append(se.Points, Point{X: c, Y: 1.7 + 40*math.Pow(c, -.07)*math.Exp(r.NormFloat64()*.03), Name: "run"})
	}
	s.Series = []Series{se}
	for e := 17.0; e <= 25; e += .1 {
		c := math.Pow(10, e)
		s.Fit.Curve = append(s.Fit.Curve, CurvePoint{X: c, Value: 1.7 + 40*math.Pow(c, -.07), Low: 1.65 + 40*math.Pow(c, -.07), High: 1.75 + 40*math.Pow(c, -.07), HasCI: true})
	}
	return s
}

func race(width, height int) Spec {
	open := []Point{{Time: date(2023, 2, 1), Y: .2}, {Time: date(2023, 9, 1), Y: .34}, {Time: date(2024, 4, 1), Y: .45}, {Time: date(2025, 1, 20), Y: .715, Name: "Tern R1", Label: true}, {Time: date(2025, 8, 1), Y: .80, Name: "Loon 3", Label: true}}
	return Spec{
		Width: width, Height: height, Lang: "en", Title: "Open and closed", X: Axis{Time: true}, Y: Axis{Unit: "fraction"}, Until: date(2025, 12, 3),
		Series: []Series{
			{Name: "Closed", Color: 1, Kind: StepAfter, Points: examRecord, Label: "Closed 87.6%"},
			{Name: "Open", Color: 2, Kind: StepAfter, Points: open, Label: "Open weights 80.0%"},
		},
	}
}

func multiples() map[string]Multiple {
	e := exam(0, 0, "ko")
	now := examRecord[len(examRecord)-1]
	e.Fit, e.Until, e.Y = nil, date(2025, 12, 3), Axis{Unit: "fraction"}
	e.References = e.References[:1]
	compute := []Point{{Time: date(2012, 9, 30), Y: 4.7e17}, {Time: date(2014, 9, 4), Y: 5.6e19}, {Time: date(2016, 9, 26), Y: 6.7e21}, {Time: date(2020, 5, 28), Y: 3.1e23}, {Time: date(2022, 4, 4), Y: 2.5e24}, {Time: date(2023, 12, 6), Y: 5e25}, {Time: date(2025, 7, 9), Y: 5e26}}
	price := []Point{{Time: date(2024, 10, 2), Y: 2.5}, {Time: date(2025, 4, 14), Y: 2}, {Time: date(2025, 8, 7), Y: 1.25}, {Time: date(2025, 12, 11), Y: 1.75}, {Time: date(2026, 3, 5), Y: 2.5}, {Time: date(2026, 4, 23), Y: 5}}
	metr := []Point{{Time: date(2019, 2, 14), Y: .03}, {Time: date(2020, 5, 28), Y: .15}, {Time: date(2022, 3, 15), Y: .6}, {Time: date(2023, 3, 14), Y: 5.3}, {Time: date(2024, 9, 12), Y: 21}, {Time: date(2025, 2, 24), Y: 54}, {Time: date(2025, 8, 7), Y: 137}}
	var installed []Point
	fit := &Fit{Color: 1}
	for i := range 17 {
		t := date(2022, 1+3*i, 1)
		y := 1.366e7 * math.Pow(float64(i)/16, 3)
		installed = append(installed, Point{Time: t, Y: y})
		fit.Curve = append(fit.Curve, CurvePoint{Time: t, Value: y, Low: y * .85, High: y * 1.15, HasCI: true})
	}
	step := func(ps []Point, a Axis) Multiple {
		n := ps[len(ps)-1]
		return Multiple{Lang: "ko", Title: "작은 그림", X: Axis{Time: true}, Y: a, Series: []Series{{Color: 1, Kind: StepAfter, Points: ps}}, Now: &n, Until: n.Time.AddDate(0, 2, 0)}
	}
	out := map[string]Multiple{
		"exam":    Multiple(e),
		"compute": step(compute, Axis{Log: true, Unit: "FLOP"}),
		"price":   step(price, Axis{Unit: "USD"}),
		"horizon": step(metr, Axis{Log: true, Unit: "minute"}),
	}
	m := out["exam"]
	m.Now = &now
	m.Reports = nil
	out["exam"] = m
	chips := step(installed, Axis{Unit: "H100e"})
	chips.Series[0].Kind, chips.Fit = Line, fit
	out["installed"] = chips
	return out
}

func spark() Spark {
	return Spark{Lang: "ko", Title: "기록의 흐름", Desc: "보고서 날짜 79.7%, 현재 87.6%", Y: Axis{Unit: "fraction"}, Points: examRecord, Report: date(2025, 3, 24), Until: date(2025, 12, 3)}
}

func rulers() map[string]Ruler {
	return map[string]Ruler{
		"score": {Lang: "ko", Axis: Axis{Unit: "fraction"}, From: .87, To: .876},
		"price": {Lang: "ko", Axis: Axis{Unit: "USD", Log: true}, From: 2.5, To: 5},
		"time":  {Lang: "en", Axis: Axis{Unit: "minute", Log: true, Min: ptr(.1), Max: ptr(1000)}, From: 110, To: 137},
		"elo":   {Lang: "en", Axis: Axis{Unit: "Elo"}, From: 1440, To: 1452},
	}
}

// strips compares up to six made-up models on scales of every kind, with values that lie close and values that are missing.
func strips() map[string]Strips {
	at := func(values ...float64) []*Point {
		var out []*Point
		for i, v := range values {
			if v == 0 {
				out = append(out, nil)
				continue
			}
			out = append(out, &Point{Name: []string{"Lark-5.1", "Heron Opus", "Gannet 2.5", "Krait 4", "w3", "Egret"}[i], Y: v, Time: date(2025, 1+i, 1), Detail: "high"})
		}
		return out
	}
	rows := []Strip{
		{Title: "GPQA 다이아몬드", Axis: Axis{Unit: "fraction"}, Points: at(.881, .870, .862, .875, .833, .30)},
		{Title: "Input tokens, price", Axis: Axis{Unit: "USD", Log: true}, Reversed: true, Points: at(1.25, 5, 1.25, 3, 2, 0)},
		{Title: "A very long name of a metric that does not fit beside its ruler", Axis: Axis{Unit: "minute", Log: true}, Points: at(137, 289, 0, 40)},
		{Title: "LMArena", Axis: Axis{Unit: "Elo"}, Points: at(1455, 1468, 1451)},
		{Title: "Training compute", Axis: Axis{Unit: "FLOP", Log: true}, Points: at(0, 0, 0, 5e26)},
	}
	two := []Strip{{Title: "GPQA 다이아몬드", Axis: Axis{Unit: "fraction"}, Points: at(.881, .870)}, rows[1], {Title: "메모리", Axis: Axis{Unit: "byte"}, Points: at(8e10, 1.41e11)}}
	two[1].Points = two[1].Points[:2]
	names := []string{"Lark-5.1", "Heron Opus", "Gannet 2.5", "Krait 4", "w3", "Egret"}
	return map[string]Strips{
		"1200-ko": {Width: 1200, Lang: "ko", Title: "모델 여섯", Names: names, Rows: rows, KeyOutside: true},
		"648-en":  {Width: 648, Lang: "en", Title: "Six models", Heading: "Six models", Subheading: "Further right is better", Source: "Made up", Names: names, Rows: rows},
		"358-ko":  {Width: 358, Lang: "ko", Title: "모델 둘", Names: names[:2], Rows: two},
		"empty":   {Width: 358, Lang: "ko", Title: "빈 그림", Names: names[:2]},
	}
}
