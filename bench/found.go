package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/search/korean"
)

// found takes a library of reports in as a server has it open, indexes it, and measures how long one changed report takes from its
// file to answers: taken in, indexed, and shown by an open index.
func found(ctx context.Context, dir, reports string, n int) ([]Result, error) {
	morphemes, err := korean.New(korean.Config{CacheSize: 1 << 12})
	if err != nil {
		return nil, err
	}
	l, err := content.Open(content.LibraryConfig{Dir: filepath.Join(dir, "library"), Segmenter: morphemes})
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(dir, "index")
	build := func() error {
		if err := l.KeepTerms(ctx); err != nil {
			return err
		}
		outlines, err := l.Outlines(ctx)
		if err == nil {
			_, err = search.Build(ctx, search.BuildConfig{Dir: folder}, search.Corpus{Reports: outlines.Reports, Texts: outlines})
		}
		return err
	}
	what := func(what string) pair {
		return pair{Result: Result{Case: fmt.Sprintf("%d reports, %s", n, what), Measure: "time", Unit: "s"}}
	}
	anew, one := what("indexed anew"), what("one changed, until it is found")
	began := time.Now()
	if err := build(); err != nil {
		return nil, err
	}
	anew.add(time.Since(began).Seconds(), 0)
	index, err := search.Open(search.Config{Dir: folder})
	if err != nil {
		return nil, err
	}
	defer index.Close()
	for i := range 5 {
		word := fmt.Sprintf("표식%d%d", n, i)
		if err := appendTo(filepath.Join(reports, "r00001.md"), "\n"+word+"\n"); err != nil {
			return nil, err
		}
		began := time.Now()
		if _, err := l.Sync(ctx, content.SourceConfig{Name: "bench", Public: true}, os.DirFS(reports), ""); err != nil {
			return nil, err
		}
		if err := build(); err != nil {
			return nil, err
		}
		if _, err := index.Refresh(ctx); err != nil {
			return nil, err
		}
		res, err := index.Search(ctx, search.Query{Text: word})
		if err != nil {
			return nil, err
		}
		one.add(time.Since(began).Seconds(), 0)
		if len(res.Hits) == 0 || res.Hits[0].ID != "r00001" {
			return nil, fmt.Errorf("%s is not found where it was written", word)
		}
	}
	return []Result{anew.result(), one.result()}, nil
}

// byCommand takes a folder of reports in as the program does that is started for it, from nothing and then with one changed.
func byCommand(ctx context.Context, binary, dir, reports string, n int) ([]Result, error) {
	data := filepath.Join(dir, "data")
	measures := func(what string) (took, peak pair) {
		what = fmt.Sprintf("%d reports, by command, %s", n, what)
		return pair{Result: Result{Case: what, Measure: "time", Unit: "s"}}, pair{Result: Result{Case: what, Measure: "peak memory", Unit: "MB"}}
	}
	ingest := func(took, peak *pair) error {
		began := time.Now()
		mb, err := peakOf(ctx, binary, "ingest", "--data", data, "--from", reports, "reports")
		took.add(time.Since(began).Seconds(), 0)
		peak.add(mb, 0)
		return err
	}
	took, peak := measures("from nothing")
	if err := ingest(&took, &peak); err != nil {
		return nil, err
	}
	results := []Result{took.result(), peak.result()}
	took, peak = measures("one changed")
	for i := range 3 {
		if err := appendTo(filepath.Join(reports, "r00001.md"), fmt.Sprintf("\n바뀐 문단 %d이다.\n", i)); err != nil {
			return results, err
		}
		if err := ingest(&took, &peak); err != nil {
			return results, err
		}
	}
	return append(results, took.result(), peak.result()), nil
}
