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

// SyncResult says what a Sync did, by slug.
type SyncResult struct {
	Added, Updated, Removed, Unchanged []string
	SetAside                           []SetAside
}

const (
	maxMarkdown = 8 << 20
	maxImage    = 64 << 20
)

// Sync makes the library's copy of a source the same as files: reports are parsed, images measured, and what is gone from
// files goes from the library. Until it returns without an error readers see the source as it was; a process that dies on
// the way leaves it so. Files that can't be read as what they claim to be are set aside, and said so.
//
// Files whose size and modification time are as they were are not read again, so a Sync after one file changed costs one
// parse and a listing.
func (l *Library) Sync(ctx context.Context, src SourceConfig, files fs.FS, version string) (SyncResult, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	if !sourceName.MatchString(src.Name) {
		return SyncResult{}, fmt.Errorf("sync reports: %q can't name a source: lower-case letters, digits, '-', '_' and '.'", src.Name)
	}
	dir := filepath.Join(l.cfg.Dir, src.Name)
	old, err := readManifest(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		old, err = &manifest{}, nil
	}
	if err != nil {
		return SyncResult{}, fmt.Errorf("sync %s: %w", src.Name, err)
	}
	y := &syncer{l: l, dir: dir, old: old, files: files, history: src.Added, next: &manifest{
		Source: src, Version: version, Reports: map[string]reportFile{}, Images: map[string]keptImage{}, Index: map[string]Listing{},
		Aliases: map[string]string{}, History: maps.Clone(old.History),
	}}
	y.heads, y.known = map[string]*head{}, map[string]*head{}
	if s := l.state.Load(); s != nil {
		y.known = s.heads
	}
	if err := y.run(ctx); err != nil {
		return SyncResult{}, fmt.Errorf("sync %s: %w", src.Name, err)
	}
	if _, err := l.reload(ctx); err != nil {
		return SyncResult{}, fmt.Errorf("sync %s: %w", src.Name, err)
	}
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
	if _, err := l.reload(ctx); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// syncer is one Sync at work.
type syncer struct {
	l       *Library
	dir     string
	files   fs.FS
	old     *manifest
	next    *manifest
	history map[string]time.Time
	known   map[string]*head // of the library as it was, by key
	mu      sync.Mutex
	heads   map[string]*head // by path
}

func (y *syncer) run(ctx context.Context) error {
	started := time.Now().UTC().Truncate(time.Second)
	var texts, pictures []string
	err := fs.WalkDir(y.files, ".", func(p string, e fs.DirEntry, err error) error {
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
		switch ext := strings.ToLower(path.Ext(name)); {
		case strings.HasPrefix(name, ".") || !e.Type().IsRegular():
		case ext == ".md" || ext == ".markdown":
			texts = append(texts, p)
		case imageFile.MatchString(name):
			pictures = append(pictures, p)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	if err := os.MkdirAll(y.dir, 0o755); err != nil {
		return err
	}
	if err := y.each(ctx, pictures, y.keepImage); err != nil {
		return err
	}
	if err := y.each(ctx, texts, y.keepText); err != nil {
		return err
	}
	y.dropDuplicates()
	y.nameReports()
	if err := y.each(ctx, slices.Sorted(maps.Keys(y.next.Reports)), y.parse); err != nil {
		return err
	}
	y.dropDrafts()
	y.followRenames()
	y.record(started)
	slices.SortFunc(y.next.SetAside, func(a, b SetAside) int { return strings.Compare(a.Path, b.Path) })
	return y.write()
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

func (y *syncer) setAside(p, rule string, args ...string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	rule, detail, _ := strings.Cut(rule, "/")
	y.next.SetAside = append(y.next.SetAside, SetAside{p, rule, detail, args})
}

// read returns a file's content, kept, and its identity. A file that is as it was is not read: content is nil then.
func (y *syncer) read(p string, was blob, limit int64) (blob, []byte, error) {
	info, err := fs.Stat(y.files, p)
	if err != nil {
		return blob{}, nil, err
	}
	b := blob{Size: info.Size(), ModTime: info.ModTime().UTC()}
	if b.Size > limit {
		return b, nil, errTooLarge
	}
	// A file changed within two seconds of its last reading may have kept its time.
	if was.Hash != "" && was.Size == b.Size && !b.ModTime.IsZero() && was.ModTime.Equal(b.ModTime) && time.Since(b.ModTime) > 2*time.Second {
		return was, nil, nil
	}
	f, err := y.files.Open(p)
	if err != nil {
		return b, nil, err
	}
	defer f.Close()
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
	was := y.old.Images[p]
	b, content, err := y.read(p, was.blob, maxImage)
	if errors.Is(err, errTooLarge) {
		y.setAside(p, "size/bytes", strconv.FormatInt(b.Size, 10))
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p, err)
	}
	img := keptImage{blob: b, Type: was.Type, Width: was.Width, Height: was.Height}
	if content != nil && b.Hash != was.Hash {
		if img.Type, img.Width, img.Height, err = imageInfo(content); err != nil {
			y.setAside(p, "image/error", err.Error())
			return nil
		}
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.next.Images[p] = img
	return nil
}

func (y *syncer) keepText(p string) error {
	was := y.old.Reports[p]
	b, content, err := y.read(p, was.blob, maxMarkdown)
	if errors.Is(err, errTooLarge) {
		y.setAside(p, "size/bytes", strconv.FormatInt(b.Size, 10))
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p, err)
	}
	if content != nil {
		text, err := decode(content, p)
		switch {
		case err != nil:
			y.setAside(p, "encoding/error", err.Error())
			return nil
		case isIndexPage(p):
			y.setAside(p, "index")
			y.mu.Lock()
			defer y.mu.Unlock()
			for key, listing := range readIndexPage(text) {
				if _, ok := y.next.Index[key]; !ok {
					y.next.Index[key] = listing
				}
			}
			return nil
		case stub(text):
			y.setAside(p, "stub/bytes", strconv.Itoa(len(content)))
			return nil
		}
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.next.Reports[p] = reportFile{blob: b, Added: was.Added, Previous: was.Previous, Key: was.Key}
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
	f, was := y.next.Reports[p], y.old.Reports[p]
	y.mu.Unlock()
	if was.Hash != "" && was.Hash != f.Hash {
		f.Previous = was.Key
	}
	if t := y.history[p]; !t.IsZero() {
		f.Added = t
	}
	cfg := y.l.parseConfig(y.next, p, f)
	f.Key = parseKey(f, cfg)
	h, ok := y.known[f.Key]
	if !ok {
		h, ok = y.l.store.head(f.Key)
	}
	if !ok {
		var err error
		if h, err = y.l.parseAndKeep(y.dir, f, cfg); err != nil {
			return err
		}
		h = h.slim() // it was kept; the text of every report at once would fill the memory
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.next.Reports[p] = f
	y.heads[p] = h
	return nil
}

// parseConfig is what a source's manifest knows of a file.
func (l *Library) parseConfig(m *manifest, p string, f reportFile) ParseConfig {
	cfg := ParseConfig{Source: m.Source.Name, Path: p, Date: f.Added, Private: !m.Source.Public, License: m.Source.License}
	if len(m.Index) > 0 {
		cfg.Index = m.Index[nameKey(p)]
	}
	return cfg
}

// parseKept parses a file that the library holds.
func (l *Library) parseKept(m *manifest, p string, f reportFile) (*head, error) {
	return l.parseAndKeep(filepath.Join(l.cfg.Dir, m.Source.Name), f, l.parseConfig(m, p, f))
}

func (l *Library) parseAndKeep(dir string, f reportFile, cfg ParseConfig) (*head, error) {
	src, err := readBlob(dir, f.Hash)
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
	h := &head{Report: *r, Candidates: termCandidates(r.Passages), Signature: signature(r.Passages)}
	if err := l.store.put(f.Key, h); err != nil {
		return nil, fmt.Errorf("keep the parse of %s: %w", cfg.Path, err)
	}
	return h, nil
}
