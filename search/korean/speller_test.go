package korean

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSpellerLookup(t *testing.T) {
	s := NewSpeller([]Word{{"스케일링", 1}, {"스케일", 5}, {"데이터센터", 2}, {"transformer", 1}, {"transform", 9}, {"칩", 1}, {"gpu", 3}})
	for _, c := range []struct {
		typed string
		typos int
		want  []string
	}{
		{"스캐일링", 2, []string{"스케일링"}},
		{"스케일링", 2, []string{"스케일링"}},
		{"데이타센타", 2, []string{"데이터센터"}},
		{"데이타센타", 1, nil},
		{"transfromer", 2, []string{"transformer"}},
		{"Transformr", 2, []string{"transform", "transformer"}},
		{"gpi", 2, nil}, // three letters leave no room for a slip
		{"", 2, nil},
	} {
		var got []string
		for _, w := range s.Lookup(c.typed, c.typos, 5) {
			got = append(got, w.Text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Lookup(%q, %d) = %q, want %q", c.typed, c.typos, got, c.want)
		}
	}
	if got := NewSpeller(nil).Lookup("추론이", 2, 5); got != nil {
		t.Errorf("an empty vocabulary has %v", got)
	}
}

// The index finds what comparing with every word finds, for replaced, missing and
// added letters. (A swap across a third counts as two edits for the index.)
func TestSpellerFindsWhatAScanFinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var words []Word
	for i := range 1500 {
		var w []rune
		for range 2 + rng.IntN(4) {
			w = append(w, join(rng.IntN(5), rng.IntN(4), rng.IntN(3)))
		}
		words = append(words, Word{string(w), float64(i % 7)})
	}
	s := NewSpeller(words)
	for range 100 {
		typed := []rune(Key(words[rng.IntN(len(words))].Text))
		for range rng.IntN(3) {
			i := rng.IntN(len(typed))
			switch rng.IntN(3) {
			case 0:
				typed[i] = initialJamo[rng.IntN(5)]
			case 1:
				typed = slices.Delete(typed, i, i+1)
			default:
				typed = slices.Insert(typed, i, vowelJamo[rng.IntN(4)])
			}
		}
		limit := allowedTypos(typed)
		want := 0
		for _, w := range words {
			if levenshtein(typed, []rune(Key(w.Text))) <= limit {
				want++
			}
		}
		if got := len(s.Lookup(string(typed), 2, len(words))); got < want {
			t.Fatalf("Lookup(%q) finds %d words, a scan %d", string(typed), got, want)
		}
	}
}

// levenshtein counts insertions, deletions and replacements.
func levenshtein(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func BenchmarkSpellerLookup(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	var words []Word
	for range 60000 {
		var w []rune
		for range 2 + rng.IntN(4) {
			w = append(w, join(rng.IntN(19), rng.IntN(21), rng.IntN(8)))
		}
		words = append(words, Word{Text: string(w)})
	}
	s := NewSpeller(words)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		s.Lookup(words[i%len(words)].Text+"을", 2, 8)
	}
}

func ExampleSpeller_Lookup() {
	s := NewSpeller([]Word{{Text: "스케일링", Weight: 12}, {Text: "transformer", Weight: 3}})
	fmt.Println(s.Lookup("스캐일링", 2, 1))
	fmt.Println(s.Lookup("transfromer", 2, 1))
	// Output:
	// [{{스케일링 12} 1}]
	// [{{transformer 3} 1}]
}
