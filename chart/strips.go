package chart

import (
	"math"
	"slices"
	"sort"

	"github.com/scalebook/scalebook/quantity"
)

// Strips are rulers under each other, each a quantity on a scale of its own, on which the same few things are marked by
// their shapes: what small multiples are to lines. It is as high as its rows need.
type Strips struct {
	Width int    // pixels, 648 if zero; below 480 wide the phone form
	Lang  string // "ko" or "en"

	Title, Desc                 string // as of a [Spec]
	Heading, Subheading, Source string // as of a [Spec]

	Names []string // of what is marked; at most six are told apart
	Rows  []Strip

	// KeyOutside leaves the names of the shapes to the page, as that of a [Spec] does.
	KeyOutside bool
}

// Strip is one ruler. A linear one starts from zero and that of a fraction ends at one, but for units that have no zero; a
// log one runs between whole powers.
type Strip struct {
	Title    string
	Axis     Axis
	Reversed bool     // the least value stands at the right
	Points   []*Point // by name; nil where there is none. X is not used, Y is the value
}

// SVG returns the strips for inline use, as Spec.SVG does.
func (s Strips) SVG() string { return s.layout().svg(false) }

// Standalone returns the strips as a document of its own.
func (s Strips) Standalone() string {
	s.KeyOutside = false
	return s.framed().svg(true)
}

// PNG returns the strips in pixels, as Spec.PNG does.
func (s Strips) PNG(scale float64, dark bool) ([]byte, error) {
	s.KeyOutside = false
	return s.framed().png(scale, dark)
}

func (s Strips) framed() *scene {
	return Spec{Heading: s.Heading, Subheading: s.Subheading, Source: s.Source}.framed(s.layout())
}

// hollowFrom is the place in a list of names from which marks are hollow circles: there are five shapes.
const hollowFrom = 5

// Sizes of a strip in pixels: from its top to the baseline of its values, its marks, its rule and its end.
const (
	stripValues, stripMarks, stripRule, stripEnd = 16.0, 29.0, 38.0, 70.0
	stripTitle                                   = 20.0 // more, where the title has a line of its own
	stripInset                                   = 12.0 // of a rule from both sides
	stripApart                                   = 10.0 // between the first and the last of marks in one place
)

// layout gives the scene of the strips.
func (s Strips) layout() *scene {
	s.Width = atLeast(s.Width, usualWidth, leastWidth)
	sc := &scene{width: float64(s.Width), kind: "full rows", lang: s.Lang, title: s.Title, desc: s.Desc}
	narrow := s.Width < narrowBelow
	left, head := 0.0, stripTitle
	if !narrow {
		head = 0
		for _, r := range s.Rows {
			left = math.Max(left, math.Min(textWidth(r.Title, 13, true), sc.width*.26))
		}
		left = math.Ceil(left) + 20
	}
	y := 4.0
	if !s.KeyOutside {
		y += float64(s.key(sc)) * keyRow
	}
	for _, r := range s.Rows {
		if narrow {
			sc.write(text{at: point{0, y + 13}, body: ellipsis(r.Title, 13, true, sc.width), align: "start", size: 13, color: ink, bold: true}, 0)
		} else {
			for i, line := range titleLines(r.Title, left-20) {
				sc.write(text{at: point{0, y + stripRule + float64(i)*18}, body: line, align: "start", size: 13, color: ink, bold: true}, 0)
			}
		}
		s.draw(sc, r, rect{left, y + head, sc.width, y + head + stripEnd})
		y += head + stripEnd
	}
	if len(s.Rows) == 0 {
		y += 40
		sc.write(text{at: point{sc.width / 2, y - 20}, body: word(s.Lang, "자료 없음", "No data"), align: "middle", size: 13, color: ink3}, 0)
	}
	sc.plot, sc.height = rect{0, 0, sc.width, y}, y
	return sc
}

// titleLines breaks a title into at most two lines.
func titleLines(title string, limit float64) []string {
	lines := wrap(title, 13*1.04, limit) // bold letters are a little wider than those that wrap measures
	if len(lines) > 2 {
		lines = []string{lines[0], ellipsis(lines[1]+" …", 13, true, limit)}
	}
	return lines
}

// key draws the shapes with their names and gives the number of lines that they take.
func (s Strips) key(sc *scene) int {
	const size = 13
	x, row := 0.0, 0
	for i, name := range s.Names {
		name = ellipsis(name, size, false, sc.width-24)
		w := 18 + textWidth(name, size, false)
		if x > 0 && x+w > sc.width {
			x, row = 0, row+1
		}
		y := 10 + float64(row)*keyRow
		stripMark(sc, i, point{x + 7, y}, nil)
		sc.write(text{at: point{x + 18, baseline(y, size)}, body: name, align: "start", size: size, color: ink2}, 0)
		x += w + 24
	}
	if len(s.Names) == 0 {
		return 0
	}
	return row + 1
}

func stripMark(sc *scene, i int, at point, d *datum) {
	if i >= hollowFrom {
		sc.disc("hollow", 0, at, 4.5, d)
		return
	}
	sc.glyph("step", i+1, at, 5, d)
}

// placed is a mark with the label of its value.
type placed struct {
	i     int
	x     float64
	value float64
	label text
}

