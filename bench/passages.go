package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// seed makes every run measure the same inputs.
const seed = 20251123

var notProse = regexp.MustCompile(`[*_#>|\[\]()` + "`" + `]|https?:\S+`)

// sentences returns the sentences of the bundled reports, Korean and English.
func sentences(root string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(filepath.Join(root, "content", "reports"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(raw)) {
			for s := range strings.SplitSeq(notProse.ReplaceAllString(line, " "), ". ") {
				if s = strings.Join(strings.Fields(s), " "); utf8.RuneCountInString(s) >= 20 {
					out = append(out, strings.TrimSuffix(s, ".")+".")
				}
			}
		}
		return nil
	})
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("no sentence in the reports of %s", root)
	}
	return out, err
}

// passages makes n passages of a few sentences at random, each with a made-up part number, as reports have: so common words
// get more common with size, and rare ones stay rare.
func passages(from []string, n int) []string {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := make([]string, n)
	for i := range out {
		var b strings.Builder
		for b.Len() < 400 {
			b.WriteString(from[rng.IntN(len(from))])
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%c%c%d", 'A'+rng.IntN(26), 'A'+rng.IntN(26), 100+rng.IntN(9900))
		out[i] = b.String()
	}
	return out
}

// kinds of queries, in the order they are listed.
var kinds = []string{"one word", "phrase", "mixed script", "prefix", "typo"}

// questions are the same words for every engine; how they are written is the engine's.
type question struct {
	kind  string
	words []string
}

// questions returns n questions of each kind, of words that the sentences have.
func questions(from []string, n int) []question {
	rng := rand.New(rand.NewPCG(seed, 2))
	var korean, latin []string
	var phrases [][]string
	for _, s := range from {
		words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for i, w := range words {
			if utf8.RuneCountInString(w) < 3 {
				continue
			}
			if r, _ := utf8.DecodeRuneInString(w); unicode.Is(unicode.Hangul, r) {
				korean = append(korean, w)
			} else if unicode.Is(unicode.Latin, r) {
				latin = append(latin, w)
			}
			if i > 0 && strings.Contains(s, words[i-1]+" "+w) {
				phrases = append(phrases, []string{words[i-1], w})
			}
		}
	}
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	var out []question
	for range n {
		prefix := []rune(pick(korean))[:3]
		out = append(out, question{kinds[0], []string{pick(korean)}}, question{kinds[1], phrases[rng.IntN(len(phrases))]},
			question{kinds[2], []string{pick(korean), pick(latin)}}, question{kinds[3], []string{string(prefix)}},
			question{kinds[4], []string{mistype(rng, pick(korean))}})
	}
	return out
}

// mistype changes the vowel of one Hangul syllable (Unicode 3.12: a syllable is 0xAC00 + (initial·21 + vowel)·28 + final).
func mistype(rng *rand.Rand, word string) string {
	runes := []rune(word)
	var syllables []int
	for i, r := range runes {
		if r >= 0xAC00 && r <= 0xD7A3 {
			syllables = append(syllables, i)
		}
	}
	i := syllables[rng.IntN(len(syllables))]
	x := runes[i] - 0xAC00
	vowel := (x/28%21 + 1 + rng.Int32N(20)) % 21
	runes[i] = 0xAC00 + (x/588*21+vowel)*28 + x%28
	return string(runes)
}
