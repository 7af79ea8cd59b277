package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/fetch"
)

// defaultConfig is the configuration that names refer to where none is given.
const defaultConfig = "sources.yaml"

func (p Program) ingestCommand(s *settings) *cobra.Command {
	var (
		from, license      string
		config             string
		withBundled, force bool
		private            bool
	)
	cmd := &cobra.Command{
		Use:   "ingest [flags] [NAME…]\n  scalebook ingest --from LOCATION KIND",
		Short: "Bring what upstreams publish into the data directory",
		Long: `Ingest reads every source of a configuration, or the named ones; with --from it reads one source ad hoc: a folder, file,
archive, git repository or URL. What is already there stays as it is; good rows are kept and bad ones set aside.`,
		Example: `  scalebook ingest --from https://github.com/karlrupp/microprocessor-trend-data cpu-trends
  scalebook ingest --config sources.yaml
  scalebook ingest --config sources.yaml epoch-benchmarks`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			var jobs []ingest.Job
			switch {
			case from != "" && len(args) != 1:
				return fmt.Errorf("%w: --from LOCATION takes one KIND", errUsage)
			case from != "":
				jobs = []ingest.Job{{Name: sourceName(args[0], from), Kind: args[0], Location: from, Public: !private, License: license}}
			case config != "" || len(args) > 0:
				sources, err := ingest.ReadSources(cmp.Or(config, defaultConfig), kinds())
				if err != nil {
					return fmt.Errorf("configuration: %w", err)
				}
				if jobs, err = sources.Jobs(args...); err != nil {
					return fmt.Errorf("%w: %w", errUsage, err)
				}
			case !withBundled:
				return fmt.Errorf("%w: nothing to ingest: give --config FILE, --from LOCATION KIND or --bundled", errUsage)
			}
			if withBundled {
				jobs = append(bundled(), jobs...)
			}
			for i := range jobs {
				jobs[i].Force = force
			}
			return p.ingest(cmd.Context(), s, jobs)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "ingest one source from this folder, file, archive, git repository or URL")
	cmd.Flags().StringVar(&config, "config", "", "ingest the sources that this file lists, or the named ones; with names alone, "+defaultConfig)
	cmd.Flags().BoolVar(&withBundled, "bundled", false, "also ingest the reports and figures that come with the program")
	cmd.Flags().BoolVar(&force, "force", false, "read sources that have not changed, and accept one that lost most of its rows")
	cmd.Flags().BoolVar(&private, "private", false, "with --from: keep full texts from readers without the token")
	cmd.Flags().StringVar(&s.bucket, "bucket", p.env("BUCKET", ""), "publish the library and the search index here for readers: file:///FOLDER or s3://NAME?region=…")
	cmd.Flags().StringVar(&s.traces, "traces", p.env("TRACES", ""), "tell this OpenTelemetry collector (OTLP over HTTP, such as http://127.0.0.1:4318) where the time goes; nobody by default")
	s.fetches(cmd)
	cmd.Flags().StringVar(&license, "license", "", "with --from: licence of the source, shown with its reports")
	return cmd
}

// ingest runs jobs with the data directory locked.
func (p Program) ingest(ctx context.Context, s *settings, jobs []ingest.Job) error {
	held, err := lock(s.data)
	if err != nil {
		return err
	}
	defer held.Close()
	publish, err := openPublisher(ctx, s)
	if err != nil {
		return err
	}
	defer publish.Close()
	w, err := openWorkspace(ctx, s)
	if err != nil {
		return err
	}
	defer w.Close()
	w.publish = publish
	if err := w.trace(ctx, s.traces, slog.New(slog.NewTextHandler(p.Stderr, nil))); err != nil {
		return err
	}
	return p.run(ctx, w, jobs)
}

// run runs jobs in an open workspace and publishes what has changed; what went wrong is one error.
func (p Program) run(ctx context.Context, w *workspace, jobs []ingest.Job) (err error) {
	fetch.GuardGit()
	interrupted, err := w.journal.Behind(ctx)
	if err == nil && interrupted {
		err = w.library.Sweep()
	}
	if err != nil {
		return fmt.Errorf("what an interrupted ingest left: %w", err)
	}
	runner, err := w.runner(ingest.NewProgress(p.Stderr, terminal(p.Stderr)))
	if err != nil {
		return err
	}
	ctx, span := w.tracer.Begin(ctx, "ingest")
	defer func() { span.End(err) }()
	outcomes, err := runner.Run(ctx, jobs)
	if err != nil {
		return err
	}
	var failures []error
	for _, o := range outcomes {
		if o.Err != nil {
			failures = append(failures, o.Err)
		} else if broken := o.Broken(); broken != nil {
			failures = append(failures, fmt.Errorf("%s: %s: %w", o.Source, o.Summary(), broken))
		}
	}
	if err := w.publish.do(ctx); err != nil {
		failures = append(failures, fmt.Errorf("publish: %w", err))
	}
	return errors.Join(failures...)
}

// kinds are the kinds of sources that can be ingested.
func kinds() []string {
	names := []string{ingest.KindReports}
	for _, c := range connectors() {
		names = append(names, c.Kind())
	}
	return names
}
