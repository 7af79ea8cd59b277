package trend

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"
)

// reference holds values from numpy, scipy and statsmodels, whose versions are
// in the file; testdata/reference.py computes them.
type reference struct {
	Growth, Score, Bend struct{ Days, Values []float64 }
	Exponential, Linear lineReference
	LogisticFixed       logisticReference `json:"logistic_fixed"`
	LogisticFitted      logisticReference `json:"logistic_fitted"`
	Breakpoint          breakReference
	Regression          regressionReference
	Slopes              struct {
		Difference []float64
		P          float64
	}
	Survival struct {
		Days, Median []float64
		Open         []int
	}
	Stitching  stitchingReference
	Chinchilla map[string]float64
}

type lineReference struct {
	Slope, Intercept, Mean, Observation []float64
	R2, AICc                            float64
	ResidualSD                          float64   `json:"residual_sd"`
	HC3Slope                            []float64 `json:"hc3_slope"`
	HC3Intercept                        []float64 `json:"hc3_intercept"`
	TheilSen                            []float64 `json:"theil_sen"`
	AtDay                               float64   `json:"at_day"`
	Threshold                           float64
	ThresholdYears                      []float64 `json:"threshold_years"`
}

type logisticReference struct {
	K, Midpoint, Ceiling, Mean, Observation []float64
	R2, AICc                                float64
	AtDay                                   float64 `json:"at_day"`
	Threshold                               float64
	ThresholdYears                          []float64 `json:"threshold_years"`
}

type breakReference struct {
	AtYears      []float64 `json:"at_years"`
	F            float64
	Before       []float64
	After        []float64
	BIC          []float64
	SplitLastDay float64   `json:"split_last_day"`
	SplitSlopes  []float64 `json:"split_slopes"`
}

type regressionReference struct {
	Day, Compute, Capability []float64
	Coefs                    [][]float64
	R2                       float64
	ComputeEquivalent        []float64 `json:"compute_equivalent"`
}

type stitchingReference struct {
	Scores                                 map[string]map[string]float64
	Cost                                   float64
	Capability, Difficulty, Discrimination map[string]float64
}

func loadReference(t *testing.T) reference {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func dated(days, values []float64) []Point {
	points := make([]Point, len(days))
	for i := range days {
		points[i] = Point{Time: onDay(days[i]), Value: values[i], Subject: string(rune('A' + i))}
	}
	return points
}

func onDay(d float64) time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Tolerances, relative: least squares to rounding, nonlinear fits and what
// rests on them to a thousandth. Dates are in whole seconds.
const (
	exact     = 1e-6
	nonlinear = 1e-3
)

func near(t *testing.T, name string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(math.Abs(want), 1e-3)) {
		t.Errorf("%s = %.12g, want %.12g", name, got, want)
	}
}

func nearEstimate(t *testing.T, name string, got Estimate, want []float64, tolerance float64) {
	t.Helper()
	near(t, name, got.Value, want[0], tolerance)
	if !got.Bounded {
		t.Errorf("%s has no interval, want %v", name, want[1:])
		return
	}
	near(t, name+" low", got.Low, want[1], tolerance)
	near(t, name+" high", got.High, want[2], tolerance)
}

func nearCrossing(t *testing.T, got Crossing, years []float64, tolerance float64) {
	t.Helper()
	for i, at := range []time.Time{got.Time, got.Low, got.High} {
		near(t, "threshold", Years(at), years[i], tolerance)
	}
}

func fit(t *testing.T, points []Point, c Config) *Trend {
	t.Helper()
	trend, err := Fit(points, c)
	if err != nil {
		t.Fatal(err)
	}
	return trend
}

func TestLineAgreesWithStatsmodels(t *testing.T) {
	r := loadReference(t)
	points := dated(r.Growth.Days, r.Growth.Values)
	for kind, want := range map[Kind]lineReference{Exponential: r.Exponential, Linear: r.Linear} {
		t.Run(string(kind), func(t *testing.T) {
			ols := fit(t, points, Config{Kind: kind})
			nearEstimate(t, "slope", ols.Slope, want.Slope, exact)
			nearEstimate(t, "intercept", ols.Intercept, want.Intercept, exact)
			near(t, "R²", *ols.R2, want.R2, exact)
			near(t, "AICc", *ols.AICc, want.AICc, exact)
			near(t, "residual sd", ols.ResidualSD, want.ResidualSD, exact)
			p, err := ols.Predict(onDay(want.AtDay))
			if err != nil {
				t.Fatal(err)
			}
			nearEstimate(t, "mean", p.Mean, want.Mean, exact)
			near(t, "prediction low", p.Observation.Low, want.Observation[0], exact)
			near(t, "prediction high", p.Observation.High, want.Observation[1], exact)
			c, err := ols.Threshold(want.Threshold)
			if err != nil {
				t.Fatal(err)
			}
			nearCrossing(t, c, want.ThresholdYears, exact)

			hc3 := fit(t, points, Config{Kind: kind, Estimator: HC3})
			nearEstimate(t, "HC3 slope", hc3.Slope, want.HC3Slope, exact)
			nearEstimate(t, "HC3 intercept", hc3.Intercept, want.HC3Intercept, exact)

			sen := fit(t, points, Config{Kind: kind, Estimator: TheilSen})
			nearEstimate(t, "Theil–Sen slope", sen.Slope, want.TheilSen, exact)
		})
	}
}

