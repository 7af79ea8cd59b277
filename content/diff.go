package content

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"unicode"
)

// Change is a stretch of a word-level comparison.
type Change struct {
	Op   string // equal, insert or delete
	Text string
}

// DiffBlock compares one passage of two revisions. A passage that is only in one of them has all its text as one change.
type DiffBlock struct {
	Anchor  string // in the newer revision; of the older one where the passage is gone
	Heading string
	Changes []Change
}

// Diff compares the passages of two revisions word by word. Passages are paired by their text or, where that changed, by
// what they share and by their order; pairs whose text is the same are left out.
func Diff(older, newer *Report) []DiffBlock {
	texts := make([]string, len(newer.Passages))
	for i, p := range newer.Passages {
		texts[i] = p.Text
	}
	byAnchor := map[string]int{}
	for i, p := range older.Passages {
		byAnchor[p.Anchor] = i
	}
	partner := make([]int, len(newer.Passages))
	used := make([]bool, len(older.Passages))
	for i, anchor := range keepAnchors(texts, older.Passages) {
		partner[i] = -1
		if k, ok := byAnchor[anchor]; ok && anchor != "" {
			partner[i], used[k] = k, true
		}
	}
	pairByOrder(older.Passages, newer.Passages, partner, used)
	var out []DiffBlock
	next := 0
	gone := func(until int) {
		for ; next < until; next++ {
			if p := older.Passages[next]; !used[next] {
				out = append(out, DiffBlock{p.Anchor, p.Heading, []Change{{"delete", p.Text}}})
			}
		}
	}
	for i, p := range newer.Passages {
		if k := partner[i]; k >= 0 {
			gone(k)
			next = max(next, k+1)
			if was := older.Passages[k].Text; was != p.Text {
				out = append(out, DiffBlock{p.Anchor, p.Heading, DiffWords(was, p.Text)})
			}
			continue
		}
		out = append(out, DiffBlock{p.Anchor, p.Heading, []Change{{"insert", p.Text}}})
	}
	gone(len(older.Passages))
	return out
}

// pairByOrder pairs what is left between two pairs, in order, where at least half of the words are the same: passages that are too
// much like one another to be told apart by their text, as after a term was replaced all over a report.
func pairByOrder(older, newer []Passage, partner []int, used []bool) {
	const most = 1 << 14 // comparisons in one gap
	from := 0            // in older
	for i := 0; i < len(newer); i++ {
		if partner[i] >= 0 {
			from = partner[i] + 1
			continue
		}
		end, until := i, len(older)
		for end < len(newer) && partner[end] < 0 {
			end++
		}
		if end < len(newer) {
			until = partner[end]
		}
		if (end-i)*(until-from) <= most {
			for ; i < end; i++ {
				best, share := -1, 0.5
				for k := from; k < until; k++ {
					if s := sharedWords(older[k].Text, newer[i].Text); !used[k] && s >= share && (best < 0 || s > share) {
						best, share = k, s
					}
				}
				if best >= 0 {
					partner[i], used[best], from = best, true, best+1
				}
			}
		}
		i = end - 1
	}
}

// sharedWords is the part of the longer text's words that the other has too.
func sharedWords(a, b string) float64 {
	x, y := strings.Fields(a), strings.Fields(b)
	counts := map[string]int{}
	for _, w := range x {
		counts[w]++
	}
	shared := 0
	for _, w := range y {
		if counts[w] > 0 {
			counts[w]--
			shared++
		}
	}
	return float64(shared) / float64(max(1, len(x), len(y)))
}

// DiffWords compares two texts by words (Myers 1986). Joined, the texts of the changes that are not inserted give a, those
// that are not deleted b.
func DiffWords(a, b string) []Change {
	x, y := diffWords(a), diffWords(b)
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	var out []Change
	add := func(op string, words ...string) {
		if len(words) == 0 {
			return
		}
		text := strings.Join(words, "")
		if n := len(out); n > 0 && out[n-1].Op == op {
			out[n-1].Text += text
			return
		}
		out = append(out, Change{op, text})
	}
	add("equal", x[:head]...)
	for _, c := range myers(x[head:len(x)-tail], y[head:len(y)-tail]) {
		add(c.Op, c.Text)
	}
	add("equal", x[len(x)-tail:]...)
	return deletesFirst(out)
}

