package ingest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/aider"
	"github.com/scalebook/scalebook/ingest/chipcounts"
	"github.com/scalebook/scalebook/ingest/cputrends"
	"github.com/scalebook/scalebook/ingest/epochbenchmarks"
	"github.com/scalebook/scalebook/ingest/epochhardware"
	"github.com/scalebook/scalebook/ingest/epochmodels"
	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/ingest/llmprices"
	"github.com/scalebook/scalebook/ingest/lmarena"
)

// One configuration over every upstream ingests in one run, a second run changes nothing, and docs/sources.md says what
// became of the rows (-update writes it).
func TestEveryUpstream(t *testing.T) {
	upstream := filepath.Dir(ingesttest.Upstream(t, "epoch"))
	connectors := []ingest.Connector{epochbenchmarks.Connector{}, epochmodels.Connector{}, epochhardware.Connector{}, chipcounts.Connector{},
		cputrends.Connector{}, aider.Connector{}, llmprices.Connector{}, lmarena.Connector{}}
	folders := map[string]string{"chip-counts": "chips", "cpu-trends": "karlrupp", "aider": "aider", "llm-prices": "llm-prices", "lmarena": "lmarena"}
	var config strings.Builder
	var kinds []string
	for _, c := range connectors {
		folder := folders[c.Kind()]
		if folder == "" {
			folder = "epoch"
		}
		kinds = append(kinds, c.Kind())
		fmt.Fprintf(&config, "- {name: %[1]s, kind: %[1]s, location: %[2]q}\n", c.Kind(), filepath.Join(upstream, folder))
	}
	path := filepath.Join(ingesttest.Folder(t, map[string]string{"sources.yaml": config.String()}), "sources.yaml")
	sources, err := ingest.ReadSources(path, kinds)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := sources.Jobs()
	if err != nil {
		t.Fatal(err)
	}
	b := ingesttest.New(t, connectors...)
	outcomes, err := ingest.NewRunner(b.Config).Run(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	state := stateOf(t, b.Ledger)
	var doc strings.Builder
	doc.WriteString(accountsHead)
	for _, o := range outcomes {
		if o.Err != nil || o.Broken() != nil {
			t.Errorf("%s: %v %v", o.Source, o.Err, o.Broken())
		}
		fmt.Fprintf(&doc, "| `%s` | %d | %d |\n", o.Source, o.Added, o.Quarantined)
	}
	doc.WriteString("\n## Why rows were set aside\n\n| source | rows | reason |\n|---|--:|---|\n")
	for _, o := range outcomes {
		for _, r := range ingesttest.Reasons(o.Rejected) {
			fmt.Fprintf(&doc, "| `%s` | %d | %s |\n", o.Source, r.Rows, r.Reason)
		}
	}
	ingesttest.SameFile(t, filepath.Join("..", "docs", "sources.md"), doc.String())
	again, err := ingest.NewRunner(b.Config).Run(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range again {
		if o.Result != ingest.Unchanged {
			t.Errorf("again: %s: %s", o.Source, o.Summary())
		}
	}
	if after := stateOf(t, b.Ledger); after != state {
		t.Error("a second run changed the ledger")
	}
}

const accountsHead = `# What became of the upstreams' rows

One configuration over a copy of every upstream (Epoch AI's benchmark data of December 2025, its hardware and model tables of
April 2026, and the other upstreams as of the same spring) reads all of them in one run into an empty ledger; a second run
changes nothing. A row counts once for each metric that it measures: a chip's row gives up to ten observations. No row was
broken; those set aside were set aside by the rule that is given.

` + "`go test ./ingest -run TestEveryUpstream -update`" + ` writes this page.

| source | observations | set aside |
|---|--:|--:|
`