// draw draws one strip into its box.
func (s Strips) draw(sc *scene, r Strip, box rect) {
	var values []float64
	for _, p := range r.Points {
		if p != nil {
			values = append(values, p.Y)
		}
	}
	scale := stripScale(r.Axis, values, box.right-box.left-2*stripInset)
	scale.lo, scale.hi = box.left+stripInset, box.right-stripInset
	ticks := valueTicks(scale, 76, s.Lang, false)
	if r.Reversed {
		scale.lo, scale.hi = scale.hi, scale.lo
		slices.Reverse(ticks)
	}
	rule(sc, scale, ticks, box)

	var marks []placed
	for i, p := range r.Points {
		if p != nil && scale.holds(p.Y) {
			marks = append(marks, placed{i: i, x: scale.at(p.Y), value: p.Y})
		}
	}
	if len(marks) == 0 {
		return
	}
	y := box.top + stripMarks
	sort.SliceStable(marks, func(a, b int) bool { return marks[a].x < marks[b].x })
	if first, last := marks[0].x, marks[len(marks)-1].x; last > first {
		sc.line("axis", 0, first, y, last, y)
	}
	for from := 0; from < len(marks); {
		to := from + 1
		for to < len(marks) && marks[to].x-marks[to-1].x < 6 {
			to++
		}
		for k, m := range marks[from:to] { // what would hide another stands above or below it
			d := (&plot{Spec: Spec{Lang: s.Lang, X: Axis{Time: true}, Y: r.Axis}}).datum(*r.Points[m.i])
			stripMark(sc, m.i, point{m.x, y + stripApart*(float64(k)-float64(to-from-1)/2)/math.Max(float64(to-from-1), 1)}, d)
		}
		from = to
	}
	for _, m := range labelled(marks, r.Axis.Unit, s.Lang, rect{box.left, box.top, box.right, box.bottom}) {
		number := m.i + 1
		if m.i >= hollowFrom {
			number = 0
		}
		sc.write(m.label, number)
	}
}

// rule draws the ruler of a strip.
func rule(sc *scene, s scale, ticks []tickMark, box rect) {
	base := crisp(box.top + stripRule)
	var short []contour
	long := []contour{{points: []point{{box.left + stripInset, base}, {box.right - stripInset, base}}}}
	edge := box.left - 4
	for _, t := range ticks {
		x := crisp(s.at(t.value))
		if !t.long {
			short = append(short, contour{points: []point{{x, base}, {x, base + 4}}})
			continue
		}
		long = append(long, contour{points: []point{{x, base}, {x, base + 8}}})
		label := text{at: point{x, base + 21}, body: t.label, align: "middle", size: 12, color: ink2}
		if b := label.box(); b.left < box.left {
			label.at.x += box.left - b.left
		} else if b.right > box.right {
			label.at.x -= b.right - box.right
		}
		if b := label.box(); b.left >= edge+4 && b.right <= box.right+.5 {
			sc.write(label, 0)
			edge = b.right
		}
	}
	sc.path("tick", 0, short...)
	sc.path("axis", 0, long...)
}

// labelled writes the values of marks, ordered by x, side by side over them: in full, or in short where that is far shorter
// and else they would stand away from their marks. What would stand too far from its mark has no label; where that is the
// best value, at the right, what pushes it away has none instead.
func labelled(marks []placed, unit, lang string, box rect) []placed {
	far := math.Max(40, (box.right-box.left)/10)
	for len(marks) > 0 {
		out, width, away, worst := sideBySide(marks, quantity.Format, unit, lang, box)
		if away > 24 {
			brief, widthBrief, awayBrief, worstBrief := sideBySide(marks, quantity.Tick, unit, lang, box)
			if widthBrief <= width/2 {
				out, width, away, worst = brief, widthBrief, awayBrief, worstBrief
			}
		}
		if width <= box.right-box.left && away <= far {
			return out
		}
		if worst == len(marks)-1 && worst > 0 {
			worst--
		}
		marks = slices.Delete(slices.Clone(marks), worst, worst+1)
	}
	return nil
}

// sideBySide writes values over their marks, none over another. It returns the width that they take, and how far from its mark
// the worst of them stands.
func sideBySide(marks []placed, write func(v float64, unit, lang string) string, unit, lang string, box rect) (out []placed, width, away float64, worst int) {
	const size, gap = 12.0, 8.0
	out, widths := slices.Clone(marks), make([]float64, len(marks))
	edge := box.left
	for i := range out { // to the right of what stands before
		m := &out[i]
		m.label = text{body: write(m.value, unit, lang), align: "middle", size: size, color: seriesInk, bold: true}
		if m.i >= hollowFrom {
			m.label.color = ink2
		}
		widths[i] = textWidth(m.label.body, size, true)
		m.label.at = point{math.Max(m.x, edge+widths[i]/2), box.top + stripValues}
		edge = m.label.at.x + widths[i]/2 + gap
		width += widths[i] + gap
	}
	edge = box.right
	for i, w := range slices.Backward(widths) { // then back from the edge, as far as need be
		m := &out[i]
		m.label.at.x = math.Min(m.label.at.x, edge-w/2)
		edge = m.label.at.x - w/2 - gap
		if d := math.Abs(m.label.at.x - m.x); d > away {
			away, worst = d, i
		}
	}
	return out, width - gap, away, worst
}

// stripScale is a ruler's, but for units whose zero means nothing.
func stripScale(a Axis, values []float64, length float64) scale {
	if a.Unit != "Elo" {
		return rulerScale(a, values...)
	}
	e := extent{log: a.Log}
	for _, v := range values {
		e.add(v)
	}
	return valueScale(a, e, length, 76)
}
