package trend

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

const (
	// maxTheilSen bounds the n(n−1)/2 slopes that Theil–Sen holds in memory.
	maxTheilSen = 2000
	// medianEfficiency is that of the median absolute deviation against the
	// standard deviation, for normal errors.
	medianEfficiency = 0.37
)

// line is y = level + slope·(x − center).
type line struct{ center, level, slope float64 }

func (l line) at(x float64) float64 { return l.level + l.slope*(x-l.center) }

// leastSquares is the closed-form simple regression, centred at the mean of x.
// It reports false if x does not vary by a few milliseconds (1e-10 years), which
// rounding of the mean alone never amounts to.
func leastSquares(x, y []float64) (l line, sxx float64, ok bool) {
	n := float64(len(x))
	for i := range x {
		l.center += x[i]
		l.level += y[i]
	}
	l.center /= n
	l.level /= n
	var sxy float64
	for i := range x {
		dx := x[i] - l.center
		sxx += dx * dx
		sxy += dx * (y[i] - l.level)
	}
	if !(sxx > 1e-20*n) {
		return l, 0, false
	}
	l.slope = sxy / sxx
	return l, sxx, true
}

func (l line) residuals(x, y []float64) []float64 {
	r := make([]float64, len(x))
	for i := range x {
		r[i] = y[i] - l.at(x[i])
	}
	return r
}

// fitLine fits y = a + b·x by the configured estimator.
//
// OLS (any textbook; Draper and Smith 1998, chapter 1): b = Sxy/Sxx with
// standard error s/√Sxx, s² = RSS/(n−2), and intervals b ± t(n−2)·se; the mean
// at x has standard error s·√(1/n + (x−x̄)²/Sxx), a new observation
// s·√(1 + 1/n + (x−x̄)²/Sxx). It presumes independent errors of equal variance
// on the fitted scale, near enough normal for the n at hand. Records violate
// independence mildly: each is known to exceed the one before.
func fitLine(s sample, c Config) (*Trend, error) {
	l, sxx, ok := leastSquares(s.x, s.y)
	if !ok {
		return nil, &DataError{Reason: ErrConstant, N: len(s.x), Detail: "all observations have the same date"}
	}
	if c.Estimator == TheilSen {
		return fitTheilSen(s, c)
	}
	if math.Abs(l.slope)*(s.x[len(s.x)-1]-s.x[0]) <= 1e-14*math.Abs(l.level) {
		l.slope = 0 // rounding of equal values, not a trend of aeons
	}
	t := s.trend(c)
	if c.curveOnly {
		t.curve = &model{link: linkOf(s.log), shape: lineShape{l.center}, params: []float64{l.level, l.slope}}
		return t, nil
	}
	residuals := l.residuals(s.x, s.y)
	t.goodness(s, residuals, 2)
	n := float64(len(s.x))
	m := &model{
		link: linkOf(s.log), shape: lineShape{l.center}, params: []float64{l.level, l.slope},
		s: t.ResidualSD, df: n - 2, quantile: studentQuantile(c.Confidence, n-2), confidence: c.Confidence, limits: unlimited(),
	}
	switch c.Estimator {
	case HC3:
		m.cov = hc3(s.x, residuals, l.center, sxx)
	default:
		variance := t.ResidualSD * t.ResidualSD
		m.cov = mat.NewSymDense(2, []float64{variance / n, 0, 0, variance / sxx})
	}
	if c.Estimator == PairsBootstrap {
		m.confidence = expanded(c.Confidence, len(s.x), 2)
		m.draws = bootstrapLines(s, l, c)
		m.residuals = shuffled(residuals, c)
	}
	t.describeLine(m)
	return t, nil
}

// hc3 is the covariance of (level at the mean, slope) with each squared
// residual divided by (1−h)², h its leverage. An observation that fixes the
// line alone (h = 1) has no residual and adds nothing.
func hc3(x, residuals []float64, center, sxx float64) *mat.SymDense {
	n := float64(len(x))
	var level, cross, slope float64
	for i, r := range residuals {
		dx := x[i] - center
		free := 1 - 1/n - dx*dx/sxx
		if free < 1e-12 {
			continue
		}
		w := r * r / (free * free)
		level += w / (n * n)
		cross += w * dx / (n * sxx)
		slope += w * dx * dx / (sxx * sxx)
	}
	return mat.NewSymDense(2, []float64{level, cross, cross, slope})
}

