package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// databases are the parts of a data directory that are copied through SQLite, so that a copy is of one moment.
var databases = []string{"metrics.db", "ingest.db", "forecasts.db"}

func (p Program) backupCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the ledger, the library, the record of ingests and the forecasts given to one file",
		Long: `Backup writes a gzipped tar archive while servers go on answering; an ingest has to wait. The search index is left out,
since restore makes it anew. Measurements kept in InfluxDB are backed up with InfluxDB's own tools.`,
		Example: `  scalebook backup scalebook-2026-01-31.tar.gz`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if s.metrics != "sqlite" {
				return fmt.Errorf("%w: backup is of --metrics sqlite; InfluxDB has its own tools", errUsage)
			}
			if isFresh(s.data) {
				return fmt.Errorf("data directory %s: there is nothing in it", s.data)
			}
			held, err := lock(s.data)
			if err != nil {
				return err
			}
			defer held.Close()
			return writeWhole(args[0], func(w io.Writer) error { return backup(cmd.Context(), s.data, w) })
		},
	}
}

// writeWhole writes a file under another name and renames it, so that a backup is there whole or not at all.
func writeWhole(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".backup-*")
	if err != nil {
		return fmt.Errorf("backup %s: %w", name, cause(err))
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("backup %s: %w", name, err)
			_ = os.Remove(f.Name()) // the error that is being returned says more
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func backup(ctx context.Context, dir string, w io.Writer) error {
	scratch, err := os.MkdirTemp("", "scalebook-backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	compressed := gzip.NewWriter(w)
	archive := tar.NewWriter(compressed)
	for _, name := range databases {
		source := filepath.Join(dir, name)
		if _, err := os.Stat(source); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := copyDatabase(ctx, source, filepath.Join(scratch, name)); err != nil {
			return err
		}
	}
	if err := archive.AddFS(os.DirFS(scratch)); err != nil {
		return err
	}
	library := filepath.Join(dir, "library")
	err = filepath.WalkDir(library, func(file string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && file == library {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		return addFile(archive, filepath.ToSlash(rel), file)
	})
	return errors.Join(err, archive.Close(), compressed.Close())
}

// copyDatabase copies an SQLite database as of one moment, its write-ahead log included.
func copyDatabase(ctx context.Context, from, to string) error {
	db, err := sql.Open("sqlite", from)
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}

func addFile(archive *tar.Writer, name, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: name, Mode: 0o644, Size: info.Size(), ModTime: info.ModTime(), Typeflag: tar.TypeReg}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(archive, f)
	return err
}

func (p Program) restoreCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:     "restore FILE",
		Short:   "Fill an empty data directory from a backup",
		Example: `  scalebook restore --data /var/lib/scalebook scalebook-2026-01-31.tar.gz`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.metrics != "sqlite" {
				return fmt.Errorf("%w: restore is into --metrics sqlite; InfluxDB has its own tools", errUsage)
			}
			if !isFresh(s.data) {
				return fmt.Errorf("data directory %s: it is not empty; restore into a new one", s.data)
			}
			held, err := lock(s.data)
			if err != nil {
				return err
			}
			defer held.Close()
			f, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("restore %s: %w", args[0], cause(err))
			}
			defer f.Close()
			if err := restore(s.data, f); err != nil {
				return fmt.Errorf("restore %s: %w", args[0], err)
			}
			w, err := openWorkspace(cmd.Context(), s)
			if err != nil {
				return err
			}
			defer w.Close()
			if err := w.recognize(cmd.Context()); err != nil {
				return err
			}
			return w.reindex(cmd.Context())
		},
	}
}

// errNotBackup says that an archive holds what a backup does not.
var errNotBackup = errors.New("not a backup of scalebook")

// restore unpacks a backup; nothing is written outside of dir, nor to other parts of it than a backup has.
func restore(dir string, r io.Reader) error {
	compressed, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotBackup, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	archive := tar.NewReader(compressed)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errNotBackup, err)
		}
		if header.Typeflag == tar.TypeDir {
			continue
		}
		if header.Typeflag != tar.TypeReg || !partOfBackup(header.Name) {
			return fmt.Errorf("%w: it has %q", errNotBackup, header.Name)
		}
		if err := unpack(root, header.Name, archive); err != nil {
			return fmt.Errorf("%s: %w", header.Name, err)
		}
	}
}

func partOfBackup(name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	for _, database := range databases {
		if name == database {
			return true
		}
	}
	return strings.HasPrefix(name, "library/")
}

func unpack(root *os.Root, name string, content io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}
