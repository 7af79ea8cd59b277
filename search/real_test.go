package search

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readLines returns the rows of a file of testdata, in columns.
func readLines(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows [][]string
	in := bufio.NewScanner(f)
	for in.Scan() {
		if line := in.Text(); line != "" && !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestRealNounsAndTypos counts the nouns of other fields that are left as they were typed, and the mistyped words that are
// understood.
func TestRealNounsAndTypos(t *testing.T) {
	reports, glossary := bundled(t)
	ix := openTemp(t, Corpus{Reports: reports}, glossary)
	meant := func(text string) string {
		res, err := ix.Search(context.Background(), Query{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if res.Total == 0 {
			return "" // an offer: nothing else was searched for
		}
		return res.DidYouMean
	}
	kept, nouns := 0, readLines(t, "nouns.tsv")
	for _, row := range nouns {
		if got := meant(row[0]); got != "" {
			t.Logf("%s was taken for %s", row[0], got)
		} else {
			kept++
		}
	}
	mended, typos := 0, readLines(t, "typos.tsv")
	for _, row := range typos {
		if got := meant(row[0]); strings.ReplaceAll(got, " ", "") != row[1] {
			t.Logf("%s was taken for %q, not %s", row[0], got, row[1])
		} else {
			mended++
		}
	}
	t.Logf("%d of %d nouns kept, %d of %d typos mended", kept, len(nouns), mended, len(typos))
	if share := float64(kept) / float64(len(nouns)); share < 0.97 {
		t.Errorf("%.3f of the nouns kept, want at least 0.97", share)
	}
	if share := float64(mended) / float64(len(typos)); share < 0.86 {
		t.Errorf("%.3f of the typos mended, want at least 0.86", share)
	}
}
