package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/sqlite"
)

// A score is recorded in January and corrected in February; March asks for both.
func Example() {
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	ledger, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "metrics.db")})
	if err != nil {
		log.Fatal(err)
	}
	defer ledger.Close()

	err = ledger.PutMetrics(ctx, []metrics.Metric{{ID: "gpqa-diamond", Kind: metrics.KindBenchmark, Unit: "fraction"}})
	if err != nil {
		log.Fatal(err)
	}
	score := metrics.Observation{
		Metric: "gpqa-diamond", Subject: "model-1", Time: time.Date(2024, 12, 20, 0, 0, 0, 0, time.UTC), Value: 0.71,
		Source: metrics.Source{Name: "lab"},
	}
	for _, at := range []time.Month{time.January, time.February} {
		done, err := ledger.Append(ctx, time.Date(2025, at, 1, 0, 0, 0, 0, time.UTC), []metrics.Observation{score})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %d added, %d revised\n", at, done.Added, done.Revised)
		score.Value = 0.73
	}
	for _, asOf := range []time.Time{{}, time.Date(2025, 1, 15, 0, 0, 0, 0, time.UTC)} {
		live, err := ledger.Observations(ctx, metrics.Query{Metric: "gpqa-diamond", AsOf: asOf})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(live[0].Subject, live[0].Value)
	}
	// Output:
	// January: 1 added, 0 revised
	// February: 0 added, 1 revised
	// model-1 0.73
	// model-1 0.71
}
