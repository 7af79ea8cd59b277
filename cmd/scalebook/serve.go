package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/mcp"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/server"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/tracing"
)

type serveOptions struct {
	addr, opsAddr             string
	publicURL, frameAncestors string
	rateLimit                 float64
	config                    string
	noBundled, dev            bool
}

func (p Program) serveCommand(s *settings) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve pages and the API",
		Long: `Serve answers over HTTP. On an empty data directory it first ingests the reports and figures that come with the program.
It prints its address on stdout once it is ready, picks up what is ingested meanwhile, and stops on SIGINT or SIGTERM.
With --bucket and --config it publishes what it ingests; with --bucket alone it is one of any number of readers, which take reports
and the search index from there and measurements from InfluxDB.`,
		Example: `  scalebook serve
  scalebook serve --addr 127.0.0.1:0 --data /var/lib/scalebook
  scalebook serve --no-bundled --metrics influx
  scalebook serve --metrics influx --bucket 's3://scalebook?region=eu-central-1'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.serve(cmd.Context(), s, o) },
	}
	cmd.Flags().StringVar(&o.addr, "addr", p.env("ADDR", "127.0.0.1:8080"), "address to listen on; port 0 takes a free one")
	cmd.Flags().StringVar(&o.opsAddr, "ops-addr", p.env("OPS_ADDR", ""), "address for /health (a page), /metrics (Prometheus), /livez, /readyz and profiles; none by default")
	cmd.Flags().Float64Var(&o.rateLimit, "rate-limit", 0, "requests a second of one client, in bursts of ten times that; 0 is no limit")
	cmd.Flags().StringVar(&o.publicURL, "public-url", p.env("PUBLIC_URL", ""), "scheme and host under which the world sees this server")
	cmd.Flags().StringVar(&o.frameAncestors, "frame-ancestors", p.env("FRAME_ANCESTORS", ""), "who may embed pages, as in a Content-Security-Policy")
	cmd.Flags().StringVar(&o.config, "config", p.env("CONFIG", ""), "ingest the sources of this file when their schedules say so")
	cmd.Flags().StringVar(&s.bucket, "bucket", p.env("BUCKET", ""), "take reports and the search index from here, or with --config publish them: file:///FOLDER or s3://NAME?region=…")
	cmd.Flags().StringVar(&s.traces, "traces", p.env("TRACES", ""), "tell this OpenTelemetry collector (OTLP over HTTP, such as http://127.0.0.1:4318) where the time goes; nobody by default")
	s.fetches(cmd)
	cmd.Flags().BoolVar(&o.noBundled, "no-bundled", false, "serve only what was ingested")
	cmd.Flags().BoolVar(&o.dev, "dev", false, "also serve the design system's page")
	return cmd
}

func (p Program) serve(ctx context.Context, s *settings, o serveOptions) error {
	var sources ingest.Sources
	if o.config != "" {
		var err error
		if sources, err = ingest.ReadSources(o.config, kinds()); err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
	}
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", o.addr, plainNetError(err))
	}
	defer listener.Close()
	fresh := isFresh(s.data)
	read, publish, err := p.openBucket(ctx, s, o.config != "")
	if err != nil {
		return err
	}
	defer publish.Close()
	defer read.Close()
	w, err := openWorkspace(ctx, s)
	if err != nil {
		return err
	}
	defer w.Close()
	w.publish = publish
	log := slog.New(slog.NewTextHandler(p.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := w.trace(ctx, s.traces, log); err != nil {
		return err
	}
	if !o.noBundled && read == nil {
		if err := p.ingestBundled(ctx, w, fresh); err != nil {
			return err
		}
	}
	index, pages, err := p.openPages(ctx, w)
	if err != nil {
		return err
	}
	defer index.Close()
	running := &ingests{program: p, settings: s, workspace: w, sources: sources}
	ledger := tracing.Ledger(w.ledger)
	asks := query.Config{Ledger: ledger, KeepFailed: func(err error) { log.Error("forecast given and not kept", "error", err) }}
	if read == nil {
		asks.Keeper = w.given // a reader's would be gone with it
	}
	engine := query.New(asks)
	assistants := mcp.NewHandler(mcp.Config{Engine: engine, Index: index, Library: w.library, PublicURL: o.publicURL, Version: version()})
	cfg := server.Config{
		Ledger: ledger, Engine: engine, Library: w.library, Index: index, Glossary: w.glossary, Tracer: w.tracer,
		Templates: pages, PublicURL: o.publicURL, FrameAncestors: o.frameAncestors, Tokens: p.tokens(s.data, log),
		RateLimit: o.rateLimit, Upkeep: w.upkeep, Version: version(), Dev: o.dev, Logger: log, MCP: assistants,
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if read != nil {
		held, err := lock(s.data)
		if err != nil {
			return err
		}
		defer held.Close()
		cfg.Generations = read.generations
		go read.run(ctx, log)
	} else {
		cfg.Ingests = running
		go running.catchUp(ctx, log)
	}
	srv, err := server.New(cfg)
	if err != nil {
		return err
	}
	schedule := ingest.NewSchedule(ingest.ScheduleConfig{Sources: sources, Start: running.runDue, Logger: log})
	go schedule.Run(ctx)
	if o.opsAddr != "" {
		stop, err := serveOps(o.opsAddr, srv.Ops(), log)
		if err != nil {
			return err
		}
		defer stop()
	}
	go running.replay(ctx, log)
	go running.republish(ctx, log)
	go follow(ctx, w.library, index, read, log)
	go workAhead(ctx, w, engine, srv, log)
	fmt.Fprintf(p.Stdout, "serving http://%s\n", listener.Addr())
	return srv.Serve(ctx, listener)
}

// openPages opens what pages are made of beside a workspace: its index and the templates.
func (p Program) openPages(ctx context.Context, w *workspace) (*search.Index, *templates.Engine, error) {
	if err := w.recognize(ctx); err != nil {
		return nil, nil, err
	}
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	if err != nil {
		return nil, nil, err
	}
	index, err := p.openIndex(ctx, w)
	return index, pages, err
}

// serveOps serves telemetry on its own listener until stop is called.
func serveOps(addr string, handler http.Handler, log *slog.Logger) (stop func(), err error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, plainNetError(err))
	}
	ops := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := ops.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("operator's listener ended", "error", err)
		}
	}()
	return func() { _ = ops.Close() }, nil // nothing is lost with a scrape
}

// isFresh reports whether nothing was ever put into a data directory.
func isFresh(dir string) bool {
	for _, name := range []string{"ingest.db", "metrics.db", "library", "index"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
			return false
		}
	}
	return true
}

// ingestBundled brings the bundled content into a fresh data directory, and a newer program's into one that has it.
func (p Program) ingestBundled(ctx context.Context, w *workspace, fresh bool) error {
	if !fresh {
		sources, err := w.journal.Sources(ctx)
		if err != nil {
			return err
		}
		has := false
		for _, s := range sources {
			has = has || s.Source == bundledData
		}
		if !has {
			return nil
		}
	}
	held, err := lock(w.dir)
	if errors.Is(err, errInUse) && !fresh {
		return nil // somebody is ingesting; what is there can be served meanwhile
	}
	if err != nil {
		return err
	}
	defer held.Close()
	return p.run(ctx, w, bundled())
}

// followEvery is how soon a running server shows what another process ingested.
const followEvery = time.Second

// faults logs a fault that lasts once.
type faults struct {
	log  *slog.Logger
	said map[string]string
}

func newFaults(log *slog.Logger) faults { return faults{log, map[string]string{}} }

// hold notes how something went; what ended with ctx is no fault.
func (f faults) hold(ctx context.Context, fault string, err error) {
	switch {
	case err == nil:
		delete(f.said, fault)
	case ctx.Err() == nil && f.said[fault] != err.Error():
		f.said[fault] = err.Error()
		f.log.Error(fault, "error", err)
	}
}

// follow takes in what is ingested while a server runs, here or, with read, elsewhere.
func follow(ctx context.Context, library *content.Library, index *search.Index, read *replica, log *slog.Logger) {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	onDisk := int64(0) // the generation that was brought here last
	said := newFaults(log)
	for {
		_, failed := library.Reload(ctx)
		said.hold(ctx, "library not reloaded", failed)
		_, err := index.Refresh(ctx)
		said.hold(ctx, "search index not refreshed", err)
		if failed == nil && err == nil {
			read.complete(onDisk)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case staged := <-read.next():
			err := read.show(staged)
			said.hold(ctx, "generation not shown", err)
			if err == nil {
				onDisk = staged.Number()
			}
		}
	}
}

// workAhead makes srv ready for its first readers, and then keeps ready what follows from the ledger and the library. It may take long
// where much has come, so nothing that is to be shown waits for it.
func workAhead(ctx context.Context, w *workspace, engine *query.Engine, srv *server.Server, log *slog.Logger) {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	warmed, starting := "", true
	said := newFaults(log)
	for {
		state, err := w.ledger.State(ctx)
		said.hold(ctx, "ledger not read", err)
		if err == nil && state.ID != warmed {
			said.hold(ctx, "names not recognised", w.recognize(ctx))
			said.hold(ctx, "answers not computed ahead", engine.Warm(ctx))
			warmed = state.ID
		}
		said.hold(ctx, "numbers in reports not read", w.library.ReadCitations(ctx))
		if starting {
			starting = false
			go renderAhead(ctx, srv, log) // a busy machine may take long
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// renderAhead renders the first pages, and gives back the memory that starting took and an idle server does not need.
func renderAhead(ctx context.Context, srv *server.Server, log *slog.Logger) {
	if err := srv.RenderAhead(ctx); err != nil && ctx.Err() == nil {
		log.Error("pages not rendered ahead", "error", err)
	}
	debug.FreeOSMemory()
}

// plainNetError words the errors of listening that people meet.
func plainNetError(err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return errors.New("the port is in use")
	case errors.Is(err, syscall.EACCES):
		return errors.New("permission denied")
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
