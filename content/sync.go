package content

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/sync/errgroup"
)

// SourceConfig describes a source of reports.
type SourceConfig struct {
	Name       string               `json:"name"` // lower case letters, digits, - _ and .
	Title      string               `json:"title,omitempty"`
	URL        string               `json:"url,omitempty"`
	Repository string               `json:"repository,omitempty"` // address of the repository that absolute links name; guessed when empty
	License    string               `json:"license,omitempty"`
	Copyright  string               `json:"copyright,omitempty"`
	Public     bool                 `json:"public"` // false keeps full texts from readers without the token
	Added      map[string]time.Time `json:"-"`      // when each file was first committed, where a history knows
}

// SetAside is a file of a source that did not become a report.
type SetAside struct {
	Path   string   `json:"path"`
	Rule   string   `json:"rule"`             // index, stub, duplicate, encoding, size, image
	Detail string   `json:"detail,omitempty"` // as in Lint
	Args   []string `json:"args,omitempty"`
}

// SyncResult says what a Sync did.
type SyncResult struct {
	Added, Updated, Removed []string // slugs
	Reread                  int      // reports whose file is as it was, parsed anew: by another parser, or as something else is said of them elsewhere
	Unchanged               int      // reports
	SetAside                []SetAside
}

const (
	maxMarkdown = 8 << 20
	maxImage    = 64 << 20
)

// Sync makes the library's copy of a source the same as files: reports are parsed, images measured, and what is gone from
// files goes from the library. Until it returns without an error readers see the source as it was; a process that dies on
// the way leaves it so. Files that can't be read as what they claim to be are set aside, and said so.
//
// Files whose info has the Identity() string that it had, or else the size and modification time, are not read again. What
// a Sync after one file changed costs does not grow with the number of reports, but for the listing of files.
func (l *Library) Sync(ctx context.Context, src SourceConfig, files fs.FS, version string) (SyncResult, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	if !sourceName.MatchString(src.Name) {
		return SyncResult{}, fmt.Errorf("sync reports: %q can't name a source: lower-case letters, digits, '-', '_' and '.'", src.Name)
	}
	dir := filepath.Join(l.cfg.Dir, src.Name)
	if err := l.reload(ctx, nil); err != nil { // what another process wrote is what this Sync begins with
		return SyncResult{}, fmt.Errorf("sync %s: %w", src.Name, err)
	}
	old := l.state.Load().manifest(src.Name)
	if old == nil {
		old = newManifest()
	}
	y := &syncer{
		l: l, dir: dir, files: files, before: l.state.Load(), old: old, next: old.next(src, version), texts: l.candidates[src.Name],
		heads: map[string]*head{}, affected: map[string]bool{}, parses: map[string]bool{}, touched: map[string]bool{},
		named: map[string]string{},
	}
	delete(l.candidates, src.Name) // an error would leave them between two states
	if err := y.run(ctx); err != nil {
		return SyncResult{}, fmt.Errorf("sync %s: %w", src.Name, err)
	}
	if err := l.reload(ctx, y); err != nil {
		return SyncResult{}, fmt.Errorf("sync %s: %w", src.Name, err)
	}
	y.texts.of = l.state.Load().manifest(src.Name)
	l.candidates[src.Name] = y.texts
	return y.result(), nil
}

// Remove takes a source and all its files out of the library.
func (l *Library) Remove(ctx context.Context, source string) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if !sourceName.MatchString(source) {
		return fmt.Errorf("remove source %q: %w", source, fs.ErrNotExist)
	}
	dir := filepath.Join(l.cfg.Dir, source)
	if err := os.Remove(filepath.Join(dir, manifestName)); err != nil {
		return fmt.Errorf("remove source %s: %w", source, err)
	}
	delete(l.candidates, source)
	if err := l.reload(ctx, nil); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// syncer is one Sync at work.
type syncer struct {
	l      *Library
	dir    string
	files  fs.FS
	before *snapshot
	old    *manifest
	texts  *candidates

	mu       sync.Mutex // guards what follows while files are read and parsed
	next     *manifest
	heads    map[string]*head  // of what was parsed, by path
	read     []string          // texts that changed, or are new
	affected map[string]bool   // texts that may be copies or drafts otherwise than they were
	parses   map[string]bool   // texts to parse
	touched  map[string]bool   // files that may be reports otherwise than they were
	named    map[string]string // path of what got or kept its slug in this Sync, by slug
}

func (y *syncer) run(ctx context.Context) error {
	started := time.Now().UTC().Truncate(time.Second)
	texts, pictures, gone, err := y.changes(ctx)
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	if err := os.MkdirAll(y.dir, 0o755); err != nil {
		return err
	}
	for _, p := range gone {
		y.next.drop(p)
		y.touched[p] = true
	}
	if err := y.each(ctx, pictures, y.keepImage); err != nil {
		return err
	}
	if err := y.each(ctx, texts, y.keepText); err != nil {
		return err
	}
	if y.texts == nil || y.texts.of != y.old {
		y.texts = candidatesOf(y.old, y.headBefore)
	}
	y.replaceTexts(gone)
	y.askParses()
	if err := y.each(ctx, slices.Sorted(maps.Keys(y.parses)), y.parse); err != nil {
		return err
	}
	if err := y.dropDrafts(); err != nil {
		return err
	}
	y.nameReports()
	y.followRenames()
	y.record(started)
	if err := y.keepHeads(ctx); err != nil {
		return err
	}
	return y.next.write(ctx, y.dir, y.old, y.l.cfg.Parallel)
}

