package content

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// agreementsOf counts the glosses of a corpus that is at hand.
func agreementsOf(cs []termCandidate) agreements {
	all := map[string]*usage{}
	for _, c := range cs {
		all[glossKey(c.Inside)] = &usage{}
	}
	countAnew(maps.Clone(all), func(glosses map[string]*usage, f func(string, []string)) {
		for _, c := range cs {
			if gloss := glossKey(c.Inside); glosses[gloss] != nil {
				f(gloss, c.Before)
			}
		}
	})
	return func(gloss string) []string {
		return all[gloss].Run
	}
}

// TestUsage adds uses to a gloss and takes them back: what most of them have before them is at any time what counting them all says.
func TestUsage(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	var all [][]string
	most := func() (run []string) {
		for len(all) > 1 && len(run) < longestRun {
			n := map[string]int{}
			for _, words := range all {
				if len(words) <= len(run) {
					continue
				}
				near := slices.Clone(words[len(words)-len(run)-1:])
				slices.Reverse(near)
				if slices.Equal(near[:len(run)], run) {
					n[near[len(run)]]++
				}
			}
			longer := run
			for w, k := range n {
				if 2*k > len(all) {
					longer = append(slices.Clip(run), w)
				}
			}
			if len(longer) == len(run) {
				break
			}
			run = longer
		}
		return run
	}
	u, anew := &usage{}, 0
	for step := range 4000 {
		if rng.IntN(2+len(all)/8) > 0 {
			at := rng.IntN(max(1, len(all)))
			if len(all) > 0 {
				u.count(all[at], -1)
				all = slices.Delete(all, at, at+1)
			}
		} else {
			var words []string
			for range 1 + rng.IntN(5) {
				words = append(words, string("aaaaab"[rng.IntN(6)]))
			}
			u.count(words, 1)
			all = append(all, words)
		}
		if !u.stands() {
			anew++
			countAnew(map[string]*usage{"g": u}, func(glosses map[string]*usage, f func(string, []string)) {
				for _, words := range all {
					f("g", words)
				}
			})
		}
		if want := most(); !slices.Equal(u.Run, want) || u.Uses != len(all) {
			t.Fatalf("step %d: %d uses agree on %q, want %d and %q", step, u.Uses, u.Run, len(all), want)
		}
	}
	if anew == 0 || anew > 2000 {
		t.Errorf("counted anew %d times", anew)
	}
}

