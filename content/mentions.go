package content

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Recognize sets the catalogue whose names and numbers the library looks for in its reports. It returns at once; what the
// recognizer finds is kept on disk by report and catalogue, so that it is looked for once.
func (l *Library) Recognize(r *Recognizer) { l.claims.Store(r) }

// Recognizer returns what Recognize set, nil before that.
func (l *Library) Recognizer() *Recognizer { return l.claims.Load() }

// claimsDir is where a library keeps what was recognised, in a folder for each version of the recognizer.
const claimsDir = ".claims"

// forget removes what was found by versions before. Another process that still goes by one finds it again.
func (l *Library) forget(now *Recognizer) error {
	versions, err := os.ReadDir(filepath.Join(l.cfg.Dir, claimsDir))
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.Name() != now.Version() {
			err = errors.Join(err, os.RemoveAll(filepath.Join(l.cfg.Dir, claimsDir, v.Name())))
		}
	}
	return err
}

// recognized is what a recognizer found in one report.
type recognized struct {
	Claims   []Claim
	Mentions []Mention
}

// recognizedIn returns what the catalogue's names are in a report, from the store or by reading it.
func (l *Library) recognizedIn(rec *Recognizer, key string, passages func() ([]Passage, error)) (recognized, error) {
	file := filepath.Join(l.cfg.Dir, claimsDir, rec.Version(), key+".json")
	var found recognized
	if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &found) == nil {
		return found, nil
	}
	ps, err := passages()
	if err != nil {
		return found, err
	}
	found = recognized{rec.Claims(ps), rec.Mentions(ps)}
	if b, err := json.Marshal(found); err == nil {
		_ = replaceFile(file, b, false) // on a full disk it is found again
	}
	return found, nil
}

// Cited is a report that speaks of a metric or subject.
type Cited struct {
	Report  *Report // without text
	Mention Mention
	Claims  []Claim // those about it
}

// citations find the reports that speak of a metric or subject. They are made when first asked for, and then follow the
// library change by change. Reports are read without mu, which a library that changes waits for.
type citations struct {
	reading chan struct{} // holds a token while somebody reads reports, so that nobody reads the same

	mu     sync.Mutex
	by     string // version of the recognizer; empty before they are made
	whole  string // version by which every report was read
	index  inverted
	found  map[string]recognized // by slug
	unread map[string]bool       // slugs of reports that changed
}

func newCitations() *citations { return &citations{reading: make(chan struct{}, 1)} }

// replace notes what changed. The caller holds the lock.
func (x *citations) replace(changes []change) {
	if x.by == "" {
		return
	}
	for _, c := range changes {
		switch {
		case c.is == nil:
			x.index.put(c.was.report.Slug, nil)
			delete(x.found, c.was.report.Slug)
			delete(x.unread, c.was.report.Slug)
		case c.was == nil || c.was.key != c.is.key:
			x.unread[c.is.report.Slug] = true
		}
	}
}

// current brings them up to date and returns the library's state that they are of, with the lock, which the caller gives back. It
// waits for nobody longer than ctx. Without a recognizer the state is nil, and there is no lock.
func (x *citations) current(ctx context.Context, l *Library) (*snapshot, error) {
	for {
		rec := l.claims.Load()
		if rec == nil {
			return nil, nil
		}
		x.mu.Lock()
		s := l.state.Load()
		if x.by == rec.Version() && len(x.unread) == 0 {
			return s, nil
		}
		x.mu.Unlock()
		if err := x.read(ctx, l, rec); err != nil {
			return nil, err
		}
	}
}

// read reads what is unread now.
func (x *citations) read(ctx context.Context, l *Library, rec *Recognizer) error {
	select {
	case x.reading <- struct{}{}:
		defer func() { <-x.reading }()
	case <-ctx.Done():
		return ctx.Err()
	}
	x.mu.Lock()
	s := l.state.Load()
	if x.by != rec.Version() {
		x.by, x.index, x.found, x.unread = rec.Version(), newInverted(), map[string]recognized{}, map[string]bool{}
		for _, r := range s.reports {
			x.unread[r.Slug] = true
		}
	}
	slugs := slices.Sorted(maps.Keys(x.unread))
	x.mu.Unlock()
	founds := make([]recognized, len(slugs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.cfg.Parallel)
	for i, slug := range slugs {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			key := s.entries.get(slug).key
			var err error
			founds[i], err = l.recognizedIn(rec, key, func() ([]Passage, error) {
				h, err := l.parse(s, slug)
				if err != nil {
					return nil, err
				}
				return h.Passages, nil
			})
			return err
		})
	}
	failed := g.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	now := l.state.Load()
	changed := false
	for i, slug := range slugs {
		e := now.entries.get(slug)
		if e == nil || e.key != s.entries.get(slug).key {
			changed = true // meanwhile: read again where it is still there
			continue
		}
		if failed != nil {
			continue
		}
		named := map[string]bool{}
		for _, m := range founds[i].Mentions {
			named[m.Kind+"/"+m.ID] = true
		}
		for _, c := range founds[i].Claims { // a metric can be claimed under words that are no name of it
			named["metric/"+c.Metric] = true
		}
		x.found[slug] = founds[i]
		x.index.put(slug, slices.Collect(maps.Keys(named)))
		delete(x.unread, slug)
	}
	if changed {
		return nil // what could not be read may have gone with its report
	}
	if failed == nil && x.whole != x.by {
		x.whole = x.by
		_ = l.forget(rec) // where nobody can write, nothing is kept either
	}
	return failed
}

// Citing returns the reports that mention a metric or subject, newest first, with what they claim about it. kind is
// "metric" or "subject". The first call reads every report whose claims are not kept yet.
func (l *Library) Citing(ctx context.Context, kind, id string) ([]Cited, error) {
	x := l.citations
	s, err := x.current(ctx, l)
	if s == nil {
		return nil, err
	}
	defer x.mu.Unlock()
	var out []Cited
	for _, slug := range x.index.with[kind+"/"+id] {
		found, c := x.found[slug], Cited{Report: s.find(slug)}
		for _, claim := range found.Claims {
			if kind == "metric" && claim.Metric == id || kind == "subject" && claim.Subject == id {
				c.Claims = append(c.Claims, claim)
			}
		}
		if i := slices.IndexFunc(found.Mentions, func(m Mention) bool { return m.Kind == kind && m.ID == id }); i >= 0 {
			c.Mention = found.Mentions[i]
		} else {
			c.Mention = Mention{kind, id, c.Claims[0].Anchor, 1}
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Cited) int { return newestFirst(a.Report, b.Report) })
	return out, nil
}

// ReadCitations makes what Citing asks up to date, so that no page waits for it.
func (l *Library) ReadCitations(ctx context.Context) error {
	s, err := l.citations.current(ctx, l)
	if s != nil {
		l.citations.mu.Unlock()
	}
	return err
}
