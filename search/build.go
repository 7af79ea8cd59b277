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
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"

	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

// BuildConfig says where and how a generation is built.
type BuildConfig struct {
	// Dir is the index folder, the one that holds CURRENT. It is created where missing.
	Dir string
	// Analyzer should be the one that the Index searches with. Nil means a new one that knows the glossary and the
	// subjects of the corpus.
	Analyzer *korean.Analyzer
	// Glossary entries become documents of kind term, with the pairs mined from the reports.
	Glossary []GlossaryEntry
	// Progress, where given, is called from one goroutine as documents are indexed.
	Progress func(done, total int)
}

// batchBytes is the text that one Bleve batch takes in. A batch becomes a segment.
const batchBytes = 16 << 20

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
	glossary := withMined(cfg.Glossary, c.Reports)
	if cfg.Analyzer == nil {
		if cfg.Analyzer, err = NewAnalyzer(glossary); err != nil {
			return "", err
		}
	}
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
	imp := impact.NewBuilder()
	if err := errors.Join(w.index(ctx, index, imp, docs), index.Close()); err != nil {
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

// index analyses docs on all cores, a batch at a time, and adds them in order to both indexes.
func (w *generationWriter) index(ctx context.Context, index bleve.Index, imp *impact.Builder, docs []source) error {
	for from := 0; from < len(docs); {
		to, size := from, 0
		for to < len(docs) && size < batchBytes {
			size += len(docs[to].text) + len(docs[to].context)
			to++
		}
		analysed := analyseAll(w.cfg.Analyzer, docs[from:to])
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := index.NewBatch()
		for i, a := range analysed {
			d := &docs[from+i]
			if err := batch.IndexAdvanced(record(strconv.Itoa(imp.Len()), d, &w.owners[d.owner], a)); err != nil {
				return err
			}
			imp.Add(impact.Document{Owner: d.owner, Entity: d.entity, Source: d.text, Text: a.text, Context: a.context, ContextWeight: contextWeight, Weight: d.weight})
		}
		if err := index.Batch(batch); err != nil {
			return err
		}
		from = to
		if w.cfg.Progress != nil {
			w.cfg.Progress(to, len(docs))
		}
	}
	return nil
}

// analysed is a document's tokens.
type analysed struct {
	text, context []korean.Token
}

func analyseAll(a *korean.Analyzer, docs []source) []analysed {
	out := make([]analysed, len(docs))
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for n := range workers {
		wg.Go(func() {
			for i := n; i < len(docs); i += workers {
				out[i] = analysed{a.Analyze(docs[i].text), a.Analyze(docs[i].context)}
			}
		})
	}
	wg.Wait()
	return out
}

// indexMapping declares the fields of record to Bleve. Documents arrive analysed, so that no analyzer is named.
func indexMapping() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	m.DefaultMapping = bleve.NewDocumentDisabledMapping()
	return m
}
