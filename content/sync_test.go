package content

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stateOf describes everything that a library answers of its sources but when it took them in.
func stateOf(t *testing.T, l *Library) string {
	t.Helper()
	var b strings.Builder
	all, err := l.Full(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		fmt.Fprintln(&b, r.Slug, r.Path, r.Title, r.Date, r.Lint, r.Links, r.Figures, r.Terms)
		for _, o := range l.Related(r.Slug, 10) {
			fmt.Fprintln(&b, "  near", o.Slug)
		}
		for _, o := range l.Backlinks(r.Slug) {
			fmt.Fprintln(&b, "  from", o.Slug)
		}
		for _, h := range l.History(r.Slug) {
			fmt.Fprintln(&b, "  was", h.Hash)
		}
	}
	for _, s := range l.Sources() {
		fmt.Fprintln(&b, s.Name, s.Version, s.Reports, s.SetAside)
	}
	return b.String()
}

// TestSyncStepByStep changes files at random and takes each change in, in a library that stays open, in one that is opened each
// time, and in one that another process follows: all three are in the same state, and what follows from all reports together is
// what a process that never saw the changes makes of it.
func TestSyncStepByStep(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	files := fstest.MapFS{}
	stamp := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	paragraph := func() string {
		return fmt.Sprintf("확장 법칙(scaling law)은 %d년의 연산량과 %d배의 손실을 잇는다. 같은 예산 %d원이라면 둘을 함께 키운다. ", random.IntN(1e6), random.IntN(1e6), random.IntN(1e6))
	}
	text := func(parts int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "# 글 %d\n\n", random.IntN(1e6))
		for range parts {
			fmt.Fprintf(&b, "%s[다른 글](202401%02d-essay%d.md)과 [저장소의 글](https://github.com/me/notes/essay%d-202401%02d.md), ![그림](a%d.gif)을 본다.\n\n", paragraph(), 1+random.IntN(9), random.IntN(3), random.IntN(3), 1+random.IntN(9), random.IntN(4))
		}
		return b.String()
	}
	put := func(p, content string) {
		stamp = stamp.Add(time.Minute)
		files[p] = &fstest.MapFile{Data: []byte(content), ModTime: stamp}
	}
	anyOf := func() string {
		paths := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(p string) bool {
			return !strings.HasSuffix(p, "y0.md") && !strings.HasSuffix(p, "y1.md") && !strings.HasSuffix(p, "y2.md")
		})
		return paths[random.IntN(len(paths))]
	}
	kept, opened := t.TempDir(), t.TempDir()
	stays := openLibrary(t, kept)
	follows := openLibrary(t, kept)
	for i := range 12 {
		put(fmt.Sprintf("202401%02d-essay%d.md", 1+i%9, i%3), text(4))
	}
	kinds := map[string]bool{}
	for step := range 40 {
		p := anyOf()
		switch random.IntN(9) {
		case 0:
			put(fmt.Sprintf("%c/202401%02d-essay%d.md", 'a'+rune(random.IntN(2)), 1+random.IntN(9), random.IntN(3)), text(4))
		case 1: // a copy
			put("copies/"+filepath.Base(p), string(files[p].Data))
		case 2: // a draft: the beginning of it
			data := string(files[p].Data)
			put("drafts/"+filepath.Base(p), data[:strings.LastIndex(data[:len(data)*9/10+1], "\n")+1])
		case 3, 4:
			put(p, string(files[p].Data)+paragraph()+"\n")
		case 5:
			if len(files) > 6 {
				delete(files, p)
			}
		case 6: // a new name
			put("moved"+fmt.Sprint(step)+"-"+filepath.Base(p), string(files[p].Data))
			delete(files, p)
		case 7:
			put(fmt.Sprintf("a%d.gif", random.IntN(4)), onePixel)
		case 8:
			put("README.md", fmt.Sprintf("# 모음\n\n- [이름 %d](%s), 2023/0%d/02\n", step, filepath.Base(p), 1+random.IntN(9)))
		}
		version := fmt.Sprint("v", step)
		res := syncFiles(t, stays, files, version)
		for _, a := range res.SetAside {
			kinds[a.Rule+"/"+a.Detail] = true
		}
		again := syncFiles(t, openLibrary(t, opened), files, version)
		if diff := cmp.Diff(res, again); diff != "" {
			t.Fatalf("step %d: what a library does that stays open, and one that is opened: %s", step, diff)
		}
		if _, err := follows.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := stateOf(t, stays)
		for name, l := range map[string]*Library{"one that follows": follows, "one that is opened": openLibrary(t, kept), "another": openLibrary(t, opened)} {
			if diff := cmp.Diff(want, stateOf(t, l)); diff != "" {
				t.Fatalf("step %d: %s: %s", step, name, diff)
			}
			if l.Version() != stays.Version() {
				t.Fatalf("step %d: %s is of another version", step, name)
			}
		}
		// What is a report, and what a copy or draft, does not depend on the way there.
		fresh := openLibrary(t, t.TempDir())
		syncFiles(t, fresh, files, version)
		paths := func(l *Library) (out []string) {
			for _, r := range l.Reports() {
				out = append(out, r.Path)
			}
			slices.Sort(out)
			return out
		}
		if diff := cmp.Diff(paths(fresh), paths(stays)); diff != "" {
			t.Fatalf("step %d: reports of a library that saw all at once: %s", step, diff)
		}
		for _, dir := range []string{kept, opened} {
			parts, err := fs.Glob(os.DirFS(dir), "notes/parts/*")
			if err != nil || len(parts) > 2*buckets {
				t.Fatalf("step %d: %d parts, %v", step, len(parts), err)
			}
		}
	}
	for _, kind := range []string{"duplicate/same", "duplicate/draft", "index/"} {
		if !kinds[kind] {
			t.Errorf("no file was ever set aside as %s", kind)
		}
	}
}

