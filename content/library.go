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
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// LibraryConfig says where a library is and how its pages are addressed.
type LibraryConfig struct {
	Dir       string    // holds one folder per source
	Assets    string    // URL prefix of images; /files/ when empty
	Pages     string    // URL prefix of reports; /reports/ when empty
	Terms     TermRules // corrections of the mined terms
	Segmenter Segmenter // tells where phrases before mined terms end; nil goes by listed endings alone
	Parallel  int       // parsers at work; the number of processors when 0
}

// Library is the reports of all sources, parsed and linked with each other. It is safe for concurrent use. Of a report
// it keeps everything but the text in memory; the text is read when asked for.
type Library struct {
	cfg       LibraryConfig
	store     parseStore
	state     atomic.Pointer[snapshot]
	recent    *recentReports
	claims    atomic.Pointer[Recognizer]
	relations *relations
	citations *citations
	terms     *termTable

	writing    sync.Mutex             // guards what follows
	stamped    string                 // the manifests of state, by stamps
	candidates map[string]*candidates // by source, of the last Sync
	damaged    map[string]bool        // names of files of heads
}

// snapshot is one consistent state of the library. Nothing in it is changed, so that the next one can share what stays.
type snapshot struct {
	version   string
	manifests []*manifest    // by name
	entries   *table[*entry] // by slug
	resolver  *libraryResolver
	reports   []*Report                // newest first, without text
	terms     func() map[string][]Term // by key of the parse
	glossary  func() []GlossaryTerm
}

// entry is a report of a snapshot.
type entry struct {
	key    string  // of the parse
	head   *head   // the parse
	report *Report // the parse with its links resolved, without text
}

// manifest returns that of a source, nil if there is none.
func (s *snapshot) manifest(source string) *manifest {
	i, ok := slices.BinarySearchFunc(s.manifests, source, func(m *manifest, name string) int { return strings.Compare(m.Source.Name, name) })
	if !ok {
		return nil
	}
	return s.manifests[i]
}

// renamed returns the slug of the report that had a slug before its file was renamed; nothing if none had.
func (s *snapshot) renamed(slug string) string {
	for _, m := range s.manifests {
		if now := m.of(slug).Aliases[slug]; now != "" {
			return now
		}
	}
	return ""
}

// find returns a report by its slug, or one that it had before; nil if there is none.
func (s *snapshot) find(slug string) *Report {
	e := s.entries.get(slug)
	if e == nil {
		e = s.entries.get(s.renamed(slug))
	}
	if e == nil {
		return nil
	}
	return e.report
}

// Open reads a library. A folder that does not exist yet is an empty library. Reports that were kept by an older parser
// are parsed again.
func Open(cfg LibraryConfig) (*Library, error) {
	if cfg.Dir == "" {
		return nil, errors.New("open library: no folder given")
	}
	cfg.Assets, cfg.Pages = firstOf(cfg.Assets, "/files/"), firstOf(cfg.Pages, "/reports/")
	if cfg.Parallel <= 0 {
		cfg.Parallel = runtime.GOMAXPROCS(0)
	}
	l := &Library{cfg: cfg, store: parseStore{filepath.Join(cfg.Dir, ".parsed")}, recent: newRecentReports(64),
		relations: newRelations(), citations: newCitations(), candidates: map[string]*candidates{}, damaged: map[string]bool{}}
	l.terms = newTermTable(l)
	if _, err := l.Reload(context.Background()); err != nil {
		return nil, fmt.Errorf("open library %s: %w", cfg.Dir, err)
	}
	return l, nil
}

// Reload takes in what another process wrote since. It reports whether anything changed; on an error the library stays
// as it was.
func (l *Library) Reload(ctx context.Context) (bool, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	// Asked every second by a server: nothing is read where no manifest was replaced.
	stamps := l.stamps()
	if stamps != "" && stamps == l.stamped {
		return false, nil
	}
	was := l.state.Load()
	if err := l.reload(ctx, nil); err != nil {
		return false, err
	}
	l.stamped = stamps
	return l.state.Load() != was, nil
}

// stamps tells states of the manifests apart without reading them: a manifest is replaced as a whole, never written in place.
// It is empty where there is none, or it can't be told.
func (l *Library) stamps() string {
	dir := os.DirFS(l.cfg.Dir)
	files, err := fs.Glob(dir, "*/"+manifestName)
	if err != nil {
		return ""
	}
	var all strings.Builder
	for _, file := range files {
		info, err := fs.Stat(dir, file)
		if err != nil {
			return ""
		}
		fmt.Fprintln(&all, file, info.Size(), info.ModTime().UnixNano())
	}
	return all.String()
}

