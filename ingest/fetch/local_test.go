package fetch_test

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
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"

	"github.com/scalebook/scalebook/ingest/fetch"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// member is a file of an archive.
type member struct {
	name, text string
	link       string // target of a symbolic link
}

func zipOf(t *testing.T, members ...member) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		header := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		header.SetMode(0o644)
		if m.link != "" {
			header.SetMode(0o777 | fs.ModeSymlink)
		}
		w, err := z.CreateHeader(header)
		if err == nil {
			_, err = io.WriteString(w, m.text+m.link)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.zip")
	write(t, path, b.String())
	return path
}

func tarOf(t *testing.T, compress bool, members ...member) string {
	t.Helper()
	var b bytes.Buffer
	var out io.Writer = &b
	z := gzip.NewWriter(&b)
	if compress {
		out = z
	}
	w := tar.NewWriter(out)
	for _, m := range members {
		header := &tar.Header{Name: m.name, Size: int64(len(m.text)), Mode: 0o644, Typeflag: tar.TypeReg}
		if m.link != "" {
			header.Typeflag, header.Linkname = tar.TypeSymlink, m.link
		}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.text); err != nil {
			t.Fatal(err)
		}
	}
	err := w.Close()
	if compress {
		err = errors.Join(err, z.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.tar")
	write(t, path, b.String())
	return path
}

// Every form of a location holds the same files, and is not modified when it is asked about again.
func TestForms(t *testing.T) {
	want := map[string]string{"a.csv": "a", "deep/b.csv": "b"}
	folder := t.TempDir()
	for name, text := range want {
		write(t, filepath.Join(folder, name), text)
	}
	members := []member{{name: "top/a.csv", text: "a"}, {name: "top/deep/b.csv", text: "b"}}
	single := filepath.Join(t.TempDir(), "only.csv")
	write(t, single, "a")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, "a")
	z.Close()
	zipped := filepath.Join(t.TempDir(), "only.csv.gz")
	write(t, zipped, packed.String())
	for _, test := range []struct {
		name, location string
		want           map[string]string
	}{
		{"folder", folder, want},
		{"zip", zipOf(t, members...), want},
		{"tar", tarOf(t, false, members...), want},
		{"tar.gz", tarOf(t, true, members...), want},
		{"git working tree", commit(t, t.TempDir(), want), want},
		{"file", single, map[string]string{"only.csv": "a"}},
		{"gzipped file", zipped, map[string]string{"only.csv": "a"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := fetch.New(fetch.Config{})
			first, err := f.Fetch(t.Context(), test.location, "")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, contents(t, first)); diff != "" {
				t.Error(diff)
			}
			again, err := f.Fetch(t.Context(), test.location, first.Version)
			if err != nil || !again.NotModified {
				t.Errorf("again: %+v, %v", again, err)
			}
		})
	}
}

// commit makes a repository of the files, with one commit.
func commit(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	repository, err := git.PlainOpen(dir)
	if err != nil {
		repository, err = git.PlainInit(dir, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	tree, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
		if _, err := tree.Add(name); err != nil {
			t.Fatal(err)
		}
	}
	who := &object.Signature{Name: "A", Email: "a@example.com", When: time.Unix(1700000000, 0)}
	if _, err := tree.Commit("change", &git.CommitOptions{Author: who}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A repository is cloned once, and later asked for what is new.
func TestGit(t *testing.T) {
	work := commit(t, t.TempDir(), map[string]string{"a.csv": "a"})
	bare := filepath.Join(t.TempDir(), "upstream.git")
	if _, err := git.PlainClone(bare, true, &git.CloneOptions{URL: work}); err != nil {
		t.Fatal(err)
	}
	f := fetch.New(fetch.Config{Cache: t.TempDir()})
	first, err := f.Fetch(t.Context(), bare, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := contents(t, first); got["a.csv"] != "a" || !strings.HasPrefix(first.Version, "commit:") {
		t.Errorf("%v at %s", got, first.Version)
	}
	again, err := f.Fetch(t.Context(), bare, first.Version)
	if err != nil || !again.NotModified {
		t.Errorf("again: %+v, %v", again, err)
	}
	if _, err := f.Fetch(t.Context(), filepath.Join(t.TempDir(), "nowhere"), ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nowhere: %v", err)
	}
}

func TestHostileArchives(t *testing.T) {
	zeros := strings.Repeat("\x00", 4<<20)
	many := make([]member, 101)
	for i := range many {
		many[i] = member{name: fmt.Sprintf("%d.csv", i), text: "a"}
	}
	for _, test := range []struct{ name, path, want string }{
		{"zip bomb", zipOf(t, member{name: "a.csv", text: zeros}), "too large"},
		{"tarball bomb", tarOf(t, true, member{name: "a.csv", text: zeros}), "too large"},
		{"too many files", zipOf(t, many...), "more than 100 files"},
		{"damaged", damaged(t, zipOf(t, member{name: "a.csv", text: "a"})), "zip"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := fetch.New(quick()).Fetch(t.Context(), test.path, "")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func damaged(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text[:len(text)/2]))
	return path
}

// Nothing in an archive is written or read outside of where it is unpacked.
func TestEscapes(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret.csv")
	write(t, outside, "secret")
	members := []member{
		{name: "ok/a.csv", text: "a"},
		{name: "../../../../../../../../../../../../../../tmp/scalebook-escaped.csv", text: "out"},
		{name: "/tmp/scalebook-escaped.csv", text: "out"},
		{name: `..\..\scalebook-escaped.csv`, text: "out"},
		{name: "link.csv", link: outside},
		{name: "folder", link: filepath.Dir(outside)},
		{name: "b.csv", text: "b"},
	}
	want := map[string]string{"ok/a.csv": "a", "b.csv": "b"}
	for _, path := range []string{zipOf(t, members...), tarOf(t, false, members...), tarOf(t, true, members...)} {
		fetched, err := fetch.New(quick()).Fetch(t.Context(), path, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, contents(t, fetched)); diff != "" {
			t.Errorf("%s: %s", filepath.Base(path), diff)
		}
	}
	if _, err := os.Stat("/tmp/scalebook-escaped.csv"); err == nil {
		t.Error("a member was written outside")
	}
	// A folder's links are its owner's, but lead nowhere outside either.
	folder := t.TempDir()
	write(t, filepath.Join(folder, "a.csv"), "a")
	if err := os.Symlink(outside, filepath.Join(folder, "link.csv")); err != nil {
		t.Fatal(err)
	}
	fetched, err := fetch.New(quick()).Fetch(t.Context(), folder, "")
	if err != nil {
		t.Fatal(err)
	}
	defer fetched.Close()
	if _, err := fs.ReadFile(fetched.Files, "link.csv"); err == nil {
		t.Error("a link led out of the folder")
	}
}
