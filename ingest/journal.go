package ingest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the embedded database's driver

	"github.com/scalebook/scalebook/metrics"
)

// Journal remembers, in ingest.db, what was read of each source: its version, the rows that were in it, what was
// quarantined, and how each run went. It can be lost without losing a measurement: the next run reads everything anew.
type Journal struct {
	db  *sql.DB
	dir string // holds the lists of keys of sources too large for the database
}

// journalVersion is that of the schema. A journal of another version is begun anew, which costs a reading of every source.
const journalVersion = 2

const journalSchema = `
CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE checkpoint (source TEXT PRIMARY KEY, kind TEXT, location TEXT, version TEXT NOT NULL, parser TEXT NOT NULL, read_at INTEGER NOT NULL,
	quarantined INTEGER NOT NULL, keys TEXT NOT NULL);
CREATE TABLE pending (source TEXT PRIMARY KEY, version TEXT NOT NULL, at INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE manifest (source TEXT, metric TEXT, subject TEXT, setting TEXT, publisher TEXT, time INTEGER,
	PRIMARY KEY (source, metric, subject, setting, publisher, time)) WITHOUT ROWID;
CREATE TABLE feed (source TEXT, hash INTEGER, metric TEXT, publisher TEXT, PRIMARY KEY (source, hash)) WITHOUT ROWID;
CREATE TABLE release (subject TEXT, source TEXT, released INTEGER, PRIMARY KEY (subject, source)) WITHOUT ROWID;
CREATE TABLE quarantine (source TEXT, file TEXT, row INTEGER, col TEXT, value TEXT, reason TEXT, tolerated INTEGER, seen_at INTEGER);
CREATE INDEX quarantine_source ON quarantine (source);
CREATE TABLE run (id INTEGER PRIMARY KEY, source TEXT, kind TEXT, location TEXT, version TEXT, started_at INTEGER, finished_at INTEGER,
	result TEXT, error TEXT, added INTEGER, revised INTEGER, withdrawn INTEGER, unchanged INTEGER, quarantined INTEGER, reports INTEGER);
`

// OpenJournal opens or creates the journal at path.
func OpenJournal(ctx context.Context, path string) (*Journal, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=busy_timeout(5000)&_pragma=synchronous(normal)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", path, err)
	}
	db.SetMaxOpenConns(4)
	if err := prepare(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("journal %s: %w", path, err), db.Close())
	}
	return &Journal{db: db, dir: filepath.Join(filepath.Dir(path), "ingest-keys")}, nil
}

// prepare makes the tables, and makes those of another version anew.
func prepare(ctx context.Context, db *sql.DB) error {
	var version int
	if err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	if version == journalVersion {
		return nil
	}
	return inTransaction(ctx, db, func(exec executor) {
		for _, table := range []string{"note", "checkpoint", "pending", "manifest", "feed", "release", "quarantine", "run"} {
			exec(`DROP TABLE IF EXISTS ` + table)
		}
		exec(journalSchema)
		exec(fmt.Sprintf(`PRAGMA user_version = %d`, journalVersion))
	})
}

// executor runs a statement unless one before it failed.
type executor func(query string, args ...any)

func inTransaction(ctx context.Context, db *sql.DB, do func(executor)) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	do(func(query string, args ...any) {
		if err == nil {
			_, err = tx.ExecContext(ctx, query, args...)
		}
	})
	if err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes the journal.
func (j *Journal) Close() error { return j.db.Close() }

// Notes that the journal keeps.
const (
	noteLedger  = "ledger"  // the ledger's state after the last run
	noteReindex = "reindex" // set while something was written that the index doesn't have yet
)

