package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// stream does what snapshot does for inputs larger than memory. It reads an input twice: first for the keys of its rows,
// which are sorted on disk, so that duplicates and rows that are gone are known; then to append the rows batch by batch.
func (t *task) stream(ctx context.Context) error {
	dir, err := t.cfg.Journal.workspace(t.job.Name)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer os.RemoveAll(dir)
	survey, err := t.survey(ctx, dir)
	if err != nil {
		return err
	}
	before, err := t.cfg.Journal.listed(t.last.Keys)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.last.Keys = "" // lost like a journal: what was withdrawn since is not noticed
	case err != nil:
		return fmt.Errorf("journal: %w", err)
	}
	if err := shapeChanged(before, survey.unique); err != nil && !t.job.Force {
		return fmt.Errorf("%s: %w", t.in.Location, err)
	}
	err = t.write(ctx, func() error {
		if err := t.appendRows(ctx, survey); err != nil {
			return err
		}
		return t.withdrawMissing(ctx, survey)
	})
	if err != nil {
		return err
	}
	if t.now.Keys, err = t.cfg.Journal.keep(survey.keys); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	// An input that used to be read whole left its keys in the manifest; from now on they are in the file.
	if err := t.commit(ctx, reading{rows: map[manifestRow]bool{}, feeds: survey.feeds, rejected: survey.rejected}); err != nil {
		return err
	}
	if t.last.Keys != "" && t.last.Keys != t.now.Keys {
		return t.cfg.Journal.discard(t.last.Keys)
	}
	return nil
}

// survey is what the first reading found.
type survey struct {
	keys       string // file of the unique keys, sorted
	unique     int64
	rows       int64               // observations, duplicates included
	superseded *sorter             // rows that a later one with the same key supersedes, by row alone
	feeds      map[uint64]feedName // by hash
	rejected   rejections
}

func (t *task) survey(ctx context.Context, dir string) (*survey, error) {
	s := &survey{feeds: map[uint64]feedName{}}
	sink := &surveySink{ctx: ctx, survey: s, sorter: sorter{dir: dir}, declarations: newDeclarations(t.in)}
	if err := t.read(ctx, sink); err != nil {
		return nil, err
	}
	aside := filepath.Join(dir, "superseded")
	if err := os.Mkdir(aside, 0o755); err != nil {
		return nil, err
	}
	s.superseded, s.keys = &sorter{dir: aside}, filepath.Join(dir, "keys")
	return s, s.distil(&sink.sorter)
}

// distil writes each key once, and notes the rows that a later one supersedes.
func (s *survey) distil(all *sorter) error {
	out, err := createKeys(s.keys)
	if err != nil {
		return err
	}
	var last rowKey
	for k, err := range all.sorted() {
		if err != nil {
			return errors.Join(err, out.Close())
		}
		switch {
		case s.unique > 0 && last.same(k):
			if err := s.superseded.add(rowKey{row: last.row}); err != nil {
				return errors.Join(err, out.Close())
			}
		default:
			if s.unique > 0 {
				out.write(last)
			}
			s.unique++
		}
		last = k
	}
	if s.unique > 0 {
		out.write(last)
	}
	return out.Close()
}

// surveySink is the sink of the first reading.
type surveySink struct {
	declarations
	*survey
	ctx    context.Context // of the run, as in snapshotSink
	sorter sorter
}

// Subject implements [Sink].
func (s *surveySink) Subject(metrics.Subject) error { return s.ctx.Err() }

// Quarantine implements [Sink].
func (s *surveySink) Quarantine(r Rejected) error {
	s.rejected.add(r)
	return s.ctx.Err()
}

// Observe implements [Sink].
func (s *surveySink) Observe(o metrics.Observation) error {
	o, rejected := s.check(o)
	if rejected != nil {
		return s.Quarantine(*rejected)
	}
	k := keyOf(o)
	k.row = s.rows
	s.rows++
	if _, ok := s.feeds[k.feed]; !ok {
		s.feeds[k.feed] = feedName{o.Metric, o.Source.Name}
	}
	if err := s.sorter.add(k); err != nil {
		return err
	}
	return s.ctx.Err()
}

