package content

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// dropDuplicates sets files with the same bytes aside, all but the first by path.
func (y *syncer) dropDuplicates() {
	first := map[string]string{}
	for _, p := range slices.Sorted(maps.Keys(y.next.Reports)) {
		hash := y.next.Reports[p].Hash
		if q, ok := first[hash]; ok {
			delete(y.next.Reports, p)
			y.setAside(p, "duplicate/same", q)
			continue
		}
		first[hash] = p
	}
}

// nameReports gives every file its slug: its name, and where two files or sources share one, its folder before it.
func (y *syncer) nameReports() {
	taken := map[string]bool{}
	if s := y.l.state.Load(); s != nil {
		for _, m := range s.manifests {
			if m.Source.Name != y.next.Source.Name {
				for _, f := range m.Reports {
					taken[f.Slug] = true
				}
			}
		}
	}
	paths := slices.SortedFunc(maps.Keys(y.next.Reports), func(a, b string) int {
		// a file keeps the slug it has; among new ones the shallower comes first
		ka, kb := y.old.Reports[a].Slug != "", y.old.Reports[b].Slug != ""
		if ka != kb {
			if ka {
				return -1
			}
			return 1
		}
		if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, p := range paths {
		f := y.next.Reports[p]
		slug := Slug(p)
		if was := y.old.Reports[p].Slug; was != "" && !taken[was] {
			slug = was
		}
		for _, prefix := range []string{path.Base(path.Dir(p)), y.next.Source.Name} {
			if taken[slug] && prefix != "." {
				slug = Slug(prefix+".d") + "-" + Slug(p)
			}
		}
		for n, base := 2, slug; taken[slug]; n++ {
			slug = fmt.Sprintf("%s-%d", base, n)
		}
		taken[slug] = true
		f.Slug = slug
		y.next.Reports[p] = f
	}
}

// dropDrafts sets aside stale drafts: of two reports that are mostly the same text, in one language, the shorter one.
func (y *syncer) dropDrafts() {
	type entry struct {
		path string
		head *head
	}
	buckets, named := map[uint64][]entry{}, map[string][]entry{}
	for _, p := range slices.Sorted(maps.Keys(y.next.Reports)) {
		h := y.heads[p]
		me := entry{p, h}
		var stale []string
		if key := nameKey(p); !strings.HasPrefix(key, "|") { // a date and a name: versions of one report
			for _, other := range named[key] {
				if _, there := y.next.Reports[other.path]; there && versions(h, other.head) {
					stale = y.setAsideShorter(stale, me.path, other.path)
				}
			}
			named[key] = append(named[key], me)
		}
		for _, band := range bands(h.Signature) {
			for _, other := range buckets[band] {
				if _, there := y.next.Reports[other.path]; !there || other.path == p || alike(h.Signature, other.head.Signature) < 0.7 || !draftName(p, other.path) {
					continue
				}
				stale = y.setAsideShorter(stale, p, other.path)
			}
			buckets[band] = append(buckets[band], me)
		}
		for _, s := range stale {
			delete(y.next.Reports, s)
		}
	}
}

// setAsideShorter sets the shorter of two reports aside and adds it to those that go.
func (y *syncer) setAsideShorter(stale []string, a, b string) []string {
	short, long := b, a
	if wa, wb := y.heads[a].Words, y.heads[b].Words; wa < wb || wa == wb && len(a) > len(b) {
		short, long = a, b
	}
	if slices.Contains(stale, short) || slices.Contains(stale, long) {
		return stale
	}
	y.setAside(short, "duplicate/draft", long)
	return append(stale, short)
}

// versions reports whether two reports of the same date and name are states of one: in one language, and with some text in
// common or one of them hardly begun.
func versions(a, b *head) bool {
	return a.Lang == b.Lang && (alike(a.Signature, b.Signature) >= 0.05 || a.Words*2 < b.Words || b.Words*2 < a.Words)
}

// draftName reports whether two files are named like versions of one report: the same date, or one name in the other.
// Reports made from a template may be alike without being drafts.
func draftName(a, b string) bool {
	ka, kb := nameKey(a), nameKey(b)
	da, na, _ := strings.Cut(ka, "|")
	db, nb, _ := strings.Cut(kb, "|")
	return da == db && da != "" || na == nb || na != "" && nb != "" && (strings.Contains(na, nb) || strings.Contains(nb, na))
}

// followRenames notes under which slug a renamed file was known: one that is gone has the same or mostly the same text as
// one that is new.
func (y *syncer) followRenames() {
	slugs := map[string]bool{}
	for _, f := range y.next.Reports {
		slugs[f.Slug] = true
	}
	for was, now := range y.old.Aliases {
		if slugs[now] && !slugs[was] {
			y.next.Aliases[was] = now
		}
	}
	var added []string
	for p := range y.next.Reports {
		if _, ok := y.old.Reports[p]; !ok {
			added = append(added, p)
		}
	}
	slices.Sort(added)
	if len(added) == 0 {
		return
	}
	for _, p := range slices.Sorted(maps.Keys(y.old.Reports)) {
		gone := y.old.Reports[p]
		if _, ok := y.next.Reports[p]; ok || slugs[gone.Slug] {
			continue
		}
		was, ok := y.known[gone.Key]
		best, likeness := "", 0.6
		for _, q := range added {
			f := y.next.Reports[q]
			if f.Hash == gone.Hash {
				best = f.Slug
				break
			}
			if now := y.heads[q]; ok {
				if a := alike(was.Signature, now.Signature); a >= likeness {
					best, likeness = f.Slug, a
				}
			}
		}
		if best == "" {
			continue
		}
		for alias, target := range y.next.Aliases {
			if target == gone.Slug {
				y.next.Aliases[alias] = best
			}
		}
		y.next.Aliases[gone.Slug] = best
		if h := y.next.History[gone.Slug]; len(h) > 0 {
			y.next.History[best] = append(h[:len(h):len(h)], y.next.History[best]...)
			delete(y.next.History, gone.Slug)
		}
	}
}

// record adds to the history of every report whose text changed.
func (y *syncer) record(at time.Time) {
	if y.next.History == nil {
		y.next.History = map[string][]RevisionRef{}
	}
	for _, f := range y.next.Reports {
		h := y.next.History[f.Slug]
		if len(h) == 0 || h[len(h)-1].Hash != f.Hash {
			y.next.History[f.Slug] = append(h[:len(h):len(h)], RevisionRef{Hash: f.Hash, Version: y.next.Version, Time: at})
		}
	}
}

// write publishes the new state.
func (y *syncer) write() error {
	b, err := json.Marshal(y.next)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(y.dir, manifestName), b)
}

func (y *syncer) result() SyncResult {
	var r SyncResult
	for p, f := range y.next.Reports {
		was, ok := y.old.Reports[p]
		switch {
		case !ok:
			r.Added = append(r.Added, f.Slug)
		case was.Hash != f.Hash:
			r.Updated = append(r.Updated, f.Slug)
		default:
			r.Unchanged = append(r.Unchanged, f.Slug)
		}
	}
	for p, f := range y.old.Reports {
		if _, ok := y.next.Reports[p]; !ok {
			r.Removed = append(r.Removed, f.Slug)
		}
	}
	for _, s := range [][]string{r.Added, r.Updated, r.Removed, r.Unchanged} {
		slices.Sort(s)
	}
	r.SetAside = y.next.SetAside
	return r
}
