package metrics

import (
	"fmt"
	"slices"
	"time"
)

// Effect is what appending an observation does to its key.
type Effect int

// The effects of an append.
const (
	Unchanged Effect = iota
	Added            // the key is new, or live again after a withdrawal
	Revised          // the live content is replaced
	Withdrawn        // the key is no longer live
)

// Revise returns the revision that appending o makes of a key whose newest revision is last, nil for none. It is the one
// place where ledgers decide what counts as a change.
//
// Withdrawing what is not live changes nothing. A withdrawal keeps the content that it withdraws, so that a reader of the
// history sees what is gone. RecordedAt never runs backwards along a key, whatever the clock does.
func Revise(last *Observation, o Observation) (Observation, Effect) {
	live := last != nil && !last.Withdrawn
	if last != nil && o.RecordedAt.Before(last.RecordedAt) {
		o.RecordedAt = last.RecordedAt
	}
	switch {
	case o.Withdrawn && !live:
		return o, Unchanged
	case o.Withdrawn:
		o.Value, o.Low, o.High, o.Interval = last.Value, last.Low, last.High, last.Interval
		o.Name, o.Source.URL = last.Name, last.Source.URL
		return o, Withdrawn
	case !live:
		return o, Added
	case last.SameContent(o):
		return o, Unchanged
	}
	return o, Revised
}

// Count adds one effect to the tally.
func (a *Appended) Count(e Effect) {
	switch e {
	case Unchanged:
		a.Unchanged++
	case Added:
		a.Added++
	case Revised:
		a.Revised++
	case Withdrawn:
		a.Withdrawn++
	}
}

// Merge returns s with what t knows: t's fields replace those of s except where they are blank, and aliases are united.
func (s Subject) Merge(t Subject) Subject {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&s.ID, t.ID}, {&s.Name, t.Name}, {&s.Kind, t.Kind}, {&s.Organization, t.Organization},
		{&s.Country, t.Country}, {&s.Access, t.Access}, {&s.Family, t.Family},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if !t.Released.IsZero() {
		s.Released = second(t.Released)
	} else if !s.Released.IsZero() {
		s.Released = second(s.Released)
	}
	aliases := slices.Concat(s.Aliases, t.Aliases)
	slices.Sort(aliases)
	s.Aliases = slices.Compact(aliases)
	if len(s.Aliases) == 0 {
		s.Aliases = nil
	}
	return s
}

// Validate reports, wrapped in [ErrInvalid], why a subject can't enter a ledger.
func (s Subject) Validate() error {
	if s.ID == "" {
		return fmt.Errorf("%w: subject without an id", ErrInvalid)
	}
	for _, v := range slices.Concat([]string{s.ID, s.Name, s.Kind, s.Organization, s.Country, s.Access, s.Family}, s.Aliases) {
		if err := checkText(v, maxKeyText); err != nil {
			return fmt.Errorf("%w: subject %.80q: %w", ErrInvalid, s.ID, err)
		}
	}
	return nil
}

// ValidateAppend checks the arguments of [Writer.Append] that need no ledger to check them.
func ValidateAppend(at time.Time, obs []Observation) error {
	if at.Before(minTime) || at.After(maxTime) {
		return fmt.Errorf("%w: recorded at %s, which no ledger can keep", ErrInvalid, at.UTC().Format(time.RFC3339))
	}
	for _, o := range obs {
		if err := o.Validate(); err != nil {
			return err
		}
	}
	return nil
}
