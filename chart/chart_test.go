package chart

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// drawing is a sample in both forms: the scene, and its markup.
type drawing struct {
	scene *scene
	svg   string
}

func drawings() map[string]drawing {
	specs := map[string]Spec{
		"exam-1200-ko": exam(1200, 520, "ko"), "exam-648-en": exam(648, 420, "en"), "exam-358-ko": exam(358, 380, "ko"),
		"chips-1200": chips(1200, 600), "chips-358": chips(358, 400),
		"clock-1200": clock(1200, 380, "ko"), "clock-358": clock(358, 300, "en"),
		"plane-648": plane(648, 360), "race-648": race(648, 360), "race-358": race(358, 300),
		"empty": {Lang: "ko", Title: "빈 그림"},
	}
	out := map[string]drawing{}
	for name, s := range specs {
		out[name] = drawing{s.layout(false), s.SVG()}
	}
	alone := exam(648, 420, "ko")
	out["standalone"] = drawing{alone.framed(alone.layout(false)), alone.Standalone()}
	for name, m := range multiples() {
		out["multiple-"+name] = drawing{m.sized().layout(true), m.SVG()}
	}
	for name, x := range strips() {
		out["strips-"+name] = drawing{x.layout(), x.SVG()}
	}
	out["strips-standalone"] = drawing{strips()["648-en"].framed(), strips()["648-en"].Standalone()}
	out["spark"] = drawing{spark().layout(), spark().SVG()}
	for name, r := range rulers() {
		out["ruler-"+name] = drawing{r.layout(), r.SVG()}
	}
	return out
}

