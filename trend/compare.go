package trend

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// SlopeComparison is how much faster one trend moves than another.
type SlopeComparison struct {
	// Difference is the first slope less the second, on the fitted scale.
	Difference Estimate
	// GrowthRatio is the first growth over the second: of yearly factors for
	// exponential trends, of slopes for linear ones. It has no interval where a
	// linear second slope could as well be zero.
	GrowthRatio Estimate
	// PValue is two-sided, of equal slopes. It is 1 if both fits are exact and
	// the slopes equal.
	PValue float64
}

// CompareSlopes compares two trends of one kind that were fitted to separate
// observations, at the first's confidence: by Welch's t (Satterthwaite's degrees
// of freedom) from the slopes' standard errors, or by percentiles where both
// carry as many draws. The interval of a ratio of linear slopes is Fieller's (1954).
func CompareSlopes(a, b *Trend) (SlopeComparison, error) {
	if a.Kind != b.Kind || a.Kind == Logistic {
		return SlopeComparison{}, configError("slopes of a %s and a %s fit can't be compared", a.Kind, b.Kind)
	}
	ma, mb := a.curve.(*model), b.curve.(*model)
	sa, sb := ma.params[1], mb.params[1]
	va, vb := ma.cov.At(1, 1), mb.cov.At(1, 1)
	variance := va + vb
	df := math.Inf(1)
	if variance > 0 {
		df = variance * variance / (va*va/ma.df + vb*vb/mb.df)
	}
	q := studentQuantile(a.Confidence, df)
	difference := sa - sb
	c := SlopeComparison{Difference: about(difference, q*math.Sqrt(variance))}
	switch {
	case variance > 0:
		c.PValue = 2 * upperTail(math.Abs(difference)/math.Sqrt(variance), df)
	case difference == 0:
		c.PValue = 1
	}
	if len(ma.draws) > 0 && len(ma.draws) == len(mb.draws) {
		c.resample(ma, mb, difference, max(ma.confidence, mb.confidence))
	}
	if a.Kind == Exponential {
		c.GrowthRatio = c.Difference.transform(math.Exp2)
		return c, nil
	}
	if sb == 0 {
		return SlopeComparison{}, &DataError{Reason: ErrConstant, Detail: "the second slope is zero, so there is no ratio"}
	}
	c.GrowthRatio = fieller(sa, sb, va, vb, q)
	return c, nil
}

func (c *SlopeComparison) resample(a, b *model, difference, confidence float64) {
	draws := make([]float64, len(a.draws))
	below := 0
	for i := range draws {
		draws[i] = a.draws[i][1] - b.draws[i][1]
		if draws[i] < 0 {
			below++
		}
	}
	c.Difference = percentileInterval(difference, draws, confidence)
	rarer := min(below, len(draws)-below)
	c.PValue = min(1, 2*float64(rarer+1)/float64(len(draws)+1))
}

func upperTail(t, df float64) float64 {
	if math.IsInf(df, 1) {
		return distuv.UnitNormal.Survival(t)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Survival(t)
}

// fieller is the interval of x/y for independent estimates with variances vx, vy.
func fieller(x, y, vx, vy, q float64) Estimate {
	g := q * q * vy / (y * y)
	ratio := x / y
	if g >= 1 {
		return Estimate{Value: ratio}
	}
	root := q / math.Abs(y) * math.Sqrt(max(0, (1-g)*vx+ratio*ratio*vy))
	return bounded(ratio, (ratio-root)/(1-g), (ratio+root)/(1-g))
}
