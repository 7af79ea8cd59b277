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
	"time"
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
	version, err := f.hashFolder(ctx, files, hashesOf(dir), known == "", tree.head())
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
func (f *Fetcher) hashFolder(ctx context.Context, files *folder, keptAs string, all bool, head string) (string, error) {
	var kept map[string]hashed
	if !f.kept(keptAs, &kept) {
		kept = nil // then all are read
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
	if changed || len(files.hashes) != len(kept) {
		if err := f.keep(keptAs, files.hashes); err != nil {
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

// hashesOf names what is kept of a folder.
func hashesOf(dir string) string {
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	return cacheKey(dir) + ".hashes.json"
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