// appendRows is the second reading.
func (t *task) appendRows(ctx context.Context, s *survey) error {
	next, stop := pullRows(s.superseded)
	defer stop()
	sink := &appendSink{ctx: ctx, task: t, survey: s, next: next, described: map[string]bool{}, pending: map[string]metrics.Subject{},
		declarations: newDeclarations(t.in)}
	if err := sink.advance(); err != nil {
		return err
	}
	if err := t.read(ctx, sink); err != nil {
		return errors.Join(err, sink.wait())
	}
	return errors.Join(sink.flush(), sink.wait())
}

// appendSink is the sink of the second reading. While the ledger takes one batch, the next is being read.
type appendSink struct {
	declarations
	task      *task
	ctx       context.Context // of the run, as in snapshotSink
	survey    *survey
	next      func() (row int64, ok bool, err error)
	skip      int64 // the next superseded row; -1 after the last
	row       int64
	rows      []metrics.Observation
	pending   map[string]metrics.Subject // to be described with the next batch
	described map[string]bool
	taking    chan error            // what becomes of the batch that the ledger is taking; nil where there is none
	taken     []metrics.Observation // that batch, whose memory the one after the next uses
}

// maxDescribed bounds the subjects that are remembered as described; the rest are described again.
const maxDescribed = 100_000

func (s *appendSink) advance() error {
	row, ok, err := s.next()
	if s.skip = row; !ok {
		s.skip = -1
	}
	return err
}

// Subject implements [Sink].
func (s *appendSink) Subject(sub metrics.Subject) error {
	if !s.described[sub.ID] {
		s.pending[sub.ID] = merge(s.pending[sub.ID], sub)
	}
	return s.ctx.Err()
}

// Quarantine implements [Sink]: the first reading has kept the row.
func (s *appendSink) Quarantine(Rejected) error { return s.ctx.Err() }

// Observe implements [Sink].
func (s *appendSink) Observe(o metrics.Observation) error {
	o, rejected := s.check(o)
	if rejected != nil {
		return s.ctx.Err()
	}
	row := s.row
	s.row++
	if row == s.skip {
		s.survey.rejected.add(Rejected{File: o.Source.File, Row: o.Source.Row, Value: o.Subject, Tolerated: true,
			Reason: fmt.Sprintf("duplicate (%s): a later row has the same key and counts", o.Metric)})
		return errors.Join(s.advance(), s.ctx.Err())
	}
	if row < s.task.begun.done {
		return s.ctx.Err() // appended before an interruption
	}
	if _, ok := s.pending[o.Subject]; !ok && !s.described[o.Subject] {
		s.pending[o.Subject] = metrics.Subject{ID: o.Subject, Name: o.Name}
	}
	if s.rows = append(s.rows, o); len(s.rows) < s.task.cfg.Batch {
		return nil
	}
	return s.flush()
}

// flush has the ledger take what has gathered, once it has taken the batch before.
func (s *appendSink) flush() error {
	if err := s.wait(); err != nil {
		return err
	}
	subjects := make([]metrics.Subject, 0, len(s.pending))
	if len(s.described)+len(s.pending) > maxDescribed {
		clear(s.described)
	}
	for id, sub := range s.pending {
		subjects = append(subjects, s.in.Identity.complete(sub))
		s.described[id] = true
	}
	clear(s.pending)
	catalogue, rows, until := s.catalogue, s.rows, s.row
	s.catalogue, s.rows, s.taken = nil, s.taken[:0], rows
	taking := make(chan error, 1)
	s.taking = taking
	go func() { taking <- s.task.take(s.ctx, catalogue, subjects, rows, until, s.survey.rows) }()
	return s.ctx.Err()
}

