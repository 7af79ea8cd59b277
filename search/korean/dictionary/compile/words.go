package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ikawaha/kagome-dict/dict"
	"github.com/scalebook/scalebook/search/korean/dictionary"
)

// word is a surface with one of its readings in mecab-ko-dic's numbers.
type word struct {
	surface           string
	left, right, cost int16
	form              string // dictionary.AppendForm of its form
}

// archaic are readings that hardly anybody writes and that hide others: 무어 for
// 무엇 hides Moore, the particle 링 half of 스케일링.
var archaic = map[string]dictionary.Tag{"무어": dictionary.Pronoun, "링": dictionary.Particle}

// Columns of an entry's features after the part of speech.
const (
	columnType       = 3 // Inflect, Compound, Preanalysis or *
	columnExpression = 6
)

// readWords returns the words that are Hangul throughout, sorted by surface. The others are
// never looked up: Latin, digits and Hanja are divided without a dictionary.
func readWords(d *dict.Dict) ([]word, error) {
	var words []word
	err := walkKeys(d, func(key []byte, id int) error {
		surface := string(key)
		if !hangulOnly(surface) {
			return nil
		}
		form, err := formOf(d, surface, id)
		if err != nil {
			return err
		}
		if tag, ok := archaic[surface]; ok && dictionary.Tag(form[1]) == tag {
			return nil
		}
		m := d.Morphs[id]
		words = append(words, word{surface, m.LeftID, m.RightID, m.Weight + penalty(surface, form), form})
		return nil
	})
	sortWords(words)
	return slices.Compact(words), err
}

func sortWords(words []word) {
	slices.SortFunc(words, func(a, b word) int {
		return cmp.Or(cmp.Compare(a.surface, b.surface), cmp.Compare(a.left, b.left), cmp.Compare(a.right, b.right),
			cmp.Compare(a.cost, b.cost), cmp.Compare(a.form, b.form))
	})
}

// penalty returns what a word costs more than in mecab-ko-dic. Without the words
// around an eojeol, pieces of one letter are chosen too often (생+성 for 생성). The
// amount is the one that retrieves best.
func penalty(surface, form string) int16 {
	if len(surface) == len("가") && dictionary.Tag(form[1]).Content() {
		return 700
	}
	return 0
}

func hangulOnly(s string) bool {
	for _, r := range s {
		if (r < 0xAC00 || r > 0xD7A3) && (r < 0x3131 || r > 0x3163) {
			return false
		}
	}
	return s != ""
}

// walkKeys calls f with every key of the double array and every entry it has.
// A state's key ends where its transition by the zero byte leads to a leaf,
// whose negated base is the number of the first entry.
func walkKeys(d *dict.Dict, f func(key []byte, id int) error) error {
	da := d.Index.Da
	var walk func(state int32, key []byte) error
	walk = func(state int32, key []byte) error {
		base := da[state].Base
		for c := range int32(256) {
			next := base + c
			if next < 0 || int(next) >= len(da) || da[next].Check != state {
				continue
			}
			if c > 0 {
				if err := walk(next, append(key[:len(key):len(key)], byte(c))); err != nil {
					return err
				}
				continue
			}
			first := -da[next].Base
			for id := first; id <= first+d.Index.Dup[first]; id++ {
				if err := f(key, int(id)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return walk(0, nil)
}

// formOf returns the encoded form of entry id.
func formOf(d *dict.Dict, surface string, id int) (string, error) {
	var pos []string
	for _, p := range d.POSTable.POSs[id] {
		if name := d.POSTable.NameList[p]; name != "" {
			pos = append(pos, name)
		}
	}
	features := d.Contents[id]
	if len(pos) == 0 || len(features) <= columnExpression {
		return "", fmt.Errorf("entry %d, %q: no features", id, surface)
	}
	first, _, _ := strings.Cut(pos[0], "+")
	tag, ok := dictionary.Tags[first]
	if !ok {
		return "", fmt.Errorf("entry %d, %q: unknown part of speech %q", id, surface, pos[0])
	}
	whole := dictionary.Form{{Tag: tag}}
	var form dictionary.Form
	expression := features[columnExpression]
	switch {
	case expression == "*":
		form = whole
	case features[columnType] == "Inflect":
		form = inflected(surface, expression)
	default:
		form = compound(surface, expression)
	}
	if form == nil {
		form = whole
	}
	return string(dictionary.AppendForm(nil, form)), nil
}

// parts splits an expression like 늘어나/VV/*+았/EP/* into terms and tags.
func parts(expression string) (terms []string, tags []dictionary.Tag) {
	for _, p := range strings.Split(expression, "+") {
		f := strings.Split(p, "/")
		if len(f) < 2 || dictionary.Tags[f[1]] == 0 {
			return nil, nil
		}
		terms = append(terms, f[0])
		tags = append(tags, dictionary.Tags[f[1]])
	}
	return terms, tags
}

// compound returns the form of a surface that is its parts written together,
// or nil where it isn't.
func compound(surface, expression string) dictionary.Form {
	terms, tags := parts(expression)
	if strings.Join(terms, "") != surface {
		return nil
	}
	var form dictionary.Form
	at := 0
	for i, t := range terms {
		n := len([]rune(t))
		form = append(form, dictionary.Part{Tag: tags[i], Start: uint8(at), End: uint8(at + n)})
		at += n
	}
	return form
}

// inflected returns the form of a surface in which stem and endings are
// fused. Only the parts that carry meaning have a term of their own.
func inflected(surface, expression string) dictionary.Form {
	terms, tags := parts(expression)
	var form dictionary.Form
	letters := []rune(surface)
	for i, t := range terms {
		p := dictionary.Part{Tag: tags[i]}
		if tags[i].Content() {
			term := []rune(t)
			n := 0
			for n < len(term) && n < len(letters) && term[n] == letters[n] {
				n++
			}
			p.Keep, p.Suffix = uint8(n), string(term[n:])
		}
		form = append(form, p)
	}
	return form
}
