package web

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// visibleChart is the first large chart that is shown at the page's width.
const visibleChart = `[...document.querySelectorAll("svg.full")].find((s) => s.getClientRects().length)`

// testStates holds what a reader brings about to the same rules as a page at rest: open suggestions, results walked through, a
// point of a chart chosen, a part of it enlarged with its record hidden, what can be cited unfolded, a term explained.
func (s *site) testStates(t *testing.T) {
	axe := axeSource(t)
	for name, reach := range map[string]func(t *testing.T, tb *tab){
		"suggestions": func(t *testing.T, tb *tab) {
			tb.visit(t, "/?lang=ko", 200)
			tb.slash(t)
			tb.press(t, "gpqa")
			tb.until(t, `document.querySelectorAll("[role=option]").length > 0`)
			tb.press(t, kb.ArrowDown)
			tb.until(t, `document.querySelector("[role=option][aria-selected=true]") !== null`)
			if got := read[string](t, tb, `document.querySelector("[role=option] .k").textContent`); got != "지표" && got != "용어" {
				t.Errorf("a suggestion on a Korean page is a %q", got)
			}
		},
		"results": func(t *testing.T, tb *tab) {
			tb.visit(t, "/search?q=HBM&lang=ko", 200)
			tb.press(t, kb.ArrowDown)
			tb.until(t, `document.activeElement.closest(".hit h2") !== null`)
		},
		"point": func(t *testing.T, tb *tab) {
			tb.visit(t, "/metrics/gpqa-diamond?lang=ko", 200)
			tb.until(t, `document.querySelector("svg.full[tabindex]") !== null`)
			read[bool](t, tb, `(`+visibleChart+`.focus(), true)`)
			tb.press(t, kb.End)
			tb.until(t, `document.querySelector(".tip:not([hidden])") !== null`)
			read[bool](t, tb, `(document.querySelectorAll("details").forEach((d) => { d.open = true; }), true)`)
		},
		"enlarged": func(t *testing.T, tb *tab) {
			tb.visit(t, "/metrics/gpqa-diamond?lang=ko&hide=1&zoom=2024-01-01..2025-06-01", 200)
		},
		"pinned": func(t *testing.T, tb *tab) {
			tb.visit(t, "/trends?lang=en&as_of=2099-01-01T00:00:00Z", 200)
		},
		"term": func(t *testing.T, tb *tab) {
			tb.visit(t, "/reports/"+s.slugs(t, "ko")[0], 200)
			const told = `getComputedStyle(document.querySelector(".prose .term"), "::after").content.includes(document.querySelector(".prose .term").dataset.en)`
			if read[bool](t, tb, told) {
				t.Fatal("a term is explained before it is asked for")
			}
			read[bool](t, tb, `(document.querySelector(".prose .term").focus(), true)`)
			tb.until(t, told)
			tb.press(t, kb.Escape)
			tb.until(t, "!"+told)
			read[bool](t, tb, `(document.querySelector(".prose .term").focus(), true)`)
			tb.until(t, told)
		},
	} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(name+"-"+scheme, func(t *testing.T) {
				tb := s.open(t, 1440, scheme)
				reach(t, tb)
				for _, v := range read[[]string](t, tb, axe+axeRun) {
					t.Error(v)
				}
				for _, p := range tb.complaints() {
					t.Error(p)
				}
			})
		}
	}
	t.Run("touch", s.testTouch)
	t.Run("zoom", s.testZoom)
	t.Run("the component page drives its states", func(t *testing.T) {
		tb := s.open(t, 1440, "light")
		tb.visit(t, "/design?lang=en", 200)
		if got := read[string](t, tb, `getComputedStyle(document.querySelector(".button.is-focus")).outlineStyle`); got != "solid" {
			t.Errorf("a button shown with the focus has outline %s", got)
		}
		if read[bool](t, tb, `getComputedStyle(document.querySelector(".button.is-hover")).backgroundColor === getComputedStyle(document.querySelector(".states .button")).backgroundColor`) {
			t.Error("a button shown as pointed at looks as it does at rest")
		}
	})
}

// testTouch taps a point of every kind of chart on a phone: what it says stays within the screen.
func (s *site) testTouch(t *testing.T) {
	for _, path := range []string{"/metrics/gpqa-diamond", "/hardware", "/trends", "/trends/progress", "/trends/price", "/trends/optimal", "/compare", "/compare?subject=GPT-5.1,Claude+Opus+4.5", "/index", "/reports/" + s.slugs(t, "ko")[0]} {
		tb := s.open(t, 360, "light")
		if _, err := chromedp.Call(tb.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true}); err != nil {
			t.Fatal(err)
		}
		tb.visit(t, withLang(path, "ko"), 200)
		tb.until(t, `document.querySelector("svg.full[tabindex]") !== null`)
		got := read[struct {
			Says  string
			Parts int
			In    bool
		}](t, tb, `(() => {
			const marks = [...`+visibleChart+`.querySelectorAll("[data-name]")], mark = marks[marks.length >> 1];
			mark.scrollIntoView({ block: "center" });
			const r = mark.getBoundingClientRect(), at = { bubbles: true, clientX: r.x + r.width / 2, clientY: r.y + r.height / 2, pointerType: "touch" };
			mark.dispatchEvent(new PointerEvent("click", at));
			const tip = document.querySelector(".tip:not([hidden])"), box = tip?.getBoundingClientRect();
			return { says: tip?.textContent ?? "", parts: (tip?.lastChild.textContent ?? "").split(" · ").length, in: Boolean(tip) && box.left >= 0 && box.right <= innerWidth };
		})()`)
		if got.Parts < 3 || !got.In {
			t.Errorf("%s: a tapped point says %q, within the screen %v", path, got.Says, got.In)
		}
	}
}

// testZoom looks at every page as a browser shows it at two and at four times the size: in a half and a quarter of 1280 px.
func (s *site) testZoom(t *testing.T) {
	tb := s.open(t, 640, "light")
	for _, a := range s.addresses(t) {
		for _, lang := range []string{"ko", "en"} {
			tb.visit(t, withLang(a.path, lang), a.status)
			for _, width := range []int64{640, 320} {
				tb.resize(t, width)
				for _, wide := range read[[]string](t, tb, overflowing) {
					t.Errorf("%s in %s at %d px: %s", a.path, lang, width, wide)
				}
			}
		}
	}
}
