package trend

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestMonteCarloCarriesIntervals(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	points := noisy(rng, 40, Exponential, 0.5, 0.3)
	for i := range points {
		points[i].Interval = IntervalCI95
		points[i].Low, points[i].High = points[i].Value/1.05, points[i].Value*1.05
	}
	tight, err := FitMonteCarlo(points, Config{Kind: Exponential, Resamples: 400}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range points {
		points[i].Low, points[i].High = points[i].Value/8, points[i].Value*8
	}
	wide, err := FitMonteCarlo(points, Config{Kind: Exponential, Resamples: 400}, nil)
	if err != nil {
		t.Fatal(err)
	}
	plain := fit(t, points, Config{Kind: Exponential})
	if tight.Estimator != MonteCarlo || tight.Slope.Value != plain.Slope.Value {
		t.Errorf("estimate %v by %s, want the plain fit's %v", tight.Slope.Value, tight.Estimator, plain.Slope.Value)
	}
	width := func(e Estimate) float64 { return e.High - e.Low }
	if r := width(tight.Slope) / width(plain.Slope); r < 0.75 || r > 1.25 {
		t.Errorf("with small errors the interval is %.2f of the plain one", r)
	}
	// Errors of log2(8)/1.96 = 1.53 doublings add to the scatter of 0.3.
	if r := width(wide.Slope) / width(tight.Slope); r < 3 || r > 8 {
		t.Errorf("errors of a factor of 8 widen the interval by %.2f, want about 5", r)
	}
	c, err := wide.ThresholdBootstrap(1e4)
	if err != nil || !c.Bounded() || !c.Low.Before(c.Time) || !c.High.After(c.Time) {
		t.Errorf("threshold %+v, %v", c, err)
	}
	again, err := FitMonteCarlo(points, Config{Kind: Exponential, Resamples: 400}, nil)
	if err != nil || again.Slope != wide.Slope {
		t.Errorf("the same seed gave %v, then %v (%v)", wide.Slope, again.Slope, err)
	}
}

func TestMonteCarloRetakesFrontier(t *testing.T) {
	points := series(1, 2, 1.95, 4, 8, 7.9, 16)
	for i := range points {
		points[i].Interval = IntervalSE
		points[i].Low, points[i].High = points[i].Value*0.9, points[i].Value*1.1
	}
	f, err := FitMonteCarlo(points, Config{Kind: Exponential, Resamples: 200}, &FrontierOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if f.N != 5 || !f.Slope.Bounded || f.Slope.Low >= f.Slope.Value || f.Slope.High <= f.Slope.Value {
		t.Errorf("n = %d, slope %+v; want the five records and an interval around", f.N, f.Slope)
	}
}

func TestMonteCarloRefuses(t *testing.T) {
	points := series(1, 2, 4, 8)
	if _, err := FitMonteCarlo(points, Config{Kind: Linear}, nil); !errors.Is(err, ErrNoIntervals) {
		t.Errorf("no intervals: %v", err)
	}
	points[1].Interval, points[1].Low, points[1].High = IntervalCI90, math.NaN(), 5
	if _, err := FitMonteCarlo(points, Config{Kind: Linear}, nil); !errors.Is(err, ErrNotFinite) {
		t.Errorf("an interval without an end: %v", err)
	}
	points[1].Low = 3 // above the value of 2: a slip that must not spoil the rest
	if f, err := FitMonteCarlo(points, Config{Kind: Linear}, nil); err != nil || !f.Slope.Bounded {
		t.Errorf("value outside its interval: %v", err)
	}
	points[1].Interval = "guess"
	if _, err := FitMonteCarlo(points, Config{Kind: Linear}, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("unknown kind of interval: %v", err)
	}
}

// Draws reproduce the interval they are made from.
func TestDrawQuantiles(t *testing.T) {
	for kind, tail := range map[IntervalKind]float64{
		IntervalCI95: 0.025, IntervalCI90: 0.05, IntervalP5P95: 0.05, IntervalSE: 0.15865525, IntervalSD: 0.15865525, IntervalRange: 0,
	} {
		for _, log := range []bool{false, true} {
			rng := rand.New(rand.NewPCG(1, 1))
			p := Point{Value: 10, Low: 8, High: 15, Interval: kind}
			draws := make([]float64, 40000)
			for i := range draws {
				draws[i] = draw(p, log, rng)
			}
			slices.Sort(draws)
			for q, want := range map[float64]float64{tail: 8, 0.5: 10, 1 - tail: 15} {
				if got := quantile(draws, q); math.Abs(got-want) > 0.15 {
					t.Errorf("%s log=%v: quantile %v is %.3f, want %v", kind, log, q, got, want)
				}
			}
		}
	}
}

func TestSelectPrefersTheRightShape(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 1))
	one := 1.0
	scores := make([]Point, 24)
	for i := range scores {
		x := 40 + float64(i)*0.4
		at, _ := TimeAt(x)
		scores[i] = Point{Time: at, Value: 0.1 + 0.9*sigmoid(1.1*(x-44)) + 0.01*rng.NormFloat64(), Subject: string(rune('a' + i))}
	}
	for _, test := range []struct {
		want   Kind
		points []Point
		log    bool
		config Config
	}{
		{Linear, noisy(rng, 30, Linear, 3, 0.5), false, Config{}},
		{Exponential, noisy(rng, 30, Exponential, 1, 0.3), true, Config{}},
		{Logistic, scores, false, Config{Floor: 0.1, Ceiling: &one}},
	} {
		s, err := Select(test.points, test.config, test.log)
		if err != nil {
			t.Fatal(err)
		}
		if s.Best.Kind != test.want || s.Basis != ByBacktest {
			t.Errorf("chose %s by %s, want %s by backtest: %+v", s.Best.Kind, s.Basis, test.want, s.Candidates)
		}
		if len(s.Candidates) != 3 {
			t.Errorf("%d candidates, want 3", len(s.Candidates))
		}
	}
}

