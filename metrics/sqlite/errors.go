package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/scalebook/scalebook/metrics"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// explain wraps an error of the database with what was being done to which ledger, and with the sentinel that says what
// can be done about it.
func (s *Store) explain(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil { // SQLite says "interrupted"
		return fmt.Errorf("ledger %s: %s: %w", s.path, doing, ctx.Err())
	}
	for _, known := range []error{metrics.ErrUnknownMetric, metrics.ErrUnknownSubject, metrics.ErrInvalid} {
		if errors.Is(err, known) {
			return err
		}
	}
	if errors.Is(err, metrics.ErrDamaged) {
		return fmt.Errorf("ledger %s: %s: %w", s.path, doing, err)
	}
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return fmt.Errorf("ledger %s: %s: %w", s.path, doing, err)
	}
	switch se.Code() & 0xff { // the primary code; the rest says more of the same
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("ledger %s: %s: %w: %w", s.path, doing, metrics.ErrDamaged, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("ledger %s: %s: %w: another process is writing to it", s.path, doing, metrics.ErrUnavailable)
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("ledger %s: %s: %w: %w", s.path, doing, metrics.ErrUnavailable, err)
	}
	return fmt.Errorf("ledger %s: %s: %w", s.path, doing, err)
}
