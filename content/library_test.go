package content

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func openLibrary(t testing.TB, dir string) *Library {
	t.Helper()
	l, err := Open(LibraryConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func syncFiles(t testing.TB, l *Library, files fs.FS, version string) SyncResult {
	t.Helper()
	res, err := l.Sync(context.Background(), SourceConfig{Name: "notes", Public: true}, files, version)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// onePixel is the smallest GIF.
const onePixel = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

const longText = "확장 법칙은 연산량과 손실의 관계를 거듭제곱으로 나타낸다. 같은 예산이라면 모형과 데이터를 함께 키우는 쪽이 낫다. "

func TestSync(t *testing.T) {
	dir := t.TempDir()
	l := openLibrary(t, dir)
	files := fstest.MapFS{
		"20240102-Scaling.md":          file("# 확장\n\n" + longText + "\n\n![그림](./img/a.gif)\n\n[다음 글](https://github.com/me/notes/20240203-next.md)과 [없는 글](./20230101-gone.md), [빈 글](20220101-stub.md), [모음](README.md)\n"),
		"20240203-next.md":             file("# 다음\n\n두 번째 글이다. 앞의 글은 [여기](https://github.com/me/notes/blob/main/Scaling-20240102.md#확장)에 있다. 본문이 충분히 길어야 한다.\n"),
		"20220101-stub.md":             file(" "),
		"bad.md":                       file("# 글\n\n\xff\xfe"),
		"copy/20240203-next (copy).md": file("# 다음\n\n두 번째 글이다. 앞의 글은 [여기](https://github.com/me/notes/blob/main/Scaling-20240102.md#확장)에 있다. 본문이 충분히 길어야 한다.\n"),
		"README.md":                    file("# 모음\n\n- [첫 글의 다른 이름](20240102-scaling.md), 2025/01/02\n"),
		"images/a.gif":                 file(onePixel),
		"images/broken.png":            file("not an image"),
		".git/config.md":               file("# 감춰진 글은 읽지 않는다. 정말로 읽지 않는다."),
	}
	res := syncFiles(t, l, files, "v1")
	if diff := cmp.Diff([]string{"20240102-scaling", "20240203-next"}, res.Added); diff != "" {
		t.Errorf("added: %s", diff)
	}
	rules := map[string]string{}
	for _, a := range res.SetAside {
		rules[a.Path] = a.Rule
	}
	want := map[string]string{"20220101-stub.md": "stub", "bad.md": "encoding", "copy/20240203-next (copy).md": "duplicate", "README.md": "index", "images/broken.png": "image"}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("set aside: %s", diff)
	}

	r, ok := l.Report("20240102-Scaling")
	if !ok {
		t.Fatal("a report is missing")
	}
	if r.Title != "확장" || !r.Date.Equal(time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("title %q, date %v", r.Title, r.Date)
	}
	if !slices.ContainsFunc(r.Lint, func(l Lint) bool { return l.Rule == "date" }) {
		t.Error("the index page's other date is not reported")
	}
	if f := r.Figures[0]; f.Missing || f.Src != "/files/notes/images/a.gif" || f.Width != 1 || f.Height != 1 {
		t.Errorf("figure found by name: %+v", f)
	}
	var got []Link
	for _, l := range r.Links {
		l.Line = 0
		got = append(got, l)
	}
	if diff := cmp.Diff([]Link{
		{Href: "/reports/20240203-next", Original: "https://github.com/me/notes/20240203-next.md", Text: "다음 글", Report: "20240203-next"},
		{Href: "./20230101-gone.md", Original: "./20230101-gone.md", Text: "없는 글", Missing: true},
		{Href: "20220101-stub.md", Original: "20220101-stub.md", Text: "빈 글", Missing: true},
		{Href: "/reports", Original: "README.md", Text: "모음"},
	}, got); diff != "" {
		t.Errorf("links: %s", diff)
	}
	next, _ := l.Report("20240203-next")
	if link := next.Links[0]; link.Report != "20240102-scaling" || link.Href != "/reports/20240102-scaling#확장" {
		t.Errorf("link with the date last: %+v", link)
	}
	if b := l.Backlinks("20240203-next"); len(b) != 1 || b[0].Slug != "20240102-scaling" {
		t.Errorf("backlinks: %v", b)
	}

	a, err := l.Asset("notes/images/a.gif")
	if err != nil || a.Type != "image/gif" {
		t.Errorf("asset: %+v, %v", a, err)
	}
	for _, bad := range []string{"notes/../manifest.json", "notes/manifest.json", "../x", "", "notes", "notes/bad.md"} {
		if _, err := l.Asset(bad); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("asset %q: %v", bad, err)
		}
	}

	before := l.Version()
	if res := syncFiles(t, l, files, "v1"); len(res.Added)+len(res.Updated)+len(res.Removed) != 0 || res.Unchanged != 2 {
		t.Errorf("a second sync: %+v", res)
	}
	if l.Version() != before {
		t.Error("the version changed without a change")
	}

	reader := openLibrary(t, dir)
	delete(files, "20240203-next.md")
	delete(files, "copy/20240203-next (copy).md")
	files["20240203-next-part.md"] = file("# 다음\n\n두 번째 글이다. 앞의 글은 [여기](https://github.com/me/notes/blob/main/Scaling-20240102.md#확장)에 있다. 본문이 충분히 길어야 한다!\n")
	res = syncFiles(t, l, files, "v2")
	if len(res.Added) != 1 || len(res.Removed) != 1 {
		t.Errorf("rename: %+v", res)
	}
	if r, ok := l.Report("20240203-next"); !ok || r.Slug != "20240203-next-part" {
		t.Error("the former slug of a renamed report does not find it")
	}
	if changed, err := reader.Reload(context.Background()); err != nil || !changed {
		t.Errorf("reload: %v, %v", changed, err)
	}
	if reader.Version() != l.Version() || len(reader.Reports()) != 2 {
		t.Error("a reader does not see what another process wrote")
	}
	if changed, err := reader.Reload(context.Background()); err != nil || changed {
		t.Errorf("reload of what did not change: %v, %v", changed, err)
	}
}

func TestOpenRepairsKeptParses(t *testing.T) {
	dir := t.TempDir()
	syncFiles(t, openLibrary(t, dir), fstest.MapFS{"a.md": file("# 글\n\n" + longText)}, "v1")
	if err := os.RemoveAll(filepath.Join(dir, ".parsed")); err != nil {
		t.Fatal(err)
	}
	if r, ok := openLibrary(t, dir).Report("a"); !ok || r.Title != "글" {
		t.Error("a report whose parse was lost is not parsed again")
	}
}

func TestSyncRejectsNames(t *testing.T) {
	l := openLibrary(t, t.TempDir())
	for _, name := range []string{"", "..", "A", "a/b", ".hidden"} {
		if _, err := l.Sync(context.Background(), SourceConfig{Name: name}, fstest.MapFS{}, ""); err == nil {
			t.Errorf("a source was called %q", name)
		}
	}
}
