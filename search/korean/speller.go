package korean

import (
	"cmp"
	"math/bits"
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
// are the index. Beside each third stand the letters of its word: most words
// that share a third differ in too many letters to be near, and are passed
// over by them. A Speller doesn't change and is safe for concurrent use.
type Speller struct {
	words []Word
	// keys holds the letters of all words one after another, those of a word
	// from starts at its number on.
	keys   []rune
	starts []uint32
	// thirds are in order of their hashes; buckets lead from the first bits
	// of a hash to the first third with them.
	thirds  []partOf
	buckets []uint32
	shift   uint
}

// partOf is a third of a word.
type partOf struct {
	hash, word uint32
	letters    letters
}

// letters is the set of letters of a word, some of which share a bit.
type letters uint64

// lettersOf gives each Latin letter and each jamo that is typed a bit of its own.
func lettersOf(key []rune) (set letters) {
	for _, r := range key {
		switch {
		case r >= 'a' && r <= 'z':
			set |= 1 << (r - 'a')
		case r >= compatBase && r < compatBase+compatCount:
			set |= 1 << strokeBit[r-compatBase]
		default:
			set |= 1 << (59 + r%5)
		}
	}
	return set
}

// strokeBit numbers the 33 jamo of the two-set keyboard from 26 on; the others never stand in a key.
var strokeBit = func() (bit [compatCount]uint8) {
	next := uint8(26)
	for i := range bit {
		if _, twoStrokes := strokes[compatBase+rune(i)]; !twoStrokes {
			bit[i] = next
			next++
		}
	}
	return bit
}()

// near reports whether words with these letters can be within the given number of typing errors: each takes away
// one letter at most, and brings in one at most.
func (a letters) near(b letters, typos int) bool {
	return bits.OnesCount64(uint64(a&^b)) <= typos && bits.OnesCount64(uint64(b&^a)) <= typos
}

// NewSpeller indexes a vocabulary. Words of one letter are left out.
func NewSpeller(words []Word) *Speller {
	s := &Speller{starts: []uint32{0}}
	for _, w := range words {
		k := []rune(Key(w.Text))
		if len(k) < 2 {
			continue
		}
		id := uint32(len(s.words))
		s.words = append(s.words, w)
		s.keys = append(s.keys, k...)
		s.starts = append(s.starts, uint32(len(s.keys)))
		set := lettersOf(k)
		for i := range maxTypos + 1 {
			from, to := third(len(k), i)
			s.thirds = append(s.thirds, partOf{hashThird(k[from:to], len(k), i), id, set})
		}
	}
	slices.SortFunc(s.thirds, func(a, b partOf) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.word, b.word)) })
	size := bits.Len(uint(len(s.thirds)))
	s.shift = uint(32 - size)
	s.buckets = make([]uint32, 1<<size+1)
	for _, t := range s.thirds {
		s.buckets[t.hash>>s.shift+1]++
	}
	for i := range s.buckets[1:] {
		s.buckets[i+1] += s.buckets[i]
	}
	return s
}

// third returns the bounds of part i of a key of n letters.
func third(n, i int) (from, to int) {
	return n * i / (maxTypos + 1), n * (i + 1) / (maxTypos + 1)
}

// hashThird is FNV-1a over the letters of a third, its place and the key's
// length, with its last bits folded into the first, which choose a bucket.
func hashThird(part []rune, length, i int) uint32 {
	h := uint32(2166136261)
	h = (h ^ uint32(length)) * 16777619
	h = (h ^ uint32(i)) * 16777619
	for _, r := range part {
		h = (h ^ uint32(r)) * 16777619
	}
	return (h ^ h>>15) * 0x9E3779B1
}

// Lookup returns at most limit words within the given number of typing errors of typed (at
// most 2, and fewer for words of few letters), nearest first, then heaviest. The
// word itself is among them if the vocabulary has it.
func (s *Speller) Lookup(typed string, typos, limit int) []Correction {
	q := []rune(Key(typed))
	most := min(typos, maxTypos, allowedTypos(q))
	set := lettersOf(q)
	var room [64]uint32
	near := room[:0]
	for n := max(2, len(q)-most); n <= len(q)+most; n++ {
		for i := range maxTypos + 1 {
			from, to := third(n, i)
			for at := max(0, from-most); at <= from+most && at+to-from <= len(q); at++ {
				h := hashThird(q[at:at+to-from], n, i)
				for _, t := range s.bucket(h) {
					if t.hash == h && t.letters.near(set, most) {
						near = append(near, t.word)
					}
				}
			}
		}
	}
	slices.Sort(near)
	var out []Correction
	for _, id := range slices.Compact(near) {
		if d := distance(q, s.keys[s.starts[id]:s.starts[id+1]], most); d <= most {
			out = append(out, Correction{s.words[id], d})
		}
	}
	slices.SortFunc(out, func(a, b Correction) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Text, b.Text))
	})
	return out[:min(limit, len(out))]
}

// bucket returns the thirds among which those with a hash are.
func (s *Speller) bucket(hash uint32) []partOf {
	b := hash >> s.shift
	return s.thirds[s.buckets[b]:s.buckets[b+1]]
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
