package search

import (
	"context"
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
	// Anew says that nothing is taken over from the generation before, which may be damaged.
	Anew bool
	// Progress, where given, is called from one goroutine as documents are indexed, with how many are so far.
	Progress func(done int)
}

const (
	// batchBytes is the text that one Bleve batch takes in. A batch becomes a segment of Bleve's.
	batchBytes = 8 << 20
	// chunkBytes is the text that a worker analyses at a time.
	chunkBytes = 128 << 10
)

// contextWeight is what an occurrence in the title or heading counts against one in the text.
const contextWeight = 0.5

// Build writes a new generation and makes it the live one. What the generation before it has of the corpus is taken over as it is, so
// that the work is that of what changed; answers are the same as those of a generation built from nothing. Until the last step
// nothing that a reader sees has changed, and an interrupted build is deleted by the next one. Only one Build may run on a folder at
// a time.
func Build(ctx context.Context, cfg BuildConfig, c Corpus) (name string, err error) {
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
	items, err := c.items(cfg.Glossary)
	if err != nil {
		return "", fmt.Errorf("search: build: %w", err)
	}
	var before *generation
	if !cfg.Anew {
		before = latest(cfg.Dir, cfg.Analyzer.Signature())
		defer func() { err = errors.Join(err, before.close()) }()
	}
	b := builder{cfg: cfg}
	segments, err := b.build(ctx, planOf(before, items))
	if errors.Is(err, impact.ErrAverages) {
		segments, err = b.build(ctx, planOf(nil, items))
	}
	if err != nil {
		return "", fmt.Errorf("search: build: %w", err)
	}
	name, err = nextName(cfg.Dir, genPrefix)
	if err == nil {
		err = writeGeneration(cfg.Dir, name, cfg.Analyzer.Signature(), segments)
	}
	if err != nil {
		return "", fmt.Errorf("search: build %s: %w", name, err)
	}
	if err := publish(cfg.Dir, name); err != nil {
		return "", err
	}
	return name, prune(cfg.Dir, name)
}

// buildPlan is how the next generation is made: of segments that stay, and one after them that takes in items and takes out owners of
// those that stay.
type buildPlan struct {
	stay []*segment
	add  []item
	lose []placed
}

// placed is an owner of a segment.
type placed struct {
	segment *segment
	owner   int
}

// planOf decides which segments of a generation stay. From the newest on those go that hold no more than all that is newer, so that
// there are few, and a document is analysed anew a few times at most, however often something changes. Where a quarter of what
// would stay is lost, or no generation is given, nothing stays.
func planOf(before *generation, items []item) buildPlan {
	if before == nil {
		return buildPlan{add: items}
	}
	wanted := make(map[string]string, len(items)) // key to sum
	for i := range items {
		wanted[items[i].key()] = items[i].Sum
	}
	kept := make(map[string]int, len(items)) // key to the segment that has it as it is wanted
	live := make([]int, len(before.segments))
	newer, reports, passages := 0, 0, 0 // in documents
	for i, s := range before.segments {
		for o := range s.owners {
			at := &s.owners[o]
			if before.gone[i][o] != 0 {
				continue
			}
			if at.Kind == KindReport {
				reports++
				passages += at.Docs
			}
			if sum, ok := wanted[at.key()]; !ok || sum != at.Sum {
				newer += at.Docs
				continue
			}
			kept[at.key()] = i
			live[i] += at.Docs
		}
	}
	for i := range items {
		if _, ok := kept[items[i].key()]; !ok {
			newer++
			if items[i].Kind == KindReport {
				newer += passages / max(1, reports)
			}
		}
	}
	n := len(before.segments)
	for newer > 0 && n > 0 && live[n-1] <= newer {
		n--
		newer += live[n]
	}
	p := buildPlan{stay: before.segments[:n]}
	all, lost := 0, 0
	for i, s := range p.stay {
		all += s.imp.Docs()
		lost += s.imp.Docs() - live[i]
		for o := range s.owners {
			at, by := &s.owners[o], before.gone[i][o]
			_, isKept := kept[at.key()]
			if by == 0 && !isKept || by >= n {
				p.lose = append(p.lose, placed{s, o})
			}
		}
	}
	if 4*lost > all {
		return buildPlan{add: items}
	}
	for i := range items {
		if at, ok := kept[items[i].key()]; !ok || at >= n {
			p.add = append(p.add, items[i])
		}
	}
	return p
}

// builder builds segments.
type builder struct{ cfg BuildConfig }

// build carries out a plan and returns the segments of the generation.
func (b *builder) build(ctx context.Context, p buildPlan) (segments []segmentName, err error) {
	for _, s := range p.stay {
		segments = append(segments, s.segmentName)
	}
	if len(p.stay) > 0 && len(p.add)+len(p.lose) == 0 {
		return segments, nil
	}
	name, err := nextName(b.cfg.Dir, segPrefix)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(b.cfg.Dir, name+unfinished)
	if err := os.Mkdir(path, 0o755); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(path), os.RemoveAll(filepath.Join(b.cfg.Dir, name)))
		}
	}()
	w := segmentWriter{cfg: b.cfg, path: path, plan: p}
	if err := w.write(ctx); err != nil {
		return nil, err
	}
	if err := os.Rename(path, filepath.Join(b.cfg.Dir, name)); err != nil {
		return nil, err
	}
	s, err := openSegment(b.cfg.Dir, name, false)
	if err != nil {
		return nil, err
	}
	return append(segments, s.segmentName), s.release()
}

