package search

import (
	"context"
	"html"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/korean"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{`"무어의 법칙" -칩 a OR b 스케*`, `title:"x`, `term: OR |`, `-"a`, `from:2024-13 to:2024 kind:x`, "“추론”", "OR", "***", "-", `"" "`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range parse(text).clauses {
			if !utf8.ValidString(c.text) {
				t.Errorf("clause %q of %q is not UTF-8", c.text, text)
			}
		}
	})
}

// FuzzSearch answers arbitrary queries over arbitrary text.
func FuzzSearch(f *testing.F) {
	ix := openTemp(f, library(), libraryGlossary())
	for _, s := range []string{"추론 <script>", "ㅅㅋㅇㄹ -법칙", "tmzpdlffld", `"액체 냉각" OR gpt*`, "\xff\xfe", "스케 일링", "a\u0301 ㅎㅔㅕ"} {
		f.Add(s, 0, 3)
	}
	f.Fuzz(func(t *testing.T, text string, offset, passages int) {
		res, err := ix.Search(context.Background(), Query{Text: text, Offset: offset, Passages: passages})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range res.Hits {
			for _, p := range h.Passages {
				checkSnippet(t, p.Snippet)
			}
		}
		if _, err := ix.Suggest(context.Background(), text, 5); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzSnippet cuts and marks arbitrary text at arbitrary, even nonsensical, matches.
func FuzzSnippet(f *testing.F) {
	f.Add(strings.Repeat("스케일링 법칙은 <끝>났다. ", 40), uint64(1))
	f.Add("a&b", uint64(2))
	f.Add("켝 망0링법칙000", uint64(0))
	a, err := NewAnalyzer(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		text = korean.Normalize(text)
		rng := rand.New(rand.NewPCG(seed, seed))
		var h highlighter
		for _, tok := range a.Analyze(text) {
			if rng.IntN(3) == 0 {
				h.marks = append(h.marks, mark{start: tok.Start, end: tok.End, term: rng.Uint32N(8), worth: rng.Float32()})
			}
		}
		snippet := h.render(text)
		checkSnippet(t, snippet)
		plain := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(snippet)
		plain = html.UnescapeString(plain)
		plain = strings.TrimSuffix(strings.TrimPrefix(plain, ellipsis), ellipsis)
		if !strings.Contains(text, plain) {
			t.Errorf("snippet %q is not part of %q", plain, text)
		}
	})
}

// checkSnippet checks that a snippet is HTML with marks alone, closed, of whole characters, apart from each other and
// not too long.
func checkSnippet(t *testing.T, snippet string) {
	t.Helper()
	if !utf8.ValidString(snippet) {
		t.Fatalf("snippet %q is not UTF-8", snippet)
	}
	rest := snippet
	for {
		before, after, ok := strings.Cut(rest, "<mark>")
		if strings.ContainsAny(before, "<>") {
			t.Fatalf("unescaped HTML in %q", snippet)
		}
		if !ok {
			break
		}
		inner, tail, ok := strings.Cut(after, "</mark>")
		if !ok || inner == "" || strings.ContainsAny(inner, "<>") || strings.HasPrefix(tail, "<mark>") {
			t.Fatalf("bad mark in %q", snippet)
		}
		rest = tail
	}
	plain := html.UnescapeString(strings.NewReplacer("<mark>", "", "</mark>", "").Replace(snippet))
	if n := utf8.RuneCountInString(plain); n > maxSnippet {
		t.Fatalf("snippet of %d characters: %q", n, snippet)
	}
}

// TestMarks checks the marks of 1,000 random hits: each covers whole, right characters of the passage, which are those
// of a word of the query, of its analysis or of what was also searched.
func TestMarks(t *testing.T) {
	c := loadCollection(t)
	c.Docs = c.Docs[:240]
	reports := c.reports()
	ix := openTemp(t, Corpus{Reports: reports}, nil)
	texts := map[string]string{}
	for _, r := range reports {
		texts[r.Slug] = korean.Normalize(r.Passages[0].Text)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	hits, marks := 0, 0
	for hits < 1000 {
		q := c.Queries[rng.IntN(len(c.Queries))].Text
		res, err := ix.Search(context.Background(), Query{Text: q})
		if err != nil {
			t.Fatal(err)
		}
		terms := map[string]bool{}
		typed := append([]string{q, res.DidYouMean}, res.AlsoSearched...)
		for _, w := range strings.Fields(q) {
			// A short name is analysed as with a particle; see asNoun.
			typed = append(typed, w+"의")
		}
		for _, text := range typed {
			for _, tok := range ix.analyzer.Analyze(text) {
				terms[tok.Term] = true
			}
		}
		for _, h := range res.Hits {
			hits++
			snippet := h.Passages[0].Snippet
			checkSnippet(t, snippet)
			for _, m := range marked(snippet) {
				marks++
				m = html.UnescapeString(m)
				if !slices.ContainsFunc(surfaces(ix, texts[h.ID], terms), func(s string) bool { return strings.Contains(m, s) }) {
					t.Errorf("mark %q of %q for %q", m, snippet, q)
				}
			}
		}
	}
	if marks < hits {
		t.Errorf("%d marks in %d hits", marks, hits)
	}
}

// surfaces returns the stretches of a text that the terms stand for.
func surfaces(ix *Index, text string, terms map[string]bool) []string {
	var all []string
	for _, tok := range ix.analyzer.Analyze(text) {
		if terms[tok.Term] && tok.Kind.Stream() == korean.Content {
			all = append(all, text[tok.Start:tok.End])
		}
	}
	return all
}
