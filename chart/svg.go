package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// svg writes the scene as markup. With own, the palette and the rules travel
// in a style element; without, the page's stylesheet holds CSS().
func (s *scene) svg(own bool) string {
	var b strings.Builder
	id := s.id()
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="plot %s" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="%s-t"`,
		s.kind, num(s.width), num(s.height), num(s.width), num(s.height), id)
	if s.desc != "" {
		fmt.Fprintf(&b, ` aria-describedby="%s-d"`, id)
	}
	if s.lang != "" {
		fmt.Fprintf(&b, ` lang="%s"`, escape(s.lang))
	}
	if x := s.across; x != nil && !own {
		b.WriteString(x.attributes(s.plot))
	}
	fmt.Fprintf(&b, "><title id=\"%s-t\">%s</title>", id, escape(s.title))
	if s.desc != "" {
		fmt.Fprintf(&b, "<desc id=\"%s-d\">%s</desc>", id, escape(s.desc))
	}
	if own {
		b.WriteString("<style>" + tokenRules() + CSS() + "</style>")
	}
	b.WriteString("\n<g aria-hidden=\"true\">\n") // the title and description say what it shows
	for i := 0; i < len(s.shapes); {
		j := i + 1
		for j < len(s.shapes) && groupClass(s.shapes[j]) == groupClass(s.shapes[i]) {
			j++
		}
		writeGroup(&b, s.shapes[i:j])
		i = j
	}
	b.WriteString("</g></svg>")
	return b.String()
}

// attributes tell a script where the plot lies and what its x axis spans, so
// that a stretch of pixels can be named in the axis's own terms.
func (s scale) attributes(plot rect) string {
	kind := "linear"
	switch {
	case s.axis.Time:
		kind = "time"
	case s.axis.Log:
		kind = "log"
	}
	bound := func(v float64) string { return strings.Replace(strconv.FormatFloat(v, 'g', 12, 64), "e+", "e", 1) }
	return fmt.Sprintf(` data-plot="%s %s %s %s" data-x="%s %s %s"`, num(plot.left), num(plot.top), num(plot.right), num(plot.bottom),
		kind, bound(s.min), bound(s.max))
}

// groupClass is the class list that a shape shares with its neighbours.
func groupClass(s shape) string {
	var c []string
	if t := s.text; t != nil {
		c = append(c, "t"+num(t.size), "f-"+string(t.color))
	} else {
		c = append(c, s.class)
	}
	if s.color != 0 {
		c = append(c, "c"+strconv.Itoa(seriesNumber(s.color)))
	}
	return strings.Join(c, " ")
}

func writeGroup(b *strings.Builder, shapes []shape) {
	fmt.Fprintf(b, `<g class="%s">`, groupClass(shapes[0]))
	for _, s := range shapes {
		switch {
		case s.text != nil:
			writeText(b, *s.text)
		case s.disc != nil:
			fmt.Fprintf(b, `<circle cx="%s" cy="%s" r="%s"`, num(s.disc.center.x), num(s.disc.center.y), num(s.disc.r))
			closeMark(b, "circle", s.data)
		default:
			b.WriteString(`<path d="`)
			for _, c := range s.path {
				writeContour(b, c)
			}
			b.WriteByte('"')
			closeMark(b, "path", s.data)
		}
	}
	b.WriteString("</g>\n")
}

func writeText(b *strings.Builder, t text) {
	var c []string
	if t.bold {
		c = append(c, "b")
	}
	if t.halo {
		c = append(c, "h")
	}
	b.WriteString("<text")
	if len(c) > 0 {
		fmt.Fprintf(b, ` class="%s"`, strings.Join(c, " "))
	}
	fmt.Fprintf(b, ` x="%s" y="%s"`, num(t.at.x), num(t.at.y))
	if t.align != "start" {
		fmt.Fprintf(b, ` text-anchor="%s"`, t.align)
	}
	fmt.Fprintf(b, ">%s</text>", escape(t.body))
}

// writeContour writes path data, with the short forms for level and upright
// segments that steps and ticks are made of.
func writeContour(b *strings.Builder, c contour) {
	var x, y string
	for i, p := range c.points {
		px, py := num(p.x), num(p.y)
		switch {
		case i == 0:
			b.WriteString("M" + px + "," + py)
		case px == x && py == y && len(c.points) > 2:
		case py == y:
			b.WriteString("H" + px)
		case px == x:
			b.WriteString("V" + py)
		default:
			b.WriteString("L" + px + "," + py)
		}
		x, y = px, py
	}
	if c.closed {
		b.WriteByte('Z')
	}
}

func closeMark(b *strings.Builder, element string, d *datum) {
	if d == nil {
		b.WriteString("/>")
		return
	}
	for _, a := range [...][2]string{
		{"name", d.name}, {"value", d.value}, {"time", d.time}, {"detail", d.detail}, {"href", d.href},
	} {
		if a[1] != "" {
			fmt.Fprintf(b, ` data-%s="%s"`, a[0], escape(a[1]))
		}
	}
	var parts []string
	for _, p := range []string{d.name, d.value, d.time, d.detail} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	fmt.Fprintf(b, "><title>%s</title></%s>", escape(strings.Join(parts, " · ")), element)
}

// num writes a coordinate to a hundredth of a pixel.
func num(v float64) string {
	v = math.Round(v*100) / 100
	if v == 0 || !finite(v) {
		return "0"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// escape makes any string safe in XML content and attributes: markup is
// escaped, and runes that XML 1.0 does not allow become the replacement
// character.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r < 0x20 || r == 0xfffe || r == 0xffff:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
