package trend_test

import (
	"fmt"
	"time"

	"github.com/scalebook/scalebook/trend"
)

func year(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }

// The record in transistors of a processor, and how fast it doubles.
func ExampleFit() {
	points := []trend.Point{
		{Time: year(1972), Value: 3.5e3, Subject: "8008"},
		{Time: year(1979), Value: 29e3, Subject: "8086"},
		{Time: year(1986), Value: 275e3, Subject: "80386"},
		{Time: year(1993), Value: 3.1e6, Subject: "Pentium"},
		{Time: year(2000), Value: 42e6, Subject: "Pentium 4"},
		{Time: year(2006), Value: 291e6, Subject: "Core 2"},
		{Time: year(2007), Value: 47e6, Subject: "Atom"}, // not a record
	}
	records := trend.Frontier(points, trend.FrontierOptions{})
	fit, err := trend.Fit(trend.Points(records), trend.Config{Kind: trend.Exponential})
	if err != nil {
		fmt.Println(err)
		return
	}
	d := fit.DoublingTime
	fmt.Printf("doubling every %.2f years, 95%% interval %.2f to %.2f, n = %d\n", d.Value, d.Low, d.High, fit.N)
	// Output: doubling every 2.06 years, 95% interval 1.97 to 2.15, n = 6
}

// When a benchmark will be all but exhausted, if scores follow a logistic from
// chance level to the maximum.
func ExampleTrend_Threshold() {
	ceiling := 1.0
	var points []trend.Point
	for i, score := range []float64{0.27, 0.31, 0.36, 0.45, 0.53, 0.64, 0.74, 0.80} {
		points = append(points, trend.Point{Time: year(2018 + i), Value: score, Subject: fmt.Sprint("model ", i)})
	}
	fit, err := trend.Fit(points, trend.Config{Kind: trend.Logistic, Floor: 0.25, Ceiling: &ceiling})
	if err != nil {
		fmt.Println(err)
		return
	}
	crossing, err := fit.Threshold(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(crossing.Low.Year(), crossing.Time.Year(), crossing.High.Year())
	// Output: 2027 2027 2028
}

// A series too short to answer says so, with the numbers.
func ExampleDataError() {
	points := []trend.Point{{Time: year(2024), Value: 1}, {Time: year(2025), Value: 2}}
	_, err := trend.Fit(points, trend.Config{Kind: trend.Linear})
	fmt.Println(err)
	// Output: too few observations: 2, limit 3
}
