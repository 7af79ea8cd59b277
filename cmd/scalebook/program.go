package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// Program is one run of the command, with everything it touches named, so that a test can run it whole.
type Program struct {
	Args   []string
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
}

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUsage marks a command line that can't be read.
var errUsage = errors.New("usage")

// Run runs the command line and returns the exit code. A failure is one line on stderr.
func (p Program) Run(ctx context.Context) int {
	root := p.root()
	root.SetArgs(p.Args)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(p.Stderr, "scalebook: interrupted")
		return exitFailed
	}
	fmt.Fprintln(p.Stderr, "scalebook: "+oneLine(err.Error()))
	if errors.Is(err, errUsage) {
		return exitUsage
	}
	return exitFailed
}

// oneLine keeps a message on a line of its own, whatever a library put into it.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// settings are what every command takes: a flag, or the variable SCALEBOOK_NAME.
type settings struct {
	data    string
	metrics string
	bucket  string // where generations are published or taken from; empty for neither
	traces  string // address of a collector of traces; empty for none
	largest uint32 // MiB that one source may send
	influx  influxSettings
}

type influxSettings struct{ url, token, org, bucket string }

func (p Program) root() *cobra.Command {
	s := &settings{influx: influxSettings{
		url: p.env("INFLUX_URL", "http://127.0.0.1:8086"), token: p.env("INFLUX_TOKEN", ""),
		org: p.env("INFLUX_ORG", "scalebook"), bucket: p.env("INFLUX_BUCKET", "scalebook"),
	}}
	root := &cobra.Command{
		Use:           "scalebook",
		Short:         "Reports and measurements on how AI scales, searchable and queryable",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVar(&s.data, "data", p.env("DATA", "data"), "data directory")
	root.PersistentFlags().StringVar(&s.metrics, "metrics", p.env("METRICS", "sqlite"), "where measurements are kept: sqlite or influx")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w: %w", errUsage, err) })
	root.AddCommand(p.serveCommand(s), p.ingestCommand(s), p.searchCommand(s), p.trendCommand(s), p.exportCommand(s), p.mcpCommand(s), p.backupCommand(s), p.restoreCommand(s), p.tokenCommand(s), p.doctorCommand(s), p.healthCommand(), p.manualCommand())
	for _, c := range root.Commands() {
		if check := c.Args; check != nil {
			c.Args = func(cmd *cobra.Command, args []string) error {
				if err := check(cmd, args); err != nil {
					return fmt.Errorf("%w: %w", errUsage, err)
				}
				return nil
			}
		}
	}
	return root
}

// env reads SCALEBOOK_NAME.
func (p Program) env(name, def string) string {
	if v := p.Getenv("SCALEBOOK_" + name); v != "" {
		return v
	}
	return def
}

// fetches adds the flag that bounds what a source may send.
func (s *settings) fetches(cmd *cobra.Command) {
	cmd.Flags().Uint32Var(&s.largest, "max-download", 1024, "MiB that one source may send, a git repository with its history")
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	return v
}

// terminal reports whether w is a terminal, where progress may redraw itself.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
