package chart

import (
	"math"
	"time"

	"github.com/scalebook/scalebook/quantity"
)

// sized gives a small chart its usual size where none is asked for.
func (m Multiple) sized() Spec {
	s := Spec(m)
	if s.Width <= 0 {
		s.Width = 264
	}
	if s.Height <= 0 {
		s.Height = 150
	}
	return s
}

// layout gives the scene of the spark.
func (s Spark) layout() *scene {
	if s.Width <= 0 {
		s.Width = 232
	}
	if s.Height <= 0 {
		s.Height = 48
	}
	s.Width, s.Height = max(s.Width, 40), max(s.Height, 24)
	sc := &scene{width: float64(s.Width), height: float64(s.Height), kind: "spark", lang: s.Lang, title: s.Title, desc: s.Desc}
	sc.plot = rect{4, 6, sc.width - 4, math.Max(sc.height-8, 10)}
	p := &plot{Spec: Spec{Lang: s.Lang, X: s.X, Y: s.Y, Until: s.Until, Series: []Series{{Kind: StepAfter, Color: 1, Points: s.Points}}}, scene: sc, area: sc.plot}
	p.small = true
	p.X.Time, p.Y.Time = true, false
	p.ordered()
	ex, ey, ends := p.extents()
	if !s.Report.IsZero() && drawableTime(seconds(s.Report)) {
		ex.add(seconds(s.Report))
	}
	if !ex.any || !ey.any {
		return sc
	}
	p.x, p.y = timeScale(p.X, ex, ends), scale{axis: p.Y, min: ey.min, max: ey.max}
	p.y.fix(p.Y)
	p.x.lo, p.x.hi = sc.plot.left, sc.plot.right
	p.y.lo, p.y.hi = sc.plot.bottom-4, sc.plot.top+4

	base := crisp(sc.plot.bottom)
	var short, long []contour
	for _, t := range timeTicks(p.x, 11, s.Lang, true) {
		x := crisp(p.x.at(t.value))
		if t.long {
			long = append(long, contour{points: []point{{x, base}, {x, base + 6}}})
		} else {
			short = append(short, contour{points: []point{{x, base}, {x, base + 3}}})
		}
	}
	long = append(long, contour{points: []point{{sc.plot.left, base}, {sc.plot.right, base}}})
	sc.path("tick", 0, short...)
	sc.path("axis", 0, long...)
	p.drawSeries(p.Series[0])
	p.then(s.Report)
	if n := len(p.Series[0].Points); n > 0 {
		q := p.Series[0].Points[n-1]
		if at, ok := p.spot(q); ok {
			if x, ok := p.day(s.Until); ok {
				at.x = x
			}
			sc.line("cursor", 0, at.x, sc.plot.top, at.x, base)
			sc.disc("now-flag", 0, at, 3, p.datum(q))
		}
	}
	return sc
}

// then marks the value that stood on the day of a report.
func (p *plot) then(day time.Time) {
	x, ok := p.day(day)
	if !ok {
		return
	}
	p.scene.line("then", 0, crisp(x), p.area.top, crisp(x), p.area.bottom)
	var stood *Point
	for i, q := range p.Series[0].Points {
		if !q.Time.After(day) && p.y.holds(q.Y) {
			stood = &p.Series[0].Points[i]
		}
	}
	if stood != nil {
		p.scene.disc("hollow", 0, point{x, p.y.at(stood.Y)}, 4, p.datum(*stood))
	}
}

// layout gives the scene of the ruler.
func (r Ruler) layout() *scene {
	if r.Width <= 0 {
		r.Width = 208
	}
	if r.Height <= 0 {
		r.Height = 20
	}
	r.Width, r.Height = max(r.Width, 40), max(r.Height, 16)
	title := r.Title
	if title == "" {
		from, to := quantity.Format(r.From, r.Axis.Unit, r.Lang), quantity.Format(r.To, r.Axis.Unit, r.Lang)
		title = word(r.Lang, from+" → "+to, "from "+from+" to "+to)
	}
	sc := &scene{width: float64(r.Width), height: float64(r.Height), kind: "ruler", lang: r.Lang, title: title}
	// The rule stands at the foot; the values ride above its longest ticks.
	const ride = 5.5
	foot := crisp(sc.height - 2)
	sc.plot = rect{6, 0, sc.width - 6, foot}
	s := rulerScale(r.Axis, r.From, r.To)
	s.lo, s.hi = sc.plot.left, sc.plot.right

	var fine []contour
	tall := math.Max(math.Min(foot-2*ride-1, 9), 4)
	for _, t := range rulerTicks(s) {
		x := crisp(s.at(t.value))
		h := tall * .5
		if t.long {
			h = tall
		}
		fine = append(fine, contour{points: []point{{x, foot}, {x, foot - h}}})
	}
	fine = append(fine, contour{points: []point{{crisp(s.lo), foot}, {crisp(s.hi), foot}}})
	sc.path("tick", 0, fine...)

	d := func(v float64) *datum { return &datum{value: quantity.Format(v, r.Axis.Unit, r.Lang)} }
	from, to := s.holds(r.From), s.holds(r.To)
	if from && to {
		sc.line("bar", 1, s.at(r.From), ride, s.at(r.To), ride)
	}
	if from {
		sc.disc("hollow", 0, point{s.at(r.From), ride}, 4, d(r.From))
	}
	if to {
		x := s.at(r.To)
		sc.shapes = append(sc.shapes, shape{class: "cursor", data: d(r.To), path: []contour{{points: []point{{x, foot}, {x, 0}}}}})
	}
	return sc
}

// rulerScale holds values: whole powers on a log ruler, 0 to a round number,
// or 0 to 1 for fractions, on a linear one.
func rulerScale(a Axis, values ...float64) scale {
	s := scale{axis: a, min: 0, max: 1}
	s.axis.Time = false
	e := extent{log: a.Log}
	for _, v := range values {
		e.add(v)
	}
	switch {
	case a.Log && e.any:
		s.min = math.Pow(10, math.Floor(math.Log10(e.min)+1e-9))
		s.max = math.Pow(10, math.Ceil(math.Log10(e.max)-1e-9))
		if s.max <= s.min {
			s.max = s.min * 10
		}
	case a.Log:
		s.min, s.max = 1, 10
	case e.any && !(a.Unit == "fraction" && e.min >= 0 && e.max <= 1):
		e.add(0)
		step := niceStep((e.max-e.min)/4, a.Unit)
		s.min, s.max = math.Floor(e.min/step)*step, math.Ceil(e.max/step)*step
		if s.max <= s.min {
			s.max = s.min + 1
		}
	}
	s.fix(a)
	return s
}

// rulerTicks are the unlabelled lines of a ruler: digits within decades on a
// log one, twentieths with every tenth longer on a linear one.
func rulerTicks(s scale) []tickMark {
	if s.axis.Log {
		ticks := logTicks(s, 1, "", false)
		for i, t := range ticks {
			e := math.Log10(t.value)
			ticks[i].long = math.Abs(e-math.Round(e)) < 1e-9
		}
		return ticks
	}
	step := niceStep((s.max-s.min)/10, "") / 2
	var out []tickMark
	for i := math.Ceil(s.min/step - 1e-9); i <= s.max/step+1e-9 && len(out) < 200; i++ {
		out = append(out, tickMark{value: i * step, long: math.Mod(i, 2) == 0})
	}
	return out
}
