package trend

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// noisy makes n points over ten years with growth of slope per year on the
// scale of kind and normal scatter of sd.
func noisy(rng *rand.Rand, n int, kind Kind, slope, sd float64) []Point {
	points := make([]Point, n)
	for i := range points {
		x := 10 * rng.Float64()
		y := 2 + slope*x + sd*rng.NormFloat64()
		if kind == Exponential {
			y = math.Exp2(y)
		}
		at, _ := TimeAt(40 + x)
		points[i] = Point{Time: at, Value: y, Subject: string(rune('a' + i))}
	}
	return points
}

func estimators() []Estimator { return []Estimator{OLS, HC3, TheilSen, PairsBootstrap} }

func TestFitIgnoresOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, kind := range []Kind{Linear, Exponential} {
		for _, estimator := range estimators() {
			points := noisy(rng, 25, kind, 0.4, 0.5)
			c := Config{Kind: kind, Estimator: estimator, Resamples: 100}
			first := fit(t, points, c)
			rng.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
			again := fit(t, points, c)
			if first.Slope != again.Slope || first.Intercept != again.Intercept {
				t.Errorf("%s %s: %v then %v", kind, estimator, first.Slope, again.Slope)
			}
		}
	}
}

// Multiplying an exponential series changes its level alone; stretching its
// values' unit scales a linear one; moving in time changes no rate.
func TestFitScaleAndShift(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, estimator := range estimators() {
		for _, kind := range []Kind{Linear, Exponential} {
			points := noisy(rng, 30, kind, 0.4, 0.5)
			c := Config{Kind: kind, Estimator: estimator, Resamples: 100}
			base := fit(t, points, c)
			scaled, moved := make([]Point, len(points)), make([]Point, len(points))
			for i, p := range points {
				scaled[i], moved[i] = p, p
				scaled[i].Value *= 1e6
				moved[i].Time = p.Time.Add(1000 * 24 * time.Hour)
			}
			factor := 1e6
			if kind == Exponential {
				factor = 1
			}
			want := []float64{base.Slope.Value * factor, base.Slope.Low * factor, base.Slope.High * factor}
			nearEstimate(t, string(kind)+" scaled", fit(t, scaled, c).Slope, want, 1e-8)
			want = []float64{base.Slope.Value, base.Slope.Low, base.Slope.High}
			nearEstimate(t, string(kind)+" moved", fit(t, moved, c).Slope, want, 1e-8)
		}
	}
}

func TestLogisticScaleAndShift(t *testing.T) {
	r := loadReference(t)
	one := 1.0
	points := dated(r.Score.Days, r.Score.Values)
	base := fit(t, points, Config{Kind: Logistic, Floor: 0.25, Ceiling: &one})
	for i := range points {
		points[i].Value *= 100
		points[i].Time = points[i].Time.Add(365.25 * 24 * time.Hour)
	}
	hundred := 100.0
	percent := fit(t, points, Config{Kind: Logistic, Floor: 25, Ceiling: &hundred})
	near(t, "k in percent", percent.Logistic.K.Value, base.Logistic.K.Value, 1e-6)
	near(t, "midpoint a year later", percent.Logistic.MidpointYears.Value, base.Logistic.MidpointYears.Value+1, 1e-6)
}

func TestErrorsCarryTheirNumbers(t *testing.T) {
	one := 1.0
	short := []Point{{Time: on("2020-01-01"), Value: 1}, {Time: on("2020-02-01"), Value: 2}, {Time: on("2020-03-01"), Value: 3}}
	tests := []struct {
		name   string
		points []Point
		config Config
		want   DataError
	}{
		{"none", nil, Config{Kind: Linear}, DataError{Reason: ErrTooFew, N: 0, Need: 3}},
		{"two", series(1, 2), Config{Kind: Linear}, DataError{Reason: ErrTooFew, N: 2, Need: 3}},
		{"three for a fitted ceiling", series(0.1, 0.5, 0.8), Config{Kind: Logistic, FitCeiling: true}, DataError{Reason: ErrTooFew, N: 3, Need: 4}},
		{"two months", short, Config{Kind: Linear}, DataError{Reason: ErrSpanTooShort, N: 3, Span: 60 / daysPerYear, NeedSpan: 0.5}},
		{"zero", series(1, 0, 3), Config{Kind: Exponential}, DataError{Reason: ErrNotPositive, Value: 0, Subject: "b"}},
		{"no ceiling", series(0.1, 0.2, 0.3), Config{Kind: Logistic}, DataError{Reason: ErrNoCeiling, N: 3}},
		{"at the floor", series(0.24, 0.251, 0.25), Config{Kind: Logistic, Floor: 0.25, Ceiling: &one}, DataError{Reason: ErrAtFloor, N: 3, Value: 0.251, Bound: 0.25}},
		{"undated", []Point{{Value: 1, Subject: "a"}}, Config{Kind: Linear}, DataError{Reason: ErrUndated, Subject: "a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Fit(test.points, test.config)
			var got *DataError
			if !errors.As(err, &got) {
				t.Fatalf("error %v, want a DataError", err)
			}
			if math.Abs(got.Span-test.want.Span) < 1e-9 {
				got.Span = test.want.Span
			}
			if !errors.Is(err, test.want.Reason) || *got != test.want {
				t.Errorf("error %+v, want %+v", *got, test.want)
			}
		})
	}
}

