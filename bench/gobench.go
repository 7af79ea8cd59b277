package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

var benchmarkLine = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$`)
var benchmarkValue = regexp.MustCompile(`([\d.e+]+) (\S+)`)

// goBenchmark runs benchmarks of a package and returns their values by name and unit.
func goBenchmark(ctx context.Context, root, pkg, pattern, benchtime string) (map[string]map[string]float64, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", pattern, "-benchtime", benchtime, pkg)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("benchmark %s: %w: %s", pkg, err, out)
	}
	return parseBenchmarks(string(out))
}

func parseBenchmarks(out string) (map[string]map[string]float64, error) {
	values := map[string]map[string]float64{}
	for _, line := range benchmarkLine.FindAllStringSubmatch(out, -1) {
		values[line[1]] = map[string]float64{}
		for _, v := range benchmarkValue.FindAllStringSubmatch(line[2], -1) {
			x, err := strconv.ParseFloat(v[1], 64)
			if err != nil {
				return nil, fmt.Errorf("benchmark %s: %w", line[1], err)
			}
			values[line[1]][v[2]] = x
		}
	}
	return values, nil
}

// ledger measures appends against each store's own fastest way in, in turn.
func ledger(ctx context.Context, cfg config) ([]Result, error) {
	var results []Result
	for _, store := range []struct{ pkg, name, plain, peer string }{
		{"./metrics/sqlite", "SQLite ledger, 10,000 rows a call", "Append/plain", "bulk insert without an index"},
		{"./metrics/influx", "InfluxDB ledger, 10,000 rows a call", "Append/client", "the client's own blocking write"},
	} {
		rate := pair{Result: Result{Case: store.name, Measure: "append", Unit: "rows/s", Peer: store.peer, Higher: true}}
		for range min(cfg.rounds, 3) {
			values, err := goBenchmark(ctx, cfg.root, store.pkg, "^BenchmarkAppend$/^(ledger|plain|client)$", "2s")
			if err != nil {
				return results, err
			}
			rate.add(values["Append/ledger"]["rows/s"], values[store.plain]["rows/s"])
		}
		results = append(results, rate.result())
	}
	return results, nil
}
