package fetch

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// archiveFormat tells an archive by its first bytes; "" is a plain file.
func archiveFormat(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "gzip"
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return "tar"
	}
	return ""
}

// unpack writes an archive's regular files below a temporary folder. Links, devices and names that lead out of it are
// left out; limits on size, count and compression ratio end a bomb early.
func (f *Fetcher) unpack(in *os.File, name, format, version string) (*Fetched, error) {
	dir, err := os.MkdirTemp("", "scalebook-unpack-")
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	remove := func() error { return errors.Join(root.Close(), os.RemoveAll(dir)) }
	u := unpacker{root: root, limits: f.cfg}
	switch format {
	case "zip":
		err = u.zip(in)
	case "tar":
		err = u.tar(in)
	case "gzip":
		err = u.gzip(in, name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("unpacking: %w", cleanError(err)), remove())
	}
	return &Fetched{Files: stripRoot(root.FS()), Version: version, cleanup: remove}, nil
}

type unpacker struct {
	root   *os.Root
	limits Config
	bytes  int64
	files  int
}

func (u *unpacker) zip(in *os.File) error {
	info, err := in.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(in, info.Size())
	if err != nil {
		return err
	}
	for _, member := range z.File {
		if !member.Mode().IsRegular() {
			continue
		}
		r, err := member.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", member.Name, err)
		}
		err = u.write(member.Name, r, int64(member.CompressedSize64))
		if err = errors.Join(err, r.Close()); err != nil {
			return fmt.Errorf("%s: %w", member.Name, err)
		}
	}
	return nil
}

func (u *unpacker) tar(r io.Reader) error {
	t := tar.NewReader(r)
	for {
		header, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if err := u.write(header.Name, t, header.Size); err != nil {
			return fmt.Errorf("%s: %w", header.Name, err)
		}
	}
}

// gzip unpacks a compressed tarball, or a single compressed file under its name without .gz.
func (u *unpacker) gzip(in *os.File, name string) error {
	info, err := in.Stat()
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	defer z.Close()
	// The ratio applies to the stream as a whole: a tarball's members have no packed size of their own.
	bounded := &boundedReader{r: z, left: u.limits.MaxRatio * max(info.Size(), 1<<10)}
	head := make([]byte, 512)
	n, err := io.ReadFull(bounded, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), bounded)
	if archiveFormat(head[:n]) == "tar" {
		return u.tar(whole)
	}
	return u.write(strings.TrimSuffix(filepath.Base(name), ".gz"), whole, info.Size())
}

// write copies one member to disk within the limits.
func (u *unpacker) write(name string, r io.Reader, packed int64) error {
	name = path.Clean(strings.ReplaceAll(name, "\\", "/"))
	if !filepath.IsLocal(name) {
		return nil
	}
	if u.files++; u.files > u.limits.MaxFiles {
		return fmt.Errorf("more than %d files: %w", u.limits.MaxFiles, ErrTooLarge)
	}
	if err := u.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	out, err := u.root.Create(name)
	if err != nil {
		return err
	}
	limit := min(u.limits.MaxUnpack-u.bytes, u.limits.MaxRatio*max(packed, 1<<10))
	n, err := io.Copy(out, &boundedReader{r: r, left: limit})
	u.bytes += n
	return errors.Join(err, out.Close())
}

// boundedReader fails, rather than ends, when more than left bytes come.
type boundedReader struct {
	r    io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, fmt.Errorf("unpacks to more than the limits allow: %w", ErrTooLarge)
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, fmt.Errorf("unpacks to more than the limits allow: %w", ErrTooLarge)
	}
	return n, err
}

// stripRoot enters the single folder that archives made by hosts and by hand wrap around everything.
func stripRoot(files fs.FS) fs.FS {
	for range 8 {
		entries, err := fs.ReadDir(files, ".")
		if err != nil || len(entries) != 1 || !entries[0].IsDir() {
			return files
		}
		sub, err := fs.Sub(files, entries[0].Name())
		if err != nil {
			return files
		}
		files = sub
	}
	return files
}
