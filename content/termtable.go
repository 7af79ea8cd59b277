package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// termTable decides the terms of all reports of a library, and follows it from state to state: it reads the candidates of those reports
// that came or went, counts their glosses, and decides anew the reports that have a gloss whose agreement is another. What it knows can be
// kept, so that the next process goes on from there; what is kept says nothing that the parses don't. docs/design/0017-terms-kept.md
type termTable struct {
	l    *Library
	made string // what decides terms besides the reports; nothing is kept of one that can't be named

	mu     sync.Mutex
	opened bool
	terms  [buckets]map[string][]Term           // by key of the parse: the reports that are counted
	usage  [buckets]map[string]*usage           // by gloss
	read   [buckets]bool                        // usage that is in memory
	own    struct{ terms, usage [buckets]bool } // changed since they were kept
	kept   keptTerms
}

// keptTerms is the file that lists the others, which are named by their content and never change.
type keptTerms struct {
	Made  string
	Terms [buckets]string
	Usage [buckets]string
}

const (
	termsDir  = ".terms" // of a library
	termsList = "list"
	// termsVersion is to be raised with each change of what decideTerm makes of a candidate, and of what is kept.
	termsVersion = "1"
)

func newTermTable(l *Library) *termTable {
	t := &termTable{l: l, made: fmt.Sprintf("%s %#v", termsVersion, l.cfg.Terms)}
	switch seg := l.cfg.Segmenter.(type) {
	case nil:
	case interface{ Signature() string }:
		t.made += " " + seg.Signature()
	default:
		t.made = ""
		return t
	}
	sum := sha256.Sum256([]byte(t.made))
	t.made = hex.EncodeToString(sum[:12])
	return t
}

// of returns the terms of all reports of a state of the library, by key of the parse. A report that can't be read has none.
func (t *termTable) of(s *snapshot) map[string][]Term {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.opened {
		t.open()
	}
	t.follow(s)
	out := make(map[string][]Term, len(s.reports))
	for _, in := range t.terms {
		maps.Copy(out, in)
	}
	return out
}

// reset forgets everything.
func (t *termTable) reset() {
	for i := range buckets {
		t.terms[i], t.usage[i], t.read[i], t.own.terms[i], t.own.usage[i] = nil, nil, true, true, true
	}
}

// open reads what was kept, usage aside, in the place of what is in memory.
func (t *termTable) open() {
	t.reset()
	t.opened = true
	kept, err := t.list()
	if err != nil || kept.Made != t.made {
		return
	}
	var terms [buckets]map[string][]Term
	for i, name := range kept.Terms {
		if err := t.readFile(name, &terms[i]); err != nil {
			return
		}
	}
	t.kept, t.terms, t.read = kept, terms, [buckets]bool{}
	t.own.terms, t.own.usage = [buckets]bool{}, [buckets]bool{}
}

// list reads the list of what is kept.
func (t *termTable) list() (kept keptTerms, err error) {
	b, err := os.ReadFile(t.path(termsList))
	if err != nil {
		return kept, err
	}
	return kept, unseal(b, &kept)
}

// follow makes the terms those of a state of the library. Where that fails, on a file that another process has replaced or that is damaged,
// or of a report whose parse is gone, it begins again with what is kept now, then from nothing, which needs none of that.
func (t *termTable) follow(s *snapshot) {
	err := t.advance(s)
	if err != nil {
		t.open()
		err = t.advance(s)
	}
	if err != nil {
		t.reset()
		_ = t.advance(s)
	}
}

func (t *termTable) path(name string) string { return filepath.Join(t.l.cfg.Dir, termsDir, name) }

func (t *termTable) readFile(name string, v any) error {
	if name == "" {
		return nil
	}
	b, err := os.ReadFile(t.path(name))
	if err != nil {
		return err
	}
	return unseal(b, v)
}

// uses returns the usage of a gloss; where nothing uses it, one to change if it is for changing.
func (t *termTable) uses(gloss string, change bool) (*usage, error) {
	i := bucketOf(gloss)
	if !t.read[i] {
		if err := t.readFile(t.kept.Usage[i], &t.usage[i]); err != nil {
			return nil, err
		}
		t.read[i] = true
	}
	u := t.usage[i][gloss]
	if u == nil {
		u = &usage{}
	}
	if change {
		put(&t.usage[i], gloss, u)
		t.own.usage[i] = true
	}
	return u, nil
}

