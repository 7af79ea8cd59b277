package search

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"
)

// kinds are the kinds of owners by number.
var kinds = [...]string{KindReport, KindMetric, KindSubject, KindTerm}

// facts is what grouping asks of each of thousands of owners, small enough to stay in the processor's cache.
type facts struct {
	kind    uint8 // index in kinds
	lang    uint8 // index in a view's langs, which starts with none
	year    int16 // 0 without a date
	recency float32
}

// Recency: the newest report gains a twentieth, which halves with every year that another is older.
const (
	recencyBoost    = 0.05
	recencyHalfLife = 365 * 24 * time.Hour
)

// factsOf returns the facts of owners and the languages that they number.
func factsOf(owners []owner) ([]facts, []string) {
	var newest time.Time
	for i := range owners {
		if o := &owners[i]; o.Kind == KindReport && o.Date.After(newest) {
			newest = o.Date
		}
	}
	langs := []string{""}
	all := make([]facts, len(owners))
	for i := range owners {
		o := &owners[i]
		f := facts{kind: uint8(max(0, slices.Index(kinds[:], o.Kind))), recency: 1}
		at := slices.Index(langs, o.Lang)
		if at < 0 && len(langs) < math.MaxUint8 {
			at = len(langs)
			langs = append(langs, o.Lang)
		}
		f.lang = uint8(max(0, at))
		if !o.Date.IsZero() {
			f.year = int16(o.Date.Year())
			age := max(0, newest.Sub(o.Date))
			f.recency = float32(1 + recencyBoost*math.Exp2(-float64(age)/float64(recencyHalfLife)))
		}
		all[i] = f
	}
	return all, langs
}

// counter counts hits by their facts.
type counter struct {
	kind [len(kinds)]int
	lang [math.MaxUint8 + 1]int
	year map[int16]int
	last int16 // a year, n hits of which are not in year yet
	n    int
}

func (c *counter) count(f *facts) {
	c.kind[f.kind]++
	c.lang[f.lang]++
	if f.year != c.last {
		c.flush()
		c.last = f.year
	}
	c.n++
}

func (c *counter) flush() {
	if c.n > 0 && c.last != 0 {
		if c.year == nil {
			c.year = map[int16]int{}
		}
		c.year[c.last] += c.n
	}
	c.n = 0
}

// facets returns the counts, most frequent first.
func (c *counter) facets(langs []string) Facets {
	c.flush()
	var f Facets
	for i, n := range c.kind {
		if n > 0 {
			f.Kind = append(f.Kind, Count{Value: kinds[i], Count: n})
		}
	}
	for i, n := range c.lang {
		if n > 0 && i > 0 {
			f.Lang = append(f.Lang, Count{Value: langs[i], Count: n})
		}
	}
	for y, n := range c.year {
		f.Year = append(f.Year, Count{Value: strconv.Itoa(int(y)), Count: n})
	}
	for _, list := range [...][]Count{f.Kind, f.Lang, f.Year} {
		slices.SortFunc(list, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	}
	return f
}
