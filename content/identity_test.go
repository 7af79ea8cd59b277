package content

import (
	"io/fs"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// namedFiles is a source that names contents, as git does, and counts the reading of them. All its files have one time.
type namedFiles struct {
	fstest.MapFS
	reads atomic.Int64
}

type namedInfo struct {
	fs.FileInfo
	id string
}

func (i namedInfo) Identity() string { return i.id }

type namedFile struct {
	fs.File
	in *namedFiles
	id string
}

func (f namedFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return namedInfo{info, f.id}, err
}

func (f namedFile) Read(p []byte) (int, error) {
	f.in.reads.Add(1)
	return f.File.Read(p)
}

type namedEntry struct {
	fs.DirEntry
	id string
}

func (e namedEntry) Info() (fs.FileInfo, error) {
	info, err := e.DirEntry.Info()
	return namedInfo{info, e.id}, err
}

func (n *namedFiles) Open(name string) (fs.File, error) {
	f, err := n.MapFS.Open(name)
	if file, ok := n.MapFS[name]; ok && err == nil {
		return namedFile{f, n, string(file.Data)}, nil
	}
	return f, err
}

func (n *namedFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := n.MapFS.ReadDir(name)
	for i, e := range entries {
		if file, ok := n.MapFS[e.Name()]; ok {
			entries[i] = namedEntry{e, string(file.Data)}
		}
	}
	return entries, err
}

// Where a source names contents only files with other names are read, whatever their times and sizes.
func TestNamedContents(t *testing.T) {
	files := &namedFiles{MapFS: fstest.MapFS{
		"a.md": file("# 글 1\n\n" + longText),
		"b.md": file("# 다른 글\n\n연산량이 두 배가 되면 손실이 얼마나 줄어드는지를 여러 크기의 모형에서 잰 결과를 싣는다.\n"),
	}}
	dir := t.TempDir()
	l := openLibrary(t, dir)
	if res := syncNamed(t, l, files, nil); len(res.Added) != 2 {
		t.Fatalf("%+v", res)
	}
	files.reads.Store(0)
	for _, f := range files.MapFS {
		f.ModTime = time.Now() // as after every unpacking
	}
	l = openLibrary(t, dir)
	if res := syncNamed(t, l, files, nil); res.Unchanged != 2 || files.reads.Load() != 0 {
		t.Errorf("nothing changed: %d reads, %+v", files.reads.Load(), res)
	}
	was := files.MapFS["a.md"]
	files.MapFS["a.md"] = &fstest.MapFile{Data: []byte("# 글 2\n\n" + longText), ModTime: was.ModTime}
	res := syncNamed(t, l, files, nil)
	if diff := cmp.Diff([]string{"a"}, res.Updated); diff != "" || res.Unchanged != 1 {
		t.Errorf("one changed, size and time as they were: %s", diff)
	}
	if r, ok := l.Report("a"); !ok || r.Title != "글 2" {
		t.Errorf("a.md: %+v", r)
	}
	day := time.Date(2024, 3, 1, 7, 0, 0, 0, time.FixedZone("KST", 9*60*60))
	syncNamed(t, l, files, map[string]time.Time{"b.md": day})
	if r, ok := l.Report("b"); !ok || !r.Date.Equal(time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("b.md has no date from the history: %+v", r)
	}
}

func syncNamed(t *testing.T, l *Library, files fs.FS, added map[string]time.Time) SyncResult {
	t.Helper()
	res, err := l.Sync(t.Context(), SourceConfig{Name: "notes", Public: true, Added: added}, files, "v1")
	if err != nil {
		t.Fatal(err)
	}
	return res
}
