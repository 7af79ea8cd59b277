package chart

import (
	"math"
	"time"
)

// scale maps values to pixels along one axis. Its domain is in the axis's own
// terms: Unix seconds for time, the value itself otherwise.
type scale struct {
	axis     Axis
	min, max float64 // domain, ascending
	lo, hi   float64 // pixels at min and max
}

// transform takes a value to where positions are linear.
func (s scale) transform(v float64) float64 {
	if s.axis.Log {
		return math.Log10(v)
	}
	return v
}

// at is the pixel of v. It is meaningful only where holds(v).
func (s scale) at(v float64) float64 {
	a, b := s.transform(s.min), s.transform(s.max)
	return s.lo + (s.transform(v)-a)/(b-a)*(s.hi-s.lo)
}

// defined reports whether v has a place on the scale's line at all.
func (s scale) defined(v float64) bool {
	if s.axis.Time {
		return drawableTime(v)
	}
	return drawable(v, s.axis.Log)
}

// near is the pixel of v, brought within a million pixels: far enough that the
// slope of a line that leaves the plot stays true to the eye, and finite.
func (s scale) near(v float64) float64 {
	return math.Min(math.Max(s.at(v), -1e6), 1e6)
}

// drawableTime reports whether v is a time of the common calendar, within some
// eight thousand years of 1970.
func drawableTime(v float64) bool { return math.Abs(v) < 2.5e11 }

// drawable reports whether v can be placed: finite with room to spare for
// arithmetic, and positive on a log axis.
func drawable(v float64, log bool) bool {
	if log {
		return v > 1e-290 && v < 1e290
	}
	return math.Abs(v) < 1e290
}

// holds reports whether v lies in the domain, with a hair's tolerance for
// values computed to sit on its edge.
func (s scale) holds(v float64) bool {
	if !s.defined(v) {
		return false
	}
	p := s.at(v)
	return p >= math.Min(s.lo, s.hi)-.01 && p <= math.Max(s.lo, s.hi)+.01
}

func seconds(t time.Time) float64 {
	return float64(t.Unix()) + float64(t.Nanosecond())/1e9
}

func instant(s float64) time.Time {
	return time.Unix(int64(math.Floor(s)), 0).UTC()
}

// extent gathers the range of values a domain must hold.
type extent struct {
	min, max float64
	any      bool
	log      bool
}

func (e *extent) add(v float64) {
	if !drawable(v, e.log) {
		return
	}
	if !e.any {
		e.min, e.max, e.any = v, v, true
		return
	}
	e.min, e.max = math.Min(e.min, v), math.Max(e.max, v)
}

// stretch takes v in as far as a quarter of the present range beyond it, so
// that a wide prediction band cannot flatten the data it is about.
func (e *extent) stretch(v float64) {
	if !e.any || !drawable(v, e.log) {
		return
	}
	if e.log {
		span := math.Log10(e.max / e.min)
		v = math.Min(math.Max(v, e.min*math.Pow(10, -span/4)), e.max*math.Pow(10, span/4))
	} else {
		span := e.max - e.min
		v = math.Min(math.Max(v, e.min-span/4), e.max+span/4)
	}
	e.add(v)
}

// valueScale chooses the domain of an axis of values, length pixels long: whole
// half steps on a linear scale, with zero when it is near; a little air on a
// log one.
func valueScale(a Axis, e extent, length, spacing float64) scale {
	a.Time = false // a vertical axis, or an x axis of values
	s := scale{axis: a, min: 0, max: 1}
	if a.Log {
		s.min, s.max = 1, 10
	}
	if e.any {
		s.min, s.max = e.min, e.max
		if a.Log {
			s.widenLog()
		} else {
			s.widenLinear(length, spacing)
		}
	}
	s.fix(a)
	return s
}

func (s *scale) widenLog() {
	a, b := math.Log10(s.min), math.Log10(s.max)
	air := (b - a) * .035
	if b-a < .01 {
		air = .15
	}
	s.min = math.Max(math.Pow(10, a-air), math.SmallestNonzeroFloat64)
	s.max = math.Min(math.Pow(10, b+air), math.MaxFloat64)
}

func (s *scale) widenLinear(length, spacing float64) {
	low, high := s.min, s.max
	if low > 0 && low <= high/4 {
		s.min = 0
	}
	if s.max-s.min <= 1e-9*math.Max(math.Abs(s.min), math.Abs(s.max)) {
		half := math.Max(math.Abs(s.min)*.1, math.SmallestNonzeroFloat64*1e10)
		if s.min == 0 {
			half = .5
		}
		s.min, s.max = s.min-half, s.max+half
	}
	step := niceStep((s.max-s.min)/math.Max(length/spacing, 1), s.axis.Unit) / 2
	a, b := math.Floor(s.min/step+1e-9)*step, math.Ceil(s.max/step-1e-9)*step
	if s.axis.Unit == "fraction" && low >= 0 && high <= 1 {
		a, b = math.Max(a, 0), math.Min(b, 1)
	}
	if finite(a) && finite(b) && a < b {
		s.min, s.max = a, b
	}
}

// fix applies the bounds the axis asks for, where they make sense.
func (s *scale) fix(a Axis) {
	if a.Min != nil && s.defined(*a.Min) {
		s.min = *a.Min
	}
	if a.Max != nil && s.defined(*a.Max) {
		s.max = *a.Max
	}
	if s.min < s.max {
		return
	}
	switch {
	case a.Log:
		s.max = s.min * 10
	case a.Max != nil && a.Min == nil:
		s.min = s.max - math.Max(math.Abs(s.max), 1)
	default:
		s.max = s.min + math.Max(math.Abs(s.min), 1)
	}
}

// timeScale chooses the domain of a time axis. It begins at the start of the
// year, quarter or month when little room is lost by that, and ends where the
// last line does, or a little past the last mark.
func timeScale(a Axis, e extent, lineEnds float64) scale {
	s := scale{axis: a, min: seconds(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)), max: seconds(time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC))}
	s.axis.Log = false
	if e.any {
		s.min, s.max = e.min, e.max
		const day = 86400
		if s.max-s.min < 10*day {
			s.min, s.max = s.min-15*day, s.max+15*day
		}
		span := s.max - s.min
		if s.max > lineEnds {
			s.max += span * .015
		}
		s.min = roundedStart(s.min, span)
	}
	s.fix(s.axis)
	return s
}

func roundedStart(min, span float64) float64 {
	t := instant(min)
	y, m, _ := t.Date()
	for _, c := range []struct {
		start time.Time
		share float64
	}{
		{time.Date(y-((y%10)+10)%10, 1, 1, 0, 0, 0, 0, time.UTC), .03},
		{time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), .1},
		{time.Date(y, m-(m-1)%3, 1, 0, 0, 0, 0, time.UTC), .08},
		{time.Date(y, m, 1, 0, 0, 0, 0, time.UTC), .08},
	} {
		if lost := min - seconds(c.start); lost <= span*c.share {
			return seconds(c.start)
		}
	}
	return min - span*.015
}
