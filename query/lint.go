package query

import (
	"strconv"

	"github.com/scalebook/scalebook/metrics"
)

// LintList is what was repaired in the sources of reports and what could not be, by source, file and line.
type LintList struct {
	Total    int           `json:"total"`
	Findings []LintFinding `json:"findings"`
}

// LintFinding is one place of a source. Report is empty for a file that was set aside; Mended says that the report reads well
// in spite of it.
type LintFinding struct {
	Source  string       `json:"source"`
	Path    string       `json:"path"`
	Report  string       `json:"report,omitempty"`
	Line    int          `json:"line"`
	Rule    string       `json:"rule"`
	Title   metrics.Text `json:"title"`
	Mended  bool         `json:"mended"`
	Message string       `json:"message"` // in English
	Text    metrics.Text `json:"text"`
}

// Table implements [Tabular].
func (l LintList) Table() Table {
	t := Table{Header: []string{"source", "path", "report", "line", "rule", "mended", "title_ko", "title_en", "message", "message_ko"}}
	for _, f := range l.Findings {
		t.Rows = append(t.Rows, []string{f.Source, f.Path, f.Report, strconv.Itoa(f.Line), f.Rule, strconv.FormatBool(f.Mended), f.Title.Ko, f.Title.En, f.Message, f.Text.Ko})
	}
	return t
}
