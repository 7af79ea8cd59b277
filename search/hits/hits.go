// Package hits has the shapes of a search: what is asked and what comes back. It is apart from package search so that a
// program that only asks over HTTP does not carry the index and the dictionary.
package hits

import (
	"time"
)

// Kinds of hits.
const (
	KindReport  = "report"
	KindMetric  = "metric"
	KindSubject = "subject"
	KindTerm    = "term"
)

// Orders of hits. Any other value means relevance.
const (
	SortRelevance = "relevance"
	SortNewest    = "newest"
	SortOldest    = "oldest"
	SortTitle     = "title"
)

// Defaults and bounds of a Query.
const (
	DefaultLimit    = 10
	MaxLimit        = 100
	DefaultPassages = 3
	MaxPassages     = 10
)

// Query asks for hits. Its zero value but for Text is a query with the defaults.
type Query struct {
	// Text is what was typed: words, "a phrase", -word, a OR b, prefix*, title:word, term:word. It is never an error.
	Text string
	// Kinds limits the kinds of hits; empty means all.
	Kinds []string
	// Lang limits reports to one language, ko or en. What has no language of its own passes.
	Lang string
	// From and To are a half-open range of dates; hits without a date are outside of any.
	From, To time.Time
	// Limit is the number of hits, DefaultLimit when 0 and at most MaxLimit; negative asks for the count alone.
	Limit int
	// Offset is how many of the best hits to leave out.
	Offset int
	// Passages is the number of passages per hit, DefaultPassages when 0 and at most MaxPassages.
	Passages int
	// Sort is the order of the hits.
	Sort string
}

// Normal returns q with defaults filled in and bounds kept.
func (q Query) Normal() Query {
	switch {
	case q.Limit == 0:
		q.Limit = DefaultLimit
	case q.Limit < 0:
		q.Limit = 0
	}
	q.Limit = min(q.Limit, MaxLimit)
	q.Offset = max(q.Offset, 0)
	if q.Passages <= 0 {
		q.Passages = DefaultPassages
	}
	q.Passages = min(q.Passages, MaxPassages)
	return q
}

// Results answers a Query. It marshals to the documented JSON.
type Results struct {
	Query string `json:"query"`
	// Total counts all hits, whatever Limit and Offset say.
	Total int `json:"total"`
	// TookUS is the time of the search with its snippets, in microseconds.
	TookUS int64  `json:"took_us"`
	Hits   []Hit  `json:"hits"`
	Facets Facets `json:"facets"`
	// DidYouMean is the query as it was probably meant, when what was typed is not in the index.
	DidYouMean string `json:"did_you_mean,omitempty"`
	// AlsoSearched are the words that were looked for besides those typed.
	AlsoSearched []string `json:"also_searched,omitempty"`
	// NotFound are the words typed that nothing has, neither as they are nor in other words. Filters play no part in it.
	NotFound []string `json:"not_found,omitempty"`
}

// Hit is one report, metric, subject or term.
type Hit struct {
	Kind     string    `json:"kind"`
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	URL      string    `json:"url"`
	Score    float64   `json:"score"`
	Lang     string    `json:"lang,omitempty"`
	Date     string    `json:"date,omitempty"`
	Passages []Passage `json:"passages"`
}

// Passage is a place in a hit. Snippet is HTML-safe.
type Passage struct {
	Heading string `json:"heading"`
	Anchor  string `json:"anchor"`
	Snippet string `json:"snippet"`
}

// Facets count all hits by a property, most frequent first.
type Facets struct {
	Kind []Count `json:"kind,omitempty"`
	Lang []Count `json:"lang,omitempty"`
	Year []Count `json:"year,omitempty"`
}

// Count is the number of hits that share a value.
type Count struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Suggestion completes what is being typed.
type Suggestion struct {
	Text string `json:"text"`
	Kind string `json:"kind"`
	URL  string `json:"url"`
}

// Suggestions is what the text typed so far may be on the way to.
type Suggestions struct {
	Suggestions []Suggestion `json:"suggestions"`
}
