package search

import (
	"context"
	"encoding/binary"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
)

// rankedQuery is a Bleve query whose matches are the documents that rank selects, with their scores.
type rankedQuery struct {
	rank  func(context.Context) ([]scored, error)
	shelf *shelf
}

var _ query.Query = (*rankedQuery)(nil)

// Searcher implements query.Query.
func (q *rankedQuery) Searcher(ctx context.Context, _ index.IndexReader, _ mapping.IndexMapping, _ search.SearcherOptions) (search.Searcher, error) {
	docs, err := q.rank(ctx)
	if err != nil {
		return nil, err
	}
	s := &rankedSearcher{docs: docs, ids: make([]index.IndexInternalID, len(docs))}
	for i, d := range docs {
		if s.ids[i], err = q.shelf.internalID(d.doc); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// rankedSearcher yields selected documents, best first.
type rankedSearcher struct {
	docs []scored
	ids  []index.IndexInternalID
	next int
}

var _ search.Searcher = (*rankedSearcher)(nil)

// Next implements search.Searcher.
func (s *rankedSearcher) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	for s.next < len(s.docs) {
		i := s.next
		s.next++
		if s.ids[i] == nil {
			continue
		}
		m := ctx.DocumentMatchPool.Get()
		m.IndexInternalID = append(m.IndexInternalID[:0], s.ids[i]...)
		m.Score = float64(s.docs[i].score)
		return m, nil
	}
	return nil, nil
}

// Advance implements search.Searcher. The order is by score, so it can only go on until the document number is reached.
func (s *rankedSearcher) Advance(ctx *search.SearchContext, id index.IndexInternalID) (*search.DocumentMatch, error) {
	for {
		m, err := s.Next(ctx)
		if m == nil || err != nil || binary.BigEndian.Uint64(m.IndexInternalID) >= binary.BigEndian.Uint64(id) {
			return m, err
		}
		ctx.DocumentMatchPool.Put(m)
	}
}

// Close implements search.Searcher.
func (s *rankedSearcher) Close() error { return nil }

// Weight implements search.Searcher.
func (s *rankedSearcher) Weight() float64 { return 1 }

// SetQueryNorm implements search.Searcher; scores are final.
func (s *rankedSearcher) SetQueryNorm(float64) {}

// Count implements search.Searcher.
func (s *rankedSearcher) Count() uint64 { return uint64(len(s.docs)) }

// Min implements search.Searcher.
func (s *rankedSearcher) Min() int { return 0 }

// Size implements search.Searcher.
func (s *rankedSearcher) Size() int { return len(s.docs) * 24 }

// DocumentMatchPoolSize implements search.Searcher.
func (s *rankedSearcher) DocumentMatchPoolSize() int { return 1 }
