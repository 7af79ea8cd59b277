package trend

import (
	"math"
	"time"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// minSide is the least number of observations on either side of a break.
const minSide = 5

// Change is how a trend differs after a break.
type Change string

const (
	// Unchanged: a break is not significant.
	Unchanged Change = "unchanged"
	// Slowed: the same direction, less steep.
	Slowed Change = "slowed"
	// Accelerated: the same direction, steeper.
	Accelerated Change = "accelerated"
	// Reversed: the direction is the opposite.
	Reversed Change = "reversed"
)

// Breakpoint compares one line with two.
type Breakpoint struct {
	N int
	// At is the date at which two lines that meet fit best. Low and High are
	// the ends of its profile interval, zero where that reaches the first or last
	// date at which a break could lie.
	At, Low, High time.Time
	// SlopeBefore and SlopeAfter are on the fitted scale (units or log2 per
	// year), with Student intervals that allow for the date's own uncertainty
	// (the delta method; Muggeo 2003).
	SlopeBefore, SlopeAfter Estimate
	// GrowthBefore and GrowthAfter are the same as factors per year for an
	// exponential fit, and equal to the slopes for a linear one.
	GrowthBefore, GrowthAfter Estimate
	// F compares the broken line with the straight one; PValue is the share of
	// bootstrap series without a break whose greatest F is as large.
	F, PValue   float64
	Significant bool
	Change      Change
	// BIC of each model; the lowest is preferred. They are nil for exact fits.
	BIC *BreakBIC
	// Split is the best pair of lines that need not meet.
	Split Split
}

// BreakBIC is n·ln(SSE/n) + p·ln(n), with p = 2, 4 and 5.
type BreakBIC struct{ Straight, Continuous, Split float64 }

// Split is a pair of separate lines: the first through the observations up to
// and including Last, the second through those from First on.
type Split struct {
	Last, First             time.Time
	SlopeBefore, SlopeAfter float64
}

// FindBreak looks for one change of slope in a linear or exponential trend.
//
// The continuous two-segment line is found exactly (Hudson 1966): between
// neighbouring dates the sum of squares is a ratio of quadratics in the break,
// whose minimum has a closed form; the dates themselves are the other
// candidates. At least five observations lie on or before the break and five on
// or after it, so ten are needed. The interval of the break is the hull of
// {c: SSE(c) ≤ SSEmin·(1 + F(1, n−4)/(n−4))}, F at the confidence of config.
//
// The test of a break is sup-F: F = ((SSE0−SSE1)/2)/(SSE1/(n−4)) maximised over
// the break has no F distribution, so its p-value comes from refitting
// config.Resamples series made of the straight line and resampled residuals
// (Hansen 2000). Errors are taken as independent; records are nearly so.
func FindBreak(points []Point, config Config) (*Breakpoint, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	if config.Kind == Logistic {
		return nil, configError("a break is looked for in linear and exponential trends")
	}
	s, err := newSample(points, config.Kind)
	if err != nil {
		return nil, err
	}
	n := len(s.x)
	if n < 2*minSide {
		return nil, &DataError{Reason: ErrTooFew, N: n, Need: 2 * minSide}
	}
	search := newBreakSearch(s.x)
	straight := search.sums(s.y)
	best, ok := search.continuous(&straight)
	if !ok {
		return nil, &DataError{Reason: ErrConstant, N: n, Detail: "too few different dates on a side"}
	}
	rounding := roundingOf(s.y)
	b := &Breakpoint{N: n, F: fStatistic(straight.sse, best.gain, n, rounding)}
	b.At, _ = TimeAt(best.at + search.center)
	search.describe(b, s, best, config)
	b.PValue = search.supF(s, straight, b.F, rounding, config)
	b.Significant = b.PValue < 1-config.Confidence
	b.Change = changeOf(b)

	split, ok := search.split(s.y)
	if ok {
		b.Split = Split{
			Last: s.points[split.index-1].Time, First: s.points[split.index].Time,
			SlopeBefore: split.before, SlopeAfter: split.after,
		}
	}
	if continuous := straight.sse - best.gain; ok && continuous > rounding && split.sse > rounding {
		m := float64(n)
		bic := func(sse, p float64) float64 { return m*math.Log(sse/m) + p*math.Log(m) }
		b.BIC = &BreakBIC{bic(straight.sse, 2), bic(continuous, 4), bic(split.sse, 5)}
	}
	return b, nil
}

func changeOf(b *Breakpoint) Change {
	before, after := b.SlopeBefore.Value, b.SlopeAfter.Value
	switch {
	case !b.Significant:
		return Unchanged
	case before*after < 0:
		return Reversed
	case math.Abs(after) < math.Abs(before):
		return Slowed
	}
	return Accelerated
}

// roundingOf is the sum of squares that floating point leaves of an exact fit.
func roundingOf(y []float64) float64 {
	var largest float64
	for _, v := range y {
		largest = max(largest, math.Abs(v))
	}
	return float64(len(y)) * math.Pow(largest*1e-13, 2)
}

func fStatistic(sse, gain float64, n int, rounding float64) float64 {
	if sse <= rounding {
		return 0
	}
	return gain / 2 / (max(sse-gain, rounding) / float64(n-4))
}

// describe fills in the interval of the break and the slopes around it.
func (b *breakSearch) describe(out *Breakpoint, s sample, best knot, c Config) {
	n := len(b.x)
	df := float64(n - 4)
	straight := b.sums(s.y)
	sse := max(straight.sse-best.gain, 0)
	bound := sse * (1 + distuv.F{D1: 1, D2: df}.Quantile(c.Confidence)/df)
	// A hair less is asked for, or rounding could lose the optimum itself.
	low, high := b.profile(&straight, (straight.sse-bound)*(1-1e-12))
	if t, ok := TimeAt(low + b.center); ok {
		out.Low = t
	}
	if t, ok := TimeAt(high + b.center); ok {
		out.High = t
	}

	design := mat.NewDense(n, 4, nil)
	for i, x := range b.x {
		design.SetRow(i, []float64{1, x, max(0, x-best.at), 0})
	}
	lines, ok := inverse(gram(design.Slice(0, n, 0, 3)))
	if !ok {
		return
	}
	var right, beta mat.VecDense
	right.MulVec(design.Slice(0, n, 0, 3).T(), mat.NewVecDense(n, s.y))
	beta.MulVec(lines, &right)
	before, bend := beta.AtVec(1), beta.AtVec(2)
	after := before + bend
	// The date moves with the slopes: its derivative is one more column.
	for i, x := range b.x {
		if x > best.at {
			design.Set(i, 3, -bend)
		}
	}
	cov, ok := inverse(gram(design))
	if !ok {
		cov = lines // there is no bend whose date could be uncertain
	}
	q := studentQuantile(c.Confidence, df) * math.Sqrt(sse/df)
	out.SlopeBefore = about(before, q*math.Sqrt(max(0, cov.At(1, 1))))
	out.SlopeAfter = about(after, q*math.Sqrt(max(0, cov.At(1, 1)+cov.At(2, 2)+2*cov.At(1, 2))))
	out.GrowthBefore, out.GrowthAfter = out.SlopeBefore, out.SlopeAfter
	if s.log {
		out.GrowthBefore = out.SlopeBefore.transform(math.Exp2)
		out.GrowthAfter = out.SlopeAfter.transform(math.Exp2)
	}
}

// gram is design'·design.
func gram(design mat.Matrix) *mat.SymDense {
	var normal mat.SymDense
	normal.SymOuterK(1, design.T())
	return &normal
}

// supF is the bootstrap p-value, (1 + #{F* ≥ F})/(B + 1), which is never zero.
func (b *breakSearch) supF(s sample, straight seriesSums, f, rounding float64, c Config) float64 {
	rng := random(c.Seed, streamBreak)
	n := len(b.x)
	residuals := make([]float64, n)
	for i := range n {
		residuals[i] = s.y[i] - straight.mean - straight.slope*b.x[i]
	}
	y := make([]float64, n)
	exceed := 0
	var null seriesSums
	for range c.Resamples {
		for i := range n {
			// The line itself may be left out: F doesn't depend on it.
			y[i] = residuals[rng.IntN(n)]
		}
		b.sumsInto(&null, y)
		best, _ := b.continuous(&null)
		if fStatistic(null.sse, best.gain, n, rounding) >= f {
			exceed++
		}
	}
	return float64(exceed+1) / float64(c.Resamples+1)
}

type splitFit struct {
	index         int // of the first observation after the split
	sse           float64
	before, after float64
}

// split finds the two separate lines of least total squares.
func (b *breakSearch) split(y []float64) (best splitFit, ok bool) {
	best.sse = math.Inf(1)
	for i := minSide; i <= len(y)-minSide; i++ {
		if b.x[i-1] == b.x[i] {
			continue
		}
		left, _, okLeft := leastSquares(b.x[:i], y[:i])
		right, _, okRight := leastSquares(b.x[i:], y[i:])
		if !okLeft || !okRight {
			continue
		}
		var sse float64
		for j, v := range y {
			l := left
			if j >= i {
				l = right
			}
			r := v - l.at(b.x[j])
			sse += r * r
		}
		if sse < best.sse {
			best, ok = splitFit{i, sse, left.slope, right.slope}, true
		}
	}
	return best, ok
}
