package ingest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "modernc.org/sqlite" // the embedded database's driver
)

// Journal remembers, in ingest.db, what was read of each source: its version, the rows that were in it, what was
// quarantined, and how each run went. It can be lost without losing a measurement: the next run reads everything anew.
type Journal struct{ db *sql.DB }

const journalSchema = `
CREATE TABLE IF NOT EXISTS checkpoint (source TEXT PRIMARY KEY, kind TEXT, location TEXT, version TEXT NOT NULL, parser TEXT NOT NULL DEFAULT '', read_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS pending (source TEXT PRIMARY KEY, version TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS manifest (source TEXT, metric TEXT, subject TEXT, setting TEXT, publisher TEXT, time INTEGER,
	PRIMARY KEY (source, metric, subject, setting, publisher, time)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine (source TEXT, file TEXT, row INTEGER, col TEXT, value TEXT, reason TEXT, tolerated INTEGER, seen_at INTEGER);
CREATE INDEX IF NOT EXISTS quarantine_source ON quarantine (source);
CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY, source TEXT, kind TEXT, location TEXT, version TEXT, started_at INTEGER, finished_at INTEGER,
	result TEXT, error TEXT, added INTEGER, revised INTEGER, withdrawn INTEGER, unchanged INTEGER, quarantined INTEGER, reports INTEGER);
`

// OpenJournal opens or creates the journal at path.
func OpenJournal(ctx context.Context, path string) (*Journal, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=busy_timeout(5000)&_pragma=synchronous(normal)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", path, err)
	}
	db.SetMaxOpenConns(4)
	if _, err := db.ExecContext(ctx, journalSchema); err != nil {
		return nil, errors.Join(fmt.Errorf("journal %s: %w", path, err), db.Close())
	}
	return &Journal{db: db}, nil
}

// Close closes the journal.
func (j *Journal) Close() error { return j.db.Close() }

// checkpoint is how far a source was read.
type checkpoint struct{ Version, Parser string }

func (j *Journal) checkpoint(ctx context.Context, source string) (checkpoint, error) {
	var c checkpoint
	err := j.db.QueryRowContext(ctx, `SELECT version, parser FROM checkpoint WHERE source = ?`, source).Scan(&c.Version, &c.Parser)
	if errors.Is(err, sql.ErrNoRows) {
		return checkpoint{}, nil
	}
	return c, err
}

// begin returns the instant under which a run of this version is recorded: that of an interrupted run of the same
// version, so that its two halves are one run in the ledger, else now.
func (j *Journal) begin(ctx context.Context, source, version string, now time.Time) (time.Time, error) {
	var at int64
	err := j.db.QueryRowContext(ctx, `SELECT at FROM pending WHERE source = ? AND version = ?`, source, version).Scan(&at)
	if err == nil {
		return time.UnixMicro(at).UTC(), nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, err
	}
	_, err = j.db.ExecContext(ctx, `INSERT INTO pending (source, version, at) VALUES (?, ?, ?)
		ON CONFLICT (source) DO UPDATE SET version = excluded.version, at = excluded.at`, source, version, now.UnixMicro())
	return now, err
}

// manifestRow is the key of a row that a source listed when it was last read.
type manifestRow struct {
	Metric, Subject, Setting, Publisher string
	Time                                int64
}

