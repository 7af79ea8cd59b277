package query_test

import (
	"testing"

	"github.com/scalebook/scalebook/query"
)

// TestAllocations holds a question that was asked before to what its cache costs: the state of the ledger is asked for, nothing
// is computed. Measured: 31; a fit of a hundred points anew takes thousands.
func TestAllocations(t *testing.T) {
	engine := query.New(query.Config{Ledger: bundledLedger(t)})
	p := trendParams(t, "cpu-transistors", map[string]string{"of": "all", "fit": "exponential"})
	if allocations := testing.AllocsPerRun(100, func() {
		if _, err := engine.Trend(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}); allocations > 60 {
		t.Errorf("a warm answer allocates %.0f times", allocations)
	}
}