// deletesFirst puts what went before what came in its place.
func deletesFirst(cs []Change) []Change {
	for i := 1; i < len(cs); i++ {
		if cs[i].Op == "delete" && cs[i-1].Op == "insert" {
			cs[i], cs[i-1] = cs[i-1], cs[i]
		}
	}
	return cs
}

// diffWords cuts a text into words with the spaces behind them, punctuation apart.
func diffWords(s string) []string {
	var out []string
	start := 0
	kind := func(c rune) int {
		switch {
		case unicode.IsSpace(c):
			return 0
		case unicode.IsLetter(c), unicode.IsDigit(c), unicode.IsMark(c):
			return 1
		}
		return 2
	}
	last := -1
	for i, c := range s {
		k := kind(c)
		if i > start && (k != last && k != 0 || k == 2) {
			out = append(out, s[start:i])
			start = i
		}
		last = k
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// myers is the shortest edit script of two word lists. Lists that differ in more than maxEdits words are replaced whole.
func myers(x, y []string) []Change {
	const maxEdits = 2000
	n, m := len(x), len(y)
	whole := func() []Change {
		return []Change{{"delete", strings.Join(x, "")}, {"insert", strings.Join(y, "")}}
	}
	if n == 0 || m == 0 {
		var out []Change
		if n > 0 {
			out = append(out, Change{"delete", strings.Join(x, "")})
		}
		if m > 0 {
			out = append(out, Change{"insert", strings.Join(y, "")})
		}
		return out
	}
	limit := min(n+m, maxEdits)
	v := make([]int, 2*limit+2)
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, append([]int(nil), v[limit-d:limit+d+2]...))
		for k := -d; k <= d; k += 2 {
			i := 0
			if k == -d || k != d && v[limit+k-1] < v[limit+k+1] {
				i = v[limit+k+1]
			} else {
				i = v[limit+k-1] + 1
			}
			for i < n && i-k < m && x[i] == y[i-k] {
				i++
			}
			v[limit+k] = i
			if i >= n && i-k >= m {
				return backtrack(x, y, trace, d)
			}
		}
	}
	return whole()
}

func backtrack(x, y []string, trace [][]int, d int) []Change {
	var rev []Change
	i, j := len(x), len(y)
	for ; d > 0; d-- {
		v := trace[d] // v[c+k] is the state before step d, for |k| ≤ d
		at := func(k int) int { return v[d+k] }
		k := i - j
		prev := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			prev = k + 1
		}
		pi := at(prev)
		pj := pi - prev
		for i > pi && j > pj {
			i, j = i-1, j-1
			rev = append(rev, Change{"equal", x[i]})
		}
		if i > pi {
			i--
			rev = append(rev, Change{"delete", x[i]})
		} else {
			j--
			rev = append(rev, Change{"insert", y[j]})
		}
	}
	for i > 0 {
		i--
		rev = append(rev, Change{"equal", x[i]})
	}
	for a, b := 0, len(rev)-1; a < b; a, b = a+1, b-1 {
		rev[a], rev[b] = rev[b], rev[a]
	}
	return rev
}

// History lists the revisions of a report that the library took in, oldest first.
func (l *Library) History(slug string) []RevisionRef {
	s := l.state.Load()
	r := s.find(slug)
	if r == nil {
		return nil
	}
	return s.manifest(r.Source).of(r.Slug).History[r.Slug]
}

// ErrNoRevision says that a report has no such revision.
var ErrNoRevision = errors.New("no such revision")

// Revision returns a report as it was at one of its revisions, its links and images as of today.
func (l *Library) Revision(ctx context.Context, slug, hash string) (*Report, error) {
	s := l.state.Load()
	r := s.find(slug)
	if r == nil {
		return nil, fmt.Errorf("report %q: %w", slug, fs.ErrNotExist)
	}
	for _, ref := range l.History(slug) {
		if ref.Hash != hash {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		src, err := readBlob(filepath.Join(l.cfg.Dir, r.Source), hash)
		if err != nil {
			return nil, fmt.Errorf("revision %.12s of %s: %w", hash, slug, err)
		}
		return Parse(src, ParseConfig{Source: r.Source, Path: r.Path, License: r.License, Private: !r.Public, Resolver: s.resolver})
	}
	return nil, fmt.Errorf("revision %q of %s: %w", hash, slug, ErrNoRevision)
}
