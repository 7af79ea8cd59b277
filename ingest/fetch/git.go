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

// GuardGit makes git's http transport use the same checks at dial as every other fetch. go-git keeps its transports in a
// table of the process, so a program calls this once, before its first fetch.
func GuardGit() {
	guarded := githttp.NewClient(newHTTPClient())
	client.InstallProtocol("http", guarded)
	client.InstallProtocol("https", guarded)
}

// fetchGit keeps a bare clone of each repository in the cache and reads the newest commit of its default branch.
func (f *Fetcher) fetchGit(ctx context.Context, location, known string) (*Fetched, error) {
	if f.cfg.Cache == "" {
		return nil, errors.New("a git repository needs a cache folder")
	}
	repository, err := f.mirror(ctx, location)
	if err != nil {
		return nil, err
	}
	return f.readGit(ctx, repository, location, known)
}

// mirror brings the cache's clone up to date.
func (f *Fetcher) mirror(ctx context.Context, location string) (*git.Repository, error) {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.Timeout)
	defer cancel()
	if u, err := url.Parse(location); err == nil && u.Host != "" {
		ctx = context.WithValue(ctx, operatorAddress{}, addressOf(u))
	}
	dir := filepath.Join(f.cfg.Cache, cacheKey(location)+".git")
	repository, err := git.PlainOpen(dir)
	if err != nil {
		return f.clone(ctx, location, dir)
	}
	return repository, update(ctx, repository)
}

// clone makes the clone under another name first, so that an interrupted one is never taken for whole.
func (f *Fetcher) clone(ctx context.Context, location, dir string) (*git.Repository, error) {
	partial := dir + ".partial"
	if err := errors.Join(os.RemoveAll(partial), os.MkdirAll(f.cfg.Cache, 0o755)); err != nil {
		return nil, err
	}
	_, err := git.PlainCloneContext(ctx, partial, true, &git.CloneOptions{URL: location, SingleBranch: true, Tags: git.NoTags})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(partial))
	}
	if err := errors.Join(os.RemoveAll(dir), os.Rename(partial, dir)); err != nil {
		return nil, err
	}
	return git.PlainOpen(dir)
}

func update(ctx context.Context, repository *git.Repository) error {
	head, err := repository.Head()
	if err != nil {
		return err
	}
	branch := head.Name()
	err = repository.FetchContext(ctx, &git.FetchOptions{Force: true, Tags: git.NoTags,
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
