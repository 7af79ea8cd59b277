package korean

import (
	"fmt"
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
}

// Analyzer turns text into search terms. It is safe for concurrent use.
type Analyzer struct {
	seg   segmenter
	cache *cache
}

// New returns an analyzer with the built-in dictionary and cfg's terms.
func New(cfg Config) (*Analyzer, error) {
	seg, err := newSegmenter(cfg.Terms)
	if err != nil {
		return nil, fmt.Errorf("korean: dictionary: %w", err)
	}
	size := cfg.CacheSize
	if size == 0 {
		size = 1 << 16
	}
	return &Analyzer{seg: seg, cache: newCache(size)}, nil
}

// Analyze returns the tokens of text, all three streams together, in order of
// the words they come from. Text is expected to be normalised (see Normalize);
// any other is analysed without fault but matches less. Within one stream,
// Start and Position never decrease.
func (a *Analyzer) Analyze(text string) []Token {
	return a.Append(make([]Token, 0, len(text)/3+8), text)
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
		w.word(a.word(s.word()), s.start)
	}
	return w.finish()
}

// maxCached is the length in bytes from which a word is too rare to keep.
const maxCached = 96

// word returns the analysis of one run of letters and digits.
func (a *Analyzer) word(text string) *word {
	if len(text) > maxCached {
		return a.analyse(text)
	}
	if w := a.cache.get(text); w != nil {
		return w
	}
	w := a.analyse(text)
	a.cache.put(w)
	return w
}