// segmentWriter fills the folder of a segment.
type segmentWriter struct {
	cfg  BuildConfig
	path string
	plan buildPlan
	list segmentList
}

func (w *segmentWriter) write(ctx context.Context) error {
	index, err := bleve.NewUsing(filepath.Join(w.path, bleveDir), indexMapping(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return err
	}
	before := make([]*impact.Segment, len(w.plan.stay))
	for i, s := range w.plan.stay {
		before[i] = s.imp
	}
	imp := impact.NewBuilder(impact.BuilderConfig{Dir: w.path, ContextWeight: contextWeight, Before: before})
	defer imp.Close()
	if err := w.index(ctx, index, imp); err != nil {
		return err
	}
	return w.list.write(filepath.Join(w.path, ownersFile))
}

// chunk is some neighbouring documents, the first of which has a number among those that are added, or among those that are lost.
type chunk struct {
	from uint32
	docs []source
	lost bool
}

// index adds the documents of the plan to both indexes: workers on all cores analyse them, each into a part of the impact file, and pass
// what Bleve records on to the one that writes it. No more than a few chunks are in memory at a time. Of what remains when all is
// analysed, Bleve's last batch and the impact file are made side by side. The Bleve index is closed in any case.
func (w *segmentWriter) index(ctx context.Context, index bleve.Index, imp *impact.Builder) error {
	group, ctx := errgroup.WithContext(ctx)
	todo, done := make(chan chunk), make(chan chunk)
	analysis, analysing := errgroup.WithContext(ctx)
	analysis.Go(func() error {
		defer close(todo)
		return w.read(analysing, todo)
	})
	for range runtime.GOMAXPROCS(0) {
		part := imp.NewPart()
		analysis.Go(func() error { return w.analyse(analysing, part, todo, done) })
	}
	group.Go(func() error {
		err := analysis.Wait()
		close(done)
		if err != nil {
			return err
		}
		return imp.WriteFile(filepath.Join(w.path, impactFile))
	})
	group.Go(func() error { return errors.Join(w.record(ctx, index, done), index.Close()) })
	return group.Wait()
}

// read sends the documents that are added, then those that are lost, and lists them.
func (w *segmentWriter) read(ctx context.Context, to chan<- chunk) error {
	var c chunk
	size := 0
	flush := func() error {
		if len(c.docs) == 0 {
			return ctx.Err()
		}
		err := send(ctx, to, c)
		c = chunk{from: c.from + uint32(len(c.docs)), lost: c.lost}
		size = 0
		return err
	}
	take := func(docs []source) error {
		for i := range docs {
			size += len(docs[i].text) + len(docs[i].context)
		}
		c.docs = append(c.docs, docs...)
		if size < chunkBytes {
			return nil
		}
		return flush()
	}
	for i := range w.plan.add {
		it := &w.plan.add[i]
		docs, err := it.documents()
		if err != nil {
			return fmt.Errorf("%s: %w", it.key(), err)
		}
		o := uint32(len(w.list.Owners))
		for j := range docs {
			docs[j].owner = o
		}
		w.list.Owners = append(w.list.Owners, listed{owner: it.owner, Sum: it.Sum, Docs: len(docs)})
		if err := take(docs); err != nil {
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	c = chunk{lost: true}
	for _, l := range w.plan.lose {
		docs, err := l.segment.documents(l.owner)
		if err != nil {
			return fmt.Errorf("segment %s: %w", l.segment.name, err)
		}
		w.list.Lost = append(w.list.Lost, l.segment.ranges[l.owner])
		if err := take(docs); err != nil {
			return err
		}
	}
	return flush()
}

// analyse adds the chunks that are to do to a part of the impact file.
func (w *segmentWriter) analyse(ctx context.Context, part *impact.Part, todo <-chan chunk, done chan<- chunk) error {
	var text, context []korean.Token
	for c := range todo {
		to := part.Add
		if c.lost {
			to = part.Lose
		}
		for i := range c.docs {
			d := &c.docs[i]
			text, context = w.cfg.Analyzer.Append(text[:0], d.text), w.cfg.Analyzer.Append(context[:0], d.context)
			if err := to(c.from+uint32(i), impact.Document{Owner: d.owner, Entity: d.entity, Source: d.text, Text: text, Context: context, Weight: d.weight}); err != nil {
				return err
			}
		}
		if c.lost {
			continue
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

// record adds chunks to Bleve as they come.
func (w *segmentWriter) record(ctx context.Context, index bleve.Index, chunks <-chan chunk) error {
	batch, size, done := index.NewBatch(), 0, 0
	flush := func() error {
		if err := index.Batch(batch); err != nil {
			return err
		}
		done += batch.Size()
		batch.Reset()
		size = 0
		if w.cfg.Progress != nil {
			w.cfg.Progress(done)
		}
		return ctx.Err()
	}
	for c := range chunks {
		for i := range c.docs {
			d := &c.docs[i]
			if err := batch.IndexAdvanced(record(strconv.Itoa(int(c.from)+i), d, &w.plan.add[d.owner].owner)); err != nil {
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