func TestGolden(t *testing.T) {
	for name, d := range drawings() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name+".svg")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(d.svg+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.svg + "\n"; got != string(want) {
				t.Errorf("%s differs; look at it, then run with -update\n%s", path, firstDifference(got, string(want)))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			cut := func(s string) string { return s[:min(len(s), 400)] }
			return fmt.Sprintf("line %d\n got: %s\nwant: %s", i+1, cut(g[i]), cut(w[i]))
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

func TestDrawingsKeepTheirPromises(t *testing.T) {
	for name, d := range drawings() {
		t.Run(name, func(t *testing.T) {
			checkMarkup(t, d.svg, strings.HasSuffix(name, "standalone"))
			checkScene(t, d.scene)
		})
	}
}

// checkMarkup holds for any chart: well-formed XML, finite numbers, and, for
// inline use, nothing that a strict content security policy forbids.
func checkMarkup(t *testing.T, svg string, alone bool) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(svg))
	for {
		_, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
	for _, bad := range []string{"NaN", "Inf", "e+", " style=", "<script", "javascript:"} {
		if strings.Contains(svg, bad) {
			t.Errorf("markup contains %q", bad)
		}
	}
	if !alone && (strings.Contains(svg, "<style") || strings.Contains(svg, "var(")) {
		t.Error("inline markup carries styles")
	}
	if !strings.Contains(svg, `role="img"`) {
		t.Error(`no role="img"`)
	}
	known := map[string]bool{"plot": true, "full": true, "small": true, "spark": true, "ruler": true, "rows": true}
	for _, m := range regexp.MustCompile(`\.([a-z0-9-]+)[{ ]`).FindAllStringSubmatch(CSS(), -1) {
		known[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`class="([^"]*)"`).FindAllStringSubmatch(svg, -1) {
		for _, c := range strings.Fields(m[1]) {
			if !known[c] {
				t.Errorf("class %q has no rule", c)
			}
		}
	}
}

// checkScene holds for any chart: data inside the plot, text inside the image
// and never over other text.
func checkScene(t *testing.T, s *scene) {
	t.Helper()
	within := func(p point, what string) {
		if p.x < s.plot.left-.02 || p.x > s.plot.right+.02 || p.y < s.plot.top-.02 || p.y > s.plot.bottom+.6 {
			t.Errorf("%s at %.2f,%.2f outside the plot %+v", what, p.x, p.y, s.plot)
		}
	}
	data := map[string]bool{"dots": true, "step": true, "mark": true, "now-dot": true, "now-flag": true, "hollow": true, "fit": true, "ahead": true, "record": true, "thin": true, "interval": true, "prediction": true, "break-range": true}
	var texts []text
	for _, sh := range s.shapes {
		switch {
		case sh.text != nil:
			texts = append(texts, *sh.text)
		case sh.disc != nil && data[sh.class]:
			within(sh.disc.center, sh.class)
		case data[sh.class] && sh.class != "mark":
			for _, c := range sh.path {
				for _, p := range c.points {
					within(p, sh.class)
				}
			}
		}
	}
	page := rect{-.5, -.5, s.width + .5, s.height + .5}
	for i, a := range texts {
		if !a.box().inside(page) {
			t.Errorf("text %q at %+v leaves the image %+v", a.body, a.box(), page)
		}
		for _, b := range texts[:i] {
			if a.box().grow(-.5).overlaps(b.box().grow(-.5)) {
				t.Errorf("text %q covers %q", a.body, b.body)
			}
		}
	}
}

// TestHostileSpecs draws what no sensible caller asks for.
func TestHostileSpecs(t *testing.T) {
	values := []float64{0, 1, -1, .5, 42, 1e-300, 1e300, -1e300, 5e25, 1e-9, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}
	times := []time.Time{{}, date(1, 1, 2), date(1970, 1, 1), date(2024, 2, 29), date(2024, 3, 1), date(2025, 6, 1), date(9999, 12, 31), time.Unix(1<<60, 0)}
	words := []string{"", "a", "<script>alert(1)</script>", "\x00\xff\ufffe & \"", "아주 길고 길고 길고 길고 길고 긴 이름이라서 어디에도 들어가지 않는 이름", strings.Repeat("W", 200)}
	for seed := range 240 {
		r := rand.New(rand.NewPCG(9, uint64(seed)))
		v := func() float64 {
			if seed%3 == 0 || r.IntN(2) == 0 {
				return math.Exp(r.NormFloat64() * 3)
			}
			return values[r.IntN(len(values))]
		}
		tm := func() time.Time {
			if r.IntN(3) > 0 {
				return date(2015+r.IntN(12), 1+r.IntN(12), 1+r.IntN(28))
			}
			return times[r.IntN(len(times))]
		}
		w := func() string { return words[r.IntN(len(words))] }
		points := func() (out []Point) {
			for range r.IntN(30) {
				out = append(out, Point{Time: tm(), X: v(), Y: v(), Name: w(), Detail: w(), Href: w(), Label: r.IntN(2) == 0})
			}
			return out
		}
		axis := func() Axis {
			a := Axis{Time: r.IntN(2) == 0, Log: r.IntN(2) == 0, Unit: []string{"", "fraction", "FLOP", "minute", "byte", "USD"}[r.IntN(6)]}
			if r.IntN(4) == 0 {
				a.Min = ptr(v())
			}
			if r.IntN(4) == 0 {
				a.Max = ptr(v())
			}
			return a
		}
		s := Spec{
			Width: 240 + r.IntN(1000), Height: 160 + r.IntN(500), Lang: []string{"ko", "en", ""}[r.IntN(3)], Title: w(), Desc: w(), Heading: w(), Subheading: w(), Source: w(),
			X: axis(), Y: axis(), Points: points(), Until: tm(), NowLabel: w(),
			References: []Reference{{v(), w(), true}, {v(), w(), false}}, Break: &Break{tm(), tm(), tm(), w()},
		}
		s.X.Time = r.IntN(3) > 0
		for range r.IntN(4) {
			s.Series = append(s.Series, Series{Name: w(), Color: r.IntN(9) - 2, Kind: []string{StepAfter, Line, Scatter}[r.IntN(3)], Points: points(), Label: w()})
		}
		for range r.IntN(12) {
			s.Reports = append(s.Reports, Marker{tm(), w(), w()})
		}
		if r.IntN(2) == 0 {
			s.Fit = &Fit{Label: w(), BandLabel: w(), PILabel: w(), Color: r.IntN(6)}
			for range r.IntN(40) {
				s.Fit.Curve = append(s.Fit.Curve, CurvePoint{tm(), v(), v(), v(), v(), v(), v(), r.IntN(2) == 0, r.IntN(2) == 0})
			}
		}
		if ps := points(); len(ps) > 0 {
			s.Now = &ps[0]
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			checkMarkup(t, s.SVG(), false)
			checkScene(t, s.layout(false))
			checkMarkup(t, s.Standalone(), true)
			m := Multiple(s)
			m.Width, m.Height = 264, 150
			checkMarkup(t, m.SVG(), false)
			checkScene(t, m.sized().layout(true))
			k := Spark{Title: w(), Y: s.Y, Points: s.Points, Report: tm(), Until: tm()}
			checkMarkup(t, k.SVG(), false)
			checkScene(t, k.layout())
			checkMarkup(t, Ruler{Axis: s.Y, From: v(), To: v()}.SVG(), false)
			x := Strips{Width: s.Width, Lang: s.Lang, Title: w(), Heading: w(), Source: w(), KeyOutside: r.IntN(2) == 0}
			for range r.IntN(5) {
				row := Strip{Title: w(), Axis: axis(), Reversed: r.IntN(2) == 0}
				for _, p := range points() {
					row.Points = append(row.Points, &p)
				}
				x.Rows, x.Names = append(x.Rows, row), append(x.Names, w())
			}
			checkMarkup(t, x.SVG(), false)
			checkScene(t, x.layout())
			checkMarkup(t, x.Standalone(), true)
			if seed%60 == 0 {
				if _, err := s.PNG(.5, seed%120 == 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestCallerKeepsItsData(t *testing.T) {
	s := exam(648, 400, "ko")
	ps := append([]Point(nil), examRecord...)
	ps[0], ps[5] = ps[5], ps[0]
	s.Series[0].Points = ps
	s.Reports[0], s.Reports[2] = s.Reports[2], s.Reports[0]
	before := [2]any{append([]Point(nil), ps...), append([]Marker(nil), s.Reports...)}
	s.SVG()
	if after := [2]any{ps, s.Reports}; !reflect.DeepEqual(before, after) {
		t.Error("drawing reordered the caller's slices")
	}
}

func TestMarks(t *testing.T) {
	svg := exam(1200, 520, "ko").SVG()
	for _, want := range []string{
		`data-name="Heron 3 Opus" data-value="47.2%" data-time="2024-02-29"`, // a record, for tooltips
		`<title>Heron 3 Opus · 47.2% · 2024-02-29</title>`,
		`data-href="/reports/a"`,
		`>87.6%</text>`,
		`>2025-12-03까지 관측</text>`,
		`>박사급 전문가 69.7%</text>`,
		`>예측 95%</text>`,
		`>벤치마크가 먼저 닳는다</text>`,
		`class="ahead"`,
		`class="now-line"`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s", want)
		}
	}
	if n := strings.Count(svg, `<circle`); n < 130 {
		t.Errorf("%d circles, want every observation", n)
	}
	narrow := exam(358, 380, "ko")
	if !narrow.Numbered() || !strings.Contains(narrow.SVG(), ">③</text>") {
		t.Error("a phone's reports are not numbered")
	}
	if exam(1200, 520, "ko").Numbered() {
		t.Error("a wide chart's reports are numbered")
	}
}

// TestNamesAtMostTen holds however many names are asked for.
func TestNamesAtMostTen(t *testing.T) {
	s := Spec{Width: 1200, Height: 600, X: Axis{Time: true}, Y: Axis{}}
	for i := range 40 {
		s.Points = append(s.Points, Point{Time: date(2020, 1, 1).AddDate(0, i, 0), Y: float64((i * 7) % 40), Name: fmt.Sprintf("n%d", i), Label: true})
	}
	n := 0
	for _, sh := range s.layout(false).shapes {
		if sh.text != nil && strings.HasPrefix(sh.text.body, "n") {
			n++
		}
	}
	if n != maxNames {
		t.Errorf("%d names, want %d", n, maxNames)
	}
}

func TestRecordHoldsUntilTheNext(t *testing.T) {
	s := Spec{Width: 600, Height: 300, X: Axis{Time: true}, Y: Axis{Min: ptr(0), Max: ptr(10)}, Until: date(2024, 1, 1), Series: []Series{{Kind: StepAfter, Color: 1, Points: []Point{
		{Time: date(2022, 1, 1), Y: 8}, {Time: date(2020, 1, 1), Y: 2},
	}}}}
	sc := s.layout(false)
	for _, sh := range sc.shapes {
		if sh.class != "record" {
			continue
		}
		ps := sh.path[0].points
		if len(ps) != 4 {
			t.Fatalf("%d vertices, want 4: %v", len(ps), ps)
		}
		if ps[0].y != ps[1].y || ps[1].x != ps[2].x || ps[2].y != ps[3].y || ps[2].y >= ps[1].y {
			t.Errorf("not a step after: %v", ps)
		}
		if math.Abs(ps[3].x-sc.plot.right) > .01 {
			t.Errorf("record ends at %g, want the end of observation at %g", ps[3].x, sc.plot.right)
		}
		return
	}
	t.Fatal("no record line")
}

func TestCSS(t *testing.T) {
	css := CSS()
	if strings.Count(css, "{") != strings.Count(css, "}") {
		t.Error("braces do not match")
	}
	for _, want := range []string{
		".plot .record{fill:none;stroke:var(--s);stroke-width:2.25", ".plot .interval{fill:var(--s);fill-opacity:0.2}",
		".plot .prediction{fill:var(--s);fill-opacity:0.09}", ".plot .break-range{fill:var(--now);fill-opacity:0.13}",
		"stroke-width:4px", ".plot .c5{--s:var(--c5);--s-ink:var(--c5-ink)}",
	} {
		if !strings.Contains(css, want) {
			t.Errorf("no rule %s", want)
		}
	}
	defined := map[string]bool{"--s": true, "--s-ink": true}
	for _, m := range regexp.MustCompile(`(--[a-z0-9-]+):`).FindAllStringSubmatch(tokenRules(), -1) {
		defined[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)\)`).FindAllStringSubmatch(css, -1) {
		if !defined[m[1]] {
			t.Errorf("%s is not in the palette", m[1])
		}
	}
}

// TestStrips places the better value to the right whichever way it lies, on the scale of its own row, and leaves out what a
// scale has no place for.
func TestStrips(t *testing.T) {
	at := func(s Strips, name string) (float64, bool) {
		for _, sh := range s.layout().shapes {
			if sh.data == nil || sh.data.name != name {
				continue
			}
			if sh.disc != nil {
				return sh.disc.center.x, true
			}
			return sh.path[0].points[0].x, true
		}
		return 0, false
	}
	two := func(r Strip, first, second float64) Strips {
		r.Points = []*Point{{Name: "first", Y: first}, {Name: "second", Y: second}, nil}
		return Strips{Width: 648, Names: []string{"first", "second", "third"}, Rows: []Strip{r}}
	}
	for _, x := range []struct {
		row           Strip
		first, second float64
		ahead         bool // whether the second stands to the right
	}{
		{Strip{Axis: Axis{Unit: "fraction"}}, .5, .8, true},
		{Strip{Axis: Axis{Unit: "USD"}, Reversed: true}, 5, 1, true},
		{Strip{Axis: Axis{Unit: "FLOP/s", Log: true}}, 1e15, 1e12, false},
		{Strip{Axis: Axis{Unit: "USD", Log: true}, Reversed: true}, 1, 50, false},
	} {
		s := two(x.row, x.first, x.second)
		a, okA := at(s, "first")
		b, okB := at(s, "second")
		if !okA || !okB || (b > a) != x.ahead {
			t.Errorf("%+v: the first at %.0f, the second at %.0f", x.row.Axis, a, b)
		}
	}
	if _, ok := at(two(Strip{Axis: Axis{Log: true}}, 0, 5), "first"); ok {
		t.Error("a zero stands on a log scale")
	}
	whole, _ := at(two(Strip{Axis: Axis{Unit: "fraction"}}, .999, 1), "first")
	plain, _ := at(two(Strip{Axis: Axis{Unit: "Elo"}}, 1400, 1450), "first")
	if whole < 620 || plain > 400 {
		t.Errorf("99.9%% of a share stands at %.0f, the lesser of two ratings at %.0f", whole, plain)
	}
}