func TestUnansweredThresholds(t *testing.T) {
	one := 1.0
	flat := fit(t, series(1, 1, 1, 1), Config{Kind: Exponential})
	if flat.DoublingTime != nil || flat.HalvingTime != nil || flat.R2 != nil {
		t.Errorf("a constant has doubling time %v, R² %v", flat.DoublingTime, flat.R2)
	}
	slow := fit(t, series(1, 1.0000001, 1.0000002, 1.0000003), Config{Kind: Exponential})
	logistic := fit(t, series(0.1, 0.2, 0.4, 0.6, 0.8), Config{Kind: Logistic, Ceiling: &one})
	for name, try := range map[string]func() (Crossing, error){
		"a constant elsewhere":    func() (Crossing, error) { return flat.Threshold(2) },
		"below an exponential":    func() (Crossing, error) { return slow.Threshold(-1) },
		"beyond the calendar":     func() (Crossing, error) { return slow.Threshold(1e9) },
		"above the ceiling":       func() (Crossing, error) { return logistic.Threshold(1.2) },
		"at the ceiling":          func() (Crossing, error) { return logistic.Threshold(1) },
		"at a logistic's floor":   func() (Crossing, error) { return logistic.Threshold(0) },
		"bootstrap of a constant": func() (Crossing, error) { return flat.ThresholdBootstrap(2) },
	} {
		if c, err := try(); !errors.Is(err, ErrUnreachable) {
			t.Errorf("%s: %+v, %v; want ErrUnreachable", name, c, err)
		}
	}
	// A slope that could be zero leaves doubling time and threshold unbounded.
	vague := fit(t, series(1, 3, 0.9, 2.5, 1.1, 2.9), Config{Kind: Exponential})
	if vague.DoublingTime.Bounded {
		t.Errorf("doubling time %+v of a slope %+v", *vague.DoublingTime, vague.Slope)
	}
	if c, err := vague.Threshold(100); err != nil || c.Bounded() {
		t.Errorf("threshold %+v, %v; want a date without interval", c, err)
	}
}

// FuzzFit looks for panics, and for answers that are not numbers.
func FuzzFit(f *testing.F) {
	f.Add(uint64(1), 5, 1.0, 0.1, 0.0, 1.0)
	f.Add(uint64(2), 12, -1e300, 1e300, 0.0, 1.0)
	f.Add(uint64(3), 30, 1e-300, 0.0, 0.25, 0.2501)
	f.Fuzz(func(t *testing.T, seed uint64, n int, scale, scatter, floor, ceiling float64) {
		if n < 0 || n > 60 {
			return
		}
		rng := rand.New(rand.NewPCG(seed, 0))
		points := make([]Point, n)
		for i := range points {
			points[i] = Point{Time: onDay(float64(rng.IntN(20000) - 10000)), Value: scale + scatter*rng.NormFloat64(), Subject: string(rune(i))}
		}
		for _, kind := range []Kind{Linear, Exponential, Logistic} {
			for _, estimator := range estimators() {
				c := Config{Kind: kind, Estimator: estimator, Resamples: 20, Floor: floor, Ceiling: &ceiling}
				trend, err := Fit(points, c)
				if err != nil {
					continue
				}
				check := func(name string, e Estimate) {
					if !finite(e.Value) || !finite(e.Low) || !finite(e.High) || (e.Bounded && e.Low > e.High) {
						t.Fatalf("%s %s: %s is %+v", kind, estimator, name, e)
					}
				}
				check("slope", trend.Slope)
				check("intercept", trend.Intercept)
				for name, e := range map[string]*Estimate{"growth": trend.Growth, "doubling": trend.DoublingTime, "halving": trend.HalvingTime} {
					if e != nil {
						check(name, *e)
					}
				}
				for name, v := range map[string]*float64{"R²": trend.R2, "AICc": trend.AICc} {
					if v != nil && !finite(*v) {
						t.Fatalf("%s %s: %s is %v", kind, estimator, name, *v)
					}
				}
				for _, p := range trend.Curve(onDay(-20000), onDay(40000), 5) {
					check("mean", p.Mean)
					check("observation", p.Observation)
				}
				if _, err := trend.Threshold(scale * 2); err != nil && !errors.Is(err, ErrUnreachable) {
					t.Fatal(err)
				}
			}
		}
		if b, err := FindBreak(points, Config{Kind: Linear, Resamples: 20}); err == nil {
			if !finite(b.F) || !finite(b.PValue) || !finite(b.SlopeBefore.Value) || !finite(b.SlopeAfter.Value) {
				t.Fatalf("break %+v", b)
			}
		}
		if _, err := Select(points, Config{Ceiling: &ceiling, Floor: floor}, true); err != nil {
			return
		}
	})
}

// Degenerate tables of scores get an index of finite numbers, or an error.
func TestCapabilityIsFinite(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 1))
	values := map[string]func() float64{
		"zeros":  func() float64 { return 0 },
		"ones":   func() float64 { return 1 },
		"halves": func() float64 { return 0.5 },
		"either": func() float64 { return float64(rng.IntN(2)) },
		"any":    rng.Float64,
	}
	for name, value := range values {
		for range 20 {
			var scores []Score
			for m := range 2 + rng.IntN(6) {
				for b := range 2 + rng.IntN(5) {
					if rng.IntN(4) > 0 {
						scores = append(scores, Score{Subject: string(rune('m' + m)), Benchmark: string(rune('a' + b)), Value: value(), Time: onDay(float64(15000 + 300*m))})
					}
				}
			}
			x, err := FitCapability(scores, CapabilityConfig{MinBenchmarks: 1})
			if errors.Is(err, ErrTooFew) {
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, m := range x.Models {
				if !finite(m.Theta.Value) || !m.Theta.Bounded {
					t.Fatalf("%s: %+v", name, m)
				}
			}
			for _, b := range x.Benchmarks {
				if !finite(b.Difficulty) || !finite(b.Discrimination) || !finite(b.RMSE) {
					t.Fatalf("%s: %+v", name, b)
				}
			}
		}
	}
}