// reload makes the state on disk the library's. What y, where it is given, has just written is not read again.
func (l *Library) reload(ctx context.Context, y *syncer) error {
	old := l.state.Load()
	if old == nil {
		old = &snapshot{entries: &table[*entry]{}}
	}
	ms, err := l.readManifests(old, y)
	if err != nil {
		return err
	}
	s, changes, err := l.assemble(ctx, ms, old, y)
	if err != nil {
		return err
	}
	// Who asks for what follows from all reports together finds it of the state that is shown.
	l.relations.mu.Lock()
	defer l.relations.mu.Unlock()
	l.citations.mu.Lock()
	defer l.citations.mu.Unlock()
	l.relations.replace(changes)
	l.citations.replace(changes)
	l.state.Store(s)
	return nil
}

// readManifests reads the manifests that are not as they were.
func (l *Library) readManifests(old *snapshot, y *syncer) ([]*manifest, error) {
	entries, err := os.ReadDir(l.cfg.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ms []*manifest
	for _, e := range entries {
		if !e.IsDir() || !sourceName.MatchString(e.Name()) {
			continue
		}
		known := old.manifest(e.Name())
		if y != nil && y.next.Source.Name == e.Name() {
			known = y.next
		}
		m, err := readManifest(filepath.Join(l.cfg.Dir, e.Name()), known)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a first ingest that never finished
		}
		if err != nil {
			return nil, err
		}
		ms = append(ms, m)
	}
	slices.SortFunc(ms, func(a, b *manifest) int { return strings.Compare(a.Source.Name, b.Source.Name) })
	return ms, nil
}

