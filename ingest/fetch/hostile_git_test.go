package fetch_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/ingest/fetch"
)

// entry is of a tree that no git would write.
type entry struct {
	mode filemode.FileMode
	name string
	hash plumbing.Hash
}

// forge writes objects as they are told, whatever git thinks of them.
type forge struct {
	t          *testing.T
	repository *git.Repository
}

func (f forge) put(kind plumbing.ObjectType, content string) plumbing.Hash {
	f.t.Helper()
	o := f.repository.Storer.NewEncodedObject()
	o.SetType(kind)
	w, err := o.Writer()
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		f.t.Fatal(err)
	}
	hash, err := f.repository.Storer.SetEncodedObject(o)
	if err != nil {
		f.t.Fatal(err)
	}
	return hash
}

func (f forge) tree(entries ...entry) plumbing.Hash {
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(strings.TrimLeft(e.mode.String(), "0") + " " + e.name + "\x00" + string(e.hash[:]))
	}
	return f.put(plumbing.TreeObject, b.String())
}

// commit puts a tree on the branch, after what is there if that is to be its past.
func (f forge) commit(tree plumbing.Hash, past ...plumbing.Hash) plumbing.Hash {
	f.t.Helper()
	o := f.repository.Storer.NewEncodedObject()
	who := object.Signature{Name: "a", Email: "a@example.org", When: time.Unix(0, 0)}
	c := object.Commit{Author: who, Committer: who, TreeHash: tree, ParentHashes: past}
	err := c.Encode(o)
	var hash plumbing.Hash
	if err == nil {
		if hash, err = f.repository.Storer.SetEncodedObject(o); err == nil {
			err = f.repository.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", hash))
		}
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return hash
}

// TestHostileTrees: of trees that no git would write only regular files within them are read, and trees without an end are refused.
func TestHostileTrees(t *testing.T) {
	for _, test := range []struct {
		name string
		tree func(f forge) plumbing.Hash
		want map[string]string
		err  string
	}{
		{"names", func(f forge) plumbing.Hash {
			blob := f.put(plumbing.BlobObject, "x")
			return f.tree(
				entry{filemode.Regular, "A.md", blob}, entry{filemode.Regular, "a.md", f.put(plumbing.BlobObject, "y")},
				entry{filemode.Dir, "folder", f.tree(entry{filemode.Regular, "b.md", blob})},
				entry{filemode.Symlink, "link.md", f.put(plumbing.BlobObject, "/etc/passwd")}, entry{filemode.Submodule, "module", blob},
			)
		}, map[string]string{"A.md": "x", "a.md": "y", "folder/b.md": "x"}, ""},
		{"a file that leads out", func(f forge) plumbing.Hash {
			return f.tree(entry{filemode.Regular, "a.md", f.put(plumbing.BlobObject, "x")}, entry{filemode.Regular, "../../escaped.md", f.put(plumbing.BlobObject, "x")})
		}, map[string]string{"a.md": "x"}, ""},
		{"folders that lead out", func(f forge) plumbing.Hash {
			return f.tree(entry{filemode.Dir, "..", f.tree(entry{filemode.Regular, "a.md", f.put(plumbing.BlobObject, "x")})})
		}, nil, "directory not found"},
		{"git's own folder", func(f forge) plumbing.Hash {
			return f.tree(entry{filemode.Dir, ".git", f.tree(entry{filemode.Executable, "post-checkout", f.put(plumbing.BlobObject, "x")})})
		}, nil, "directory not found"},
		{"a folder many times in each of many", func(f forge) plumbing.Hash {
			inner := f.tree()
			for range 12 {
				var all []entry
				for i := range 12 {
					all = append(all, entry{filemode.Dir, string(rune('a' + i)), inner})
				}
				inner = f.tree(all...)
			}
			return inner
		}, nil, fetch.ErrTooLarge.Error()},
		{"folders without an end", func(f forge) plumbing.Hash {
			inner := f.tree(entry{filemode.Regular, "a.md", f.put(plumbing.BlobObject, "x")})
			for range 90 {
				inner = f.tree(entry{filemode.Dir, strings.Repeat("d", 200), inner})
			}
			return inner
		}, nil, fetch.ErrTooLarge.Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "hostile.git")
			repository, err := git.PlainInit(dir, true)
			if err != nil {
				t.Fatal(err)
			}
			f := forge{t, repository}
			f.commit(test.tree(f))
			fetched, err := fetch.New(fetch.Config{MaxFiles: 100}).Fetch(t.Context(), dir, "")
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("%v, want %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer fetched.Close()
			if diff := cmp.Diff(test.want, contents(t, fetched)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
