package korean

// Kind says what a token is, and so which index field it belongs to.
type Kind uint8

const (
	// Morpheme is a content morpheme of Korean: a noun, root, adverb, or the
	// stem of a verb or adjective. Particles and endings leave no token.
	Morpheme Kind = iota + 1
	// Latin is a word or name with Latin letters, folded to lower case;
	// plain English words are stemmed.
	Latin
	// Number is a number without its grouping commas.
	Number
	// Bigram is two neighbouring Hangul syllables as they are written, particles
	// included, across spaces too, so that neither spacing nor a word that isn't
	// known keeps a text from being found. An eojeol of one syllable is a bigram of
	// its own as well.
	Bigram
	// Pair is two neighbouring content tokens written together, so that
	// 데이터센터, 데이터 센터 and 데이터의 센터 share one term.
	Pair
)

// Stream is one of the three token sequences that a text yields. Each is meant
// for an index field of its own.
type Stream uint8

const (
	// Content holds the Morpheme, Latin and Number tokens.
	Content Stream = iota
	// Bigrams holds the Bigram tokens.
	Bigrams
	// Pairs holds the Pair tokens.
	Pairs
)

// Stream returns the sequence that tokens of kind k belong to.
func (k Kind) Stream() Stream {
	switch k {
	case Bigram:
		return Bigrams
	case Pair:
		return Pairs
	default:
		return Content
	}
}

// String returns the English name of the kind in lower case.
func (k Kind) String() string {
	switch k {
	case Morpheme:
		return "morpheme"
	case Latin:
		return "latin"
	case Number:
		return "number"
	case Bigram:
		return "bigram"
	case Pair:
		return "pair"
	default:
		return "unknown"
	}
}

// Token is one searchable term of a text.
type Token struct {
	// Term is what is indexed and looked up.
	Term string
	// Start and End are byte offsets of what the term stands for in the
	// analysed text: text[Start:End]. They fall on character boundaries.
	Start, End int
	// Position counts within the token's stream, from 1. Alternatives such as
	// a compound and its first part share a position, so that phrases match
	// by either. A sentence end leaves a gap.
	Position int
	// Kind is the token's kind.
	Kind Kind
}
