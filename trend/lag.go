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
	// Low and High are the ends of its interval, nil where the records don't bound it.
	SurvivalMedianDays, SurvivalMedianLow, SurvivalMedianHigh *float64
}

// MatchRecords measures the lag of follower behind leader by record matching:
// for each record of the leader, the first observation of the follower that
// equals or betters it (Kaplan and Meier 1958 for the censored ones). A record
// not matched by until is right-censored there; until is the day of the
// question, and observations after it must have been left out. It needs a record
// of the leader and an observation of the follower.
//
// The interval of the Kaplan–Meier median, at the confidence given, is that of
// Brookmeyer and Crowley (1982) on the log(−log) scale. It takes records as matched
// independently; one observation that matches several at once makes it too narrow.
func MatchRecords(leader, follower []Point, options FrontierOptions, until time.Time, confidence float64) (*Lag, error) {
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
	curve := kaplanMeier(lag.Pairs)
	lag.SurvivalMedianDays = curve.median()
	lag.SurvivalMedianLow, lag.SurvivalMedianHigh = curve.medianInterval(studentQuantile(confidence, math.Inf(1)))
	return lag, nil
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