// TestTermsAreKept changes a library step by step, each time as a process of its own that keeps what it decided: the terms are always those
// that a library decides from nothing, whatever became of what was kept.
func TestTermsAreKept(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	word := func(words string) string { all := strings.Fields(words); return all[rng.IntN(len(all))] }
	essay := func(i int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "# 글 %d\n\n", i)
		for range 1 + rng.IntN(4) {
			// With an agreement on 시간 지평 the word before it is no part of the term.
			fmt.Fprintf(&b, "%s %s %s(time h%c)을 %d번 다룬다.\n\n", word("모델 작업 실험"), word("시간 시간 전력"), word("지평 지평 범위"), 'a'+rng.IntN(26), rng.IntN(1000))
		}
		return b.String()
	}
	dir := t.TempDir()
	files := fstest.MapFS{}
	for i := range 80 {
		files[fmt.Sprintf("2024%02d%02d-essay.md", 1+i/20, 1+i%20)] = file(essay(i))
	}
	kept := func() []string {
		all, err := filepath.Glob(filepath.Join(dir, termsDir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	each := func(f func(string) error) func() {
		return func() {
			if len(kept()) < 2 {
				t.Fatal("nothing is kept")
			}
			for _, path := range kept() {
				if err := f(path); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	terms := func(l *Library) map[string][]Term {
		out := map[string][]Term{}
		s := l.state.Load()
		for _, r := range s.reports {
			out[r.Slug] = s.termsOf(r)
		}
		return out
	}
	for step, damage := range []func(){
		func() {}, func() {}, func() {}, func() {}, func() {}, func() {}, func() {}, func() {},
		each(func(path string) error { return os.Truncate(path, 10) }),
		each(os.Remove),
		each(func(path string) error {
			if filepath.Base(path) == termsList {
				return nil
			}
			return os.Remove(path)
		}),
		func() { // the candidates of what is about to go
			if err := os.RemoveAll(filepath.Join(dir, ".parsed")); err != nil {
				t.Fatal(err)
			}
		},
		func() {},
	} {
		for range rng.IntN(4) {
			name := fmt.Sprintf("2024%02d%02d-essay.md", 1+rng.IntN(5), 1+rng.IntN(20))
			if files[name] != nil && rng.IntN(3) == 0 {
				delete(files, name)
			} else {
				files[name] = file(essay(1000 + step))
			}
		}
		damage()
		l := openLibrary(t, dir)
		syncFiles(t, l, files, "v")
		if err := l.KeepTerms(t.Context()); err != nil {
			t.Fatal(err)
		}
		fresh := openLibrary(t, t.TempDir())
		syncFiles(t, fresh, files, "v")
		if diff := cmp.Diff(terms(fresh), terms(l)); diff != "" {
			t.Fatalf("step %d: %s", step, diff)
		}
		again := openLibrary(t, dir)
		want := terms(again)
		if again.terms.own.terms != [buckets]bool{} {
			t.Errorf("step %d: what was kept is not what the next process begins with", step)
		}
		if diff := cmp.Diff(want, terms(l)); diff != "" {
			t.Errorf("step %d: read back: %s", step, diff)
		}
	}
}

// TestKeptTermsAreReadInPart changes one report of many: the candidates of no other are read by a process that goes on from what was kept.
func TestKeptTermsAreReadInPart(t *testing.T) {
	dir := t.TempDir()
	files := fstest.MapFS{}
	for i := range 300 {
		files[fmt.Sprintf("essay-%03d.md", i)] = file(fmt.Sprintf("# 글 %d\n\n%d째 글은 확장 법칙(scaling law)을 %d번, 제 %d 주제(subject-%c%c)를 한 번 다룬다.\n", i, i, i*i, i, 'a'+i%26, 'a'+i/26))
	}
	l := openLibrary(t, dir)
	syncFiles(t, l, files, "v")
	if err := l.KeepTerms(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"이 글은 확장 법칙(scaling law)만 다룬다. 나머지는 다 지웠다.",
		"이 글은 다룰 용어가 하나도 없다. 그래도 글은 글이다.",
		"이 글은 새로운 손실 함수(loss function)를 다룬다. 다른 글에는 없다.",
	} {
		files["essay-007.md"] = file("# 바뀐 글\n\n" + text)
		l = openLibrary(t, dir)
		syncFiles(t, l, files, "v")
		entry := l.state.Load().entries.get("essay-007")
		for _, in := range l.state.Load().entries.at {
			for _, e := range in {
				if e != entry { // whoever reads it finds nothing
					if err := os.Rename(l.store.path(e.key), l.store.path(e.key)+".away"); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if err := l.KeepTerms(t.Context()); err != nil {
			t.Fatal(err)
		}
		made, err := filepath.Glob(filepath.Join(dir, ".parsed", "*", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		parsed := 0
		for _, path := range made {
			if _, err := os.Stat(path + ".away"); err == nil {
				parsed++
			}
		}
		if parsed > 0 {
			t.Errorf("%s: %d other reports were read", text, parsed)
		}
		away, err := filepath.Glob(filepath.Join(dir, ".parsed", "*", "*.away"))
		if err != nil || len(away) != 299 {
			t.Fatal(len(away), err)
		}
		for _, path := range away {
			if err := os.Rename(path, strings.TrimSuffix(path, ".away")); err != nil {
				t.Fatal(err)
			}
		}
	}
}
