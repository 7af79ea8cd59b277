// Package impact keeps postings with the BM25 contribution of each occurrence computed ahead, in one file that is
// mapped into memory and never changes.
//
// Bleve stays the index of record; this file stands beside it in a generation because a ranked query here costs a pass
// over flat arrays, where a reader of segments decodes each posting and its length. The file also holds the content
// tokens of every document in order, with their offsets, so that neither highlighting nor phrases analyse text again.
//
// A term is known by a hash of 62 bits of its stream and text. Only what is ever listed by its spelling, content terms and
// surface words, keeps its text: of the bigrams and pairs, most of a vocabulary, the hash alone. Two of a million terms
// share one with a probability of one in ten million, and would then share their postings.
//
// Building is a partitioned sort: occurrences are divided by the first bits of their hash as they come, into buffers
// that overflow to a file, and each part is then grouped by itself in the processor's cache. Memory holds the vocabulary and
// one such part, not the postings.
//
// BM25 follows Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the fields
// of one document folded into one weighted term frequency before saturation (BM25F) within each stream.
package impact

import "github.com/scalebook/scalebook/search/korean"

// K1 and B are the saturation and length parameters of BM25.
const (
	K1 = 1.2
	B  = 0.75
)

// maxImpact bounds the BM25 contribution of a term before its idf; impacts are kept as 16-bit fractions of it.
const maxImpact = K1 + 1

// Highest is the greatest impact, and Unit the weight of one step of an impact.
const (
	Highest = 65535
	Unit    = maxImpact / Highest
)

// Words is the stream of surface words: each run of letters and digits as it is written, in lower case, but for those that
// are a content term as they stand. They are what a prefix is looked up in.
const Words = korean.Pairs + 1

// streams is the number of token streams, each with its own statistics.
const streams = int(Words) + 1

const (
	magic = "SBIMPACT"
	// version counts the changes of the format; those of the analysis are counted by [korean.Version].
	version = 5
)
