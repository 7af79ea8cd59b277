package chart

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/scalebook/scalebook/quantity"
)

// tickMark is one line of a ruler: long with a label, or short without.
type tickMark struct {
	value float64
	label string
	long  bool
}

// niceStep is the smallest of 1, 2, 5 times a power of ten that is not less
// than raw; fractions have 25% as well.
func niceStep(raw float64, unit string) float64 {
	if !finite(raw) || raw <= 0 {
		return 1
	}
	base := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if m == 2.5 && unit != "fraction" {
			continue
		}
		if m*base >= raw*(1-1e-9) {
			return m * base
		}
	}
	return 10 * base
}

// valueTicks rules an axis of values. spacing is the least distance in pixels
// between labels; small charts leave out what would be a smudge.
func valueTicks(s scale, spacing float64, lang string, small bool) []tickMark {
	if s.axis.Log {
		return logTicks(s, spacing, lang, small)
	}
	return linearTicks(s, spacing, lang, small)
}

func linearTicks(s scale, spacing float64, lang string, small bool) []tickMark {
	length := math.Abs(s.hi - s.lo)
	step := niceStep((s.max-s.min)/math.Max(length/spacing, 1), s.axis.Unit)
	parts := 5.0
	if m := step / math.Pow(10, math.Floor(math.Log10(step)+1e-9)); math.Abs(m-2) < .01 {
		parts = 4
	}
	if small || length*step/(s.max-s.min)/parts < 5 {
		parts = 1
	}
	var out []tickMark
	first, last := math.Ceil(s.min/step*parts-1e-9), math.Floor(s.max/step*parts+1e-9)
	for i := first; i <= last && len(out) < 1000; i++ {
		v := i * step / parts
		if math.Abs(v) < step/1e6 {
			v = 0
		}
		t := tickMark{value: v}
		if math.Mod(i, parts) == 0 {
			t.long, t.label = true, quantity.Tick(v, s.axis.Unit, lang)
		}
		out = append(out, t)
	}
	return out
}

// logTicks labels every power, every second, third and so on as room allows,
// or 1, 2 and 5 within each decade where there is plenty. Digits 2 to 9 are
// short ticks unless decades are too narrow to tell them apart.
func logTicks(s scale, spacing float64, lang string, small bool) []tickMark {
	length := math.Abs(s.hi - s.lo)
	decades := math.Log10(s.max) - math.Log10(s.min)
	perDecade := length / decades
	first, last := int(math.Floor(math.Log10(s.min)-1e-9)), int(math.Ceil(math.Log10(s.max)+1e-9))

	every, digits := 1, []float64{1}
	switch {
	case perDecade*math.Log10(2) >= spacing && !small || decades < 1.2:
		digits = []float64{1, 2, 5}
	case perDecade < spacing:
		for _, every = range []int{2, 3, 4, 6, 8, 12, 24, 48, 96, 200} {
			if perDecade*float64(every) >= spacing {
				break
			}
		}
	}
	minor := perDecade >= 24 && !(small && decades > 5)

	var out []tickMark
	labels := 0
	for e := first; e <= last; e++ {
		power, err := strconv.ParseFloat("1e"+strconv.Itoa(e), 64)
		if err != nil || power == 0 {
			continue
		}
		labelled := ((e % every) + every) % every
		for d := 1.0; d <= 9; d++ {
			v := d * power
			if !s.holds(v) {
				continue
			}
			long := labelled == 0 && slices.Contains(digits, d)
			if d > 1 && !minor && !long {
				continue
			}
			t := tickMark{value: v, long: long}
			if long {
				t.label = quantity.Tick(v, s.axis.Unit, lang)
			}
			if long {
				labels++
			}
			out = append(out, t)
		}
	}
	if labels < 3 && decades < 1.2 {
		return linearTicks(scaleLinearly(s), spacing, lang, small)
	}
	return out
}

// scaleLinearly lets a log scale of about a decade or less be ruled in equal
// steps, where its own figures are too few to read.
func scaleLinearly(s scale) scale {
	s.axis.Log = false
	return s
}

// calendarUnit is a step of the calendar: months, or days from the first of a
// month.
type calendarUnit struct {
	months, days int
}

// seconds is the mean length of u.
func (u calendarUnit) seconds() float64 {
	if u.days > 0 {
		return float64(u.days) * 86400
	}
	return float64(u.months) * 365.2425 / 12 * 86400
}

