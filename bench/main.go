// Command bench measures scalebook beside what people would use in its place: the same inputs, on the same machine, in
// turn, several times. It writes the medians and their ratios to docs/benchmarks.md and, for comparison with a later run,
// to bench/results.json.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// config is how much is measured.
type config struct {
	root         string        // of the repository
	rounds       int           // of ours and theirs in turn
	each         time.Duration // under load, per server, page and number of connections
	sizes        []int         // passages in a search index
	queries      int           // of each kind
	series       []int         // among which one is asked for its growth
	points       []int         // of a series that is asked for its growth
	reports      []int         // in a library
	observations []int         // in a ledger
	stored       int           // reports beside the most observations
	binary       string        // the program
}

// part is one question that the harness answers. What it has measured before it fails is kept.
type part struct {
	name string
	run  func(context.Context, config) ([]Result, error)
}

func parts() []part {
	return []part{
		{"serving", serving},
		{"startup", startup},
		{"search", searching},
		{"retrieval", retrieval},
		{"trend", trends},
		{"among", among},
		{"ledger", ledger},
		{"library", library},
		{"volume", volume},
	}
}

func main() {
	log.SetFlags(log.Ltime)
	cfg := config{root: ".", sizes: []int{1_000, 10_000, 100_000}, series: []int{1, 100, 10_000}, points: []int{30, 100, 300, 1_000},
		reports: []int{300, 1_000, 3_000, 10_000}, observations: []int{10_000, 100_000, 1_000_000}, stored: 10_000}
	only := flag.String("only", "", "parts to measure, separated by commas; the others keep their last results")
	document := flag.Bool("document", false, "measure nothing, write the document from the last results")
	flag.IntVar(&cfg.rounds, "rounds", 5, "how often ours and theirs are measured in turn")
	flag.DurationVar(&cfg.each, "each", 3*time.Second, "how long a server is under load")
	flag.IntVar(&cfg.queries, "queries", 100, "search queries of each kind")
	flag.StringVar(&cfg.binary, "binary", "", "the program to measure; built from this tree where empty")
	passages := flag.Int("passages", 100_000, "size of the largest search index")
	reports := flag.Int("reports", 3_000, "size of the largest library; 10000 takes a quarter of an hour more")
	flag.Parse()
	cfg.sizes, cfg.reports = upTo(cfg.sizes, *passages), upTo(cfg.reports, *reports)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, cfg, parts(), *only, *document); err != nil {
		log.Fatal(err)
	}
}

// upTo cuts ascending sizes after the largest.
func upTo(sizes []int, largest int) []int {
	for len(sizes) > 0 && sizes[len(sizes)-1] > largest {
		sizes = sizes[:len(sizes)-1]
	}
	return sizes
}

// run measures parts and writes results and document. A part that fails does not keep the others from being measured.
func run(ctx context.Context, cfg config, all []part, only string, documentOnly bool) error {
	now, err := readReport(resultsPath(cfg.root))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if documentOnly {
		return writeDocument(cfg.root, now)
	}
	last := committedReport(ctx, cfg.root, now)
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if cfg.binary == "" {
		if cfg.binary, err = build(ctx, cfg.root, dir); err != nil {
			return err
		}
	}
	var failed []error
	for _, p := range all {
		if only != "" && !contains(only, p.name) {
			continue
		}
		began, machine := time.Now(), describeMachine()
		results, err := p.run(ctx, cfg)
		if err != nil {
			log.Printf("%s: %v", p.name, err)
			failed = append(failed, fmt.Errorf("measure %s: %w", p.name, err))
		}
		log.Printf("%s: %d results in %s", p.name, len(results), time.Since(began).Round(time.Second))
		if len(results) > 0 {
			now = now.without(p.name)
			now.add(p.name, machine, results)
		}
		now.Losses = losses(last, now)
		if err := now.write(resultsPath(cfg.root)); err != nil {
			return err
		}
	}
	for _, loss := range now.Losses {
		log.Printf("worse than the committed results: %s", loss)
	}
	return errors.Join(append(failed, writeDocument(cfg.root, now))...)
}

func contains(list, name string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(item) == name {
			return true
		}
	}
	return false
}
