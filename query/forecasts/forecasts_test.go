package forecasts_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/query/forecasts"
)

func open(t *testing.T, cfg forecasts.Config) *forecasts.Store {
	t.Helper()
	if cfg.Path == "" {
		cfg.Path = filepath.Join(t.TempDir(), "forecasts.db")
	}
	s, err := forecasts.Open(t.Context(), cfg)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// forecast is the nth forecast of a metric from a state of the data.
func forecast(metric, revision string, n int) query.KeptForecast {
	return query.KeptForecast{GivenAt: time.Date(2026, 1, 1, 0, 0, n, 5, time.UTC), Revision: revision, Metric: metric, Question: "metric=" + metric, Of: query.OfAll,
		Fit: "linear", Estimator: "ols", Confidence: 0.9, Last: time.Date(1965, 4, 19, 0, 0, 0, 0, time.UTC), At: time.Date(2027, 1, 1+n, 0, 0, 0, 0, time.UTC),
		Value: 1.5, Low: -1e-300, High: 1e300}
}

func TestKeptAsGiven(t *testing.T) {
	path := filepath.Join(t.TempDir(), "forecasts.db")
	s := open(t, forecasts.Config{Path: path})
	first, second, other := forecast("a", "r1", 1), forecast("a", "r1", 2), forecast("b", "r1", 3)
	must(t, s.Keep(t.Context(), []query.KeptForecast{first, second}))
	must(t, s.Keep(t.Context(), []query.KeptForecast{other}))
	again := first
	again.Value, again.GivenAt = 9, again.GivenAt.AddDate(1, 0, 0)
	must(t, s.Keep(t.Context(), []query.KeptForecast{again}))

	reopened := open(t, forecasts.Config{Path: path})
	for metric, want := range map[string][]query.KeptForecast{"": {other, second, first}, "a": {second, first}, "b": {other}, "c": nil} {
		got, err := reopened.Kept(t.Context(), metric)
		must(t, err)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("kept of %q:\n%+v\nwant\n%+v", metric, got, want)
		}
	}
	if n, err := reopened.Check(t.Context()); n != 3 || err != nil {
		t.Errorf("checked: %d, %v", n, err)
	}
}

// Nobody can push out what others were told, nor use up a metric's room within one state of the data.
func TestBounded(t *testing.T) {
	s := open(t, forecasts.Config{PerMetric: 5, PerRevision: 3})
	for _, revision := range []string{"r1", "r2", "r3"} {
		var flood []query.KeptForecast
		for n := range 10 {
			flood = append(flood, forecast("a", revision, n), forecast("b", revision, n))
		}
		must(t, s.Keep(t.Context(), flood))
		must(t, s.Keep(t.Context(), flood))
	}
	for _, metric := range []string{"a", "b"} {
		kept, err := s.Kept(t.Context(), metric)
		must(t, err)
		of := map[string]int{}
		for _, k := range kept {
			of[k.Revision]++
		}
		if want := map[string]int{"r1": 3, "r2": 2}; !reflect.DeepEqual(of, want) {
			t.Errorf("%s: kept by revision %v, want %v", metric, of, want)
		}
	}
}

// Two servers may answer from one data directory.
func TestConcurrent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "forecasts.db")
	stores := []*forecasts.Store{open(t, forecasts.Config{Path: path}), open(t, forecasts.Config{Path: path})}
	var wg sync.WaitGroup
	failed := make(chan error, 80)
	for i := range 40 {
		for at, s := range stores {
			wg.Go(func() {
				failed <- s.Keep(t.Context(), []query.KeptForecast{forecast(fmt.Sprintf("m%d", at), "r", i), forecast("shared", "r", i)})
			})
		}
	}
	wg.Wait()
	close(failed)
	for err := range failed {
		must(t, err)
	}
	for metric, want := range map[string]int{"m0": 40, "m1": 40, "shared": 40} {
		kept, err := stores[0].Kept(t.Context(), metric)
		must(t, err)
		if len(kept) != want {
			t.Errorf("%s: %d kept, want %d", metric, len(kept), want)
		}
	}
}
