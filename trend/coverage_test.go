package trend

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// How often the 95% interval of the slope covers the truth where its
// assumptions fail. The shares are those of docs/reproductions.md: a change in
// an estimator that moves one shows here.
func TestCoverageWhereAssumptionsFail(t *testing.T) {
	const runs, slope = 2000, 0.3
	normal := func(rng *rand.Rand, x float64) float64 { return 0.6 * rng.NormFloat64() }
	unequal := func(rng *rand.Rand, x float64) float64 { return 0.05 * x * x * rng.NormFloat64() }
	heavy := func(rng *rand.Rand, x float64) float64 {
		// Student's t with two degrees of freedom: normal over the root of an exponential.
		return 0.6 * rng.NormFloat64() / math.Sqrt(rng.ExpFloat64())
	}
	tests := []struct {
		name      string
		estimator Estimator
		n         int
		error     func(*rand.Rand, float64) float64
		carry     float64 // share of the error that the next one keeps
		records   bool
		want      float64
	}{
		{"scatter that grows with time", OLS, 30, unequal, 0, false, 0.878},
		{"scatter that grows with time", HC3, 30, unequal, 0, false, 0.936},
		{"scatter that grows with time", TheilSen, 30, unequal, 0, false, 0.905},
		{"scatter that grows with time", PairsBootstrap, 30, unequal, 0, false, 0.906},
		{"heavy tails", OLS, 30, heavy, 0, false, 0.962},
		{"heavy tails", TheilSen, 30, heavy, 0, false, 0.955},
		{"errors that persist", OLS, 30, normal, 0.6, false, 0.699},
		{"records of noisy observations", OLS, 100, normal, 0, true, 0.640},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%s by %s", test.name, test.estimator), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(21, 1))
			covered, count, width := 0, 0, 0.0
			for range runs {
				points := make([]Point, test.n)
				kept := 0.0
				for i := range points {
					x := 10 * (float64(i) + rng.Float64()) / float64(test.n)
					kept = test.carry*kept + test.error(rng, x)
					at, _ := TimeAt(40 + x)
					points[i] = Point{Time: at, Value: 2 + slope*x + kept, Subject: fmt.Sprint(i)}
				}
				if test.records {
					points = Points(Frontier(points, FrontierOptions{}))
				}
				f, err := Fit(points, Config{Kind: Linear, Estimator: test.estimator, Resamples: 200})
				if err != nil {
					continue
				}
				count++
				width += f.Slope.High - f.Slope.Low
				if f.Slope.Low <= slope && slope <= f.Slope.High {
					covered++
				}
			}
			share := float64(covered) / float64(count)
			t.Logf("covers %.3f of %d, mean width %.3f", share, count, width/float64(count))
			if math.Abs(share-test.want) > 0.012 {
				t.Errorf("covers %.3f, documented %.3f", share, test.want)
			}
		})
	}
}
