// Package fetch turns the location an operator names (a folder, a file, an archive, a git repository or a URL) into
// files to read, bounded in time and size and unable to be led to addresses that the operator did not name.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrForbidden marks an address that a redirect or an upstream named and that may not be reached from here.
var ErrForbidden = errors.New("address not allowed")

// ErrTooLarge marks an upstream that is larger, or unpacks to more, than the limits allow.
var ErrTooLarge = errors.New("too large")

// Config bounds what a [Fetcher] will do. Zero fields take the defaults.
type Config struct {
	Cache     string        // folder for git clones and validators; required for git and conditional requests
	Timeout   time.Duration // for one whole fetch over the network, retries included; 55 s
	MaxBytes  int64         // of one download, or of one git repository as it is sent; 1 GiB
	MaxUnpack int64         // of one archive, unpacked; 4 GiB
	MaxRatio  int64         // of unpacked to packed size of one archive member; 200
	MaxFiles  int           // of one archive or tree; 200,000
	// Of one git repository, files, folders and commits of all times; 4,000,000.
	MaxObjects int
	MaxObject  int64         // bytes of one of them, unpacked; 256 MiB
	Retries    int           // after a failure that may pass; 3, and negative for none
	Backoff    time.Duration // before the first retry, doubling with jitter; 500 ms
	Logger     *slog.Logger
}

// Fetcher fetches locations. It is safe for concurrent use.
type Fetcher struct {
	cfg   Config
	http  *http.Client
	hosts *hostLimiter
}

// New returns a fetcher.
func New(cfg Config) *Fetcher {
	cfg.Timeout = orDefault(cfg.Timeout, 55*time.Second)
	cfg.MaxBytes = orDefault(cfg.MaxBytes, 1<<30)
	cfg.MaxUnpack = orDefault(cfg.MaxUnpack, 4<<30)
	cfg.MaxRatio = orDefault(cfg.MaxRatio, 200)
	cfg.MaxFiles = orDefault(cfg.MaxFiles, 200_000)
	cfg.MaxObjects = orDefault(cfg.MaxObjects, 4_000_000)
	cfg.MaxObject = orDefault(cfg.MaxObject, 256<<20)
	cfg.Retries = orDefault(cfg.Retries, 3)
	cfg.Backoff = orDefault(cfg.Backoff, 500*time.Millisecond)
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Fetcher{cfg: cfg, http: newHTTPClient(), hosts: newHostLimiter()}
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// Fetched is what a location held.
type Fetched struct {
	Files       fs.FS  // may have Added() map[string]time.Time: when each file came, by its path
	Version     string // commit, ETag, or hash of the content
	RetrievedAt time.Time
	NotModified bool // the upstream says that it still is the version asked about; Files is nil
	cleanup     func() error
}

// Close removes what was unpacked to disk for reading.
func (f *Fetched) Close() error {
	if f.cleanup == nil {
		return nil
	}
	return f.cleanup()
}

// Fetch reads location. known is the version that was read before, if any: an upstream that can tell cheaply that it has
// not changed answers with NotModified. Errors name the location, without any password in it.
func (f *Fetcher) Fetch(ctx context.Context, location, known string) (*Fetched, error) {
	fetched, err := f.fetch(ctx, location, known)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Redact(location), cleanError(err))
	}
	fetched.RetrievedAt = time.Now().UTC().Truncate(time.Second)
	return fetched, nil
}

func (f *Fetcher) fetch(ctx context.Context, location, known string) (*Fetched, error) {
	switch classify(location) {
	case gitLocation:
		return f.fetchGit(ctx, location, known)
	case webLocation:
		return f.fetchURL(ctx, location, known)
	}
	info, err := os.Stat(location)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if repository, ok := bareRepository(location); ok {
			return f.readGit(ctx, repository, location, known)
		}
		return f.fetchFolder(ctx, location, known)
	}
	return f.fetchFile(location, filepath.Base(location), known)
}

type locationKind int

const (
	localLocation locationKind = iota
	webLocation
	gitLocation
)

// classify decides by the form of the location alone. A web address is a git repository when it ends in .git, or when it
// is the address of a repository on one of the large hosts.
func classify(location string) locationKind {
	lower := strings.ToLower(location)
	switch {
	case strings.HasPrefix(lower, "git://"), strings.HasPrefix(lower, "ssh://"), strings.HasPrefix(lower, "git@"):
		return gitLocation
	case !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://"):
		return localLocation
	case strings.HasSuffix(strings.TrimSuffix(lower, "/"), ".git"), isForgeRepository(lower):
		return gitLocation
	}
	return webLocation
}

// isForgeRepository recognises https://HOST/OWNER/NAME of hosts whose repository pages answer to git as well.
func isForgeRepository(lower string) bool {
	rest := strings.TrimPrefix(strings.TrimPrefix(lower, "https://"), "http://")
	host, path, _ := strings.Cut(rest, "/")
	switch host {
	case "github.com", "gitlab.com", "codeberg.org", "bitbucket.org":
		return strings.Count(strings.Trim(path, "/"), "/") == 1
	}
	return false
}

// cleanError drops the parts of system errors that would repeat the location.
func cleanError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
