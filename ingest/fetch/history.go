package fetch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// dated is files of which a history says when they came.
type dated struct{ added map[string]time.Time }

// Added returns for the files of a commit when each was first committed to the branch, by path, in the zone of who committed it.
func (d dated) Added() map[string]time.Time { return d.added }

// history is when the files of a commit were added, as it is kept between fetches.
type history struct {
	Commit string               `json:"commit"`
	Added  map[string]time.Time `json:"added"` // by path; a file that is older than a shallow clone goes is missing
}

// maxRenames is of how many added and removed files of one commit each is compared with each by content.
const maxRenames = 400

// maxCompared is how many bytes files that came and went with one commit may have together to be compared by content; those of more are
// renamed where they are equal.
const maxCompared = 64 << 20

// extents count the files and folders below trees. A tree that holds another many times, at every level, takes a repository no room, and
// time without an end to walk.
type extents struct {
	repository *git.Repository
	most       int
	counted    map[plumbing.Hash]int
}

// of returns how many paths a tree has, and fails with [ErrTooLarge] for more than are walked.
func (e extents) of(tree plumbing.Hash, depth int) (int, error) {
	if n, ok := e.counted[tree]; ok {
		return n, nil
	}
	if depth > longestPath/2 {
		return 0, fmt.Errorf("folders %d deep: %w", depth, ErrTooLarge)
	}
	t, err := e.repository.TreeObject(tree)
	if err != nil {
		return 0, err
	}
	n := len(t.Entries)
	for _, entry := range t.Entries {
		if entry.Mode != filemode.Dir {
			continue
		}
		below, err := e.of(entry.Hash, depth+1)
		if err != nil {
			return 0, err
		}
		if n += below; n > e.most {
			return 0, fmt.Errorf("more than %d files and folders: %w", e.most, ErrTooLarge)
		}
	}
	e.counted[tree] = n
	return n, nil
}

// comparesMuch reports whether the files that came and went have more than [maxCompared] bytes. One that is missing in the repository has
// none here, and fails where it is read.
func comparesMuch(repository *git.Repository, changes object.Changes) bool {
	var came, went int64
	for _, change := range changes {
		switch {
		case change.From.Name == "":
			size, _ := repository.Storer.EncodedObjectSize(change.To.TreeEntry.Hash)
			came += size
		case change.To.Name == "":
			size, _ := repository.Storer.EncodedObjectSize(change.From.TreeEntry.Hash)
			went += size
		}
	}
	return came > 0 && went > 0 && came+went > maxCompared
}

// addedBy says when each file of a commit was added. It walks along first parents, so a file that a merge brings dates from the merge: then
// readers could see it. A renamed file keeps its date. What an earlier fetch found out is kept in a file and not walked again.
func (f *Fetcher) addedBy(ctx context.Context, repository *git.Repository, head *object.Commit, key string) (map[string]time.Time, error) {
	var kept history
	name := key + ".history.json"
	if !f.kept(name, &kept) {
		kept = history{}
	}
	shallow, err := repository.Storer.Shallow()
	if err != nil {
		return nil, err
	}
	var commits []*object.Commit // newest first
	known := false
	for c := head; ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if known = c.Hash.String() == kept.Commit; known {
			break
		}
		commits = append(commits, c)
		if slices.Contains(shallow, c.Hash) {
			f.cfg.Logger.Warn("the clone is shallow: files that were there at its oldest commit get no date from git", "commit", c.Hash.String())
			break
		}
		if len(c.ParentHashes) == 0 {
			break
		}
		if c, err = c.Parent(0); err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
	}
	if !known {
		kept = history{}
	}
	if kept.Added == nil {
		kept.Added = map[string]time.Time{}
	}
	seen := extents{repository, 2 * f.cfg.MaxFiles, map[plumbing.Hash]int{}}
	for _, c := range slices.Backward(commits) {
		if slices.Contains(shallow, c.Hash) {
			continue
		}
		_, err := seen.of(c.TreeHash, 0)
		if err == nil {
			err = kept.apply(ctx, repository, c)
		}
		if err != nil {
			return nil, fmt.Errorf("history: commit %s: %w", c.Hash, err)
		}
	}
	kept.Commit = head.Hash.String()
	if len(commits) == 0 {
		return kept.Added, nil
	}
	return kept.Added, f.keep(name, kept)
}

// apply does to the dates what a commit did to the files.
func (h *history) apply(ctx context.Context, repository *git.Repository, c *object.Commit) error {
	to, err := c.Tree()
	if err != nil {
		return err
	}
	var from *object.Tree
	if len(c.ParentHashes) > 0 {
		parent, err := c.Parent(0)
		if err != nil {
			return err
		}
		if from, err = parent.Tree(); err != nil {
			return err
		}
	}
	changes, err := object.DiffTreeWithOptions(ctx, from, to, &object.DiffTreeOptions{})
	if err != nil {
		return err
	}
	changes, err = object.DetectRenames(changes, &object.DiffTreeOptions{RenameScore: 50, RenameLimit: maxRenames, OnlyExactRenames: comparesMuch(repository, changes)})
	if err != nil {
		return err
	}
	before := map[string]time.Time{} // two files may have changed names with each other
	for _, change := range changes {
		if name := change.From.Name; name != "" && name != change.To.Name {
			if t, ok := h.Added[name]; ok {
				before[name] = t
				delete(h.Added, name)
			}
		}
	}
	for _, change := range changes {
		switch from, name := change.From.Name, change.To.Name; {
		case name == "" || name == from:
		case from == "":
			h.Added[name] = c.Author.When
		default:
			if t, ok := before[from]; ok {
				h.Added[name] = t
			}
		}
	}
	return nil
}