func TestGrowthFollowsFromSlope(t *testing.T) {
	r := loadReference(t)
	want := r.Exponential.Slope
	rising := fit(t, dated(r.Growth.Days, r.Growth.Values), Config{Kind: Exponential})
	nearEstimate(t, "growth", *rising.Growth, []float64{math.Exp2(want[0]), math.Exp2(want[1]), math.Exp2(want[2])}, exact)
	nearEstimate(t, "doubling time", *rising.DoublingTime, []float64{1 / want[0], 1 / want[2], 1 / want[1]}, exact)

	inverse := make([]float64, len(r.Growth.Values))
	for i, v := range r.Growth.Values {
		inverse[i] = 1 / v
	}
	falling := fit(t, dated(r.Growth.Days, inverse), Config{Kind: Exponential})
	if falling.DoublingTime != nil {
		t.Errorf("a falling series doubles in %v", falling.DoublingTime)
	}
	nearEstimate(t, "halving time", *falling.HalvingTime, []float64{1 / want[0], 1 / want[2], 1 / want[1]}, exact)
}

func TestLogisticAgreesWithScipy(t *testing.T) {
	r := loadReference(t)
	one := 1.0
	points := dated(r.Score.Days, r.Score.Values)
	for name, test := range map[string]struct {
		config Config
		want   logisticReference
	}{
		"fixed ceiling":  {Config{Kind: Logistic, Floor: 0.25, Ceiling: &one}, r.LogisticFixed},
		"fitted ceiling": {Config{Kind: Logistic, Floor: 0.25, Ceiling: &one, FitCeiling: true}, r.LogisticFitted},
	} {
		t.Run(name, func(t *testing.T) {
			got, want := fit(t, points, test.config), test.want
			nearEstimate(t, "k", got.Logistic.K, want.K, nonlinear)
			nearEstimate(t, "midpoint", got.Logistic.MidpointYears, want.Midpoint, nonlinear)
			near(t, "R²", *got.R2, want.R2, nonlinear)
			near(t, "AICc", *got.AICc, want.AICc, nonlinear)
			if want.Ceiling != nil {
				nearEstimate(t, "ceiling", got.Logistic.Ceiling, []float64{want.Ceiling[0], want.Ceiling[1], min(want.Ceiling[2], one)}, nonlinear)
			}
			p, err := got.Predict(onDay(want.AtDay))
			if err != nil {
				t.Fatal(err)
			}
			// scipy knows nothing of the ceiling, at which our intervals end.
			nearEstimate(t, "mean", p.Mean, []float64{want.Mean[0], want.Mean[1], min(want.Mean[2], one)}, nonlinear)
			near(t, "prediction low", p.Observation.Low, want.Observation[0], nonlinear)
			near(t, "prediction high", p.Observation.High, min(want.Observation[1], one), nonlinear)
			c, err := got.Threshold(want.Threshold)
			if err != nil {
				t.Fatal(err)
			}
			nearCrossing(t, c, want.ThresholdYears, nonlinear)
		})
	}
}

func TestBreakAgreesWithScipy(t *testing.T) {
	r := loadReference(t)
	want := r.Breakpoint
	b, err := FindBreak(dated(r.Bend.Days, r.Bend.Values), Config{Kind: Linear})
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range []time.Time{b.At, b.Low, b.High} {
		near(t, "break", Years(at), want.AtYears[i], exact)
	}
	near(t, "F", b.F, want.F, exact)
	nearEstimate(t, "slope before", b.SlopeBefore, want.Before, exact)
	nearEstimate(t, "slope after", b.SlopeAfter, want.After, exact)
	for i, bic := range []float64{b.BIC.Straight, b.BIC.Continuous, b.BIC.Split} {
		near(t, "BIC", bic, want.BIC[i], exact)
	}
	if !b.Split.Last.Equal(onDay(want.SplitLastDay)) {
		t.Errorf("split after %v, want %v", b.Split.Last, onDay(want.SplitLastDay))
	}
	near(t, "split slope before", b.Split.SlopeBefore, want.SplitSlopes[0], exact)
	near(t, "split slope after", b.Split.SlopeAfter, want.SplitSlopes[1], exact)
	if !b.Significant || b.Change != Slowed {
		t.Errorf("p = %v, change %q; the series plainly slows", b.PValue, b.Change)
	}
}

