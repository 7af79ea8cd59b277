package web

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// testKeyboard follows the ways that lead without a mouse through search, a report, a chart and a comparison.
func (s *site) testKeyboard(t *testing.T) {
	t.Run("skip link", func(t *testing.T) {
		tb := s.open(t, 1440, "light")
		tb.visit(t, "/metrics?lang=en", 200)
		tb.press(t, kb.Tab)
		if got := read[string](t, tb, `document.activeElement.getAttribute("href")`); got != "#main" {
			t.Fatalf("the first stop leads to %q", got)
		}
		if top := read[float64](t, tb, `document.activeElement.getBoundingClientRect().top`); top < 0 {
			t.Errorf("the skip link has the focus at %v px, out of sight", top)
		}
	})
	t.Run("every stop is seen", func(t *testing.T) {
		tb := s.open(t, 1440, "light")
		tb.visit(t, "/trends?lang=en", 200)
		for i := range 25 {
			tb.press(t, kb.Tab)
			got := read[struct {
				What    string
				Outline string
				Seen    bool
			}](t, tb, `(() => { const e = document.activeElement, r = e.getBoundingClientRect(), c = getComputedStyle(e);
				return { what: e.tagName + " " + (e.textContent || e.name || "").trim().slice(0, 30), outline: e.type === "date" ? "its own" : c.outlineStyle, seen: r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight }; })()`)
			if got.Outline == "none" || !got.Seen {
				t.Errorf("stop %d, %s: outline %s, in view %v", i+1, got.What, got.Outline, got.Seen)
			}
		}
	})
	t.Run("search", func(t *testing.T) {
		tb := s.open(t, 1440, "light")
		tb.visit(t, "/?lang=ko", 200)
		tb.slash(t)
		tb.press(t, "gpqa")
		tb.until(t, `document.querySelectorAll("[role=option]").length > 0`)
		tb.press(t, kb.ArrowDown)
		tb.until(t, `document.querySelector("[role=option][aria-selected=true]") !== null`)
		tb.press(t, kb.Escape)
		tb.until(t, `document.getElementById("q").getAttribute("aria-expanded") === "false"`)
		tb.press(t, kb.Enter)
		tb.until(t, `location.pathname === "/search" && document.readyState === "complete"`)
		tb.press(t, kb.ArrowDown)
		tb.until(t, `document.activeElement.closest(".hit h2") !== null`)
		want := read[string](t, tb, `document.activeElement.pathname`)
		tb.press(t, kb.Enter)
		tb.until(t, `location.pathname === `+quote(want))
	})
	t.Run("suggestion", func(t *testing.T) {
		tb := s.open(t, 360, "light")
		tb.visit(t, "/?lang=en", 200)
		tb.slash(t)
		tb.press(t, "gpqa dia")
		tb.until(t, `document.querySelector("[role=option]")?.pathname === "/metrics/gpqa-diamond"`)
		tb.press(t, kb.ArrowDown)
		tb.until(t, `document.querySelector("[role=option][aria-selected=true]") !== null`)
		tb.strike(t, "Enter", "Enter", 13)
		tb.until(t, `location.pathname !== "/"`)
		if got := read[string](t, tb, `location.pathname`); !strings.Contains(got, "gpqa-diamond") {
			t.Errorf("the first suggestion for GPQA Diamond leads to %s", got)
		}
	})
	t.Run("report outline", func(t *testing.T) {
		tb := s.open(t, 1440, "light")
		tb.visit(t, "/reports/"+s.slugs(t, "ko")[0], 200)
		read[bool](t, tb, `(document.querySelectorAll(".outline a")[2].focus(), true)`)
		tb.press(t, kb.Enter)
		tb.until(t, `location.hash !== "" && Math.abs(document.getElementById(decodeURIComponent(location.hash.slice(1))).getBoundingClientRect().top) < 120`)
		tb.until(t, `document.querySelector(".outline [aria-current=location]").hash === location.hash`)
	})
	t.Run("chart tools", func(t *testing.T) {
		tb := s.open(t, 1440, "light")
		tb.visit(t, "/metrics/gpqa-diamond?lang=en", 200)
		read[bool](t, tb, `([...document.querySelectorAll(".view a")].find((a) => a.search.includes("of=all")).focus(), true)`)
		tb.press(t, kb.Enter)
		tb.until(t, `location.search.includes("of=all") && document.readyState === "complete"`)
		if n := read[int](t, tb, `document.querySelectorAll(".chart svg[role=img]").length`); n == 0 {
			t.Error("no chart after the view was changed")
		}
	})
	t.Run("compare", func(t *testing.T) {
		tb := s.open(t, 1440, "light")
		tb.visit(t, "/compare?lang=en", 200)
		read[bool](t, tb, `(document.querySelector("main select").focus(), true)`)
		before := read[string](t, tb, `document.activeElement.value`)
		tb.press(t, kb.ArrowDown)
		if after := read[string](t, tb, `document.activeElement.value`); after == before {
			t.Errorf("the arrow left the choice at %q", before)
		}
		read[bool](t, tb, `(document.querySelector("main form button").focus(), true)`)
		tb.press(t, kb.Enter)
		tb.until(t, `location.search.includes("metric=") && document.readyState === "complete"`)
	})
}
