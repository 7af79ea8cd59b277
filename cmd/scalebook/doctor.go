package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/search"
)

func (p Program) doctorCommand(s *settings) *cobra.Command {
	var ofReports bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check stores, index and library",
		Long: `Doctor reads everything in the data directory, verifies what carries a checksum, and says what is wrong and how to mend it.
It exits with 1 if something needs mending. Quarantined rows, unresolved names and lint are listed, and are no failure.`,
		Example: `  scalebook doctor
  scalebook doctor --reports`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if isFresh(s.data) {
				return fmt.Errorf("data directory %s: there is nothing in it; `scalebook serve` fills it", s.data)
			}
			w, err := openWorkspace(cmd.Context(), s)
			var broken *partError
			if errors.As(err, &broken) {
				p.report(broken.part, "", broken.err)
				return fmt.Errorf("data directory %s: its %s can't be opened", s.data, broken.part)
			}
			if err != nil {
				return err
			}
			defer w.Close()
			if ofReports {
				return p.lint(cmd.Context(), w)
			}
			return p.examine(cmd.Context(), w)
		},
	}
	cmd.Flags().BoolVar(&ofReports, "reports", false, "list what was repaired in reports, or could not be: file, line, rule, message")
	return cmd
}

// checker is a ledger that can verify itself.
type checker interface {
	Check(ctx context.Context) error
}

// Parts of a data directory.
const (
	partLedger    = "ledger"
	partIndex     = "index"
	partLibrary   = "library"
	partJournal   = "journal"
	partForecasts = "forecasts"
	partTokens    = "tokens"
	partSpool     = "spool"
)

// partError says which part of a data directory can't be opened.
type partError struct {
	part string
	err  error
}

func (e *partError) Error() string { return e.err.Error() }

func (e *partError) Unwrap() error { return e.err }

// mend says how a part is mended.
func mend(part string) string {
	switch part {
	case partLedger:
		return "restore metrics.db from a backup, or remove it and run `scalebook ingest` again for every source"
	case partIndex:
		return "`scalebook serve` brings it up to date, or builds it anew from the library and the ledger, when it starts; so does the next `scalebook ingest`. Or remove the index folder and run `scalebook ingest --force`"
	case partLibrary:
		return "remove the source's folder in library and ingest the source again with --force"
	case partSpool:
		return "start InfluxDB or make room for it; `scalebook serve` and the next `scalebook ingest` write what waits. If a record is damaged, remove the spool folder and run `scalebook ingest --force`"
	case partTokens:
		return "remove tokens.json and make new tokens with `scalebook token add`"
	case partForecasts:
		return "restore forecasts.db from a backup, or remove it; the forecasts that were given are lost then, and new ones are kept"
	}
	return "remove ingest.db; the next ingest reads every source anew and changes nothing that is already there"
}

// report prints what was found of a part, or what is wrong with it and how to mend it.
func (p Program) report(part, finding string, err error) {
	if err == nil {
		fmt.Fprintf(p.Stdout, "ok     %s: %s\n", part, finding)
		return
	}
	fmt.Fprintf(p.Stdout, "wrong  %s: %s\n       mend: %s\n", part, oneLine(err.Error()), mend(part))
}

// checkBlobs compares the files of the library with their names, which are the SHA-256 of what is in them.
func checkBlobs(ctx context.Context, dir string) error {
	var damaged []error
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		name := entry.Name()
		if want, err := hex.DecodeString(name); err != nil || len(want) != sha256.Size || !entry.Type().IsRegular() {
			return ctx.Err()
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != name {
			damaged = append(damaged, fmt.Errorf("%s is not what was ingested", path))
		}
		return ctx.Err()
	})
	return errors.Join(append(damaged, err)...)
}

