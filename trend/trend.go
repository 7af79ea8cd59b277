// Package trend answers how a measured quantity moves with time: which
// observations are records, how fast they grow, whether growth has slowed,
// when a threshold is reached, and how sure one can be of each.
//
// Every function is pure: it works on the slice it is given, keeps no state,
// draws random numbers only from a seed that the caller names, and returns an
// error rather than a NaN. The order of the input never changes an answer.
//
// # Time
//
// Time is measured in years of 365.25 days since 1970-01-01T00:00:00Z (see
// [Years]). Intercepts are values at that origin, so a linear fit is
//
//	value = intercept + slope·years
//
// and an exponential one
//
//	value = 2^(intercept + slope·years).
package trend

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Point is one observation of one metric: Subject under Setting had Value, and
// became available at Time.
//
// Values must be finite. Low and High bound the value when Interval says what
// kind of interval they are, and are ignored otherwise.
type Point struct {
	Time      time.Time
	Value     float64
	Low, High float64
	Interval  IntervalKind
	Subject   string
	Setting   string
}

// HasInterval reports whether p carries an interval around its value.
func (p Point) HasInterval() bool { return p.Interval != IntervalNone }

// Direction says which way a metric improves.
type Direction int

const (
	// HigherIsBetter is the direction of scores and throughput.
	HigherIsBetter Direction = iota
	// LowerIsBetter is the direction of prices and error rates.
	LowerIsBetter
)

// Better reports whether a is a strict improvement on b.
func (d Direction) Better(a, b float64) bool {
	if d == LowerIsBetter {
		return a < b
	}
	return a > b
}

const (
	daysPerYear    = 365.25
	secondsPerYear = daysPerYear * 24 * 60 * 60
)

// Years returns t as years of 365.25 days since 1970-01-01T00:00:00Z. Earlier
// instants are negative.
func Years(t time.Time) float64 {
	return (float64(t.Unix()) + float64(t.Nanosecond())/1e9) / secondsPerYear
}

// TimeAt is the inverse of [Years], to the second. It reports false for years
// outside the four-digit calendar, which no date format of ours can hold.
func TimeAt(years float64) (time.Time, bool) {
	seconds := math.Round(years * secondsPerYear)
	if math.IsNaN(seconds) || math.Abs(seconds) > 1e13 {
		return time.Time{}, false
	}
	t := time.Unix(int64(seconds), 0).UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, false
	}
	return t, true
}

// chronological returns a copy of points in an order that depends on their
// content alone, so that sums and seeded resampling come out the same
// whichever store they were read from.
func chronological(points []Point) []Point {
	sorted := slices.Clone(points)
	if !slices.IsSortedFunc(sorted, comparePoints) {
		slices.SortStableFunc(sorted, comparePoints)
	}
	return sorted
}

func comparePoints(a, b Point) int {
	return cmp.Or(
		a.Time.Compare(b.Time),
		strings.Compare(a.Subject, b.Subject),
		strings.Compare(a.Setting, b.Setting),
		cmp.Compare(a.Value, b.Value),
		cmp.Compare(a.Low, b.Low),
		cmp.Compare(a.High, b.High),
	)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
