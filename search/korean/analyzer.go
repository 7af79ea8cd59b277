package korean

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/korean/dictionary"
)

// Config sets up an Analyzer. The zero value is ready to use.
type Config struct {
	// Terms is the user dictionary: names and technical terms, Korean ones of
	// which are recognised as nouns. A term with spaces (데이터 센터) also
	// tells where its unspaced spelling divides.
	Terms []string
	// CacheSize bounds the number of analysed words that are kept. 0 means
	// 65,536; negative turns the cache off.
	CacheSize int
	// Spell gives an English word, in small letters, the one of its spellings
	// that it is indexed in; where it is nil words stay as they are.
	Spell func(word string) string
}

// Analyzer turns text into search terms. It is safe for concurrent use.
type Analyzer struct {
	terms    []string
	cache    *cache
	builders sync.Pool // of *builder
}

// New returns an analyzer with the built-in dictionary and cfg's terms.
func New(cfg Config) (*Analyzer, error) {
	dict, err := dictionary.Default()
	if err != nil {
		return nil, fmt.Errorf("korean: %w", err)
	}
	if len(cfg.Terms) > 0 {
		dict = dict.With(normalizeAll(cfg.Terms))
	}
	return newAnalyzer(cfg, func() segmenter { return &morphemes{dict: dict, out: make([]dictionary.Morpheme, 0, 8)} }), nil
}

func newAnalyzer(cfg Config, seg func() segmenter) *Analyzer {
	size := cfg.CacheSize
	if size == 0 {
		size = 1 << 16
	}
	a := &Analyzer{terms: cfg.Terms, cache: newCache(size)}
	a.builders.New = func() any {
		return &builder{seg: seg(), spell: cfg.Spell, terms: make([]byte, 0, 64), tokens: make([]piece, 0, 32), morphs: make([]morph, 0, 8)}
	}
	return a
}

func normalizeAll(terms []string) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = Normalize(t)
	}
	return out
}

// Analyze returns the tokens of text, all three streams together, in order of
// the words they come from. Text is expected to be normalised (see Normalize);
// any other is analysed without fault but matches less. Within one stream,
// Start and Position never decrease.
func (a *Analyzer) Analyze(text string) []Token {
	return a.Append(make([]Token, 0, len(text)/2+8), text)
}

// Append appends the tokens of text to dst and returns the extended slice, so
// that a caller who analyses much can reuse one. Terms stay valid after text and
// dst are gone.
func (a *Analyzer) Append(dst []Token, text string) []Token {
	w := writer{dst: dst}
	for s := newScanner(text); s.next(); {
		if s.gap {
			w.gap()
		}
		w.word(a.word(s.word(), s.attached), s.start)
	}
	return w.dst
}

// maxCached is the length in bytes from which a word is too rare to keep.
const maxCached = 96

// word returns the analysis of one eojeol, or of what stands attached to a
// closing mark.
func (a *Analyzer) word(text string, attached bool) *word {
	if w := a.cache.get(text, attached); w != nil {
		return w
	}
	b := a.builders.Get().(*builder)
	w := b.build(text, attached)
	a.builders.Put(b)
	if len(text) <= maxCached {
		a.cache.put(w)
	}
	return w
}

// whole is what a word is by itself to the dictionary.
type whole uint8

const (
	notWhole whole = iota
	wholeVerb
	wholeNoun
	wholePlace
)

// Whole reports whether the dictionary has a word as one, and so not as another one mistyped: a common noun of two syllables or more,
// such as 강아지 and 세탁기, or a place of two, such as 부산 and 대구, alone or with particles behind it, or a verb or an adjective with
// nothing but endings, such as 싸지나. What can only be put together of several nouns is none, nor is another proper name: a noun
// mistyped is often one or the other.
func (a *Analyzer) Whole(word string) bool { return a.whole(word) != notWhole }

func (a *Analyzer) whole(word string) whole {
	if len(word) > maxCached || !strings.ContainsFunc(word, isHangul) {
		return notWhole
	}
	b := a.builders.Get().(*builder)
	defer a.builders.Put(b)
	b.morphs = b.seg.segment(b.morphs[:0], word, dictionary.Space)
	switch {
	case inflected(b.morphs):
		return wholeVerb
	case utf8.RuneCountInString(word[:single(b.morphs, dictionary.Noun)]) > 1:
		return wholeNoun
	case dictionary.IsPlace(word[:single(b.morphs, dictionary.Name)]):
		return wholePlace
	}
	return notWhole
}

// single returns the length of the word that morphs are, less its particles, where it is one word of the dictionary with a tag.
func single(morphs []morph, tag dictionary.Tag) (end int) {
	for _, m := range morphs {
		switch tagged := m.tag == tag; {
		case m.word == morphs[0].word && tagged:
			end = m.end
		case m.word == morphs[0].word || m.tag != dictionary.Particle:
			return 0
		}
	}
	return end
}

// inflected reports whether morphs are those of a verb or an adjective with nothing but endings.
func inflected(morphs []morph) bool {
	for i, m := range morphs {
		if i == 0 && !m.predicate || i > 0 && m.content && !m.predicate {
			return false
		}
	}
	return len(morphs) > 1
}
