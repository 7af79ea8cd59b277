package chart

import (
	"fmt"
	"image/color"
	"strconv"
	"strings"
)

// token names a colour of the palette. The two series tokens stand for the
// colour of the shape's own series.
type token string

const (
	paper      token = "paper"
	ink        token = "ink"
	ink2       token = "ink-2"
	ink3       token = "ink-3"
	gridLine   token = "grid"
	tickLight  token = "tick"
	tickStrong token = "tick-strong"
	now        token = "now"
	dot        token = "dot"
	series     token = "s"
	seriesInk  token = "s-ink"
)

// palette holds each token in light and dark. Series colours were chosen so
// that every pair, red included, stays apart under simulated colour blindness,
// and -ink is dark (or light) enough for text.
var palette = [...]struct {
	name        token
	light, dark uint32
}{
	{"paper", 0xffffff, 0x111416},
	{"ink", 0x14181a, 0xe9ecec},
	{"ink-2", 0x4b5459, 0xb3bcc0},
	{"ink-3", 0x656f74, 0x929da2},
	{"line", 0xd7dcde, 0x2e3539},
	{"grid", 0xe6eaeb, 0x252b2e},
	{"tick", 0xa9b2b6, 0x566065},
	{"tick-strong", 0x59636a, 0x98a3a8},
	{"now", 0xbf2c15, 0xff8066},
	{"c1", 0x2569a3, 0x6aaee6},
	{"c1-ink", 0x1c5788, 0x85bdec},
	{"c2", 0xc07d12, 0xe0a640},
	{"c2-ink", 0x8a5806, 0xe6b45c},
	{"c3", 0x189c90, 0x64f1e5},
	{"c3-ink", 0x0c6a62, 0x64f1e5},
	{"c4", 0x702dab, 0x914dca},
	{"c4-ink", 0x702dab, 0xbb94e4},
	{"c5", 0x34383b, 0x97a2a9},
	{"c5-ink", 0x34383b, 0xaab4b9},
	{"dot", 0xb6bfc3, 0x59646a},
}

// lookup gives the colour of t, where series tokens take the number n.
func lookup(t token, n int, dark bool) color.NRGBA {
	switch t {
	case series:
		t = token("c" + strconv.Itoa(seriesNumber(n)))
	case seriesInk:
		t = token("c" + strconv.Itoa(seriesNumber(n)) + "-ink")
	}
	for _, p := range palette {
		if p.name == t {
			v := p.light
			if dark {
				v = p.dark
			}
			return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
		}
	}
	return color.NRGBA{A: 0xff}
}

// seriesNumber brings any number into 1 to 5.
func seriesNumber(n int) int { return ((n-1)%5+5)%5 + 1 }

// style is how a class of shapes is drawn, by either renderer.
type style struct {
	class        string
	fill, stroke token
	width        float64
	dash         []float64
	opacity      float64 // of fill or stroke; zero is opaque
	round        bool    // joins and caps
}

// styles are the classes of shapes that are not text.
var styles = [...]style{
	{class: "grid", stroke: gridLine, width: 1},
	{class: "tick", stroke: tickLight, width: 1},
	{class: "axis", stroke: tickStrong, width: 1},
	{class: "prediction", fill: series, opacity: .09},
	{class: "interval", fill: series, opacity: .20},
	{class: "expert", stroke: ink2, width: 1, dash: []float64{5, 4}},
	{class: "chance", stroke: ink3, width: 1, dash: []float64{1, 3}},
	{class: "report", stroke: series, width: 1, dash: []float64{2, 3}, opacity: .45},
	{class: "dots", fill: dot, opacity: .8},
	{class: "fit", stroke: ink, width: 1.25, round: true},
	{class: "ahead", stroke: ink, width: 1.25, dash: []float64{4, 3}},
	{class: "record", stroke: series, width: 2.25, round: true},
	{class: "thin", stroke: series, width: 1.75, round: true},
	{class: "step", fill: series, stroke: paper, width: 1.5},
	{class: "mark", fill: series, stroke: paper, width: 1},
	{class: "flag", fill: series},
	{class: "bar", stroke: series, width: 3},
	{class: "leader", stroke: series, width: 1, dash: []float64{1, 3}},
	{class: "now-leader", stroke: now, width: 1, dash: []float64{1, 3}},
	{class: "now-line", stroke: now, width: 2.25},
	{class: "now-dot", fill: now, stroke: paper, width: 1.5},
	{class: "now-flag", fill: now},
	{class: "cursor", stroke: now, width: 2},
	{class: "then", stroke: ink3, width: 1, dash: []float64{2, 2}},
	{class: "hollow", fill: paper, stroke: ink, width: 1.5},
	{class: "until", stroke: tickStrong, width: 1},
	{class: "break", stroke: now, width: 1.5},
	{class: "break-range", fill: now, opacity: .13},
	{class: "rule", stroke: "line", width: 1},
}

