package main

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/cjk" // the analyzer of that name
	"github.com/blevesearch/bleve/v2/mapping"
	_ "modernc.org/sqlite" // the driver of that name

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/search"
)

// engine is a search engine that holds passages, numbered in order.
type engine interface {
	// ask returns the ten best passages and how long the search took, with its snippets.
	ask(ctx context.Context, q question) ([]int, time.Duration, error)
	close() error
}

// opener opens an index of passages in an empty folder.
type opener struct {
	name string
	open func(ctx context.Context, dir string, texts []string) (engine, error)
}

var engines = []opener{
	{"scalebook", openOurs},
	{"SQLite FTS5 trigram", openTrigram},
	{"Bleve cjk", openBleve("cjk")},
}

// otherEngines are measured by what they find alone.
var otherEngines = []opener{
	{"SQLite FTS5 unicode61", openWords},
	{"Bleve standard", openBleve("standard")},
}

// ours is scalebook's search, each passage a report of its own.
type ours struct{ index *search.Index }

func openOurs(ctx context.Context, dir string, texts []string) (engine, error) {
	reports := make([]*content.Report, len(texts))
	for i, text := range texts {
		slug := strconv.Itoa(i)
		reports[i] = &content.Report{Slug: slug, Title: slug, Lang: "ko", Passages: []content.Passage{{Anchor: "p-1", Text: text}}}
	}
	analyzer, err := search.NewAnalyzer(nil)
	if err != nil {
		return nil, err
	}
	if _, err := search.Build(ctx, search.BuildConfig{Dir: dir, Analyzer: analyzer}, search.Corpus{Reports: reports}); err != nil {
		return nil, err
	}
	index, err := search.Open(search.Config{Dir: dir, Analyzer: analyzer})
	return ours{index}, err
}

func (o ours) ask(ctx context.Context, q question) ([]int, time.Duration, error) {
	text := strings.Join(q.words, " ")
	switch q.kind {
	case "phrase":
		text = `"` + text + `"`
	case "prefix":
		text += "*"
	}
	res, err := o.index.Search(ctx, search.Query{Text: text})
	if err != nil {
		return nil, 0, err
	}
	var hits []int
	for _, h := range res.Hits {
		if i, err := strconv.Atoi(h.ID); err == nil { // a term of the glossary has another id
			hits = append(hits, i)
		}
	}
	return hits, time.Duration(res.TookUS) * time.Microsecond, nil
}

func (o ours) close() error { return o.index.Close() }

// trigram is SQLite's full-text index of three-letter sequences, in the same process.
type trigram struct {
	db *sql.DB
	// words says that the index is one of whole words instead.
	words bool
}

func openTrigram(ctx context.Context, dir string, texts []string) (engine, error) {
	return openFTS(ctx, dir, texts, "trigram")
}

func openWords(ctx context.Context, dir string, texts []string) (engine, error) {
	return openFTS(ctx, dir, texts, "unicode61")
}

