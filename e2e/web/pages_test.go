package web

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"testing"
)

// address is a page to look at.
type address struct {
	name, path string
	status     int
}

// addresses covers every kind of page and the views that differ most.
func (s *site) addresses(t *testing.T) []address {
	t.Helper()
	chip, _, _ := s.record(t, "hardware-memory")
	model, _, _ := s.record(t, "gpqa-diamond")
	ok := http.StatusOK
	return []address{
		{"home", "/", ok},
		{"reports", "/reports", ok},
		{"report", "/reports/" + s.slugs(t, "ko")[0], ok},
		{"report-english", "/reports/" + s.slugs(t, "en")[0], ok},
		{"report-both", "/reports/" + s.slugs(t, "ko")[0] + "?view=both", ok},
		{"search", "/search?q=HBM", ok},
		{"search-empty", "/search", ok},
		{"search-nothing", "/search?q=zzqqxxyy", ok},
		{"metrics", "/metrics", ok},
		{"metric", "/metrics/gpqa-diamond", ok},
		{"metric-log", "/metrics/cpu-transistors?of=all&fit=exponential", ok},
		{"metric-lower", "/metrics/price-input", ok},
		{"metric-few", "/metrics/re-bench", ok},
		{"subject-model", "/subjects/" + model, ok},
		{"subject-chip", "/subjects/" + chip, ok},
		{"hardware", "/hardware", ok},
		{"hardware-scatter", "/hardware?y=hardware-memory-bandwidth&x=hardware-tdp", ok},
		{"trends", "/trends", ok},
		{"trends-threshold", "/trends?metric=gpqa-diamond&of=frontier&fit=logistic&threshold=0.9", ok},
		{"trends-unreadable", "/trends?metric=gpqa-diamond&since=yesterday&threshold=most&fit=spline", http.StatusBadRequest},
		{"progress", "/trends/progress", ok},
		{"price", "/trends/price", ok},
		{"optimal", "/trends/optimal", ok},
		{"forecasts", "/trends/forecasts", ok},
		{"compare", "/compare", ok},
		{"compare-two", "/compare?metric=cpu-transistors,cpu-frequency&of=all", ok},
		{"compare-subjects", "/compare?subject=" + chip + "," + "nvidia-h100", ok},
		{"compare-six", "/compare?subject=GPT-5.1,Claude+Opus+4.5,Gemini+2.5+Pro,Grok+4,o3,GPT-4o", ok},
		{"compare-unknown", "/compare?subject=GPT-5.1,no-such-model", http.StatusNotFound},
		{"index", "/index", ok},
		{"glossary", "/glossary", ok},
		{"lint", "/library/lint", ok},
		{"changes", "/changes", ok},
		{"about", "/about", ok},
		{"api", "/docs/api", ok},
		{"api-find", "/docs/api?find=trend", ok},
		{"design", "/design", ok},
		{"missing", "/metrics/no-such-metric", http.StatusNotFound},
		{"unreadable", "/metrics/gpqa-diamond?since=yesterday", http.StatusBadRequest},
	}
}

// testPages looks at every page in both languages, light and dark, at three widths.
func (s *site) testPages(t *testing.T) {
	axe := axeSource(t)
	for _, lang := range []string{"ko", "en"} {
		for _, scheme := range []string{"light", "dark"} {
			tb := s.open(t, 1440, scheme)
			for _, a := range s.addresses(t) {
				t.Run(a.name+"-"+lang+"-"+scheme, func(t *testing.T) {
					tb.resize(t, 1440)
					tb.visit(t, withLang(a.path, lang), a.status)
					s.inspect(t, tb, lang)
					for _, width := range []int64{1440, 768, 360} {
						tb.resize(t, width)
						for _, wide := range read[[]string](t, tb, overflowing) {
							t.Errorf("at %d px: %s", width, wide)
						}
						// wide in the light and narrow in the dark: what differs by scheme is colour, by width is layout
						if (width == 1440) != (scheme == "light") || width == 768 {
							continue
						}
						tb.picture(t, fmt.Sprintf("%s-%s-%s-%d", a.name, lang, scheme, width))
						for _, v := range read[[]string](t, tb, axe+axeRun) {
							t.Errorf("at %d px: %s", width, v)
						}
					}
					for _, p := range tb.complaints() {
						t.Error(p)
					}
				})
			}
		}
	}
}

// inspect checks what a page owes to every reader.
func (s *site) inspect(t *testing.T, tb *tab, lang string) {
	t.Helper()
	got := read[struct {
		Lang, Title, Repeated, Unwritten string
		H1, Charts, Unnamed              int
	}](t, tb, `(() => {
		const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
		const text = document.body.innerText;
		return {
			lang: document.documentElement.lang,
			title: document.title,
			repeated: ids.filter((id, i) => ids.indexOf(id) !== i).slice(0, 5).join(" "),
			unwritten: (text.match(/%!.{0,20}|NaN|<no value>|undefined|\[object.{0,20}/) || [""])[0],
			h1: document.querySelectorAll("h1").length,
			charts: document.querySelectorAll("svg[role=img]").length,
			unnamed: [...document.querySelectorAll("svg[role=img]")].filter((s) => !s.getAttribute("aria-label") && !s.querySelector("title")).length,
		};
	})()`)
	if got.Lang != lang {
		t.Errorf("the page says it is in %q", got.Lang)
	}
	if got.Title == "" || got.H1 != 1 {
		t.Errorf("title %q and %d first headings", got.Title, got.H1)
	}
	if got.Repeated != "" {
		t.Errorf("ids that occur twice: %s", got.Repeated)
	}
	if got.Unwritten != "" {
		t.Errorf("the page says %q", got.Unwritten)
	}
	if got.Unnamed > 0 {
		t.Errorf("%d of %d charts have no name", got.Unnamed, got.Charts)
	}
}

// overflowing names what sticks out of the page sideways.
const overflowing = `(() => {
	const width = document.documentElement.clientWidth;
	if (document.scrollingElement.scrollWidth <= width) return [];
	const out = [...document.body.querySelectorAll("*")].filter((e) => {
		const r = e.getBoundingClientRect();
		return r.width > 0 && r.right > width + 1 && !e.closest(".scroll, .vh, .skip");
	});
	return ["the page is " + document.scrollingElement.scrollWidth + " px wide", ...out.slice(0, 4).map((e) => e.tagName + "." + (e.getAttribute("class") || "") + " ends at " + Math.round(e.getBoundingClientRect().right) + ": " + (e.textContent || "").trim().slice(0, 40))];
})()`

// axeRun runs the rules of WCAG 2.2 AA and returns what is serious or worse.
const axeRun = `
;axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((r) => r.violations
	.filter((v) => v.impact === "serious" || v.impact === "critical")
	.map((v) => "axe " + v.id + " (" + v.nodes.length + "): " + v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0] || n.all[0] || n.none[0] || {}).message).join(" | ")))`

func axeSource(t *testing.T) string {
	t.Helper()
	f, err := os.Open("testdata/axe.min.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	source, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if len(source) < 100_000 {
		t.Fatal("axe.min.js is " + strconv.Itoa(len(source)) + " bytes")
	}
	return string(source)
}