func TestSelectWithoutBacktest(t *testing.T) {
	s, err := Select(series(1, 2.1, 3.9, 8.2, 16), Config{}, true)
	if err != nil {
		t.Fatal(err)
	}
	if s.Best.Kind != Exponential || s.Basis != ByAICc {
		t.Errorf("five points: %s by %s, want exponential by AICc", s.Best.Kind, s.Basis)
	}
	s, err = Select(series(1, 2.1, 3.9), Config{}, true)
	if err != nil {
		t.Fatal(err)
	}
	if s.Best.Kind != Exponential || s.Basis != ByScale {
		t.Errorf("three points: %s by %s, want exponential by scale", s.Best.Kind, s.Basis)
	}
	if _, err := Select(series(1), Config{}, true); !errors.Is(err, ErrTooFew) {
		t.Errorf("one point: %v, want ErrTooFew", err)
	}
	s, err = Select(series(-1, 0, 1, 2.1, 3, 4, 5.2, 6, 7), Config{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(s.Candidates[1].Err, ErrNotPositive) || !errors.Is(s.Candidates[2].Err, ErrNoCeiling) {
		t.Errorf("candidates %+v: want reasons for the exponential and the logistic", s.Candidates)
	}
}

// A value after the cut must not reach the forecast for it: changing the last
// value changes the error by exactly the difference.
func TestBacktestDoesNotSeeTheFuture(t *testing.T) {
	points := series(1, 2, 3.2, 3.9, 5.1, 6, 7.2, 8)
	base, err := RunBacktest(points, Config{Kind: Linear}, false)
	if err != nil {
		t.Fatal(err)
	}
	points[7].Value += 100
	moved, err := RunBacktest(points, Config{Kind: Linear}, false)
	if err != nil {
		t.Fatal(err)
	}
	before := fit(t, series(1, 2, 3.2, 3.9, 5.1, 6, 7.2), Config{Kind: Linear})
	p, err := before.Predict(points[7].Time)
	if err != nil {
		t.Fatal(err)
	}
	want := base.Error + (math.Abs(108-p.Mean.Value)-math.Abs(8-p.Mean.Value))/float64(base.N)
	near(t, "backtest error", moved.Error, want, 1e-12)
	if base.N != 3 {
		t.Errorf("%d forecasts of eight points, want 3", base.N)
	}
}

func TestMatchRecords(t *testing.T) {
	closed := []Point{
		{Subject: "c1", Time: on("2020-01-01"), Value: 1},
		{Subject: "c2", Time: on("2021-01-01"), Value: 2},
		{Subject: "c3", Time: on("2022-01-01"), Value: 3},
		{Subject: "c4", Time: on("2023-01-01"), Value: 4},
	}
	open := []Point{
		{Subject: "o1", Time: on("2020-04-10"), Value: 1},    // 100 days after c1
		{Subject: "o2", Time: on("2021-07-20"), Value: 2.5},  // 200 days after c2
		{Subject: "o3", Time: on("2022-10-28"), Value: 3.01}, // 300 days after c3
		{Subject: "undated", Value: 9},
	}
	lag, err := MatchRecords(closed, open, FrontierOptions{}, on("2024-01-01"), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if lag.N != 3 || lag.Censored != 1 || len(lag.Pairs) != 4 {
		t.Fatalf("lag %+v, want three matched and one censored", lag)
	}
	near(t, "median", *lag.MedianDays, 200, 1e-9)
	near(t, "mean", *lag.MeanDays, 200, 1e-9)
	// Four at risk: 3/4 after 100 days, 1/2 after 200, 1/4 after 300.
	near(t, "survival median", *lag.SurvivalMedianDays, 250, 1e-9)
	if last := lag.Pairs[3]; last.Follower != nil || last.Days != 365 {
		t.Errorf("the record of 2023 is %+v, want censored after 365 days", last)
	}
	if _, err := MatchRecords(closed, nil, FrontierOptions{}, on("2024-01-01"), 0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("no follower: %v, want ErrTooFew", err)
	}
	late, err := MatchRecords(closed[3:], open[:3], FrontierOptions{}, on("2024-01-01"), 0.95)
	if err != nil || late.MedianDays != nil || late.SurvivalMedianDays != nil || late.Censored != 1 {
		t.Errorf("nothing matched: %+v, %v", late, err)
	}
}

func TestRankGroups(t *testing.T) {
	groups := map[string][]Point{
		"kr": {{Subject: "k", Time: on("2021-01-01"), Value: 0.5}},
		"us": {{Subject: "u1", Time: on("2020-01-01"), Value: 1}, {Subject: "u2", Time: on("2021-01-01"), Value: 3}},
		"cn": {{Subject: "c", Time: on("2020-06-01"), Value: 2}},
		"":   {{Subject: "undated", Value: 9}},
	}
	if got, want := RankGroups(groups, FrontierOptions{}), []string{"us", "cn", "kr"}; !slices.Equal(got, want) {
		t.Errorf("groups %v, want %v", got, want)
	}
}

func TestPriceToReach(t *testing.T) {
	got := PriceToReach([]PricedScore{
		{Subject: "dear", Time: on("2023-03-01"), Score: 0.86, Price: 30},
		{Subject: "weak", Time: on("2023-06-01"), Score: 0.5, Price: 0.1},
		{Subject: "cheap", Time: on("2024-07-01"), Score: 0.82, Price: 0.15},
		{Subject: "mid", Time: on("2024-03-01"), Score: 0.8, Price: 3},
		{Subject: "cheap", Time: on("2024-09-01"), Score: 0.82, Price: 0.1}, // and cheaper still
		{Subject: "later, dearer", Time: on("2024-12-01"), Score: 0.9, Price: 1},
	}, 0.8, HigherIsBetter)
	if want := []string{"dear", "mid", "cheap", "cheap"}; !slices.Equal(names(got), want) {
		t.Errorf("prices set by %v, want %v", names(got), want)
	}
}

func TestCapabilityFilters(t *testing.T) {
	var scores []Score
	add := func(model, setting string, when time.Time, values ...float64) {
		for i, v := range values {
			scores = append(scores, Score{Subject: model, Setting: setting, Benchmark: string(rune('a' + i)), Value: v, Time: when})
		}
	}
	old, recent := on("2021-01-01"), on("2024-01-01")
	add("old", "", old, 0.2, 0.3, 0.4, 0.5)
	add("m", "low", recent, 0.4, 0.5, 0.6, 0.7)
	add("m", "high", recent, 0.5, 0.6, 0.7, 0.8)
	add("m", "high", recent, 0.45) // a worse run of the same
	add("few", "", recent, 0.4, 0.5, 0.6)
	add("undated", "", time.Time{}, 0.3, 0.4, 0.5, 0.6)
	add("broken", "", recent, 1.2, math.NaN(), -0.1)

	x, err := FitCapability(scores, CapabilityConfig{Since: on("2022-11-01")})
	if err != nil {
		t.Fatal(err)
	}
	if x.NModels != 2 || x.NScores != 8 || x.NBenchmarks != 4 || x.Dropped != 3 || x.Anchor != "a" {
		t.Errorf("index %+v, want the two settings of m, eight scores, three dropped", x)
	}
	if x.Models[0].Setting != "high" {
		t.Errorf("the best is %+v, want m high", x.Models[0])
	}
	x, err = FitCapability(scores, CapabilityConfig{})
	if err != nil || x.NModels != 4 {
		t.Errorf("without a date filter %d models (%v), want 4, the undated one too", x.NModels, err)
	}
	x, err = FitCapability(scores, CapabilityConfig{Scale: &CapabilityScale{
		Low: CapabilityAnchor{Subject: "m", Setting: "low", Value: 100}, High: CapabilityAnchor{Subject: "m", Setting: "high", Value: 150},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range x.Models {
		if want := map[string]float64{"low": 100, "high": 150}[m.Setting]; want != 0 {
			near(t, m.Setting, m.Theta.Value, want, 1e-9)
			p, err := x.Profile(m.Subject, m.Setting, 0.95)
			if err != nil || math.Abs(p.Value-want) > 1e-6 {
				t.Errorf("profile %+v, %v; want one around %v", p, err, want)
			}
		}
	}
	_, err = FitCapability(scores, CapabilityConfig{Scale: &CapabilityScale{Low: CapabilityAnchor{Subject: "nobody", Value: 1}}})
	if !errors.Is(err, ErrNotInIndex) {
		t.Errorf("unknown anchor: %v, want ErrNotInIndex", err)
	}
	if _, err := FitCapability(nil, CapabilityConfig{}); !errors.Is(err, ErrTooFew) {
		t.Errorf("no scores: %v, want ErrTooFew", err)
	}
}

func TestCapabilityGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 1))
	var scores []Score
	for m := range 5 {
		for b := range 4 {
			scores = append(scores, Score{Subject: string(rune('m' + m)), Benchmark: string(rune('a' + b)), Value: rng.Float64()})
		}
	}
	c, err := CapabilityConfig{}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	kept, _ := selectScores(scores, c)
	s, err := newStitching(kept, c)
	if err != nil {
		t.Fatal(err)
	}
	p, grad := make([]float64, s.size()), make([]float64, s.size())
	for i := range p {
		p[i] = rng.NormFloat64()
	}
	s.objective(p, grad)
	hessian := s.hessian(p, true)
	for i := range p {
		const h = 1e-5
		up, down := slices.Clone(p), slices.Clone(p)
		up[i] += h
		down[i] -= h
		gradUp, gradDown := make([]float64, len(p)), make([]float64, len(p))
		high, _ := s.objective(up, gradUp)
		low, _ := s.objective(down, gradDown)
		if want := (high - low) / (2 * h); math.Abs(grad[i]-want) > 1e-8 {
			t.Errorf("gradient %d is %v, by differences %v", i, grad[i], want)
		}
		for j := range p {
			if want := (gradUp[j] - gradDown[j]) / (2 * h); math.Abs(hessian.At(i, j)-want) > 1e-8 {
				t.Errorf("hessian %d,%d is %v, by differences %v", i, j, hessian.At(i, j), want)
			}
		}
	}
}

func TestTimeRoundTrip(t *testing.T) {
	for _, date := range []string{"0001-01-01", "1677-01-01", "1969-12-31", "1970-01-01", "2026-07-31", "9999-12-31"} {
		want := on(date)
		if got, ok := TimeAt(Years(want)); !ok || got.Sub(want).Abs() > time.Second {
			t.Errorf("%s comes back as %v", date, got)
		}
	}
	for _, years := range []float64{math.NaN(), math.Inf(1), 1e9, -1e5, 8100} {
		if got, ok := TimeAt(years); ok {
			t.Errorf("%v years is %v, want none", years, got)
		}
	}
}

func TestScoreForecast(t *testing.T) {
	forecast := Estimate{Value: 8, Low: 4, High: 16, Bounded: true}
	for _, test := range []struct {
		outcome float64
		log     bool
		want    ForecastScore
	}{
		{10, false, ForecastScore{Error: 2, Inside: true, IntervalScore: 12}},
		{3, false, ForecastScore{Error: -5, IntervalScore: 12 + 40*1}},
		{64, true, ForecastScore{Error: 3, IntervalScore: 2 + 40*2}},
	} {
		got, err := ScoreForecast(forecast, 0.95, test.outcome, test.log)
		if err != nil || got.Inside != test.want.Inside || got.Error != test.want.Error || math.Abs(got.IntervalScore-test.want.IntervalScore) > 1e-9 {
			t.Errorf("outcome %v: %+v, %v; want %+v", test.outcome, got, err, test.want)
		}
	}
	if _, err := ScoreForecast(forecast, 0.95, -1, true); !errors.Is(err, ErrNotPositive) {
		t.Errorf("a negative outcome on a log scale: %v", err)
	}
	if _, err := ScoreForecast(Estimate{Value: 8}, 0.95, 1, false); !errors.Is(err, ErrNoIntervals) {
		t.Errorf("no interval: %v", err)
	}
}

func TestLogisticIntervalsStayWithinTheMetric(t *testing.T) {
	r := loadReference(t)
	one := 1.0
	f := fit(t, dated(r.Score.Days, r.Score.Values), Config{Kind: Logistic, Floor: 0.25, Ceiling: &one})
	for _, p := range f.Curve(on("2005-01-01"), on("2035-01-01"), 200) {
		if p.Mean.Low < 0.25 || p.Mean.High > 1 || p.Observation.High > 1 || p.Mean.Low > p.Mean.Value || p.Mean.High < p.Mean.Value {
			t.Fatalf("%v: mean %+v, observation %+v", p.Time, p.Mean, p.Observation)
		}
	}
}

func TestEqualValuesHaveNoTrend(t *testing.T) {
	for _, v := range []float64{0.1, 0.7, 3, 1e-20, 1e20} {
		f := fit(t, series(v, v, v, v, v, v, v), Config{Kind: Exponential})
		if f.DoublingTime != nil || f.HalvingTime != nil || f.R2 != nil || f.Growth.Value != 1 {
			t.Errorf("%v: doubling %v, halving %v, growth %v", v, f.DoublingTime, f.HalvingTime, f.Growth)
		}
	}
}

func TestThresholdOfAVagueSlopeIsUnbounded(t *testing.T) {
	vague := fit(t, series(1, 3, 0.9, 2.5, 1.1, 2.9), Config{Kind: Exponential})
	for name, try := range map[string]func(float64) (Crossing, error){"delta": vague.Threshold, "without draws": vague.ThresholdBootstrap} {
		if c, err := try(100); err != nil || c.Bounded() {
			t.Errorf("%s: %+v, %v; want a date without interval", name, c, err)
		}
	}
	steady := fit(t, series(1, 2.1, 3.9, 8.3, 15, 33), Config{Kind: Exponential, Estimator: PairsBootstrap})
	delta, err := steady.Threshold(1000)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := steady.ThresholdBootstrap(1000)
	if err != nil {
		t.Fatal(err)
	}
	if !delta.Bounded() || !drawn.Bounded() || delta.Time != drawn.Time || delta.Low == drawn.Low {
		t.Errorf("delta %+v, bootstrap %+v; want one date with two intervals", delta, drawn)
	}
}

func TestPercentileIntervalIsThatOfTheSortedSample(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 1))
	for n := 1; n < 300; n += 1 + n/7 {
		draws := make([]float64, n)
		for i := range draws {
			draws[i] = float64(rng.IntN(1 + n/2)) // with ties
		}
		sorted := slices.Clone(draws)
		slices.Sort(sorted)
		for _, confidence := range []float64{0.5, 0.9, 0.95, 0.999} {
			tail := (1 - confidence) / 2
			want := bounded(0, min(0, quantile(sorted, tail)), max(0, quantile(sorted, 1-tail)))
			if got := percentileInterval(0, slices.Clone(draws), confidence); got != want {
				t.Fatalf("n = %d at %v: %+v, want %+v", n, confidence, got, want)
			}
		}
	}
}

func TestMonteCarloOfALogistic(t *testing.T) {
	r := loadReference(t)
	one := 1.0
	points := dated(r.Score.Days, r.Score.Values)
	for i, p := range points {
		points[i].Interval, points[i].Low, points[i].High = IntervalSE, p.Value-0.03, p.Value+0.03
	}
	c := Config{Kind: Logistic, Floor: 0.25, Ceiling: &one, Resamples: 300}
	plain := fit(t, points, c)
	carried, err := FitMonteCarlo(points, c, &FrontierOptions{})
	if err != nil {
		t.Fatal(err)
	}
	k := carried.Logistic.K
	if !k.Bounded || k.High-k.Low <= plain.Logistic.K.High-plain.Logistic.K.Low {
		t.Errorf("k %+v, without measurement error %+v; want a wider interval", k, plain.Logistic.K)
	}
	crossing, err := carried.Threshold(0.9)
	if err != nil || !crossing.Bounded() {
		t.Errorf("threshold %+v, %v", crossing, err)
	}
}