func openFTS(ctx context.Context, dir string, texts []string, tokenizer string) (engine, error) {
	db, err := sql.Open("sqlite", filepath.Join(dir, "fts.db"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	t := trigram{db, tokenizer == "unicode61"}
	if err := t.fill(ctx, texts, tokenizer); err != nil {
		_ = db.Close()
		return nil, err
	}
	return t, nil
}

func (t trigram) fill(ctx context.Context, texts []string, tokenizer string) error {
	for _, statement := range []string{"PRAGMA journal_mode=off", "PRAGMA synchronous=off", "CREATE VIRTUAL TABLE passages USING fts5(text, tokenize='" + tokenizer + "')"} {
		if _, err := t.db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing is left to roll back once committed
	insert, err := tx.PrepareContext(ctx, "INSERT INTO passages(rowid, text) VALUES(?, ?)")
	if err != nil {
		return err
	}
	for i, text := range texts {
		if _, err := insert.ExecContext(ctx, i, text); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO passages(passages) VALUES('optimize')"); err != nil {
		return err
	}
	return tx.Commit()
}

func (t trigram) ask(ctx context.Context, q question) ([]int, time.Duration, error) {
	match := quoted(q.words, " AND ")
	switch {
	case t.words:
		match = quoted(strings.Fields(strings.Join(q.words, " ")), " OR ")
	case q.kind == "phrase":
		match = quoted([]string{strings.Join(q.words, " ")}, "")
	case q.kind == "typo" || q.kind == "question":
		match = quoted(trigrams(strings.Join(q.words, " ")), " OR ")
	}
	began := time.Now()
	rows, err := t.db.QueryContext(ctx, `SELECT rowid, snippet(passages, 0, '<mark>', '</mark>', '…', 40) FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT 10`, match)
	if err != nil {
		return nil, 0, fmt.Errorf("match %s: %w", match, err)
	}
	defer rows.Close()
	var hits []int
	for rows.Next() {
		var id int
		var snippet string
		if err := rows.Scan(&id, &snippet); err != nil {
			return nil, 0, err
		}
		hits = append(hits, id)
	}
	return hits, time.Since(began), rows.Err()
}

func (t trigram) close() error { return t.db.Close() }

func quoted(words []string, operator string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = `"` + strings.ReplaceAll(w, `"`, `""`) + `"`
	}
	return strings.Join(out, operator)
}

// trigrams cuts text as the tokenizer does, which is how it is asked for text that is not there letter by letter.
func trigrams(text string) []string {
	runes := []rune(text)
	if len(runes) <= 3 {
		return []string{text}
	}
	var out []string
	for i := range len(runes) - 2 {
		out = append(out, string(runes[i:i+3]))
	}
	return out
}

// cjk is Bleve with one of its own analyzers: cjk for Chinese, Japanese and Korean, or standard.
type cjk struct{ index bleve.Index }

func openBleve(analyzer string) func(context.Context, string, []string) (engine, error) {
	return func(_ context.Context, dir string, texts []string) (engine, error) {
		return fillBleve(analyzer, dir, texts)
	}
}

func fillBleve(analyzer, dir string, texts []string) (engine, error) {
	m := mapping.NewIndexMapping()
	m.DefaultAnalyzer = analyzer
	index, err := bleve.New(filepath.Join(dir, "bleve"), m)
	if err != nil {
		return nil, err
	}
	batch := index.NewBatch()
	for i, text := range texts {
		if err := batch.Index(strconv.Itoa(i), map[string]string{"text": text}); err != nil {
			return nil, err
		}
		if batch.Size() == 1000 || i == len(texts)-1 {
			if err := index.Batch(batch); err != nil {
				return nil, err
			}
			batch.Reset()
		}
	}
	return cjk{index}, nil
}

func (c cjk) ask(ctx context.Context, q question) ([]int, time.Duration, error) {
	text := strings.Join(q.words, " ")
	var request *bleve.SearchRequest
	switch q.kind {
	case "phrase":
		request = bleve.NewSearchRequest(bleve.NewMatchPhraseQuery(text))
	case "prefix":
		request = bleve.NewSearchRequest(bleve.NewPrefixQuery(text))
	case "typo":
		query := bleve.NewMatchQuery(text)
		query.SetFuzziness(1)
		request = bleve.NewSearchRequest(query)
	default:
		request = bleve.NewSearchRequest(bleve.NewMatchQuery(text))
	}
	request.Highlight = bleve.NewHighlightWithStyle("html")
	began := time.Now()
	res, err := c.index.SearchInContext(ctx, request)
	took := time.Since(began)
	if err != nil {
		return nil, 0, err
	}
	var hits []int
	for _, h := range res.Hits {
		i, err := strconv.Atoi(h.ID)
		if err != nil {
			return nil, 0, err
		}
		hits = append(hits, i)
	}
	return hits, took, nil
}

func (c cjk) close() error { return c.index.Close() }

// folderSize returns the bytes of all files in a folder.
func folderSize(dir string) (float64, error) {
	var size int64
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := os.Stat(path)
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return float64(size), err
}
