package generation

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Reader brings generations into a data directory that nobody else writes to.
type Reader struct {
	cfg     Config
	applied *Manifest // nil until one was applied by this process
	before  *Manifest // that it replaced: answers that are being made may read its files
}

// NewReader returns a reader.
func NewReader(cfg Config) *Reader { return &Reader{cfg: cfg} }

// Number returns the generation that the data directory was last given, 0 where none.
func (r *Reader) Number() (int64, error) {
	o, err := readOrigin(r.cfg.Dir)
	return o.Generation, err
}

// Staged is a generation whose files are all in the data directory, and which nobody sees yet.
type Staged struct {
	reader   *Reader
	manifest *Manifest
}

// stagedSuffix marks the files that decide what is seen until their turn comes.
const stagedSuffix = ".staged"

// Fetch stages the current generation, nil where the data directory has it. Every file is checked, those that were there
// too unless this process has checked them. On an error nothing that is seen has changed, and what was fetched is used by
// the next Fetch. It is not for concurrent use.
func (r *Reader) Fetch(ctx context.Context) (*Staged, error) {
	number, err := r.cfg.Bucket.latest(ctx)
	if err != nil {
		return nil, err
	}
	here, err := r.Number()
	if err != nil {
		return nil, err
	}
	if number < here {
		return nil, fmt.Errorf("bucket %s is at generation %d, behind the %d that is here", r.cfg.Bucket.url, number, here)
	}
	if number == 0 || r.applied != nil && number == r.applied.Number {
		return nil, nil
	}
	m, err := r.cfg.Bucket.manifest(ctx, number)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(r.cfg.Dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(r.cfg.Dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	checked := r.applied.index()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(transfers)
	for _, f := range m.Files {
		name := f.Name
		if pointer(name) {
			name += stagedSuffix
		} else if checked[name] == f {
			continue
		}
		g.Go(func() error { return r.stage(ctx, root, name, f) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return &Staged{r, m}, nil
}

// stage puts a file's content under a name, unless it is there.
func (r *Reader) stage(ctx context.Context, root *os.Root, name string, f File) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if there, err := describe(r.cfg.Dir, name); err == nil && there.SHA256 == f.SHA256 {
		return nil
	}
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	temporary := path.Join(path.Dir(name), ".fetching-"+path.Base(name))
	w, err := root.Create(temporary)
	if err != nil {
		return err
	}
	if err := errors.Join(r.cfg.Bucket.fetch(ctx, f, w), w.Close()); err != nil {
		return errors.Join(err, root.Remove(temporary))
	}
	return root.Rename(temporary, name)
}

// Number is the generation's.
func (s *Staged) Number() int64 { return s.manifest.Number }

// Show makes the generation what whoever opens or reloads the data directory sees: first the library, source by source, then
// the index. What was shown before stays on disk until the next.
func (s *Staged) Show() error {
	root, err := os.OpenRoot(s.reader.cfg.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	listed := s.manifest.index()
	there, err := fs.Glob(root.FS(), libraryDir+"/*/manifest.json")
	if err != nil {
		return err
	}
	for _, name := range there {
		if _, ok := listed[name]; !ok {
			if err := root.Remove(name); err != nil {
				return err
			}
		}
	}
	for i := len(s.manifest.Files) - 1; i >= 0; i-- { // library sorts after index
		if name := s.manifest.Files[i].Name; pointer(name) {
			if err := root.Rename(name+stagedSuffix, name); err != nil {
				return err
			}
		}
	}
	r := s.reader
	own, err := readOrigin(r.cfg.Dir)
	if err != nil {
		return err
	}
	own.Generation = s.manifest.Number
	if err := own.save(r.cfg.Dir); err != nil {
		return err
	}
	r.before, r.applied = r.applied, s.manifest
	return r.clear()
}

// clear deletes files that neither the generation that is shown nor the one before it lists.
func (r *Reader) clear() error {
	needed, before := r.applied.index(), r.before.index()
	var folders []string
	for _, part := range []string{libraryDir, indexDir} {
		err := filepath.WalkDir(filepath.Join(r.cfg.Dir, part), func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(r.cfg.Dir, file)
			if err != nil {
				return err
			}
			name := filepath.ToSlash(rel)
			if d.IsDir() {
				if strings.HasPrefix(d.Name(), ".") && name != parsedDir {
					return fs.SkipDir // the reader's own
				}
				folders = append(folders, file)
				return nil
			}
			if _, ok := needed[name]; ok {
				return nil
			}
			if _, ok := before[name]; ok {
				return nil
			}
			return os.Remove(file)
		})
		if err != nil {
			return err
		}
	}
	for i := len(folders) - 1; i >= 0; i-- {
		_ = os.Remove(folders[i]) // fails for one that still holds something, as it should
	}
	return nil
}