// advance makes the terms those of a state of the library. After an error they are of none.
func (t *termTable) advance(s *snapshot) error {
	var added []*entry
	there, counted := map[string]bool{}, 0
	var all []*entry
	for _, in := range s.entries.at {
		for _, e := range in {
			all = append(all, e)
			there[e.key] = true
			if _, ok := t.terms[bucketOf(e.key)][e.key]; !ok {
				added = append(added, e)
			}
		}
	}
	var removed []string
	for _, in := range t.terms {
		counted += len(in)
		for key := range in {
			if !there[key] {
				removed = append(removed, key)
			}
		}
	}
	if len(added)+len(removed) == 0 {
		return nil
	}
	if len(added) > 64+counted/2 {
		t.reset()
		added, removed, counted = all, nil, 0
	}
	changed, err := t.recount(s, all, added, removed, counted == 0)
	if err != nil {
		return err
	}
	again := map[string]bool{}
	for _, e := range added {
		again[e.key] = true
	}
	for _, e := range all {
		if !again[e.key] && slices.ContainsFunc(e.head.Glosses, func(g string) bool { return changed[g] }) {
			added = append(added, e)
		}
	}
	for _, key := range removed {
		i := bucketOf(key)
		delete(t.terms[i], key)
		t.own.terms[i] = true
	}
	return t.decide(s, added)
}

// recount counts what reports that came or went use, and returns the glosses whose agreement is another than before.
func (t *termTable) recount(s *snapshot, all, added []*entry, removed []string, anew bool) (map[string]bool, error) {
	pending, was := map[string]*usage{}, map[string][]string{}
	if anew {
		for _, e := range added {
			for _, gloss := range e.head.Glosses {
				u, err := t.uses(gloss, true)
				if err != nil {
					return nil, err
				}
				pending[gloss] = u
			}
		}
	} else if err := t.countChanges(s, added, removed, pending, was); err != nil {
		return nil, err
	}
	if len(pending) > 0 {
		countAnew(pending, func(glosses map[string]*usage, f func(string, []string)) {
			var of []*entry
			for _, e := range all {
				if slices.ContainsFunc(e.head.Glosses, func(g string) bool { return glosses[g] != nil }) {
					of = append(of, e)
				}
			}
			var mu sync.Mutex
			t.each(s, of, func(_ *entry, cs []termCandidate) {
				mu.Lock()
				defer mu.Unlock()
				for _, c := range cs {
					if gloss := glossKey(c.Inside); glosses[gloss] != nil {
						f(gloss, c.Before)
					}
				}
			})
		})
	}
	changed := map[string]bool{}
	for gloss, run := range was {
		u, err := t.uses(gloss, false)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(u.Run, run) {
			changed[gloss] = true
		}
		if u.Uses == 0 {
			delete(t.usage[bucketOf(gloss)], gloss)
		}
	}
	return changed, nil
}

// countChanges counts what came and went. Glosses that are to be counted anew are added to pending; of all that are used otherwise it
// notes what they agreed on. Of a report that only changed elsewhere nothing is left to count.
func (t *termTable) countChanges(s *snapshot, added []*entry, removed []string, pending map[string]*usage, was map[string][]string) error {
	type use struct{ gloss, before string }
	net := map[use]int{}
	note := func(cs []termCandidate, by int) {
		for _, c := range cs {
			net[use{glossKey(c.Inside), strings.Join(c.Before, " ")}] += by
		}
	}
	for _, key := range removed {
		cs, ok := t.l.store.candidates(key)
		if !ok {
			return fmt.Errorf("parse %s: %w", key, fs.ErrNotExist)
		}
		note(cs, -1)
	}
	for _, e := range added {
		cs, _ := t.l.candidatesOf(s, e)
		note(cs, 1)
	}
	for x, n := range net {
		if n == 0 {
			continue
		}
		u, err := t.uses(x.gloss, true)
		if err != nil {
			return err
		}
		if _, ok := was[x.gloss]; !ok {
			was[x.gloss] = slices.Clone(u.Run)
		}
		u.count(strings.Fields(x.before), n)
	}
	for gloss := range was {
		u, err := t.uses(gloss, true)
		if err != nil {
			return err
		}
		if !u.stands() {
			pending[gloss] = u
		}
	}
	return nil
}

