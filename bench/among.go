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

	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/trend"
)

// seriesPoints is the length of each of many synthetic series, and the years that any of them spans.
const seriesPoints = 20

// among asks for the growth of one series among many, and of series of more and more points: of the program, over HTTP and in
// process, and of DuckDB in its own process, which computes the slope alone. All have to find the same slope.
func among(ctx context.Context, cfg config) ([]Result, error) {
	var results []Result
	for _, n := range cfg.series {
		lengths := make([]int, n)
		for i := range lengths {
			lengths[i] = seriesPoints
		}
		r, err := amongSeries(ctx, cfg, lengths, fmt.Sprintf("one of %d series", n))
		results = append(results, r...)
		if err != nil {
			return results, fmt.Errorf("%d series: %w", n, err)
		}
	}
	for i := range cfg.points {
		r, err := amongSeries(ctx, cfg, cfg.points[i:i+1], fmt.Sprintf("a series of %d points", cfg.points[i]))
		results = append(results, r...)
		if err != nil {
			return results, fmt.Errorf("%d points: %w", cfg.points[i], err)
		}
	}
	return results, nil
}

// amongSeries measures a ledger with a series of each length.
func amongSeries(ctx context.Context, cfg config, lengths []int, name string) ([]Result, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	folder, data := filepath.Join(dir, "figures"), filepath.Join(dir, "data")
	if err := writeSeries(folder, lengths); err != nil {
		return nil, err
	}
	if err := quiet(ctx, "", cfg.binary, "ingest", "--data", data, "--from", folder, "csv"); err != nil {
		return nil, err
	}
	p, err := start(ctx, cfg.binary, data, "--no-bundled")
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.stop() }()
	duck, err := openDuckDB(ctx, cfg.root, filepath.Join(folder, "points.csv"), filepath.Join(dir, "duck.db"))
	if err != nil {
		return nil, err
	}
	defer duck.close()

	ledger, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(data, "metrics.db")})
	if err != nil {
		return nil, err
	}
	defer ledger.Close()
	asked := &asking{url: p.url, engine: query.New(query.Config{Ledger: ledger}), duck: duck}

	what := func(what string, goal float64) *pair {
		return &pair{Result: Result{Case: name + ", " + what, Measure: "p50", Unit: "ms", Peer: "DuckDB", Goal: goal}}
	}
	pairs := [...]*pair{what("never asked before", 1), what("asked before", 100), what("in process, never asked before", 1), what("in process, asked before", 100)}
	for range cfg.rounds {
		var took [len(pairs)][]float64
		var theirs []float64
		for range cfg.queries {
			ours, duck, err := asked.next(ctx, len(lengths))
			if err != nil {
				return nil, err
			}
			for i := range ours {
				took[i] = append(took[i], float64(ours[i])/1e6)
			}
			theirs = append(theirs, float64(duck)/1e6)
		}
		for i := range pairs {
			pairs[i].add(median(took[i]), median(theirs))
		}
	}
	var results []Result
	for _, p := range pairs {
		results = append(results, p.result())
		log.Printf("among: %s: %.3f ms, DuckDB %.2f ms", p.Case, median(p.ours), median(p.theirs))
	}
	return results, nil
}

// asking puts the same question to all, a series after the other.
type asking struct {
	url    string
	engine *query.Engine
	duck   *duckDB
	asked  int
}

// next asks for the growth of the next of n series: over HTTP and in process, each when nothing of the answer is kept and then again.
func (a *asking) next(ctx context.Context, n int) (ours [4]time.Duration, theirs time.Duration, err error) {
	const stride = 7919 // a prime, so that series far apart follow each other
	metric := seriesName(a.asked * stride % n)
	// A confidence that nobody asked for yet makes an answer that is not kept.
	a.asked++
	p := query.TrendParams{Filter: query.Filter{Metric: metric}, Of: query.OfAll, Fit: string(trend.Exponential), Confidence: 0.9 + float64(a.asked)/1e6}
	address := fmt.Sprintf("%s/api/v1/trend?metric=%s&of=all&fit=exponential&confidence=%.6f", a.url, metric, p.Confidence)
	slope, theirs, err := a.duck.ask(metric)
	if err != nil {
		return ours, 0, err
	}
	for i := range 2 {
		answer, err := fetch(ctx, address, false)
		if err != nil {
			return ours, 0, err
		}
		ours[i] = answer.took
		began := time.Now()
		t, err := a.engine.Trend(ctx, p)
		if err != nil {
			return ours, 0, err
		}
		ours[2+i] = time.Since(began)
		if err := errors.Join(sameSlope(answer.body, slope), closeTo(t.Parameters.Slope.Value, slope)); err != nil {
			return ours, 0, fmt.Errorf("%s: %w", metric, err)
		}
	}
	return ours, theirs, nil
}

func seriesName(i int) string { return fmt.Sprintf("growth-%05d", i) }

// writeSeries writes a series of each length, which grow with scatter over years.
func writeSeries(folder string, lengths []int) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var text strings.Builder
	text.WriteString("metric,subject,time,value\n")
	for i, n := range lengths {
		slope := rng.Float64()
		for j := range n {
			year := j * seriesPoints / n
			at := time.Date(2000+year, 1, 1+rng.IntN(360), 0, 0, 0, 0, time.UTC)
			fmt.Fprintf(&text, "%s,s%d,%s,%g\n", seriesName(i), j, at.Format(time.DateOnly), math.Exp2(slope*float64(year)+rng.NormFloat64()))
		}
	}
	return os.WriteFile(filepath.Join(folder, "points.csv"), []byte(text.String()), 0o644)
}

func sameSlope(answer []byte, want float64) error {
	var got struct{ Parameters struct{ Slope float64 } }
	if err := json.Unmarshal(answer, &got); err != nil {
		return err
	}
	return closeTo(got.Parameters.Slope, want)
}

func closeTo(slope, want float64) error {
	if math.Abs(slope-want) > 1e-9*math.Abs(want) {
		return fmt.Errorf("slope %v, DuckDB's %v", slope, want)
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
