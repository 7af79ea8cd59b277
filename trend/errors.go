package trend

import (
	"errors"
	"fmt"
)

// Reasons why a question can't be answered. They arrive wrapped in a
// [DataError], which has the numbers for a sentence to a reader.
var (
	// ErrTooFew: fewer observations than the estimator needs.
	ErrTooFew = errors.New("too few observations")
	// ErrSpanTooShort: the observations span less than half a year.
	ErrSpanTooShort = errors.New("observations span too short a time")
	// ErrNotPositive: an exponential fit of a value that is zero or negative.
	ErrNotPositive = errors.New("value is not positive")
	// ErrNotFinite: a value, or an interval's bound, is NaN or infinite.
	ErrNotFinite = errors.New("value is not finite")
	// ErrMagnitude: a linear or logistic fit of a value whose square, or that of
	// its rounding, floating point doesn't hold.
	ErrMagnitude = errors.New("value is too large or too small")
	// ErrUndated: a fit was given an observation without a time.
	ErrUndated = errors.New("observation has no time")
	// ErrAtFloor: no observation rises above the metric's floor.
	ErrAtFloor = errors.New("observations do not rise above the floor")
	// ErrNoCeiling: a logistic fit with neither a known nor a fitted ceiling.
	ErrNoCeiling = errors.New("no ceiling is known")
	// ErrNotIdentified: the data don't determine a parameter.
	ErrNotIdentified = errors.New("the data do not determine the fit")
	// ErrUnreachable: the fitted curve never passes the value, or not within
	// the years 1 to 9999.
	ErrUnreachable = errors.New("the fit never reaches the value")
	// ErrConstant: all observations are equal where variation is needed.
	ErrConstant = errors.New("all values are equal")
	// ErrNoIntervals: measurement error is asked for, and no observation has any.
	ErrNoIntervals = errors.New("no observation carries an interval")
	// ErrTooMany: the method's cost grows too fast for this many observations.
	ErrTooMany = errors.New("too many observations for this method")
	// ErrConfig: a setting is outside its range.
	ErrConfig = errors.New("invalid configuration")
)

// DataError says why data can't answer a question, with the numbers. Only the
// fields that belong to its reason are set.
type DataError struct {
	// Reason is one of the sentinels above; errors.Is finds it.
	Reason error
	// N and Need are the observations there are and the number needed.
	N, Need int
	// Span and NeedSpan are in years.
	Span, NeedSpan float64
	// Value is the offending value, Bound the limit it fails.
	Value, Bound float64
	// Subject names the offending observation.
	Subject string
	// Detail adds what the reason and the numbers don't say.
	Detail string
}

// Error words the reason and its numbers in English.
func (e *DataError) Error() string {
	var s string
	switch e.Reason {
	case ErrTooFew, ErrTooMany:
		s = fmt.Sprintf("%v: %d, limit %d", e.Reason, e.N, e.Need)
	case ErrSpanTooShort:
		s = fmt.Sprintf("%v: %.2f years, need %.2f", e.Reason, e.Span, e.NeedSpan)
	case ErrNotPositive, ErrNotFinite, ErrMagnitude:
		s = fmt.Sprintf("%v: %g", e.Reason, e.Value)
	case ErrAtFloor, ErrUnreachable:
		s = fmt.Sprintf("%v: %g against %g", e.Reason, e.Value, e.Bound)
	default:
		s = e.Reason.Error()
	}
	if e.Subject != "" {
		s += " (" + e.Subject + ")"
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Unwrap returns the sentinel.
func (e *DataError) Unwrap() error { return e.Reason }

func configError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, args...))
}
