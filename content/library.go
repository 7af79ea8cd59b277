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
	Segmenter Segmenter // morpheme boundaries for mined terms; nil decides by the corpus alone
	Parallel  int       // parsers at work; the number of processors when 0
}

// Library is the reports of all sources, parsed and linked with each other. It is safe for concurrent use. Of a report
// it keeps everything but the text in memory; the text is read when asked for.
type Library struct {
	cfg     LibraryConfig
	store   parseStore
	writing sync.Mutex
	stamped string // the manifests of state, by stamps; under writing
	state   atomic.Pointer[snapshot]
	recent  *recentReports
	claims  atomic.Pointer[Recognizer]
}

// snapshot is one consistent state of the library.
type snapshot struct {
	version   string
	manifests []*manifest // by name
	heads     map[string]*head
	resolver  *libraryResolver
	reports   []*Report // newest first, without text
	bySlug    map[string]*Report
	aliases   map[string]string
	shape     string     // what link resolution depends on
	terms     *termStats // of all reports; shared with the snapshots before and after

	derive  sync.Once
	derived *derived

	mine  sync.Once
	mined []GlossaryTerm

	citing  sync.Mutex // guards what follows
	cited   map[string][]Cited
	citedBy string
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
	l := &Library{cfg: cfg, store: parseStore{filepath.Join(cfg.Dir, ".parsed")}, recent: newRecentReports(64)}
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
	changed, err := l.reload(ctx)
	if err == nil {
		l.stamped = stamps
	}
	return changed, err
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

func (l *Library) reload(ctx context.Context) (bool, error) {
	ms, version, err := l.readManifests()
	if err != nil {
		return false, err
	}
	old := l.state.Load()
	if old != nil && old.version == version {
		return false, nil
	}
	s, err := l.assemble(ctx, ms, version, old)
	if err != nil {
		return false, err
	}
	l.state.Store(s)
	return true, nil
}

// readManifests reads the state of every source. The version is a hash of them all and of the parser's.
func (l *Library) readManifests() ([]*manifest, string, error) {
	entries, err := os.ReadDir(l.cfg.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	var ms []*manifest
	sum := sha256.New()
	fmt.Fprintln(sum, parserVersion)
	for _, e := range entries {
		if !e.IsDir() || !sourceName.MatchString(e.Name()) {
			continue
		}
		file := filepath.Join(l.cfg.Dir, e.Name(), manifestName)
		m, err := readManifest(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a first ingest that never finished
		}
		if err != nil {
			return nil, "", err
		}
		ms = append(ms, m)
		fmt.Fprintf(sum, "%s %s %v %s\n", m.Source.Name, m.Version, m.Source.Public, m.Source.License)
		for _, p := range slices.Sorted(maps.Keys(m.Reports)) {
			fmt.Fprintln(sum, p, m.Reports[p].Key)
		}
		for _, p := range slices.Sorted(maps.Keys(m.Images)) {
			fmt.Fprintln(sum, p, m.Images[p].Hash)
		}
	}
	return ms, hex.EncodeToString(sum.Sum(nil)[:12]), nil
}

// assemble builds a snapshot, taking over from the previous one what did not change.
func (l *Library) assemble(ctx context.Context, ms []*manifest, version string, old *snapshot) (*snapshot, error) {
	s := &snapshot{version: version, manifests: ms, heads: map[string]*head{}, bySlug: map[string]*Report{}, aliases: map[string]string{}}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.cfg.Parallel)
	for _, m := range ms {
		for p, f := range m.Reports {
			if old != nil && old.heads[f.Key] != nil {
				mu.Lock()
				s.heads[f.Key] = old.heads[f.Key]
				mu.Unlock()
				continue
			}
			g.Go(func() error {
				if err := ctx.Err(); err != nil {
					return err
				}
				h, ok := l.store.head(f.Key)
				if !ok {
					var err error
					if h, err = l.parseKept(m, p, f); err != nil {
						return err
					}
					h = h.slim()
				}
				mu.Lock()
				s.heads[f.Key] = h
				mu.Unlock()
				return nil
			})
		}
		maps.Copy(s.aliases, m.Aliases)
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	s.shape = shapeOf(ms)
	same := old != nil && old.shape == s.shape
	if same {
		s.resolver = old.resolver
	} else {
		s.resolver = newResolver(l.cfg, ms, s.heads)
	}
	for _, m := range ms {
		for _, f := range m.Reports {
			h := s.heads[f.Key]
			if r := old.report(f.Slug, h); same && r != nil {
				s.reports = append(s.reports, r)
			} else {
				s.reports = append(s.reports, l.linked(&h.Report, f.Slug, s))
			}
		}
	}
	s.countTerms(old)
	slices.SortFunc(s.reports, newestFirst)
	for _, r := range s.reports {
		s.bySlug[r.Slug] = r
	}
	return s, nil
}

// countTerms takes over the counts of the previous snapshot and adds what changed.
func (s *snapshot) countTerms(old *snapshot) {
	if old == nil {
		s.terms = newTermStats()
		for _, h := range s.heads {
			s.terms.add(h.Candidates, 1)
		}
		return
	}
	s.terms = old.terms
	var added, removed []*head
	for key, h := range s.heads {
		if old.heads[key] == nil {
			added = append(added, h)
		}
	}
	for key, h := range old.heads {
		if s.heads[key] == nil {
			removed = append(removed, h)
		}
	}
	s.terms.replace(added, removed)
}

// report returns the snapshot's report if it came from the same parse.
func (s *snapshot) report(slug string, h *head) *Report {
	if s == nil {
		return nil
	}
	if r := s.bySlug[slug]; r != nil && r.Revision == h.Revision && r.Path == h.Path {
		if was := s.heads[s.keyOf(r)]; was == h {
			return r
		}
	}
	return nil
}

func (s *snapshot) keyOf(r *Report) string {
	for _, m := range s.manifests {
		if m.Source.Name == r.Source {
			return m.Reports[r.Path].Key
		}
	}
	return ""
}

// linked resolves a parse within a snapshot, under the slug that the library gave it.
func (l *Library) linked(p *Report, slug string, s *snapshot) *Report {
	q := *p
	if q.Slug != slug {
		q.lintCopy(1, "slug/taken", q.Slug, slug)
		q.Slug = slug
	}
	return resolve(&q, s.resolver)
}

// lintCopy adds to the lint of a report that shares it with another.
func (r *Report) lintCopy(line int, rule string, args ...string) {
	r.Lint = slices.Clone(r.Lint)
	r.lint(line, rule, args...)
}

// shapeOf is what the resolution of links depends on besides the reports themselves.
func shapeOf(ms []*manifest) string {
	sum := sha256.New()
	for _, m := range ms {
		fmt.Fprintln(sum, m.Source.Name, m.Source.Repository)
		for _, p := range slices.Sorted(maps.Keys(m.Reports)) {
			fmt.Fprintln(sum, p, m.Reports[p].Slug)
		}
		for _, p := range slices.Sorted(maps.Keys(m.Images)) {
			fmt.Fprintln(sum, p, m.Images[p].Hash)
		}
		for _, a := range m.SetAside {
			fmt.Fprintln(sum, a.Path, a.Rule)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
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
	r := s.bySlug[slug]
	if r == nil {
		if r = s.bySlug[s.aliases[slug]]; r == nil {
			return nil, fs.ErrNotExist
		}
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

// read loads a report's text from the store; a kept parse that was deleted or damaged is made again.
func (l *Library) read(s *snapshot, r *Report) (*Report, error) {
	h, err := l.store.full(s.keyOf(r))
	if err != nil {
		for _, m := range s.manifests {
			if m.Source.Name == r.Source {
				h, err = l.parseKept(m, r.Path, m.Reports[r.Path])
			}
		}
		if err != nil {
			return nil, err
		}
	}
	full := l.linked(&h.Report, r.Slug, s)
	full.Terms = l.termsOf(s, r)
	if rec := l.claims.Load(); rec != nil {
		found, err := l.recognizedIn(rec, s.keyOf(r), func() ([]Passage, error) { return full.Passages, nil })
		if err != nil {
			return nil, err
		}
		full.Claims, full.Mentions = found.Claims, found.Mentions
	}
	return full, nil
}
