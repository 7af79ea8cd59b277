package fetch

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// packStore is the storage of a clone that takes no more bytes, objects and bytes in an object than the limits allow, and that ends
// in time. go-git unfolds each object of a pack in memory while it makes the pack's index, however large the pack says that it is, and
// asks no context. So a pack is written to a file and its objects looked at one by one before go-git is given any of it.
type packStore struct {
	*filesystem.Storage
	dir    string
	limits Config
	left   int64 // bytes of packs
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// errIndexLate is that the index of a pack took longer to make than a fetch may take.
var errIndexLate = errors.New("what the server sent could not be unpacked in time")

// newPackStore returns the storage of a bare repository in dir, for left more bytes. It is to be closed; what it gave is not to be
// read then.
func newPackStore(ctx context.Context, dir string, limits Config, left int64) *packStore {
	ctx, cancel := context.WithCancelCause(ctx)
	files := endingFiles{osfs.New(dir), ctx}
	return &packStore{filesystem.NewStorage(files, cache.NewObjectLRUDefault()), dir, limits, left, ctx, cancel}
}

func (s *packStore) close() { s.cancel(context.Canceled) }

// unfinishedPack begins the names of packs that are not whole: go-git's own, and those that wait to be looked at.
const unfinishedPack = "tmp_"

func packFolder(dir string) string { return filepath.Join(dir, "objects", "pack") }

// sweepPacks removes what interrupted fetches left in a clone, and returns how many bytes its packs have. An index without its pack is
// that of one: go-git writes the index first, and takes one that is there for whole.
func sweepPacks(dir string) (int64, error) {
	entries, err := os.ReadDir(packFolder(dir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	var used int64
	for _, e := range entries {
		name := filepath.Join(packFolder(dir), e.Name())
		pack := strings.TrimSuffix(name, ".idx") + ".pack"
		switch _, err = os.Stat(pack); {
		case strings.HasPrefix(e.Name(), unfinishedPack), strings.HasSuffix(name, ".idx") && errors.Is(err, os.ErrNotExist):
			err = os.Remove(name)
		case strings.HasSuffix(name, ".pack"):
			var info os.FileInfo
			if info, err = e.Info(); err == nil {
				used += info.Size()
			}
		default:
			err = nil
		}
		if err != nil {
			return 0, err
		}
	}
	return used, nil
}

// PackfileWriter implements go-git's storer.PackfileWriter.
func (s *packStore) PackfileWriter() (io.WriteCloser, error) {
	if err := os.MkdirAll(packFolder(s.dir), 0o755); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(packFolder(s.dir), unfinishedPack+"sent_")
	if err != nil {
		return nil, err
	}
	return &sentPack{store: s, file: file}, nil
}

// sentPack is a pack as it comes.
type sentPack struct {
	store  *packStore
	file   *os.File
	failed bool
}

func (p *sentPack) Write(b []byte) (int, error) {
	s := p.store
	if s.left -= int64(len(b)); s.left < 0 {
		p.failed = true
		return 0, fmt.Errorf("the repository has more than %d bytes: %w", s.limits.MaxBytes, ErrTooLarge)
	}
	n, err := p.file.Write(b)
	p.failed = p.failed || err != nil
	return n, err
}

// Close gives the pack to go-git if it came whole and is within the limits.
func (p *sentPack) Close() error {
	s := p.store
	late := time.AfterFunc(s.limits.Timeout, func() { s.cancel(errIndexLate) })
	defer late.Stop()
	var err error
	if size, _ := p.file.Seek(0, io.SeekCurrent); size > 0 && !p.failed {
		err = p.hand()
	}
	return errors.Join(err, p.file.Close(), os.Remove(p.file.Name()))
}

func (p *sentPack) hand() error {
	if err := p.check(); err != nil {
		return err
	}
	w, err := p.store.Storage.PackfileWriter()
	if err != nil {
		return err
	}
	_, err = p.file.Seek(0, io.SeekStart)
	if err == nil {
		_, err = io.Copy(w, p.file)
	}
	return errors.Join(err, w.Close())
}

// check looks at each object of the pack without keeping it.
func (p *sentPack) check() error {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	limits := p.store.limits
	pack := packfile.NewScanner(bufio.NewReaderSize(p.file, 1<<16))
	_, count, err := pack.Header()
	if err != nil {
		return err
	}
	if int64(count) > int64(limits.MaxObjects) {
		return fmt.Errorf("the repository has %d objects, more than %d: %w", count, limits.MaxObjects, ErrTooLarge)
	}
	for range count {
		if err := context.Cause(p.store.ctx); err != nil {
			return err
		}
		object, err := pack.NextObjectHeader()
		if err != nil {
			return err
		}
		size, start := object.Length, &beginning{}
		if size <= limits.MaxObject {
			if _, _, err := pack.NextObject(start); err != nil {
				return err
			}
			if object.Type.IsDelta() {
				size = start.target()
			}
		}
		if size > limits.MaxObject {
			return fmt.Errorf("the repository has an object of %d bytes, more than %d: %w", size, limits.MaxObject, ErrTooLarge)
		}
	}
	return nil
}

// beginning keeps the first bytes that are written to it.
type beginning struct{ bytes.Buffer }

func (b *beginning) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, 2*binary.MaxVarintLen64-b.Len()))])
	return len(p), nil
}

// target is the size of what a delta makes, which it says after the size of what it is made from; 0 where it can't be read, which go-git
// refuses.
func (b *beginning) target() int64 {
	_, err := binary.ReadUvarint(b)
	size, failed := binary.ReadUvarint(b)
	if errors.Join(err, failed) != nil {
		return 0
	}
	return int64(min(size, math.MaxInt64))
}

// endingFiles are files that can't be read once a context is done.
type endingFiles struct {
	billy.Filesystem
	ctx context.Context
}

func (e endingFiles) Open(name string) (billy.File, error) {
	f, err := e.Filesystem.Open(name)
	if err != nil {
		return nil, err
	}
	return endingFile{f, e.ctx}, nil
}

type endingFile struct {
	billy.File
	ctx context.Context
}

func (e endingFile) Read(p []byte) (int, error) {
	if err := context.Cause(e.ctx); err != nil {
		return 0, err
	}
	return e.File.Read(p)
}

// wireLimit is the context key of how many bytes an answer to git may have.
type wireLimit struct{}

// maxRefs is how long a list of a repository's branches and tags may be, which go-git holds in memory: near a million of them.
const maxRefs = 64 << 20

// boundedAnswers fails to read answers that are longer than the limit of their request.
type boundedAnswers struct{ http.RoundTripper }

func (b boundedAnswers) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(req)
	limit, ok := req.Context().Value(wireLimit{}).(int64)
	if err != nil || !ok {
		return res, err
	}
	if strings.HasSuffix(req.URL.Path, "/info/refs") {
		limit = min(limit, maxRefs)
	}
	res.Body = &boundedAnswer{ReadCloser: res.Body, limit: limit, left: limit}
	return res, nil
}

type boundedAnswer struct {
	io.ReadCloser
	limit, left int64
}

func (b *boundedAnswer) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("the server answered with more than %d bytes: %w", b.limit, ErrTooLarge)
	}
	return n, err
}
