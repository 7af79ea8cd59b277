package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// seriesPoints is the length of each synthetic series.
const seriesPoints = 20

// among asks for the growth of one series among many, of the program over HTTP and of DuckDB in its own process, which computes
// the slope alone. Both have to find the same slope.
func among(ctx context.Context, cfg config) ([]Result, error) {
	var results []Result
	for _, n := range cfg.series {
		r, err := amongSeries(ctx, cfg, n)
		if err != nil {
			return nil, fmt.Errorf("%d series: %w", n, err)
		}
		results = append(results, r...)
	}
	return results, nil
}

func amongSeries(ctx context.Context, cfg config, n int) ([]Result, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	folder, data := filepath.Join(dir, "figures"), filepath.Join(dir, "data")
	if err := writeSeries(folder, n); err != nil {
		return nil, err
	}
	binary, err := build(ctx, cfg, dir)
	if err != nil {
		return nil, err
	}
	if err := quiet(ctx, "", binary, "ingest", "--data", data, "--from", folder, "csv"); err != nil {
		return nil, err
	}
	p, err := start(ctx, binary, data, "--no-bundled")
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.stop() }()
	duck, err := openDuckDB(ctx, cfg.root, filepath.Join(folder, "points.csv"), filepath.Join(dir, "duck.db"))
	if err != nil {
		return nil, err
	}
	defer duck.close()

	name := fmt.Sprintf("one of %d series", n)
	cold := pair{Result: Result{Case: name + ", never asked before", Measure: "p50", Unit: "ms", Peer: "DuckDB", Goal: 1}}
	warm := pair{Result: Result{Case: name + ", asked before", Measure: "p50", Unit: "ms", Peer: "DuckDB", Goal: 100}}
	for round := range cfg.rounds {
		var first, again, theirs []float64
		for i := range min(n, cfg.queries) {
			metric := seriesName((round*cfg.queries + i*max(1, n/cfg.queries)) % n)
			// A confidence that nobody asked for yet makes an answer that is not kept.
			address := fmt.Sprintf("%s/api/v1/trend?metric=%s&of=all&fit=exponential&confidence=0.9%05d", p.url, metric, 1+round*cfg.queries+i)
			ours, err := fetch(ctx, address, false)
			if err != nil {
				return nil, err
			}
			kept, err := fetch(ctx, address, false)
			if err != nil {
				return nil, err
			}
			slope, took, err := duck.ask(metric)
			if err != nil {
				return nil, err
			}
			if err := sameSlope(ours.body, slope); err != nil {
				return nil, fmt.Errorf("%s: %w", metric, err)
			}
			first, again, theirs = append(first, float64(ours.took)/1e6), append(again, float64(kept.took)/1e6), append(theirs, float64(took)/1e6)
		}
		cold.add(median(first), median(theirs))
		warm.add(median(again), median(theirs))
	}
	log.Printf("among: %s: cold %.2f ms, warm %.3f ms, DuckDB %.2f ms", name, median(cold.ours), median(warm.ours), median(cold.theirs))
	return []Result{cold.result(), warm.result()}, nil
}

func seriesName(i int) string { return fmt.Sprintf("growth-%05d", i) }

// writeSeries writes n series that grow with scatter over twenty years.
func writeSeries(folder string, n int) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var text strings.Builder
	text.WriteString("metric,subject,time,value\n")
	for i := range n {
		slope := rng.Float64()
		for j := range seriesPoints {
			at := time.Date(2000+j, 1, 1+rng.IntN(360), 0, 0, 0, 0, time.UTC)
			fmt.Fprintf(&text, "%s,s%d,%s,%g\n", seriesName(i), j, at.Format(time.DateOnly), math.Exp2(slope*float64(j)+rng.NormFloat64()))
		}
	}
	return os.WriteFile(filepath.Join(folder, "points.csv"), []byte(text.String()), 0o644)
}

func sameSlope(answer []byte, want float64) error {
	var got struct{ Parameters struct{ Slope float64 } }
	if err := json.Unmarshal(answer, &got); err != nil {
		return err
	}
	if math.Abs(got.Parameters.Slope-want) > 1e-9*math.Abs(want) {
		return fmt.Errorf("slope %v, DuckDB's %v", got.Parameters.Slope, want)
	}
	return nil
}

// duckDB is a process that is asked over a pipe. Its times are its own, without the pipe.
type duckDB struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func openDuckDB(ctx context.Context, root, csv, database string) (*duckDB, error) {
	cache, err := peerCache()
	if err != nil {
		return nil, err
	}
	run, err := pythonOf(ctx, filepath.Join(root, "bench", "peers", "duckdb"), filepath.Join(cache, "duckdb"))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, run[0], append(run[1:], csv, database)...)
	cmd.Stderr = os.Stderr
	in, out, err := converse(cmd)
	if err != nil {
		return nil, err
	}
	d := &duckDB{cmd, in, bufio.NewScanner(out)}
	if !d.out.Scan() || d.out.Text() != "ready" {
		d.close()
		return nil, errors.New("DuckDB does not get ready")
	}
	return d, nil
}

func (d *duckDB) ask(metric string) (slope float64, took time.Duration, err error) {
	if _, err := fmt.Fprintln(d.in, metric); err != nil {
		return 0, 0, err
	}
	var seconds float64
	if !d.out.Scan() {
		return 0, 0, errors.New("DuckDB ended")
	}
	if _, err := fmt.Sscan(d.out.Text(), &slope, &seconds); err != nil {
		return 0, 0, fmt.Errorf("DuckDB answers %q: %w", d.out.Text(), err)
	}
	return slope, time.Duration(seconds * float64(time.Second)), nil
}

func (d *duckDB) close() {
	_ = d.in.Close()
	_ = d.cmd.Wait() // its database is thrown away
}
