package trend

import (
	"math/rand/v2"
	"testing"
	"time"
)

func benchmarkPoints() []Point { return noisy(rand.New(rand.NewPCG(1, 1)), 100, Exponential, 0.5, 0.4) }

func BenchmarkExponentialBootstrap(b *testing.B) {
	points := benchmarkPoints()
	for b.Loop() {
		f, err := Fit(points, Config{Kind: Exponential, Estimator: PairsBootstrap, Resamples: 1000})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.ThresholdBootstrap(1e4); err != nil {
			b.Fatal(err)
		}
	}
}

// What an answer of the API costs cold: all kinds of fit and their backtests,
// 1,000 resamples, a curve of 100 points with both intervals, a break with p-value.
func BenchmarkWholeAnswer(b *testing.B) {
	points := benchmarkPoints()
	for b.Loop() {
		s, err := Select(points, Config{Estimator: PairsBootstrap}, true)
		if err != nil {
			b.Fatal(err)
		}
		if n := len(s.Best.Curve(points[0].Time, on("2030-01-01"), 100)); n != 100 {
			b.Fatal(n)
		}
		if _, err := FindBreak(points, Config{Kind: Exponential}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSelectWithLogistic(b *testing.B) {
	points := noisy(rand.New(rand.NewPCG(1, 1)), 100, Linear, 0.05, 0.1)
	for i := range points {
		points[i].Value = (points[i].Value - 1.8) / 2
	}
	one := 1.0
	for _, test := range []struct {
		name   string
		config Config
	}{{"fixed", Config{Ceiling: &one}}, {"fitted", Config{Ceiling: &one, FitCeiling: true}}} {
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Select(points, test.config, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMonteCarloFrontier(b *testing.B) {
	points := benchmarkPoints()
	for i := range points {
		points[i].Interval, points[i].Low, points[i].High = IntervalCI95, points[i].Value/1.5, points[i].Value*1.5
	}
	for b.Loop() {
		if _, err := FitMonteCarlo(points, Config{Kind: Exponential}, &FrontierOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCapability(b *testing.B) {
	scores := epochScores(b)
	since := time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, err := FitCapability(scores, CapabilityConfig{Since: since}); err != nil {
			b.Fatal(err)
		}
	}
}
