package search

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
	"unicode/utf8"
	"unsafe"
)

// Search answers a query. Text that can't be understood finds nothing; the error is about ctx, the index or the text's length.
func (ix *Index) Search(ctx context.Context, q Query) (Results, error) {
	start := time.Now()
	if utf8.RuneCountInString(q.Text) > MaxQuery {
		return Results{Hits: []Hit{}}, ErrLongQuery
	}
	res := Results{Query: q.Text, Hits: []Hit{}}
	q = q.Normal()
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	if ix.closed {
		return res, ErrClosed
	}
	a := answer{ix: ix, v: ix.live, q: q, res: &res}
	if err := a.run(ctx); err != nil {
		return res, fmt.Errorf("search: %w", err)
	}
	res.TookUS = time.Since(start).Microseconds()
	return res, nil
}

// answer is one query being answered.
type answer struct {
	ix    *Index
	v     *view
	q     Query
	res   *Results
	s     *scratch
	plan  *plan
	named []uint32
	// filtered says that hits have to pass the query's filters.
	filtered bool
	hits     []found
}

// found is an owner with its best passages.
type found struct {
	owner uint32
	score float32
	docs  []scored
}

// termShare is how a glossary entry that the query names ranks against the best hit of another kind: present, but
// never in the way of what the reports say.
const termShare = 0.5

// entityShare is the share of a query that a metric, subject or term has to match to be a hit that was not named.
const entityShare = 0.95

func (a *answer) run(ctx context.Context) error {
	if a.s = new(scratch); a.v.gen != nil {
		a.s = a.v.rank.pool.Get().(*scratch)
		defer func() {
			a.s.clear()
			a.v.rank.pool.Put(a.s)
		}()
	}
	parsed := parse(a.q.Text)
	a.applyFilters(parsed)
	var hint func(string) string
	if a.v.gen == nil {
		a.plan = &plan{}
		for _, c := range parsed.clauses {
			a.plan.words = joinNonEmpty(" ", a.plan.words, c.text)
		}
	} else {
		p := &a.s.planner
		p.rarities = a.v.rank.rarities
		p.imp, p.lex, p.analyzer, p.vocab, p.lang = a.v.gen.imp, a.v.lex, a.ix.analyzer, a.v.vocab, a.q.Lang
		if p.lang == "" && hasHangul(a.q.Text) {
			p.lang = "ko"
		}
		a.plan = p.make(parsed)
		hint = p.hint
		a.res.AlsoSearched, a.res.NotFound = a.plan.also, a.plan.missing
		if a.plan.corrected {
			a.res.DidYouMean = a.plan.meant
		}
	}
	a.name(a.plan.words, a.plan.meant)
	if parsed.all() {
		a.list()
	} else {
		a.rank()
	}
	if a.res.Total == 0 && len(a.plan.conditions) == 0 {
		// Terms that no report uses yet are told at least.
		a.name(a.plan.typed...)
		a.group(nil)
	}
	if a.res.Total == 0 && !a.plan.corrected && len(a.plan.conditions) == 0 && hint != nil {
		a.res.DidYouMean = hint(a.plan.words)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return a.fill()
}

func (a *answer) applyFilters(p parsed) {
	if p.kind != "" && len(a.q.Kinds) == 0 {
		a.q.Kinds = []string{p.kind}
	}
	if p.lang != "" && a.q.Lang == "" {
		a.q.Lang = p.lang
	}
	if !p.from.IsZero() && a.q.From.IsZero() {
		a.q.From = p.from
	}
	if !p.to.IsZero() && a.q.To.IsZero() {
		a.q.To = p.to
	}
	a.filtered = len(a.q.Kinds) > 0 || a.q.Lang != "" || !a.q.From.IsZero() || !a.q.To.IsZero()
}

// sorted reports whether hits are in an order other than that of their scores.
func (a *answer) sorted() bool { return a.q.Sort != "" && a.q.Sort != SortRelevance }

// name finds the owners that one of some texts names as a whole.
func (a *answer) name(texts ...string) {
	for i, text := range texts {
		if slices.Contains(texts[:i], text) {
			continue
		}
		for _, o := range a.v.lex.named[nameKey(text)] {
			if !slices.Contains(a.named, o) {
				a.named = append(a.named, o)
			}
		}
	}
}

// passes reports whether an owner is within the query's filters.
func (a *answer) passes(number uint32) bool {
	if !a.filtered {
		return true
	}
	o := &a.v.owners[number]
	if len(a.q.Kinds) > 0 && !slices.Contains(a.q.Kinds, o.Kind) {
		return false
	}
	if a.q.Lang != "" && o.Lang != "" && o.Lang != a.q.Lang {
		return false
	}
	if !a.q.From.IsZero() && (o.Date.IsZero() || o.Date.Before(a.q.From)) {
		return false
	}
	if !a.q.To.IsZero() && (o.Date.IsZero() || !o.Date.Before(a.q.To)) {
		return false
	}
	return true
}

// rank leaves the hits that were asked for.
func (a *answer) rank() {
	if a.v.gen == nil || len(a.plan.groups) == 0 {
		a.group(nil)
		return
	}
	a.v.rank.gather(a.s, a.plan, a.sorted())
	a.group(a.s)
}

// fill writes the hits with their snippets.
func (a *answer) fill() error {
	h, d, most := &a.s.highlighter, &a.s.shown, 0
	for i := range a.hits {
		most += max(1, min(len(a.hits[i].docs), a.q.Passages))
	}
	if len(a.hits) > 0 {
		a.res.Hits = make([]Hit, 0, len(a.hits))
	}
	passages := make([]Passage, 0, most) // of all hits, one after another
	for _, g := range a.hits {
		o := &a.v.owners[g.owner]
		hit := Hit{Kind: o.Kind, ID: o.ID, Title: a.title(o), URL: o.url(), Score: math.Round(float64(g.score)*1e4) / 1e4, Lang: o.Lang}
		first := len(passages)
		if !o.Date.IsZero() {
			hit.Date = o.Date.UTC().Format(time.DateOnly)
		}
		for _, s := range g.docs {
			if len(passages)-first == a.q.Passages {
				break
			}
			if err := a.v.gen.read(s.doc, d); err != nil {
				return err
			}
			if o.Kind == KindReport && len(d.anchor) == 0 && len(g.docs) > 1 {
				continue // a summary speaks for its report, and leads nowhere in it
			}
			text := unsafe.String(unsafe.SliceData(d.text), len(d.text)) // until the next is read
			passages = append(passages, Passage{Heading: string(d.heading), Anchor: string(d.anchor), Snippet: h.snippet(a.v.gen.imp, s.doc, text, a.plan)})
		}
		if len(g.docs) == 0 && o.Term != nil {
			passages = append(passages, Passage{Anchor: o.ID, Snippet: h.plain(termText(*o.Term))})
		}
		hit.Passages = passages[first:len(passages):len(passages)]
		a.res.Hits = append(a.res.Hits, hit)
	}
	return nil
}

// title returns the title of an owner in the language of the query.
func (a *answer) title(o *owner) string {
	if o.TitleEn != "" && (a.q.Lang == "en" || a.q.Lang == "" && a.q.Text != "" && !hasHangul(a.q.Text)) {
		return o.TitleEn
	}
	return o.Title
}

func hasHangul(s string) bool {
	for _, r := range s {
		if r >= 0xAC00 && r <= 0xD7A3 || r >= 0x3131 && r <= 0x318E || r >= 0x1100 && r <= 0x11FF {
			return true
		}
	}
	return false
}
