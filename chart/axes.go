package chart

import (
	"math"
	"sort"
)

// drawAxes draws the two rulers.
func (p *plot) drawAxes() {
	var short, long []contour
	left := p.area.left
	for _, t := range valueTicks(p.y, p.spacing, p.Lang, p.small) {
		y := crisp(p.y.at(t.value))
		n := 3.0
		if t.long {
			n = 6
		}
		c := contour{points: []point{{left, y}, {left - n, y}}}
		if !t.long {
			short = append(short, c)
			continue
		}
		long = append(long, c)
		p.scene.write(text{at: point{left - 10, baseline(p.y.at(t.value), p.numbers)}, body: t.label, align: "end", size: p.numbers, color: ink2}, 0)
	}
	base := crisp(p.area.bottom)
	edge := -math.MaxFloat64
	for _, t := range p.acrossTicks() {
		x := crisp(p.x.at(t.value))
		if !t.long {
			short = append(short, contour{points: []point{{x, base}, {x, base + 4}}})
			continue
		}
		long = append(long, contour{points: []point{{x, base}, {x, base + 9}}})
		label := text{at: point{x, base + 11 + p.dates*.9}, body: t.label, align: "middle", size: p.dates, color: ink2}
		box := label.box()
		if box.left < 0 {
			label.at.x -= box.left
		}
		if box = label.box(); box.right <= p.scene.width && box.left > edge+4 {
			p.scene.write(label, 0)
			edge = box.right
		}
	}
	p.scene.path("tick", 0, short...)
	long = append(long, contour{points: []point{{left, base}, {p.area.right, base}}})
	p.scene.path("axis", 0, long...)
	p.drawReports()
}

func (p *plot) acrossTicks() []tickMark {
	if p.X.Time {
		return timeTicks(p.x, p.dates, p.Lang, p.narrow)
	}
	spacing := 70.0
	if p.narrow {
		spacing = 48
	}
	return valueTicks(p.x, spacing, p.Lang, p.small)
}

// lane is a report placed under the axis.
type lane struct {
	x     float64
	label string
	m     Marker
}

// drawReports draws the lane of documents: a flag at its day, titles in two
// rows where all of them fit, numbers where they do not.
func (p *plot) drawReports() {
	if p.small {
		return
	}
	var lanes []lane
	for i, r := range p.Reports {
		if x, ok := p.day(r.Time); ok {
			lanes = append(lanes, lane{x: x, label: circled(i + 1), m: r})
		}
	}
	if len(lanes) == 0 {
		return
	}
	y := p.area.bottom + 43
	var flags []rect
	for _, l := range lanes {
		d := &datum{name: l.m.Label, href: l.m.Href, time: l.m.Time.UTC().Format("2006-01-02")}
		p.scene.glyph("flag", 2, point{l.x, y}, 5, d)
		flags = append(flags, rect{l.x - 8, y - 8, l.x + 8, y + 8})
	}
	names, ok := []text(nil), false
	if !p.narrow {
		names, ok = p.reportTitles(lanes, y+18)
	}
	if !ok {
		names = p.reportNumbers(lanes, y+18)
	}
	for _, t := range names {
		p.scene.write(t, 2)
	}
	caption := text{at: point{p.area.left, baseline(y, 12)}, body: word(p.Lang, "이 지표를 다룬 보고서", "Reports on this metric"), align: "start", size: 12, color: ink2}
	if p.narrow {
		return
	}
	for _, f := range flags {
		if caption.box().overlaps(f) {
			return
		}
	}
	p.scene.write(caption, 0)
}

// reportTitles sets every title in one of two rows, shifted along as long as
// it stays under its flag; ok is false when one finds no room.
func (p *plot) reportTitles(lanes []lane, y float64) (out []text, ok bool) {
	const size, gap = 12, 14
	rows := [2][]rect{}
	for _, l := range lanes {
		w := textWidth(l.m.Label, size, false)
		placed := false
		for row := 0; row < 2 && !placed; row++ {
			lo, hi := l.x-w+8, l.x-8
			lo, hi = math.Max(lo, 0), math.Min(hi, p.scene.width-w)
			for _, left := range spread(l.x-w/2, lo, hi) {
				t := text{at: point{left, baseline(y+float64(row)*16, size)}, body: l.m.Label, align: "start", size: size, color: seriesInk}
				if free(rows[row], t.box().grow(gap/2)) {
					rows[row] = append(rows[row], t.box())
					out, placed = append(out, t), true
					break
				}
			}
		}
		if !placed {
			return nil, false
		}
	}
	return out, true
}

// spread gives positions from want outwards, within lo and hi.
func spread(want, lo, hi float64) []float64 {
	if lo > hi {
		return nil
	}
	want = math.Min(math.Max(want, lo), hi)
	out := []float64{want}
	for i := 1; i <= 8; i++ {
		f := float64(i) / 8
		out = append(out, want+(lo-want)*f, want+(hi-want)*f)
	}
	sort.SliceStable(out, func(a, b int) bool { return math.Abs(out[a]-want) < math.Abs(out[b]-want) })
	return out
}

func free(taken []rect, r rect) bool {
	for _, t := range taken {
		if r.left < t.right && t.left < r.right {
			return false
		}
	}
	return true
}

// reportNumbers numbers the flags, in two rows where they crowd; a list beside
// the chart says what the numbers are.
func (p *plot) reportNumbers(lanes []lane, y float64) (out []text) {
	rows := [2][]rect{}
	for _, l := range lanes {
		for row := range rows {
			t := text{at: point{l.x, baseline(y+float64(row)*14, 13)}, body: l.label, align: "middle", size: 13, color: seriesInk}
			if free(rows[row], t.box()) {
				rows[row] = append(rows[row], t.box())
				out = append(out, t)
				break
			}
		}
	}
	return out
}

// word chooses a fixed phrase by language.
func word(lang, ko, en string) string {
	if korean(lang) {
		return ko
	}
	return en
}
