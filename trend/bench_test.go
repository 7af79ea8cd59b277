package trend

import (
	"testing"
	"time"
)

func BenchmarkCapability(b *testing.B) {
	scores := epochScores(b)
	since := time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC)
	b.ResetTimer()
	for b.Loop() {
		if _, err := FitCapability(scores, CapabilityConfig{Since: since}); err != nil {
			b.Fatal(err)
		}
	}
}
