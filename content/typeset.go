package content

import (
	"html"
	"regexp"
	"strings"

	"github.com/scalebook/scalebook/content/mathml"
)

var formula = regexp.MustCompile(`(<(?:span|div)(?: id="[^"]*")? class="math( math-display)?">)([^<]*)</`)

// typeset sets the formulas of sanitised HTML. The source of each stays with it as its annotation; one that can't be set
// stays as it is written.
func typeset(s string) string {
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
