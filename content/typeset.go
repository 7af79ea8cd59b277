package content

import (
	"html"
	"regexp"
	"strings"

	"github.com/scalebook/scalebook/content/mathml"
)

// dateCell is a cell that holds a date alone. Browsers break one at its hyphens where a column is narrow.
var dateCell = regexp.MustCompile(`<(td|th)((?: align="[a-z]+")?)>(\d{4}-\d{2}(?:-\d{2})?)</`)

var formula = regexp.MustCompile(`(<(?:span|div)(?: id="[^"]*")? class="math( math-display)?">)([^<]*)</`)

// typeset sets the formulas of sanitised HTML, and keeps dates in tables whole. The source of a formula stays with it as its
// annotation; one that can't be set stays as it is written.
func typeset(s string) string {
	if strings.Contains(s, "<t") {
		s = dateCell.ReplaceAllString(s, `<$1$2 class="nb">$3</`)
	}
	if !strings.Contains(s, `class="math`) {
		return s
	}
	return formula.ReplaceAllStringFunc(s, func(tag string) string {
		m := formula.FindStringSubmatch(tag)
		source := html.UnescapeString(m[3])
		set, err := mathml.Convert(strings.Trim(strings.TrimSpace(source), "$"), source, m[2] != "")
		if err != nil {
			return tag
		}
		return m[1] + set + "</"
	})
}
