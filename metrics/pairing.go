package metrics

import (
	"cmp"
	"slices"
)

// pairing finds which withdrawn rows and added rows of a run are one and the same.
type pairing struct{ added, withdrawn []*step }

// pairKey is what two rows agree on.
type pairKey struct {
	metric, subject, setting string
	value                    float64
	time                     int64
}

// subjectPair is a subject that went and one that came.
type subjectPair struct{ from, to string }

// pairRule says which of several partners that agree is the right one.
type pairRule int

const (
	pairAny      pairRule = iota // the first by date
	pairSubjects                 // the one whose subject explains the most rows; a subject has one partner
	pairLone                     // none, unless there is just one on each side
)

// candidate is a withdrawn row and an added one that agree.
type candidate struct{ gone, came *step }

func (c candidate) subjects() subjectPair {
	return subjectPair{c.gone.after.Subject, c.came.after.Subject}
}

// match takes out of the pairing the rows that agree on key, joined into one step each.
func (p *pairing) match(key func(*Observation) pairKey, rule pairRule) []*step {
	gone, came := map[pairKey]int{}, map[pairKey][]*step{}
	for _, s := range p.withdrawn {
		gone[key(s.after)]++
	}
	for _, s := range p.added {
		k := key(s.after)
		came[k] = append(came[k], s)
	}
	var candidates []candidate
	explained := map[subjectPair]int{}
	for _, s := range p.withdrawn {
		k := key(s.after)
		if rule == pairLone && (gone[k] > 1 || len(came[k]) > 1) {
			continue
		}
		for _, a := range came[k] {
			candidates = append(candidates, candidate{s, a})
			if rule == pairSubjects {
				explained[candidate{s, a}.subjects()]++
			}
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int {
		return cmp.Or(
			cmp.Compare(explained[b.subjects()], explained[a.subjects()]),
			a.gone.after.Time.Compare(b.gone.after.Time), a.came.after.Time.Compare(b.came.after.Time),
			cmp.Compare(a.gone.after.Subject, b.gone.after.Subject), cmp.Compare(a.came.after.Subject, b.came.after.Subject),
		)
	})
	taken := map[*step]bool{}
	renamedTo := map[string]string{}
	var joined []*step
	for _, c := range candidates {
		to, known := renamedTo[c.gone.after.Subject]
		if taken[c.gone] || taken[c.came] || rule == pairSubjects && known && to != c.came.after.Subject {
			continue // a subject is renamed to one other
		}
		taken[c.gone], taken[c.came] = true, true
		renamedTo[c.gone.after.Subject] = c.came.after.Subject
		joined = append(joined, &step{before: c.gone.before, after: c.came.after})
	}
	p.added = slices.DeleteFunc(p.added, func(s *step) bool { return taken[s] })
	p.withdrawn = slices.DeleteFunc(p.withdrawn, func(s *step) bool { return taken[s] })
	return joined
}
