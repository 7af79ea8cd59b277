package query

import (
	"math"
	"testing"
	"time"
)

// The curve is that of the trend: it ends with the models, and it doubles in the time that is told.
func TestOptimalCurve(t *testing.T) {
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	c := ComputeOptimal{Confidence: 0.95}
	for i, scatter := range []float64{0.1, -0.2, 0.05, 0.1, -0.1, 0.05} {
		years := float64(i)
		c.Models = append(c.Models, OptimalModel{Subject: string(rune('a' + i)), Time: Moment{start.AddDate(i, 0, 0)}, Ratio: 10 * math.Exp2(years/2+scatter)})
	}
	c.N = len(c.Models)
	c.summarise()
	if c.DoublingTime == nil || len(c.Curve) == 0 {
		t.Fatalf("no trend: %+v", c.Why)
	}
	first, last := c.Curve[0], c.Curve[len(c.Curve)-1]
	if !first.Time.Equal(start) || !last.Time.Equal(c.Models[c.N-1].Time.Time) {
		t.Errorf("it goes from %v to %v", first.Time, last.Time)
	}
	years := last.Time.Sub(first.Time.Time).Hours() / 24 / 365.25
	if doubled := years / math.Log2(last.Value/first.Value); math.Abs(doubled/c.DoublingTime.Value-1) > 1e-6 {
		t.Errorf("it doubles in %v years, not in %v", doubled, c.DoublingTime.Value)
	}
	if first.Low == nil || first.PILow == nil {
		t.Error("it has no intervals")
	}
	c = ComputeOptimal{Confidence: 0.95, N: 1, Models: c.Models[:1]}
	if c.summarise(); c.Curve != nil || c.Why == nil {
		t.Errorf("of one model: %v, %v", c.Curve, c.Why)
	}
}
