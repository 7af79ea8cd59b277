package query

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// CSLItem is an item of a bibliography as CSL-JSON has it (https://citeproc-js.readthedocs.io, csl-data 1.0), which Zotero,
// pandoc and citeproc read; as many of its variables as scalebook has something to say about.
type CSLItem struct {
	ID             string    `json:"id"`
	Type           string    `json:"type"` // dataset or report
	Title          string    `json:"title"`
	Author         []CSLName `json:"author,omitempty"`
	Translator     []CSLName `json:"translator,omitempty"`
	ContainerTitle string    `json:"container-title,omitempty"`
	Issued         *CSLDate  `json:"issued,omitempty"`
	Language       string    `json:"language,omitempty"`
	Version        string    `json:"version,omitempty"`
	Note           string    `json:"note,omitempty"`
	URL            string    `json:"URL"`
}

// CSLName is a name that is not to be taken apart.
type CSLName struct {
	Literal string `json:"literal"`
}

// CSLDate is a day.
type CSLDate struct {
	DateParts [][]int `json:"date-parts"`
}

func cslDate(t time.Time) *CSLDate {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &CSLDate{DateParts: [][]int{{t.Year(), int(t.Month()), t.Day()}}}
}

// BibTeX is the item for LaTeX, as UTF-8; names are braced, so that nothing is taken apart.
func (i CSLItem) BibTeX() string {
	var b strings.Builder
	kind := "misc"
	if i.Type == "report" {
		kind = "techreport"
	}
	fmt.Fprintf(&b, "@%s{%s", kind, citationKey(i.ID))
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, ",\n  %s = {%s}", name, value)
		}
	}
	field("title", bibtex(i.Title))
	field("author", bibtexNames(i.Author))
	field("translator", bibtexNames(i.Translator))
	if i.Type == "report" {
		field("institution", bibtex(i.ContainerTitle))
	}
	if i.Issued != nil && len(i.Issued.DateParts) > 0 && len(i.Issued.DateParts[0]) == 3 {
		day := i.Issued.DateParts[0]
		field("year", fmt.Sprintf("%04d", day[0]))
		field("date", fmt.Sprintf("%04d-%02d-%02d", day[0], day[1], day[2]))
	}
	field("version", bibtex(i.Version))
	field("note", bibtex(i.Note))
	field("url", strings.NewReplacer("{", "%7B", "}", "%7D", `\`, "%5C").Replace(i.URL))
	b.WriteString("\n}")
	return b.String()
}

func bibtexNames(names []CSLName) string {
	braced := make([]string, len(names))
	for i, n := range names {
		braced[i] = "{" + bibtex(n.Literal) + "}"
	}
	return strings.Join(braced, " and ")
}

// citationKey keeps a key to what every BibTeX takes.
func citationKey(s string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_:.", r)) {
			return r
		}
		return '-'
	}, s)
}

func bibtex(s string) string {
	return strings.NewReplacer(`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "&", `\&`, "%", `\%`, "#", `\#`, "_", `\_`, "$", `\$`,
		"~", `\textasciitilde{}`, "^", `\textasciicircum{}`).Replace(s)
}
