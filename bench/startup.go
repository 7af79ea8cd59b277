package main

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// settled is when a server that nobody asks has finished what it does after starting.
const settled = 2 * time.Second

// coldPages are what a reader may ask for first.
var coldPages = []string{"home", "report", "metric", "search", "trend"}

// startup measures the program on bundled content: how soon it answers, what memory it takes, and pages that nobody has
// asked for since it started.
func startup(ctx context.Context, cfg config) ([]Result, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	info, err := os.Stat(cfg.binary)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	first, err := start(ctx, cfg.binary, data)
	if err != nil {
		return nil, err
	}
	if err := first.stop(); err != nil {
		return nil, err
	}
	ready := pair{Result: Result{Case: "start on ingested data", Measure: "time to ready", Unit: "s", Goal: 3}}
	memory := pair{Result: Result{Case: "idle, bundled content", Measure: "resident memory", Unit: "MB", Goal: 150}}
	cold := map[string]*pair{}
	for _, name := range coldPages {
		cold[name] = &pair{Result: Result{Case: name, Measure: "time of a cold answer", Unit: "ms", Goal: 20}}
	}
	for range cfg.rounds {
		if err := oneStart(ctx, cfg.binary, data, &ready, &memory, cold); err != nil {
			return nil, err
		}
	}
	results := []Result{
		{Case: "binary", Measure: "size", Unit: "MB", Ours: float64(info.Size()) / 1e6},
		{Case: "start on an empty folder, with the ingest of what is bundled", Measure: "time to ready", Unit: "s", Ours: first.ready.Seconds()},
		ready.result(), memory.result(),
	}
	for _, name := range coldPages {
		results = append(results, cold[name].result())
	}
	ours, err := dictionary(ctx, cfg.root)
	return append(results, ours...), err
}

// dictionary measures what the analysis of Korean adds to a start.
func dictionary(ctx context.Context, root string) ([]Result, error) {
	values, err := goBenchmark(ctx, root, "./search/korean", "^BenchmarkStart$", "1s")
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(filepath.Join(root, "search", "korean", "dictionary", "ko.dict"))
	if err != nil {
		return nil, err
	}
	const what = "dictionary of Korean"
	return []Result{
		{Case: what, Measure: "time to the first words", Unit: "ms", Ours: values["Start"]["ns/op"] / 1e6, Goal: 50},
		{Case: what, Measure: "heap", Unit: "MB", Ours: values["Start"]["heap-B"] / 1e6, Goal: 30},
		{Case: what, Measure: "part of the binary", Unit: "MB", Ours: float64(info.Size()) / 1e6, Goal: 12},
	}, nil
}

func oneStart(ctx context.Context, binary, data string, ready, memory *pair, cold map[string]*pair) error {
	p, err := start(ctx, binary, data)
	if err != nil {
		return err
	}
	defer func() { _ = p.stop() }() // what is measured was measured
	time.Sleep(settled)
	rss, err := p.resident()
	if err != nil {
		return err
	}
	ready.add(p.ready.Seconds(), 0)
	memory.add(rss, 0)
	pages, err := warmPages(ctx, p.url)
	if err != nil {
		return err
	}
	pages["home"] = "/"
	for _, name := range coldPages {
		answer, err := fetch(ctx, p.url+pages[name], true)
		if err != nil {
			return err
		}
		cold[name].add(float64(answer.took)/1e6, 0)
	}
	return nil
}
