package chart

import "strings"

// Kinds of [Swatch] beside those of a [Series].
const (
	SwatchDots   = "dots"   // the other observations
	SwatchFit    = "fit"    // a curve with its bands
	SwatchReport = "report" // a dated document
	SwatchHollow = "hollow" // what has no shape of its own
)

// Swatch returns a small drawing of what stands for a series or another part
// of a chart, for a key that a page writes itself. It is decoration: the name
// beside it says what it is.
func Swatch(kind string, color int) string {
	const width, middle = 18.0, 6.0
	s := &scene{}
	switch kind {
	case StepAfter:
		s.path("record", seriesNumber(color), contour{points: []point{{0, 9}, {9, 9}, {9, 3}, {width, 3}}})
	case Line:
		s.line("thin", seriesNumber(color), 0, middle, width, middle)
	case SwatchDots:
		s.disc("dots", 0, point{5, 8}, 2.5, nil)
		s.disc("dots", 0, point{12, 4}, 2.5, nil)
	case SwatchFit:
		s.path("interval", color, contour{closed: true, points: []point{{0, 12}, {0, 6}, {width, 0}, {width, 6}}})
		s.line("fit", 0, 0, 9, width, 3)
	case SwatchHollow:
		s.disc("hollow", 0, point{9, middle}, 4.5, nil)
	case SwatchReport:
		s.glyph("flag", 2, point{9, 6}, 4, nil)
	default:
		s.glyph("flag", seriesNumber(color), point{9, middle}, 4.5, nil)
	}
	var b strings.Builder
	b.WriteString(`<svg class="plot swatch" viewBox="0 0 18 12" width="18" height="12" aria-hidden="true">`)
	for i := range s.shapes {
		writeGroup(&b, s.shapes[i:i+1])
	}
	return strings.ReplaceAll(b.String(), "\n", "") + "</svg>"
}
