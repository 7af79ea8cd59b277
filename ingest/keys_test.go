package ingest

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What doesn't fit into memory comes out of the files in order, each key once for each time it went in.
func TestSorter(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := sorter{dir: t.TempDir()}
	var want []rowKey
	for i := range 1000 {
		k := rowKey{feed: random.Uint64N(3), time: random.Int64N(5) - 2, key: random.Uint64N(4), row: int64(i)}
		want = append(want, k)
		if err := s.add(k); err != nil {
			t.Fatal(err)
		}
		if i%130 == 0 {
			if err := s.spill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	slices.SortFunc(want, rowKey.compare)
	var got []rowKey
	for k, err := range s.sorted() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, k)
	}
	if len(s.runs) < 5 || !slices.Equal(got, want) {
		t.Errorf("%d runs, %d keys out of %d", len(s.runs), len(got), len(want))
	}
}

func TestMissing(t *testing.T) {
	list := func(keys ...uint64) []rowKey {
		var out []rowKey
		for i, k := range keys {
			out = append(out, rowKey{key: k, row: int64(i)})
		}
		return out
	}
	for _, test := range []struct{ before, after, gone []uint64 }{
		{[]uint64{1, 2, 3}, []uint64{1, 2, 3}, nil},
		{[]uint64{1, 2, 3}, []uint64{0, 2, 9}, []uint64{1, 3}},
		{[]uint64{1, 2}, nil, []uint64{1, 2}},
		{nil, []uint64{1}, nil},
	} {
		var gone []uint64
		n := 0
		for k, err := range missing(noError(slices.Values(list(test.before...))), noError(slices.Values(list(test.after...)))) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			if k.gone {
				gone = append(gone, k.key)
			}
		}
		if n != len(test.before) || !slices.Equal(gone, test.gone) {
			t.Errorf("%v after %v: gone %v of %d", test.after, test.before, gone, n)
		}
	}
}

// A file of keys that was cut short is an error, not a shorter list.
func TestDamagedKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if err := writeKeys(path, slices.Values([]rowKey{{row: 1}, {row: 2}})); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, rowKeySize+5); err != nil {
		t.Fatal(err)
	}
	var failed error
	for _, err := range readKeys(path) {
		failed = err
	}
	if failed == nil {
		t.Error("no error")
	}
}
