package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/scalebook/scalebook/search"
)

// openIndex opens the search index of a workspace that recognises its names. One of another format, as a newer program
// finds it, or a damaged one is built anew first: all that is in it comes from the library and the ledger.
func (p Program) openIndex(ctx context.Context, w *workspace) (*search.Index, error) {
	cfg := search.Config{Dir: w.indexDir(), Glossary: w.glossary}
	index, err := search.Open(cfg)
	if !errors.Is(err, search.ErrUnreadable) {
		return index, err
	}
	fmt.Fprintf(p.Stderr, "scalebook: the search index is built anew: %v\n", err)
	held, err := lock(w.dir)
	if err != nil {
		return nil, fmt.Errorf("build the search index anew: %w", err)
	}
	defer held.Close()
	if err := w.buildIndex(ctx, search.BuildConfig{Anew: true}); err != nil {
		return nil, fmt.Errorf("build the search index anew: %w", err)
	}
	return search.Open(cfg)
}
