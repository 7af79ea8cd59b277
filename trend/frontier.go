package trend

import (
	"math"
	"slices"
)

// FrontierOptions choose what counts as a record.
type FrontierOptions struct {
	Direction Direction
	// TiesKept also keeps observations that equal the record, on the record's
	// own day or later, as METR's time-horizon analysis does. Without it only
	// strict improvements count.
	TiesKept bool
}

// Record is a point of the frontier.
type Record struct {
	Point
	// Index is the point's position in the input.
	Index int
	// Gain is the improvement on the record before, in the metric's unit and
	// always positive (zero for a tie). The first record has none: HasGain is false.
	Gain    float64
	HasGain bool
}

// Frontier returns the running record in order of time: observations without a
// time or without a finite value are dropped, the best of each subject is kept
// (its earliest, if it reached that value more than once), then the best of
// each UTC day, then those that improve on everything before.
//
// Equal values on one day are resolved by subject and setting, so the answer
// doesn't depend on the order of the input. It is empty for empty input.
func Frontier(points []Point, options FrontierOptions) []Record {
	order := make([]int, 0, len(points))
	for i, p := range points {
		if !p.Time.IsZero() && finite(p.Value) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return comparePoints(points[i], points[j]) })
	sorted, values := make([]Point, len(order)), make([]float64, len(order))
	for at, i := range order {
		sorted[at], values[at] = points[i], points[i].Value
	}
	var records []Record
	for _, at := range newCalendar(sorted).records(values, options) {
		r := Record{Point: sorted[at], Index: order[at]}
		if n := len(records); n > 0 {
			r.Gain, r.HasGain = math.Abs(r.Value-records[n-1].Value), true
		}
		records = append(records, r)
	}
	return records
}

// calendar is what a frontier needs of its points besides their values: whose
// they are and on which day, in chronological order. Monte Carlo takes the
// frontier of one calendar for many draws of the values.
type calendar struct {
	subject  []int
	day      []int64
	subjects int
}

// newCalendar indexes points, which are in chronological order.
func newCalendar(points []Point) calendar {
	c := calendar{subject: make([]int, len(points)), day: make([]int64, len(points))}
	ids := make(map[string]int)
	for i, p := range points {
		id, ok := ids[p.Subject]
		if !ok {
			id = len(ids)
			ids[p.Subject] = id
		}
		c.subject[i], c.day[i] = id, day(p)
	}
	c.subjects = len(ids)
	return c
}

// records returns the positions of the frontier of values. The first in order
// wins among equals, of a subject as of a day.
func (c calendar) records(values []float64, options FrontierOptions) []int {
	better := options.Direction.Better
	best := make([]int, c.subjects)
	for i := range best {
		best[i] = -1
	}
	for i, v := range values {
		if held := best[c.subject[i]]; held < 0 || better(v, values[held]) {
			best[c.subject[i]] = i
		}
	}
	var records []int
	for i := 0; i < len(values); {
		end, top := i, -1
		for ; end < len(values) && c.day[end] == c.day[i]; end++ {
			if best[c.subject[end]] == end && (top < 0 || better(values[end], values[top])) {
				top = end
			}
		}
		n := len(records)
		if top >= 0 && (n == 0 || better(values[top], values[records[n-1]])) {
			records = append(records, top)
		}
		if n = len(records); n > 0 && options.TiesKept {
			for j := i; j < end; j++ {
				last := records[n-1]
				if j != last && best[c.subject[j]] == j && values[j] == values[last] {
					records = append(records, j)
				}
			}
		}
		i = end
	}
	return records
}

// Points returns the points of records, ready to be fitted.
func Points(records []Record) []Point {
	points := make([]Point, len(records))
	for i, r := range records {
		points[i] = r.Point
	}
	return points
}

// day counts UTC days since 1970-01-01.
func day(p Point) int64 {
	const secondsPerDay = 24 * 60 * 60
	seconds := p.Time.Unix()
	if seconds < 0 {
		seconds -= secondsPerDay - 1
	}
	return seconds / secondsPerDay
}
