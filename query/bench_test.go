package query_test

import (
	"path/filepath"
	"testing"

	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/query"
)

// bundledLedger is a ledger with the bundled figures, in a file as a server has it.
func bundledLedger(t testing.TB) *sqlite.Store {
	t.Helper()
	ledger, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	must(t, err)
	t.Cleanup(func() { ledger.Close() })
	ingestBundled(t, ledger)
	return ledger
}

func trendParams(t testing.TB, metric string, more map[string]string) query.TrendParams {
	t.Helper()
	p, err := query.ParseTrend(func(name string) string {
		if name == "metric" {
			return metric
		}
		return more[name]
	})
	must(t, err)
	return p
}

// What a question costs that nobody has asked before: the first of a process, and the next ones, which find the subjects read.
func BenchmarkTrend(b *testing.B) {
	ledger := bundledLedger(b)
	for _, test := range []struct {
		name, metric string
		more         map[string]string
	}{
		{"exponential", "cpu-transistors", map[string]string{"of": "all", "fit": "exponential", "estimator": "pairs-bootstrap"}},
		{"auto", "gpqa-diamond", nil},
		{"auto-ceiling", "gpqa-diamond", map[string]string{"ceiling": "fit", "of": "all"}},
	} {
		p := trendParams(b, test.metric, test.more)
		b.Run(test.name+"/cold", func(b *testing.B) {
			engine := query.New(query.Config{Ledger: ledger})
			_, err := engine.Subjects(b.Context(), "")
			must(b, err)
			for b.Loop() {
				p.Seed++ // another question each time
				if _, err := engine.Trend(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(test.name+"/warm", func(b *testing.B) {
			engine := query.New(query.Config{Ledger: ledger})
			for b.Loop() {
				if _, err := engine.Trend(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
