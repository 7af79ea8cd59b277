package templates

import (
	"cmp"
	"strings"
)

// CitationFile is the address of the answer's citation in a form, .bib or .csl.json; "" where the answer has none.
func (t Tools) CitationFile(form string) string {
	answer := cmp.Or(t.Cited, t.JSON)
	if t.BibTeX == "" || !strings.HasPrefix(answer, "/api/v1/") {
		return ""
	}
	path, params, asked := strings.Cut(answer, "?")
	address := strings.TrimSuffix(path, ".json") + form
	if asked {
		address += "?" + params
	}
	return address
}