// versionOf is a hash of what answers depend on in a library.
func versionOf(ms []*manifest) string {
	sum := sha256.New()
	for _, m := range ms {
		fmt.Fprintln(sum, m.state())
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// change is what became of a report from one snapshot to the next; was or is is nil for one that came or went.
type change struct{ was, is *entry }

// assemble builds a snapshot, taking over from the one before it what did not change. It returns what did.
func (l *Library) assemble(ctx context.Context, ms []*manifest, old *snapshot, y *syncer) (*snapshot, []change, error) {
	s := &snapshot{version: versionOf(ms), manifests: ms, entries: old.entries.copy(), resolver: old.resolver, reports: old.reports, terms: old.terms, glossary: old.glossary}
	if s.version == old.version {
		return s, nil, nil // the files have other times, no more
	}
	s.terms = sync.OnceValue(func() map[string][]Term { return l.terms.of(s) })
	s.glossary = sync.OnceValue(func() []GlossaryTerm { return l.glossaryOf(s) })
	d := compare(old.manifests, ms)
	heads, err := l.readHeads(ctx, d.is, y)
	if err != nil {
		return nil, nil, err
	}
	changes := map[string]change{}
	for _, f := range d.was {
		if e := s.entries.get(f.Slug); e != nil {
			changes[f.Slug] = change{was: e}
			s.entries.delete(f.Slug)
		}
	}
	for i, f := range d.is {
		e := &entry{key: f.Key, head: heads[i]}
		changes[f.Slug] = change{changes[f.Slug].was, e}
		s.entries.set(f.Slug, e)
	}
	if d.all || len(d.names) > 0 || s.resolver == nil {
		s.resolver = newResolver(l.cfg, ms, s.entries)
		if d.all = d.all || !s.resolver.sameRepositories(old.resolver); d.all {
			d.names = nil
		}
		l.relink(s, changes, d.names)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.cfg.Parallel)
	for slug, c := range changes {
		if c.is == nil || c.is.report != nil {
			continue
		}
		g.Go(func() error {
			c.is.report = l.linked(&c.is.head.Report, slug, s)
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	list := slices.Collect(maps.Values(changes))
	s.reports = reordered(old.reports, list)
	return s, list, nil
}

// relink resolves anew the links of reports that did not change themselves but look for one of some names, or where there are no
// names of all, and adds those whose links lead elsewhere now to the changes.
func (l *Library) relink(s *snapshot, changes map[string]change, names map[uint64]bool) {
	for _, in := range s.entries.at {
		for slug, e := range in {
			if e.report == nil || names != nil && !e.head.Sought.seeks(names) {
				continue
			}
			r := l.linked(&e.head.Report, slug, s)
			if slices.Equal(r.Links, e.report.Links) && slices.Equal(r.Figures, e.report.Figures) {
				continue
			}
			changes[slug] = change{e, &entry{e.key, e.head, r}}
		}
	}
	for slug, c := range changes {
		if c.is != nil {
			s.entries.set(slug, c.is)
		}
	}
}

// reordered makes the list of reports anew.
func reordered(reports []*Report, changes []change) []*Report {
	out := slices.Clone(reports)
	if len(changes) > 16+len(reports)/16 { // a new list costs less than so many places in it
		gone := map[*Report]bool{}
		for _, c := range changes {
			if c.was != nil {
				gone[c.was.report] = true
			}
		}
		out = slices.DeleteFunc(out, func(r *Report) bool { return gone[r] })
		for _, c := range changes {
			if c.is != nil {
				out = append(out, c.is.report)
			}
		}
		slices.SortFunc(out, newestFirst)
		return out
	}
	for _, c := range changes {
		if c.was != nil {
			if i, ok := slices.BinarySearchFunc(out, c.was.report, newestFirst); ok {
				out = slices.Delete(out, i, i+1)
			}
		}
	}
	for _, c := range changes {
		if c.is != nil {
			i, _ := slices.BinarySearchFunc(out, c.is.report, newestFirst)
			out = slices.Insert(out, i, c.is.report)
		}
	}
	return out
}

// linked resolves a parse within a snapshot, under the slug that the library gave it.
func (l *Library) linked(p *Report, slug string, s *snapshot) *Report {
	q := *p
	if q.Slug != slug {
		q.lintCopy(1, "slug/taken", q.Slug, slug)
		q.Slug = slug
	}
	q.lintLookalikes()
	return resolve(&q, s.resolver)
}

// lintCopy adds to the lint of a report that shares it with another.
func (r *Report) lintCopy(line int, rule string, args ...string) {
	r.Lint = slices.Clone(r.Lint)
	r.lint(line, rule, args...)
}

func newestFirst(a, b *Report) int {
	if c := b.Date.Compare(a.Date); c != 0 {
		return c
	}
	return strings.Compare(a.Slug, b.Slug)
}

// Version identifies the library's state: it changes whenever an answer made of it could.
func (l *Library) Version() string {
	v := l.state.Load().version
	if c := l.claims.Load(); c != nil {
		v += "-" + c.Version()
	}
	return v
}

// Reports returns all reports, newest first, without their text: HTML, Sections, Passages, Notes, Terms,
// Claims and Mentions are empty. Report, Each and Full give the whole.
func (l *Library) Reports() []*Report { return slices.Clone(l.state.Load().reports) }

// Report returns one report with its text. A slug that the file had before it was renamed finds it too; the report's
// Slug then differs from the one asked for.
func (l *Library) Report(slug string) (*Report, bool) {
	r, err := l.load(l.state.Load(), Slug(slug+".md"))
	return r, err == nil
}

// Each calls f with every report and its text, newest first, one at a time in memory. It stops at the first error.
func (l *Library) Each(ctx context.Context, f func(*Report) error) error {
	s := l.state.Load()
	for _, r := range s.reports {
		if err := ctx.Err(); err != nil {
			return err
		}
		full, err := l.read(s, r)
		if err != nil {
			return fmt.Errorf("report %s: %w", r.Slug, err)
		}
		if err := f(full); err != nil {
			return err
		}
	}
	return nil
}

// Full returns all reports with their text, newest first. It is for libraries that fit in memory; Each is for the rest.
func (l *Library) Full(ctx context.Context) ([]*Report, error) {
	var out []*Report
	err := l.Each(ctx, func(r *Report) error { out = append(out, r); return nil })
	return out, err
}

func (l *Library) load(s *snapshot, slug string) (*Report, error) {
	r := s.find(slug)
	if r == nil {
		return nil, fs.ErrNotExist
	}
	version := l.Version()
	if full, ok := l.recent.get(version, r.Slug); ok {
		return full, nil
	}
	full, err := l.read(s, r)
	if err == nil {
		l.recent.put(version, full)
	}
	return full, err
}

// parse loads a report's text from the store; a kept parse that was deleted or damaged is made again.
func (l *Library) parse(s *snapshot, slug string) (*head, error) {
	e := s.entries.get(slug)
	if h, err := l.store.full(e.key); err == nil {
		return h, nil
	}
	r := e.report
	m := s.manifest(r.Source)
	return l.parseKept(m, r.Path, m.of(r.Path).Reports[r.Path])
}

// read returns a report with its text.
func (l *Library) read(s *snapshot, r *Report) (*Report, error) {
	e := s.entries.get(r.Slug)
	h, err := l.parse(s, r.Slug)
	if err != nil {
		return nil, err
	}
	full := l.linked(&h.Report, r.Slug, s)
	full.Terms = s.termsOf(r)
	if rec := l.claims.Load(); rec != nil {
		found, err := l.recognizedIn(rec, e.key, func() ([]Passage, error) { return full.Passages, nil })
		if err != nil {
			return nil, err
		}
		full.Claims, full.Mentions = found.Claims, found.Mentions
	}
	return full, nil
}
