package metrics

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"strconv"
)

// Fingerprint is a 128-bit hash of a set of entries: the sum, modulo 2^128, of the hashes of its members. It doesn't depend
// on the order in which they came, and one entry is added or taken out without looking at the others. The zero value is
// the empty set. It finds accidents, not forgeries.
type Fingerprint struct{ hi, lo uint64 }

// Add returns the fingerprint of the union with g.
func (f Fingerprint) Add(g Fingerprint) Fingerprint {
	lo, carry := bits.Add64(f.lo, g.lo, 0)
	hi, _ := bits.Add64(f.hi, g.hi, carry)
	return Fingerprint{hi, lo}
}

// Sub returns the fingerprint without the entries of g.
func (f Fingerprint) Sub(g Fingerprint) Fingerprint {
	lo, borrow := bits.Sub64(f.lo, g.lo, 0)
	hi, _ := bits.Sub64(f.hi, g.hi, borrow)
	return Fingerprint{hi, lo}
}

// String returns 32 hexadecimal digits.
func (f Fingerprint) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], f.hi)
	binary.BigEndian.PutUint64(b[8:], f.lo)
	return hex.EncodeToString(b[:])
}

// ParseFingerprint reads what String wrote.
func ParseFingerprint(s string) (Fingerprint, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 16 {
		return Fingerprint{}, fmt.Errorf("fingerprint %q is not 32 hexadecimal digits", s)
	}
	return Fingerprint{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}, nil
}

// Digest is a 64-bit hash of what [Observation.SameContent] compares: two revisions of a key with the same digest say the
// same thing.
func (o Observation) Digest() uint64 {
	h := newEntry("content")
	h.float(o.Value)
	h.bound(o.Low)
	h.bound(o.High)
	h.text(o.Interval)
	h.text(o.Name)
	h.text(o.Source.URL)
	h.flag(o.Withdrawn)
	return h.sum().lo
}

// RevisionFingerprint is the fingerprint of the number'th revision of a key: its key and content, not where it was read nor
// when it was recorded. digest is o.Digest().
func RevisionFingerprint(o Observation, number int, digest uint64) Fingerprint {
	h := newEntry("revision")
	h.text(o.Metric)
	h.text(o.Subject)
	h.text(o.Setting)
	h.text(o.Source.Name)
	h.uint(uint64(o.Time.Unix()))
	h.uint(uint64(number))
	h.uint(digest)
	return h.sum()
}

// Encode returns a catalogue entry as ledgers store it, JSON. It fails with [ErrInvalid] for an entry that can't be kept:
// one without an id, or with a floor or ceiling that isn't a number.
func (m Metric) Encode() ([]byte, error) {
	if m.ID == "" {
		return nil, fmt.Errorf("%w: metric without an id", ErrInvalid)
	}
	for _, s := range []string{m.ID, m.Kind} {
		if err := checkText(s, maxKeyText); err != nil {
			return nil, fmt.Errorf("%w: metric %.80q: %w", ErrInvalid, m.ID, err)
		}
	}
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("%w: metric %s: %w", ErrInvalid, m.ID, err)
	}
	return body, nil
}

// MetricFingerprint is the fingerprint of a catalogue entry as [Metric.Encode] wrote it, at the time when it did: what is
// stored doesn't change its fingerprint when Metric gains a field.
func MetricFingerprint(body []byte) Fingerprint {
	h := newEntry("metric")
	h.text(string(body))
	return h.sum()
}

// Fingerprint is the fingerprint of a subject.
func (s Subject) Fingerprint() Fingerprint {
	h := newEntry("subject")
	for _, v := range []string{s.ID, s.Name, s.Kind, s.Organization, s.Country, s.Access, s.Family} {
		h.text(v)
	}
	for _, a := range s.Aliases {
		h.text(a)
	}
	if !s.Released.IsZero() {
		h.text(strconv.FormatInt(s.Released.Unix(), 10))
	}
	return h.sum()
}

// entry hashes the fields of one entry, each of known length, so that no two entries run into the same bytes.
type entry struct {
	buf []byte
}

func newEntry(kind string) *entry {
	e := &entry{buf: make([]byte, 0, 160)}
	e.text(kind)
	return e
}

func (e *entry) uint(v uint64)   { e.buf = binary.LittleEndian.AppendUint64(e.buf, v) }
func (e *entry) float(v float64) { e.uint(math.Float64bits(v)) }
func (e *entry) text(s string) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(s)))
	e.buf = append(e.buf, s...)
}
func (e *entry) flag(b bool) {
	if b {
		e.buf = append(e.buf, 1)
		return
	}
	e.buf = append(e.buf, 0)
}
func (e *entry) bound(b Bound) {
	e.flag(b.Known)
	e.float(b.Value)
}
func (e *entry) sum() Fingerprint {
	s := sha256.Sum256(e.buf)
	return Fingerprint{binary.BigEndian.Uint64(s[:8]), binary.BigEndian.Uint64(s[8:16])}
}
