package query

// Term is a term of the glossary with the reports that introduce it.
type Term struct {
	ID         string          `json:"id"`
	Ko         string          `json:"ko,omitempty"`
	En         string          `json:"en,omitempty"`
	Variants   []string        `json:"variants,omitempty"`
	Kind       string          `json:"kind"`
	Note       string          `json:"note,omitempty"`
	Renderings []TermRendering `json:"renderings"`
}

// TermRendering is a Korean rendering of a term and the reports that introduce it so, the oldest first.
type TermRendering struct {
	Ko      string       `json:"ko"`
	Reports []TermReport `json:"reports"`
}

// TermReport is where a report introduces a term.
type TermReport struct {
	Slug   string  `json:"slug"`
	Title  string  `json:"title"`
	Lang   string  `json:"lang"`
	Date   *Moment `json:"date,omitempty"`
	Anchor string  `json:"anchor"`
}
