package trend

import "time"

// PricedScore is a model's score on a benchmark and what it costs to use.
type PricedScore struct {
	Time         time.Time
	Score, Price float64
	Subject      string
	Setting      string
}

// PriceToReach is the falling price of a given score: the running cheapest
// among observations that score at least threshold (or at most, where lower
// scores are better), as records whose Value is the price. An exponential fit of
// them has the halving time of the price. It is empty if nobody gets there.
func PriceToReach(scores []PricedScore, threshold float64, direction Direction) []Record {
	var reached []Point
	for _, s := range scores {
		if !finite(s.Score) || direction.better(threshold, s.Score) {
			continue
		}
		reached = append(reached, Point{Time: s.Time, Value: s.Price, Subject: s.Subject, Setting: s.Setting})
	}
	return Frontier(reached, FrontierOptions{Direction: LowerIsBetter})
}