// changes lists the files that are not as they were, and those that are gone.
func (y *syncer) changes(ctx context.Context) (texts, pictures, gone []string, err error) {
	var there []string
	known := 0
	err = fs.WalkDir(y.files, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name := path.Base(p)
		if e.IsDir() {
			if p != "." && (strings.HasPrefix(name, ".") || name == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		ext := strings.ToLower(path.Ext(name))
		text := ext == ".md" || ext == ".markdown"
		if strings.HasPrefix(name, ".") || !e.Type().IsRegular() || !text && !imageFile.MatchString(name) {
			return nil
		}
		there = append(there, p)
		was, ok := y.old.blob(p)
		if ok {
			known++
			info, err := e.Info()
			if err != nil {
				return err
			}
			_, aside := y.old.of(p).SetAside[p]
			if was.is(info) && !(aside && y.old.parser != parserVersion) { // another program may not set it aside
				return nil
			}
		}
		if text {
			texts = append(texts, p)
		} else {
			pictures = append(pictures, p)
		}
		return nil
	})
	if err != nil || known == y.old.count((*part).files) {
		return texts, pictures, nil, err
	}
	slices.Sort(there)
	for _, in := range y.old.parts {
		for _, p := range slices.Concat(slices.Collect(maps.Keys(in.Reports)), slices.Collect(maps.Keys(in.Images)), slices.Collect(maps.Keys(in.SetAside))) {
			if _, ok := slices.BinarySearch(there, p); !ok {
				gone = append(gone, p)
			}
		}
	}
	slices.Sort(gone)
	return texts, pictures, gone, nil
}

// is reports whether a file is as it was when it was read. Where the source names contents, the name decides. Else one that
// had changed within two seconds of that may have changed since and kept its time.
func (b blob) is(info fs.FileInfo) bool {
	if id := identity(info); id != "" || b.ID != "" {
		return b.Hash != "" && b.ID == id
	}
	return b.Hash != "" && b.Size == info.Size() && !b.ModTime.IsZero() && b.ModTime.Equal(info.ModTime()) && time.Since(b.ModTime) > 2*time.Second
}

// identity is the name that a source has for the content of a file, if it names contents.
func identity(info fs.FileInfo) string {
	if named, ok := info.(interface{ Identity() string }); ok {
		return named.Identity()
	}
	return ""
}

// each runs f over paths in parallel.
func (y *syncer) each(ctx context.Context, paths []string, f func(string) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(y.l.cfg.Parallel)
	for _, p := range paths {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return f(p)
		})
	}
	return g.Wait()
}

// setAside notes that a file does not become a report, in the place of whatever it was.
func (y *syncer) setAside(file reportIn, rule string, args ...string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	file.Slug = ""
	rule, detail, _ := strings.Cut(rule, "/")
	if was, ok := y.next.of(file.path).SetAside[file.path]; ok && was.blob == file.blob && was.Rule == rule && was.Detail == detail && slices.Equal(was.Args, args) {
		return
	}
	y.touched[file.path] = true
	y.next.drop(file.path)
	put(&y.next.edit(file.path).SetAside, file.path, asideFile{file.reportFile, rule, detail, args})
}

// readFile returns a file's content, kept, and its identity.
func (y *syncer) readFile(p string, limit int64) (blob, []byte, error) {
	f, err := y.files.Open(p)
	if err != nil {
		return blob{}, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return blob{}, nil, err
	}
	b := blob{Size: info.Size(), ModTime: info.ModTime().UTC(), ID: identity(info)}
	if b.Size > limit {
		return b, nil, errTooLarge
	}
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return b, nil, err
	}
	if int64(len(content)) > limit {
		return b, nil, errTooLarge
	}
	b.Size = int64(len(content))
	b.Hash, err = keepBlob(y.dir, content)
	return b, content, err
}

var errTooLarge = errors.New("larger than the library takes")

func (y *syncer) keepImage(p string) error {
	b, content, err := y.readFile(p, maxImage)
	if errors.Is(err, errTooLarge) {
		y.setAside(reportIn{y.next, p, reportFile{blob: b}}, "size/bytes", strconv.FormatInt(b.Size, 10))
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p, err)
	}
	img := keptImage{blob: b}
	if img.Type, img.Width, img.Height, err = imageInfo(content); err != nil {
		y.setAside(reportIn{y.next, p, reportFile{blob: b}}, "image/error", err.Error())
		return nil
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.next.drop(p)
	put(&y.next.edit(p).Images, p, img)
	return nil
}

