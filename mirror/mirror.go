// Package mirror writes a static copy of a running scalebook: pages, charts and data in both languages, with a search that
// runs in the browser. The copy opens from a folder and from any static host, and asks nothing of any server.
//
// It is made from the answers that anyone gets, by following links from the first page. What a server keeps from readers
// without the token (a source with public: false) is therefore never in it.
package mirror

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Answer is a server's answer to one request.
type Answer struct {
	Status int
	Type   string // the Content-Type
	Body   []byte
}

// Get asks a server for an address, a path with its query, in a language, "ko" or "en".
type Get func(ctx context.Context, address, lang string) (Answer, error)

// Config says what is copied where.
type Config struct {
	Get      Get
	Dir      string // absent, empty, or an earlier copy, which is replaced
	Live     string // scheme and host of the server that is copied, for what only it can answer; empty leaves such links out
	Progress func(written int)
}

// Summary counts what was written.
type Summary struct {
	Pages int      `json:"pages"`
	Files int      `json:"files"` // charts, data, images, styles
	Bytes int64    `json:"bytes"`
	Dead  []string `json:"dead,omitempty"` // addresses that a page links to and that were answered with an error, with the page
}

// marker names the file by which a copy is known, and may be replaced.
const marker = "mirror.json"

// ErrOccupied says that the folder holds something else than an earlier copy.
var ErrOccupied = errors.New("the folder is not empty and holds no earlier copy")

// Write copies everything that can be reached from the first page. The folder is replaced only once the copy is whole.
func Write(ctx context.Context, cfg Config) (Summary, error) {
	if err := replaceable(cfg.Dir); err != nil {
		return Summary{}, fmt.Errorf("mirror to %s: %w", cfg.Dir, err)
	}
	next := filepath.Clean(cfg.Dir) + ".next"
	if err := os.RemoveAll(next); err != nil {
		return Summary{}, fmt.Errorf("mirror: %w", err)
	}
	defer os.RemoveAll(next) // gone by then where the copy is whole
	c := &copier{cfg: cfg, dir: next, queued: map[string]bool{}}
	summary, err := c.run(ctx)
	if err != nil {
		return summary, err
	}
	if err := os.RemoveAll(cfg.Dir); err != nil {
		return summary, fmt.Errorf("mirror: remove the earlier copy: %w", err)
	}
	return summary, os.Rename(next, cfg.Dir)
}

func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(entries) > 0 && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == marker }) {
		return ErrOccupied
	}
	return nil
}

// languages of the copy; the first has the shorter addresses.
func languages() []string { return []string{"ko", "en"} }

// copier follows links breadth first, so that a copy of the same data is the same.
type copier struct {
	cfg     Config
	dir     string
	queue   []item
	queued  map[string]bool // by file
	summary Summary
}

// item is an address to be copied, and where it was linked from.
type item struct {
	place
	from string
}

func (c *copier) run(ctx context.Context) (Summary, error) {
	for _, lang := range languages() {
		c.want(place{address: "/", lang: lang}, "")
		c.want(place{address: "/search", lang: lang}, "")
	}
	for len(c.queue) > 0 {
		next := c.queue[0]
		c.queue = c.queue[1:]
		if err := c.copy(ctx, next); err != nil {
			return c.summary, err
		}
		if c.cfg.Progress != nil {
			c.cfg.Progress(c.summary.Pages + c.summary.Files)
		}
	}
	for _, lang := range languages() {
		if err := c.writeSearch(ctx, lang); err != nil {
			return c.summary, err
		}
	}
	return c.summary, c.writeMarker()
}

// want queues a place once.
func (c *copier) want(p place, from string) {
	if file := p.file(); !c.queued[file] {
		c.queued[file] = true
		c.queue = append(c.queue, item{p, from})
	}
}

func (c *copier) copy(ctx context.Context, next item) error {
	answer, err := c.cfg.Get(ctx, next.address, next.lang)
	if err != nil {
		return fmt.Errorf("mirror %s: %w", next.address, err)
	}
	if answer.Status != http.StatusOK {
		c.summary.Dead = append(c.summary.Dead, fmt.Sprintf("%s (%d), linked from %s", next.address, answer.Status, next.from))
		return nil
	}
	body := answer.Body
	switch {
	case strings.HasPrefix(answer.Type, "text/html"):
		c.summary.Pages++
		body = c.page(next.place, body)
	case strings.HasPrefix(answer.Type, "text/css"):
		c.summary.Files++
		c.wantStyle(next.place, body)
		body = append(slices.Clone(body), "\na[aria-disabled]{color:inherit;opacity:.55;text-decoration:none}\n"...)
	default:
		c.summary.Files++
	}
	return c.write(next.file(), body)
}

func (c *copier) write(name string, body []byte) error {
	path := filepath.Join(c.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	if err := os.WriteFile(path, body, 0o644); err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	c.summary.Bytes += int64(len(body))
	return nil
}
