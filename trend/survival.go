package trend

import (
	"cmp"
	"math"
	"slices"
)

// survival is a Kaplan–Meier curve (Kaplan and Meier 1958): the share not matched
// yet after each day on which there was a match.
type survival []survivalStep

type survivalStep struct {
	days, share float64
	// greenwood is Σ d/(n(n−d)), the variance of log share (Greenwood 1926).
	greenwood float64
}

func kaplanMeier(pairs []LagPair) survival {
	sorted := slices.Clone(pairs)
	slices.SortFunc(sorted, func(a, b LagPair) int {
		// At equal times a match comes before a censoring.
		return cmp.Or(cmp.Compare(a.Days, b.Days), cmp.Compare(a.censored(), b.censored()))
	})
	var curve survival
	step := survivalStep{share: 1}
	for i, p := range sorted {
		if p.Follower == nil {
			continue
		}
		atRisk := float64(len(sorted) - i)
		step.days = p.Days
		step.share *= (atRisk - 1) / atRisk
		step.greenwood += 1 / (atRisk * (atRisk - 1)) // infinite where nobody is left
		if last := len(curve) - 1; last >= 0 && curve[last].days == p.Days {
			curve[last] = step
		} else {
			curve = append(curve, step)
		}
	}
	return curve
}

// median is the time at which the curve falls below a half or, if it rests there,
// the middle of that step; nil if it stays above.
func (c survival) median() *float64 {
	const rounding = 1e-9
	for i, step := range c {
		switch {
		case step.share > 0.5+rounding:
			continue
		case step.share > 0.5-rounding && i+1 < len(c):
			middle := (step.days + c[i+1].days) / 2
			return &middle
		}
		return &step.days
	}
	return nil
}

// medianInterval returns the first days on which the lower and the upper end of
// the share's interval, share^exp(∓z·√greenwood/ln share), are at most a half; nil
// where there is none. A share of zero has no interval.
func (c survival) medianInterval(z float64) (low, high *float64) {
	end := func(sign float64) *float64 {
		for _, step := range c {
			if step.share <= 0 {
				return nil
			}
			factor := math.Exp(sign * z * math.Sqrt(step.greenwood) / math.Log(step.share))
			if math.Pow(step.share, factor) <= 0.5 {
				return &step.days
			}
		}
		return nil
	}
	return end(-1), end(1)
}

func (p LagPair) censored() int {
	if p.Follower == nil {
		return 1
	}
	return 0
}
