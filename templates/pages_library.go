package templates

// Lint is what was repaired in the sources of reports, and what could not be.
type Lint struct {
	Frame
	Rules, Sources []Choice
	Total, Shown   string
	Files          []LintFile
	Prev, Next     string
	JSON, CSV      string // addresses of the same in other forms
}

// Template implements [Page].
func (Lint) Template() string { return "lint" }

// LintFile is the findings of one file; URL is that of the report that was made of it.
type LintFile struct {
	Path, URL string
	Items     []LintFinding
}

// LintFinding is one place in a file.
type LintFinding struct {
	Line, Title, Message string
	Mended               bool
}

// Term is one term of the glossary: its forms, where it was introduced, and passages that use it.
type Term struct {
	Frame
	Korean, English, Kind, Note string
	Variants                    []string
	Renderings                  []TermRendering
	Passages                    []TermPassage
	SearchURL                   string
}

// Template implements [Page].
func (Term) Template() string { return "term" }

// TermRendering is a Korean rendering with the reports that introduce it, the first use first.
type TermRendering struct {
	Ko      string
	Reports []Choice
}

// TermPassage is a passage that uses the term.
type TermPassage struct {
	Report, Lang, Date string
	Passage
}
