package content

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

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

// Citing returns the reports that mention a metric or subject, newest first, with what they claim about it. kind is
// "metric" or "subject". The first call after a change reads every report whose claims are not kept yet.
func (l *Library) Citing(ctx context.Context, kind, id string) ([]Cited, error) {
	c, err := l.citations(ctx)
	if err != nil {
		return nil, err
	}
	return c[kind+"/"+id], nil
}

// ReadCitations makes the index behind Citing, so that no page waits for it.
func (l *Library) ReadCitations(ctx context.Context) error {
	_, err := l.citations(ctx)
	return err
}

// citations is the index behind Citing, made once per state of library and catalogue.
func (l *Library) citations(ctx context.Context) (map[string][]Cited, error) {
	s, rec := l.state.Load(), l.claims.Load()
	if rec == nil {
		return nil, nil
	}
	s.citing.Lock()
	defer s.citing.Unlock()
	if s.cited != nil && s.citedBy == rec.Version() {
		return s.cited, nil
	}
	founds := make([]recognized, len(s.reports))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.cfg.Parallel)
	for i, r := range s.reports {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			founds[i], err = l.recognizedIn(rec, s.keyOf(r), func() ([]Passage, error) {
				h, err := l.store.full(s.keyOf(r))
				if err != nil {
					return nil, err
				}
				return h.Passages, nil
			})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	cited := map[string][]Cited{}
	for i, r := range s.reports {
		for _, m := range founds[i].Mentions {
			claims := slices.DeleteFunc(slices.Clone(founds[i].Claims), func(c Claim) bool {
				return m.Kind == "metric" && c.Metric != m.ID || m.Kind == "subject" && c.Subject != m.ID
			})
			key := m.Kind + "/" + m.ID
			cited[key] = append(cited[key], Cited{r, m, claims})
		}
	}
	for i, r := range s.reports { // a metric can be claimed under words that are no name of it
		for _, c := range founds[i].Claims {
			key := "metric/" + c.Metric
			if !slices.ContainsFunc(cited[key], func(x Cited) bool { return x.Report == r }) {
				cited[key] = append(cited[key], Cited{r, Mention{"metric", c.Metric, c.Anchor, 1}, []Claim{c}})
			}
		}
	}
	for _, list := range cited {
		slices.SortStableFunc(list, func(a, b Cited) int { return newestFirst(a.Report, b.Report) })
	}
	s.cited, s.citedBy = cited, rec.Version()
	return cited, nil
}
