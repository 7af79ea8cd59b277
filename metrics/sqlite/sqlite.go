// Package sqlite keeps the ledger of measurements in one SQLite file, inside the process and without cgo.
//
// One connection writes, several read; write-ahead logging lets them work at once, and processes too. A write is one
// transaction, synced to disk before it is acknowledged. Revisions are rows of integers that are never changed: their
// strings are kept once in a dictionary, and a second table points at the newest revision of each key. Each row carries a
// checksum, and the content as a whole a fingerprint, both verified by [Store.Check].
package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/scalebook/scalebook/metrics"
	_ "modernc.org/sqlite" // the database/sql driver
)

// Config says where the ledger is.
type Config struct {
	// Path of the database file, created where missing in a folder that exists.
	Path string
	// Readers is the number of connections that read at once; 0 means one per processor, at least four.
	Readers int
}

// Store is a [metrics.Ledger] in a SQLite file.
type Store struct {
	path  string
	write *sql.DB // one connection
	read  *sql.DB
	stmts statements
	texts dictionary // as committed, for readers

	writing sync.Mutex          // held from the beginning to the end of a write; guards what follows
	numbers map[string]int64    // the writer's dictionary
	reach   metrics.Reach       // of the series, as long as the ledger is as left
	left    metrics.Fingerprint // of the ledger after this process last wrote
}

var _ metrics.Ledger = (*Store)(nil)

// Open opens the ledger at cfg.Path, creating or migrating it first. A file that is not a ledger, was written by a newer
// scalebook or is damaged is refused with [metrics.ErrDamaged]; one that can't be read or written with
// [metrics.ErrUnavailable].
func Open(ctx context.Context, cfg Config) (*Store, error) {
	readers := cfg.Readers
	if readers == 0 {
		readers = max(4, runtime.GOMAXPROCS(0))
	}
	path, err := filepath.Abs(cfg.Path)
	if err != nil {
		return nil, fmt.Errorf("ledger %s: %w", cfg.Path, err)
	}
	if err := inspect(path); err != nil {
		return nil, err
	}
	s := &Store{path: path, numbers: map[string]int64{}}
	if s.write, err = sql.Open("sqlite", dsn(path, "_txlock=immediate")); err != nil {
		return nil, s.explain(ctx, "open", err)
	}
	s.write.SetMaxOpenConns(1)
	if err := migrate(ctx, s.write); err != nil {
		s.write.Close()
		return nil, s.explain(ctx, "open", err)
	}
	if s.read, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		s.write.Close()
		return nil, s.explain(ctx, "open", err)
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return s, nil
}

// Close releases the file. Calls under way are ended.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.stmts.close()
	readErr := s.read.Close()
	if err := s.write.Close(); err != nil {
		return fmt.Errorf("close ledger %s: %w", s.path, err)
	}
	if readErr != nil {
		return fmt.Errorf("close ledger %s: %w", s.path, readErr)
	}
	return nil
}

// dsn names the file to the driver. Pragmas are per connection, hence here.
func dsn(path string, extra string) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	u.RawQuery = extra + "&_pragma=busy_timeout(15000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)" +
		"&_pragma=cache_size(-65536)&_pragma=temp_store(memory)"
	return u.String()
}

// inspect refuses what SQLite would explain badly: a folder, a missing parent, a file that isn't a database.
func inspect(path string) error {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		if parent, err := os.Stat(filepath.Dir(path)); err != nil || !parent.IsDir() {
			return fmt.Errorf("%w: ledger %s: its folder does not exist", metrics.ErrUnavailable, path)
		}
		return nil
	case err != nil:
		return fmt.Errorf("%w: ledger %s: %w", metrics.ErrUnavailable, path, err)
	case info.IsDir():
		return fmt.Errorf("%w: ledger %s is a folder", metrics.ErrUnavailable, path)
	case info.Size() == 0:
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%w: ledger %s: %w", metrics.ErrUnavailable, path, err)
	}
	defer f.Close()
	magic := make([]byte, len(header))
	if n, _ := f.Read(magic); string(magic[:n]) != header {
		return fmt.Errorf("%w: %s is not a ledger of scalebook: it does not begin like a SQLite database", metrics.ErrDamaged, path)
	}
	return nil
}

// header is how every SQLite 3 file begins; https://www.sqlite.org/fileformat.html#the_database_header
const header = "SQLite format 3\x00"
