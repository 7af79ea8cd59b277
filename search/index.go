package search

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/scalebook/scalebook/search/korean"
)

// ErrClosed is returned by an Index after Close.
var ErrClosed = errors.New("search index is closed")

// MaxQuery is how long a query may be, in characters. The cost of one grows with its words, and with the square of the longest; meanwhile the
// index can't be exchanged.
const MaxQuery = 2000

// ErrLongQuery is returned for a query of more than [MaxQuery] characters.
var ErrLongQuery = fmt.Errorf("at most %d characters can be looked for", MaxQuery)

// Config says what to open.
type Config struct {
	// Dir is the index folder, the one that holds CURRENT. It need not exist.
	Dir string
	// Glossary joins the terms of the generation, so that it works whatever was ingested.
	Glossary []GlossaryEntry
	// Analyzer should be the one that generations are built with. Nil means a new one that knows the glossary.
	Analyzer *korean.Analyzer
}

// Index answers queries from the live generation. It is safe for concurrent use.
type Index struct {
	cfg      Config
	analyzer *korean.Analyzer

	// mu is held for reading by each query, for writing while a generation is swapped.
	mu     sync.RWMutex
	live   *view
	closed bool
}

// view is a generation, nil where there is none, with what is derived from it.
type view struct {
	gen    *generation
	owners []owner // the generation's, then terms that only Config knows
	lex    *lexicon
	rank   *ranker
	vocab  func() *vocabulary

	completions *completions
	facts       []facts // by owner
	langs       []string
}

// prepare derives what takes longer than opening.
func (v *view) prepare() {
	v.vocab()
	if v.gen != nil {
		v.gen.prepare()
	}
}

// close closes the generation, once nothing reads it any more.
func (v *view) close() error {
	v.prepare()
	return v.gen.close()
}

// Open opens the live generation read-only. Where none has been built the index is empty until Refresh finds one.
func Open(cfg Config) (*Index, error) {
	if cfg.Analyzer == nil {
		a, err := NewAnalyzer(cfg.Glossary)
		if err != nil {
			return nil, err
		}
		cfg.Analyzer = a
	}
	ix := &Index{cfg: cfg, analyzer: cfg.Analyzer}
	ix.live = ix.newView(nil)
	if _, err := ix.Refresh(context.Background()); err != nil {
		return nil, err
	}
	return ix, nil
}

// newView derives what queries need from a generation.
func (ix *Index) newView(g *generation) *view {
	v := &view{gen: g}
	var entries []GlossaryEntry
	known := map[string]bool{}
	if g != nil {
		v.owners = g.owners[:len(g.owners):len(g.owners)]
		v.rank = newRanker(g.imp, g.docs)
		for i := range g.owners {
			if e := g.owners[i].Term; e != nil {
				entries = append(entries, *e)
				known[g.owners[i].ID] = true
			}
		}
	}
	for _, e := range ix.cfg.Glossary {
		if !known[e.ID()] {
			entries = append(entries, e)
			v.owners = append(v.owners, termOwner(e))
		}
	}
	v.facts, v.langs = factsOf(v.owners)
	v.completions = newCompletions(v.owners)
	v.lex = newLexicon(ix.analyzer, entries, v.owners)
	v.vocab = sync.OnceValue(func() *vocabulary {
		if g == nil {
			return newVocabulary(nil, v.lex)
		}
		return newVocabulary(g.imp, v.lex)
	})
	// Ready before the first query that needs it.
	go v.prepare()
	return v
}

// Refresh swaps to the live generation where it is newer than the one in use. Queries that are running finish on the
// old one first; none fails.
func (ix *Index) Refresh(ctx context.Context) (changed bool, err error) {
	name, err := live(ix.cfg.Dir)
	if err != nil || name == "" || name == ix.Generation() {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("search: refresh: %w", err)
	}
	ix.mu.RLock()
	share := ix.live.gen
	if ix.closed {
		share = nil
	}
	g, err := openGeneration(ix.cfg.Dir, name, share, true)
	ix.mu.RUnlock()
	if err != nil {
		return false, err
	}
	v := ix.newView(g)
	ix.mu.Lock()
	if ix.closed {
		ix.mu.Unlock()
		return false, errors.Join(ErrClosed, g.close())
	}
	old := ix.live
	ix.live = v
	ix.mu.Unlock()
	return true, old.close()
}

// Generation returns the name of the generation in use, "" where there is none.
func (ix *Index) Generation() string {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	if ix.live.gen == nil {
		return ""
	}
	return ix.live.gen.name
}

// Documents returns the number of passages and entities in the index.
func (ix *Index) Documents() int {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	if ix.live.gen == nil || ix.closed {
		return 0
	}
	return ix.live.gen.imp.Docs()
}

// Close waits for running queries and closes the index.
func (ix *Index) Close() error {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if ix.closed {
		return nil
	}
	ix.closed = true
	return ix.live.close()
}
