package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"
)

// searching builds an index of the same passages with every engine, and puts the same questions to all of them in turn.
func searching(ctx context.Context, cfg config) ([]Result, error) {
	open, failed := openPagefind(ctx, cfg.root)
	results, err := searchingBy(ctx, cfg, func(passages int) []opener {
		engines := installed()
		if failed == nil && passages <= pagefindHolds {
			engines = append(engines[:len(engines):len(engines)], opener{"Pagefind", open})
		}
		return engines
	})
	return results, errors.Join(err, failed)
}

// searchingBy measures the engines that can hold each number of passages.
func searchingBy(ctx context.Context, cfg config, engines func(passages int) []opener) ([]Result, error) {
	from, err := sentences(cfg.root)
	if err != nil {
		return nil, err
	}
	asked := questions(from, cfg.queries)
	var results []Result
	var failed []error
	for i, n := range cfg.sizes {
		r, err := searchingIn(ctx, engines(n), passages(from, n), asked)
		if err != nil { // another size may not fail
			failed = append(failed, fmt.Errorf("%d passages: %w", n, err))
			continue
		}
		results = append(results, r...)
		if i == len(cfg.sizes)-1 {
			results = append(results, goalsOf(r)...)
		}
	}
	return results, errors.Join(failed...)
}

// goalsOf holds the times of ours in the largest index to what is wanted of them.
func goalsOf(results []Result) []Result {
	var out []Result
	seen := map[string]bool{}
	for _, r := range results {
		if r.Measure != "p99" || seen[r.Case] {
			continue
		}
		seen[r.Case] = true
		goal := 10.0
		if strings.HasSuffix(r.Case, ", typo") {
			goal = 25
		}
		out = append(out, Result{Case: r.Case, Measure: r.Measure, Unit: r.Unit, Ours: r.Ours, Goal: goal})
	}
	return out
}

func searchingIn(ctx context.Context, engines []opener, texts []string, asked []question) ([]Result, error) {
	bytes := 0
	for _, t := range texts {
		bytes += len(t)
	}
	rate, size, built := make([]float64, len(engines)), make([]float64, len(engines)), make([]float64, len(engines))
	running := make([]engine, len(engines))
	for i, e := range engines {
		dir, err := os.MkdirTemp("", "bench")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		began := time.Now()
		if running[i], err = e.open(ctx, dir, texts); err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		defer running[i].close()
		built[i] = time.Since(began).Seconds()
		rate[i] = float64(bytes) / 1e6 / built[i]
		if size[i], err = folderSize(dir); err != nil {
			return nil, err
		}
		log.Printf("%s, %d passages: %.1f MB/s, %.1f MB", e.name, len(texts), rate[i], size[i]/1e6)
	}
	took, found, err := askAll(ctx, engines, running, asked)
	if err != nil {
		return nil, err
	}
	var results []Result
	for i := 1; i < len(engines); i++ {
		indexing := compared(fmt.Sprintf("%d passages", len(texts)), "indexing", "MB/s", engines[i].name, rate[0], rate[i], true)
		if engines[i].name == "Bleve cjk" {
			indexing.Goal = 1
		}
		results = append(results, indexing,
			compared(fmt.Sprintf("%d passages", len(texts)), "time to index", "s", engines[i].name, built[0], built[i], false),
			compared(fmt.Sprintf("%d passages", len(texts)), "index size", "MB", engines[i].name, size[0]/1e6, size[i]/1e6, false))
		for _, kind := range kinds {
			of := 100 / float64(len(took[0][kind]))
			results = append(results, compared(fmt.Sprintf("%d passages, %s", len(texts), kind), "questions with a hit", "%", engines[i].name,
				of*found[0][kind], of*found[i][kind], true))
			for _, q := range []struct {
				name string
				at   float64
			}{{"p50", .5}, {"p99", .99}} {
				results = append(results, compared(fmt.Sprintf("%d passages, %s", len(texts), kind), q.name, "ms", engines[i].name,
					quantile(took[0][kind], q.at), quantile(took[i][kind], q.at), false))
			}
		}
	}
	return results, nil
}

// askAll returns the milliseconds that every engine takes, by kind of question, and how many questions of it have a hit: an
// engine that finds nothing is fast for nothing. Each question is put to all before the next, after one that warms up.
func askAll(ctx context.Context, engines []opener, running []engine, asked []question) (took []map[string][]float64, found []map[string]float64, err error) {
	for i, e := range running {
		took, found = append(took, map[string][]float64{}), append(found, map[string]float64{})
		if _, _, err := e.ask(ctx, asked[0]); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", engines[i].name, err)
		}
	}
	for _, q := range asked {
		for i, e := range running {
			hits, d, err := e.ask(ctx, q)
			if err != nil {
				return nil, nil, fmt.Errorf("%s, %s: %w", engines[i].name, q.kind, err)
			}
			took[i][q.kind] = append(took[i][q.kind], float64(d)/1e6)
			if len(hits) > 0 {
				found[i][q.kind]++
			}
		}
	}
	return took, found, nil
}

// compared is the result of one round.
func compared(what, measure, unit, peer string, ours, theirs float64, higher bool) Result {
	p := pair{Result: Result{Case: what, Measure: measure, Unit: unit, Peer: peer, Higher: higher}}
	p.add(ours, theirs)
	return p.result()
}
