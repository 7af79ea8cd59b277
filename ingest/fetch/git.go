package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport/client"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// GuardGit makes git's http transport use the same checks at dial as every other fetch, and ends answers that are too large. go-git keeps
// its transports in a table of the process, so a program calls this once, before its first fetch.
func GuardGit() {
	web := newHTTPClient()
	web.Transport = boundedAnswers{web.Transport}
	guarded := githttp.NewClient(web)
	client.InstallProtocol("http", guarded)
	client.InstallProtocol("https", guarded)
}

// fetchGit keeps a bare clone of each repository in the cache and reads the newest commit of its default branch. What the server sends may take
// as much room as one download, with what the clone has of it already. The clone is made anew, in what is left of the time, where it can't be
// brought up to date within that room or can't be read.
func (f *Fetcher) fetchGit(ctx context.Context, location, known string) (*Fetched, error) {
	if f.cfg.Cache == "" {
		return nil, errors.New("a git repository needs a cache folder")
	}
	connected, cancel := f.connected(ctx, location)
	defer cancel()
	dir := filepath.Join(f.cfg.Cache, cacheKey(location)+".git")
	if _, err := git.PlainOpen(dir); err == nil {
		err = f.update(ctx, connected, dir)
		if err == nil {
			var fetched *Fetched
			if fetched, err = f.readClone(ctx, dir, location, known); err == nil {
				return fetched, nil
			}
		}
		if connected.Err() != nil {
			return nil, err
		}
		f.cfg.Logger.Warn("a clone is made anew", "location", Redact(location), "error", err)
	}
	if err := f.clone(ctx, connected, location, dir); err != nil {
		return nil, err
	}
	return f.readClone(ctx, dir, location, known)
}

func (f *Fetcher) readClone(ctx context.Context, dir, location, known string) (*Fetched, error) {
	repository, err := git.PlainOpen(dir)
	if err != nil {
		return nil, err
	}
	return f.readGit(ctx, repository, location, known)
}

// connected returns the context of connections to a repository.
func (f *Fetcher) connected(ctx context.Context, location string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.Timeout)
	if u, err := url.Parse(location); err == nil && u.Host != "" {
		ctx = context.WithValue(ctx, operatorAddress{}, addressOf(u))
	}
	return context.WithValue(ctx, wireLimit{}, f.cfg.MaxBytes), cancel
}

// clone makes the clone under another name first, so that an interrupted one is never taken for whole.
func (f *Fetcher) clone(ctx, connected context.Context, location, dir string) error {
	partial := dir + ".partial"
	if err := errors.Join(os.RemoveAll(partial), os.MkdirAll(f.cfg.Cache, 0o755)); err != nil {
		return err
	}
	store := newPackStore(ctx, partial, f.cfg, f.cfg.MaxBytes)
	defer store.close()
	_, err := git.CloneContext(connected, store, nil, &git.CloneOptions{URL: location, SingleBranch: true, Tags: git.NoTags})
	if err != nil {
		return errors.Join(err, os.RemoveAll(partial))
	}
	return errors.Join(os.RemoveAll(dir), os.Rename(partial, dir))
}

// update fetches what is new on the branch that a clone has.
func (f *Fetcher) update(ctx, connected context.Context, dir string) error {
	used, err := sweepPacks(dir)
	if err != nil {
		return err
	}
	store := newPackStore(ctx, dir, f.cfg, f.cfg.MaxBytes-used)
	defer store.close()
	repository, err := git.Open(store, nil)
	if err != nil {
		return err
	}
	head, err := repository.Head()
	if err != nil {
		return err
	}
	branch := head.Name()
	err = repository.FetchContext(connected, &git.FetchOptions{Force: true, Tags: git.NoTags,
		RefSpecs: []config.RefSpec{config.RefSpec(fmt.Sprintf("+%s:%s", branch, branch))}})
	if errors.Is(err, git.NoErrAlreadyUpToDate) {
		return nil
	}
	return err
}

// bareRepository opens a local folder that is a git repository without a working tree.
func bareRepository(dir string) (*git.Repository, bool) {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return nil, false
		}
	}
	repository, err := git.PlainOpen(dir)
	return repository, err == nil
}

// readGit gives the tree of the newest commit to read, within the same limits as an archive, with the dates of its history.
func (f *Fetcher) readGit(ctx context.Context, repository *git.Repository, location, known string) (*Fetched, error) {
	head, err := repository.Head()
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return nil, errors.New("the repository has no commit")
	}
	if err != nil {
		return nil, err
	}
	version := "commit:" + head.Hash().String()
	if version == known {
		return &Fetched{NotModified: true, Version: version}, nil
	}
	commit, err := repository.CommitObject(head.Hash())
	if err != nil {
		return nil, err
	}
	root, err := commit.Tree()
	if err != nil {
		return nil, err
	}
	tree, err := newGitTree(repository, root, f.cfg)
	if err != nil {
		return nil, err
	}
	if tree.added, err = f.addedBy(ctx, repository, commit, cacheKey(location)); err != nil {
		return nil, err
	}
	return &Fetched{Files: tree, Version: version}, nil
}

// cacheKey names what the cache keeps of a location.
func cacheKey(location string) string {
	sum := sha256.Sum256([]byte(location))
	return hex.EncodeToString(sum[:8])
}
