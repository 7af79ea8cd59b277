package fetch_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/server"

	"github.com/scalebook/scalebook/ingest/fetch"
)

// serveGit serves the bare repositories in a folder as git's smart HTTP does.
func serveGit(t *testing.T, folder string) string {
	t.Helper()
	fetch.GuardGit()
	git := server.NewServer(server.NewFilesystemLoader(osfs.New(folder)))
	answer := func(r *http.Request, do func(s transport.UploadPackSession) error) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		endpoint, err := transport.NewEndpoint("/" + name)
		if err == nil {
			var s transport.UploadPackSession
			if s, err = git.NewUploadPackSession(endpoint, nil); err == nil {
				err = do(s)
			}
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{name}/info/refs", func(w http.ResponseWriter, r *http.Request) {
		answer(r, func(s transport.UploadPackSession) error {
			refs, err := s.AdvertisedReferencesContext(r.Context())
			if err != nil {
				return err
			}
			refs.Prefix = [][]byte{[]byte("# service=git-upload-pack"), pktline.Flush}
			return refs.Encode(w)
		})
	})
	mux.HandleFunc("POST /{name}/git-upload-pack", func(w http.ResponseWriter, r *http.Request) {
		answer(r, func(s transport.UploadPackSession) error {
			request := packp.NewUploadPackRequest()
			if _, err := s.AdvertisedReferencesContext(r.Context()); err != nil {
				return err
			}
			if err := request.Decode(r.Body); err != nil {
				return err
			}
			response, err := s.UploadPack(r.Context(), request)
			if err != nil {
				return err
			}
			return response.Encode(w)
		})
	})
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return web.URL
}

// noise are bytes that don't pack.
func noise(n int) string {
	random := rand.NewChaCha8([32]byte{1})
	b := make([]byte, n)
	_, _ = random.Read(b)
	return string(b)
}

// kept is how many bytes a folder has.
func kept(t *testing.T, dir string) int64 {
	t.Helper()
	var sum int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// TestLargeRepositories: a repository that is too large is refused, with the limit, and leaves nothing; one that grows beyond the limit
// stays as it was; one whose branch is written anew again and again stays within it.
func TestLargeRepositories(t *testing.T) {
	const limit = 1 << 20
	folder, cache := t.TempDir(), t.TempDir()
	repository, err := git.PlainInit(filepath.Join(folder, "a.git"), true)
	if err != nil {
		t.Fatal(err)
	}
	f := forge{t, repository}
	location := serveGit(t, folder) + "/a.git"
	fetcher := fetch.New(fetch.Config{Cache: cache, MaxBytes: limit, MaxObject: 4 * limit, Timeout: 20 * time.Second})
	put := func(contents ...string) {
		var entries []entry
		for i, content := range contents {
			entries = append(entries, entry{filemode.Regular, string(rune('a'+i)) + ".md", f.put(plumbing.BlobObject, content)})
		}
		f.commit(f.tree(entries...))
	}
	read := func(want ...string) {
		t.Helper()
		fetched, err := fetcher.Fetch(t.Context(), location, "")
		if err != nil {
			t.Fatal(err)
		}
		got := contents(t, fetched)
		for i, content := range want {
			if got[string(rune('a'+i))+".md"] != content {
				t.Fatalf("file %d has %d bytes that are not those committed", i, len(got[string(rune('a'+i))+".md"]))
			}
		}
		if err := fetched.Close(); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(want string) {
		t.Helper()
		_, err := fetcher.Fetch(t.Context(), location, "")
		if !errors.Is(err, fetch.ErrTooLarge) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), location) {
			t.Fatalf("%v, want %q", err, want)
		}
	}
	put(noise(2 * limit))
	refused("1048576 bytes")
	if n := kept(t, cache); n > 0 {
		t.Errorf("%d bytes are left of a repository that was refused", n)
	}
	put(strings.Repeat("x", 5*limit))
	refused("object of 5242880 bytes, more than 4194304")
	for i := range 6 {
		own := noise(limit/2 + i)
		put(own, "small")
		read(own, "small")
		if n := kept(t, cache); n > limit+limit/4 {
			t.Fatalf("after %d commits without a common past the clone has %d bytes", i+1, n)
		}
	}
	before := kept(t, cache)
	put(noise(2 * limit))
	for range 2 {
		refused("1048576 bytes")
	}
	if n := kept(t, cache); n > before {
		t.Errorf("an update that was refused left %d bytes", n-before)
	}
	clones, err := filepath.Glob(filepath.Join(cache, "*.git"))
	if err != nil || len(clones) != 1 {
		t.Fatal(clones, err)
	}
	write(t, filepath.Join(clones[0], "objects", "pack", "tmp_pack_1"), noise(limit)) // of a fetch that was killed
	put("small again")
	read("small again")
	if n := kept(t, cache); n > before+limit/4 {
		t.Errorf("what a killed fetch left is still there: %d bytes", n)
	}
}

