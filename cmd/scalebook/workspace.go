package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/content/reports"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/aider"
	"github.com/scalebook/scalebook/ingest/chipcounts"
	"github.com/scalebook/scalebook/ingest/cputrends"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/epochbenchmarks"
	"github.com/scalebook/scalebook/ingest/epochhardware"
	"github.com/scalebook/scalebook/ingest/epochmodels"
	"github.com/scalebook/scalebook/ingest/fetch"
	"github.com/scalebook/scalebook/ingest/lineprotocol"
	"github.com/scalebook/scalebook/ingest/llmprices"
	"github.com/scalebook/scalebook/ingest/lmarena"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/spool"
	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/query/forecasts"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/search/korean"
	"github.com/scalebook/scalebook/tracing"
)

// workspace is a data directory with its parts open.
type workspace struct {
	dir      string
	largest  int64 // bytes that one source may send; 0 for as fetches have it
	ledger   metrics.Ledger
	spool    *spool.Ledger // what ingests write waits here while InfluxDB can't take it; nil with SQLite
	library  *content.Library
	journal  *ingest.Journal
	given    *forecasts.Store
	tracer   *tracing.Tracer // tells where the time goes; nil tells nobody
	publish  *publisher      // where runs publish; nil for nowhere
	glossary []search.GlossaryEntry
	closers  []io.Closer
}

// errInUse says that another process is writing to the data directory.
var errInUse = errors.New("in use by another scalebook that is writing to it")

// openWorkspace opens a data directory, creating it where missing.
func openWorkspace(ctx context.Context, s *settings) (w *workspace, err error) {
	if err := os.MkdirAll(s.data, 0o755); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", s.data, cause(err))
	}
	if err := writable(s.data); err != nil { // whatever the store of measurements: the journal is here
		return nil, err
	}
	w = &workspace{dir: s.data, largest: int64(s.largest) << 20}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if w.ledger, err = openLedger(ctx, s); err != nil {
		return w, &partError{partLedger, err}
	}
	w.closers = append(w.closers, w.ledger)
	if s.metrics == "influx" {
		if err := w.openSpool(); err != nil {
			return w, err
		}
	}
	if w.journal, err = ingest.OpenJournal(ctx, filepath.Join(s.data, "ingest.db")); err != nil {
		return w, &partError{partJournal, err}
	}
	w.closers = append(w.closers, w.journal)
	if w.given, err = forecasts.Open(ctx, forecasts.Config{Path: filepath.Join(s.data, "forecasts.db")}); err != nil {
		return w, &partError{partForecasts, err}
	}
	w.closers = append(w.closers, w.given)
	rules, err := readTermRules(filepath.Join(s.data, termFile))
	if err != nil {
		return w, err
	}
	morphemes, err := korean.New(korean.Config{CacheSize: 1 << 12})
	if err != nil {
		return w, err
	}
	if w.library, err = content.Open(content.LibraryConfig{Dir: filepath.Join(s.data, "library"), Terms: rules, Segmenter: morphemes}); err != nil {
		return w, &partError{partLibrary, err}
	}
	w.glossary, err = readGlossary(data.Files())
	w.glossary = corrected(w.glossary, rules)
	return w, err
}

// trace tells a collector where the time of what is done from now on goes, if one is named.
func (w *workspace) trace(ctx context.Context, collector string, log *slog.Logger) (err error) {
	w.tracer, err = tracing.New(ctx, tracing.Config{Collector: collector, Version: version(), Logger: log})
	w.closers = append(w.closers, w.tracer)
	return err
}

// writable reports why nothing can be written to a directory. A full disk is no reason: what is there can still be read.
func writable(dir string) error {
	probe, err := os.CreateTemp(dir, ".writable-*")
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("data directory %s: it has to be writable, for its databases take notes even to be read: %w", dir, cause(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Close closes the parts in reverse order.
func (w *workspace) Close() error {
	var err error
	for i := len(w.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, w.closers[i].Close())
	}
	w.closers = nil
	return err
}

func (w *workspace) indexDir() string { return filepath.Join(w.dir, "index") }

// openLedger opens the store of measurements that was asked for.
func openLedger(ctx context.Context, s *settings) (metrics.Ledger, error) {
	switch s.metrics {
	case "sqlite":
		if err := writable(s.data); err != nil {
			return nil, err
		}
		return sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(s.data, "metrics.db")})
	case "influx":
		return influx.Open(ctx, influx.Config{URL: s.influx.url, Token: s.influx.token, Org: s.influx.org, Bucket: s.influx.bucket})
	}
	return nil, fmt.Errorf("%w: --metrics is sqlite or influx, not %q", errUsage, s.metrics)
}

// lock takes the data directory for writing. The lock goes with the process, however it ends.
func lock(dir string) (io.Closer, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, cause(err))
	}
	l := flock.New(filepath.Join(dir, ".lock"))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, cause(err))
	}
	if !ok {
		return nil, fmt.Errorf("data directory %s: %w", dir, errInUse)
	}
	return l, nil
}

// cause drops the path that the system repeats, since the message names it already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func readGlossary(files fs.FS) ([]search.GlossaryEntry, error) {
	f, err := files.Open("glossary.csv")
	if err != nil {
		return nil, fmt.Errorf("glossary: %w", err)
	}
	defer f.Close()
	return search.LoadGlossary(f)
}

// bundled are the sources that come with the program.
func bundled() []ingest.Job {
	return []ingest.Job{
		{Name: bundledData, Kind: "csv", Files: data.Files(), Public: true, License: "CC BY 4.0"},
		{Name: bundledReports, Kind: ingest.KindReports, Files: reports.Files(), Public: true, License: "CC BY 4.0"},
	}
}

