package trend

import (
	"cmp"
	"slices"
	"strings"
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
	better := options.Direction.better
	best := make(map[string]Record)
	for i, p := range points {
		if p.Time.IsZero() || !finite(p.Value) {
			continue
		}
		candidate := Record{Point: p, Index: i}
		held, ok := best[p.Subject]
		if !ok || better(p.Value, held.Value) || (p.Value == held.Value && compareRecords(candidate, held) < 0) {
			best[p.Subject] = candidate
		}
	}
	candidates := make([]Record, 0, len(best))
	for _, r := range best {
		candidates = append(candidates, r)
	}
	// Best first within a day, so that the day's best is the first one met.
	slices.SortFunc(candidates, func(a, b Record) int {
		if c := cmp.Compare(day(a.Point), day(b.Point)); c != 0 {
			return c
		}
		if a.Value != b.Value {
			if better(a.Value, b.Value) {
				return -1
			}
			return 1
		}
		return compareRecords(a, b)
	})
	var records []Record
	for _, r := range candidates {
		if len(records) == 0 {
			records = append(records, r)
			continue
		}
		last := records[len(records)-1]
		improved := better(r.Value, last.Value)
		if !improved && !(options.TiesKept && r.Value == last.Value) {
			continue
		}
		r.Gain, r.HasGain = r.Value-last.Value, true
		if options.Direction == LowerIsBetter {
			r.Gain = last.Value - r.Value
		}
		records = append(records, r)
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

func compareRecords(a, b Record) int {
	return cmp.Or(
		a.Time.Compare(b.Time),
		strings.Compare(a.Subject, b.Subject),
		strings.Compare(a.Setting, b.Setting),
		cmp.Compare(a.Index, b.Index),
	)
}