// TestDamagedClones: a clone that a kill or a disk has damaged is made anew, and so is one that a kill left with half an index, which go-git
// would take for whole once the pack is there.
func TestDamagedClones(t *testing.T) {
	folder, cache := t.TempDir(), t.TempDir()
	repository, err := git.PlainInit(filepath.Join(folder, "a.git"), true)
	if err != nil {
		t.Fatal(err)
	}
	f := forge{t, repository}
	location := serveGit(t, folder) + "/a.git"
	fetcher := fetch.New(fetch.Config{Cache: cache, Timeout: 20 * time.Second, Logger: slog.New(slog.DiscardHandler)})
	in := func(pattern string) []string {
		found, err := filepath.Glob(filepath.Join(cache, "*.git", pattern))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	var last plumbing.Hash
	commit := func(text string) {
		past := []plumbing.Hash{last}
		if last.IsZero() {
			past = nil
		}
		last = f.commit(f.tree(entry{filemode.Regular, "a.md", f.put(plumbing.BlobObject, text)}), past...)
	}
	read := func(want string) {
		t.Helper()
		fetched, err := fetcher.Fetch(t.Context(), location, "")
		if err != nil {
			t.Fatal(err)
		}
		defer fetched.Close()
		if got := contents(t, fetched)["a.md"]; got != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}
	commit("0")
	read("0")
	for n, damage := range []func(){
		func() { // as go-git leaves it when it is killed between the two
			for _, pack := range in("objects/pack/*.pack") {
				write(t, strings.TrimSuffix(pack, ".pack")+".idx", "half")
			}
		},
		func() {
			commit("meanwhile")
			read("meanwhile")
			packs := in("objects/pack/*.pack")
			newest := slices.MaxFunc(packs, func(a, b string) int { return modified(t, a).Compare(modified(t, b)) })
			write(t, strings.TrimSuffix(newest, ".pack")+".idx", "half")
			if err := os.Remove(newest); err != nil {
				t.Fatal(err)
			}
		},
		func() { write(t, in("objects/pack/*.pack")[0], "PACK") },
		func() { write(t, in("HEAD")[0], "") },
		func() { write(t, in("refs/heads/*")[0], "") },
		func() { write(t, in("config")[0], "[remote") },
	} {
		damage()
		text := fmt.Sprint("after ", n)
		commit(text)
		read(text)
	}
	away := location[:strings.LastIndex(location, "/")] + "/none.git"
	if _, err := fetcher.Fetch(t.Context(), away, ""); err == nil || !strings.Contains(err.Error(), "none.git") {
		t.Errorf("a repository that there is not: %v", err)
	}
}

func modified(t *testing.T, file string) time.Time {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

// object is one of a pack, as it is written there.
type packed struct {
	kind    plumbing.ObjectType
	back    int // of a delta, how many bytes before it what it is made from begins
	size    int // as its header says
	content []byte
}

// packOf writes a pack of as many objects as it says, whatever it has.
func packOf(t *testing.T, count uint32, objects ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("PACK")
	b.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 2), count))
	for _, o := range objects {
		first, rest := byte(o.kind)<<4|byte(o.size&15), o.size>>4
		for rest > 0 {
			b.WriteByte(first | 128)
			first, rest = byte(rest&127), rest>>7
		}
		b.WriteByte(first)
		if o.kind == plumbing.OFSDeltaObject {
			offset := []byte{byte(o.back & 127)}
			for back := o.back >> 7; back > 0; back >>= 7 {
				back--
				offset = append(offset, byte(back&127)|128)
			}
			slices.Reverse(offset)
			b.Write(offset)
		}
		z := zlib.NewWriter(&b)
		_, err := z.Write(o.content)
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
	}
	sum := sha1.Sum(b.Bytes())
	return append(b.Bytes(), sum[:]...)
}

