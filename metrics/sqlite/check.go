package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/scalebook/scalebook/metrics"
)

// faultsReported bounds how many faults an error of Check lists.
const faultsReported = 10

// Check reads the whole ledger and verifies it: the file's structure, the checksum of every row, that each key's newest
// revision is the one it points at, and that the content adds up to the state. What is wrong is one error that wraps
// [metrics.ErrDamaged] and names the first faults.
func (s *Store) Check(ctx context.Context) error {
	tx, err := s.read.BeginTx(ctx, nil) // one snapshot, whatever is written meanwhile
	if err != nil {
		return s.explain(ctx, "check", err)
	}
	defer tx.Rollback()
	c := check{tx: tx, words: map[int64]string{}}
	for _, part := range []func(context.Context) error{c.structure, c.texts, c.catalogue, c.subjects, c.revisions, c.heads, c.feeds, c.firsts, c.state} {
		if err := part(ctx); err != nil {
			return s.explain(ctx, "check", err)
		}
	}
	if c.count == 0 {
		return nil
	}
	err = errors.Join(c.faults...)
	if more := c.count - len(c.faults); more > 0 {
		err = fmt.Errorf("%w\nand %d more", err, more)
	}
	return s.explain(ctx, "check", fmt.Errorf("%w: %w", metrics.ErrDamaged, err))
}

// check is one verification under way.
type check struct {
	tx     *sql.Tx
	words  map[int64]string
	sum    metrics.Fingerprint
	newest int64
	faults []error
	count  int
}

func (c *check) fault(format string, args ...any) {
	c.count++
	if len(c.faults) < faultsReported {
		c.faults = append(c.faults, fmt.Errorf(format, args...))
	}
}

