package query

import (
	"time"

	"github.com/scalebook/scalebook/trend"
)

// Breakpoint says where two lines that meet describe a metric best, and whether they do so better than one by more than
// chance. Slopes are on the fitted scale: units per year, or log2 per year.
type Breakpoint struct {
	Date        Moment         `json:"date"`
	Low         *Moment        `json:"low,omitempty"`
	High        *Moment        `json:"high,omitempty"`
	SlopeBefore float64        `json:"slope_before"`
	SlopeAfter  float64        `json:"slope_after"`
	Before      trend.Estimate `json:"growth_before"` // per year, as growth_per_year
	After       trend.Estimate `json:"growth_after"`
	PValue      float64        `json:"p_value"`
	Significant bool           `json:"significant"`
	Change      trend.Change   `json:"change"`
	Scale       trend.Kind     `json:"scale"`
}

// breakpoint looks for a change of slope; nil where there are too few observations to tell. A logistic bends by nature,
// so a break is looked for on the scale that suits the metric instead.
func breakpoint(points []trend.Point, config trend.Config, kind trend.Kind, logScale bool) *Breakpoint {
	config.Kind = kind
	if kind == trend.Logistic {
		config.Kind = trend.Linear
		if logScale {
			config.Kind = trend.Exponential
		}
	}
	config.Estimator = trend.OLS
	b, err := trend.FindBreak(points, config)
	if err != nil {
		return nil
	}
	return &Breakpoint{
		Date: day(b.At), Low: knownDay(b.Low), High: knownDay(b.High),
		SlopeBefore: b.SlopeBefore.Value, SlopeAfter: b.SlopeAfter.Value, Before: b.GrowthBefore, After: b.GrowthAfter,
		PValue: b.PValue, Significant: b.Significant, Change: b.Change, Scale: config.Kind,
	}
}

func knownDay(t time.Time) *Moment {
	if t.IsZero() {
		return nil
	}
	d := day(t)
	return &d
}