// TestHostilePacks: what would take a machine's memory or time to unpack is refused before it is unpacked.
func TestHostilePacks(t *testing.T) {
	const block = 1 << 16
	base := packed{plumbing.BlobObject, 0, block, make([]byte, block)}
	offset := len(packOf(t, 1, base)) - 12 - sha1.Size
	delta := binary.AppendUvarint(binary.AppendUvarint(nil, block), block*1000)
	for range 1000 {
		delta = append(delta, 0x80) // copy 65,536 bytes from the beginning
	}
	overlong := binary.AppendUvarint(binary.AppendUvarint(nil, block), 1<<63)
	refs := "001e# service=git-upload-pack\n0000"
	head := strings.Repeat("1", 40)
	line := func(s string) string { return string(pktLine(s)) }
	whole := refs + line(head+" HEAD\x00symref=HEAD:refs/heads/main ofs-delta\n") + line(head+" refs/heads/main\n") + "0000"
	for _, test := range []struct {
		name string
		refs func(w io.Writer) error
		pack []byte
		err  string
	}{
		{"an object that says how large it is", nil, packOf(t, 1, packed{plumbing.BlobObject, 0, 2 << 20, make([]byte, 2<<20)}), "object of 2097152 bytes, more than 1048576"},
		{"one that is larger than it says", nil, packOf(t, 1, packed{plumbing.BlobObject, 0, 10, make([]byte, 2<<20)}), "inflated"},
		{"a delta that copies one block again and again", nil, packOf(t, 2, base, packed{plumbing.OFSDeltaObject, offset, len(delta), delta}), "object of 65536000 bytes, more than 1048576"},
		{"a delta of more bytes than there are", nil, packOf(t, 2, base, packed{plumbing.OFSDeltaObject, offset, len(overlong), overlong}), "object of 9223372036854775807 bytes"},
		{"more objects than are looked at", nil, packOf(t, 1<<31), "2147483648 objects, more than 1000"},
		{"a pack cut short", nil, packOf(t, 2, base)[:100], "EOF"},
		{"no pack", nil, []byte("nothing of the kind"), "malformed"},
		{"branches without an end", func(w io.Writer) error {
			for {
				if _, err := io.WriteString(w, line(head+" refs/heads/"+strings.Repeat("b", 900)+"\n")); err != nil {
					return err
				}
			}
		}, nil, "more than 4194304 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fetch.GuardGit()
			mux := http.NewServeMux()
			mux.HandleFunc("GET /a.git/info/refs", func(w http.ResponseWriter, _ *http.Request) {
				_, err := io.WriteString(w, strings.TrimSuffix(whole, "0000"))
				if err == nil && test.refs != nil {
					err = test.refs(w)
				}
				if err == nil {
					_, _ = io.WriteString(w, "0000")
				}
			})
			mux.HandleFunc("POST /a.git/git-upload-pack", func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write(append([]byte("0008NAK\n"), test.pack...))
			})
			web := httptest.NewServer(mux)
			defer web.Close()
			cache := t.TempDir()
			_, err := fetch.New(fetch.Config{Cache: cache, MaxBytes: 4 << 20, MaxObject: 1 << 20, MaxObjects: 1000, Timeout: 20 * time.Second}).
				Fetch(t.Context(), web.URL+"/a.git", "")
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%v, want %q", err, test.err)
			}
			if entries, _ := os.ReadDir(cache); len(entries) > 0 {
				t.Errorf("it left %v", entries)
			}
		})
	}
}

func pktLine(s string) []byte {
	var b bytes.Buffer
	_ = pktline.NewEncoder(&b).EncodeString(s)
	return b.Bytes()
}

// TestHostileHistory: trees without an end are refused in the past of a branch as they are at its head.
func TestHostileHistory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "hostile.git")
	repository, err := git.PlainInit(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	f := forge{t, repository}
	inner := f.tree(entry{filemode.Regular, "a.md", f.put(plumbing.BlobObject, "x")})
	for range 12 {
		var all []entry
		for i := range 12 {
			all = append(all, entry{filemode.Dir, string(rune('a' + i)), inner})
		}
		inner = f.tree(all...)
	}
	f.commit(f.tree(entry{filemode.Regular, "a.md", f.put(plumbing.BlobObject, "x")}), f.commit(inner))
	_, err = fetch.New(fetch.Config{MaxFiles: 100}).Fetch(t.Context(), dir, "")
	if !errors.Is(err, fetch.ErrTooLarge) || !strings.Contains(err.Error(), "history: commit ") {
		t.Errorf("%v, want it refused for its history", err)
	}
}
