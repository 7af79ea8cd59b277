// Package search finds the passage of a report, the metric, the subject or the glossary term that a person means, in
// Korean, English or both.
//
// The index is a sequence of generations, each a folder with a Bleve index (the record: passages stored, what
// filters indexed) and beside it the flat postings of package impact that terms are looked up and ranked in. [Build] writes a generation,
// an [Index] opens the live one read-only and swaps to a newer one without dropping a query.
//
// A query goes one way: parse (what was typed) → plan (which terms, at what weight) → rank (which passages) → group by
// report → mark what matched.
package search
