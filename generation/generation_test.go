package generation

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tree is files by name.
type tree map[string]string

func (t tree) with(more tree) tree {
	all := maps.Clone(t)
	maps.Copy(all, more)
	return all
}

func (t tree) without(prefix string) tree {
	rest := maps.Clone(t)
	maps.DeleteFunc(rest, func(name, _ string) bool { return strings.HasPrefix(name, prefix) })
	return rest
}

// first is what a data directory holds that a generation is made of.
var first = tree{
	"library/essays/manifest.json":  `{"reports": 1}`,
	"library/essays/blobs/ab/abcd":  "# An essay",
	"library/tables/manifest.json":  `{"reports": 0}`,
	"library/.parsed/k1/k1.json":    `{"title": "An essay"}`,
	"index/CURRENT":                 "gen-00000001\n",
	"index/gen-00000001/segments":   "1f\nan index\nseg-00000001 2f\n",
	"index/seg-00000001/impacts":    "postings",
	"index/seg-00000001/bleve/root": "",
}

// second adds to the index, adds an essay and drops the tables.
var second = first.without("index/").without("library/tables/").with(tree{
	"library/essays/manifest.json": `{"reports": 2}`,
	"library/essays/blobs/cd/cdef": "# Another",
	"index/CURRENT":                "gen-00000002\n",
	"index/gen-00000002/segments":  "3f\nan index\nseg-00000001 2f\nseg-00000003 4f\n",
	"index/seg-00000001/impacts":   "postings",
	"index/seg-00000003/impacts":   "more postings",
})

// left is what a data directory holds beside.
var left = tree{
	"metrics.db": "ledger", "ingest.db": "journal", "tokens.json": "secret", "library/.claims/v1/k1.json": "[]",
	"index/gen-00000000/segments": "of an older generation", "index/seg-00000000/impacts": "and its postings", "library/essays/.tmp-12": "half a file",
}

func (t tree) write(tb testing.TB, dir string) {
	tb.Helper()
	for _, part := range []string{libraryDir, indexDir} {
		if err := os.RemoveAll(filepath.Join(dir, part)); err != nil {
			tb.Fatal(err)
		}
	}
	for name, content := range t {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(content), 0o644)); err != nil {
			tb.Fatal(err)
		}
	}
}

