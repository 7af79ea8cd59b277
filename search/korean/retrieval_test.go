package korean

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/search/korean/dictionary"
	"github.com/scalebook/scalebook/testpart"
)

// tuneSet is a collection of Korean paragraphs and questions, each with the
// paragraph that answers it.
type tuneSet struct {
	Docs    []struct{ ID, Text string }
	Queries []struct {
		ID, Text string
		Relevant []string
	}
}

// loadTuneSet reads the collection that lies beside the repository.
func loadTuneSet(t testing.TB) tuneSet {
	t.Helper()
	data, err := os.ReadFile(testpart.Shared(t, "eval/korquad-tune.json"))
	if err != nil {
		t.Fatal(err)
	}
	var set tuneSet
	if err := json.Unmarshal(data, &set); err != nil {
		t.Fatal(err)
	}
	return set
}

func (s *tuneSet) texts() []string {
	var texts []string
	for _, d := range s.Docs {
		texts = append(texts, d.Text)
	}
	return texts
}

func newDictionary(t testing.TB) *dictionary.Dictionary {
	t.Helper()
	d, err := dictionary.Default()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// ranker is a small BM25 over the three streams, enough to see whether a change
// of analysis helps retrieval.
type ranker struct {
	a        *Analyzer
	postings [3]map[string][]posting
	length   [3][]float64
	average  [3]float64
	docs     int
}

type posting struct {
	doc int
	tf  float64
}

func newRanker(a *Analyzer, docs []string) *ranker {
	r := &ranker{a: a, docs: len(docs)}
	for s := range r.postings {
		r.postings[s] = map[string][]posting{}
		r.length[s] = make([]float64, len(docs))
	}
	for d, text := range docs {
		for _, t := range a.Analyze(Normalize(text)) {
			s := t.Kind.Stream()
			r.length[s][d]++
			r.average[s] += 1 / float64(len(docs))
			p := r.postings[s][t.Term]
			if len(p) > 0 && p[len(p)-1].doc == d {
				p[len(p)-1].tf++
			} else {
				r.postings[s][t.Term] = append(p, posting{d, 1})
			}
		}
	}
	return r
}

// rank returns the best documents for a query, at most ten.
func (r *ranker) rank(query string) []int {
	weights := [3]float64{1, 0.3, 0.3}
	scores, matched := make([]float64, r.docs), make([]float64, r.docs)
	total := 0.0
	seen := map[Token]bool{}
	for _, t := range r.a.Analyze(Normalize(query)) {
		s := t.Kind.Stream()
		if key := (Token{Term: t.Term, Kind: Kind(s)}); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		ps := r.postings[s][t.Term]
		idf := math.Log(1 + (float64(r.docs)-float64(len(ps))+0.5)/(float64(len(ps))+0.5))
		total += weights[s] * idf
		for _, p := range ps {
			tf := p.tf * 2.2 / (p.tf + 1.2*(0.25+0.75*r.length[s][p.doc]/r.average[s]))
			scores[p.doc] += weights[s] * math.Pow(idf, 1.5) * tf
			matched[p.doc] += weights[s] * idf
		}
	}
	order := make([]int, 0, r.docs)
	for d := range scores {
		if scores[d] > 0 {
			scores[d] *= matched[d] / total
			order = append(order, d)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if scores[a] != scores[b] {
			if scores[a] > scores[b] {
				return -1
			}
			return 1
		}
		return a - b
	})
	return order[:min(10, len(order))]
}

// withTypos replaces two jamo of text, each by another of the same sort.
func withTypos(text string, rng *rand.Rand) string {
	letters := []rune(Decompose(text))
	for range 2 {
		for range 100 {
			i := rng.IntN(len(letters))
			if indexOf(&initialIndex, letters[i]) >= 0 {
				letters[i] = initialJamo[rng.IntN(len(initialJamo))]
				break
			}
			if indexOf(&vowelIndex, letters[i]) >= 0 {
				letters[i] = vowelJamo[rng.IntN(len(vowelJamo))]
				break
			}
		}
	}
	return Compose(string(letters))
}

// meanReciprocalRank scores the analyzer on set with each query changed by edit.
func meanReciprocalRank(r *ranker, set tuneSet, edit func(string) string) float64 {
	sum := 0.0
	for _, q := range set.Queries {
		for i, d := range r.rank(edit(q.Text)) {
			if slices.Contains(q.Relevant, set.Docs[d].ID) {
				sum += 1 / float64(i+1)
				break
			}
		}
	}
	return sum / float64(len(set.Queries))
}

func TestRetrieval(t *testing.T) {
	set := loadTuneSet(t)
	r := newRanker(newTestAnalyzer(t, Config{}), set.texts())
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		edit func(string) string
		want float64
	}{
		{"as asked", func(s string) string { return s }, 0.970},
		{"without spaces", func(s string) string { return strings.ReplaceAll(s, " ", "") }, 0.967},
		{"two typos", func(s string) string { return withTypos(s, rng) }, 0.944},
	} {
		got := meanReciprocalRank(r, set, c.edit)
		t.Logf("%s: MRR@10 %.4f", c.name, got)
		if got < c.want {
			t.Errorf("%s: MRR@10 = %.4f, want at least %.3f", c.name, got, c.want)
		}
	}
}
