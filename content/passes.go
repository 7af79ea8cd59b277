package content

import (
	"slices"
	"strings"
)

// sourcePass mends the lines of a file before markdown reads them.
type sourcePass struct {
	name string
	run  func(*source)
}

// treePass mends the parsed document.
type treePass struct {
	name string
	run  func(*document)
}

// The passes in the order in which they run. None changes a word; each can be left out by its name in ParseConfig.Skip.
var (
	sourcePasses = []sourcePass{
		{"dialect", readDialects},
		{"html-layout", unwrapLayoutHTML},
		{"split-link", joinSplitLinks},
		{"wiki-link", readWikiLinks},
		{"heading-space", spaceHeadings},
		{"bold-space", tightenBold},
		{"list-symbol", listSymbols},
		{"delimited-table", readDelimitedTables},
		{"broken-cell", joinBrokenCells},
		{"table-delimiter", delimitTables},
		{"table-width", widenTables},
		{"paragraph-lines", partParagraphLines},
		{"footnote", pairFootnotes},
		{"accidental-code", dedentAccidentalCode},
	}
	treePasses = []treePass{
		{"heading-paragraph", demoteParagraphHeadings},
		{"title", takeTitle},
		{"bold-heading", raiseBoldHeadings},
		{"heading-level", levelHeadings},
		{"label", readLabels},
		{"literal-stars", dropLiteralStars},
		{"figure", buildFigures},
		{"note", markNotes},
		{"trend", readTrends},
	}
)

// Passes returns the names of the repair passes in the order in which they run.
func Passes() []string {
	var names []string
	for _, p := range sourcePasses {
		names = append(names, p.name)
	}
	for _, p := range treePasses {
		names = append(names, p.name)
	}
	return names
}

func (s *source) repair() {
	for _, p := range sourcePasses {
		if !slices.Contains(s.skip, p.name) {
			p.run(s)
		}
	}
}

func (d *document) repair(skip []string) {
	for _, p := range treePasses {
		if !slices.Contains(skip, p.name) {
			p.run(d)
		}
	}
}

// lint notes a finding under rule, or rule/detail where the rule has several things to say.
func (r *Report) lint(line int, rule string, args ...string) {
	rule, detail, _ := strings.Cut(rule, "/")
	r.Lint = append(r.Lint, Lint{Line: line, Rule: rule, Detail: detail, Args: args})
}
