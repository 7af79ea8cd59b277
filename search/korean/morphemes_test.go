package korean

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMorphemes(t *testing.T) {
	a, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string][]string{
		"메모리":   {"메모리"},
		"메모리를":  {"메모리"},
		"GPU에서": {"GPU"},
		"줄었는데":  {"줄"},
		"":      nil,
	} {
		var got []string
		for _, m := range a.Morphemes(word) {
			got = append(got, word[m[0]:m[1]])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", word, diff)
		}
	}
}
