package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"github.com/scalebook/scalebook/metrics"
)

// rowsPerStatement is how many rows one statement inserts or looks up. More gain little and make preparing slower.
const rowsPerStatement = 100

// Statements of the writer. Those with VALUES % take rowsPerStatement rows.
const (
	metricExists    = `SELECT count(*) FROM metric WHERE id = ?`
	feedExists      = `SELECT count(*) FROM feed WHERE metric = ? AND source = ?`
	textNumber      = `SELECT id FROM text WHERE value = ?`
	textValue       = `SELECT value FROM text WHERE id = ?`
	insertText      = `INSERT INTO text (value, sum) VALUES (?, ?)`
	nextRevision    = `SELECT coalesce(max(id), 0) + 1 FROM revision`
	revisionByID    = `SELECT ` + revisionFields + ` FROM revision r WHERE id = ?`
	insertRevisions = `INSERT INTO revision VALUES %`
	insertHeads     = `INSERT INTO head VALUES % ON CONFLICT DO UPDATE SET revision = excluded.revision, digest = excluded.digest`
	insertAppend    = `INSERT INTO append (recorded_at, first_revision, last_revision) VALUES (?, ?, ?)`
	countFeed       = `INSERT INTO feed (metric, source, live, first) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET live = live + excluded.live`
	readState       = `SELECT fingerprint, recorded_at FROM state`
	writeState      = `UPDATE state SET fingerprint = ?, recorded_at = ?`
	headsOf         = `WITH k(i, metric, source, subject, setting, time) AS (VALUES %)
		SELECT k.i, h.revision, h.digest FROM k CROSS JOIN head h
		ON h.metric = k.metric AND h.source = k.source AND h.subject = k.subject AND h.setting = k.setting AND h.time = k.time`
)

// writer is one transaction that changes the ledger, and the state that it will leave.
type writer struct {
	store       *Store
	tx          *sql.Tx
	prepared    map[string]*sql.Stmt
	fingerprint metrics.Fingerprint
	recordedAt  int64
}

// columnsOf says how many values a row of a VALUES % statement has.
func columnsOf(text string) int {
	switch text {
	case insertRevisions:
		return revisionColumns
	case insertHeads:
		return 7
	case headsOf:
		return 6
	}
	return 0
}

// update runs change in one transaction, under the writer's lock. What change did is kept as a whole or not at all.
func (s *Store) update(ctx context.Context, doing string, change func(*writer) error) (err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	defer func() {
		if err != nil {
			clear(s.numbers) // numbers given out by a transaction that was rolled back are free again
			err = s.explain(ctx, doing, err)
		}
	}()
	w := &writer{store: s, prepared: map[string]*sql.Stmt{}}
	for _, text := range []string{
		metricExists, feedExists, textNumber, textValue, insertText, nextRevision, revisionByID, insertRevisions, insertHeads,
		insertAppend, countFeed, readState, writeState, headsOf, metricBody, putMetric, subjectByID, putSubject,
	} {
		if w.prepared[text], err = s.stmts.on(ctx, s.write, many(text, rowsPerStatement)); err != nil {
			return err
		}
	}
	if w.tx, err = s.write.BeginTx(ctx, nil); err != nil {
		return err
	}
	defer w.tx.Rollback()
	for text, stmt := range w.prepared {
		w.prepared[text] = w.tx.StmtContext(ctx, stmt)
	}
	var fingerprint string
	if err := w.stmt(readState).QueryRowContext(ctx).Scan(&fingerprint, &w.recordedAt); err != nil {
		return err
	}
	if w.fingerprint, err = parseState(fingerprint); err != nil {
		return err
	}
	if w.fingerprint != s.left {
		s.reach.Reset() // another process wrote
	}
	if err := change(w); err != nil {
		return err
	}
	if _, err := w.stmt(writeState).ExecContext(ctx, w.fingerprint.String(), w.recordedAt); err != nil {
		return err
	}
	if err := w.tx.Commit(); err != nil {
		return err
	}
	s.left = w.fingerprint
	return nil
}

func (w *writer) stmt(text string) *sql.Stmt { return w.prepared[text] }

// many writes n rows of parameters in place of the % of a statement.
func many(text string, n int) string {
	before, after, ok := strings.Cut(text, "%")
	if !ok {
		return text
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", columnsOf(text)), ",") + ")"
	return before + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + after
}

// queryMany runs a VALUES % statement on n rows.
func (w *writer) queryMany(ctx context.Context, text string, n int, args []any) (*sql.Rows, error) {
	if n == rowsPerStatement {
		return w.stmt(text).QueryContext(ctx, args...)
	}
	return w.tx.QueryContext(ctx, many(text, n), args...)
}

// inserter collects rows and inserts many per statement.
type inserter struct {
	w    *writer
	text string
	args []any
	rows int
}

func (w *writer) insert(text string, columns int) *inserter {
	return &inserter{w: w, text: text, args: make([]any, 0, columns*rowsPerStatement)}
}

func (i *inserter) add(ctx context.Context, columns ...any) error {
	i.args = append(i.args, columns...)
	i.rows++
	if i.rows < rowsPerStatement {
		return nil
	}
	_, err := i.w.stmt(i.text).ExecContext(ctx, i.args...)
	i.args, i.rows = i.args[:0], 0
	return err
}

func (i *inserter) flush(ctx context.Context) error {
	if i.rows == 0 {
		return nil
	}
	_, err := i.w.tx.ExecContext(ctx, many(i.text, i.rows), i.args...)
	i.args, i.rows = i.args[:0], 0
	return err
}
