package chart

import "math"

// placer finds room for labels inside a plot. What is taken is never covered;
// lines and dots are avoided as far as there is a choice.
type placer struct {
	area  rect
	taken []rect
	lines []obstacle
	dots  []point
}

// obstacle is a line that a label had better not cross, by weight.
type obstacle struct {
	runs   []contour
	weight float64
}

func (o obstacle) crosses(r rect) bool {
	for _, c := range o.runs {
		for i := 1; i < len(c.points); i++ {
			if _, _, hit := clipSegment(c.points[i-1], c.points[i], r); hit {
				return true
			}
		}
	}
	return false
}

// Costs of a position. A label that would cost more than tooCrowded is dropped:
// none is better than one that cannot be read.
const (
	overRecord   = 3.0
	overFit      = 0.6
	overRule     = 1.2
	overDot      = 0.5
	laterChoice  = 0.25
	tooCrowded   = 2.9
	labelSpacing = 2.0
)

func (p *placer) take(r rect) { p.taken = append(p.taken, r) }

func (p *placer) avoid(cs []contour, weight float64) {
	p.lines = append(p.lines, obstacle{cs, weight})
}

// place takes the cheapest free candidate, earlier ones first, and reports
// whether there was any.
func (p *placer) place(candidates []text) (text, bool) {
	best, cost := -1, tooCrowded
	for i, c := range candidates {
		if k := p.cost(c.box()) + float64(i)*laterChoice; k < cost {
			best, cost = i, k
		}
	}
	if best < 0 {
		return text{}, false
	}
	p.take(candidates[best].box().grow(labelSpacing))
	return candidates[best], true
}

func (p *placer) cost(box rect) float64 {
	if !box.inside(p.area) {
		return math.Inf(1)
	}
	for _, t := range p.taken {
		if box.overlaps(t) {
			return math.Inf(1)
		}
	}
	cost := 0.0
	halo := box.grow(labelSpacing)
	for _, l := range p.lines {
		if l.crosses(halo) {
			cost += l.weight
		}
	}
	for _, d := range p.dots {
		if box.overlaps(rect{d.x - 2, d.y - 2, d.x + 2, d.y + 2}) {
			cost += overDot
		}
	}
	return cost
}

// beside gives the positions for the name of a mark of radius r: up and to the
// left, where a rising record leaves room, then down and to the right, then
// the rest.
func beside(at point, r, size float64, body string, color token) []text {
	gap := r + 5
	t := func(dx, dy float64, align string) text {
		return text{at: point{at.x + dx, baseline(at.y+dy, size)}, body: body, align: align, size: size, color: color, halo: true}
	}
	return []text{
		t(-gap, -4, "end"), t(gap, 10, "start"), t(0, -gap-6, "middle"), t(gap, 0, "start"),
		t(-gap, 0, "end"), t(-gap, 10, "end"), t(gap, -9, "start"), t(0, gap+7, "middle"),
		t(-gap, -12, "end"), t(gap, 16, "start"),
	}
}

// margin is a label at the right of the plot, level with what it names.
type margin struct {
	y        float64 // of what it names
	body     string
	size     float64
	color    token
	number   int // series number
	bold     bool
	fixed    bool // keeps its place; others give way
	optional bool // dropped rather than moved far
}

// settle moves margin labels apart from the fixed one outwards, and drops
// those left without room. It returns the baselines by index; a dropped label
// has NaN.
func settle(ms []margin, top, bottom float64) []float64 {
	ys := make([]float64, len(ms))
	anchor := 0
	for i, m := range ms {
		ys[i] = m.y
		if m.fixed {
			anchor = i
		}
	}
	gap := func(a, b margin) float64 { return (a.size+b.size)/2*1.08 + 2 }
	for i := anchor - 1; i >= 0; i-- {
		ys[i] = math.Min(ys[i], ys[i+1]-gap(ms[i], ms[i+1]))
	}
	for i := anchor + 1; i < len(ms); i++ {
		ys[i] = math.Max(ys[i], ys[i-1]+gap(ms[i-1], ms[i]))
	}
	for i, m := range ms {
		moved := math.Abs(ys[i] - m.y)
		if ys[i] < top || ys[i] > bottom || m.optional && moved > 2*m.size {
			ys[i] = math.NaN()
		}
	}
	return ys
}
