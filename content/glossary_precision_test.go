package content

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/search/korean"
	"github.com/scalebook/scalebook/testpart"
)

// TestGlosses scores the miner on sentences that were written and labelled before it had seen them: what stands behind the
// bar are the pairs that a reader would take from the sentence. Of the third set 0.875 of what was mined was right at first, and
// 0.814 of its pairs were found. Each sentence is decided alone, without a corpus to agree.
func TestGlosses(t *testing.T) {
	for _, tt := range []struct {
		file              string
		pairs             int
		precision, recall float64
	}{
		{"testdata/glosses.txt", 120, 0.95, 0.90},
		{"testdata/glosses-unseen.txt", 60, 0.95, 0.85},
		{"testdata/glosses-third.txt", 40, 0.95, 0.90},
	} {
		t.Run(tt.file, func(t *testing.T) {
			pairs, precision, recall := scoreGlosses(t, tt.file)
			if pairs < tt.pairs || precision < tt.precision || recall < tt.recall {
				t.Errorf("want %d pairs, precision %.2f, recall %.2f", tt.pairs, tt.precision, tt.recall)
			}
		})
	}
}

// morphemes is what the program decides boundaries with.
func morphemes(t *testing.T) Segmenter {
	t.Helper()
	a, err := korean.New(korean.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func scoreGlosses(t *testing.T, file string) (pairs int, precision, recall float64) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	right, wrong, missed := 0, 0, 0
	for l := range strings.Lines(string(b)) {
		text, labels, ok := strings.Cut(strings.TrimSpace(l), "|")
		if !ok {
			t.Fatalf("no labels: %s", l)
		}
		var want []string
		if labels != "" {
			want = strings.Split(labels, ";")
		}
		cs := termCandidates([]Passage{{Kind: "paragraph", Text: text}})
		for _, term := range decide(cs, agreementsOf(cs), morphemes(t)) {
			pair := term.Ko + "=" + term.En
			if i := slices.Index(want, pair); i >= 0 {
				want = slices.Delete(want, i, i+1)
				right++
			} else {
				wrong++
				t.Logf("wrong:  %s in %s", pair, text)
			}
		}
		for _, pair := range want {
			missed++
			t.Logf("missed: %s in %s", pair, text)
		}
	}
	precision, recall = float64(right)/float64(right+wrong), float64(right)/float64(right+missed)
	t.Logf("%d pairs: precision %.3f, recall %.3f", right+missed, precision, recall)
	return right + missed, precision, recall
}

// TestMinedTermsAreJudged compares what is mined from real reports with a reader's judgement of each pair. A pair that is
// not judged yet fails: read it in its report and add it. Fewer than a hundred
// different pairs are all that the real reports yield.
func TestMinedTermsAreJudged(t *testing.T) {
	var mined []Term
	for _, dir := range []string{"reports", upstreamReports(t)} {
		l, err := Open(LibraryConfig{Dir: t.TempDir(), Segmenter: morphemes(t)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Sync(t.Context(), SourceConfig{Name: "real", Public: true}, os.DirFS(dir), "v1"); err != nil {
			t.Fatal(err)
		}
		full, err := l.Full(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range full {
			mined = append(mined, r.Terms...)
		}
	}
	scoreJudged(t, "testdata/terms-judged.tsv", mined, 0.95)
}

// TestMinedEncyclopediaTermsAreJudged takes pairs from the paragraphs of KorQuAD 1.0 (Lim, Kim and Lee, 2019), from Wikipedia,
// where most glosses are of names and titles. The miner had seen none of them when 0.716 of 162 were right. It was mended by
// the mistakes in every other paragraph (0.707, then 0.819); of the rest 0.743 were right before and 0.795 after, two of whose
// pairs made one rule stricter. Both are seen now; words for people and things before their names made 0.80 of all 0.82.
func TestMinedEncyclopediaTermsAreJudged(t *testing.T) {
	raw, err := os.ReadFile(testpart.Shared(t, "eval/korquad-tune.json"))
	if err != nil {
		t.Fatal(err)
	}
	var collection struct{ Docs []struct{ Text string } }
	if err := json.Unmarshal(raw, &collection); err != nil {
		t.Fatal(err)
	}
	var candidates []termCandidate
	for _, d := range collection.Docs {
		candidates = append(candidates, termCandidates([]Passage{{Kind: "paragraph", Text: d.Text}})...)
	}
	scoreJudged(t, "testdata/terms-judged-korquad.tsv", decide(candidates, agreementsOf(candidates), morphemes(t)), 0.82)
}

// scoreJudged asks that every mined term is judged and that at least a share of them is right.
func scoreJudged(t *testing.T, file string, mined []Term, least float64) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	judged := map[string]string{}
	for l := range strings.Lines(string(b)) {
		judgement, pair, _ := strings.Cut(strings.TrimSuffix(l, "\n"), "\t")
		judged[pair] = judgement
	}
	right, wrong := 0, 0
	for _, term := range mined {
		switch judged[term.Ko+"\t"+term.En] {
		case "right":
			right++
		case "wrong":
			wrong++
		default:
			t.Errorf("%s (%s) is not judged", term.Ko, term.En)
		}
	}
	precision := float64(right) / float64(right+wrong)
	t.Logf("%d pairs: precision %.3f", right+wrong, precision)
	if precision < least {
		t.Errorf("want %.2f", least)
	}
}
