package search

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/scalebook/scalebook/search/korean"
)

// Suggest returns what the text may be on the way to, at most limit suggestions (10 where limit is not positive): titles
// and names that have a word which starts so, in either script, as half-composed Hangul, as initial consonants, or typed
// with the other keyboard layout.
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
	text = strings.TrimSpace(korean.Normalize(text))
	if text == "" {
		return out, ctx.Err()
	}
	c := ix.live.completions
	found := c.starting(text)
	if len(found) == 0 {
		if swapped, ok := korean.SwapLayout(text); ok {
			found = c.starting(swapped)
		}
	}
	for _, f := range found[:min(limit, len(found))] {
		o := &ix.live.owners[f.owner]
		out = append(out, Suggestion{Text: f.text, Kind: o.Kind, URL: o.url()})
	}
	return out, ctx.Err()
}

// completions are names in order of their keys, so that those which start with what was typed are next to each other.
type completions struct {
	byKey      []completion
	byInitials []completion
}

// completion is a name under a key, from one of its words on.
type completion struct {
	key   string
	text  string
	owner uint32
	// word is the place in the name of the word that the key starts with.
	word uint8
	// weight orders kinds of things: what has a page of its own before entries of the glossary.
	weight uint8
}

// Bounds of the work for one suggestion and of the index behind it.
const (
	maxStarts = 8    // words of a name that it is found by
	maxScan   = 4096 // names that are looked at for one text
)

func newCompletions(owners []owner) *completions {
	c := &completions{}
	for i := range owners {
		o := &owners[i]
		names := o.Names
		weight := uint8(1)
		if o.Kind == KindReport {
			names = []string{o.Title}
		}
		if o.Kind == KindTerm {
			weight = 0
		}
		for _, name := range names {
			c.add(completion{text: name, owner: uint32(i), weight: weight})
		}
	}
	for _, list := range [...][]completion{c.byKey, c.byInitials} {
		slices.SortFunc(list, func(a, b completion) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.owner, b.owner))
		})
	}
	return c
}

// add enters a name from each of its words on.
func (c *completions) add(e completion) {
	hangul := hasHangul(e.text)
	for word, at := range wordStarts(e.text) {
		if word == maxStarts {
			break
		}
		e.word = uint8(word)
		e.key = korean.Key(e.text[at:])
		c.byKey = append(c.byKey, e)
		if hangul {
			e.key = korean.Initials(e.text[at:])
			c.byInitials = append(c.byInitials, e)
		}
	}
}

// wordStarts returns where the words of a name start.
func wordStarts(name string) []int {
	var starts []int
	inside := false
	for i, r := range name {
		letter := unicode.IsLetter(r) || unicode.IsNumber(r)
		if letter && !inside {
			starts = append(starts, i)
		}
		inside = letter
	}
	return starts
}

// starting returns one completion per owner that a text is on the way to, best first.
func (c *completions) starting(text string) []completion {
	if korean.IsInitials(text) {
		if found := ordered(prefixed(c.byInitials, text), nil); len(found) > 0 {
			return found
		}
	}
	var found []completion
	for _, key := range korean.ComposingKeys(text) {
		// Extensions of the likelier key stay before those of the next.
		found = append(found, ordered(prefixed(c.byKey, key), found)...)
	}
	return found
}

// prefixed returns the completions whose key starts with prefix.
func prefixed(list []completion, prefix string) []completion {
	from := sort.Search(len(list), func(i int) bool { return list[i].key >= prefix })
	to := from
	for to < len(list) && to-from < maxScan && strings.HasPrefix(list[to].key, prefix) {
		to++
	}
	return list[from:to]
}

// ordered sorts completions and keeps the best of each owner that is not in before.
func ordered(list, before []completion) []completion {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b completion) int {
		return cmp.Or(
			cmp.Compare(a.word, b.word),
			cmp.Compare(b.weight, a.weight),
			cmp.Compare(len(a.text), len(b.text)),
			cmp.Compare(a.text, b.text),
			cmp.Compare(a.owner, b.owner))
	})
	seen := map[uint32]bool{}
	for _, b := range before {
		seen[b.owner] = true
	}
	return slices.DeleteFunc(list, func(e completion) bool {
		again := seen[e.owner]
		seen[e.owner] = true
		return again
	})
}
