package content

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"time"
)

// replaceTexts takes what was read into the candidates, and what is gone out of them.
func (y *syncer) replaceTexts(gone []string) {
	hashes := map[string]bool{}
	for _, p := range slices.Concat(y.read, gone) {
		y.touched[p] = true
		if t := y.texts.texts[p]; t != nil {
			hashes[t.hash] = true
			y.affect(p)
			y.texts.remove(p)
		}
		if f, ok := y.next.report(p); ok {
			hashes[f.Hash] = true
			y.texts.add(p, f.Hash)
		}
	}
	for hash := range hashes {
		y.dropCopies(y.texts.byHash[hash])
	}
}

// affect notes that what a text resembles may be a draft otherwise than it was.
func (y *syncer) affect(p string) {
	for _, q := range y.texts.like(p) {
		y.affected[q] = true
	}
}

// dropCopies sets all but the first of the files with the same bytes aside.
func (y *syncer) dropCopies(same []string) {
	for i, p := range same {
		if i > 0 {
			y.affect(p)
			y.texts.apart(p)
			y.setAside(y.file(p), "duplicate/same", same[0])
			continue
		}
		if y.next.of(p).SetAside[p].Detail == "same" {
			y.takeBack(p)
		}
		if y.texts.texts[p].sig == nil {
			y.parses[p] = true
		}
	}
}

// file is what is known of a candidate, whether it is a report or set aside.
func (y *syncer) file(p string) reportIn {
	if f, ok := y.next.report(p); ok {
		return reportIn{y.next, p, f}
	}
	return reportIn{y.next, p, y.next.of(p).SetAside[p].reportFile}
}

// takeBack makes a copy or draft a report.
func (y *syncer) takeBack(p string) {
	f := y.file(p)
	y.next.drop(p)
	put(&y.next.edit(p).Reports, p, f.reportFile)
	y.touched[p] = true
}

// askParses adds what is to be parsed although its text is as it was: where the source's licence or openness changed, or
// what an index page or the history says of a report.
func (y *syncer) askParses() {
	if _, ok := y.next.of("").Index[""]; ok {
		delete(y.next.edit("").Index, "")
		y.next.listed = y.next.listings()
	}
	if slices.ContainsFunc(slices.Collect(maps.Keys(y.touched)), indexName) {
		y.next.listed = y.next.listings()
	}
	all := y.old.Source.Public != y.next.Source.Public || y.old.Source.License != y.next.Source.License
	if said := y.changedListings(); all || len(said) > 0 {
		for p := range y.next.each() {
			if all || said[nameKey(p)] {
				y.parses[p] = true
			}
		}
	}
	for p, t := range y.next.Source.Added {
		if f, ok := y.next.report(p); ok && !t.IsZero() && !f.Added.Equal(t) {
			f.Added = t
			y.next.edit(p).Reports[p] = f
			y.parses[p] = true
		}
	}
}

// changedListings are the reports, by normalised name, of which index pages say something else than before.
func (y *syncer) changedListings() map[string]bool {
	out := map[string]bool{}
	for name, l := range y.next.listed {
		if was, ok := y.old.listed[name]; !ok || was != l {
			out[name] = true
		}
	}
	for name := range y.old.listed {
		if _, ok := y.next.listed[name]; !ok {
			out[name] = true
		}
	}
	return out
}

