package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// hashTree is a hash over the names and contents of files.
func (f *Fetcher) hashTree(files fs.FS) (string, error) {
	sum := sha256.New()
	err := f.walk(files, func(name string, _ fs.DirEntry) error { return hashFile(sum, files, name) })
	if err != nil {
		return "", err
	}
	return versionOf(sum), nil
}

// walk calls do with each regular file, as many as the limits allow. Errors name the file.
func (f *Fetcher) walk(files fs.FS, do func(name string, entry fs.DirEntry) error) error {
	count := 0
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			if count++; count > f.cfg.MaxFiles {
				return fmt.Errorf("more than %d files: %w", f.cfg.MaxFiles, ErrTooLarge)
			}
			err = do(name, entry)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, cleanError(err))
		}
		return nil
	})
}

func hashFile(sum hash.Hash, files fs.FS, name string) error {
	file, err := files.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	fmt.Fprintf(sum, "%d:%s\n", len(name), name)
	n, err := io.Copy(sum, file)
	fmt.Fprintf(sum, "\n%d\n", n)
	return err
}

func versionOf(sum hash.Hash) string { return "sha256:" + hex.EncodeToString(sum.Sum(nil))[:32] }

// hideGit leaves a working tree's .git out of what is read.
type hideGit struct{ fs.FS }

func (h hideGit) Open(name string) (fs.File, error) {
	if name == ".git" || strings.HasPrefix(name, ".git/") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return h.FS.Open(name)
}

func (h hideGit) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(h.FS, name)
	if name == "." {
		kept := entries[:0]
		for _, e := range entries {
			if e.Name() != ".git" {
				kept = append(kept, e)
			}
		}
		entries = kept
	}
	return entries, err
}

// fetchFile reads one file: an archive by its first bytes, whatever its name, else the file itself.
func (f *Fetcher) fetchFile(file, name, known string) (*Fetched, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return nil, err
	}
	version := versionOf(sum)
	if version == known {
		return &Fetched{NotModified: true, Version: version}, nil
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if format := archiveFormat(head[:n]); format != "" {
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return f.unpack(in, name, format, version)
	}
	return &Fetched{Files: oneFile{path: file, name: name}, Version: version}, nil
}

// oneFile is a file system that holds a single file.
type oneFile struct{ path, name string }

func (o oneFile) Open(name string) (fs.File, error) {
	if name != o.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return os.Open(o.path)
}

func (o oneFile) Stat(name string) (fs.FileInfo, error) {
	if name == "." {
		return folderInfo{}, nil
	}
	if name != o.name {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	info, err := os.Stat(o.path)
	if err != nil {
		return nil, err
	}
	return renamedInfo{info, o.name}, nil
}

func (o oneFile) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	info, err := o.Stat(o.name)
	if err != nil {
		return nil, err
	}
	return []fs.DirEntry{fs.FileInfoToDirEntry(info)}, nil
}

type renamedInfo struct {
	fs.FileInfo
	name string
}

func (r renamedInfo) Name() string { return filepath.Base(r.name) }

type folderInfo struct{}

func (folderInfo) Name() string       { return "." }
func (folderInfo) Size() int64        { return 0 }
func (folderInfo) Mode() fs.FileMode  { return fs.ModeDir | 0o555 }
func (folderInfo) ModTime() time.Time { return time.Time{} }
func (folderInfo) IsDir() bool        { return true }
func (folderInfo) Sys() any           { return nil }

// Embedded reads files that come with the program.
func (f *Fetcher) Embedded(files fs.FS, known string) (*Fetched, error) {
	version, err := f.hashTree(files)
	if err != nil {
		return nil, err
	}
	if version == known {
		return &Fetched{NotModified: true, Version: version}, nil
	}
	return &Fetched{Files: files, Version: version, RetrievedAt: time.Now().UTC().Truncate(time.Second)}, nil
}
