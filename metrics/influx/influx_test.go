package influx_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/metricstest"
	"github.com/scalebook/scalebook/metrics/sqlite"
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

// TestStore runs against each server what any number of ledgers can share.
func TestStore(t *testing.T) {
	influxtest.Each(t, func(t *testing.T, server *influxtest.Server) {
		t.Run("ledger", func(t *testing.T) {
			metricstest.Run(t, func(t *testing.T) metrics.Ledger { return open(t, server, server.Database(t)) })
		})
		t.Run("same as SQLite", func(t *testing.T) { testSameAsSQLite(t, server) })
		t.Run("bucket is created once", func(t *testing.T) { testBucketIsCreatedOnce(t, server) })
		t.Run("failed writes", func(t *testing.T) { testFailedWrites(t, server) })
		t.Run("stale entries", func(t *testing.T) { testStaleEntries(t, server) })
		if server.Org == "" { // damaged through the query language of InfluxDB 1.8
			t.Run("check", func(t *testing.T) { testCheck(t, server) })
		}
	})
}

// testSameAsSQLite gives both stores the same history and expects the same answers.
func testSameAsSQLite(t *testing.T, server *influxtest.Server) {
	file, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	ledgers := []metrics.Ledger{file, open(t, server, server.Database(t))}
	answers := make([]string, len(ledgers))
	for i, l := range ledgers {
		answers[i] = history(t, l)
	}
	if diff := cmp.Diff(answers[0], answers[1]); diff != "" {
		t.Errorf("-SQLite +InfluxDB:\n%s", diff)
	}
}

// history gives a ledger a past and returns all its answers as JSON.
func history(t *testing.T, l metrics.Ledger) string {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	ids := []string{"score", "가격", "a, b"}
	for _, id := range ids {
		if err := l.PutMetrics(t.Context(), []metrics.Metric{{ID: id, Kind: id}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.PutSubjects(t.Context(), []metrics.Subject{{ID: "m1", Aliases: []string{"z", "y"}}, {ID: "m0", Released: recorded}}); err != nil {
		t.Fatal(err)
	}
	for call := range 30 {
		var obs []metrics.Observation
		for range random.IntN(20) {
			o := observation(fmt.Sprint("m", random.IntN(6)), random.NormFloat64()*1e9)
			o.Metric, o.Setting = ids[random.IntN(len(ids))], []string{"", "high"}[random.IntN(2)]
			o.Time = time.Date(1900+10*random.IntN(20), 1, 1, 0, 0, 0, 0, time.UTC)
			o.Withdrawn = random.IntN(5) == 0
			if random.IntN(2) == 0 {
				o.Low = metrics.At(o.Value - random.Float64())
			}
			obs = append(obs, o)
		}
		if _, err := l.Append(t.Context(), recorded.AddDate(0, 0, call), obs); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	write := func(v any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(b, '\n'))
	}
	ctx := t.Context()
	for _, id := range ids {
		for day := range 32 {
			obs, err := l.Observations(ctx, metrics.Query{Metric: id, AsOf: recorded.AddDate(0, 0, day-1)})
			write(obs, err)
		}
		obs, err := l.Observations(ctx, metrics.Query{Metric: id, Since: recorded.AddDate(-90, 0, 0), Until: time.Unix(0, 0), Subjects: []string{"m1", "m2"}})
		write(obs, err)
	}
	for _, q := range []metrics.RevisionQuery{{}, {Limit: 17}, {Subject: "m1"}, {Metric: "score", Since: recorded.AddDate(0, 0, 9), Limit: 30}} {
		revs, err := l.Revisions(ctx, q)
		write(revs, err)
	}
	state, err := l.State(ctx)
	write(state, err)
	counts, err := l.Counts(ctx)
	write(counts, err)
	ms, err := l.Metrics(ctx)
	write(ms, err)
	ss, err := l.Subjects(ctx, metrics.SubjectQuery{})
	write(ss, err)
	return out.String()
}
