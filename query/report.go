package query

import (
	"strconv"

	"github.com/scalebook/scalebook/metrics"
)

// ReportList is a page of the library, newest first; Total counts what the filter takes.
type ReportList struct {
	Total   int             `json:"total"`
	Reports []ReportSummary `json:"reports"`
}

// ReportSummary is a report as a listing shows it. Date is absent where it is not known.
type ReportSummary struct {
	Slug          string  `json:"slug"`
	Title         string  `json:"title"`
	Lang          string  `json:"lang"`
	Date          *Moment `json:"date,omitempty"`
	Summary       string  `json:"summary"`
	Minutes       int     `json:"minutes"`
	TranslationOf string  `json:"translation_of,omitempty"`
	Source        string  `json:"source,omitempty"`
}

// Report is one report with everything that was found in it.
type Report struct {
	Slug          string          `json:"slug"`
	Title         string          `json:"title"`
	Lang          string          `json:"lang"`
	Date          *Moment         `json:"date,omitempty"`
	Summary       string          `json:"summary"`
	Keywords      []string        `json:"keywords"`
	Author        string          `json:"author,omitempty"`
	Translator    string          `json:"translator,omitempty"`
	License       string          `json:"license,omitempty"`
	OriginalURL   string          `json:"original_url,omitempty"`
	TranslationOf string          `json:"translation_of,omitempty"`
	Source        string          `json:"source,omitempty"`
	Minutes       int             `json:"minutes"`
	Sections      []ReportSection `json:"sections"`
	Figures       []ReportFigure  `json:"figures"`
	Links         []ReportLink    `json:"links"`
	Terms         []ReportTerm    `json:"terms"`
	Claims        []Claim         `json:"claims"`
	Mentions      []ReportMention `json:"mentions"`
	Lint          []ReportLint    `json:"lint"`
	Citation      Citation        `json:"citation"`
}

// ReportSection is the text under one heading.
type ReportSection struct {
	Anchor  string `json:"anchor"`
	Heading string `json:"heading"`
	Level   int    `json:"level"`
	Text    string `json:"text"`
}

// ReportFigure is an image of a report; Missing says that it could not be found.
type ReportFigure struct {
	Anchor  string `json:"anchor"`
	Src     string `json:"src,omitempty"`
	Alt     string `json:"alt,omitempty"`
	Caption string `json:"caption,omitempty"`
	Missing bool   `json:"missing"`
}

// ReportLink is a link of a report; Report is the slug where it leads to another of the library.
type ReportLink struct {
	Href    string `json:"href"`
	Text    string `json:"text"`
	Report  string `json:"report,omitempty"`
	Missing bool   `json:"missing"`
}

// ReportTerm is a term that the report gives in both languages.
type ReportTerm struct {
	Ko string `json:"ko"`
	En string `json:"en"`
}

// ReportMention is a metric or subject that a report names, first at Anchor.
type ReportMention struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Anchor string `json:"anchor"`
	Count  int    `json:"count"`
}

// ReportLint is something in the source of a report that is better mended there.
type ReportLint struct {
	Line    int          `json:"line"`
	Rule    string       `json:"rule"`
	Message string       `json:"message"` // in English
	Text    metrics.Text `json:"text"`
}

// Table implements [Tabular].
func (l ReportList) Table() Table {
	t := Table{Header: []string{"slug", "title", "lang", "date", "summary", "minutes", "translation_of", "source"}}
	for _, r := range l.Reports {
		t.Rows = append(t.Rows, []string{r.Slug, r.Title, r.Lang, moment(r.Date), r.Summary, strconv.Itoa(r.Minutes), r.TranslationOf, r.Source})
	}
	return t
}