// dropDrafts sets aside stale drafts: of two reports that are mostly the same text, in one language, the shorter one.
func (y *syncer) dropDrafts() error {
	for p := range y.parses {
		y.texts.compare(p, y.heads[p])
		y.affected[p] = true
	}
	for p, draftOf := range y.texts.stale(y.affected) {
		_, isReport := y.next.report(p)
		switch {
		case draftOf != "":
			y.setAside(y.file(p), "duplicate/draft", draftOf)
		case !isReport:
			y.takeBack(p)
			if err := y.parse(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// nameReports gives every new report its slug: its name, and where two files or sources share one, its folder before it. A
// report keeps the slug that it has; among new ones the shallower comes first.
func (y *syncer) nameReports() {
	var unnamed []string
	for p := range y.touched {
		if f, ok := y.next.report(p); ok {
			if f.Slug == "" {
				unnamed = append(unnamed, p)
			} else {
				y.named[f.Slug] = p
			}
		}
	}
	for _, p := range slices.SortedFunc(slices.Values(unnamed), shallowFirst) {
		slug := Slug(p)
		for _, prefix := range []string{path.Base(path.Dir(p)), y.next.Source.Name} {
			if y.taken(slug) && prefix != "." {
				slug = Slug(prefix+".d") + "-" + Slug(p)
			}
		}
		for n, base := 2, slug; y.taken(slug); n++ {
			slug = fmt.Sprintf("%s-%d", base, n)
		}
		y.named[slug] = p
		f := y.next.of(p).Reports[p]
		f.Slug = slug
		y.next.edit(p).Reports[p] = f
	}
}

// taken reports whether a report of this source or another has a slug.
func (y *syncer) taken(slug string) bool {
	e := y.before.entries.get(slug)
	return y.live(slug) || e != nil && e.report.Source != y.next.Source.Name
}

// live reports whether a report of this source has a slug.
func (y *syncer) live(slug string) bool {
	if y.named[slug] != "" {
		return true
	}
	e := y.before.entries.get(slug)
	if e == nil || e.report.Source != y.next.Source.Name {
		return false
	}
	f, ok := y.next.report(e.report.Path)
	return ok && f.Slug == slug
}

// followRenames notes under which slug a renamed file was known: one that is gone has the same or mostly the same text as
// one that is new.
func (y *syncer) followRenames() {
	var added, gone []string
	for p := range y.touched {
		_, was := y.old.report(p)
		_, is := y.next.report(p)
		switch {
		case is && !was:
			added = append(added, p)
		case was && !is:
			gone = append(gone, p)
		}
	}
	if len(added)+len(gone) == 0 {
		return
	}
	slices.Sort(added)
	slices.Sort(gone)
	aliases := maps.Collect(entries(y.next, (*part).aliases))
	for _, p := range gone {
		slug := y.old.of(p).Reports[p].Slug
		successor := y.successor(p, added)
		if successor == "" || y.live(slug) {
			continue
		}
		for alias, target := range aliases {
			if target == slug {
				aliases[alias] = successor
				y.next.edit(alias).Aliases[alias] = successor
			}
		}
		aliases[slug] = successor
		put(&y.next.edit(slug).Aliases, slug, successor)
		if h := y.next.of(slug).History[slug]; len(h) > 0 {
			put(&y.next.edit(successor).History, successor, append(h[:len(h):len(h)], y.next.of(successor).History[successor]...))
			delete(y.next.edit(slug).History, slug)
		}
	}
	for alias, target := range aliases {
		if !y.live(target) || y.live(alias) {
			delete(y.next.edit(alias).Aliases, alias)
		}
	}
}

// successor returns the slug of the one among new files that has the text of one that is gone.
func (y *syncer) successor(p string, added []string) string {
	gone := y.old.of(p).Reports[p]
	var was *head
	best, likeness := "", 0.6
	for _, q := range added {
		f := y.next.of(q).Reports[q]
		if f.Hash == gone.Hash {
			return f.Slug
		}
		if was == nil {
			if was = y.headBefore(p, gone); was == nil {
				was = &head{}
			}
		}
		if a := alike(was.Signature, y.heads[q].Signature); a >= likeness {
			best, likeness = f.Slug, a
		}
	}
	return best
}

// record adds to the history of every report whose text changed.
func (y *syncer) record(at time.Time) {
	for p := range y.touched {
		f, ok := y.next.report(p)
		if !ok {
			continue
		}
		if h := y.next.of(f.Slug).History[f.Slug]; len(h) == 0 || h[len(h)-1].Hash != f.Hash {
			put(&y.next.edit(f.Slug).History, f.Slug, append(h[:len(h):len(h)], RevisionRef{Hash: f.Hash, Version: y.next.Version, Time: at}))
		}
	}
}

// reread counts the reports that this Sync parsed anew though their files are as they were.
func (y *syncer) reread() (n int) {
	for p := range y.parses {
		was, before := y.old.report(p)
		if f, after := y.next.report(p); before && after && was.Hash == f.Hash && was.Key != f.Key {
			n++
		}
	}
	return n
}

func (y *syncer) result() SyncResult {
	r := SyncResult{Unchanged: y.next.count(func(p *part) int { return len(p.Reports) }), SetAside: y.next.setAsideList()}
	for p := range y.touched {
		was, before := y.old.report(p)
		f, after := y.next.report(p)
		switch {
		case after && !before:
			r.Added = append(r.Added, f.Slug)
			r.Unchanged--
		case after && was.Hash != f.Hash:
			r.Updated = append(r.Updated, f.Slug)
			r.Unchanged--
		case before && !after:
			r.Removed = append(r.Removed, was.Slug)
		}
	}
	if r.Reread = y.reread(); y.old.parser != "" && y.old.parser != parserVersion {
		r.Reread = r.Unchanged
	}
	r.Unchanged -= r.Reread
	for _, s := range [][]string{r.Added, r.Updated, r.Removed} {
		slices.Sort(s)
	}
	return r
}
