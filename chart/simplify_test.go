package chart

import (
	"math"
	"testing"
)

func TestSimplify(t *testing.T) {
	for name, c := range map[string]struct {
		f    func(x float64) float64
		most int
	}{
		"straight": {func(x float64) float64 { return 300 - x/3 }, 2},
		"bend":     {func(x float64) float64 { return 300 - math.Abs(x-500) }, 3},
		"s-curve":  {func(x float64) float64 { return 300 / (1 + math.Exp(-(x-500)/90)) }, 64},
	} {
		t.Run(name, func(t *testing.T) {
			var ps []point
			for x := 0.0; x <= 1000; x += 4 {
				ps = append(ps, point{x, c.f(x)})
			}
			got := simplify(ps)
			if len(got) > c.most {
				t.Errorf("%d of %d points are left, want at most %d", len(got), len(ps), c.most)
			}
			if got[0] != ps[0] || got[len(got)-1] != ps[len(ps)-1] {
				t.Error("an end moved")
			}
			for _, p := range ps {
				off := math.Inf(1)
				for i := 1; i < len(got); i++ {
					off = math.Min(off, distance(p, got[i-1], got[i]))
				}
				if off > unseen+1e-9 {
					t.Fatalf("%v is %.3f px off", p, off)
				}
			}
		})
	}
	if got := simplify([]point{{1, 1}, {1, 1}, {1, 1}}); len(got) != 2 {
		t.Errorf("a point in one place leaves %d points", len(got))
	}
}
