// Package forecasts keeps the forecasts that were given in a small database of its own, so that they can be scored when
// the data arrive. The ledger holds what was measured; a forecast is not.
package forecasts

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "modernc.org/sqlite" // the embedded database's driver

	"github.com/scalebook/scalebook/query"
)

const schema = `CREATE TABLE IF NOT EXISTS forecast (
	revision TEXT, question TEXT, at INTEGER, given_at INTEGER, metric TEXT, of TEXT, fit TEXT, estimator TEXT,
	confidence REAL, last INTEGER, value REAL, low REAL, high REAL,
	PRIMARY KEY (question, at, revision)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS forecast_metric ON forecast (metric, given_at)`

// Store is the database. It is safe for concurrent use, by several processes too.
type Store struct {
	db  *sql.DB
	cfg Config
}

// Config says where forecasts are kept, and how many. Anybody may ask for a forecast, so what is kept is bounded; those
// that were given first stay, so that nobody can push one out.
type Config struct {
	Path        string
	PerMetric   int // in all; 2,000 if zero
	PerRevision int // of one metric from one state of the data; 100 if zero
}

// Open opens or creates the database.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	db, err := sql.Open("sqlite", "file:"+cfg.Path+"?_pragma=journal_mode(wal)&_pragma=busy_timeout(5000)&_pragma=synchronous(normal)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("forecasts %s: %w", cfg.Path, err)
	}
	db.SetMaxOpenConns(2)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("forecasts %s: %w", cfg.Path, err), db.Close())
	}
	cfg.PerMetric, cfg.PerRevision = cmp.Or(cfg.PerMetric, 2000), cmp.Or(cfg.PerRevision, 100)
	return &Store{db: db, cfg: cfg}, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Check verifies the database and counts the forecasts in it.
func (s *Store) Check(ctx context.Context) (n int, err error) {
	var found string
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return 0, fmt.Errorf("check forecasts: %w", err)
	}
	if found != "ok" {
		return 0, fmt.Errorf("check forecasts: %s", found)
	}
	if err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM forecast").Scan(&n); err != nil {
		return 0, fmt.Errorf("count forecasts: %w", err)
	}
	return n, nil
}

// Keep implements [query.Keeper]. Past a limit nothing more is kept, and nothing is said of it.
func (s *Store) Keep(ctx context.Context, forecasts []query.KeptForecast) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("keep forecasts: %w", err)
	}
	defer tx.Rollback() // does nothing after the commit
	type state struct{ metric, revision string }
	room := map[state]int{}
	for _, f := range forecasts {
		of := state{f.Metric, f.Revision}
		if _, counted := room[of]; !counted {
			var all, here int
			if err := tx.QueryRowContext(ctx, "SELECT count(*), count(*) FILTER (WHERE revision = ?) FROM forecast WHERE metric = ?", f.Revision, f.Metric).Scan(&all, &here); err != nil {
				return fmt.Errorf("count the forecasts of %s: %w", f.Metric, err)
			}
			room[of] = min(s.cfg.PerMetric-all, s.cfg.PerRevision-here)
		}
		if room[of] <= 0 {
			continue
		}
		done, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO forecast VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			f.Revision, f.Question, f.At.Unix(), f.GivenAt.UnixNano(), f.Metric, f.Of, f.Fit, f.Estimator, f.Confidence, f.Last.Unix(), f.Value, f.Low, f.High)
		if err != nil {
			return fmt.Errorf("keep a forecast of %s: %w", f.Metric, err)
		}
		kept, err := done.RowsAffected()
		if err != nil {
			return fmt.Errorf("keep a forecast of %s: %w", f.Metric, err)
		}
		room[of] -= int(kept)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("keep forecasts: %w", err)
	}
	return nil
}

// Kept implements [query.Keeper].
func (s *Store) Kept(ctx context.Context, metric string) ([]query.KeptForecast, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT revision, question, at, given_at, metric, of, fit, estimator, confidence, last, value, low, high
		FROM forecast WHERE ?1 = '' OR metric = ?1 ORDER BY given_at DESC, metric, question, at`, metric)
	if err != nil {
		return nil, fmt.Errorf("read forecasts: %w", err)
	}
	defer rows.Close()
	var out []query.KeptForecast
	for rows.Next() {
		var at, given, last int64
		var f query.KeptForecast
		if err := rows.Scan(&f.Revision, &f.Question, &at, &given, &f.Metric, &f.Of, &f.Fit, &f.Estimator, &f.Confidence, &last, &f.Value, &f.Low, &f.High); err != nil {
			return nil, fmt.Errorf("read forecasts: %w", err)
		}
		f.At, f.GivenAt, f.Last = time.Unix(at, 0).UTC(), time.Unix(0, given).UTC(), time.Unix(last, 0).UTC()
		out = append(out, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read forecasts: %w", err)
	}
	return out, nil
}
