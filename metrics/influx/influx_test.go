package influx_test

import (
	"testing"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/metricstest"
)

func open(t testing.TB, server *influxtest.Server, bucket string) *influx.Store {
	t.Helper()
	s, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Org: server.Org, Bucket: bucket})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestLedger(t *testing.T) {
	for _, server := range influxtest.Servers(t) {
		t.Run(server.Name, func(t *testing.T) {
			metricstest.Run(t, func(t *testing.T) metrics.Ledger { return open(t, server, server.Database(t)) })
		})
	}
}