func (j *Journal) manifest(ctx context.Context, source string) (map[manifestRow]bool, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT metric, subject, setting, publisher, time FROM manifest WHERE source = ?`, source)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[manifestRow]bool{}
	for rows.Next() {
		var r manifestRow
		if err := rows.Scan(&r.Metric, &r.Subject, &r.Setting, &r.Publisher, &r.Time); err != nil {
			return nil, err
		}
		out[r] = true
	}
	return out, rows.Err()
}

// commit makes a source's new state the one that counts, in one transaction: checkpoint, manifest, quarantine.
func (j *Journal) commit(ctx context.Context, job Job, c checkpoint, at time.Time, rows map[manifestRow]bool, rejected []Rejected) error {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	exec := func(query string, args ...any) {
		if err == nil {
			_, err = tx.ExecContext(ctx, query, args...)
		}
	}
	exec(`INSERT INTO checkpoint (source, kind, location, version, parser, read_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (source) DO UPDATE SET kind = excluded.kind, location = excluded.location, version = excluded.version, parser = excluded.parser, read_at = excluded.read_at`,
		job.Name, job.Kind, job.Location, c.Version, c.Parser, at.Unix())
	exec(`DELETE FROM pending WHERE source = ?`, job.Name)
	if rows != nil {
		exec(`DELETE FROM manifest WHERE source = ?`, job.Name)
		for r := range rows {
			exec(`INSERT INTO manifest (source, metric, subject, setting, publisher, time) VALUES (?, ?, ?, ?, ?, ?)`,
				job.Name, r.Metric, r.Subject, r.Setting, r.Publisher, r.Time)
		}
	}
	exec(`DELETE FROM quarantine WHERE source = ?`, job.Name)
	for _, r := range rejected {
		exec(`INSERT INTO quarantine (source, file, row, col, value, reason, tolerated, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			job.Name, r.File, r.Row, r.Column, r.Value, r.Reason, r.Tolerated, at.Unix())
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

// record keeps how a run went.
func (j *Journal) record(ctx context.Context, o Outcome) error {
	message := ""
	if o.Err != nil {
		message = o.Err.Error()
	}
	_, err := j.db.ExecContext(ctx, `INSERT INTO run (source, kind, location, version, started_at, finished_at, result, error, added, revised, withdrawn, unchanged, quarantined, reports)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.Source, o.Kind, o.Location, o.Version, o.Started.UnixMicro(), o.Finished.UnixMicro(), o.Result, message,
		o.Added, o.Revised, o.Withdrawn, o.Unchanged, o.Quarantined, o.Reports)
	return err
}

// Runs returns the newest runs first.
func (j *Journal) Runs(ctx context.Context, limit int) ([]Outcome, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT id, source, kind, location, version, started_at, finished_at, result, error, added, revised, withdrawn, unchanged, quarantined, reports
		FROM run ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Outcome{}
	for rows.Next() {
		var o Outcome
		var started, finished int64
		if err := rows.Scan(&o.ID, &o.Source, &o.Kind, &o.Location, &o.Version, &started, &finished, &o.Result, &o.Error,
			&o.Added, &o.Revised, &o.Withdrawn, &o.Unchanged, &o.Quarantined, &o.Reports); err != nil {
			return nil, err
		}
		o.Started, o.Finished = time.UnixMicro(started).UTC(), time.UnixMicro(finished).UTC()
		out = append(out, o)
	}
	return out, rows.Err()
}

// Quarantined is a row that is set aside, with the source it came from.
type Quarantined struct {
	Source string    `json:"source"`
	SeenAt time.Time `json:"seen_at"`
	Rejected
}

// Quarantine returns the rows that are set aside, by source, file and row.
func (j *Journal) Quarantine(ctx context.Context, limit int) ([]Quarantined, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT source, file, row, col, value, reason, tolerated, seen_at FROM quarantine ORDER BY source, file, row LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Quarantined{}
	for rows.Next() {
		var q Quarantined
		var seen int64
		if err := rows.Scan(&q.Source, &q.File, &q.Row, &q.Column, &q.Value, &q.Reason, &q.Tolerated, &seen); err != nil {
			return nil, err
		}
		q.SeenAt = time.Unix(seen, 0).UTC()
		out = append(out, q)
	}
	return out, rows.Err()
}

// SourceState is when and what was last read of a source.
type SourceState struct {
	Source   string    `json:"source"`
	Kind     string    `json:"kind"`
	Location string    `json:"location"`
	Version  string    `json:"version"`
	ReadAt   time.Time `json:"read_at"`
	Rejected int       `json:"quarantined"`
}

// Sources returns the state of each source, by name.
func (j *Journal) Sources(ctx context.Context) ([]SourceState, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT c.source, c.kind, c.location, c.version, c.read_at, (SELECT COUNT(*) FROM quarantine q WHERE q.source = c.source)
		FROM checkpoint c ORDER BY c.source`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []SourceState{}
	for rows.Next() {
		var s SourceState
		var read int64
		if err := rows.Scan(&s.Source, &s.Kind, &s.Location, &s.Version, &read, &s.Rejected); err != nil {
			return nil, err
		}
		s.ReadAt = time.Unix(read, 0).UTC()
		out = append(out, s)
	}
	return out, rows.Err()
}
