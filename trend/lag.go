package trend

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// LagPair is one record of the leading group and the follower's first
// observation that is as good.
type LagPair struct {
	Leader Record
	// Follower is nil if the follower hasn't got there yet: the lag is then
	// known only to exceed Days.
	Follower *Point
	// Days from the leader's record to the follower's match, negative if the
	// follower was there first; to the end of observation if there is no match.
	Days float64
}

// Lag is how far one group trails another.
type Lag struct {
	// N counts matched records, Censored those that the follower hasn't matched.
	N, Censored int
	Pairs       []LagPair
	// MedianDays and MeanDays are of the matched pairs alone, and so too small
	// when there are censored ones. Nil without a match.
	MedianDays, MeanDays *float64
	// SurvivalMedianDays is the Kaplan–Meier median, which counts the censored
	// records for what they say. Nil if fewer than half are known to be matched.
	SurvivalMedianDays *float64
}

// MatchRecords measures the lag of follower behind leader by record matching:
// for each record of the leader, the first observation of the follower that
// equals or betters it (Kaplan and Meier 1958 for the censored ones). A record
// not matched by until is right-censored there; until is the day of the
// question, and observations after it must have been left out. It needs a record
// of the leader and an observation of the follower.
func MatchRecords(leader, follower []Point, options FrontierOptions, until time.Time) (*Lag, error) {
	records := Frontier(leader, options)
	chasing := slices.DeleteFunc(chronological(follower), func(p Point) bool {
		return p.Time.IsZero() || !finite(p.Value)
	})
	if len(records) == 0 || len(chasing) == 0 {
		return nil, &DataError{Reason: ErrTooFew, N: min(len(records), len(chasing)), Need: 1}
	}
	lag := &Lag{}
	var matched []float64
	for _, r := range records {
		pair := LagPair{Leader: r}
		at := slices.IndexFunc(chasing, func(f Point) bool { return !options.Direction.Better(r.Value, f.Value) })
		if at >= 0 {
			match := chasing[at]
			pair.Follower = &match
			pair.Days = match.Time.Sub(r.Time).Hours() / 24
			matched = append(matched, pair.Days)
		} else {
			pair.Days = max(0, until.Sub(r.Time).Hours()/24)
			lag.Censored++
		}
		lag.Pairs = append(lag.Pairs, pair)
	}
	lag.N = len(matched)
	if lag.N > 0 {
		middle, average := median(matched), mean(matched)
		lag.MedianDays, lag.MeanDays = &middle, &average
	}
	lag.SurvivalMedianDays = survivalMedian(lag.Pairs)
	return lag, nil
}

// survivalMedian is the time at which the Kaplan–Meier curve falls to a half
// or, if it rests there, the middle of that step.
func survivalMedian(pairs []LagPair) *float64 {
	sorted := slices.Clone(pairs)
	slices.SortFunc(sorted, func(a, b LagPair) int {
		// At equal times a match comes before a censoring.
		return cmp.Or(cmp.Compare(a.Days, b.Days), cmp.Compare(a.censored(), b.censored()))
	})
	survival, atHalf := 1.0, math.NaN()
	for i, p := range sorted {
		if p.Follower == nil {
			continue
		}
		atRisk := float64(len(sorted) - i)
		survival *= (atRisk - 1) / atRisk
		if !math.IsNaN(atHalf) {
			m := (atHalf + p.Days) / 2
			return &m
		}
		switch {
		case survival < 0.5-1e-9:
			return &p.Days
		case survival < 0.5+1e-9:
			atHalf = p.Days
		}
	}
	if !math.IsNaN(atHalf) {
		return &atHalf
	}
	return nil
}

func (p LagPair) censored() int {
	if p.Follower == nil {
		return 1
	}
	return 0
}

// RankGroups orders the names of groups by how much of the joint frontier they
// hold: most records first, then the better best value, then the name. The
// first two are the leader and its follower. Groups without a usable
// observation are left out.
func RankGroups(groups map[string][]Point, options FrontierOptions) []string {
	var all []Point
	var owners []string
	names := make([]string, 0, len(groups))
	best := make(map[string]float64)
	for name, points := range groups {
		own := Frontier(points, options)
		if len(own) == 0 {
			continue
		}
		names = append(names, name)
		best[name] = own[len(own)-1].Value
		for _, r := range own {
			// A subject in two groups counts for each.
			p := r.Point
			p.Subject = name + "\x00" + p.Subject
			all = append(all, p)
			owners = append(owners, name)
		}
	}
	held := make(map[string]int)
	for _, r := range Frontier(all, options) {
		held[owners[r.Index]]++
	}
	slices.SortFunc(names, func(a, b string) int {
		byValue := cmp.Compare(best[b], best[a])
		if options.Direction == LowerIsBetter {
			byValue = -byValue
		}
		return cmp.Or(cmp.Compare(held[b], held[a]), byValue, strings.Compare(a, b))
	})
	return names
}
