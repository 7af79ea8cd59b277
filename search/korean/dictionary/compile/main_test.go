package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The committed files are what this program makes.
func TestCommittedDictionaryIsCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the whole dictionary")
	}
	out := t.TempDir()
	if err := run(out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ko.dict", "hanja.txt", "places.txt"} {
		made, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made, committed) {
			t.Errorf("%s is out of date; run go generate in the dictionary folder", name)
		}
	}
}

func TestFormsOfExpressions(t *testing.T) {
	for _, c := range []struct {
		surface, expression string
		inflects            bool
		want                string // term of each part
	}{
		{"늘어났", "늘어나/VV/*+았/EP/*", true, "늘어나|"},
		{"강아진", "강아지/NNG/*+ᆫ/JX/*", true, "강아지|"},
		{"인공지능", "인공/NNG/*+지능/NNG/*", false, "인공|지능|"},
		{"와전", "워/NNG/*+전/NNG/*", false, ""}, // parts that aren't the surface
	} {
		form := compound(c.surface, c.expression)
		if c.inflects {
			form = inflected(c.surface, c.expression)
		}
		letters, got := []rune(c.surface), ""
		for _, p := range form {
			switch {
			case p.Keep > 0 || p.Suffix != "":
				got += string(letters[:p.Keep]) + p.Suffix + "|"
			case p.End > 0:
				got += string(letters[p.Start:p.End]) + "|"
			}
		}
		if got != c.want {
			t.Errorf("%s, %s: terms %q, want %q", c.surface, c.expression, got, c.want)
		}
	}
}

func TestGroupTakesLikeClassesTogether(t *testing.T) {
	keys := map[int16]int{1: 10, 2: 5, 3: 1, 4: 1}
	vectors := map[int16][]int32{1: {0, 0}, 2: {alike / 2, alike / 2}, 3: {9 * alike, 0}, 4: {0, 0}}
	sort := func(k int16) int { return int(k) / 4 }
	numbers, leaders := group(keys, sort, vectors)
	if numbers[1] != numbers[2] || numbers[1] == numbers[3] || numbers[1] == numbers[4] {
		t.Errorf("groups are %v", numbers)
	}
	if len(leaders) != 3 || leaders[0] != 1 {
		t.Errorf("leaders are %v, want 1 first of three", leaders)
	}
}
