package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/scalebook/scalebook/content/contenttest"
)

const (
	// storedWords is the length of each of the many reports that a server starts with.
	storedWords = 500
	// seriesSubjects and seriesDates are the observations of each metric in a large ledger, one a subject and date.
	seriesSubjects, seriesDates = 100, 100
)

// volume takes in observations, more each time, then reports beside the most of them, and starts a server on it all.
func volume(ctx context.Context, cfg config) ([]Result, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var results []Result
	ingest := func(what, data, kind string, write func(folder string) error) error {
		folder, err := os.MkdirTemp(dir, kind)
		if err != nil {
			return err
		}
		if err := write(folder); err != nil {
			return err
		}
		began := time.Now()
		peak, err := peakOf(ctx, cfg.binary, "ingest", "--data", data, "--from", folder, kind)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		took := time.Since(began).Seconds()
		log.Printf("volume: %s in %.1f s with %.0f MB", what, took, peak)
		results = append(results, Result{Case: what, Measure: "time", Unit: "s", Ours: took}, Result{Case: what, Measure: "peak memory", Unit: "MB", Ours: peak})
		return nil
	}
	data := ""
	for _, n := range cfg.observations {
		data = filepath.Join(dir, fmt.Sprintf("data-%d", n))
		what := fmt.Sprintf("%d observations, ingested by the program", n)
		if err := ingest(what, data, "csv", func(folder string) error { return writeObservations(folder, n) }); err != nil {
			return results, err
		}
	}
	what := fmt.Sprintf("%d reports, ingested and indexed beside them", cfg.stored)
	if err := ingest(what, data, "reports", func(folder string) error { return contenttest.WriteReports(folder, cfg.stored, storedWords) }); err != nil {
		return results, err
	}
	what = fmt.Sprintf("start with %d reports and %d observations", cfg.stored, cfg.observations[len(cfg.observations)-1])
	ready := pair{Result: Result{Case: what, Measure: "time to ready", Unit: "s", Goal: 3}}
	memory := pair{Result: Result{Case: what, Measure: "resident memory, idle", Unit: "MB"}}
	for range min(cfg.rounds, 3) {
		if err := startLoaded(ctx, cfg.binary, data, &ready, &memory); err != nil {
			return results, err
		}
	}
	return append(results, ready.result(), memory.result()), nil
}

// peakOf runs a command and returns the most memory that it had, in MB.
func peakOf(ctx context.Context, command ...string) (float64, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	if err := quietly(cmd); err != nil {
		return 0, err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, fmt.Errorf("%s: the system does not tell its memory", command[0])
	}
	return float64(usage.Maxrss) * 1024 / 1e6, nil // in KiB on Linux
}

func startLoaded(ctx context.Context, binary, data string, ready, memory *pair) error {
	p, err := start(ctx, binary, data, "--no-bundled")
	if err != nil {
		return err
	}
	defer func() { _ = p.stop() }() // what is measured was measured
	time.Sleep(settled)
	rss, err := p.resident()
	ready.add(p.ready.Seconds(), 0)
	memory.add(rss, 0)
	return err
}

// writeObservations writes n observations of as many metrics as that takes, each growing with scatter from week to week.
func writeObservations(folder string, n int) (err error) {
	f, err := os.Create(filepath.Join(folder, "observations.csv"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	_, _ = io.WriteString(w, "metric,subject,time,value\n") // a writer that failed says so at the end
	rng := rand.New(rand.NewPCG(seed, 4))
	begin := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		week := i / seriesSubjects % seriesDates
		fmt.Fprintf(w, "%s,s%d,%s,%g\n", seriesName(i/(seriesSubjects*seriesDates)), i%seriesSubjects, begin.AddDate(0, 0, 7*week).Format(time.DateOnly),
			math.Exp2(float64(week)/20+rng.NormFloat64()))
	}
	return w.Flush()
}
