package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Suggestion completes what is being typed.
type Suggestion struct {
	Text string `json:"text"`
	Kind string `json:"kind"`
	URL  string `json:"url"`
}

// Suggest returns what the text may be on the way to, at most limit suggestions (10 where limit is not positive).
func (ix *Index) Suggest(ctx context.Context, text string, limit int) ([]Suggestion, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	if ix.closed {
		return nil, ErrClosed
	}
	out := []Suggestion{}
	key := nameKey(text)
	if key == "" {
		return out, ctx.Err()
	}
	type match struct {
		owner uint32
		text  string
		rank  int
	}
	var found []match
	for i := range ix.live.owners {
		o := &ix.live.owners[i]
		for _, n := range append([]string{o.Title}, o.Names...) {
			at := strings.Index(nameKey(n), key)
			if at >= 0 {
				found = append(found, match{uint32(i), n, min(at, 1)})
				break
			}
		}
	}
	slices.SortStableFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(len(a.text), len(b.text)))
	})
	for _, m := range found[:min(limit, len(found))] {
		o := &ix.live.owners[m.owner]
		out = append(out, Suggestion{Text: m.text, Kind: o.Kind, URL: o.url()})
	}
	return out, ctx.Err()
}
