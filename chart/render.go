package chart

// SVG returns the chart for inline use in a page. It has neither style
// attributes nor a style element, so that a content security policy may forbid
// them; its colours come from the rules of CSS in the page's stylesheet.
func (s Spec) SVG() string { return s.layout(false).svg(false) }

// Standalone returns the chart as a document of its own: with heading and
// source, and with the rules and both colour schemes inside.
func (s Spec) Standalone() string {
	s.KeyOutside = false
	return s.framed(s.layout(false)).svg(true)
}

// PNG returns the chart in pixels, scale of them to the CSS pixel, with heading
// and source, in the light or dark scheme. It draws the same geometry as
// Standalone in the embedded family. It fails on a scale that is not positive
// and on images larger than 12,000 pixels a side.
func (s Spec) PNG(scale float64, dark bool) ([]byte, error) {
	s.KeyOutside = false
	return s.framed(s.layout(false)).png(scale, dark)
}

// SVG returns the small chart for inline use, as Spec.SVG does.
func (m Multiple) SVG() string { return m.sized().layout(true).svg(false) }

// Standalone returns the small chart as a document of its own.
func (m Multiple) Standalone() string {
	s := m.sized()
	return s.framed(s.layout(true)).svg(true)
}

// PNG returns the small chart in pixels, as Spec.PNG does.
func (m Multiple) PNG(scale float64, dark bool) ([]byte, error) {
	s := m.sized()
	return s.framed(s.layout(true)).png(scale, dark)
}

// Numbered reports whether the reports under the chart are marked ①②③ instead
// of by title, so that the page must list them in that order.
func (s Spec) Numbered() bool {
	for _, sh := range s.layout(false).shapes {
		if sh.text != nil && sh.text.body == circled(1) {
			return true
		}
	}
	return false
}

// SVG returns the spark for inline use, as Spec.SVG does.
func (s Spark) SVG() string { return s.layout().svg(false) }

// SVG returns the ruler for inline use, as Spec.SVG does.
func (r Ruler) SVG() string { return r.layout().svg(false) }

// framed sets a chart between its heading and its source line, with a margin,
// as it travels without its page.
func (s Spec) framed(inner *scene) *scene {
	const margin, small, large = 20.0, 12.0, 18.0
	limit := inner.width
	out := &scene{width: inner.width + 2*margin, kind: inner.kind, lang: inner.lang, title: inner.title, desc: inner.desc}
	y := margin
	set := func(lines []string, size float64, color token, bold bool) {
		for _, l := range lines {
			y += size
			out.write(text{at: point{margin, y}, body: l, align: "start", size: size, color: color, bold: bold}, 0)
			y += size * .45
		}
	}
	if inner.kind == "small" {
		set(wrap(s.Heading, 14, limit), 14, ink, true)
	} else {
		set(wrap(s.Heading, large, limit*.94), large, ink, true)
	}
	set(wrap(s.Subheading, 13, limit), 13, ink2, false)
	if y > margin {
		y += 10
	}
	out.plot = rect{inner.plot.left + margin, inner.plot.top + y, inner.plot.right + margin, inner.plot.bottom + y}
	for _, sh := range inner.shapes {
		out.shapes = append(out.shapes, sh.moved(margin, y))
	}
	y += inner.height
	if lines := wrap(s.Source, small, limit); len(lines) > 0 {
		y += 12
		out.line("rule", 0, margin, crisp(y), margin+limit, crisp(y))
		y += 8
		set(lines, small, ink2, false)
	}
	out.height = y + margin - 4
	return out
}

// moved is a copy of s shifted by dx, dy.
func (s shape) moved(dx, dy float64) shape {
	if s.disc != nil {
		d := *s.disc
		d.center = point{d.center.x + dx, d.center.y + dy}
		s.disc = &d
	}
	if s.text != nil {
		t := *s.text
		t.at = point{t.at.x + dx, t.at.y + dy}
		s.text = &t
	}
	if s.path != nil {
		cs := make([]contour, len(s.path))
		for i, c := range s.path {
			cs[i] = contour{closed: c.closed, points: make([]point, len(c.points))}
			for j, q := range c.points {
				cs[i].points[j] = point{q.x + dx, q.y + dy}
			}
		}
		s.path = cs
	}
	return s
}
