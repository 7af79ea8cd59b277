package metrics_test

import (
	"fmt"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// An upstream renames a model and raises the score of another beyond the best so far.
func ExampleChanges() {
	at := time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC)
	score := func(subject string, value float64, withdrawn bool) metrics.Observation {
		return metrics.Observation{
			Metric: "gpqa-diamond", Subject: subject, Time: time.Date(2024, 12, 20, 0, 0, 0, 0, time.UTC), Value: value,
			Source: metrics.Source{Name: "lab"}, Withdrawn: withdrawn, RecordedAt: at,
		}
	}
	old, was := score("model-1-preview", 0.71, false), score("model-2", 0.78, false)
	revs := []metrics.Revision{
		{Observation: score("model-1-preview", 0.71, true), Before: &old},
		{Observation: score("model-1", 0.71, false)},
		{Observation: score("model-2", 0.84, false), Before: &was},
	}
	changes := metrics.Changes(revs, metrics.ChangeContext{
		Best: func(metric string, before time.Time) (float64, bool) { return 0.8, true },
	})
	for _, c := range changes {
		fmt.Println(c.Kind, c.Before.Subject, c.Before.Value, "->", c.After.Subject, c.After.Value)
	}
	// Output:
	// record model-2 0.78 -> model-2 0.84
	// renamed model-1-preview 0.71 -> model-1 0.71
}
