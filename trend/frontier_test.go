package trend

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func on(date string) time.Time {
	t, err := time.Parse("2006-01-02", date)
	if err != nil {
		panic(err)
	}
	return t
}

func names(records []Record) []string {
	out := []string{}
	for _, r := range records {
		out = append(out, r.Subject)
	}
	return out
}

func TestFrontier(t *testing.T) {
	tests := []struct {
		name    string
		points  []Point
		options FrontierOptions
		want    []string
	}{
		{"empty", nil, FrontierOptions{}, []string{}},
		{"undated and unfinite are dropped", []Point{
			{Subject: "undated", Value: 9},
			{Subject: "nan", Time: on("2020-01-01"), Value: math.NaN()},
			{Subject: "inf", Time: on("2020-01-01"), Value: math.Inf(1)},
			{Subject: "a", Time: on("2020-01-02"), Value: 1},
		}, FrontierOptions{}, []string{"a"}},
		{"strict improvements only", []Point{
			{Subject: "a", Time: on("2020-01-01"), Value: 1},
			{Subject: "b", Time: on("2020-02-01"), Value: 1},
			{Subject: "c", Time: on("2020-03-01"), Value: 0.5},
			{Subject: "d", Time: on("2020-04-01"), Value: 2},
		}, FrontierOptions{}, []string{"a", "d"}},
		{"ties kept", []Point{
			{Subject: "a", Time: on("2020-01-01"), Value: 1},
			{Subject: "b", Time: on("2020-02-01"), Value: 1},
			{Subject: "c", Time: on("2020-03-01"), Value: 0.5},
			{Subject: "d", Time: on("2020-04-01"), Value: 2},
			{Subject: "e", Time: on("2020-04-01"), Value: 2},
		}, FrontierOptions{TiesKept: true}, []string{"a", "b", "d", "e"}},
		{"lower is better", []Point{
			{Subject: "a", Time: on("2020-01-01"), Value: 5},
			{Subject: "b", Time: on("2020-02-01"), Value: 6},
			{Subject: "c", Time: on("2020-03-01"), Value: 4},
		}, FrontierOptions{Direction: LowerIsBetter}, []string{"a", "c"}},
		{"best of a day, whatever the hour", []Point{
			{Subject: "a", Time: on("2020-01-01").Add(time.Hour), Value: 1},
			{Subject: "b", Time: on("2020-01-01").Add(20 * time.Hour), Value: 3},
			{Subject: "c", Time: on("2020-01-02"), Value: 2},
		}, FrontierOptions{}, []string{"b"}},
		{"best of a subject among its settings", []Point{
			{Subject: "a", Setting: "low", Time: on("2020-01-01"), Value: 1},
			{Subject: "a", Setting: "high", Time: on("2020-01-01"), Value: 2},
			{Subject: "b", Time: on("2020-02-01"), Value: 1.5},
		}, FrontierOptions{}, []string{"a"}},
		{"before 1970", []Point{
			{Subject: "a", Time: on("1958-03-02").Add(5 * time.Hour), Value: 1},
			{Subject: "b", Time: on("1958-03-02").Add(23 * time.Hour), Value: 2},
			{Subject: "c", Time: on("1969-12-31").Add(23 * time.Hour), Value: 3},
			{Subject: "d", Time: on("1970-01-01"), Value: 4},
		}, FrontierOptions{}, []string{"b", "c", "d"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := names(Frontier(test.points, test.options)); !slices.Equal(got, test.want) {
				t.Errorf("records of %v, want %v", got, test.want)
			}
		})
	}
}

func TestFrontierGain(t *testing.T) {
	for _, direction := range []Direction{HigherIsBetter, LowerIsBetter} {
		sign := 1.0
		if direction == LowerIsBetter {
			sign = -1
		}
		got := Frontier([]Point{
			{Subject: "a", Time: on("2020-01-01"), Value: sign * 1},
			{Subject: "b", Time: on("2020-02-01"), Value: sign * 4},
		}, FrontierOptions{Direction: direction})
		if got[0].HasGain || !got[1].HasGain || got[1].Gain != 3 || got[1].Index != 1 {
			t.Errorf("direction %v: records %+v, want gains none and 3", direction, got)
		}
	}
}

// The frontier is monotone, every observation is at or behind it, and neither
// the order of the input nor observations that it beats change it.
func TestFrontierProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		points := make([]Point, rng.IntN(30))
		for i := range points {
			points[i] = Point{
				Time:    onDay(float64(rng.IntN(15))),
				Value:   float64(rng.IntN(12)),
				Subject: string(rune('a' + rng.IntN(10))),
				Setting: string(rune('p' + rng.IntN(3))),
			}
		}
		records := Frontier(points, FrontierOptions{})
		for i := 1; i < len(records); i++ {
			if !(records[i].Value > records[i-1].Value) || !records[i].Time.After(records[i-1].Time) {
				t.Fatalf("not a record: %+v after %+v", records[i], records[i-1])
			}
		}
		for _, r := range records {
			if points[r.Index] != r.Point {
				t.Fatalf("index %d is not %+v", r.Index, r.Point)
			}
		}
		if len(points) > 0 {
			best := slices.MaxFunc(points, func(a, b Point) int { return int(a.Value - b.Value) })
			if last := records[len(records)-1]; last.Value != best.Value {
				t.Fatalf("the last record is %v, the best value %v", last.Value, best.Value)
			}
		}
		rng.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
		again := Frontier(points, FrontierOptions{})
		if !slices.EqualFunc(records, again, func(a, b Record) bool { return a.Point == b.Point && a.Gain == b.Gain }) {
			t.Fatalf("order changed the records:\n%v\n%v", records, again)
		}
	}
}
