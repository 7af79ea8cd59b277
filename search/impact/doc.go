// Package impact keeps postings with the BM25 contribution of each occurrence computed ahead, in one file that is
// mapped into memory and never changes.
//
// Bleve stays the index of record; this file stands beside it in a generation because a ranked query here costs a pass
// over flat arrays, where a reader of segments decodes each posting and its length. The file also holds the content
// tokens of every document in order, with their offsets, so that neither highlighting nor phrases analyse text again.
//
// BM25 follows Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the fields
// of one document folded into one weighted term frequency before saturation (BM25F) within each stream.
package impact

// K1 and B are the saturation and length parameters of BM25.
const (
	K1 = 1.2
	B  = 0.75
)

// maxImpact bounds the BM25 contribution of a term before its idf; impacts are kept as 16-bit fractions of it.
const maxImpact = K1 + 1

// Posting says how strongly a term speaks for a document: Impact times Unit is its BM25 term weight before the idf.
type Posting struct {
	Doc    uint32
	Impact uint16
}

// Unit is the weight of one step of an impact.
const Unit = maxImpact / 65535.0

const (
	magic   = "SBIMPACT"
	version = 1
)