// wait returns once no batch is being taken.
func (s *appendSink) wait() error {
	if s.taking == nil {
		return nil
	}
	err := <-s.taking
	s.taking = nil
	return err
}

// take appends a batch and notes that the input is read up to row until.
func (t *task) take(ctx context.Context, catalogue []metrics.Metric, subjects []metrics.Subject, rows []metrics.Observation, until, of int64) error {
	if err := t.put(ctx, catalogue, subjects); err != nil {
		return err
	}
	n, err := t.cfg.Ledger.Append(ctx, t.begun.at, rows)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	t.outcome.count(n)
	t.cfg.Progress.Rows(int(until), int(of))
	if err := t.cfg.Journal.progress(ctx, t.job.Name, until); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// withdrawMissing withdraws the rows that were listed when the source was last read and no longer are. Of a stretch of time
// with as many rows as a batch, it asks the ledger together.
func (t *task) withdrawMissing(ctx context.Context, s *survey) error {
	if t.last.Keys == "" {
		return nil
	}
	feeds, err := t.cfg.Journal.feeds(ctx, t.job.Name)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	var w span
	for k, err := range missing(readKeys(t.cfg.Journal.keysPath(t.last.Keys)), readKeys(s.keys)) {
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		// A window ends with its feed, and between two seconds: the rows of one second are asked for together.
		if w.n > 0 && (k.feed != w.feed || w.n >= t.cfg.Batch && k.time != w.until) {
			if err := t.withdrawSpan(ctx, w, feeds); err != nil {
				return err
			}
			w = span{}
		}
		w.add(k)
	}
	return t.withdrawSpan(ctx, w, feeds)
}

// span is a stretch of one feed's time, with the rows in it that are gone.
type span struct {
	feed         uint64
	since, until int64
	n            int
	gone         map[rowKey]bool
}

func (w *span) add(k listedKey) {
	if w.n == 0 {
		w.feed, w.since, w.gone = k.feed, k.time, map[rowKey]bool{}
	}
	w.n++
	w.until = k.time
	if k.gone {
		w.gone[rowKey{feed: k.feed, time: k.time, key: k.key}] = true
	}
}

func (t *task) withdrawSpan(ctx context.Context, w span, feeds map[uint64]feedName) error {
	if len(w.gone) == 0 {
		return nil
	}
	f := feeds[w.feed]
	live, err := t.cfg.Ledger.Observations(ctx, metrics.Query{Metric: f.metric, Source: f.publisher,
		Since: time.Unix(w.since, 0).UTC(), Until: time.Unix(w.until+1, 0).UTC()})
	if errors.Is(err, metrics.ErrUnknownMetric) {
		return nil // the ledger holds nothing of it
	}
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	var rows []metrics.Observation
	for _, o := range live {
		if w.gone[keyOf(o)] {
			rows = append(rows, o)
		}
	}
	return t.withdraw(ctx, rows)
}

// workspace makes an empty folder for what is sorted on disk; one that an interrupted run left is emptied.
func (j *Journal) workspace(source string) (string, error) {
	dir := filepath.Join(j.dir, fmt.Sprintf("sort-%016x", hashOf(source, "")))
	return dir, errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755))
}

func (j *Journal) keysPath(name string) string { return filepath.Join(j.dir, name) }

// keep moves a file of keys to where the checkpoint names it.
func (j *Journal) keep(path string) (name string, err error) {
	name = fmt.Sprintf("keys-%016x-%d", hashOf(filepath.Dir(path), ""), time.Now().UnixNano())
	return name, os.Rename(path, j.keysPath(name))
}

func (j *Journal) discard(name string) error {
	if err := os.Remove(j.keysPath(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// listed returns how many keys a file holds; none if there is no file.
func (j *Journal) listed(name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	info, err := os.Stat(j.keysPath(name))
	if err != nil {
		return 0, err
	}
	return info.Size() / rowKeySize, nil
}
