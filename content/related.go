package content

import (
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
)

// relations finds reports on the same matters and those that link to one: by keywords, glosses and links. They are made when
// first asked for, and then follow the library change by change.
type relations struct {
	mu    sync.RWMutex
	made  bool
	index inverted
}

func newRelations() *relations { return &relations{index: newInverted()} }

// replace takes in what changed. The caller holds the lock.
func (x *relations) replace(changes []change) {
	if !x.made {
		return
	}
	for _, c := range changes {
		if c.is != nil {
			x.index.put(c.is.report.Slug, features(c.is))
		} else {
			x.index.put(c.was.report.Slug, nil)
		}
	}
}

// reading returns the library's state with its relations, locked for reading.
func (x *relations) reading(l *Library) *snapshot {
	x.mu.RLock()
	if x.made {
		return l.state.Load()
	}
	x.mu.RUnlock()
	x.mu.Lock()
	if !x.made {
		for _, in := range l.state.Load().entries.at {
			for slug, e := range in {
				x.index.put(slug, features(e))
			}
		}
		x.made = true
	}
	x.mu.Unlock()
	x.mu.RLock()
	return l.state.Load()
}

const (
	featureReport = "report " // a report that it is or links to
	featureLink   = "link "   // an address elsewhere
	featureWord   = "word "
	featureTerm   = "term "
)

// features are what a report may have in common with others on the same matters, in order.
func features(e *entry) []string {
	f := map[string]bool{featureReport + e.report.Slug: true}
	for _, k := range e.report.Keywords {
		f[featureWord+strings.ToLower(k)] = true
	}
	for _, key := range e.head.Glosses {
		f[featureTerm+key] = true
	}
	for _, l := range e.report.Links {
		if l.Report != "" {
			f[featureReport+l.Report] = true
		} else if !l.Missing && safeURL(l.Href) != "" {
			f[featureLink+l.Href] = true
		}
	}
	return slices.Sorted(maps.Keys(f)) // so that sums over them come out the same
}

// Backlinks returns the reports that link to a report, newest first.
func (l *Library) Backlinks(slug string) []*Report {
	s := l.relations.reading(l)
	defer l.relations.mu.RUnlock()
	var out []*Report
	for _, b := range l.relations.index.with[featureReport+slug] {
		if b != slug {
			out = append(out, s.find(b))
		}
	}
	slices.SortFunc(out, newestFirst)
	return out
}

const (
	tooCommon = 1000 // reports that have a feature which then says next to nothing, and would make the cost grow with the library
	weighed   = 200  // reports whose likeness is computed, for want of a feature in common with more
)

// Related returns up to limit reports in the same language that share most with a report, the nearest first: those with the
// greatest cosine, where a feature counts the more the fewer reports have it (inverse document frequency). Its translations
// are not among them.
func (l *Library) Related(slug string, limit int) []*Report {
	s := l.relations.reading(l)
	defer l.relations.mu.RUnlock()
	e := s.entries.get(slug)
	if e == nil {
		return nil
	}
	x, r := l.relations.index, e.report
	weight := func(feature string) float64 {
		w := math.Log(float64(len(s.reports)+1) / float64(len(x.with[feature])))
		return w * w
	}
	shared := map[string]float64{}
	for _, f := range x.of[slug] {
		if with := x.with[f]; len(with) <= tooCommon {
			w := weight(f)
			for _, o := range with {
				shared[o] += w
			}
		}
	}
	type candidate struct {
		report *Report
		score  float64
	}
	var near []candidate
	original := firstOf(r.TranslationOf, r.Slug)
	for o, score := range shared {
		if o == slug || score <= 0 {
			continue
		}
		if q := s.find(o); q.Lang == r.Lang && firstOf(q.TranslationOf, q.Slug) != original {
			near = append(near, candidate{q, score})
		}
	}
	nearest := func(a, b candidate) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return newestFirst(a.report, b.report)
	}
	if len(near) > weighed {
		slices.SortFunc(near, nearest)
		near = near[:weighed]
	}
	for i, c := range near {
		norm := 0.0
		for _, f := range x.of[c.report.Slug] {
			norm += weight(f)
		}
		near[i].score /= math.Sqrt(norm)
	}
	slices.SortFunc(near, nearest)
	var out []*Report
	for _, c := range near[:min(limit, len(near))] {
		out = append(out, c.report)
	}
	return out
}