// examine checks each part and reports on all of them, whatever is wrong with one.
func (p Program) examine(ctx context.Context, w *workspace) error {
	wrong := 0
	say := func(part, finding string, err error) {
		if err != nil {
			wrong++
		}
		p.report(part, finding, err)
	}
	found, err := describeLedger(ctx, w)
	say(partLedger, found, err)
	found, err = w.describeIndex(ctx)
	say(partIndex, found, err)
	say(partLibrary, describeLibrary(w.library), checkBlobs(ctx, filepath.Join(w.dir, "library")))
	given, err := w.given.Check(ctx)
	say(partForecasts, fmt.Sprintf("%d kept", given), err)
	if w.spool != nil {
		found, err = w.describeSpool()
		say(partSpool, found, errors.Join(err, p.reportRejected(w)))
	}
	found, err = describeTokens(w.dir)
	say(partTokens, found, err)
	if err := p.reportSources(ctx, w); err != nil {
		say(partJournal, "", err)
	}
	if wrong > 0 {
		return fmt.Errorf("data directory %s: %d of its parts need mending", w.dir, wrong)
	}
	return nil
}

func describeLedger(ctx context.Context, w *workspace) (string, error) {
	if c, ok := w.ledger.(checker); ok {
		if err := c.Check(ctx); err != nil {
			return "", err
		}
	}
	counts, err := w.ledger.Counts(ctx)
	if err != nil {
		return "", err
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	state, err := w.ledger.State(ctx)
	return fmt.Sprintf("%d observations of %d metrics, state %.12s", total, len(counts), state.ID), err
}

func (w *workspace) describeIndex(ctx context.Context) (string, error) {
	behind, err := w.journal.Behind(ctx)
	if err != nil {
		return "", err
	}
	if behind && w.idle() {
		return "", errors.New("an ingest was interrupted before the index had what it wrote: searches answer as before it")
	}
	index, err := search.Open(search.Config{Dir: w.indexDir(), Glossary: w.glossary})
	if err != nil {
		return "", err
	}
	defer index.Close()
	if index.Generation() == "" && len(w.library.Reports()) > 0 {
		return "", errors.New("there are reports and no index")
	}
	return fmt.Sprintf("generation %s, %d documents", index.Generation(), index.Documents()), nil
}

// idle reports whether no process writes to the data directory.
func (w *workspace) idle() bool {
	held, err := lock(w.dir)
	return err == nil && held.Close() == nil
}

func describeLibrary(l *content.Library) string {
	aside := 0
	for _, s := range l.Sources() {
		aside += len(s.SetAside)
	}
	return fmt.Sprintf("%d reports of %d sources, %d files set aside", len(l.Reports()), len(l.Sources()), aside)
}

// listed is how many quarantined rows and unresolved names are shown.
const listed = 20

func (p Program) reportSources(ctx context.Context, w *workspace) error {
	sources, err := w.journal.Sources(ctx)
	if err != nil {
		return err
	}
	for _, s := range sources {
		fmt.Fprintf(p.Stdout, "       source %s (%s): read %s, %d rows quarantined\n", s.Source, s.Kind, s.ReadAt.Format("2006-01-02 15:04"), s.Rejected)
	}
	rows, err := w.journal.Quarantine(ctx, listed)
	if err != nil {
		return err
	}
	for _, r := range rows {
		fmt.Fprintf(p.Stdout, "       quarantined: %s: %s\n", r.Source, r.Rejected)
	}
	i := ingests{workspace: w}
	unresolved, err := i.Unresolved(ctx, listed)
	if err != nil {
		return err
	}
	for _, u := range unresolved {
		fmt.Fprintf(p.Stdout, "       unresolved: %s (%s), %d observations; add it to %s/subjects.csv or aliases.csv\n", u.Subject, u.Name, u.Observations, w.dir)
	}
	return nil
}

// lint lists what the reports' translators could mend: every repair and problem, in both languages.
func (p Program) lint(ctx context.Context, w *workspace) error {
	for _, f := range w.library.Findings() {
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(p.Stdout, "%s/%s:%d: %s: %s / %s\n", f.Source, f.Path, f.Line, f.Rule, f.Text().Ko, f.Text().En)
	}
	return nil
}
