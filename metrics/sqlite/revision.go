package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"hash/crc32"
	"math"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// revision is a row of the table of that name.
type revision struct {
	id                                 int64
	slot                               slot
	number, before                     int64
	value                              float64
	low, high                          sql.NullFloat64
	interval, name, url, version, file int64
	row                                int64
	retrievedAt                        sql.NullInt64
	withdrawn                          bool
	recordedAt                         int64
	sum                                int64
}

const (
	revisionFields = `r.id, r.metric, r.source, r.subject, r.setting, r.time, r.number, r.before, r.value, r.low, r.high, r.interval, r.name,
		r.url, r.version, r.file, r.row, r.retrieved_at, r.withdrawn, r.recorded_at, r.sum`
	revisionColumns = 21
)

// columns returns the row as it is inserted, with its checksum.
func (r *revision) columns() []any {
	r.sum = r.checksum()
	k := r.slot
	return []any{
		r.id, k.metric, k.source, k.subject, k.setting, k.time, r.number, r.before, r.value, r.low, r.high, r.interval, r.name,
		r.url, r.version, r.file, r.row, r.retrievedAt, r.withdrawn, r.recordedAt, r.sum,
	}
}

// scanner is *sql.Row or *sql.Rows.
type scanner interface{ Scan(into ...any) error }

func (r *revision) scan(from scanner) error {
	k := &r.slot
	return from.Scan(
		&r.id, &k.metric, &k.source, &k.subject, &k.setting, &k.time, &r.number, &r.before, &r.value, &r.low, &r.high, &r.interval, &r.name,
		&r.url, &r.version, &r.file, &r.row, &r.retrievedAt, &r.withdrawn, &r.recordedAt, &r.sum,
	)
}

// castagnoli is the polynomial that processors compute.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is the CRC-32C of all other columns.
func (r *revision) checksum() int64 {
	var b [168]byte
	p := b[:0]
	for _, v := range []int64{
		r.id, r.slot.metric, r.slot.source, r.slot.subject, r.slot.setting, r.slot.time, r.number, r.before,
		int64(math.Float64bits(r.value)), r.interval, r.name, r.url, r.version, r.file, r.row, r.recordedAt,
	} {
		p = binary.LittleEndian.AppendUint64(p, uint64(v))
	}
	var flags byte
	if r.withdrawn {
		flags |= 1
	}
	if r.low.Valid {
		flags |= 2
		p = binary.LittleEndian.AppendUint64(p, math.Float64bits(r.low.Float64))
	}
	if r.high.Valid {
		flags |= 4
		p = binary.LittleEndian.AppendUint64(p, math.Float64bits(r.high.Float64))
	}
	if r.retrievedAt.Valid {
		flags |= 8
		p = binary.LittleEndian.AppendUint64(p, uint64(r.retrievedAt.Int64))
	}
	return int64(crc32.Checksum(append(p, flags), castagnoli))
}

// texts lists the numbers of the strings that the row uses.
func (r *revision) texts() [9]int64 {
	k := r.slot
	return [9]int64{k.metric, k.source, k.subject, k.setting, r.interval, r.name, r.url, r.version, r.file}
}

// observation spells the row out; text looks a number of the dictionary up.
func (r *revision) observation(text func(int64) string) metrics.Observation {
	o := metrics.Observation{
		Metric: text(r.slot.metric), Subject: text(r.slot.subject), Setting: text(r.slot.setting),
		Name: text(r.name), Time: time.Unix(r.slot.time, 0).UTC(), Value: r.value,
		Low:      metrics.Bound{Value: r.low.Float64, Known: r.low.Valid},
		High:     metrics.Bound{Value: r.high.Float64, Known: r.high.Valid},
		Interval: text(r.interval),
		Source: metrics.Source{
			Name: text(r.slot.source), URL: text(r.url), Version: text(r.version), File: text(r.file), Row: int(r.row),
		},
		Withdrawn: r.withdrawn, RecordedAt: time.Unix(0, r.recordedAt).UTC(),
	}
	if r.retrievedAt.Valid {
		o.Source.RetrievedAt = time.Unix(r.retrievedAt.Int64, 0).UTC()
	}
	return o
}

// revision reads one row within the transaction.
func (w *writer) revision(ctx context.Context, id int64) (revision, error) {
	var r revision
	return r, r.scan(w.stmt(revisionByID).QueryRowContext(ctx, id))
}

// observation spells a row out within the transaction, whose dictionary may be ahead of the readers'.
func (w *writer) observation(ctx context.Context, r revision) (*metrics.Observation, error) {
	words := map[int64]string{}
	for _, n := range r.texts() {
		var word string
		if err := w.stmt(textValue).QueryRowContext(ctx, n).Scan(&word); err != nil {
			return nil, err
		}
		words[n] = word
	}
	o := r.observation(func(n int64) string { return words[n] })
	return &o, nil
}
