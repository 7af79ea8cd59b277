package ingest

// maxKept bounds the quarantined rows that are kept of a source; all of them are counted.
const maxKept = 10_000

// rejections are the rows of a source that were set aside.
type rejections struct {
	rows   []Rejected
	total  int
	broken int // of rows
}

// add counts a row and keeps it while there is room. One that is broken is kept in any case if it is the first, since a run
// with one is not a clean one.
func (r *rejections) add(row Rejected) {
	r.total++
	if len(r.rows) >= maxKept && (row.Tolerated || r.broken > 0) {
		return
	}
	if !row.Tolerated {
		r.broken++
	}
	r.rows = append(r.rows, row)
}
