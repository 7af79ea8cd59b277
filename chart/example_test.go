package chart_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/scalebook/scalebook/chart"
)

func ExampleSpec() {
	day := func(s string) time.Time {
		t, _ := time.Parse(time.DateOnly, s)
		return t
	}
	record := []chart.Point{
		{Time: day("2024-05-01"), Y: .42, Name: "First", Label: true},
		{Time: day("2025-02-01"), Y: .71, Name: "Second", Label: true},
	}
	s := chart.Spec{
		Width: 648, Height: 360, Lang: "en", Title: "Share correct", Desc: "The record rose from 42% to 71%.",
		X: chart.Axis{Time: true}, Y: chart.Axis{Unit: "fraction"},
		Series: []chart.Series{{Name: "Record", Color: 1, Kind: chart.StepAfter, Points: record}},
		Until:  day("2025-06-01"), Now: &record[1],
	}
	svg := s.SVG()
	fmt.Println(strings.Contains(svg, `data-name="First" data-value="42.0%" data-time="2024-05-01"`))
	fmt.Println(strings.Contains(svg, ">71.0%</text>"), strings.Contains(svg, "style"))
	// Output:
	// true
	// true false
}
