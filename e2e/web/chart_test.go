package web

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// testChart walks through a chart, enlarges it, filters it by its key and goes back, all from the keyboard or by links,
// with every view in the address.
func (s *site) testChart(t *testing.T) {
	tb := s.open(t, 1440, "light")
	tb.visit(t, "/metrics/gpqa-diamond?lang=en", 200)
	tb.until(t, `document.querySelector("svg.full[tabindex]") !== null`)
	read[bool](t, tb, `([...document.querySelectorAll("svg.full")].find((s) => s.getClientRects().length).focus(), true)`)
	tb.press(t, kb.End)
	tb.until(t, `document.querySelector(".tip:not([hidden])") !== null`)
	if tip := read[string](t, tb, `document.querySelector(".tip").textContent`); !strings.Contains(tip, "%") || strings.Count(tip, " · ") < 2 {
		t.Errorf("the last point says %q, without its value, day or source", tip)
	}
	tb.press(t, "+")
	tb.until(t, `location.search.includes("zoom=") && document.querySelector(".reset") !== null`)
	read[bool](t, tb, `(document.querySelector(".handles .key a").click(), true)`)
	tb.until(t, `location.search.includes("hide=1") && document.querySelector(".handles a.off") !== null`)
	if n := read[int](t, tb, `document.querySelectorAll(".only-wide .record").length`); n != 0 {
		t.Error("the record is drawn though its key is off")
	}
	if svg := read[string](t, tb, `[...document.querySelectorAll(".tools a")].find((a) => a.textContent === "SVG").search`); !strings.Contains(svg, "zoom=") || !strings.Contains(svg, "hide=1") {
		t.Errorf("the download forgets the view: %s", svg)
	}
	read[bool](t, tb, `(document.querySelector(".reset").click(), true)`)
	tb.until(t, `!location.search.includes("zoom=")`)
	read[bool](t, tb, `(history.back(), true)`)
	tb.until(t, `location.search.includes("zoom=") && document.querySelector(".reset") !== null`)
	for _, p := range tb.complaints() {
		t.Error(p)
	}
}

// testChartSheet goes from a view without data, and so without a chart, to one with: the sheet that styles charts comes with it.
func (s *site) testChartSheet(t *testing.T) {
	tb := s.open(t, 1440, "light")
	tb.visit(t, "/metrics/gpqa-diamond?lang=en&since=2099", 200)
	const styled = `[...document.styleSheets].some((s) => s.href?.includes("chart.css"))`
	if read[bool](t, tb, styled) {
		t.Error("a page without a chart has the sheet of charts")
	}
	const busy = `document.querySelector("main").ariaBusy === "true"`
	tb.until(t, `(document.dispatchEvent(new CustomEvent("go", { detail: { address: "/metrics/gpqa-diamond?lang=en" } })), `+busy+`)`) // once the script is there
	tb.until(t, `document.querySelector("svg.plot") !== null`)
	if !read[bool](t, tb, styled) {
		t.Error("the chart came without its sheet")
	}
	for _, p := range tb.complaints() {
		t.Error(p)
	}
}
