package trend

import (
	"math"
	"testing"
	"time"
)

// series builds yearly points from 2000 with the given values.
func series(values ...float64) []Point {
	points := make([]Point, len(values))
	for i, v := range values {
		points[i] = Point{Time: time.Date(2000+i, 1, 1, 0, 0, 0, 0, time.UTC), Value: v, Subject: string(rune('a' + i))}
	}
	return points
}

func TestExponentialRecoversExactDoubling(t *testing.T) {
	fit, err := Fit(series(1, 2, 4, 8, 16, 32), Config{Kind: Exponential})
	if err != nil {
		t.Fatal(err)
	}
	if fit.DoublingTime == nil || math.Abs(fit.DoublingTime.Value-1) > 2e-3 {
		t.Errorf("doubling time = %+v, want about a year", fit.DoublingTime)
	}
	if fit.HalvingTime != nil {
		t.Errorf("a rising series has halving time %+v", fit.HalvingTime)
	}
	c, err := fit.Threshold(1024)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC); c.Time.Sub(want).Abs() > 72*time.Hour {
		t.Errorf("1024 is reached %v, want about %v", c.Time, want)
	}
}