const (
	bundledData    = "bundled-data"
	bundledReports = "scalebook"
)

// connectors are the kinds of measurements that can be ingested.
func connectors() []ingest.Connector {
	return []ingest.Connector{aider.Connector{}, chipcounts.Connector{}, cputrends.Connector{}, csvfile.Connector{}, epochbenchmarks.Connector{},
		epochhardware.Connector{}, epochmodels.Connector{}, lineprotocol.Connector{}, llmprices.Connector{}, lmarena.Connector{}}
}

// runner wires an ingest into the workspace. The caller holds the lock.
func (w *workspace) runner(progress ingest.Progress) (*ingest.Runner, error) {
	catalogue, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
	if err != nil {
		return nil, err
	}
	identity, err := w.identity()
	if err != nil {
		return nil, err
	}
	return ingest.NewRunner(ingest.Config{
		Ledger: w.written(), Journal: w.journal, Shelf: shelf{w.library}, Identity: identity, Catalogue: catalogue, Connectors: connectors(),
		Fetcher: fetch.New(fetch.Config{Cache: filepath.Join(w.dir, "git"), MaxBytes: w.largest}), Reindex: w.reindex, Progress: progress,
	}), nil
}

// identity is the bundled identity files and those that the operator put into the data directory.
func (w *workspace) identity() (*ingest.Identity, error) {
	return ingest.NewIdentity(data.Files(), os.DirFS(w.dir))
}

// recognize tells the library which names and numbers to look for in its reports: those of the ledger, and those that come
// with the program, so that a library without measurements has its numbers recognised too.
func (w *workspace) recognize(ctx context.Context) error {
	catalogue, err := w.ledger.Metrics(ctx)
	if err != nil {
		return err
	}
	subjects, err := w.ledger.Subjects(ctx, metrics.SubjectQuery{})
	if err != nil {
		return err
	}
	known, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
	if err != nil {
		return err
	}
	identity, err := w.identity()
	if err != nil {
		return err
	}
	cfg := content.RecognizerConfig{Metrics: catalogue, Subjects: subjects}
	for _, m := range catalogue {
		delete(known, m.ID)
	}
	cfg.UnmeasuredMetrics = slices.SortedFunc(maps.Values(known), func(a, b metrics.Metric) int { return strings.Compare(a.ID, b.ID) })
	measured := map[string]bool{}
	for _, s := range subjects {
		measured[s.ID] = true
	}
	for _, s := range identity.Subjects() {
		if !measured[s.ID] {
			cfg.UnmeasuredSubjects = append(cfg.UnmeasuredSubjects, s)
		}
	}
	w.library.Recognize(content.NewRecognizer(cfg))
	return nil
}

// reindex publishes a search generation of the library and the ledger, which takes over what the one before has of them.
func (w *workspace) reindex(ctx context.Context) error {
	return w.buildIndex(ctx, search.BuildConfig{})
}

// buildIndex builds and publishes a search generation.
func (w *workspace) buildIndex(ctx context.Context, cfg search.BuildConfig) error {
	if err := w.library.KeepTerms(ctx); err != nil { // of which the outlines have all
		return err
	}
	outlines, err := w.library.Outlines(ctx)
	if err != nil {
		return err
	}
	corpus := search.Corpus{Reports: outlines.Reports, Texts: outlines}
	if corpus.Metrics, err = w.ledger.Metrics(ctx); err != nil {
		return err
	}
	if corpus.Subjects, err = w.ledger.Subjects(ctx, metrics.SubjectQuery{}); err != nil {
		return err
	}
	cfg.Dir, cfg.Glossary = w.indexDir(), w.glossary
	_, err = search.Build(ctx, cfg, corpus)
	return err
}

// shelf puts the reports of a job into the library.
type shelf struct{ library *content.Library }

// Parser implements [ingest.Shelf].
func (s shelf) Parser() string { return s.library.Parser() }

// Shelve implements [ingest.Shelf].
func (s shelf) Shelve(ctx context.Context, job ingest.Job, files fs.FS, version string) (ingest.Shelved, error) {
	src := content.SourceConfig{Name: ingest.Kebab(job.Name), Title: job.Name, URL: webAddress(job.Location), License: job.License, Public: job.Public}
	if history, ok := files.(interface{ Added() map[string]time.Time }); ok {
		src.Added = history.Added()
	}
	result, err := s.library.Sync(ctx, src, files, version)
	if err != nil {
		return ingest.Shelved{}, err
	}
	out := ingest.Shelved{Added: len(result.Added), Updated: len(result.Updated), Removed: len(result.Removed),
		Reread: result.Reread, Unchanged: result.Unchanged, SetAside: len(result.SetAside)}
	for _, a := range result.SetAside {
		out.Rejected = append(out.Rejected, ingest.Rejected{File: a.Path, Reason: a.Text().En, Tolerated: a.Rule != "encoding" && a.Rule != "size"})
	}
	return out, nil
}

// webAddress is a location that a reader could open.
func webAddress(location string) string {
	if clean := fetch.Redact(location); len(clean) > 8 && (clean[:7] == "http://" || clean[:8] == "https://") {
		return clean
	}
	return ""
}

// sourceName names an ad hoc source by its kind and place.
func sourceName(kind, location string) string {
	base := ingest.Kebab(filepath.Base(fetch.Redact(location)))
	return cmp.Or(ingest.Kebab(kind+"-"+base), kind)
}
