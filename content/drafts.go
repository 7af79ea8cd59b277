package content

import (
	"maps"
	"slices"
	"strings"
)

// candidates are the texts of a source that are reports, copies of reports, or drafts of them, so that what one of them is can
// be decided among those alone that it resembles.
type candidates struct {
	of     *manifest // whose texts they are
	texts  map[string]*candidate
	byHash map[string][]string // paths, in order
	byName map[string][]string // paths of files that have a date and a name, by both
	byBand map[uint64][]string // paths, by piece of their signature
}

// candidate is one text. Of a copy of another nothing but the hash is known.
type candidate struct {
	hash  string
	name  string // normalised
	words int
	lang  string
	sig   minhash // nil until it is compared
}

func newCandidates() *candidates {
	return &candidates{texts: map[string]*candidate{}, byHash: map[string][]string{}, byName: map[string][]string{}, byBand: map[uint64][]string{}}
}

// candidatesOf reads the texts of a manifest; head finds the parse of one.
func candidatesOf(m *manifest, head func(p string, f reportFile) *head) *candidates {
	c := newCandidates()
	compare := func(p string, f reportFile) {
		c.add(p, f.Hash)
		if h := head(p, f); h != nil {
			c.compare(p, h)
		}
	}
	for p, f := range m.each() {
		compare(p, f)
	}
	for p, a := range entries(m, (*part).setAside) {
		switch {
		case a.Rule != "duplicate" || a.Hash == "":
		case a.Detail == "same":
			c.add(p, a.Hash)
		default:
			compare(p, a.reportFile)
		}
	}
	c.of = m
	return c
}

func insert(list []string, p string) []string {
	i, there := slices.BinarySearch(list, p)
	if there {
		return list
	}
	return slices.Insert(list, i, p)
}

// take removes a path from a list of an index.
func take[K comparable](index map[K][]string, key K, p string) {
	list := index[key]
	if i, there := slices.BinarySearch(list, p); there {
		list = slices.Delete(list, i, i+1)
	}
	if index[key] = list; len(list) == 0 {
		delete(index, key)
	}
}

func (c *candidates) add(p, hash string) {
	c.texts[p] = &candidate{hash: hash, name: nameKey(p)}
	c.byHash[hash] = insert(c.byHash[hash], p)
}

// compare makes a text one that others are compared with.
func (c *candidates) compare(p string, h *head) {
	t := c.texts[p]
	c.apart(p)
	t.words, t.lang, t.sig = h.Words, h.Lang, h.Signature
	if !strings.HasPrefix(t.name, "|") {
		c.byName[t.name] = insert(c.byName[t.name], p)
	}
	for _, b := range bands(t.sig) {
		c.byBand[b] = insert(c.byBand[b], p)
	}
}

// apart is the opposite of compare.
func (c *candidates) apart(p string) {
	t := c.texts[p]
	if t == nil || t.sig == nil {
		return
	}
	take(c.byName, t.name, p)
	for _, b := range bands(t.sig) {
		take(c.byBand, b, p)
	}
	t.sig = nil
}

func (c *candidates) remove(p string) {
	if t := c.texts[p]; t != nil {
		c.apart(p)
		take(c.byHash, t.hash, p)
		delete(c.texts, p)
	}
}

// like returns the texts that p may be a version of: with its date and name, or mostly the same.
func (c *candidates) like(p string) []string {
	t := c.texts[p]
	if t == nil || t.sig == nil {
		return nil
	}
	found := map[string]bool{}
	if !strings.HasPrefix(t.name, "|") {
		for _, q := range c.byName[t.name] {
			if q != p && versions(t, c.texts[q]) {
				found[q] = true
			}
		}
	}
	for _, b := range bands(t.sig) {
		for _, q := range c.byBand[b] {
			if u := c.texts[q]; q != p && !found[q] && draftName(t.name, u.name) && alike(t.sig, u.sig) >= 0.7 {
				found[q] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// stale decides which of the texts around those given are stale drafts, of two versions the shorter one. It returns all texts
// that it decided about, each with the text that it is a draft of, or nothing. Who is not connected with them does not change.
func (c *candidates) stale(around map[string]bool) map[string]string {
	decided := map[string]string{}
	near := map[string][]string{}
	for queue := slices.Sorted(maps.Keys(around)); len(queue) > 0; queue = queue[1:] {
		p := queue[0]
		if _, seen := near[p]; seen || c.texts[p] == nil || c.texts[p].sig == nil {
			continue
		}
		near[p] = c.like(p)
		queue = append(queue, near[p]...)
	}
	for _, p := range slices.Sorted(maps.Keys(near)) {
		decided[p] = ""
		for _, q := range near[p] {
			if draftOf, before := decided[q]; !before || draftOf != "" {
				continue // its turn comes, or it is out
			}
			short, long := q, p
			if a, b := c.texts[p].words, c.texts[q].words; a < b || a == b && len(p) > len(q) {
				short, long = p, q
			}
			if decided[short] = long; short == p {
				break
			}
		}
	}
	return decided
}

// versions reports whether two texts of the same date and name are states of one: in one language, and with some text in
// common or one of them hardly begun.
func versions(a, b *candidate) bool {
	return a.lang == b.lang && (alike(a.sig, b.sig) >= 0.05 || a.words*2 < b.words || b.words*2 < a.words)
}

// draftName reports whether two files are named like versions of one report: the same date, or one name in the other.
// Reports made from a template may be alike without being drafts.
func draftName(ka, kb string) bool {
	da, na, _ := strings.Cut(ka, "|")
	db, nb, _ := strings.Cut(kb, "|")
	return da == db && da != "" || na == nb || na != "" && nb != "" && (strings.Contains(na, nb) || strings.Contains(nb, na))
}
