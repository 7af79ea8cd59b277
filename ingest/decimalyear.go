package ingest

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// decimalYear reads 1971.875 as that fraction of 1971, leap years being a day longer.
func decimalYear(s string) (time.Time, bool) {
	whole, _, ok := strings.Cut(s, ".")
	if !ok || len(whole) != 4 {
		return time.Time{}, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 1 || v >= 10000 {
		return time.Time{}, false
	}
	return DecimalYear(v), true
}

// DecimalYear returns the instant at a fraction of a calendar year, UTC, to the second.
func DecimalYear(v float64) time.Time {
	year := int(math.Floor(v))
	start := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	length := time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC).Sub(start)
	return start.Add(time.Duration((v - float64(year)) * float64(length))).Round(time.Second)
}
