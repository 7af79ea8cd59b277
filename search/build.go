package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"

	"golang.org/x/sync/errgroup"

	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

// BuildConfig says where and how a generation is built.
type BuildConfig struct {
	// Dir is the index folder, the one that holds CURRENT. It is created where missing.
	Dir string
	// Analyzer should be the one that the Index searches with. Nil means a new one that knows the glossary.
	Analyzer *korean.Analyzer
	// Glossary entries become documents of kind term, with the pairs mined from the reports.
	Glossary []GlossaryEntry
	// Progress, where given, is called from one goroutine as documents are indexed.
	Progress func(done, total int)
}

// batchBytes is the text that one Bleve batch takes in. A batch becomes a segment.
const batchBytes = 8 << 20

// contextWeight is what an occurrence in the title or heading counts against one in the text.
const contextWeight = 0.5

// Build writes a new generation and makes it the live one. Until the last step nothing that a reader sees has changed,
// and an interrupted build is deleted by the next one. Only one Build may run on a folder at a time.
func Build(ctx context.Context, cfg BuildConfig, c Corpus) (generation string, err error) {
	if cfg.Dir == "" {
		return "", errors.New("search: build: no folder given")
	}
	if err := os.MkdirAll(cfg.Dir, 0o755); err != nil {
		return "", fmt.Errorf("search: build: %w", err)
	}
	if cfg.Analyzer == nil {
		// Of the given glossary alone: mined terms are not known to whoever opens the index.
		if cfg.Analyzer, err = NewAnalyzer(cfg.Glossary); err != nil {
			return "", err
		}
	}
	glossary := withMined(cfg.Glossary, c.Reports)
	name, err := nextName(cfg.Dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(cfg.Dir, name+unfinished)
	if err := os.Mkdir(path, 0o755); err != nil {
		return "", fmt.Errorf("search: build: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(path)
		}
	}()
	owners, docs := documents(c, glossary)
	w := generationWriter{cfg: cfg, path: path, owners: owners}
	if err := w.write(ctx, docs); err != nil {
		return "", fmt.Errorf("search: build %s: %w", name, err)
	}
	if err := publish(cfg.Dir, name); err != nil {
		return "", err
	}
	return name, prune(cfg.Dir, name)
}

// generationWriter fills the folder of a generation.
type generationWriter struct {
	cfg    BuildConfig
	path   string
	owners []owner
}

func (w *generationWriter) write(ctx context.Context, docs []source) error {
	index, err := bleve.NewUsing(filepath.Join(w.path, bleveDir), indexMapping(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return err
	}
	imp := impact.NewBuilder(impact.BuilderConfig{Dir: w.path, ContextWeight: contextWeight})
	defer imp.Close()
	if err := errors.Join(w.index(ctx, index, imp.NewPart(), docs), index.Close()); err != nil {
		return err
	}
	if err := imp.WriteFile(filepath.Join(w.path, impactFile)); err != nil {
		return err
	}
	raw, err := json.Marshal(w.owners)
	if err != nil {
		return err
	}
	return writeSynced(filepath.Join(w.path, ownersFile), raw)
}

func writeSynced(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// batch is some documents, analysed and made ready for Bleve.
type batch struct {
	first   int
	docs    []source
	tokens  []analysed
	records []*document.Document
}

// analysed is a document's tokens.
type analysed struct {
	text, context []korean.Token
}

// index adds docs to both indexes in order. While one batch is written to both, the next is analysed.
func (w *generationWriter) index(ctx context.Context, index bleve.Index, imp *impact.Part, docs []source) error {
	group, ctx := errgroup.WithContext(ctx)
	ready := make(chan batch)
	group.Go(func() error {
		defer close(ready)
		for from := 0; from < len(docs); {
			to, size := from, 0
			for to < len(docs) && size < batchBytes {
				size += len(docs[to].text) + len(docs[to].context)
				to++
			}
			b := w.analyse(from, docs[from:to])
			select {
			case ready <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
			from = to
		}
		return nil
	})
	group.Go(func() error {
		done := 0
		for b := range ready {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := w.add(index, imp, b); err != nil {
				return err
			}
			if done += len(b.docs); w.cfg.Progress != nil {
				w.cfg.Progress(done, len(docs))
			}
		}
		return ctx.Err()
	})
	return group.Wait()
}

// analyse prepares a batch on all cores. first is the number of its first document.
func (w *generationWriter) analyse(first int, docs []source) batch {
	b := batch{first: first, docs: docs, tokens: make([]analysed, len(docs)), records: make([]*document.Document, len(docs))}
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for n := range workers {
		wg.Go(func() {
			for i := n; i < len(docs); i += workers {
				d := &docs[i]
				b.tokens[i] = analysed{w.cfg.Analyzer.Analyze(d.text), w.cfg.Analyzer.Analyze(d.context)}
				b.records[i] = record(strconv.Itoa(first+i), d, &w.owners[d.owner], b.tokens[i])
			}
		})
	}
	wg.Wait()
	return b
}

// add writes a batch to both indexes, side by side.
func (w *generationWriter) add(index bleve.Index, imp *impact.Part, b batch) error {
	var group errgroup.Group
	group.Go(func() error {
		bb := index.NewBatch()
		for _, r := range b.records {
			if err := bb.IndexAdvanced(r); err != nil {
				return err
			}
		}
		return index.Batch(bb)
	})
	for i, d := range b.docs {
		if err := imp.Add(uint32(b.first+i), impact.Document{Owner: d.owner, Entity: d.entity, Source: d.text, Text: b.tokens[i].text, Context: b.tokens[i].context, Weight: d.weight}); err != nil {
			return errors.Join(err, group.Wait())
		}
	}
	return group.Wait()
}

// indexMapping declares the fields of record to Bleve. Documents arrive analysed, so that no analyzer is named.
func indexMapping() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	m.DefaultMapping = bleve.NewDocumentDisabledMapping()
	return m
}
