package content

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/google/go-cmp/cmp"
)

// fill sets every field of a value to another one than any before.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("값", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(*n) * 1000 * int64(1-2*(*n%2)))
	case reflect.Uint64:
		v.SetUint(uint64(*n) << 40)
	case reflect.Float64:
		v.SetFloat(float64(*n) / 7)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2000+*n, 1, 2, 3, 4, 5, 6, time.UTC)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	}
}

func encoded(t testing.TB, heads map[string]*head) []byte {
	t.Helper()
	b, err := encodeHeads(heads)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHeads(t *testing.T) {
	full, n := &head{}, 0
	fill(reflect.ValueOf(full).Elem(), &n)
	empty := &head{Report: Report{Keywords: []string{}}} // which is not nil
	want := map[string]*head{"full": full, "empty": empty, "zero": {}}
	b := encoded(t, want)
	got, err := decodeHeads(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for i := range b {
		damaged := bytes.Clone(b)
		damaged[i] ^= 0x10
		if _, err := decodeHeads(damaged); err == nil {
			t.Fatalf("byte %d was changed, and nobody noticed", i)
		}
		if _, err := decodeHeads(b[:i]); err == nil {
			t.Fatalf("cut after %d bytes, and nobody noticed", i)
		}
	}
}

// FuzzHeads reads anything with the right checksum: what is read is written again as it is understood.
func FuzzHeads(f *testing.F) {
	full, n := &head{}, 0
	fill(reflect.ValueOf(full).Elem(), &n)
	for _, heads := range []map[string]*head{nil, {"zero": {}}, {"full": full}, {"full": full, "zero": {}}} {
		b := encoded(f, heads)
		f.Add(b[:len(b)-8])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		heads, err := decodeHeads(binary.BigEndian.AppendUint64(bytes.Clone(b), xxhash.Sum64(b)))
		if err != nil {
			return
		}
		first := encoded(t, heads)
		again, err := decodeHeads(first)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, encoded(t, again)) {
			t.Error("what was written is read as something else")
		}
	})
}

// TestOpenReadsHeads opens a library with its files of heads as they are, gone, cut short, changed and of other reports: it always is in the same state. Only
// where they can't be read are the parses looked at, and then the next Sync makes them again.
func TestOpenReadsHeads(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 40 {
		files[fmt.Sprintf("2024%02d%02d-essay.md", 1+i/20, 1+i%20)] = file(fmt.Sprintf("# 글 %d\n\n%d째 글은 확장 법칙(scaling law)을 %d번 다룬다. [다른 글](20240101-essay.md), 본문은 %d자이다.\n", i, i, i*i, i*7))
	}
	dir := t.TempDir()
	l := openLibrary(t, dir)
	syncFiles(t, l, files, "v1")
	want := stateOf(t, l)
	keep := func() []string {
		kept, err := filepath.Glob(filepath.Join(dir, "notes", headsDir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	each := func(f func(path string) error) func() {
		return func() {
			for _, path := range keep() {
				if err := f(path); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	parsed := filepath.Join(dir, ".parsed")
	whole := len(keep())
	if whole == 0 {
		t.Fatal("no heads are kept")
	}
	for _, c := range []struct {
		name  string
		do    func()
		reads bool // the parses
	}{
		{"as they are", func() {}, false},
		{"gone", each(os.Remove), true},
		{"cut short", each(func(p string) error { return os.Truncate(p, 20) }), true},
		{"changed", each(func(p string) error {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			b[len(b)/2]++
			return os.WriteFile(p, b, 0o600)
		}), true},
		{"of other reports", each(func(p string) error { return os.WriteFile(p, encoded(t, map[string]*head{"x": {}}), 0o600) }), true},
	} {
		c.do()
		if diff := cmp.Diff(want, stateOf(t, openLibrary(t, dir))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if err := os.RemoveAll(parsed); err != nil {
			t.Fatal(err)
		}
		l := openLibrary(t, dir)
		if _, err := os.Stat(parsed); (err == nil) != c.reads {
			t.Errorf("%s: the parses were looked at: %v", c.name, err == nil)
		}
		syncFiles(t, l, files, "v1")
		if n := len(keep()); n != whole {
			t.Errorf("%s: %d files of heads after the next Sync, want %d", c.name, n, whole)
		}
		if err := os.RemoveAll(parsed); err != nil {
			t.Fatal(err)
		}
		again := openLibrary(t, dir)
		if _, err := os.Stat(parsed); err == nil {
			t.Errorf("%s: the next Sync did not mend the heads", c.name)
		}
		if diff := cmp.Diff(want, stateOf(t, again)); diff != "" {
			t.Errorf("%s: after the next Sync: %s", c.name, diff)
		}
	}
}
