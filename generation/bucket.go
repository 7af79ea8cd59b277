package generation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/s3blob"   // s3://
	"gocloud.dev/gcerrors"
)

// Bucket holds published generations.
type Bucket struct {
	url     string
	folder  string // of a file:// bucket
	bucket  *blob.Bucket
	longest int64 // bytes of a manifest
}

// longestManifest is of near three million files, more than a million reports have: a reader holds all of it in memory.
const longestManifest = 512 << 20

// OpenBucket opens file:///folder, which is made where missing, or s3://bucket?region=… with the parameters of gocloud.dev/aws. A
// bucket that can't be reached is found out when it is used.
func OpenBucket(ctx context.Context, address string) (*Bucket, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("bucket: not an address such as file:///FOLDER or s3://NAME?region=…") // which may have a key in it
	}
	folder := ""
	switch u.Scheme {
	case "file":
		folder = u.Path
		q := u.Query()
		q.Set("create_dir", "true")
		q.Set("no_tmp_dir", "true") // a file can't be renamed into another file system
		q.Set("metadata", "skip")
		u.RawQuery = q.Encode()
	case "s3":
	default:
		return nil, fmt.Errorf("bucket: %s:// is not file:// or s3://", u.Scheme)
	}
	whole := u.String()
	b, err := blob.OpenBucket(ctx, whole)
	u.RawQuery, u.User = "", nil // for messages
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %s", u, strings.ReplaceAll(err.Error(), whole, u.String()))
	}
	return &Bucket{u.String(), folder, b, longestManifest}, nil
}

// answerWithin is how long the bucket may take to say what is current.
const answerWithin = 15 * time.Second

// Close closes the bucket.
func (b *Bucket) Close() error { return b.bucket.Close() }

const (
	manifests = "generations/"
	blobs     = "blobs/"
)

// digits let names sort as their numbers do.
const digits = 12

func manifestKey(number int64) string { return fmt.Sprintf("%s%0*d.json", manifests, digits, number) }

func blobKey(sha256 string) string { return blobs + sha256[:2] + "/" + sha256 }

// list yields the objects below a prefix, some of them twice: a folder that is written to can't be listed while a file of it is
// renamed, and is listed anew then.
func (b *Bucket) list(ctx context.Context, prefix string) iter.Seq2[*blob.ListObject, error] {
	return func(yield func(*blob.ListObject, error) bool) {
		list, tries := b.bucket.List(&blob.ListOptions{Prefix: prefix}), 1
		for {
			o, err := list.Next(ctx)
			switch {
			case errors.Is(err, io.EOF):
				return
			case b.folder != "" && gcerrors.Code(err) == gcerrors.NotFound && tries < listings:
				list = b.bucket.List(&blob.ListOptions{Prefix: prefix})
				tries++
			case err != nil:
				yield(nil, fmt.Errorf("bucket %s: %w", b.url, err))
				return
			case !yield(o, nil):
				return
			}
		}
	}
}

// listings is how often a folder is listed before it is left at an error.
const listings = 100

// numbers lists the generations in the bucket, oldest first.
func (b *Bucket) numbers(ctx context.Context) ([]int64, error) {
	var found []int64
	for o, err := range b.list(ctx, manifests) {
		if err != nil {
			return nil, err
		}
		name, ok := strings.CutSuffix(path.Base(o.Key), ".json")
		if n, err := strconv.ParseInt(name, 10, 64); ok && err == nil && n > 0 {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// latest returns the number of the current generation, 0 where none was published.
func (b *Bucket) latest(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	all, err := b.numbers(ctx)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[len(all)-1], nil
}

// manifest reads the list of a generation. One that is longer than any that is published is [ErrDamaged].
func (b *Bucket) manifest(ctx context.Context, number int64) (*Manifest, error) {
	r, err := b.bucket.NewReader(ctx, manifestKey(number), nil)
	var raw []byte
	if err == nil {
		raw, err = io.ReadAll(io.LimitReader(r, b.longest+1))
		err = errors.Join(err, r.Close())
	}
	if err == nil && int64(len(raw)) > b.longest {
		err = fmt.Errorf("%w: its manifest has more than %d bytes", ErrDamaged, b.longest)
	}
	if err != nil {
		return nil, fmt.Errorf("bucket %s: generation %d: %w", b.url, number, err)
	}
	return decode(number, raw)
}

// ErrConflict says that somebody else has published since this data directory was last like the bucket.
var ErrConflict = errors.New("another ingester has published to the bucket")

// create publishes a generation, unless its number is taken.
func (b *Bucket) create(ctx context.Context, m *Manifest) error {
	raw, err := m.encode()
	if err != nil {
		return err
	}
	if int64(len(raw)) > b.longest {
		return fmt.Errorf("generation %d: %d files take a manifest of %d bytes, more than the %d that readers take", m.Number, len(m.Files), len(raw), b.longest)
	}
	key := manifestKey(m.Number)
	if b.folder != "" {
		err = createFile(filepath.Join(b.folder, filepath.FromSlash(key)), raw)
	} else {
		err = b.bucket.WriteAll(ctx, key, raw, &blob.WriterOptions{ContentType: "application/json", IfNotExist: true})
	}
	if errors.Is(err, fs.ErrExist) || gcerrors.Code(err) == gcerrors.FailedPrecondition {
		return ErrConflict
	}
	if err != nil {
		return fmt.Errorf("bucket %s: generation %d: %w", b.url, m.Number, err)
	}
	return nil
}

// createFile makes a file with its content at once, unless there is one. The blob package looks whether there is one and then
// renames, so that of two that look at once the later replaces the other's.
func createFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), name)
}

// send stores content under its hash. Content that turns out to be other is not stored.
func (b *Bucket) send(ctx context.Context, f File, content io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := b.bucket.NewWriter(ctx, blobKey(f.SHA256), &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return fmt.Errorf("bucket %s: %s: %w", b.url, f.Name, err)
	}
	err = copyChecked(w, content, f)
	if err != nil {
		cancel() // an upload that is closed after its context has ended leaves nothing
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("bucket %s: %s: %w", b.url, f.Name, err)
	}
	return nil
}

// fetch writes a file's content to w. It fails with [ErrDamaged] where the bucket has something else under its hash.
func (b *Bucket) fetch(ctx context.Context, f File, w io.Writer) error {
	r, err := b.bucket.NewReader(ctx, blobKey(f.SHA256), nil)
	if err == nil {
		err = errors.Join(copyChecked(w, r, f), r.Close())
	}
	if err != nil {
		return fmt.Errorf("bucket %s: %s: %w", b.url, f.Name, err)
	}
	return nil
}

// copyChecked copies what should be the content of f, and no more than that.
func copyChecked(w io.Writer, r io.Reader, f File) error {
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, h), io.LimitReader(r, f.Size+1))
	if err != nil {
		return err
	}
	if n != f.Size || hex.EncodeToString(h.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("%w: its content has another hash", ErrDamaged)
	}
	return nil
}
