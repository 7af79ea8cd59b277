package dictionary

import (
	"math"
	"unicode/utf8"
)

// Morpheme is a piece of a divided run.
type Morpheme struct {
	Tag Tag
	// Start and End are byte offsets in the run. Parts that a surface has
	// fused, such as a stem with its ending, share its offsets.
	Start, End int
	// Term is the dictionary form.
	Term string
	// Word numbers the dictionary word that the morpheme is part of.
	Word int
}

// Lattice is the workspace of Segment. The zero value is ready; it may be used
// again and again, by one goroutine at a time.
type Lattice struct {
	letters []uint16
	offsets []int32
	nodes   []node
	ends    []int32 // the newest node that ends before each letter, or -1
	path    []int32
	before  []before
	behind  []behind
	round   int32
}

// before is a node that ends where words are about to start.
type before struct {
	cost, node int32
	right      uint16
}

// behind is the best node for words of one left class to follow, in one round.
type behind struct{ cost, node, round int32 }

// node is a reading of some letters of the run, with the best way to it.
type node struct {
	cost        int32
	prev, other int32 // best predecessor; next node with the same end
	start, end  int32
	right, form uint16
}

// seldomEnd makes up for an eojeol's seldom being the last of its sentence.
const seldomEnd = 1000

const (
	// formUnknown and above are forms that the file doesn't have.
	formUnknown = math.MaxUint16
	// maxRun bounds how many letters are divided together.
	maxRun = 256
)

// Context is what stands directly before a run.
type Context uint8

// The contexts.
const (
	Space       Context = iota // or the start of the text
	AfterWord                  // a Latin or other word, so that a particle is to be expected
	AfterNumber                // so that a counter is
)

// Segment appends the morphemes of run, a stretch of Hangul, to dst.
func (d *Dictionary) Segment(l *Lattice, dst []Morpheme, run string, context Context) []Morpheme {
	base, word := 0, 0
	for base < len(run) {
		end, n := base, 0
		for end < len(run) && n < maxRun {
			_, size := utf8.DecodeRuneInString(run[end:])
			end += size
			n++
		}
		dst, word = d.segment(l, dst, run[base:end], base, word, context)
		base, context = end, AfterWord
	}
	return dst
}

func (d *Dictionary) segment(l *Lattice, dst []Morpheme, run string, base, word int, context Context) ([]Morpheme, int) {
	l.reset(run)
	if len(l.behind) < int(d.Lefts) {
		l.behind = make([]behind, d.Lefts)
		l.round = 0
	}
	n := len(l.letters)
	start := [...]uint32{Space: d.Start, AfterWord: d.Latin, AfterNumber: d.Number}[context]
	l.nodes = append(l.nodes, node{prev: -1, other: -1, right: uint16(start)})
	l.ends[0] = 0
	for i := range n {
		if l.ends[i] >= 0 {
			l.startAt(i)
			d.expand(l, i)
		}
	}
	// What follows an eojeol isn't known. Most often it is a noun, or the
	// end of the sentence; taking it for the latter alone would misjudge
	// particles (노아의), for the former alone, endings (이다).
	l.startAt(n)
	end := d.best(l, uint16(d.NounLeft))
	if e := d.best(l, uint16(d.End)); e.cost+seldomEnd < end.cost {
		end = e
	}
	best := end.node
	l.path = l.path[:0]
	for k := best; k > 0; k = l.nodes[k].prev {
		l.path = append(l.path, k)
	}
	for i := len(l.path) - 1; i >= 0; i-- {
		dst = d.emit(l, dst, run, base, word, l.nodes[l.path[i]])
		word++
	}
	return dst, word
}

func (l *Lattice) reset(run string) {
	if l.letters == nil { // room for most words at once
		const letters, nodes = 16, 64
		l.letters, l.offsets, l.ends = make([]uint16, 0, letters), make([]int32, 0, letters), make([]int32, 0, letters)
		l.nodes, l.before, l.path = make([]node, 0, nodes), make([]before, 0, letters), make([]int32, 0, letters)
	}
	l.letters, l.offsets, l.nodes, l.ends = l.letters[:0], l.offsets[:0], l.nodes[:0], l.ends[:0]
	for i, r := range run {
		if r > math.MaxUint16 {
			r = utf8.RuneError
		}
		l.letters = append(l.letters, uint16(r))
		l.offsets = append(l.offsets, int32(i))
		l.ends = append(l.ends, -1)
	}
	l.offsets = append(l.offsets, int32(len(run)))
	l.ends = append(l.ends, -1)
}

// expand adds every word that starts at letter i.
func (d *Dictionary) expand(l *Lattice, i int) {
	e := d.root(l.letters[i])
	for j := i; e >= 0; {
		if v := u16(d.values, e); v > 0 {
			for r, last := int(u32(d.lists, int(v)-1)), int(u32(d.lists, int(v))); r < last; r++ {
				x := d.reading(r)
				d.add(l, i, j+1, x.Left, x.Right, int32(x.Cost), x.Form)
			}
		}
		if j++; j == len(l.letters) {
			break
		}
		e = d.child(d.below(e), d.below(e+1), l.letters[j])
	}
	if d.user != nil {
		d.user.expand(d, l, i)
	}
	d.addUnknown(l, i)
}

