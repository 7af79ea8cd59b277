package korean

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Word is an entry of a vocabulary.
type Word struct {
	Text string
	// Weight is how common or important the word is; ties go to the greater.
	Weight float64
}

// Correction is a word of a vocabulary that is near to one that was typed.
type Correction struct {
	Word
	// Distance is the number of typing errors (see Distance).
	Distance int
}

// maxTypos is the greatest distance that a Speller finds.
const maxTypos = 2

// Speller finds the words of a vocabulary that are a few typing errors from a
// given one, without scanning the vocabulary. A word within two edits of
// another keeps at least one of its three thirds whole (Pass-Join: Li, Deng,
// Wang and Feng, VLDB 2011), so that the thirds, by their length and place,
// are the index. A Speller doesn't change and is safe for concurrent use.
type Speller struct {
	words []Word
	keys  [][]rune
	// thirds is sorted: the hash of a third in the high half, the number
	// of its word in the low half.
	thirds []uint64
}

// NewSpeller indexes a vocabulary. Words of one letter are left out.
func NewSpeller(words []Word) *Speller {
	s := &Speller{}
	for _, w := range words {
		k := []rune(Key(w.Text))
		if len(k) < 2 {
			continue
		}
		id := uint64(len(s.words))
		s.words = append(s.words, w)
		s.keys = append(s.keys, k)
		for i := range maxTypos + 1 {
			from, to := third(len(k), i)
			s.thirds = append(s.thirds, uint64(hashThird(k[from:to], len(k), i))<<32|id)
		}
	}
	slices.Sort(s.thirds)
	return s
}

// third returns the bounds of part i of a key of n letters.
func third(n, i int) (from, to int) {
	return n * i / (maxTypos + 1), n * (i + 1) / (maxTypos + 1)
}

// hashThird is FNV-1a over the letters of a third, its place and the key's length.
func hashThird(part []rune, length, i int) uint32 {
	h := uint32(2166136261)
	h = (h ^ uint32(length)) * 16777619
	h = (h ^ uint32(i)) * 16777619
	for _, r := range part {
		h = (h ^ uint32(r)) * 16777619
	}
	return h
}

// Lookup returns at most limit words within the given number of typing errors of typed (at
// most 2, and fewer for words of few letters), nearest first, then heaviest. The
// word itself is among them if the vocabulary has it.
func (s *Speller) Lookup(typed string, typos, limit int) []Correction {
	q := []rune(Key(typed))
	most := min(typos, maxTypos, allowedTypos(q))
	seen := map[uint32]bool{}
	var out []Correction
	for n := max(2, len(q)-most); n <= len(q)+most; n++ {
		for i := range maxTypos + 1 {
			from, to := third(n, i)
			for at := max(0, from-most); at <= from+most && at+to-from <= len(q); at++ {
				h := hashThird(q[at:at+to-from], n, i)
				out = s.collect(out, seen, q, h, most)
			}
		}
	}
	slices.SortFunc(out, func(a, b Correction) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Text, b.Text))
	})
	return out[:min(limit, len(out))]
}

// collect appends the words under hash h that are near enough to q.
func (s *Speller) collect(out []Correction, seen map[uint32]bool, q []rune, h uint32, most int) []Correction {
	i, _ := slices.BinarySearch(s.thirds, uint64(h)<<32)
	for ; i < len(s.thirds) && uint32(s.thirds[i]>>32) == h; i++ {
		id := uint32(s.thirds[i])
		if seen[id] {
			continue
		}
		seen[id] = true
		if d := distance(q, s.keys[id], most); d <= most {
			out = append(out, Correction{s.words[id], d})
		}
	}
	return out
}

// allowedTypos bounds the errors by the letters there are to be right: Latin
// words of up to 3 letters and Hangul of up to 3 jamo allow none, up to 5 one.
func allowedTypos(key []rune) int {
	switch n := len(key); {
	case n <= 3:
		return 0
	case n <= 5:
		return 1
	case n <= 7 && utf8.RuneLen(key[0]) == 1:
		return 1
	}
	return 2
}