func (j *Journal) note(ctx context.Context, key string) (string, error) {
	var value string
	err := j.db.QueryRowContext(ctx, `SELECT value FROM note WHERE key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

func (j *Journal) setNote(ctx context.Context, key, value string) error {
	_, err := j.db.ExecContext(ctx, `INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}

// Behind reports whether something was written that the search index doesn't have: while an ingest is under way, and after one that was
// interrupted, until the next has brought the index up to date.
func (j *Journal) Behind(ctx context.Context) (bool, error) {
	written, err := j.note(ctx, noteReindex)
	return written != "", err
}

// follow compares the ledger with what the journal last knew of it. A ledger that was emptied, restored from a backup or
// exchanged for another has not read what the journal says was read, so every source of measurements is read again. An
// interrupted run explains a difference, except that an empty ledger has nothing of it.
func (j *Journal) follow(ctx context.Context, state metrics.State) error {
	known, err := j.note(ctx, noteLedger)
	if err != nil || known == state.ID {
		return err
	}
	var interrupted int
	if err := j.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM pending`).Scan(&interrupted); err != nil {
		return err
	}
	if interrupted > 0 && !state.RecordedAt.IsZero() {
		return nil
	}
	return inTransaction(ctx, j.db, func(exec executor) {
		exec(`UPDATE checkpoint SET version = '' WHERE kind != ?`, KindReports)
		exec(`DELETE FROM pending`)
	})
}

// checkpoint is how far a source was read.
type checkpoint struct {
	Kind, Location  string
	Version, Parser string
	Keys            string // file that lists the keys of the source's rows, if they are not in the manifest
}

func (j *Journal) checkpoint(ctx context.Context, source string) (checkpoint, error) {
	var c checkpoint
	err := j.db.QueryRowContext(ctx, `SELECT kind, location, version, parser, keys FROM checkpoint WHERE source = ?`, source).
		Scan(&c.Kind, &c.Location, &c.Version, &c.Parser, &c.Keys)
	if errors.Is(err, sql.ErrNoRows) {
		return checkpoint{}, nil
	}
	return c, err
}

// begun is a run that has started to write.
type begun struct {
	at   time.Time // under which its rows are recorded
	done int64     // rows that an interrupted run of the same version appended
}

// begin returns the instant under which a run of this version is recorded: that of an interrupted run of the same
// version, so that its two halves are one run in the ledger, else now.
func (j *Journal) begin(ctx context.Context, source, version string, now time.Time) (begun, error) {
	var at, done int64
	err := j.db.QueryRowContext(ctx, `SELECT at, done FROM pending WHERE source = ? AND version = ?`, source, version).Scan(&at, &done)
	if err == nil {
		return begun{time.UnixMicro(at).UTC(), done}, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return begun{}, err
	}
	_, err = j.db.ExecContext(ctx, `INSERT INTO pending (source, version, at) VALUES (?, ?, ?)
		ON CONFLICT (source) DO UPDATE SET version = excluded.version, at = excluded.at, done = 0`, source, version, now.UnixMicro())
	return begun{at: now}, err
}

// progress notes how many rows of an unfinished run are in the ledger.
func (j *Journal) progress(ctx context.Context, source string, done int64) error {
	_, err := j.db.ExecContext(ctx, `UPDATE pending SET done = ? WHERE source = ?`, done, source)
	return err
}

// reading is what was read of a source, as commit keeps it.
type reading struct {
	checkpoint
	at       time.Time
	rows     map[manifestRow]bool // nil leaves the manifest as it is
	feeds    map[uint64]feedName
	released map[string]time.Time // subjects that the source dates
	rejected rejections
}

// commit makes a source's new state the one that counts, in one transaction.
func (j *Journal) commit(ctx context.Context, source string, r reading) error {
	return inTransaction(ctx, j.db, func(exec executor) {
		exec(`INSERT INTO checkpoint (source, kind, location, version, parser, read_at, quarantined, keys) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source) DO UPDATE SET kind = excluded.kind, location = excluded.location, version = excluded.version, parser = excluded.parser,
			read_at = excluded.read_at, quarantined = excluded.quarantined, keys = excluded.keys`,
			source, r.Kind, r.Location, r.Version, r.Parser, r.at.Unix(), r.rejected.total, r.Keys)
		exec(`DELETE FROM pending WHERE source = ?`, source)
		if r.rows != nil {
			exec(`DELETE FROM manifest WHERE source = ?`, source)
			for row := range r.rows {
				exec(`INSERT INTO manifest (source, metric, subject, setting, publisher, time) VALUES (?, ?, ?, ?, ?, ?)`,
					source, row.Metric, row.Subject, row.Setting, row.Publisher, row.Time)
			}
		}
		exec(`DELETE FROM feed WHERE source = ?`, source)
		for hash, f := range r.feeds {
			exec(`INSERT INTO feed (source, hash, metric, publisher) VALUES (?, ?, ?, ?)`, source, int64(hash), f.metric, f.publisher)
		}
		exec(`DELETE FROM release WHERE source = ?`, source)
		for subject, t := range r.released {
			exec(`INSERT INTO release (subject, source, released) VALUES (?, ?, ?)`, subject, source, t.Unix())
		}
		exec(`DELETE FROM quarantine WHERE source = ?`, source)
		for _, q := range r.rejected.rows {
			exec(`INSERT INTO quarantine (source, file, row, col, value, reason, tolerated, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				source, q.File, q.Row, q.Column, q.Value, q.Reason, q.Tolerated, r.at.Unix())
		}
	})
}
