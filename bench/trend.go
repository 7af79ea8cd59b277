package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// trendQuestion is asked of both: the slope of log2 of the transistor counts of processors over time.
const trendQuestion = "/api/v1/trend?metric=cpu-transistors&of=all&fit=exponential"

// trendFlux is the same least squares in Flux, without the interval, breakpoint, backtest and curve that ours has.
const trendFlux = `import "math"
from(bucket: "bench/autogen")
	|> range(start: 1900-01-01T00:00:00Z)
	|> filter(fn: (r) => r._measurement == "transistors" and r._field == "value")
	|> group()
	|> map(fn: (r) => ({x: float(v: int(v: r._time)) / 31557600000000000.0, y: math.log2(x: r._value)}))
	|> reduce(identity: {n: 0.0, sx: 0.0, sy: 0.0, sxx: 0.0, sxy: 0.0}, fn: (r, accumulator) => ({
		n: accumulator.n + 1.0, sx: accumulator.sx + r.x, sy: accumulator.sy + r.y,
		sxx: accumulator.sxx + r.x * r.x, sxy: accumulator.sxy + r.x * r.y}))
	|> map(fn: (r) => ({slope: (r.n * r.sxy - r.sx * r.sy) / (r.n * r.sxx - r.sx * r.sx)}))`

// influxConfig keeps everything in a folder and turns off what is not asked here.
const influxConfig = `reporting-disabled = true
bind-address = "127.0.0.1:%[2]d"
[meta]
dir = "%[1]s/meta"
[data]
dir = "%[1]s/data"
wal-dir = "%[1]s/wal"
[http]
bind-address = "127.0.0.1:%[3]d"
flux-enabled = true
log-enabled = false
[monitor]
store-enabled = false
`

// trends puts a trend question to the program, cold and warm, and to InfluxDB holding the same points.
func trends(ctx context.Context, cfg config) ([]Result, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := start(ctx, cfg.binary, filepath.Join(dir, "scalebook-data"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.stop() }()
	peer, stop, err := startInflux(ctx, filepath.Join(cfg.root, ".cache", "bin", "influxd"), dir)
	if err != nil {
		return nil, err
	}
	defer stop()
	if err := copySeries(ctx, p.url, peer); err != nil {
		return nil, err
	}
	cold := pair{Result: Result{Case: "growth of cpu-transistors, never asked before", Measure: "p50", Unit: "ms", Peer: "InfluxDB 1.8.10, Flux"}}
	warm := pair{Result: Result{Case: "growth of cpu-transistors, asked before", Measure: "p50", Unit: "ms", Peer: "InfluxDB 1.8.10, Flux", Goal: 100}}
	slow := pair{Result: Result{Case: "growth of cpu-transistors, never asked before", Measure: "p99", Unit: "ms", Goal: 50}}
	quick := pair{Result: Result{Case: "growth of cpu-transistors, asked before", Measure: "p99", Unit: "ms", Goal: 2}}
	for round := range cfg.rounds {
		var first, again, flux []float64
		for i := range cfg.queries {
			// A confidence that nobody asked for yet makes an answer that is not kept.
			fresh, err := fetch(ctx, fmt.Sprintf("%s%s&confidence=0.9%03d", p.url, trendQuestion, 1+round*cfg.queries+i), true)
			if err != nil {
				return nil, err
			}
			kept, err := fetch(ctx, p.url+trendQuestion, true)
			if err != nil {
				return nil, err
			}
			took, err := askFlux(ctx, peer)
			if err != nil {
				return nil, err
			}
			first, again, flux = append(first, float64(fresh.took)/1e6), append(again, float64(kept.took)/1e6), append(flux, float64(took)/1e6)
		}
		cold.add(median(first), median(flux))
		warm.add(median(again), median(flux))
		slow.add(quantile(first, .99), 0)
		quick.add(quantile(again, .99), 0)
	}
	log.Printf("trend: cold %.2f ms, warm %.2f ms, Flux %.2f ms", median(cold.ours), median(warm.ours), median(cold.theirs))
	return []Result{cold.result(), slow.result(), warm.result(), quick.result()}, nil
}

func startInflux(ctx context.Context, binary, dir string) (address string, stop func(), err error) {
	internal, err := freePort()
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	config := filepath.Join(dir, "influxd.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, influxConfig, dir, internal, port), 0o644); err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, binary, "-config", config)
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("start InfluxDB (make tools builds it): %w", err)
	}
	stop = func() {
		_ = cmd.Process.Kill() // what it holds is thrown away
		_ = cmd.Wait()
	}
	address = fmt.Sprintf("http://127.0.0.1:%d", port)
	for range 600 { // a minute: opening its stores takes a busy machine some seconds
		if _, err := post(ctx, address+"/query?q="+url.QueryEscape("CREATE DATABASE bench"), "", ""); err == nil {
			return address, stop, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	return "", nil, errors.New("InfluxDB does not answer")
}

// copySeries writes the points that the program has to InfluxDB.
func copySeries(ctx context.Context, from, to string) error {
	answer, err := fetch(ctx, from+"/api/v1/series?metric=cpu-transistors", false)
	if err != nil {
		return err
	}
	var series struct {
		Observations []struct {
			Time    string
			Subject string
			Value   float64
		}
	}
	if err := json.Unmarshal(answer.body, &series); err != nil {
		return fmt.Errorf("read the series: %w", err)
	}
	var lines strings.Builder
	for _, o := range series.Observations {
		at, err := time.Parse(time.RFC3339, o.Time)
		if err != nil {
			if at, err = time.Parse(time.DateOnly, o.Time); err != nil {
				return fmt.Errorf("read the series: %w", err)
			}
		}
		fmt.Fprintf(&lines, "transistors,subject=%s value=%g %d\n", o.Subject, o.Value, at.UnixNano())
	}
	_, err = post(ctx, to+"/write?db=bench", "text/plain", lines.String())
	return err
}

func askFlux(ctx context.Context, address string) (time.Duration, error) {
	began := time.Now()
	answer, err := post(ctx, address+"/api/v2/query", "application/vnd.flux", trendFlux)
	if err == nil && !strings.Contains(answer, "slope") {
		err = fmt.Errorf("flux answers no slope: %s", answer)
	}
	return time.Since(began), err
}

func post(ctx context.Context, address, contentType, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/csv")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	if res.StatusCode >= 300 {
		return "", fmt.Errorf("post %s: %s: %s", address, res.Status, text)
	}
	return string(text), nil
}
