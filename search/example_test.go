package search_test

import (
	"context"
	"fmt"
	"os"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/search"
)

// A report is found by an English term that it says in Korean.
func Example() {
	dir, err := os.MkdirTemp("", "index")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	glossary := []search.GlossaryEntry{{En: "liquid cooling", Ko: "액체 냉각", Variants: []string{"수랭"}}}
	reports := []*content.Report{{
		Slug: "20241225-gb300", Title: "GB300의 공급망", Lang: "ko",
		Passages: []content.Passage{{Anchor: "p-1", Text: "액체 냉각이 필수가 되면서 공급사가 바뀐다."}},
	}}
	ctx := context.Background()
	if _, err := search.Build(ctx, search.BuildConfig{Dir: dir, Glossary: glossary}, search.Corpus{Reports: reports}); err != nil {
		panic(err)
	}
	index, err := search.Open(search.Config{Dir: dir, Glossary: glossary})
	if err != nil {
		panic(err)
	}
	defer index.Close()
	found, err := index.Search(ctx, search.Query{Text: "liquid cooling", Kinds: []string{search.KindReport}})
	if err != nil {
		panic(err)
	}
	for _, hit := range found.Hits {
		fmt.Println(hit.URL+"#"+hit.Passages[0].Anchor, hit.Passages[0].Snippet)
	}
	fmt.Println("also searched:", found.AlsoSearched)
	// Output:
	// /reports/20241225-gb300#p-1 <mark>액체</mark> <mark>냉각</mark>이 필수가 되면서 공급사가 바뀐다.
	// also searched: [액체 냉각]
}
