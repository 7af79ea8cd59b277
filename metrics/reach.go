package metrics

// Reach remembers which times the series of a ledger cover, so that whoever writes it needn't look up rows that are surely
// new: those of a series never seen, and those before or after all that their series has. It errs only by asking for a
// look-up too many. The zero value knows nothing.
//
// It holds for the ledger that it followed from the beginning of a feed on: whoever uses it calls Reset where another
// process may have written.
type Reach struct {
	feeds  map[[2]string]*feedReach
	series int
}

// feedReach is what is known of one pair of metric and source.
type feedReach struct {
	all    reach
	series map[[2]string]reach // by subject and setting; nil where not every series is known
}

// reach is a stretch of time, in seconds since 1970, both ends included. The zero value is empty.
type reach struct {
	first, last int64
	some        bool
}

func (r reach) covers(t int64) bool { return r.some && r.first <= t && t <= r.last }

func (r reach) with(t int64) reach {
	if !r.some {
		return reach{t, t, true}
	}
	return reach{min(r.first, t), max(r.last, t), true}
}

// maxSeries bounds the series that a Reach remembers: some 15 MB of them. Beyond it each feed is known as a whole only.
const maxSeries = 1 << 17

// Reset forgets everything.
func (r *Reach) Reset() { *r = Reach{} }

// Knows reports whether Begin or Resume was called for a feed.
func (r *Reach) Knows(metric, source string) bool { return r.feeds[[2]string{metric, source}] != nil }

// Begin says that the ledger has no revision of a feed.
func (r *Reach) Begin(metric, source string) {
	r.put(metric, source, &feedReach{series: map[[2]string]reach{}})
}

// Resume says from when to when, in seconds since 1970, the keys of a feed are that the ledger has.
func (r *Reach) Resume(metric, source string, first, last int64) {
	r.put(metric, source, &feedReach{all: reach{first, last, true}})
}

func (r *Reach) put(metric, source string, f *feedReach) {
	if r.feeds == nil {
		r.feeds = map[[2]string]*feedReach{}
	}
	r.feeds[[2]string{metric, source}] = f
}

// New reports whether the ledger surely has no revision of a key.
func (r *Reach) New(k Key) bool {
	f := r.feeds[[2]string{k.Metric, k.Source}]
	switch {
	case f == nil:
		return false
	case !f.all.covers(k.Time):
		return true
	case f.series == nil:
		return false
	}
	return !f.series[[2]string{k.Subject, k.Setting}].covers(k.Time)
}

// Add says that the ledger has, or may come to have, a revision of a key. Feeds not known stay so.
func (r *Reach) Add(k Key) {
	f := r.feeds[[2]string{k.Metric, k.Source}]
	if f == nil {
		return
	}
	f.all = f.all.with(k.Time)
	if f.series == nil {
		return
	}
	name := [2]string{k.Subject, k.Setting}
	known, ok := f.series[name]
	f.series[name] = known.with(k.Time)
	if ok {
		return
	}
	if r.series++; r.series > maxSeries {
		for _, f := range r.feeds {
			f.series = nil
		}
		r.series = 0
	}
}

// Of returns from when to when the keys of a feed are, in seconds since 1970; ok is false where that is not known or there
// are none.
func (r *Reach) Of(metric, source string) (first, last int64, ok bool) {
	f := r.feeds[[2]string{metric, source}]
	if f == nil {
		return 0, 0, false
	}
	return f.all.first, f.all.last, f.all.some
}