func (c *check) each(ctx context.Context, text string, use func(scanner) error) error {
	rows, err := c.tx.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := use(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (c *check) structure(ctx context.Context) error {
	return c.each(ctx, "PRAGMA integrity_check(10)", func(from scanner) error {
		var said string
		err := from.Scan(&said)
		if said != "ok" {
			c.fault("%s", said)
		}
		return err
	})
}

func (c *check) texts(ctx context.Context) error {
	return c.each(ctx, `SELECT id, value, sum FROM text`, func(from scanner) error {
		var id, sum int64
		var value string
		if err := from.Scan(&id, &value, &sum); err != nil {
			return err
		}
		if textSum(value) != sum {
			c.fault("string %d, %q: its checksum is wrong", id, value)
		}
		c.words[id] = value
		return nil
	})
}

func (c *check) catalogue(ctx context.Context) error {
	return c.each(ctx, `SELECT id, body, sum FROM metric`, func(from scanner) error {
		var id string
		var sum int64
		body := sql.RawBytes{}
		if err := from.Scan(&id, &body, &sum); err != nil {
			return err
		}
		if int64(crc32.Checksum(body, castagnoli)) != sum {
			c.fault("metric %s: its checksum is wrong", id)
			return nil
		}
		c.sum = c.sum.Add(metrics.MetricFingerprint(body))
		return nil
	})
}

func (c *check) subjects(ctx context.Context) error {
	return c.each(ctx, subjectRow, func(from scanner) error {
		subject, err := scanSubject(from)
		c.sum = c.sum.Add(subject.Fingerprint())
		return err
	})
}

func (c *check) revisions(ctx context.Context) error {
	spell := func(n int64) string { return c.words[n] }
	last := int64(0)
	return c.each(ctx, `SELECT `+revisionFields+` FROM revision r ORDER BY r.id`, func(from scanner) error {
		var r revision
		if err := r.scan(from); err != nil {
			return err
		}
		if r.id != last+1 {
			c.fault("revisions %d to %d are gone", last+1, r.id-1)
		}
		last = r.id
		c.newest = max(c.newest, r.recordedAt)
		if r.checksum() != r.sum {
			c.fault("revision %d: its checksum is wrong", r.id)
			return nil
		}
		for _, n := range r.texts() {
			if _, ok := c.words[n]; !ok {
				c.fault("revision %d: string %d is gone", r.id, n)
			}
		}
		o := r.observation(spell)
		c.sum = c.sum.Add(metrics.RevisionFingerprint(o, int(r.number), o.Digest()))
		return nil
	})
}

// heads verifies that every revision which nothing replaces is the head of its key, with its digest, and no other is.
func (c *check) heads(ctx context.Context) error {
	spell := func(n int64) string { return c.words[n] }
	err := c.each(ctx, `SELECT h.digest, `+revisionFields+` FROM head h JOIN revision r ON r.id = h.revision AND r.metric = h.metric
		AND r.source = h.source AND r.subject = h.subject AND r.setting = h.setting AND r.time = h.time`, func(from scanner) error {
		var r revision
		var digest int64
		if err := r.scan(prefixed{from, &digest}); err != nil {
			return err
		}
		o := r.observation(spell)
		if int64(o.Digest()) != digest {
			c.fault("key of revision %d: its digest is wrong", r.id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.each(ctx, `WITH newest AS (SELECT id FROM revision EXCEPT SELECT before FROM revision)
		SELECT id FROM (SELECT id FROM newest EXCEPT SELECT revision FROM head)
		UNION ALL SELECT revision FROM (SELECT revision FROM head EXCEPT SELECT id FROM newest)`, func(from scanner) error {
		var id int64
		err := from.Scan(&id)
		c.fault("revision %d: its key does not point at the newest revision", id)
		return err
	})
}

// prefixed scans one column ahead of those that the caller names.
type prefixed struct {
	from  scanner
	first any
}

func (p prefixed) Scan(into ...any) error { return p.from.Scan(append([]any{p.first}, into...)...) }

func (c *check) feeds(ctx context.Context) error {
	return c.each(ctx, `SELECT metric, source, sum(live), sum(counted) FROM (
			SELECT metric, source, live, 0 counted FROM feed
			UNION ALL SELECT h.metric, h.source, 0, count(*) FROM head h JOIN revision r ON r.id = h.revision
			WHERE r.withdrawn = 0 GROUP BY 1, 2)
		GROUP BY 1, 2 HAVING sum(live) <> sum(counted)`, func(from scanner) error {
		var metric, source, live, counted int64
		err := from.Scan(&metric, &source, &live, &counted)
		c.fault("%s of %s: %d observations are live, %d are counted", c.words[metric], c.words[source], counted, live)
		return err
	})
}

// firsts verifies that no feed has a revision below the one that it says is its first.
func (c *check) firsts(ctx context.Context) error {
	return c.each(ctx, `SELECT r.metric, r.source, min(r.id) FROM revision r JOIN feed f ON f.metric = r.metric AND f.source = r.source
		GROUP BY 1, 2 HAVING min(r.id) < f.first`, func(from scanner) error {
		var metric, source, id int64
		err := from.Scan(&metric, &source, &id)
		c.fault("%s of %s: revision %d is before its first", c.words[metric], c.words[source], id)
		return err
	})
}

func (c *check) state(ctx context.Context) error {
	return c.each(ctx, readState, func(from scanner) error {
		var fingerprint string
		var recordedAt int64
		if err := from.Scan(&fingerprint, &recordedAt); err != nil {
			return err
		}
		if fingerprint != c.sum.String() || recordedAt != c.newest {
			c.fault("the content does not add up to the recorded state (%s, not %s)", c.sum, fingerprint)
		}
		return nil
	})
}

// Backup writes a copy of the ledger to path, which must not exist, while others read and write. The copy is verified with
// [Store.Check] before it gets its name, so a file at path is a whole ledger.
func (s *Store) Backup(ctx context.Context, path string) error {
	doing := "back up to " + path
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("ledger %s: %s: %w", s.path, doing, os.ErrExist)
	}
	scratch, err := os.MkdirTemp(filepath.Dir(path), ".backup-*")
	if err != nil {
		return fmt.Errorf("ledger %s: %s: %w: %w", s.path, doing, metrics.ErrUnavailable, err)
	}
	defer os.RemoveAll(scratch)
	copied := filepath.Join(scratch, filepath.Base(path))
	if err := s.vacuumInto(ctx, copied); err != nil {
		return s.explain(ctx, doing, err)
	}
	if err := verify(ctx, copied); err != nil {
		return s.explain(ctx, doing, err)
	}
	if err := syncFile(copied); err != nil {
		return s.explain(ctx, doing, err)
	}
	if err := os.Rename(copied, path); err != nil {
		return fmt.Errorf("ledger %s: %s: %w", s.path, doing, err)
	}
	return nil
}

// vacuumInto copies through a connection of its own: the readers' may not write, and the writer's is needed.
func (s *Store) vacuumInto(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(s.path, ""))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, path)
	return errors.Join(err, db.Close())
}

// verify opens a copy and checks it.
func verify(ctx context.Context, path string) error {
	s, err := Open(ctx, Config{Path: path, Readers: 1})
	if err != nil {
		return err
	}
	err = s.Check(ctx)
	return errors.Join(err, s.Close())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
