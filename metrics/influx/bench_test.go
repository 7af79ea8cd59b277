package influx_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/metricstest"
)

var recorded = time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)

// BenchmarkAppend measures Append against the client's own blocking write of the same lines, ready made, 5,000 at a time.
func BenchmarkAppend(b *testing.B) {
	const perCall = 10_000
	server := influxtest.Start(b)
	start := func(b *testing.B) *influx.Store {
		s := open(b, server, server.Database(b))
		if err := s.PutMetrics(b.Context(), []metrics.Metric{{ID: "score", Kind: metrics.KindBenchmark}}); err != nil {
			b.Fatal(err)
		}
		return s
	}
	b.Run("ledger", func(b *testing.B) {
		s := start(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := s.Append(b.Context(), recorded.Add(time.Duration(i)), metricstest.Batch(i, perCall)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*perCall)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("unchanged", func(b *testing.B) {
		s := start(b)
		for i := range 2 {
			if _, err := s.Append(b.Context(), recorded, metricstest.Batch(i, perCall)); err != nil {
				b.Fatal(err)
			}
		}
		for i := 0; b.Loop(); i++ {
			if _, err := s.Append(b.Context(), recorded, metricstest.Batch(i%2, perCall)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*perCall)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("client", func(b *testing.B) {
		bucket := server.Database(b)
		open(b, server, bucket)
		client := influxdb2.NewClient(server.URL, server.Token)
		defer client.Close()
		writes := client.WriteAPIBlocking("", bucket+"/autogen")
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			lines := plainLines(metricstest.Batch(i, perCall))
			b.StartTimer()
			for j := 0; j < perCall; j += 5000 {
				if err := writes.WriteRecord(b.Context(), strings.Join(lines[j:j+5000], "\n")); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.N*perCall)/b.Elapsed().Seconds(), "rows/s")
	})
}

// plainLines writes observations with the tags and fields that the ledger gives them.
func plainLines(obs []metrics.Observation) []string {
	lines := make([]string, len(obs))
	for i, o := range obs {
		lines[i] = fmt.Sprintf(`benchmark,metric=%s,rev=1,setting=%s,source=%s,subject=%s value=%g,low=%g,high=%g,`+
			`recorded_at=%di,withdrawn=false,name="%s",url="%s",file="%s",row=%di,entry="%s" %d`,
			o.Metric, o.Setting, o.Source.Name, o.Subject, o.Value, o.Low.Value, o.High.Value, recorded.UnixNano(), o.Name,
			o.Source.URL, o.Source.File, o.Source.Row, strings.Repeat("entry ", 40), o.Time.UnixNano())
	}
	return lines
}

// BenchmarkObservations reads one metric of a thousand subjects.
func BenchmarkObservations(b *testing.B) {
	server := influxtest.Start(b)
	s := open(b, server, server.Database(b))
	if err := s.PutMetrics(b.Context(), []metrics.Metric{{ID: "score", Kind: metrics.KindBenchmark}}); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Append(b.Context(), recorded, metricstest.Batch(0, 3000)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		obs, err := s.Observations(b.Context(), metrics.Query{Metric: "score"})
		if err != nil || len(obs) != 3000 {
			b.Fatal(len(obs), err)
		}
	}
}
