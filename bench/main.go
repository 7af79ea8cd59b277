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
	root    string        // of the repository
	rounds  int           // of ours and theirs in turn
	each    time.Duration // under load, per server, page and number of connections
	sizes   []int         // passages in a search index
	queries int           // of each kind
	series  []int         // among which one is asked for its growth
	binary  string        // the program, built where empty
}

// part is one question that the harness answers.
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
	}
}

func main() {
	log.SetFlags(log.Ltime)
	cfg := config{root: ".", sizes: []int{1_000, 10_000, 60_000, 100_000}, series: []int{1, 100, 10_000}}
	only := flag.String("only", "", "parts to measure, separated by commas; the others keep their last results")
	document := flag.Bool("document", false, "measure nothing, write the document from the last results")
	flag.IntVar(&cfg.rounds, "rounds", 5, "how often ours and theirs are measured in turn")
	flag.DurationVar(&cfg.each, "each", 3*time.Second, "how long a server is under load")
	flag.IntVar(&cfg.queries, "queries", 100, "search queries of each kind")
	flag.StringVar(&cfg.binary, "binary", "", "the program to measure; built from this tree where empty")
	largest := flag.Int("passages", 100_000, "size of the largest search index")
	flag.Parse()
	for len(cfg.sizes) > 0 && cfg.sizes[len(cfg.sizes)-1] > *largest {
		cfg.sizes = cfg.sizes[:len(cfg.sizes)-1]
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, cfg, *only, *document); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, cfg config, only string, documentOnly bool) error {
	last, err := readReport(resultsPath(cfg.root))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if documentOnly {
		return writeDocument(cfg.root, last)
	}
	now := last.without(nil)
	for _, p := range parts() {
		if only != "" && !contains(only, p.name) {
			continue
		}
		machine := describeMachine()
		results, err := p.run(ctx, cfg)
		if err != nil {
			return fmt.Errorf("measure %s: %w", p.name, err)
		}
		now = now.without(&p.name)
		now.add(p.name, machine, results)
		if err := now.write(resultsPath(cfg.root)); err != nil {
			return err
		}
		log.Printf("%s: %d results", p.name, len(results))
	}
	for _, loss := range losses(last, now) {
		log.Printf("slower than at the last run: %s", loss)
	}
	return writeDocument(cfg.root, now)
}

func contains(list, name string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(item) == name {
			return true
		}
	}
	return false
}
