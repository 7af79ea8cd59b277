package server

import (
	"testing"

	"github.com/scalebook/scalebook/metrics"
)

// TestUnitLine: a unit that is called as a message of ours for something else is not taken for it, and one that nobody knows stands as it is.
func TestUnitLine(t *testing.T) {
	for _, test := range []struct {
		kind, unit, scale string
		ko, en            string
	}{
		{metrics.KindBenchmark, "fraction", "linear", "점수, %, 고른 눈금", "score, %, linear scale"},
		{metrics.KindBenchmark, "score", "linear", "점수, 고른 눈금", "score, linear scale"},
		{"supply", "fraction", "log", "%, 로그 눈금", "%, log scale"},
		{metrics.KindBenchmark, "share", "linear", "share, 고른 눈금", "share, linear scale"},
		{"supply", "wafer", "log", "wafer, 로그 눈금", "wafer, log scale"},
	} {
		m := metrics.Metric{Kind: test.kind, Unit: test.unit, Scale: test.scale}
		if ko, en := unitLine(m, "ko"), unitLine(m, "en"); ko != test.ko || en != test.en {
			t.Errorf("%s of %s: %q, %q, want %q, %q", test.unit, test.kind, ko, en, test.ko, test.en)
		}
	}
}
