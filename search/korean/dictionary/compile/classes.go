package main

import (
	"maps"
	"slices"

	"github.com/ikawaha/kagome-dict/dict"
	"github.com/scalebook/scalebook/search/korean/dictionary"
)

// mecab-ko-dic's numbers (left-id.def and right-id.def) of the classes that are
// needed apart from words.
const (
	sentenceEdge = 0    // right: start, left: end
	latinRight   = 3532 // SL
	numberRight  = 3562 // SN
	nounLeft     = 1780 // NNG
	nounOpen     = 3533 // NNG ending in a vowel
	nounClosed   = 3534 // NNG ending in a consonant
)

// alike is the mean difference in connection cost up to which two classes are
// taken together. Costs of words and connections are in the thousands.
const alike = 100

// attachPenalty is added where an eojeol starts with what only follows others.
// mecab-ko does the same at analysis (left-space-penalty-factor in dicrc).
var attachPenalty = map[dictionary.Tag]int{
	dictionary.Particle: 6000, dictionary.Ending: 3000, dictionary.Suffix: 3000, dictionary.VerbSuffix: 3000, dictionary.Copula: 3000,
}

// classes is the connection matrix reduced to the classes that occur, those
// that behave alike taken together.
type classes struct {
	header      dictionary.Header
	left, right map[int16]uint16
	matrix      []byte // lefts × rights
}

func newClasses(d *dict.Dict, words []word) *classes {
	lefts, rights := map[int16]int{sentenceEdge: 1}, map[int16]int{sentenceEdge: 1, latinRight: 1, numberRight: 1, nounOpen: 1, nounClosed: 1}
	leftTag, rightTag := map[int16]dictionary.Tag{}, map[int16]dictionary.Tag{}
	for _, w := range words {
		lefts[w.left]++
		rights[w.right]++
		form := w.form
		leftTag[w.left] = dictionary.Tag(form[1])
		rightTag[w.right] = dictionary.Tag(form[1])
	}
	ls, rs := slices.Sorted(maps.Keys(lefts)), slices.Sorted(maps.Keys(rights))
	costs := map[int16][]int32{} // by left, in the order of rs
	columns := map[int16][]int32{}
	for _, l := range ls {
		for _, r := range rs {
			c := int32(d.Connection.At(int(r), int(l)))
			costs[l] = append(costs[l], c)
			columns[r] = append(columns[r], c)
		}
	}
	c := &classes{}
	var leftLead, rightLead []int16
	c.left, leftLead = group(lefts, func(l int16) int { return attachPenalty[leftTag[l]] }, costs)
	c.right, rightLead = group(rights, func(r int16) int { return int(rightTag[r]) }, columns)
	c.quantise(d, leftLead, rightLead, leftTag)
	return c
}

// group numbers the keys so that those share a number which are of one sort and
// whose vectors differ by no more than alike on average. Each group is led by
// its most frequent key, whose vector stands for all; leaders are in order of
// their numbers.
func group(keys map[int16]int, sort func(int16) int, vector map[int16][]int32) (numbers map[int16]uint16, leaders []int16) {
	order := slices.SortedFunc(maps.Keys(keys), func(a, b int16) int {
		if keys[a] != keys[b] {
			return keys[b] - keys[a]
		}
		return int(a) - int(b)
	})
	numbers = map[int16]uint16{}
	for _, k := range order {
		best, bestDistance := -1, int64(alike)*int64(len(vector[k]))
		for i, leader := range leaders {
			if sort(leader) != sort(k) {
				continue
			}
			if d := difference(vector[leader], vector[k], bestDistance); d < bestDistance || d == bestDistance && best < 0 {
				best, bestDistance = i, d
			}
		}
		if best < 0 {
			best = len(leaders)
			leaders = append(leaders, k)
		}
		numbers[k] = uint16(best)
	}
	return numbers, leaders
}

// difference returns the sum of absolute differences, or more than limit as
// soon as it exceeds that.
func difference(a, b []int32, limit int64) int64 {
	sum := int64(0)
	for i, x := range a {
		sum += int64(max(x-b[i], b[i]-x))
		if sum > limit {
			break
		}
	}
	return sum
}

// quantise fills the matrix and header from the costs between leaders.
func (c *classes) quantise(d *dict.Dict, lefts, rights []int16, leftTag map[int16]dictionary.Tag) {
	at := func(left, right int16) int { return int(d.Connection.At(int(right), int(left))) }
	atStart := func(left int16) int { return at(left, sentenceEdge) + attachPenalty[leftTag[left]] }
	lowest, highest := 0, 0
	for _, l := range lefts {
		for _, r := range rights {
			lowest, highest = min(lowest, at(l, r)), max(highest, at(l, r))
		}
		highest = max(highest, atStart(l))
	}
	step := (highest - lowest + 253) / 254
	bias := (-lowest + step - 1) / step
	cell := func(cost int) byte { return byte((cost + bias*step + step/2) / step) }
	for _, l := range lefts {
		for _, r := range rights {
			c.matrix = append(c.matrix, cell(at(l, r)))
		}
		// One more right class begins an eojeol.
		c.matrix = append(c.matrix, cell(atStart(l)))
	}
	c.header = dictionary.Header{
		Lefts: uint32(len(lefts)), Rights: uint32(len(rights) + 1), Step: uint32(step), Bias: uint32(bias),
		Start: uint32(len(rights)), Latin: uint32(c.right[latinRight]), Number: uint32(c.right[numberRight]), End: uint32(c.left[sentenceEdge]),
		NounLeft: uint32(c.left[nounLeft]), NounOpen: uint32(c.right[nounOpen]), NounClosed: uint32(c.right[nounClosed]),
	}
}
