package spool

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/scalebook/scalebook/metrics"
)

// mostSetAside is how many rows may be set aside at a time.
const mostSetAside = 1000

// Rejected is a part of a write that the server can't take, with the server's reason. It lies in a file of its own, whole, until
// somebody removes it.
type Rejected struct {
	File   string
	What   string // metric and subject of an observation, or the id of what was described
	Reason string
}

// asideRecord is how a part is kept.
type asideRecord struct {
	Reason string `json:"reason"`
	record
}

const (
	asideFolder = "rejected"
	asideEnding = ".json"
)

// sift makes what can be made of a write that was rejected for a reason, and sets aside the rest once the whole was seen.
func (l *Ledger) sift(ctx context.Context, r record, reason error) error {
	aside, err := l.rejects(ctx, r, reason, nil)
	if err != nil {
		return err
	}
	there, err := l.Rejected()
	if err != nil {
		return err
	}
	if len(there)+len(aside) > mostSetAside {
		return tooMany(reason)
	}
	for _, a := range aside {
		if err := l.setAside(a); err != nil {
			return err
		}
	}
	return nil
}

// tooMany makes a write wait though its server says that it can't be taken.
func tooMany(reason error) error {
	return fmt.Errorf("%w: more than %d rows are rejected: %s", metrics.ErrUnavailable, mostSetAside, reason)
}

// rejects adds the parts of a rejected write that are rejected on their own; the others are made.
func (l *Ledger) rejects(ctx context.Context, r record, reason error, found []asideRecord) ([]asideRecord, error) {
	halves := r.halves()
	if halves == nil {
		if len(found) == mostSetAside {
			return nil, tooMany(reason)
		}
		return append(found, asideRecord{reason.Error(), r}), nil
	}
	for _, half := range halves {
		err := l.patiently(ctx, func(ctx context.Context) error { return half.make(ctx, l.cfg.Ledger) })
		if errors.Is(err, metrics.ErrRejected) {
			found, err = l.rejects(ctx, half, err, found)
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// halves divides a write; one of a single part has none.
func (r record) halves() []record {
	switch m, s, a := len(r.Metrics)/2, len(r.Subjects)/2, len(r.Append)/2; {
	case m > 0:
		return []record{{Metrics: r.Metrics[:m]}, {Metrics: r.Metrics[m:]}}
	case s > 0:
		return []record{{Subjects: r.Subjects[:s]}, {Subjects: r.Subjects[s:]}}
	case a > 0:
		return []record{{At: r.At, Append: r.Append[:a]}, {At: r.At, Append: r.Append[a:]}}
	}
	return nil
}

// setAside keeps a part under the hash of what is in it, so that setting it aside again changes nothing.
func (l *Ledger) setAside(a asideRecord) error {
	a.Number = 0
	row, err := json.Marshal(a.record)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	text, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	dir := filepath.Join(l.cfg.Dir, asideFolder)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	sum := sha256.Sum256(row)
	return place(dir, hex.EncodeToString(sum[:16])+asideEnding, text)
}

// Rejected lists what was set aside.
func (l *Ledger) Rejected() ([]Rejected, error) {
	dir := filepath.Join(l.cfg.Dir, asideFolder)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	var all []Rejected
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), asideEnding) {
			continue
		}
		found := Rejected{File: filepath.Join(dir, e.Name())}
		text, err := os.ReadFile(found.File)
		if err != nil {
			return nil, fmt.Errorf("spool: %w", err)
		}
		var a asideRecord
		if err := json.Unmarshal(text, &a); err != nil {
			return nil, fmt.Errorf("spool: %w: %s: it is not JSON of a write", metrics.ErrDamaged, found.File)
		}
		found.Reason = a.Reason
		switch {
		case len(a.Append) > 0:
			found.What = a.Append[0].Metric + " of " + a.Append[0].Subject
		case len(a.Subjects) > 0:
			found.What = a.Subjects[0].ID
		case len(a.Metrics) > 0:
			found.What = a.Metrics[0].ID
		}
		all = append(all, found)
	}
	return all, nil
}

// Status is how the writes stand.
type Status struct {
	Waiting  int   // writes
	Bytes    int64 // that they take
	Limit    int64
	Rejected int   // rows that were set aside
	Failing  error // why the last try failed; nil once one succeeds
}

// Status reads no record, and waits for no write that is under way.
func (l *Ledger) Status() (Status, error) {
	s := Status{Limit: l.cfg.Limit}
	entries, err := os.ReadDir(l.cfg.Dir)
	if err != nil {
		return s, fmt.Errorf("spool: %w", err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasSuffix(e.Name(), ending) { // else it has been written meanwhile
			s.Waiting++
			s.Bytes += info.Size()
		}
	}
	aside, err := os.ReadDir(filepath.Join(l.cfg.Dir, asideFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("spool: %w", err)
	}
	for _, e := range aside {
		if strings.HasSuffix(e.Name(), asideEnding) {
			s.Rejected++
		}
	}
	if f := l.failing.Load(); f != nil {
		s.Failing = f.error
	}
	return s, nil
}
