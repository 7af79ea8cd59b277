package web

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// besidePaper lists what on paper is not where it belongs: what scrolls, for paper does not, a note that is not beside the paragraph after it or
// whose parts overlap, and what a page may break within or a heading after which it may.
const besidePaper = `(() => {
	const out = [];
	for (const e of document.querySelectorAll("main :is(table, pre, .scroll, .math-display)")) {
		const s = getComputedStyle(e);
		if (s.overflowX !== "visible") out.push(e.tagName + " scrolls");
	}
	for (const e of document.querySelectorAll("main :is(h1, h2, h3)")) {
		if (!e.closest(".note") && getComputedStyle(e).breakAfter !== "avoid") out.push("alone: " + e.textContent);
	}
	for (const e of document.querySelectorAll(".prose :is(figure, table, .note)")) {
		if (getComputedStyle(e).breakInside !== "avoid") out.push("cut: " + e.tagName + " " + e.className);
	}
	let free = 0; // where the note before ends
	for (const note of document.querySelectorAll(".note")) {
		const at = note.getBoundingClientRect(), text = note.nextElementSibling.getBoundingClientRect();
		if (at.top < text.top - 1 || at.top > Math.max(text.top, free) + 40 || at.right > text.right + 1) out.push(note.id + " is not beside its paragraph");
		free = at.bottom;
		for (const part of note.querySelectorAll("svg, dd")) {
			const r = part.getBoundingClientRect();
			if (r.width && (r.right > at.right + 1 || r.left < at.left - 1)) out.push(note.id + ": " + part.tagName + " sticks out");
		}
	}
	return out;
})()`

// testPaper looks at reports as they are printed, on A4 upright and across.
func (s *site) testPaper(t *testing.T) {
	tb := s.open(t, 794, "light")
	if _, err := chromedp.Call(tb.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	notes := 0
	for _, slug := range s.slugs(t, "ko") {
		tb.visit(t, "/reports/"+slug, 200)
		for _, width := range []int64{794, 1123} {
			tb.resize(t, width)
			for _, problem := range append(read[[]string](t, tb, overflowing), read[[]string](t, tb, besidePaper)...) {
				t.Errorf("%s, %d px wide: %s", slug, width, problem)
			}
		}
		notes += read[int](t, tb, `document.querySelectorAll(".note").length`)
	}
	if notes == 0 {
		t.Error("no report has a note")
	}
}
