// Package servertest opens the content that comes with the program, ingested and indexed, for tests of what answers from it.
package servertest

import (
	"context"
	"path/filepath"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/content/reports"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/search"
)

// Content is the bundled content in a data directory, open.
type Content struct {
	Ledger   metrics.Ledger
	Library  *content.Library
	Index    *search.Index
	Glossary []search.GlossaryEntry
}

// Open ingests and indexes the bundled content into dir, which is a test's to remove. What it opens stays open until the
// process ends, so that one copy can serve all tests of a package; they only read.
func Open(dir string) (Content, error) {
	ctx := context.Background()
	var c Content
	ledger, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "metrics.db")})
	if err != nil {
		return c, err
	}
	c.Ledger = ledger
	if err := Fill(ctx, dir, ledger); err != nil {
		return c, err
	}
	if c.Library, err = content.Open(content.LibraryConfig{Dir: filepath.Join(dir, "library")}); err != nil {
		return c, err
	}
	if _, err = c.Library.Sync(ctx, content.SourceConfig{Name: "scalebook", Public: true, License: "CC BY 4.0"}, reports.Files(), "1"); err != nil {
		return c, err
	}
	corpus := search.Corpus{}
	if corpus.Metrics, err = ledger.Metrics(ctx); err != nil {
		return c, err
	}
	if corpus.Subjects, err = ledger.Subjects(ctx, metrics.SubjectQuery{}); err != nil {
		return c, err
	}
	c.Library.Recognize(content.NewRecognizer(content.RecognizerConfig{Metrics: corpus.Metrics, Subjects: corpus.Subjects}))
	if corpus.Reports, err = c.Library.Full(ctx); err != nil {
		return c, err
	}
	glossary, err := data.Files().Open("glossary.csv")
	if err != nil {
		return c, err
	}
	defer glossary.Close()
	if c.Glossary, err = search.LoadGlossary(glossary); err != nil {
		return c, err
	}
	if _, err = search.Build(ctx, search.BuildConfig{Dir: filepath.Join(dir, "index"), Glossary: c.Glossary}, corpus); err != nil {
		return c, err
	}
	c.Index, err = search.Open(search.Config{Dir: filepath.Join(dir, "index"), Glossary: c.Glossary})
	return c, err
}

// Fill ingests the bundled measurements into a ledger; dir holds the journal of the ingest.
func Fill(ctx context.Context, dir string, ledger metrics.Ledger) error {
	journal, err := ingest.OpenJournal(ctx, filepath.Join(dir, "ingest.db"))
	if err != nil {
		return err
	}
	defer journal.Close()
	catalogue, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
	if err != nil {
		return err
	}
	identity, err := ingest.NewIdentity(data.Files())
	if err != nil {
		return err
	}
	outcomes, err := ingest.NewRunner(ingest.Config{Ledger: ledger, Journal: journal, Identity: identity, Catalogue: catalogue,
		Fetcher: fetch.New(fetch.Config{}), Connectors: []ingest.Connector{csvfile.Connector{}}}).Run(ctx, []ingest.Job{{Name: "bundled", Kind: "csv", Files: data.Files()}})
	if err != nil {
		return err
	}
	return outcomes[0].Err
}
