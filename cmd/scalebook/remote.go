package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/client"
	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
)

// measurements answers what commands ask about numbers: the ledger of the data directory, or a server with --server. The
// answers are the same.
type measurements interface {
	Series(context.Context, query.Filter) (query.Series, error)
	Trend(context.Context, query.TrendParams) (query.Trend, error)
}

// searcher finds reports, metrics, subjects and terms: the index of the data directory, or a server.
type searcher interface {
	Search(context.Context, search.Query) (search.Results, error)
}

// serverFlag lets a command ask a server instead of the data directory.
func (p Program) serverFlag(cmd *cobra.Command, server *string) {
	cmd.Flags().StringVar(server, "server", p.env("SERVER", ""), "ask the scalebook at this address instead of the data directory")
}

// measurements opens what answers; done closes it.
func (p Program) measurements(ctx context.Context, s *settings, server string) (m measurements, done func(), err error) {
	if server != "" {
		c, err := p.client(server)
		return c, func() {}, err
	}
	ledger, err := openLedger(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	return query.New(query.Config{Ledger: ledger}), func() { _ = ledger.Close() }, nil // it was only read
}

// index opens what searches; done closes it.
func (p Program) index(ctx context.Context, s *settings, server string) (ix searcher, done func(), err error) {
	if server != "" {
		c, err := p.client(server)
		return c, func() {}, err
	}
	glossary, err := readGlossary(data.Files())
	if err != nil {
		return nil, nil, err
	}
	index, err := search.Open(search.Config{Dir: filepath.Join(s.data, "index"), Glossary: glossary})
	if errors.Is(err, search.ErrUnreadable) {
		index, err = p.rebuilt(ctx, s)
	}
	if err != nil {
		return nil, nil, err
	}
	return index, func() { _ = index.Close() }, nil
}

// rebuilt opens the index once it is built anew.
func (p Program) rebuilt(ctx context.Context, s *settings) (*search.Index, error) {
	w, err := openWorkspace(ctx, s)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	if err := w.recognize(ctx); err != nil {
		return nil, err
	}
	return p.openIndex(ctx, w)
}

func (p Program) client(server string) (*client.Client, error) {
	c, err := client.New(client.Config{BaseURL: server, Token: p.env("API_TOKEN", ""), UserAgent: "scalebook/" + version(), CacheSize: -1})
	if err != nil {
		return nil, fmt.Errorf("%w: --server: %w", errUsage, err)
	}
	return c, nil
}