func styleOf(class string) style {
	for _, s := range styles {
		if s.class == class {
			return s
		}
	}
	return style{}
}

// textSizes are the sizes text is set in, in pixels.
var textSizes = [...]float64{11, 12, 13, 14, 18}

// textColors are the tokens text is set in.
var textColors = [...]token{ink, ink2, ink3, now, seriesInk}

// CSS returns the rules that colour every chart, scoped to svg.plot. They read
// the custom properties --paper, --ink, --ink-2, --ink-3, --line, --grid,
// --tick, --tick-strong, --now, --dot, --c1 to --c5, --c1-ink to --c5-ink and
// --font, which the page defines for its schemes and Standalone carries along.
func CSS() string {
	var b strings.Builder
	b.WriteString(".plot{display:block;max-width:100%;height:auto;overflow:visible;--s:var(--ink-3);--s-ink:var(--ink-2)}\n")
	b.WriteString(".plot text{font-family:var(--font);font-variant-numeric:tabular-nums;stroke:none}\n")
	for n := 1; n <= 5; n++ {
		fmt.Fprintf(&b, ".plot .c%d{--s:var(--c%d);--s-ink:var(--c%d-ink)}\n", n, n, n)
	}
	for _, s := range styles {
		b.WriteString(".plot ." + s.class + "{" + s.declarations() + "}\n")
	}
	for _, size := range textSizes {
		fmt.Fprintf(&b, ".plot .t%g{font-size:%gpx}\n", size, size)
	}
	for _, t := range textColors {
		fmt.Fprintf(&b, ".plot .f-%s{fill:var(--%s)}\n", t, t)
	}
	b.WriteString(".plot .b{font-weight:650}\n")
	b.WriteString(".plot text.h{stroke:var(--paper);stroke-width:4px;stroke-linejoin:round;paint-order:stroke}\n")
	return b.String()
}

func (s style) declarations() string {
	var d []string
	if s.fill == "" {
		d = append(d, "fill:none")
	} else {
		d = append(d, "fill:var(--"+string(s.fill)+")")
		if s.opacity > 0 {
			d = append(d, fmt.Sprintf("fill-opacity:%g", s.opacity))
		}
	}
	if s.stroke != "" {
		d = append(d, "stroke:var(--"+string(s.stroke)+")", fmt.Sprintf("stroke-width:%g", s.width))
		if s.opacity > 0 && s.fill == "" {
			d = append(d, fmt.Sprintf("stroke-opacity:%g", s.opacity))
		}
		if s.round {
			d = append(d, "stroke-linejoin:round", "stroke-linecap:round")
		}
		if len(s.dash) > 0 {
			d = append(d, fmt.Sprintf("stroke-dasharray:%g %g", s.dash[0], s.dash[1]))
		}
	}
	return strings.Join(d, ";")
}

// tokenRules defines the palette on the root of a standalone SVG.
func tokenRules() string {
	var light, dark strings.Builder
	for _, p := range palette {
		fmt.Fprintf(&light, "--%s:#%06x;", p.name, p.light)
		fmt.Fprintf(&dark, "--%s:#%06x;", p.name, p.dark)
	}
	return "svg{color-scheme:light dark;" + light.String() +
		`--font:Pretendard,"Apple SD Gothic Neo","Noto Sans KR","Noto Sans CJK KR",system-ui,sans-serif;background:var(--paper)}` +
		"\n@media (prefers-color-scheme:dark){svg{" + dark.String() + "}}\n"
}
