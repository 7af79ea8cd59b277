package fetch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-git/go-git/v5"
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
	for _, c := range slices.Backward(commits) {
		if slices.Contains(shallow, c.Hash) {
			continue
		}
		if err := kept.apply(ctx, c); err != nil {
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
func (h *history) apply(ctx context.Context, c *object.Commit) error {
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
	changes, err := object.DiffTreeWithOptions(ctx, from, to,
		&object.DiffTreeOptions{DetectRenames: true, RenameScore: 50, RenameLimit: maxRenames})
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
