package korean

import (
	"strings"
	"testing"

	ko "github.com/ikawaha/kagome-dict-ko"
	"github.com/ikawaha/kagome/v2/tokenizer"

	"github.com/scalebook/scalebook/search/korean/dictionary"
)

// kagome divides by the whole dictionary that the compiled one is made from. It
// is the reference.
type kagome struct{ t *tokenizer.Tokenizer }

func newKagome(t testing.TB) kagome {
	tok, err := tokenizer.New(ko.Dict(), tokenizer.OmitBosEos())
	if err != nil {
		t.Fatal(err)
	}
	return kagome{tok}
}

// segment divides run as it would be at the start of a sentence that goes on.
func (k kagome) segment(dst []morph, run string, context dictionary.Context) []morph {
	prefix := ""
	if context != dictionary.Space {
		prefix = "A"
	}
	for _, t := range k.t.Tokenize(prefix + run + " ") {
		start, end := t.Position-len(prefix), t.Position-len(prefix)+len(t.Surface)
		if start >= 0 && end <= len(run) {
			dst = appendKagome(dst, t, start, end)
		}
	}
	return dst
}

// appendKagome appends the morphemes that a token's features tell.
func appendKagome(dst []morph, t tokenizer.Token, start, end int) []morph {
	f := t.Features()
	if len(f) < 8 || f[7] == "*" {
		content := t.Class != tokenizer.KNOWN || isContentPOS(f[0])
		return append(dst, morph{term: t.Surface, start: start, end: end, content: content})
	}
	parts := strings.Split(f[7], "+")
	compound := f[4] != "Inflect"
	for _, p := range parts {
		fields := strings.Split(p, "/")
		if len(fields) < 2 || !compound && !isContentPOS(fields[1]) {
			continue
		}
		m := morph{term: fields[0], start: start, end: end, content: isContentPOS(fields[1])}
		if compound && strings.HasPrefix(t.Surface[start-(end-len(t.Surface)):], fields[0]) {
			m.end = start + len(fields[0])
			start = m.end
		}
		dst = append(dst, m)
	}
	return dst
}

func isContentPOS(tag string) bool {
	return strings.Contains(" NNG NNP NNBC NR SN VV VA MAG MAJ XR XPN XSN ", " "+tag+" ")
}

// How the compiled dictionary, eojeol by eojeol, agrees with kagome on whole
// sentences: the share of eojeols with the same content terms. They differ on
// purpose where an eojeol starts with a particle for kagome, and where pieces of
// one letter are avoided.
func TestAgreesWithKagome(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the whole dictionary")
	}
	set := loadTuneSet(t)
	reference := newKagome(t)
	ours := &morphemes{dict: newDictionary(t)}
	same, all := 0, 0
	for _, d := range set.Docs[:100] {
		for _, sentence := range strings.SplitAfter(Normalize(d.Text), ". ") {
			var want []morph
			for _, tok := range reference.t.Tokenize(sentence) {
				want = appendKagome(want, tok, tok.Position, tok.Position+len(tok.Surface))
			}
			for s := newScanner(sentence); s.next(); {
				if class, end := runAt(s.word(), 0); class != hangulRun || end != len(s.word()) || s.attached {
					continue
				}
				all++
				got := contentOf(ours.segment(nil, s.word(), dictionary.Space), 0, len(sentence))
				if got == contentOf(want, s.start, s.end) {
					same++
				}
			}
		}
	}
	share := float64(same) / float64(all)
	t.Logf("the same content terms in %.1f %% of %d eojeols", 100*share, all)
	if share < 0.85 {
		t.Errorf("agreement with kagome on whole sentences is %.3f, want at least 0.85", share)
	}
}

func contentOf(morphs []morph, from, to int) string {
	var terms []string
	for _, m := range morphs {
		if m.content && m.start >= from && m.end <= to && m.term != "들" && m.term != "적" && m.term != "님" {
			terms = append(terms, m.term)
		}
	}
	return strings.Join(terms, " ")
}

// The compiled dictionary must not retrieve worse than the one it is made from.
func TestRetrievesAsKagome(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the whole dictionary")
	}
	set := loadTuneSet(t)
	reference := newKagome(t)
	score := func(a *Analyzer) float64 {
		return meanReciprocalRank(newRanker(a, set.texts()), set, func(s string) string { return s })
	}
	compiled, whole := score(newTestAnalyzer(t, Config{})), score(newAnalyzer(Config{}, func() segmenter { return reference }))
	t.Logf("MRR@10: compiled %.4f, kagome %.4f", compiled, whole)
	if compiled < whole-0.002 {
		t.Errorf("MRR@10 = %.4f with the compiled dictionary, %.4f with kagome", compiled, whole)
	}
}
