package search

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2"

	"github.com/scalebook/scalebook/search/impact"
)

// Names inside the index folder and inside a generation.
const (
	currentFile = "CURRENT"
	bleveDir    = "bleve"
	impactFile  = "impacts"
	ownersFile  = "owners.json"
	genPrefix   = "gen-"
	unfinished  = ".building"
)

// generation is an open, published index. It never changes.
type generation struct {
	name   string
	bleve  bleve.Index
	shelf  *shelf
	imp    *impact.Index
	owners []owner
}

// ErrUnreadable says that the published generation is of another format, or damaged. Build puts a new one in its place.
var ErrUnreadable = errors.New("unreadable index")

// openGeneration opens dir/name read-only.
func openGeneration(dir, name string) (*generation, error) {
	path := filepath.Join(dir, name)
	g := &generation{name: name}
	unreadable := func(err error) (*generation, error) {
		return nil, fmt.Errorf("search: generation %s: %w: %w", name, ErrUnreadable, err)
	}
	raw, err := os.ReadFile(filepath.Join(path, ownersFile))
	if err != nil {
		return unreadable(err)
	}
	if err := json.Unmarshal(raw, &g.owners); err != nil {
		return unreadable(fmt.Errorf("%s: %w", ownersFile, err))
	}
	if g.imp, err = impact.Open(filepath.Join(path, impactFile)); err != nil {
		return unreadable(err)
	}
	if err := g.checkOwners(); err != nil {
		return unreadable(errors.Join(err, g.imp.Close()))
	}
	g.bleve, err = bleve.OpenUsing(filepath.Join(path, bleveDir), map[string]any{"read_only": true})
	if err != nil {
		return unreadable(errors.Join(err, g.imp.Close()))
	}
	if g.shelf, err = openShelf(g.bleve, g.imp.Docs()); err != nil {
		return unreadable(errors.Join(err, g.bleve.Close(), g.imp.Close()))
	}
	g.bleve.SetName(name)
	return g, nil
}

// checkOwners reports whether every document has an owner, and the documents of one stand together, in the order of owners.
func (g *generation) checkOwners() error {
	last := uint32(0)
	for d := range uint32(g.imp.Docs()) {
		o := g.imp.Owner(d)
		if o < last || int(o) >= len(g.owners) {
			return fmt.Errorf("document %d is of owner %d, of %d", d, o, len(g.owners))
		}
		last = o
	}
	return nil
}

func (g *generation) close() error {
	if g == nil {
		return nil
	}
	return errors.Join(g.shelf.close(), g.bleve.Close(), g.imp.Close())
}

// live returns the name of the published generation, "" where there is none.
func live(dir string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("search: %w", err)
	}
	name := strings.TrimSpace(string(raw))
	if !strings.HasPrefix(name, genPrefix) || name != filepath.Base(name) {
		return "", fmt.Errorf("search: %w: %s names no generation: %q", ErrUnreadable, filepath.Join(dir, currentFile), name)
	}
	return name, nil
}

// publish makes a finished generation the live one: it is renamed into place, CURRENT is replaced by an atomic rename,
// and both are on disk before publish returns.
func publish(dir, name string) error {
	if err := os.Rename(filepath.Join(dir, name+unfinished), filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("search: publish: %w", err)
	}
	f, err := os.CreateTemp(dir, currentFile+"-*")
	if err != nil {
		return fmt.Errorf("search: publish: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(name + "\n")
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, currentFile))
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("search: publish %s: %w", name, err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// generationNumber returns the number of a generation's name, 0 for any other name.
func generationNumber(name string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, genPrefix), unfinished))
	if err != nil || !strings.HasPrefix(name, genPrefix) {
		return 0
	}
	return n
}

// nextName returns a name that no generation in dir has had.
func nextName(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("search: %w", err)
	}
	last := 0
	for _, e := range entries {
		last = max(last, generationNumber(e.Name()))
	}
	return fmt.Sprintf("%s%08d", genPrefix, last+1), nil
}

// prune deletes every generation but the live one and the one before it, which a server may still have open, and what
// interrupted builds left behind.
func prune(dir, current string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	var old []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case !e.IsDir() || generationNumber(name) == 0 || name == current:
		case strings.HasSuffix(name, unfinished):
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
		default:
			old = append(old, name)
		}
	}
	slices.SortFunc(old, func(a, b string) int { return generationNumber(b) - generationNumber(a) })
	for _, name := range old[min(1, len(old)):] {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
	}
	if err != nil {
		return fmt.Errorf("search: delete old generations: %w", err)
	}
	return nil
}
