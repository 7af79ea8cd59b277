// Package content turns markdown as it is found in the wild into reports that read like an edited publication.
package content

import (
	"math"
	"time"
)

// Report is one document of the library, parsed, repaired and rendered.
type Report struct {
	Slug          string // file name without extension, lower case, NFC
	Title         string
	Lang          string // ko or en
	Date          time.Time
	Summary       string
	Excerpt       bool // Summary is the beginning of the text, for want of one that somebody wrote
	Keywords      []string
	Author        string
	Translator    string
	License       string
	OriginalURL   string
	TranslationOf string // slug of the report in this library that this one translates
	Source        string // name of the source it came from
	Path          string // file within the source
	Public        bool   // false keeps the full text from readers without the token

	HTML     string // sanitised body; every heading and block carries its anchor as id
	Notes    string // the footnotes, which end HTML, on their own
	Sections []Section
	Passages []Passage
	Figures  []Figure
	Links    []Link
	Terms    []Term
	Claims   []Claim
	Mentions []Mention
	Trends   []TrendBlock
	Lint     []Lint
	Words    int    // as separated by spaces: 어절 in Korean
	Hangul   int    // syllables
	Latin    int    // words in Latin script
	Revision string // SHA-256 of the file, in hexadecimal
}

// Shown returns what everybody may know of a report: all of a public one, of another neither its text nor what was mined
// from it.
func (r *Report) Shown() *Report {
	if r.Public {
		return r
	}
	q := *r
	q.HTML, q.Notes = "", ""
	q.Sections, q.Passages, q.Figures, q.Links, q.Terms, q.Claims, q.Lint = nil, nil, nil, nil, nil, nil, nil
	return &q
}

// Minutes is the reading time, at least one: 500 Hangul syllables or 230 Latin words a minute, rounded up.
func (r *Report) Minutes() int {
	return max(1, int(math.Ceil(float64(r.Hangul)/500+float64(r.Latin)/230)))
}

// Section is a heading and the text up to the next one. The text before the first heading has an empty heading.
type Section struct {
	Anchor  string
	Heading string
	Level   int
	Text    string
	HTML    string // the section's rendered blocks, its heading included
}

// Passage is one block (paragraph, list, table, quote or caption): what search finds and links to.
type Passage struct {
	Anchor  string
	Heading string // the heading it stands under
	Kind    string // paragraph, list, table, quote, caption, code
	Text    string // plain text, NFC, white space folded
	Note    bool   // a reference note or source line rather than the report's own text
	Line    int    // of the file
}

// Figure is an image of a report. Src is the address it is served at, unless Missing.
type Figure struct {
	Anchor  string
	Src     string
	Alt     string
	Caption string
	Missing bool
	Width   int
	Height  int
	Line    int // of the file
}

// Link is a link of a report as rendered. Report is the slug it leads to inside the library.
type Link struct {
	Href     string
	Original string // as written, where repair changed it
	Text     string
	Report   string
	Missing  bool
	Wiki     bool `json:",omitempty"` // written as [[…]]: text where it is missing
	Line     int  // of the file
}

// Term is a pair of renderings mined from 한국어(English) and its kin.
type Term struct {
	Ko     string
	En     string
	Anchor string // first use
	Line   int    // and its line in the file; 0 where an operator gave the pair
}

// Claim is a sentence that gives a number for a metric of the catalogue.
type Claim struct {
	Anchor   string // of the passage
	Sentence string
	Start    int // byte offsets of the number within Sentence
	End      int
	Metric   string
	Subject  string // empty when the sentence names none
	Value    float64
	Unit     string
}

// Mention is a known metric or subject named in the text.
type Mention struct {
	Kind   string // metric or subject
	ID     string
	Anchor string // passage of the first mention
	Count  int
}

// Lint is something that was repaired or could not be.
type Lint struct {
	Line   int
	Rule   string
	Detail string   // which of the things that the rule says; the rule's title where it is empty
	Args   []string // what it says them of
}

// TrendBlock asks for the live chart of a metric. In HTML it stands as the empty element
//
//	<figure class="trend" id="ANCHOR" data-metric="…" data-of="…" data-fit="…"></figure>
//
// which [Report.WithTrends] fills.
type TrendBlock struct {
	Anchor  string
	Metric  string // ids separated by commas: a comparison
	Of      string // frontier or all
	Fit     string // auto, linear, exponential, logistic or none
	Since   string
	Until   string
	Caption string
}
