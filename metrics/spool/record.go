package spool

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// record is one write: exactly one of Metrics, Subjects and Append is there.
type record struct {
	Number   uint64           `json:"number"`
	Metrics  []metrics.Metric `json:"metrics,omitempty"`
	Subjects []subject        `json:"subjects,omitempty"`
	At       time.Time        `json:"at,omitzero"`
	Append   []observation    `json:"append,omitempty"`
}

// subject and observation are those of metrics with the fields that their JSON leaves out.
type subject struct {
	metrics.Subject
	Released time.Time `json:"released,omitzero"`
}

type observation struct {
	metrics.Observation
	RetrievedAt time.Time `json:"retrieved_at,omitzero"`
}

func subjectsRecord(ss []metrics.Subject) record {
	var r record
	for _, s := range ss {
		r.Subjects = append(r.Subjects, subject{s, s.Released})
	}
	return r
}

func (r record) subjects() []metrics.Subject {
	ss := make([]metrics.Subject, len(r.Subjects))
	for i, s := range r.Subjects {
		ss[i] = s.Subject
		ss[i].Released = s.Released
	}
	return ss
}

func appendRecord(at time.Time, obs []metrics.Observation) record {
	r := record{At: at}
	for _, o := range obs {
		r.Append = append(r.Append, observation{o, o.Source.RetrievedAt})
	}
	return r
}

func (r record) observations() []metrics.Observation {
	obs := make([]metrics.Observation, len(r.Append))
	for i, o := range r.Append {
		obs[i] = o.Observation
		obs[i].Source.RetrievedAt = o.RetrievedAt
	}
	return obs
}

// A record's file is its number with this ending; it has a line with the format and the SHA-256 of the rest, and then JSON.
const (
	ending = ".write"
	format = "scalebook-spool-1 "
)

// errFull says that the spool has as much as it may.
var errFull = errors.New("the spool is full")

func nameOf(number uint64) string { return fmt.Sprintf("%020d%s", number, ending) }

// records returns the names of the records, in order. Numbers are consecutive: one that is missing was lost.
func records(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // in the order of their names
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	var names []string
	var last uint64
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), ending)
		if !ok {
			continue // a record that was being written when its process died: nobody was told that it is kept
		}
		number, err := strconv.ParseUint(digits, 10, 64)
		if err != nil || len(names) > 0 && number != last+1 {
			return nil, fmt.Errorf("spool: %w: %s does not follow on %s", metrics.ErrDamaged, filepath.Join(dir, e.Name()), nameOf(last))
		}
		names, last = append(names, e.Name()), number
	}
	return names, nil
}

// save adds a record after the named ones. It is on the disk once save returns nil.
func save(dir string, names []string, r record, limit int64) error {
	r.Number = 1
	var held int64
	for _, name := range names {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		held += info.Size()
	}
	if len(names) > 0 {
		last, err := strconv.ParseUint(strings.TrimSuffix(names[len(names)-1], ending), 10, 64)
		if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		r.Number = last + 1
	}
	text, err := encode(r)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if held+int64(len(text)) > limit {
		return fmt.Errorf("%w: %d bytes of %d in %s are taken", errFull, held, limit, dir)
	}
	return place(dir, nameOf(r.Number), text)
}

// place puts a file where it is to be, whole and for good.
func place(dir, name string, text []byte) error {
	file := filepath.Join(dir, ".new")
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if err := os.Rename(file, filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return syncFolder(dir)
}

// load reads a record and verifies it.
func load(dir, name string) (record, error) {
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	if err != nil {
		return record{}, fmt.Errorf("spool: %w", err)
	}
	r, err := decode(text)
	if err == nil && nameOf(r.Number) != name {
		err = fmt.Errorf("it is write %d", r.Number)
	}
	if err != nil {
		return record{}, fmt.Errorf("spool: %w: %s: %w", metrics.ErrDamaged, path, err)
	}
	return r, nil
}

func encode(r record) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return signed(body), nil
}

// signed puts the line with the checksum before a body.
func signed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append([]byte(format+hex.EncodeToString(sum[:])+"\n"), body...)
}

func decode(text []byte) (r record, err error) {
	head, body, ok := bytes.Cut(text, []byte("\n"))
	sum := sha256.Sum256(body)
	if !ok || string(head) != format+hex.EncodeToString(sum[:]) {
		return record{}, errors.New("its checksum is not that of what is in it")
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return record{}, errors.New("it is not JSON of a write")
	}
	return r, nil
}

// remove forgets a record, for good: one that came back after a loss of power could be made after a later one.
func remove(dir, name string) error {
	if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: %w", err)
	}
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}
