package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/go-git/go-git/v5"
)

// fetchFolder reads a folder in place. Links that lead out of it can't be opened. Its version is a hash over the names and contents
// of its files, so that a folder has a version as a commit has, and over the commit that is checked out where it is part of a git working
// tree. Files with the size, time and inode that they had when they were last hashed are not read; where nothing is known
// of the location, as when it is read by force, all are.
func (f *Fetcher) fetchFolder(ctx context.Context, dir, known string) (*Fetched, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	files := &folder{hideGit: hideGit{root.FS()}, hashes: map[string]hashed{}}
	tree := openWorkingTree(dir)
	version, err := f.hashFolder(ctx, files, f.hashesFile(dir), known == "", tree.head())
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	if version == known {
		return &Fetched{NotModified: true, Version: version}, root.Close()
	}
	if tree != nil {
		return &Fetched{Files: datedFolder{files, func() map[string]time.Time { return f.addedTo(ctx, tree) }}, Version: version, cleanup: root.Close}, nil
	}
	return &Fetched{Files: files, Version: version, cleanup: root.Close}, nil
}

// hashed is what a file was like when it was hashed.
type hashed struct {
	Size    int64
	ModTime int64 // nanoseconds since 1970
	Inode   uint64
	At      int64 // when reading began
	Hash    string
}

// hashNow is what a file is like, but for its hash.
func hashNow(info fs.FileInfo) hashed {
	return hashed{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Inode: inodeOf(info)}
}

// is reports whether a file is as it was.
func (h hashed) is(info fs.FileInfo) bool {
	now := hashNow(info)
	return h.Size == now.Size && h.ModTime == now.ModTime && h.Inode == now.Inode
}

// racy is the time within which a file may be written again without its time telling: the coarsest step of the clocks of file systems.
const racy = 2 * time.Second

// settled reports whether the file had been left alone for long enough when it was hashed, so that a later change shows in its time; git
// has the same rule for its index.
func (h hashed) settled() bool { return h.At-h.ModTime > int64(racy) }

// hashFolder hashes the files of a folder, but for those that the kept hashes are still good for, and keeps what it found out.
func (f *Fetcher) hashFolder(ctx context.Context, files *folder, keptAt string, all bool, head string) (string, error) {
	kept := map[string]hashed{}
	if b, err := os.ReadFile(keptAt); err != nil || cbor.Unmarshal(b, &kept) != nil {
		kept = map[string]hashed{} // then all are read
	}
	sum, changed := sha256.New(), false
	err := f.walk(files.hideGit, func(name string, entry fs.DirEntry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		h, ok := kept[name]
		if !ok || all || !h.settled() || !h.is(info) {
			if h, err = hashOne(files.hideGit, name); err != nil {
				return err
			}
			changed = true
		}
		files.hashes[name] = h
		fmt.Fprintf(sum, "%d:%s %s\n", len(name), name, h.Hash)
		return nil
	})
	if err != nil {
		return "", err
	}
	if keptAt != "" && (changed || len(files.hashes) != len(kept)) {
		if err := keep(keptAt, files.hashes); err != nil {
			return "", err
		}
	}
	fmt.Fprintln(sum, head)
	return versionOf(sum), nil
}

func hashOne(files fs.FS, name string) (hashed, error) {
	file, err := files.Open(name)
	if err != nil {
		return hashed{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return hashed{}, err
	}
	h := hashNow(info)
	h.At = time.Now().UnixNano()
	sum := sha256.New()
	_, err = io.Copy(sum, file)
	h.Hash = hex.EncodeToString(sum.Sum(nil))
	return h, err
}

// hashesFile is where the hashes of a folder's files are kept, empty where nothing is.
func (f *Fetcher) hashesFile(dir string) string {
	if f.cfg.Cache == "" {
		return ""
	}
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	return filepath.Join(f.cfg.Cache, cacheKey(dir)+".hashes")
}

// keep replaces a file of the cache.
func keep(file string, v any) error {
	b, err := cbor.Marshal(v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", b, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// folder is the files of a folder. The info of one that is as it was hashed has its hash as Identity.
type folder struct {
	hideGit
	hashes map[string]hashed
}

// Open implements [fs.FS].
func (d *folder) Open(name string) (fs.File, error) {
	file, err := d.hideGit.Open(name)
	if _, ok := d.hashes[name]; err != nil || !ok {
		return file, err
	}
	return &hashedFile{file, d, name}, nil
}

// ReadDir implements [fs.ReadDirFS].
func (d *folder) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := d.hideGit.ReadDir(name)
	for i, e := range entries {
		file := e.Name()
		if name != "." {
			file = name + "/" + file
		}
		if _, ok := d.hashes[file]; ok {
			entries[i] = hashedEntry{e, d, file}
		}
	}
	return entries, err
}

// identified adds the hash to the info of a file that is as it was hashed.
func (d *folder) identified(name string, info fs.FileInfo, err error) (fs.FileInfo, error) {
	if h := d.hashes[name]; err == nil && h.is(info) {
		return identifiedInfo{info, h.Hash}, nil
	}
	return info, err
}

type hashedFile struct {
	fs.File
	in   *folder
	name string
}

func (f *hashedFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return f.in.identified(f.name, info, err)
}

type hashedEntry struct {
	fs.DirEntry
	in   *folder
	name string
}

func (e hashedEntry) Info() (fs.FileInfo, error) {
	info, err := e.DirEntry.Info()
	return e.in.identified(e.name, info, err)
}

type identifiedInfo struct {
	fs.FileInfo
	hash string
}

// Identity names the content: files with the same one have the same content.
func (i identifiedInfo) Identity() string { return "sha256:" + i.hash }

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
