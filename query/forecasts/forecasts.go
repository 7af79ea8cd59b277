// Package forecasts keeps the forecasts that were given in a small database of its own, so that they can be scored when
// the data arrive. The ledger holds what was measured; a forecast is not.
package forecasts

import (
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
	db    *sql.DB
	limit int
}

// Config says where forecasts are kept.
type Config struct {
	Path string
	// Limit bounds the forecasts kept of one metric, since anybody may ask for one; 2,000 if zero. Those that were given first stay.
	Limit int
}

// Open opens or creates the database.
func Open(ctx context.Context, c Config) (*Store, error) {
	db, err := sql.Open("sqlite", "file:"+c.Path+"?_pragma=journal_mode(wal)&_pragma=busy_timeout(5000)&_pragma=synchronous(normal)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("forecasts %s: %w", c.Path, err)
	}
	db.SetMaxOpenConns(2)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("forecasts %s: %w", c.Path, err), db.Close())
	}
	if c.Limit == 0 {
		c.Limit = 2000
	}
	return &Store{db: db, limit: c.Limit}, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Keep implements [query.Keeper]. Past the limit of a metric nothing more is kept.
func (s *Store) Keep(ctx context.Context, forecasts []query.KeptForecast) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("keep forecasts: %w", err)
	}
	defer tx.Rollback() // does nothing after the commit
	for _, f := range forecasts {
		_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO forecast
			SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM forecast WHERE metric = ?) < ?`,
			f.Revision, f.Question, f.At.Unix(), f.GivenAt.UnixNano(), f.Metric, f.Of, f.Fit, f.Estimator, f.Confidence, f.Last.Unix(),
			f.Value, f.Low, f.High, f.Metric, s.limit)
		if err != nil {
			return fmt.Errorf("keep a forecast of %s: %w", f.Metric, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("keep forecasts: %w", err)
	}
	return nil
}

// Kept implements [query.Keeper].
func (s *Store) Kept(ctx context.Context, metric string) ([]query.KeptForecast, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT revision, question, at, given_at, metric, of, fit, estimator, confidence, last, value, low, high
		FROM forecast WHERE ?1 = '' OR metric = ?1 ORDER BY given_at, metric, question, at`, metric)
	if err != nil {
		return nil, fmt.Errorf("read forecasts: %w", err)
	}
	defer rows.Close()
	var out []query.KeptForecast
	for rows.Next() {
		var at, given, last int64
		f := query.KeptForecast{Bounded: true}
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