// Unknown words are nouns of one to maxUnknown letters.
const (
	maxUnknown  = 8
	unknownBase = 6000
	unknownEach = 1500
)

func (d *Dictionary) addUnknown(l *Lattice, i int) {
	for j := i + 1; j <= len(l.letters) && j <= i+maxUnknown; j++ {
		d.add(l, i, j, uint16(d.NounLeft), d.nounRight(l.letters[j-1]), unknownBase+int32(j-i)*unknownEach, formUnknown)
	}
}

// nounRight returns the right class of a noun that ends with letter.
func (d *Dictionary) nounRight(letter uint16) uint16 {
	if letter >= 0xAC00 && letter <= 0xD7A3 && (letter-0xAC00)%28 == 0 {
		return uint16(d.NounOpen)
	}
	return uint16(d.NounClosed)
}

// hopeless is how much dearer than the best way to a letter another way may be
// and still be followed. It hardly ever wins, and most ways are dearer.
const hopeless = 4000

// startAt gathers the nodes that end before letter i.
func (l *Lattice) startAt(i int) {
	limit := int32(math.MaxInt32)
	for k := l.ends[i]; k >= 0; k = l.nodes[k].other {
		limit = min(limit, l.nodes[k].cost+hopeless)
	}
	l.before = l.before[:0]
	for k := l.ends[i]; k >= 0; {
		n := &l.nodes[k]
		if n.cost <= limit {
			l.before = append(l.before, before{n.cost, k, n.right})
		}
		k = n.other
	}
	l.round++
}

// best returns the best node for a word of class left to follow. Many words
// that start at one letter are of the same few classes, so it is kept.
func (d *Dictionary) best(l *Lattice, left uint16) behind {
	b := &l.behind[left]
	if b.round == l.round {
		return *b
	}
	row := d.matrix[int(left)*int(d.Rights) : (int(left)+1)*int(d.Rights)]
	step := int32(d.Step)
	*b = behind{math.MaxInt32, -1, l.round}
	for i := range l.before {
		p := &l.before[i]
		if c := p.cost + int32(row[p.right])*step; c < b.cost {
			b.cost, b.node = c, p.node
		}
	}
	b.cost -= int32(d.Bias) * step
	return *b
}

// An eojeol of up to maxSpaced letters is taken to be spaced as it should be, a
// longer one for text without spaces. Where there are spaces, one follows a
// modifier (이, 한) and an exclamation, and one precedes an adverb; without this, 이명박이 would
// be 이 and 명박.
const (
	maxSpaced       = 10
	unspacedBefore  = 3000
	unspacedAdverbs = 2000
)

// unspaced returns what a word of that form costs for spaces that it lacks.
func (d *Dictionary) unspaced(l *Lattice, start, end int, form uint16) int32 {
	if len(l.letters) > maxSpaced {
		return 0
	}
	switch {
	case end < len(l.letters) && (form == d.modifier || form == d.exclaim):
		return unspacedBefore
	case start > 0 && form == d.adverb:
		return unspacedAdverbs
	}
	return 0
}

// add puts a word between letters start and end behind its best predecessor.
func (d *Dictionary) add(l *Lattice, start, end int, left, right uint16, cost int32, form uint16) {
	b := d.best(l, left)
	cost += b.cost + d.unspaced(l, start, end, form)
	// Of the nodes that look alike from the right, the best is enough.
	for k := l.ends[end]; k >= 0; {
		n := &l.nodes[k]
		if n.right == right {
			if cost < n.cost {
				n.cost, n.prev, n.start, n.form = cost, b.node, int32(start), form
			}
			return
		}
		k = n.other
	}
	l.nodes = append(l.nodes, node{cost: cost, prev: b.node, other: l.ends[end], start: int32(start), end: int32(end), right: right, form: form})
	l.ends[end] = int32(len(l.nodes) - 1)
}

// emit appends the morphemes of one word.
func (d *Dictionary) emit(l *Lattice, dst []Morpheme, run string, base, word int, n node) []Morpheme {
	at := func(letter int) int { return int(l.offsets[letter]) }
	start, end := int(n.start), int(n.end)
	if n.form == formUnknown {
		return append(dst, Morpheme{Unknown, base + at(start), base + at(end), run[at(start):at(end)], word})
	}
	form := d.form(n.form)
	for _, p := range form {
		from, to := start+int(p.Start), end
		if p.End > 0 {
			to = start + int(p.End)
		}
		term := run[at(from):at(to)]
		if p.Keep > 0 || p.Suffix != "" {
			term = run[at(from):at(from+int(p.Keep))] + p.Suffix
		}
		dst = append(dst, Morpheme{p.Tag, base + at(from), base + at(to), term, word})
	}
	return dst
}

func (d *Dictionary) form(i uint16) Form {
	if int(i) < len(d.forms) {
		return d.forms[i]
	}
	return d.user.forms[int(i)-len(d.forms)]
}
