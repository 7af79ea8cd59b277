package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// connections under which servers are measured.
var connections = []int{1, 32, 256}

// warmPages are the answers that are measured, by name; %s is the newest report.
func warmPages(ctx context.Context, url string) (map[string]string, error) {
	p, err := fetch(ctx, url+"/api/v1/reports?limit=1", false)
	if err != nil {
		return nil, err
	}
	var list struct{ Reports []struct{ Slug string } }
	if err := json.Unmarshal(p.body, &list); err != nil || len(list.Reports) == 0 {
		return nil, errors.Join(errors.New("no report to measure"), err)
	}
	return map[string]string{
		"report": "/reports/" + list.Reports[0].Slug,
		"metric": "/metrics/gpqa-diamond",
		"search": "/api/v1/search?q=%EB%8D%B0%EC%9D%B4%ED%84%B0%EC%84%BC%ED%84%B0",
		"trend":  "/api/v1/trend?metric=cpu-transistors",
	}, nil
}

// serving puts warm answers and nginx with the same bytes under the same load, in turn.
func serving(ctx context.Context, cfg config) ([]Result, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := start(ctx, cfg.binary, filepath.Join(dir, "data"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.stop() }()
	pages, err := warmPages(ctx, p.url)
	if err != nil {
		return nil, err
	}
	plain, gzip := map[string]page{}, map[string]page{}
	for name, path := range pages {
		for range 64 { // after which an answer is compressed as well as can be, so that both send the same bytes
			if _, err = fetch(ctx, p.url+path, true); err != nil {
				return nil, err
			}
			time.Sleep(10 * time.Millisecond)
		}
		if plain[name], err = fetch(ctx, p.url+path, false); err != nil {
			return nil, err
		}
		if gzip[name], err = fetch(ctx, p.url+path, true); err != nil {
			return nil, err
		}
	}
	peer, err := startNginx(ctx, filepath.Join(dir, "nginx"), plain, gzip)
	if err != nil {
		return nil, err
	}
	defer peer.stop()
	var results []Result
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		for _, n := range connections {
			what := fmt.Sprintf("%s, %d connections", name, n)
			rate := pair{Result: Result{Case: what, Measure: "throughput", Unit: "requests/s", Peer: "nginx", Goal: 0.8, Higher: true}}
			cpu := pair{Result: Result{Case: what, Measure: "processor time a request", Unit: "µs", Peer: "nginx"}}
			p99 := pair{Result: Result{Case: what, Measure: "p99", Unit: "ms", Peer: "nginx", Goal: 0.5}}
			for range cfg.rounds {
				ours, err := load(ctx, p.cmd.Process.Pid, p.url+pages[name], n, cfg.each)
				if err != nil {
					return results, err
				}
				theirs, err := load(ctx, peer.cmd.Process.Pid, peer.url+"/"+name, n, cfg.each)
				if err != nil {
					return results, err
				}
				rate.add(ours.rate, theirs.rate)
				p99.add(ours.p99, theirs.p99)
				cpu.add(ours.cpu, theirs.cpu)
			}
			results = append(results, rate.result(), p99.result(), cpu.result())
			log.Printf("%s: %.0f of %.0f requests/s", what, median(rate.ours), median(rate.theirs))
		}
	}
	return results, nil
}

// loaded is what a load generator saw.
type loaded struct {
	rate float64 // requests a second
	p99  float64 // milliseconds
	cpu  float64 // microseconds of processor time that the server took for a request
	n    float64 // requests
}

var (
	wrkRate   = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkP99    = regexp.MustCompile(`\s99%\s+([\d.]+[a-z]+)`)
	wrkCount  = regexp.MustCompile(`(\d+) requests in`)
	wrkErrors = regexp.MustCompile(`Non-2xx or 3xx responses: \d+`)
)

// load runs wrk, on one thread so that the servers have room on a small machine. What else a machine does slows a server
// down, but hardly changes the processor time that it takes.
func load(ctx context.Context, pid int, url string, connections int, each time.Duration) (loaded, error) {
	before, err := processorTime(pid)
	if err != nil {
		return loaded{}, err
	}
	out, err := exec.CommandContext(ctx, "wrk", "-t1", "-c"+strconv.Itoa(connections), fmt.Sprintf("-d%ds", int(math.Ceil(each.Seconds()))),
		"--latency", "--timeout", "10s", "-H", "Accept-Encoding: gzip", url).CombinedOutput()
	if err != nil {
		return loaded{}, fmt.Errorf("wrk %s: %w: %s", url, err, out)
	}
	after, err := processorTime(pid)
	if err != nil {
		return loaded{}, err
	}
	l, err := parseWrk(out)
	l.cpu = float64((after - before).Microseconds()) / l.n
	return l, err
}

func parseWrk(out []byte) (loaded, error) {
	if failed := wrkErrors.Find(out); failed != nil {
		return loaded{}, errors.New(string(failed))
	}
	rate, p99, n := wrkRate.FindSubmatch(out), wrkP99.FindSubmatch(out), wrkCount.FindSubmatch(out)
	if rate == nil || p99 == nil || n == nil {
		return loaded{}, fmt.Errorf("wrk does not say rate, p99 and number of requests: %s", out)
	}
	var l loaded
	var err error
	if l.rate, err = strconv.ParseFloat(string(rate[1]), 64); err != nil {
		return loaded{}, err
	}
	if l.n, err = strconv.ParseFloat(string(n[1]), 64); err != nil {
		return loaded{}, err
	}
	took, err := time.ParseDuration(string(p99[1]))
	l.p99 = float64(took) / 1e6
	return l, err
}
