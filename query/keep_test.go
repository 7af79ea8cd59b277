package query_test

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/query/forecasts"
)

// TestForecastsAreScored gives forecasts, brings in what came, and holds the scores to ones worked out by hand.
func TestForecastsAreScored(t *testing.T) {
	s := ledger(t)
	kept, err := forecasts.Open(t.Context(), forecasts.Config{Path: filepath.Join(t.TempDir(), "forecasts.db")})
	must(t, err)
	t.Cleanup(func() { must(t, kept.Close()) })
	given := date("2026-02-03")
	e := query.New(query.Config{Ledger: s, Keeper: kept, Now: func() time.Time { return given }})
	ask := func(asked map[string]string) query.Forecast {
		t.Helper()
		p, err := query.ParseForecast(func(name string) string { return asked[name] })
		must(t, err)
		f, err := e.Forecast(t.Context(), p)
		must(t, err)
		return f
	}
	// The price was 8, 4, 2, 1 on the first days of 2020 to 2023: known until then, and no further.
	frontier := ask(map[string]string{"metric": "cost", "fit": "exponential", "at": "2022-06-01,2024-01-01,2025-01-01,2030-01-01"})
	all := ask(map[string]string{"metric": "cost", "fit": "exponential", "of": "all", "at": "2024-01-01"})
	ask(map[string]string{"metric": "cost", "fit": "exponential", "at": "2024-01-01"})                        // said before
	ask(map[string]string{"metric": "cost", "fit": "exponential", "as_of": "2026-01-01", "at": "2024-01-01"}) // of the past's data
	ask(map[string]string{"metric": "cost", "fit": "exponential", "until": "2022-06-01", "at": "2022-07-01"}) // a backtest
	ask(map[string]string{"metric": "cost", "fit": "linear", "at": "2019-01-01"})                             // of the past

	scores, err := e.ForecastScores(t.Context(), query.ScoresParams{})
	must(t, err)
	if scores.N != 4 || scores.Scored != 0 || scores.Expected != nil || !strings.Contains(scores.Answer.En, "None of the 4 forecasts kept") {
		t.Fatalf("before anything came: %+v", scores)
	}

	add := func(subject, at string, value float64) {
		t.Helper()
		_, err := s.Append(t.Context(), given, []metrics.Observation{{Metric: "cost", Subject: subject, Time: date(at), Value: value, Source: metrics.Source{Name: "Lab", URL: "https://example.org"}}})
		must(t, err)
	}
	add("e", "2024-02-01", 0.5)
	add("b", "2025-06-01", 9)
	scores, err = e.ForecastScores(t.Context(), query.ScoresParams{Metric: "cost"})
	must(t, err)
	if scores.N != 4 || scores.Scored != 3 || scores.Inside != 1 || math.Abs(*scores.Expected-2.85) > 1e-9 {
		t.Errorf("counts: %+v", scores)
	}
	byKey := map[string]query.ScoredForecast{}
	for _, f := range scores.Forecasts {
		byKey[f.Of+" "+f.Time.String()] = f
		if !f.GivenAt.Equal(given) || f.KnownUntil.String() != "2023-01-01" || f.Unit != "USD" {
			t.Errorf("kept %+v", f)
		}
	}
	for _, test := range []struct {
		of, at   string
		forecast query.ForecastPoint
		outcome  string // subject
		value    float64
		inside   bool
	}{
		// A year on the record is still d's: the price has not halved.
		{query.OfFrontier, "2024-01-01", frontier.Forecasts[1], "d", 1, false},
		{query.OfFrontier, "2025-01-01", frontier.Forecasts[2], "e", 0.5, false},
		{query.OfAll, "2024-01-01", all.Forecasts[0], "e", 0.5, true},
		{query.OfFrontier, "2030-01-01", frontier.Forecasts[3], "", 0, false},
	} {
		f, ok := byKey[test.of+" "+test.at]
		if !ok || f.Value != test.forecast.Value || f.Low != *test.forecast.Low || f.High != *test.forecast.High {
			t.Errorf("%s at %s: kept %+v, given %+v", test.of, test.at, f, test.forecast)
			continue
		}
		if test.outcome == "" {
			if f.Outcome != nil {
				t.Errorf("%s at %s came to %+v before its time", test.of, test.at, f.Outcome)
			}
			continue
		}
		o := f.Outcome
		if o == nil || o.Subject != test.outcome || o.Value != test.value || o.Inside != test.inside {
			t.Errorf("%s at %s came to %+v, want %s with %v", test.of, test.at, o, test.outcome, test.value)
			continue
		}
		// Gneiting and Raftery 2007, eq. 43, in doublings: width and 2/α of every miss.
		miss := max(math.Log2(f.Low)-math.Log2(o.Value), math.Log2(o.Value)-math.Log2(f.High), 0)
		if want := math.Log2(f.High) - math.Log2(f.Low) + 2/0.05*miss; math.Abs(o.IntervalScore-want) > 1e-9*want {
			t.Errorf("%s at %s: interval score %v, want %v", test.of, test.at, o.IntervalScore, want)
		}
		if want := math.Log2(o.Value) - math.Log2(f.Value); math.Abs(o.Error-want) > 1e-9 {
			t.Errorf("%s at %s: error %v, want %v", test.of, test.at, o.Error, want)
		}
	}
	few, err := e.ForecastScores(t.Context(), query.ScoresParams{Limit: 1})
	must(t, err)
	if len(few.Forecasts) != 1 || few.N != 4 || few.Scored != 3 {
		t.Errorf("limited: %+v", few)
	}
	if _, err := e.ForecastScores(t.Context(), query.ScoresParams{Metric: "none"}); !errors.Is(err, metrics.ErrUnknownMetric) {
		t.Errorf("unknown metric: %v", err)
	}
}

// An engine without a keeper has kept nothing, and says so.
func TestNothingKept(t *testing.T) {
	scores, err := query.New(query.Config{Ledger: ledger(t)}).ForecastScores(t.Context(), query.ScoresParams{})
	must(t, err)
	if scores.N != 0 || scores.Forecasts == nil || !strings.Contains(scores.Answer.Ko, "없다") {
		t.Errorf("scores %+v", scores)
	}
}

// failing is a keeper whose disk is full.
type failing struct{ query.Keeper }

var errFull = errors.New("disk full")

func (failing) Keep(context.Context, []query.KeptForecast) error { return errFull }

// A forecast that can't be kept is answered all the same, and the operator is told.
func TestForecastThatCannotBeKept(t *testing.T) {
	var told error
	e := query.New(query.Config{Ledger: ledger(t), Keeper: failing{}, KeepFailed: func(err error) { told = err }})
	f, err := e.Forecast(t.Context(), query.ForecastParams{TrendParams: query.TrendParams{Filter: query.Filter{Metric: "cost"}, Fit: "exponential"}, At: []time.Time{date("2030-01-01")}})
	must(t, err)
	if len(f.Forecasts) != 1 || !errors.Is(told, errFull) {
		t.Errorf("answer %+v, told %v", f.Forecasts, told)
	}
}
