package chart

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

//go:embed font/figure-regular.otf
var regularOTF []byte

//go:embed font/figure-semibold.otf
var semiboldOTF []byte

// typeface is the family that labels are measured and rasterised in. Its
// glyphs are those of the family the pages use, so a measure made here holds
// in a browser.
type typeface struct{ regular, bold *sfnt.Font }

// faces parses the embedded family once.
var faces = sync.OnceValues(func() (typeface, error) {
	regular, err := sfnt.Parse(regularOTF)
	if err != nil {
		return typeface{}, fmt.Errorf("chart: parse font figure-regular: %w", err)
	}
	bold, err := sfnt.Parse(semiboldOTF)
	if err != nil {
		return typeface{}, fmt.Errorf("chart: parse font figure-semibold: %w", err)
	}
	return typeface{regular, bold}, nil
})

func (t typeface) of(bold bool) *sfnt.Font {
	if bold {
		return t.bold
	}
	return t.regular
}

// slack allows for tabular figures and fallback families, which run a little
// wider than the measured one.
const slack = 1.05

// textWidth is the width of s in pixels at size. A rune without a glyph counts
// as a full em, the widest that a fallback family draws.
func textWidth(s string, size float64, bold bool) float64 {
	t, err := faces()
	if err != nil {
		return float64(len([]rune(s))) * size
	}
	f := t.of(bold)
	var buf sfnt.Buffer
	const ppem = 1000
	width := 0.0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			r = '0' // figures are tabular
		}
		i, err := f.GlyphIndex(&buf, r)
		if err != nil || i == 0 {
			width += size
			continue
		}
		a, err := f.GlyphAdvance(&buf, i, fixed.I(ppem), font.HintingNone)
		if err != nil {
			width += size
			continue
		}
		width += float64(a) / 64 / ppem * size
	}
	return width * slack
}

// ellipsis shortens s with an ellipsis until it is no wider than limit.
func ellipsis(s string, size float64, bold bool, limit float64) string {
	if textWidth(s, size, bold) <= limit {
		return s
	}
	runes := []rune(s)
	for n := len(runes) - 1; n > 0; n-- {
		t := strings.TrimRight(string(runes[:n]), " \u00a0,·") + "…"
		if textWidth(t, size, bold) <= limit {
			return t
		}
	}
	return ""
}

// wrap breaks s into lines no wider than limit, at spaces. A word wider than a
// line is shortened.
func wrap(s string, size float64, limit float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }) {
		word = ellipsis(word, size, false, limit)
		switch {
		case line == "":
			line = word
		case textWidth(line+" "+word, size, false) <= limit:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
