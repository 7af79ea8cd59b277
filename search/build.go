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

	"github.com/blevesearch/bleve/v2"
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

const (
	// batchBytes is the text that one Bleve batch takes in. A batch becomes a segment.
	batchBytes = 8 << 20
	// chunkBytes is the text that a worker analyses at a time.
	chunkBytes = 128 << 10
)

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
	if err := w.index(ctx, index, imp, docs); err != nil {
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

// chunk is some neighbouring documents: from number from up to number to.
type chunk struct{ from, to int }

// chunks divides docs into chunks of about chunkBytes of text.
func chunks(docs []source) []chunk {
	var all []chunk
	for from := 0; from < len(docs); {
		to, size := from, 0
		for to < len(docs) && size < chunkBytes {
			size += len(docs[to].text) + len(docs[to].context)
			to++
		}
		all = append(all, chunk{from, to})
		from = to
	}
	return all
}

// index adds docs to both indexes: workers on all cores analyse them, each into a part of the impact file, and pass what
// Bleve records on to the one that writes it. No more than a few chunks are in memory at a time. Of what remains when all is
// analysed, Bleve's last batch and the impact file are made side by side. The Bleve index is closed in any case.
func (w *generationWriter) index(ctx context.Context, index bleve.Index, imp *impact.Builder, docs []source) error {
	group, ctx := errgroup.WithContext(ctx)
	todo, done := make(chan chunk), make(chan chunk)
	analysis, analysing := errgroup.WithContext(ctx)
	analysis.Go(func() error {
		defer close(todo)
		for _, c := range chunks(docs) {
			if err := send(analysing, todo, c); err != nil {
				return err
			}
		}
		return nil
	})
	for range runtime.GOMAXPROCS(0) {
		part := imp.NewPart()
		analysis.Go(func() error { return w.analyse(analysing, docs, part, todo, done) })
	}
	group.Go(func() error {
		err := analysis.Wait()
		close(done)
		if err != nil {
			return err
		}
		return imp.WriteFile(filepath.Join(w.path, impactFile))
	})
	group.Go(func() error { return errors.Join(w.record(ctx, index, docs, done), index.Close()) })
	return group.Wait()
}

// analyse adds the chunks of docs that are to do to a part of the impact file.
func (w *generationWriter) analyse(ctx context.Context, docs []source, part *impact.Part, todo <-chan chunk, done chan<- chunk) error {
	var text, context []korean.Token
	for c := range todo {
		for i := c.from; i < c.to; i++ {
			d := &docs[i]
			text, context = w.cfg.Analyzer.Append(text[:0], d.text), w.cfg.Analyzer.Append(context[:0], d.context)
			if err := part.Add(uint32(i), impact.Document{Owner: d.owner, Entity: d.entity, Source: d.text, Text: text, Context: context, Weight: d.weight}); err != nil {
				return err
			}
		}
		if err := send(ctx, done, c); err != nil {
			return err
		}
	}
	return nil
}

func send(ctx context.Context, to chan<- chunk, c chunk) error {
	select {
	case to <- c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// record adds chunks of docs to Bleve as they come.
func (w *generationWriter) record(ctx context.Context, index bleve.Index, docs []source, chunks <-chan chunk) error {
	batch, size, done := index.NewBatch(), 0, 0
	flush := func() error {
		if err := index.Batch(batch); err != nil {
			return err
		}
		done += batch.Size()
		batch.Reset()
		size = 0
		if w.cfg.Progress != nil {
			w.cfg.Progress(done, len(docs))
		}
		return ctx.Err()
	}
	for c := range chunks {
		for i := c.from; i < c.to; i++ {
			d := &docs[i]
			if err := batch.IndexAdvanced(record(strconv.Itoa(i), d, &w.owners[d.owner])); err != nil {
				return err
			}
			size += len(d.text)
		}
		if size >= batchBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if batch.Size() > 0 {
		return flush()
	}
	return ctx.Err()
}

// indexMapping declares the fields of record to Bleve. Documents arrive analysed, so that no analyzer is named.
func indexMapping() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	m.DefaultMapping = bleve.NewDocumentDisabledMapping()
	return m
}
