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

// testReportChart enlarges one of the charts of a report, and hides a part of it: the other charts, the reader's place and the
// outline stay as they are, and the address shows the same to who opens it.
func (s *site) testReportChart(t *testing.T) {
	slug := s.slugOfCharts(t, 2)
	tb := s.open(t, 1440, "light")
	tb.visit(t, "/reports/"+slug, 200)
	tb.until(t, `document.querySelectorAll(".trend svg.full[tabindex]").length > 1`)
	const last = `[...document.querySelectorAll("figure.trend")].at(-1)`
	first := read[string](t, tb, `document.querySelector("figure.trend .only-wide").innerHTML.replaceAll(" tabindex=\"0\"", "")`)
	read[bool](t, tb, `(`+last+`.querySelector(".only-wide svg").focus(), window.kept = document.querySelector(".prose > p"), true)`)
	at := read[float64](t, tb, last+`.getBoundingClientRect().top`)
	tb.press(t, kb.End)
	tb.press(t, "+")
	tb.until(t, `location.search.includes("zoom.") && `+last+`.querySelector(".reset") !== null`)
	if now := read[float64](t, tb, last+`.getBoundingClientRect().top`); now-at > 2 || at-now > 2 {
		t.Errorf("the chart moved from %.0f to %.0f", at, now)
	}
	if !read[bool](t, tb, `kept.isConnected && document.activeElement === `+last+`.querySelector(".only-wide svg")`) {
		t.Error("the text was replaced, or the chart has lost the focus")
	}
	read[bool](t, tb, `(`+last+`.querySelector(".key a").click(), true)`)
	tb.until(t, `location.search.includes("hide.") && `+last+`.querySelector(".key a.off") !== null`)
	if again := read[string](t, tb, `document.querySelector("figure.trend .only-wide").innerHTML.replaceAll(" tabindex=\"0\"", "")`); again != first {
		t.Error("another chart of the report has changed")
	}
	if onward := read[string](t, tb, last+`.querySelector("figcaption a").search`); !strings.Contains(onward, "zoom=") || !strings.Contains(onward, "hide=1") {
		t.Errorf("the page that asks the same forgets the view: %s", onward)
	}
	view := read[string](t, tb, `location.pathname + location.search + location.hash`)
	drawn := read[int](t, tb, last+`.querySelectorAll("[data-name]").length`)
	tb.visit(t, view, 200)
	if got := read[int](t, tb, last+`.querySelectorAll("[data-name]").length`); got != drawn || !read[bool](t, tb, last+`.querySelector(".reset") !== null`) {
		t.Errorf("the address shows %d points, not %d", got, drawn)
	}
	read[bool](t, tb, `(document.querySelector(".outline a").click(), `+last+`.setAttribute("data-kept", ""), true)`)
	tb.until(t, `location.hash === document.querySelector(".outline a").hash`)
	read[bool](t, tb, `(history.back(), true)`)
	tb.until(t, `location.hash !== document.querySelector(".outline a").hash`)
	if read[bool](t, tb, `document.querySelector("figure.trend").ariaBusy === "true"`) {
		t.Error("the way back to a place on the page asks for the page again")
	}
	for _, p := range tb.complaints() {
		t.Error(p)
	}
}

// slugOfCharts is the newest Korean report with as many charts.
func (s *site) slugOfCharts(t *testing.T, charts int) string {
	t.Helper()
	for _, slug := range s.slugs(t, "ko") {
		if strings.Count(s.get(t, "/reports/"+slug), `<figure class="trend"`) >= charts {
			return slug
		}
	}
	t.Fatalf("no report has %d charts", charts)
	return ""
}