// decide decides the terms of reports.
func (t *termTable) decide(s *snapshot, reports []*entry) error {
	agreed := map[string][]string{}
	for _, e := range reports {
		for _, gloss := range e.head.Glosses {
			u, err := t.uses(gloss, false)
			if err != nil {
				return err
			}
			agreed[gloss] = u.Run
		}
	}
	var mu sync.Mutex
	t.each(s, reports, func(e *entry, cs []termCandidate) {
		terms := decide(cs, func(gloss string) []string { return agreed[gloss] }, t.l.cfg.Segmenter)
		terms = slices.Clip(slices.DeleteFunc(terms, t.l.cfg.Terms.Forbids))
		mu.Lock()
		defer mu.Unlock()
		i := bucketOf(e.key)
		put(&t.terms[i], e.key, terms)
		t.own.terms[i] = true
	})
	return nil
}

// each calls f with the candidates of reports, in parallel. Those of a report that can't be read are left out.
func (t *termTable) each(s *snapshot, reports []*entry, f func(*entry, []termCandidate)) {
	var g errgroup.Group
	g.SetLimit(t.l.cfg.Parallel)
	for _, e := range reports {
		if len(e.head.Glosses) == 0 {
			f(e, nil)
			continue
		}
		g.Go(func() error {
			if cs, ok := t.l.candidatesOf(s, e); ok {
				f(e, cs)
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
}

// candidatesOf reads the candidates of a report; a kept parse that was deleted or damaged is made again. It reports false of one that can't be.
func (l *Library) candidatesOf(s *snapshot, e *entry) ([]termCandidate, bool) {
	if cs, ok := l.store.candidates(e.key); ok {
		return cs, true
	}
	r := e.report
	m := s.manifest(r.Source)
	if _, err := l.parseKept(m, r.Path, m.of(r.Path).Reports[r.Path]); err != nil {
		return nil, false
	}
	return l.store.candidates(e.key)
}

// KeepTerms decides the terms of all reports and keeps them with what they depend on, so that a process that opens the library later decides
// those alone that are to be decided anew. It is for who may write to the library. Nothing depends on it being called.
func (l *Library) KeepTerms(ctx context.Context) error {
	if err := l.terms.keep(ctx, l.state.Load()); err != nil {
		return fmt.Errorf("keep terms: %w", err)
	}
	return nil
}

func (t *termTable) keep(ctx context.Context, s *snapshot) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.made == "" {
		return nil
	}
	if on, err := t.list(); !t.opened || err == nil && on != t.kept { // of another process, which may have removed files of ours
		t.open()
	}
	t.follow(s)
	if t.own.terms == [buckets]bool{} && t.own.usage == [buckets]bool{} {
		return nil
	}
	before := t.kept
	next := keptTerms{t.made, before.Terms, before.Usage}
	for i := range buckets {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if t.own.terms[i] {
			if next.Terms[i], err = keepFile(t, t.terms[i]); err != nil {
				return err
			}
		}
		if t.own.usage[i] {
			if next.Usage[i], err = keepFile(t, t.usage[i]); err != nil {
				return err
			}
		}
	}
	b, err := seal(next)
	if err != nil {
		return err
	}
	if err := replaceFile(t.path(termsList), b, false); err != nil {
		return err
	}
	t.kept, t.own.terms, t.own.usage = next, [buckets]bool{}, [buckets]bool{}
	needed := map[string]bool{termsList: true}
	for _, k := range []keptTerms{before, next} { // somebody may be reading what was before
		for i := range buckets {
			needed[k.Terms[i]], needed[k.Usage[i]] = true, true
		}
	}
	files, err := os.ReadDir(t.path(""))
	for _, f := range files {
		if !needed[f.Name()] {
			err = errors.Join(err, os.Remove(t.path(f.Name())))
		}
	}
	return err
}

// keepFile writes a bucket under the name of its content, and returns that; nothing of an empty one.
func keepFile[V any](t *termTable, bucket map[string]V) (string, error) {
	if len(bucket) == 0 {
		return "", nil
	}
	b, err := seal(bucket)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	name := hex.EncodeToString(sum[:16])
	return name, replaceFile(t.path(name), b, false)
}