var calendarUnits = [...]calendarUnit{
	{days: 1}, {days: 7}, {months: 1}, {months: 3}, {months: 6}, {months: 12},
	{months: 24}, {months: 60}, {months: 120}, {months: 240}, {months: 600}, {months: 1200}, {months: 12000},
}

// within reports whether every tick of v is a tick of u.
func (u calendarUnit) within(v calendarUnit) bool {
	if u.days > 0 {
		return v.days == 0 || v.days%u.days == 0
	}
	return v.days == 0 && v.months%u.months == 0
}

// each calls f with the ticks of u from min to max.
func (u calendarUnit) each(min, max float64, f func(time.Time)) {
	t := instant(min)
	y, m, _ := t.Date()
	if u.days > 0 {
		for month := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC); seconds(month) <= max; month = month.AddDate(0, 1, 0) {
			for d := 0; d <= 30-u.days/2; d += u.days {
				if t := month.AddDate(0, 0, d); t.Month() == month.Month() && seconds(t) >= min-1 && seconds(t) <= max+1 {
					f(t)
				}
			}
		}
		return
	}
	n := y*12 + int(m) - 1
	n -= ((n % u.months) + u.months) % u.months
	for ; ; n += u.months {
		t := time.Date(0, time.January+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		if seconds(t) > max+1 {
			return
		}
		if seconds(t) >= min-1 {
			f(t)
		}
	}
}

// timeTicks rules a time axis: the finest calendar unit whose labels fit, and
// under it the finest that stays legible as short ticks.
func timeTicks(s scale, size float64, lang string, small bool) []tickMark {
	length := math.Abs(s.hi - s.lo)
	perSecond := length / (s.max - s.min)
	room := func(u calendarUnit) float64 { return u.seconds() * perSecond }

	// Two new years are enough to date everything between by short ticks.
	const year = 360 * 86400
	yearsSeen := s.max-s.min > 1.5*year

	major := calendarUnits[len(calendarUnits)-1]
	for _, u := range calendarUnits {
		gap := 24.0
		if small {
			gap = 6
		}
		if u.seconds() < year && yearsSeen {
			continue
		}
		if room(u) >= labelRoom(u, size, lang, small)+gap {
			major = u
			break
		}
	}
	minor := major
	least := 6.0
	if small {
		least = 9
	}
	for _, u := range calendarUnits {
		if u.within(major) && room(u) >= least {
			minor = u
			break
		}
	}
	long := map[int64]bool{}
	var out []tickMark
	major.each(s.min, s.max, func(t time.Time) {
		out = append(out, tickMark{value: seconds(t), long: true, label: calendarLabel(t, major, lang, small, len(out) == 0)})
		long[t.Unix()] = true
	})
	minor.each(s.min, s.max, func(t time.Time) {
		if !long[t.Unix()] {
			out = append(out, tickMark{value: seconds(t)})
		}
	})
	return out
}

// labelRoom is the widest label of u, that of an ordinary tick.
func labelRoom(u calendarUnit, size float64, lang string, small bool) float64 {
	t := time.Date(2024, 12, 29, 0, 0, 0, 0, time.UTC)
	if u.days == 0 && u.months < 12 {
		t = time.Date(2024, 10, 1, 0, 0, 0, 0, time.UTC)
	}
	return textWidth(calendarLabel(t, u, lang, small, false), size, false)
}

// calendarLabel names a tick. Within a year only its first tick, or the first
// of the axis, names the year.
func calendarLabel(t time.Time, u calendarUnit, lang string, small, first bool) string {
	year := strconv.Itoa(t.Year())
	if small && t.Year() >= 1950 && t.Year() < 2050 {
		year = "’" + year[2:]
	}
	if u.days == 0 && u.months >= 12 {
		return year
	}
	if t.YearDay() == 1 {
		return year
	}
	var label string
	switch ko := korean(lang); {
	case u.days > 0 && ko:
		label = t.Format("1월") + quantity.NoBreak + t.Format("2일")
	case u.days > 0:
		label = t.Format("2 Jan")
	case ko:
		label = t.Format("1월")
	default:
		label = t.Format("Jan")
	}
	if !first || small {
		return label
	}
	if korean(lang) {
		return year + "년" + quantity.NoBreak + label
	}
	return label + quantity.NoBreak + year
}
