package query_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/query"
)

var recordedAt = regexp.MustCompile(`"recorded_at":"[^"]*"`)

// TestStoresAnswerAlike asks both stores everything about the bundled figures: the answers have to be the same to the byte,
// but for when they were recorded.
func TestStoresAnswerAlike(t *testing.T) {
	for _, server := range influxtest.Servers(t) {
		t.Run(server.Name, func(t *testing.T) { storesAnswerAlike(t, server) })
	}
}

func storesAnswerAlike(t *testing.T, server *influxtest.Server) {
	inInflux, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Org: server.Org, Bucket: server.Database(t)})
	must(t, err)
	t.Cleanup(func() { inInflux.Close() })
	inSQLite, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	must(t, err)
	t.Cleanup(func() { inSQLite.Close() })
	ingestBundled(t, inSQLite)
	ingestBundled(t, inInflux)

	a, b := query.New(query.Config{Ledger: inSQLite}), query.New(query.Config{Ledger: inInflux})
	catalogue, err := a.Metrics(t.Context())
	must(t, err)
	same(t, "metrics", catalogue, ask(b.Metrics(t.Context())))
	for _, m := range catalogue.Metrics {
		f := query.Filter{Metric: m.ID}
		same(t, "series of "+m.ID, ask(a.Series(t.Context(), f)), ask(b.Series(t.Context(), f)))
		same(t, "frontier of "+m.ID, ask(a.Frontier(t.Context(), f)), ask(b.Frontier(t.Context(), f)))
		same(t, "trend of "+m.ID, ask(a.Trend(t.Context(), query.TrendParams{Filter: f})), ask(b.Trend(t.Context(), query.TrendParams{Filter: f})))
	}
	params, err := query.ParseCapabilityIndex(func(string) string { return "" })
	must(t, err)
	same(t, "capability index", ask(a.CapabilityIndex(t.Context(), params)), ask(b.CapabilityIndex(t.Context(), params)))
}

// ask keeps an answer or, where there is none, the reason: both have to be the same.
func ask[T any](answer T, err error) any {
	if err != nil {
		return err.Error()
	}
	return answer
}

func same(t *testing.T, what string, a, b any) {
	t.Helper()
	x, err := json.Marshal(a)
	must(t, err)
	y, err := json.Marshal(b)
	must(t, err)
	x, y = recordedAt.ReplaceAll(x, nil), recordedAt.ReplaceAll(y, nil)
	if string(x) != string(y) {
		at := 0
		for at < min(len(x), len(y)) && x[at] == y[at] {
			at++
		}
		t.Errorf("%s differs at byte %d: %.160s / %.160s", what, at, x[max(0, at-80):], y[max(0, at-80):])
	}
}

func ingestBundled(t testing.TB, ledger metrics.Ledger) {
	t.Helper()
	journal, err := ingest.OpenJournal(t.Context(), filepath.Join(t.TempDir(), "ingest.db"))
	must(t, err)
	defer journal.Close()
	catalogue, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
	must(t, err)
	identity, err := ingest.NewIdentity(data.Files())
	must(t, err)
	runner := ingest.NewRunner(ingest.Config{Ledger: ledger, Journal: journal, Identity: identity, Catalogue: catalogue,
		Fetcher: fetch.New(fetch.Config{}), Connectors: []ingest.Connector{csvfile.Connector{}}})
	outcomes, err := runner.Run(t.Context(), []ingest.Job{{Name: "bundled", Kind: "csv", Files: data.Files()}})
	must(t, err)
	must(t, outcomes[0].Err)
}
