package trend

import (
	"strconv"
	"strings"
	"time"
)

// PricedScore is a model's score on a benchmark and what it costs to use.
type PricedScore struct {
	Time         time.Time
	Score, Price float64
	Subject      string
	Setting      string
}

// PriceToReach is the falling price of a given score: the running cheapest
// among observations that score at least threshold (or at most, where lower
// scores are better), as records whose Value is the price. A model that becomes
// cheaper sets a record of its own each time. An exponential fit of them has the
// halving time of the price. It is empty if nobody gets there.
func PriceToReach(scores []PricedScore, threshold float64, direction Direction) []Record {
	var reached []Point
	for i, s := range scores {
		if !finite(s.Score) || direction.Better(threshold, s.Score) {
			continue
		}
		// The frontier takes the best of each subject, and here it is the offers that compete.
		offer := s.Subject + "\x00" + strconv.Itoa(i)
		reached = append(reached, Point{Time: s.Time, Value: s.Price, Subject: offer, Setting: s.Setting})
	}
	records := Frontier(reached, FrontierOptions{Direction: LowerIsBetter})
	for i := range records {
		records[i].Subject, _, _ = strings.Cut(records[i].Subject, "\x00")
	}
	return records
}
