package search

import "github.com/scalebook/scalebook/search/hits"

// What is asked and what comes back; see package hits.
type (
	Query      = hits.Query
	Results    = hits.Results
	Hit        = hits.Hit
	Passage    = hits.Passage
	Facets     = hits.Facets
	Count      = hits.Count
	Suggestion = hits.Suggestion
)

// Kinds of hits.
const (
	KindReport  = hits.KindReport
	KindMetric  = hits.KindMetric
	KindSubject = hits.KindSubject
	KindTerm    = hits.KindTerm
)

// Orders of hits. Any other value means relevance.
const (
	SortRelevance = hits.SortRelevance
	SortNewest    = hits.SortNewest
	SortOldest    = hits.SortOldest
	SortTitle     = hits.SortTitle
)

// Defaults and bounds of a Query.
const (
	DefaultLimit    = hits.DefaultLimit
	MaxLimit        = hits.MaxLimit
	DefaultPassages = hits.DefaultPassages
	MaxPassages     = hits.MaxPassages
)