// fitTheilSen takes the median of the slopes between all pairs of different
// dates, and the median of the values less slope times the median date (Sen
// 1968). The slope's interval is that of Kendall's S under normal
// approximation with ties, by rank among the pairwise slopes. The curve's
// intervals are approximate: the level's standard error is 1.2533·σ/√n, the
// normal median's, with σ = 1.4826·MAD of the residuals, independent of the
// slope's; the quantile is Student's on the 0.37·(n−2) degrees of freedom that
// the MAD's efficiency leaves (Rousseeuw and Croux 1993).
func fitTheilSen(s sample, c Config) (*Trend, error) {
	n := len(s.x)
	if n > maxTheilSen {
		return nil, &DataError{Reason: ErrTooMany, N: n, Need: maxTheilSen}
	}
	slopes := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			if dx := s.x[j] - s.x[i]; dx > 0 {
				slopes = append(slopes, (s.y[j]-s.y[i])/dx)
			}
		}
	}
	slices.Sort(slopes)
	center := median(s.x)
	l := line{center: center, level: median(s.y), slope: quantile(slopes, 0.5)}
	t := s.trend(c)
	if c.curveOnly {
		t.curve = &model{link: linkOf(s.log), shape: lineShape{center}, params: []float64{l.level, l.slope}}
		return t, nil
	}
	residuals := l.residuals(s.x, s.y)
	t.goodness(s, residuals, 2)
	z := studentQuantile(c.Confidence, math.Inf(1))
	sigma := math.Sqrt(kendallVariance(s.x, s.y))
	pairs := float64(len(slopes))
	high := min(int(math.RoundToEven((pairs+z*sigma)/2)), len(slopes)-1)
	low := max(int(math.RoundToEven((pairs-z*sigma)/2))-1, 0)
	interval := bounded(l.slope, slopes[low], slopes[high])

	abs := make([]float64, n)
	middle := median(residuals)
	for i, r := range residuals {
		abs[i] = math.Abs(r - middle)
	}
	spread := 1.4826 * median(abs)
	level := 1.2533 * spread / math.Sqrt(float64(n))
	df := medianEfficiency * float64(n-2)
	slopeSE := (interval.High - interval.Low) / (2 * z)
	m := &model{
		link: linkOf(s.log), shape: lineShape{center}, params: []float64{l.level, l.slope},
		cov: mat.NewSymDense(2, []float64{level * level, 0, 0, slopeSE * slopeSE}),
		s:   spread, df: df, quantile: studentQuantile(c.Confidence, df), confidence: c.Confidence, limits: unlimited(),
	}
	t.ResidualSD = spread
	t.AICc = nil // not a maximum of the likelihood, so not to be compared by it
	t.describeLine(m)
	t.Slope = interval
	t.describeGrowth()
	return t, nil
}

// kendallVariance is the variance of Kendall's S corrected for ties.
func kendallVariance(x, y []float64) float64 {
	n := float64(len(x))
	v := n * (n - 1) * (2*n + 5)
	for _, values := range [][]float64{x, y} {
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		for i := 0; i < len(sorted); {
			j := i
			for j < len(sorted) && sorted[j] == sorted[i] {
				j++
			}
			k := float64(j - i)
			v -= k * (k - 1) * (2*k + 5)
			i = j
		}
	}
	return max(v, 0) / 18
}

// describeLine fills in slope, intercept and growth from the model.
func (t *Trend) describeLine(m *model) {
	t.curve = m
	center := m.shape.(lineShape).center
	slope, level := m.params[1], m.params[0]
	origin := level - slope*center
	if m.draws != nil {
		slopes, origins := make([]float64, len(m.draws)), make([]float64, len(m.draws))
		for i, d := range m.draws {
			slopes[i], origins[i] = d[1], d[0]-d[1]*center
		}
		t.Slope = percentileInterval(slope, slopes, m.confidence)
		t.Intercept = percentileInterval(origin, origins, m.confidence)
	} else {
		t.Slope = about(slope, m.quantile*math.Sqrt(m.cov.At(1, 1)))
		t.Intercept = about(origin, m.quantile*m.standardError(0))
	}
	t.describeGrowth()
}

// describeGrowth inverts the slope: a factor of 2^slope per year, and a
// doubling time of 1/slope whose interval is absent once the slope's interval
// spans zero.
func (t *Trend) describeGrowth() {
	growth := t.Slope
	if t.Kind == Exponential {
		growth = t.Slope.transform(math.Exp2)
	}
	if finite(growth.Value) {
		t.Growth = &growth
	}
	t.DoublingTime, t.HalvingTime = nil, nil
	if t.Kind != Exponential || t.Slope.Value == 0 {
		return
	}
	sign := math.Copysign(1, t.Slope.Value)
	time := Estimate{Value: sign / t.Slope.Value}
	if s := t.Slope; s.Bounded && s.Low*s.High > 0 {
		time = bounded(time.Value, sign/s.Low, sign/s.High)
	}
	if !finite(time.Value) {
		return
	}
	if sign > 0 {
		t.DoublingTime = &time
	} else {
		t.HalvingTime = &time
	}
}
