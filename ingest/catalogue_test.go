package ingest

import (
	"slices"
	"testing"

	"github.com/scalebook/scalebook/metrics"
)

func TestDerivedFrom(t *testing.T) {
	catalogue := Catalogue{}
	for id, expression := range map[string]string{
		"flops": "", "price": "", "score": "", "flops-per-dollar": "flops / price", "dollars": "(price+price)*2", "price-at-score": "price where score >= 0.5",
	} {
		catalogue[id] = metrics.Metric{ID: id, Expression: expression}
	}
	for _, c := range []struct {
		given string
		want  []string
	}{
		{"flops", []string{"flops-per-dollar"}},
		{"price", []string{"dollars", "flops-per-dollar", "price-at-score"}},
		{"score", []string{"price-at-score"}},
		{"dollars", nil},
		{"unheard-of", nil},
	} {
		var got []string
		for _, m := range catalogue.derivedFrom([]metrics.Metric{{ID: c.given}}) {
			got = append(got, m.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("from %s: %v, want %v", c.given, got, c.want)
		}
	}
}
