package metricstest

import (
	"fmt"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// Batch returns the n observations of the i'th call of a benchmark: a thousand models measured over and over, no key twice.
func Batch(i, n int) []metrics.Observation {
	start := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	obs := make([]metrics.Observation, n)
	for j := range obs {
		k := i*n + j
		subject := fmt.Sprintf("model-%d", k%1000)
		value := float64(k%977) / 977
		obs[j] = metrics.Observation{
			Metric: "score", Subject: subject, Setting: "high", Name: subject,
			Time: start.Add(time.Duration(k/1000) * time.Minute), Value: value,
			Low: metrics.At(value - 0.01), High: metrics.At(value + 0.01), Interval: "ci95",
			Source: metrics.Source{
				Name: "lab", URL: "https://lab.example/scores", Version: "v1", File: "scores.csv", Row: k + 1, RetrievedAt: start,
			},
		}
	}
	return obs
}