// TestSyncOfOlderManifests opens what was written when a manifest was one file, and goes on from there.
func TestSyncOfOlderManifests(t *testing.T) {
	files := fstest.MapFS{
		"20240102-one.md": file("# 하나\n\n" + longText + "[둘](20240203-two.md)\n"),
		"20240203-two.md": file("# 둘\n\n두 번째 글이다. 첫 글과는 아주 다른 내용이어야 한다. 본문이 충분히 길어야 한다.\n"),
		"README.md":       file("# 모음\n\n- [하나](20240102-one.md), 2024/01/02\n"),
		"a.gif":           file(onePixel),
	}
	dir := t.TempDir()
	l := openLibrary(t, dir)
	syncFiles(t, l, files, "v1")
	want := stateOf(t, l)
	m := l.state.Load().manifests[0]
	old := wholeManifest{Source: m.Source, Version: m.Version, Reports: maps.Collect(m.each()), Images: maps.Collect(entries(m, (*part).images)),
		SetAside: m.setAsideList(), Index: m.listed, Aliases: map[string]string{"zero": "20240102-one"}, History: map[string][]RevisionRef{}}
	for _, p := range m.parts {
		maps.Copy(old.History, p.History)
	}
	b, err := json.Marshal(old)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "notes", partsDir)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes", manifestName), b, 0o600); err != nil {
		t.Fatal(err)
	}
	l = openLibrary(t, dir)
	if diff := cmp.Diff(want, stateOf(t, l)); diff != "" {
		t.Errorf("what was written before: %s", diff)
	}
	if res := syncFiles(t, l, files, "v1"); res.Unchanged != 2 || len(res.Updated)+len(res.Added)+len(res.Removed) != 0 {
		t.Errorf("taken in again: %+v", res)
	}
	for name, l := range map[string]*Library{"taken in again": l, "opened again": openLibrary(t, dir)} {
		if diff := cmp.Diff(want, stateOf(t, l)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if r, ok := l.Report("zero"); !ok || r.Slug != "20240102-one" {
			t.Errorf("%s: an earlier name is forgotten", name)
		}
	}
	parts, err := fs.Glob(os.DirFS(dir), "notes/parts/*.json")
	if err != nil || len(parts) == 0 {
		t.Errorf("it is not in parts: %v", err)
	}
}

// TestDamagedParts shows that what is not as it was written is never taken for the library.
func TestDamagedParts(t *testing.T) {
	dir := t.TempDir()
	syncFiles(t, openLibrary(t, dir), fstest.MapFS{"a.md": file("# 글\n\n" + longText)}, "v1")
	parts, err := filepath.Glob(filepath.Join(dir, "notes", partsDir, "*"))
	if err != nil || len(parts) == 0 {
		t.Fatalf("no parts: %v", err)
	}
	if err := os.Truncate(parts[0], 3); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(LibraryConfig{Dir: dir}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("cut short: %v", err)
	}
	if err := os.Remove(parts[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(LibraryConfig{Dir: dir}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("missing: %v", err)
	}
}

// TestRepositoryOfASource shows that what a source is a copy of decides where its links lead, also where nothing else changed, and in a
// library that another process has written.
func TestRepositoryOfASource(t *testing.T) {
	files := fstest.MapFS{
		"20240102-one.md": file("# 하나\n\n" + longText + "[둘](https://github.com/me/notes/blob/main/20240203-two.md)\n"),
		"20240203-two.md": file("# 둘\n\n두 번째 글이다. 첫 글과는 아주 다른 내용이어야 한다. 본문이 충분히 길어야 한다.\n"),
	}
	dir := t.TempDir()
	writes, follows := openLibrary(t, dir), openLibrary(t, dir)
	for repository, want := range map[string]string{"https://github.com/me/other": "", "https://github.com/me/notes": "20240203-two"} {
		if _, err := writes.Sync(t.Context(), SourceConfig{Name: "notes", Public: true, Repository: repository}, files, "v1"); err != nil {
			t.Fatal(err)
		}
		if _, err := follows.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, l := range map[string]*Library{"the one that writes": writes, "the one that follows": follows} {
			r, ok := l.Report("20240102-one")
			if !ok || len(r.Links) != 1 || r.Links[0].Report != want {
				t.Errorf("a copy of %s, %s: the link leads to %+v, want report %q", repository, name, r.Links, want)
			}
		}
	}
}
