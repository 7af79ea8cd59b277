package fetch

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// gitTree is the regular files of one commit, read from the repository when they are opened: what an ingest after one changed file
// reads is that file and the listing. The info of a file has its blob's name as Identity and no time. Files that were read may be as
// large as the limit, all together.
type gitTree struct {
	dated
	dirs  map[string]*gitDir
	files map[string]*gitFile

	mu         sync.Mutex // go-git's storage is not safe for concurrent use
	repository *git.Repository
	left       int64 // bytes that may be read
}

type gitDir struct {
	name    string
	entries []fs.DirEntry
}

type gitFile struct {
	tree *gitTree
	name string
	hash plumbing.Hash
	read bool // and counted
}

func newGitTree(repository *git.Repository, root *object.Tree, limits Config) (*gitTree, error) {
	t := &gitTree{repository: repository, dirs: map[string]*gitDir{}, files: map[string]*gitFile{}, left: limits.MaxUnpack}
	return t, t.list(root, ".", limits.MaxFiles)
}

// longestPath is as long a name as systems open; a repository's folders can nest without an end.
const longestPath = 4096

// list adds a folder, and those in it that hold files. Folders count as files do: one that holds another many times, at every level,
// takes a repository no room.
func (t *gitTree) list(tree *object.Tree, at string, most int) error {
	dir := &gitDir{name: path.Base(at)}
	t.dirs[at] = dir
	if len(at) > longestPath || len(t.dirs) > most {
		return fmt.Errorf("more than %d folders, or a path of more than %d bytes: %w", most, longestPath, ErrTooLarge)
	}
	for _, e := range tree.Entries {
		name := path.Join(at, e.Name)
		if e.Name == ".git" || strings.Contains(e.Name, "/") || e.Name == "." || !fs.ValidPath(name) {
			continue
		}
		switch e.Mode {
		case filemode.Regular, filemode.Executable, filemode.Deprecated:
			if len(t.files) >= most {
				return fmt.Errorf("more than %d files: %w", most, ErrTooLarge)
			}
			file := &gitFile{tree: t, name: e.Name, hash: e.Hash}
			t.files[name] = file
			dir.entries = append(dir.entries, fs.FileInfoToDirEntry(file))
		case filemode.Dir:
			sub, err := t.repository.TreeObject(e.Hash)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if err := t.list(sub, name, most); err != nil {
				return err
			}
			if in := t.dirs[name]; len(in.entries) > 0 {
				dir.entries = append(dir.entries, fs.FileInfoToDirEntry(in))
			}
		}
	}
	slices.SortFunc(dir.entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return nil
}

// Open implements [fs.FS].
func (t *gitTree) Open(name string) (fs.File, error) {
	if file, ok := t.files[name]; ok {
		return &openBlob{gitFile: file}, nil
	}
	if dir, ok := t.dirs[name]; ok && fs.ValidPath(name) {
		return &openTree{gitDir: dir, left: dir.entries}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (d *gitDir) Name() string       { return d.name }
func (d *gitDir) Size() int64        { return 0 }
func (d *gitDir) Mode() fs.FileMode  { return fs.ModeDir | 0o555 }
func (d *gitDir) ModTime() time.Time { return time.Time{} }
func (d *gitDir) IsDir() bool        { return true }
func (d *gitDir) Sys() any           { return nil }

func (f *gitFile) Name() string       { return f.name }
func (f *gitFile) Mode() fs.FileMode  { return 0o444 }
func (f *gitFile) ModTime() time.Time { return time.Time{} }
func (f *gitFile) IsDir() bool        { return false }
func (f *gitFile) Sys() any           { return nil }

// Identity names the content: files with the same one have the same content.
func (f *gitFile) Identity() string { return "git:" + f.hash.String() }

// Size is looked up in the repository; it is 0 for a blob that is missing there, which to read fails.
func (f *gitFile) Size() int64 {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	size, err := f.tree.repository.Storer.EncodedObjectSize(f.hash)
	if err != nil {
		return 0
	}
	return size
}

func (f *gitFile) content() ([]byte, error) {
	t := f.tree
	t.mu.Lock()
	defer t.mu.Unlock()
	size, err := t.repository.Storer.EncodedObjectSize(f.hash)
	if err != nil {
		return nil, err
	}
	if !f.read {
		if t.left -= size; t.left < 0 {
			return nil, fmt.Errorf("unpacks to more than the limits allow: %w", ErrTooLarge)
		}
		f.read = true
	}
	blob, err := t.repository.BlobObject(f.hash)
	if err != nil {
		return nil, err
	}
	r, err := blob.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// openBlob is an open file; its content is fetched by the first Read.
type openBlob struct {
	*gitFile
	r *bytes.Reader
}

func (o *openBlob) Stat() (fs.FileInfo, error) { return o.gitFile, nil }
func (o *openBlob) Close() error               { return nil }

func (o *openBlob) Read(p []byte) (int, error) {
	if o.r == nil {
		content, err := o.content()
		if err != nil {
			return 0, &fs.PathError{Op: "read", Path: o.name, Err: err}
		}
		o.r = bytes.NewReader(content)
	}
	return o.r.Read(p)
}

type openTree struct {
	*gitDir
	left []fs.DirEntry
}

func (o *openTree) Stat() (fs.FileInfo, error) { return o.gitDir, nil }
func (o *openTree) Close() error               { return nil }

func (o *openTree) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: o.name, Err: fs.ErrInvalid}
}

func (o *openTree) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(o.left)
	} else if len(o.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(o.left))
	out := slices.Clone(o.left[:n])
	o.left = o.left[n:]
	return out, nil
}
