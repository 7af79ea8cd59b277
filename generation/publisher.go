package generation

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Config says what to take where.
type Config struct {
	Bucket *Bucket
	Dir    string        // the data directory
	Grace  time.Duration // how long a generation that is no longer current can be fetched; [DefaultGrace] if zero
	Now    func() time.Time
}

// DefaultGrace lets a reader that fetches slowly, or one that was away, finish what it has begun.
const DefaultGrace = time.Hour

// transfers is how many files are under way at once: most are small, so that waiting outweighs sending.
const transfers = 16

// Publisher publishes a data directory. Whoever calls it holds the lock of the data directory.
type Publisher struct{ cfg Config }

// NewPublisher returns a publisher.
func NewPublisher(cfg Config) *Publisher {
	if cfg.Grace == 0 {
		cfg.Grace = DefaultGrace
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Publisher{cfg}
}

// Check fails with [ErrConflict] if a generation of this data directory would undo what another has published.
func (p *Publisher) Check(ctx context.Context) error {
	_, _, err := p.base(ctx)
	return err
}

// Publish makes the data directory's library and index the current generation, unless they are. It returns the number of
// the current generation. What it needs of time and transfer is that of the files that changed.
func (p *Publisher) Publish(ctx context.Context) (number int64, err error) {
	last, own, err := p.base(ctx)
	if err != nil {
		return 0, err
	}
	next := &Manifest{Number: own.Generation + 1, Publisher: own.Publisher, CreatedAt: p.cfg.Now().UTC()}
	if next.Files, err = p.files(ctx, last); err != nil {
		return 0, err
	}
	if !last.has(next.Files) {
		if err := p.send(ctx, last, next); err != nil {
			return 0, err
		}
		if err := p.cfg.Bucket.create(ctx, next); err != nil {
			return 0, err
		}
		own.Generation, last = next.Number, next
	}
	if err := own.save(p.cfg.Dir); err != nil {
		return 0, err
	}
	return own.Generation, p.sweep(ctx, last)
}

// base returns the current generation, nil where there is none, and what the data directory knows of it. The next one may
// follow only what this data directory has published or fetched.
func (p *Publisher) base(ctx context.Context) (*Manifest, origin, error) {
	own, err := readOrigin(p.cfg.Dir)
	if err != nil {
		return nil, own, err
	}
	if own.Publisher == "" {
		own.Publisher = rand.Text()
		if err := own.save(p.cfg.Dir); err != nil { // so that it is known even if all that follows is cut short
			return nil, own, err
		}
	}
	number, err := p.cfg.Bucket.latest(ctx)
	if err != nil || number == 0 {
		own.Generation = 0
		return nil, own, err
	}
	last, err := p.cfg.Bucket.manifest(ctx, number)
	if err != nil {
		return nil, own, err
	}
	// An own generation may have been published without its number being kept, where that was cut short.
	unsaved := last.Publisher == own.Publisher && number == own.Generation+1
	if number != own.Generation && !unsaved {
		return nil, own, fmt.Errorf("%w: it is at generation %d, data directory %s at %d; empty the directory to go on from the bucket",
			ErrConflict, number, p.cfg.Dir, own.Generation)
	}
	own.Generation = number
	return last, own, nil
}

// files lists the data directory, taking the hashes of what never changes under its name from the last generation.
func (p *Publisher) files(ctx context.Context, last *Manifest) ([]File, error) {
	all, err := names(p.cfg.Dir)
	if err != nil {
		return nil, err
	}
	known := last.index()
	files := make([]File, len(all))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(transfers)
	for i, name := range all {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			info, err := os.Stat(p.path(name))
			if err != nil {
				return err
			}
			if f, ok := known[name]; ok && !pointer(name) && f.Size == info.Size() {
				files[i] = f
				return nil
			}
			files[i], err = describe(p.cfg.Dir, name)
			return err
		})
	}
	err = g.Wait()
	slices.SortFunc(files, byName)
	return files, err
}

// send stores what the last generation doesn't have. Older ones may be about to be deleted, so what they share with the next is sent again.
func (p *Publisher) send(ctx context.Context, last, next *Manifest) error {
	there := map[string]bool{}
	if last != nil {
		for _, f := range last.Files {
			there[f.SHA256] = true
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(transfers)
	for _, f := range next.Files {
		if there[f.SHA256] {
			continue
		}
		there[f.SHA256] = true
		g.Go(func() error {
			content, err := os.Open(p.path(f.Name))
			if err != nil {
				return err
			}
			defer content.Close()
			return p.cfg.Bucket.send(ctx, f, content)
		})
	}
	return g.Wait()
}

func (p *Publisher) path(name string) string {
	return filepath.Join(p.cfg.Dir, filepath.FromSlash(name))
}

// describe reads a file's size and hash.
func describe(dir, name string) (File, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	h := sha256.New()
	size, err := io.Copy(h, f)
	return File{name, hex.EncodeToString(h.Sum(nil)), size}, err
}

// origin is what a data directory knows of the bucket.
type origin struct {
	Publisher  string `json:"publisher,omitempty"` // names this data directory; empty in one that only reads
	Generation int64  `json:"generation"`          // that it was last like
}

const originFile = "generation.json"

func readOrigin(dir string) (origin, error) {
	var o origin
	raw, err := os.ReadFile(filepath.Join(dir, originFile))
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &o)
	}
	if err != nil {
		return o, fmt.Errorf("%s: %w", originFile, err)
	}
	return o, nil
}

// save replaces the file as a whole.
func (o origin) save(dir string) error {
	raw, err := json.Marshal(o)
	if err != nil {
		return err
	}
	temporary := filepath.Join(dir, originFile+".new")
	if err := os.WriteFile(temporary, raw, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(dir, originFile))
}