func (y *syncer) keepText(p string) error {
	b, content, err := y.readFile(p, maxMarkdown)
	file := reportIn{y.next, p, reportFile{blob: b}}
	if err != nil && !errors.Is(err, errTooLarge) {
		return fmt.Errorf("%s: %w", p, err)
	}
	y.mu.Lock()
	y.read = append(y.read, p)
	y.mu.Unlock()
	if err != nil {
		y.setAside(file, "size/bytes", strconv.FormatInt(b.Size, 10))
		return nil
	}
	text, err := decode(content, p)
	switch {
	case err != nil:
		y.setAside(file, "encoding/error", err.Error())
	case isIndexPage(p, text):
		y.setAside(file, "index")
		said := readIndexPage(text)
		y.mu.Lock()
		defer y.mu.Unlock()
		put(&y.next.edit(p).Index, p, said)
	case stub(text):
		y.setAside(file, "stub/bytes", strconv.Itoa(len(content)))
	default:
		was, ok := y.old.report(p)
		if !ok {
			was = y.old.of(p).SetAside[p].reportFile
		}
		f := was
		if f.blob = b; was.Hash != b.Hash {
			f.Previous = was.Key
		}
		y.mu.Lock()
		defer y.mu.Unlock()
		y.next.drop(p)
		put(&y.next.edit(p).Reports, p, f)
	}
	return nil
}

// stub reports whether a file holds nothing to read yet.
func stub(text []byte) bool {
	letters := 0
	for _, c := range string(text) {
		if unicode.IsLetter(c) {
			if letters++; letters >= 20 {
				return false
			}
		}
	}
	return true
}

// parse parses one file, unless its parse is kept already.
func (y *syncer) parse(p string) error {
	y.mu.Lock()
	f := y.next.of(p).Reports[p]
	y.mu.Unlock()
	f.Key = parseKey(f, parseConfig(y.next, p, f))
	h := y.headBefore(p, f)
	if h == nil {
		var err error
		if h, err = y.l.parseSlim(y.next, p, f); err != nil {
			return err
		}
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.next.edit(p).Reports[p] = f
	y.heads[p] = h
	return nil
}

// headBefore returns a parse that was made before this Sync, without its text; nil if there is none.
func (y *syncer) headBefore(p string, f reportFile) *head {
	if f.Key == "" {
		return nil
	}
	if was, ok := y.old.report(p); ok && was.Key == f.Key {
		if e := y.before.entries.get(was.Slug); e != nil && e.key == f.Key {
			return e.head
		}
	}
	h, _ := y.l.store.head(f.Key)
	return h
}

// keepHeads keeps the heads of what is about to be written.
func (y *syncer) keepHeads(ctx context.Context) error {
	err := y.next.writeHeads(ctx, y.l.cfg.Dir, y.old, y.l.damaged, y.l.cfg.Parallel, func(p string, f reportFile) *head {
		if h := y.heads[p]; h != nil {
			return h
		}
		return y.headBefore(p, f)
	})
	if err != nil {
		return fmt.Errorf("keep heads: %w", err)
	}
	clear(y.l.damaged)
	return nil
}

// parseConfig is what a source's manifest knows of a file.
func parseConfig(m *manifest, p string, f reportFile) ParseConfig {
	cfg := ParseConfig{Source: m.Source.Name, Path: p, Date: f.Added, Private: !m.Source.Public, License: m.Source.License}
	if len(m.listed) > 0 {
		cfg.Index = m.listed[nameKey(p)]
	}
	return cfg
}

// parseKept parses a file that the library holds.
func (l *Library) parseKept(m *manifest, p string, f reportFile) (*head, error) {
	cfg := parseConfig(m, p, f)
	src, err := readBlob(filepath.Join(l.cfg.Dir, m.Source.Name), f.Hash)
	if err != nil {
		return nil, fmt.Errorf("the library's copy of %s: %w", cfg.Path, err)
	}
	if f.Previous != "" {
		if h, err := l.store.full(f.Previous); err == nil {
			cfg.Previous = h.Passages
		}
	}
	r, err := parse(src, cfg)
	if err != nil {
		return nil, err
	}
	cs := termCandidates(r.Passages)
	locate(cs, src)
	h := &head{Report: *r, Glosses: glosses(cs), Signature: signature(r.Passages), Sought: soughtBy(r)}
	if err := l.store.put(f.Key, h, cs); err != nil {
		return nil, fmt.Errorf("keep the parse of %s: %w", cfg.Path, err)
	}
	return h, nil
}

// parseSlim parses a file that the library holds and returns it without its text. It is read back for that: pieces of the text,
// which titles and glosses are, would keep the whole of it in memory.
func (l *Library) parseSlim(m *manifest, p string, f reportFile) (*head, error) {
	h, err := l.parseKept(m, p, f)
	if err != nil {
		return nil, err
	}
	if kept, ok := l.store.head(f.Key); ok {
		return kept, nil
	}
	return h.slim(), nil // somebody removed it
}
