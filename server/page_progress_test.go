package server

import (
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

// TestProgressScale reads each capability on its own scale unless the address says otherwise, and never an index, which has
// no zero, or what lies at zero on a log scale.
func TestProgressScale(t *testing.T) {
	minutes, share := metrics.Metric{ID: "m", Scale: "log"}, metrics.Metric{ID: "s", Scale: "linear"}
	index := metrics.Metric{ID: query.CapabilityID, Scale: "linear"}
	for _, x := range []struct {
		address string
		metric  metrics.Metric
		values  []float64
		log     bool
		axes    string
	}{
		{"/", minutes, []float64{1, 2}, true, "Training compute in FLOP, log scale, against , log scale"},
		{"/?scale=linear", minutes, []float64{1, 2}, false, "Training compute in FLOP, log scale, against , linear scale"},
		{"/", share, []float64{1}, false, "Training compute in FLOP, log scale, against , linear scale"},
		{"/?scale=log", share, []float64{0, .5}, true, "Training compute in FLOP, log scale, against , log scale. 1 observations at or below zero have no place on a log scale"},
		{"/?scale=log", share, []float64{0, -1}, false, "Training compute in FLOP, log scale, against , linear scale"},
		{"/?scale=log", index, []float64{1}, false, "Training compute in FLOP, log scale, against , linear scale"},
	} {
		a := query.Progress{Metric: x.metric}
		for _, v := range x.values {
			a.Models = append(a.Models, query.ProgressModel{Value: v})
		}
		if log, axes := progressScale(asking(x.address), "en", a); log != x.log || axes != x.axes {
			t.Errorf("%s of %s: %v, %q", x.address, x.metric.ID, log, axes)
		}
	}
	s := newTestServer(t)
	for path, want := range map[string]bool{"/trends/progress?metric=metr-time-horizon&lang=en": true, "/trends/progress?lang=en": false} {
		_, _, page := get(t, s, path)
		scales := []string{"scale=log", "scale=linear"}
		if got := !slices.ContainsFunc(scales, func(scale string) bool { return !strings.Contains(page, scale) }); got != want {
			t.Errorf("%s lets one choose a scale: %v", path, got)
		}
	}
}
