package content

import (
	"context"
	"encoding/json"
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

// recognized is what a recognizer found in one report.
type recognized struct {
	Claims   []Claim
	Mentions []Mention
}

// recognizedIn returns what the catalogue's names are in a report, from the store or by reading it.
func (l *Library) recognizedIn(rec *Recognizer, key string, passages func() ([]Passage, error)) (recognized, error) {
	file := filepath.Join(l.cfg.Dir, ".claims", rec.Version(), key+".json")
	var found recognized
	if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &found) == nil {
		return found, nil
	}
	ps, err := passages()
	if err != nil {
		return found, err
	}
	found = recognized{rec.Claims(ps), rec.Mentions(ps)}
	b, err := json.Marshal(found)
	if err != nil {
		return found, err
	}
	return found, replaceFile(file, b, false)
}

// Cited is a report that speaks of a metric or subject.
type Cited struct {
	Report  *Report // without text
	Mention Mention
	Claims  []Claim // those about it
}

// citations find the reports that speak of a metric or subject. They are made when first asked for, and then follow the
// library change by change.
type citations struct {
	mu     sync.Mutex
	by     string // version of the recognizer; empty before they are made
	index  inverted
	found  map[string]recognized // by slug
	unread map[string]bool       // slugs of reports that changed
}

func newCitations() *citations { return &citations{} }

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

// read brings them up to date. The caller holds the lock.
func (x *citations) read(ctx context.Context, l *Library, s *snapshot, rec *Recognizer) error {
	if x.by != rec.Version() {
		x.by, x.index, x.found, x.unread = rec.Version(), newInverted(), map[string]recognized{}, map[string]bool{}
		for _, r := range s.reports {
			x.unread[r.Slug] = true
		}
	}
	slugs := slices.Sorted(maps.Keys(x.unread))
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
				h, err := l.store.full(key)
				if err != nil {
					return nil, err
				}
				return h.Passages, nil
			})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, slug := range slugs {
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
	return nil
}

// Citing returns the reports that mention a metric or subject, newest first, with what they claim about it. kind is
// "metric" or "subject". The first call reads every report whose claims are not kept yet.
func (l *Library) Citing(ctx context.Context, kind, id string) ([]Cited, error) {
	rec := l.claims.Load()
	if rec == nil {
		return nil, nil
	}
	x := l.citations
	x.mu.Lock()
	defer x.mu.Unlock()
	s := l.state.Load()
	if err := x.read(ctx, l, s, rec); err != nil {
		return nil, err
	}
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
	rec := l.claims.Load()
	if rec == nil {
		return nil
	}
	l.citations.mu.Lock()
	defer l.citations.mu.Unlock()
	return l.citations.read(ctx, l, l.state.Load(), rec)
}
