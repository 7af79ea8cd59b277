package fetch

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
)

// datedFolder is a folder in a git working tree.
type datedFolder struct {
	*folder
	added func() map[string]time.Time
}

// Added returns when the files that git tracks were first committed, by path; nil where the history can't be read.
func (d datedFolder) Added() map[string]time.Time { return d.added() }

// workingTree is a git repository with the place in it of a folder that is checked out.
type workingTree struct {
	repository *git.Repository
	root       string
	at         string // slash-separated, . for the root
}

// openWorkingTree returns the working tree that a folder is in, nil where it is in none.
func openWorkingTree(dir string) *workingTree {
	repository, err := git.PlainOpenWithOptions(dir, &git.PlainOpenOptions{DetectDotGit: true, EnableDotGitCommonDir: true})
	if err != nil {
		return nil
	}
	tree, err := repository.Worktree()
	if err != nil {
		return nil
	}
	root, err := filepath.EvalSymlinks(tree.Filesystem.Root())
	if err != nil {
		return nil
	}
	if dir, err = filepath.Abs(dir); err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return nil
	}
	at, err := filepath.Rel(root, dir)
	if err != nil || !filepath.IsLocal(at) {
		return nil
	}
	return &workingTree{repository, root, filepath.ToSlash(at)}
}

// head names the commit that is checked out, empty where there is none.
func (t *workingTree) head() string {
	if t == nil {
		return ""
	}
	ref, err := t.repository.Head()
	if err != nil {
		return ""
	}
	return ref.Hash().String()
}

// addedTo says when the files of a folder were first committed. Those that were changed since keep their date, as they will once that
// is committed.
func (f *Fetcher) addedTo(ctx context.Context, t *workingTree) map[string]time.Time {
	all, err := f.historyOf(ctx, t)
	if err != nil {
		f.cfg.Logger.Warn("the history of the working tree can't be read: its files get no date from git", "folder", t.root, "error", err)
		return nil
	}
	if t.at == "." {
		return all
	}
	added := map[string]time.Time{}
	for name, at := range all {
		if rest, ok := strings.CutPrefix(name, t.at+"/"); ok {
			added[rest] = at
		}
	}
	return added
}

func (f *Fetcher) historyOf(ctx context.Context, t *workingTree) (map[string]time.Time, error) {
	ref, err := t.repository.Head()
	if err != nil {
		return nil, err
	}
	commit, err := t.repository.CommitObject(ref.Hash())
	if err != nil {
		return nil, err
	}
	return f.addedBy(ctx, t.repository, commit, cacheKey(t.root))
}