func read(tb testing.TB, dir string) tree {
	tb.Helper()
	t := tree{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == originFile {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		t[name] = string(content)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// bench is a bucket in a folder with one ingester.
type bench struct {
	folder, data string
	bucket       *Bucket
	clock        time.Time
	publisher    *Publisher
}

func newBench(tb testing.TB) *bench {
	tb.Helper()
	b := &bench{folder: tb.TempDir(), data: tb.TempDir(), clock: time.Now()}
	var err error
	if b.bucket, err = OpenBucket(tb.Context(), "file://"+b.folder); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { b.bucket.Close() })
	b.publisher = NewPublisher(b.config(b.data))
	return b
}

func (b *bench) config(dir string) Config {
	return Config{Bucket: b.bucket, Dir: dir, Now: func() time.Time { return b.clock }}
}

func (b *bench) publish(tb testing.TB, content tree) int64 {
	tb.Helper()
	content.with(left).write(tb, b.data)
	number, err := b.publisher.Publish(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return number
}

// bring takes a reader to the current generation.
func bring(tb testing.TB, r *Reader) {
	tb.Helper()
	staged, err := r.Fetch(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	if staged == nil {
		tb.Fatal("there is no newer generation")
	}
	if err := staged.Show(); err != nil {
		tb.Fatal(err)
	}
}

func TestAReaderFollows(t *testing.T) {
	b := newBench(t)
	if n := b.publish(t, first); n != 1 {
		t.Fatalf("the first generation is %d", n)
	}
	dir := t.TempDir()
	r := NewReader(b.config(dir))
	bring(t, r)
	if diff := cmp.Diff(first, read(t, dir)); diff != "" {
		t.Errorf("generation 1 (-published +fetched):\n%s", diff)
	}
	if staged, err := r.Fetch(t.Context()); staged != nil || err != nil {
		t.Errorf("without a newer generation: %v, %v", staged, err)
	}
	if n := b.publish(t, first); n != 1 {
		t.Errorf("nothing has changed, and there is generation %d", n)
	}
	before := read(t, filepath.Join(b.folder, "blobs"))
	if n := b.publish(t, second); n != 2 {
		t.Errorf("the second generation is %d", n)
	}
	if sent := len(read(t, filepath.Join(b.folder, "blobs"))) - len(before); sent != 5 {
		t.Errorf("%d blobs were sent, want the 5 that are new", sent)
	}
	staged, err := r.Fetch(t.Context())
	if err != nil || staged.Number() != 2 {
		t.Fatal(staged, err)
	}
	for name, content := range read(t, dir) {
		if want, ok := first[name]; ok && want != content {
			t.Errorf("before it is shown, %s is %q", name, content)
		}
	}
	if err := staged.Show(); err != nil {
		t.Fatal(err)
	}
	got := read(t, dir)
	for name, content := range second {
		if got[name] != content {
			t.Errorf("%s is %q, want %q", name, got[name], content)
		}
	}
	if _, ok := got["library/tables/manifest.json"]; ok {
		t.Error("a source that was dropped is still there")
	}
	if _, ok := got["index/gen-00000001/segments"]; !ok {
		t.Error("the generation before was deleted while answers are made of it")
	}
	third := second.with(tree{"library/essays/manifest.json": `{"reports": 3}`})
	b.publish(t, third)
	bring(t, r)
	if diff := cmp.Diff(third, read(t, dir)); diff != "" {
		t.Errorf("generation 3 (-published +fetched):\n%s", diff)
	}
	if n, err := r.Number(); n != 3 || err != nil {
		t.Errorf("the data directory says %d, %v", n, err)
	}
}

// What is damaged or missing in the bucket never shows: the reader keeps what it has, and goes on once it is mended.
func TestDamageNeverShows(t *testing.T) {
	flip := func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	half := func(b []byte) []byte { return b[:len(b)/2] }
	var blob string
	for _, test := range []struct {
		name, file string
		how        func([]byte) []byte
		damaged    bool // rather than missing
	}{
		{"manifest flipped", "generations/*2.json", flip, true},
		{"manifest cut", "generations/*2.json", half, true},
		{"manifest of another", "generations/*2.json", func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `"generation":2`, `"generation":3`, 1))
		}, true},
		{"blob flipped", "blob", flip, true},
		{"blob cut", "blob", half, true},
		{"blob longer", "blob", func(b []byte) []byte { return append(b, 'x') }, true},
		{"blob gone", "blob", func([]byte) []byte { return nil }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.publish(t, first)
			dir := t.TempDir()
			r := NewReader(b.config(dir))
			bring(t, r)
			b.publish(t, second)
			m, err := b.bucket.manifest(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			blob = blobKey(m.index()["index/seg-00000003/impacts"].SHA256)
			found, err := filepath.Glob(filepath.Join(b.folder, strings.Replace(test.file, "blob", blob, 1)))
			if err != nil || len(found) != 1 {
				t.Fatal(found, err)
			}
			whole, err := os.ReadFile(found[0])
			if err != nil {
				t.Fatal(err)
			}
			if wrong := test.how(slices.Clone(whole)); wrong == nil {
				err = os.Remove(found[0])
			} else {
				err = os.WriteFile(found[0], wrong, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			staged, err := r.Fetch(t.Context())
			if staged != nil || err == nil || errors.Is(err, ErrDamaged) != test.damaged {
				t.Fatalf("fetched %v, %v", staged, err)
			}
			got := read(t, dir)
			for name, content := range first {
				if got[name] != content {
					t.Errorf("%s is %q, want %q", name, got[name], content)
				}
			}
			if err := os.WriteFile(found[0], whole, 0o644); err != nil {
				t.Fatal(err)
			}
			bring(t, r)
		})
	}
}

// A data directory that was damaged while nobody looked is mended by the next start.
func TestAStartChecksWhatIsThere(t *testing.T) {
	b := newBench(t)
	b.publish(t, first)
	dir := t.TempDir()
	bring(t, NewReader(b.config(dir)))
	for name, content := range map[string]string{"index/seg-00000001/impacts": "postingz", "library/essays/blobs/ab/abcd": "", "library/strange/manifest.json": "{}"} {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	bring(t, NewReader(b.config(dir)))
	if diff := cmp.Diff(first, read(t, dir)); diff != "" {
		t.Errorf("(-published +found):\n%s", diff)
	}
}

// A manifest that names files outside of what a generation is made of is refused, whatever its sum.
func TestManifestsNameOnlyTheirOwn(t *testing.T) {
	for _, name := range []string{"../x", "/etc/passwd", "library/../../x", "tokens.json", "library", "index\x00", "library//x", ""} {
		m := &Manifest{Number: 1, Files: []File{{name, strings.Repeat("a", 64), 1}}}
		raw, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decode(1, raw); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestOnlyOneIngesterGoesOn(t *testing.T) {
	b := newBench(t)
	b.publish(t, first)
	t.Run("a data directory of its own", func(t *testing.T) {
		other := NewPublisher(b.config(t.TempDir()))
		if err := other.Check(t.Context()); !errors.Is(err, ErrConflict) {
			t.Errorf("its check: %v", err)
		}
		if _, err := other.Publish(t.Context()); !errors.Is(err, ErrConflict) {
			t.Errorf("it publishes: %v", err)
		}
	})
	t.Run("one that took over", func(t *testing.T) {
		dir := t.TempDir()
		bring(t, NewReader(b.config(dir)))
		second.write(t, dir)
		if n, err := NewPublisher(b.config(dir)).Publish(t.Context()); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		if _, err := b.publisher.Publish(t.Context()); !errors.Is(err, ErrConflict) {
			t.Errorf("the former goes on: %v", err)
		}
	})
	t.Run("at once", func(t *testing.T) {
		won := make([]error, 4)
		dirs := make([]string, len(won))
		for i := range dirs {
			dirs[i] = t.TempDir()
			bring(t, NewReader(b.config(dirs[i])))
			first.with(tree{fmt.Sprintf("library/essays/blobs/ef/ef%d", i): "theirs"}).write(t, dirs[i])
		}
		var all sync.WaitGroup
		for i, dir := range dirs {
			all.Go(func() { _, won[i] = NewPublisher(b.config(dir)).Publish(t.Context()) })
		}
		all.Wait()
		winners := 0
		for _, err := range won {
			if err == nil {
				winners++
			} else if !errors.Is(err, ErrConflict) {
				t.Error(err)
			}
		}
		if n, err := b.bucket.latest(t.Context()); winners != 1 || n != 3 || err != nil {
			t.Errorf("%d have published generation %d, %v", winners, n, err)
		}
	})
}

// An ingester that died between publishing and keeping the number goes on.
func TestAPublicationThatWasCutShort(t *testing.T) {
	b := newBench(t)
	b.publish(t, first)
	kept, err := os.ReadFile(filepath.Join(b.data, originFile))
	if err != nil {
		t.Fatal(err)
	}
	b.publish(t, second)
	if err := os.WriteFile(filepath.Join(b.data, originFile), kept, 0o644); err != nil {
		t.Fatal(err)
	}
	if n := b.publish(t, first); n != 3 {
		t.Errorf("it goes on with %d", n)
	}
}

// What is no longer current can be fetched for a time, and is deleted then with what only it needed.
func TestGrace(t *testing.T) {
	b := newBench(t)
	b.publish(t, first)
	b.clock = b.clock.Add(24 * time.Hour) // it has been current for a day
	b.publish(t, second)
	if all, err := b.bucket.numbers(t.Context()); len(all) != 2 || err != nil {
		t.Fatalf("generations %v, %v", all, err)
	}
	b.clock = b.clock.Add(DefaultGrace + time.Minute)
	b.publish(t, second)
	if all, err := b.bucket.numbers(t.Context()); !slices.Equal(all, []int64{2}) || err != nil {
		t.Errorf("generations %v, %v", all, err)
	}
	contents := map[string]bool{}
	for _, content := range second {
		contents[content] = true
	}
	for name, content := range read(t, filepath.Join(b.folder, "blobs")) {
		if !contents[content] {
			t.Errorf("%s is left: %q", name, content)
		}
		delete(contents, content)
	}
	if len(contents) > 0 {
		t.Errorf("deleted although needed: %v", contents)
	}
}

// TestManifestsAreBounded: a manifest that is longer than any that is published is refused before it is held in memory, by readers and by
// the publisher that sweeps; and none such is published.
func TestManifestsAreBounded(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	r := NewReader(b.config(dir))
	b.publish(t, first)
	bring(t, r)
	b.bucket.longest = 4096
	endless := filepath.Join(b.folder, filepath.FromSlash(manifestKey(2)))
	raw, err := os.ReadFile(filepath.Join(b.folder, filepath.FromSlash(manifestKey(1))))
	if err == nil {
		raw = []byte(strings.Replace(string(raw), `"generation":1`, `"generation":2`, 1) + strings.Repeat(" ", 4096))
		err = os.WriteFile(endless, raw, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Fetch(t.Context()); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "more than 4096 bytes") {
		t.Errorf("a reader: %v", err)
	}
	if diff := cmp.Diff(first, read(t, dir)); diff != "" {
		t.Errorf("what was shown is changed (-was +is):\n%s", diff)
	}
	if err := os.Remove(endless); err != nil {
		t.Fatal(err)
	}
	many := first.with(nil)
	for i := range 40 {
		many[fmt.Sprintf("library/essays/blobs/ef/%d", i)] = "one of many"
	}
	many.write(t, b.data)
	if _, err := b.publisher.Publish(t.Context()); err == nil || !strings.Contains(err.Error(), "more than the 4096 that readers take") {
		t.Errorf("publishing: %v", err)
	}
	if found, err := b.bucket.numbers(t.Context()); err != nil || len(found) != 1 {
		t.Errorf("generations %v, %v", found, err)
	}
}

func FuzzManifest(f *testing.F) {
	m := &Manifest{Number: 1, Publisher: "p", Files: []File{{"library/a", strings.Repeat("0", 64), 3}}}
	raw, err := m.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"generation":1,"files":[{"name":"../x"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := decode(1, raw)
		if err != nil {
			return
		}
		for _, file := range m.Files {
			if !filepath.IsLocal(file.Name) || !published(file.Name) || blobKey(file.SHA256) == "" {
				t.Errorf("it lists %q", file.Name)
			}
		}
	})
}

// TestClockJumps publishes while the clock goes back by a second, hours and to 1970, and ahead by years: numbers rise, and a reader finds
// every generation whole that is current when it looks.
func TestClockJumps(t *testing.T) {
	b := newBench(t)
	start, dir := b.clock, t.TempDir()
	r := NewReader(b.config(dir))
	for n, jump := range []time.Duration{0, -time.Second, -3 * time.Hour, 72 * time.Hour, -24 * 365 * 56 * time.Hour, 24 * 365 * 100 * time.Hour, 0, time.Hour} {
		b.clock = start.Add(jump)
		content := first.with(tree{"library/essays/manifest.json": fmt.Sprintf(`{"reports": %d}`, n)})
		if number := b.publish(t, content); number != int64(n+1) {
			t.Errorf("%s: generation %d, want %d", jump, number, n+1)
		}
		bring(t, r)
		if diff := cmp.Diff(content, read(t, dir)); diff != "" {
			t.Errorf("%s (-published +fetched):\n%s", jump, diff)
		}
		other := t.TempDir() // and one that comes new
		bring(t, NewReader(b.config(other)))
		if diff := cmp.Diff(content, read(t, other)); diff != "" {
			t.Errorf("%s (-published +fetched anew):\n%s", jump, diff)
		}
	}
}