func TestRegressionAgreesWithStatsmodels(t *testing.T) {
	r := loadReference(t).Regression
	points := make([]ComputePoint, len(r.Day))
	y, x := make([]float64, len(r.Day)), make([][]float64, len(r.Day))
	for i := range r.Day {
		points[i] = ComputePoint{Time: onDay(r.Day[i]), Capability: r.Capability[i], Compute: r.Compute[i]}
		y[i], x[i] = r.Capability[i], []float64{math.Log10(r.Compute[i]), r.Day[i] / daysPerYear}
	}
	got, err := Regress(y, x, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range r.Coefs {
		nearEstimate(t, "coefficient", got.Coefs[i], want, exact)
	}
	near(t, "R²", *got.R2, r.R2, exact)
	progress, err := AlgorithmicProgress(points, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	nearEstimate(t, "per year", progress.PerYear, r.Coefs[2], exact)
	nearEstimate(t, "compute equivalent", *progress.ComputeEquivalent, r.ComputeEquivalent, exact)
}

func TestSlopeComparisonAgreesWithWelch(t *testing.T) {
	r := loadReference(t)
	points := dated(r.Growth.Days, r.Growth.Values)
	c, err := CompareSlopes(fit(t, points[:7], Config{Kind: Exponential}), fit(t, points[7:], Config{Kind: Exponential}))
	if err != nil {
		t.Fatal(err)
	}
	want := r.Slopes.Difference
	nearEstimate(t, "difference", c.Difference, want, exact)
	near(t, "p", c.PValue, r.Slopes.P, exact)
	nearEstimate(t, "growth ratio", c.GrowthRatio, []float64{math.Exp2(want[0]), math.Exp2(want[1]), math.Exp2(want[2])}, exact)
}

func TestSurvivalAgreesWithScipy(t *testing.T) {
	r := loadReference(t).Survival
	pairs := make([]LagPair, len(r.Days))
	for i, days := range r.Days {
		pairs[i].Days = days
		if r.Open[i] == 0 {
			pairs[i].Follower = &Point{}
		}
	}
	curve := kaplanMeier(pairs)
	median := curve.median()
	low, high := curve.medianInterval(studentQuantile(0.95, math.Inf(1)))
	for i, got := range []*float64{median, low, high} {
		if got == nil || *got != r.Median[i] {
			t.Errorf("median, low, high %d: %v, want %v", i, got, r.Median[i])
		}
	}
}

func TestCapabilityAgreesWithScipy(t *testing.T) {
	r := loadReference(t).Stitching
	var scores []Score
	for model, row := range r.Scores {
		for benchmark, v := range row {
			scores = append(scores, Score{Subject: model, Benchmark: benchmark, Value: v})
		}
	}
	x, err := FitCapability(scores, CapabilityConfig{Anchor: "w"})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "cost", x.Cost, r.Cost, exact)
	for _, m := range x.Models {
		near(t, m.Subject, m.Theta.Value, r.Capability[m.Subject], nonlinear)
	}
	for _, b := range x.Benchmarks {
		near(t, "difficulty of "+b.Benchmark, b.Difficulty, r.Difficulty[b.Benchmark], nonlinear)
		near(t, "discrimination of "+b.Benchmark, b.Discrimination, r.Discrimination[b.Benchmark], nonlinear)
	}
}

func TestChinchillaAgreesWithNumericalOptimum(t *testing.T) {
	r := loadReference(t).Chinchilla
	o, err := DistanceFromOptimal(r["parameters"], r["tokens"])
	if err != nil {
		t.Fatal(err)
	}
	near(t, "optimal parameters", o.OptimalParams, r["optimal_parameters"], nonlinear)
	near(t, "least loss", o.LeastLoss, r["least_loss"], exact)
	near(t, "loss", o.Loss, r["loss"], exact)
	near(t, "wasted compute", o.WastedCompute, r["wasted"], nonlinear)
}
