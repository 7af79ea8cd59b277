package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// maxActions is how many actions from the first page a task may take. Typing and Enter are one.
const maxActions = 4

// reader does what a person does with a page, and counts it.
type reader struct {
	*tab
	t       *testing.T
	actions int
}

// follow activates the first visible link, button or summary within a selector whose text contains what is given.
func (r *reader) follow(within, text string) {
	r.t.Helper()
	r.actions++
	before := read[string](r.t, r.tab, "location.href")
	found := read[bool](r.t, r.tab, `(() => {
		const seen = (e) => e.getClientRects().length > 0;
		const e = [...document.querySelectorAll(`+quote(within)+`)].flatMap((e) => e.matches("a, button, summary") ? [e] : [...e.querySelectorAll("a, button, summary")])
			.find((e) => seen(e) && e.textContent.includes(`+quote(text)+`));
		if (!e) return false;
		setTimeout(() => e.click());
		return true;
	})()`)
	if !found {
		r.t.Fatalf("action %d: nothing in %s says %q on %s", r.actions, within, text, before)
	}
	r.until(r.t, `location.href !== `+quote(before)+` && document.readyState === "complete"`)
}

// search types into the field at the top and presses Enter.
func (r *reader) search(text string) {
	r.t.Helper()
	r.actions++
	r.slash(r.t)
	r.press(r.t, text)
	r.press(r.t, kb.Enter)
	r.until(r.t, `location.pathname === "/search" && document.readyState === "complete"`)
}

// fill types into a named field and sends its form.
func (r *reader) fill(name, text string) {
	r.t.Helper()
	r.actions++
	ctx, cancel := context.WithTimeout(r.ctx, actionTimeout)
	defer cancel()
	before := read[string](r.t, r.tab, "location.href")
	if err := chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS("main [name="+name+"]"), text+kb.Enter)); err != nil {
		r.t.Fatalf("fill %s: %v", name, err)
	}
	r.until(r.t, `location.href !== `+quote(before)+` && document.readyState === "complete"`)
}

// choose sets selects by name, then sends their form: one action for each.
func (r *reader) choose(choices ...[2]string) {
	r.t.Helper()
	before := read[string](r.t, r.tab, "location.href")
	for i, c := range choices {
		r.actions++
		ok := read[bool](r.t, r.tab, fmt.Sprintf(`(() => { const all = document.querySelectorAll("main select[name=" + %s + "]"); const e = all[Math.min(%d, all.length - 1)]; if (!e) return false; e.value = %s; return e.value === %s; })()`,
			quote(c[0]), i, quote(c[1]), quote(c[1])))
		if !ok {
			r.t.Fatalf("no choice %s of %s on %s", c[1], c[0], before)
		}
	}
	read[bool](r.t, r.tab, `(setTimeout(() => document.querySelector("main select").form.requestSubmit()), true)`)
	r.until(r.t, `location.href !== `+quote(before)+` && document.readyState === "complete"`)
}

// sees reports whether the part of the page that a selector names says a text.
func (r *reader) sees(within, text string) {
	r.t.Helper()
	got := read[string](r.t, r.tab, `[...document.querySelectorAll(`+quote(within)+`)].map((e) => e.innerText).join("\n").replaceAll("\u00a0", " ").replaceAll("\u2060", "")`)
	if !strings.Contains(got, text) {
		r.t.Errorf("%s says %.300q, which lacks %q", within, got, text)
	}
}

// testTasks does what readers come for, each from the first page in at most four actions.
func (s *site) testTasks(t *testing.T) {
	for name, do := range map[string]func(r *reader){
		"what was the GPQA record when this report came out": func(r *reader) {
			r.follow(".nav", "보고서")
			r.follow(".reports", "시험이 먼저 닳는다")
			r.sees(".note", "79.7%")
			r.sees(".note", s.recordName(t, "gpqa-diamond"))
		},
		"who holds the GPQA record now, and since when": func(r *reader) {
			r.follow(".moves, .multiples", "GPQA")
			r.sees(".answer", s.recordName(t, "gpqa-diamond"))
			r.sees("tr.is-now", s.recordName(t, "gpqa-diamond"))
		},
		"where is HBM capacity said to limit the batch": func(r *reader) {
			r.search("HBM 용량 배치")
			r.sees("#hits mark", "배치")
			r.follow("#hits .passages", "")
			r.sees(".prose", "HBM")
			if !read[bool](t, r.tab, `document.getElementById(decodeURIComponent(location.hash.slice(1))) !== null`) {
				t.Error("the passage's address leads nowhere on its page")
			}
		},
		"has Moore’s law slowed": func(r *reader) {
			r.follow(".questions", "무어의 법칙")
			r.sees(".verdict .answer", "두 배")
			r.sees(".verdict", "95%")
		},
		"when does GPQA pass 90%": func(r *reader) {
			r.follow(".questions", "90%")
			r.sees(".verdict", "90%")
		},
		"which chip has the most memory": func(r *reader) {
			r.follow(".nav", "하드웨어")
			r.follow("thead", "메모리")
			r.sees("tbody tr:first-child", "288")
		},
		"read a report in English": func(r *reader) {
			r.follow(".nav", "보고서")
			r.follow(".reports h3", "")
			r.follow(".switch", "English")
			if got := read[string](t, r.tab, `document.querySelector("article.report").lang`); got != "en" {
				t.Errorf("the report is in %q", got)
			}
		},
		"what is KV cache in Korean": func(r *reader) {
			r.follow(".nav", "용어")
			r.fill("find", "KV cache")
			r.sees(".terms", "캐시")
		},
		"what is the cheapest model above 80% MMLU": func(r *reader) {
			r.follow(".questions", "MMLU 80%")
			r.sees(".answer", s.recordName(t, "price-input-mmlu-80"))
			r.sees(".answer", "$")
		},
		"which of two models is better, and at what": func(r *reader) {
			r.follow(".nav", "비교")
			r.fill("subject", "GPT-5.1, Claude Opus 4.5")
			r.sees("table", "GPQA")
			if n := read[int](t, r.tab, `document.querySelectorAll("table tbody td b").length`); n < 3 {
				t.Errorf("%d metrics have a best", n)
			}
		},
		"compare transistors with clock": func(r *reader) {
			r.follow(".nav", "비교")
			r.choose([2]string{"metric", "cpu-transistors"}, [2]string{"metric", "cpu-frequency"})
			for _, id := range []string{"cpu-transistors", "cpu-frequency"} {
				if !read[bool](t, r.tab, `[...document.querySelectorAll("main table tbody th a")].some((a) => a.pathname === `+quote("/metrics/"+id)+`)`) {
					t.Errorf("the comparison has no row of %s", id)
				}
			}
		},
		"take the data of a chart along": func(r *reader) {
			r.follow(".moves, .multiples", "GPQA")
			r.actions++ // the link downloads; what it leads to is read instead
			got := read[string](t, r.tab, `fetch([...document.querySelectorAll(".tools a")].find((a) => a.textContent === "CSV").href).then((r) => r.text())`)
			if !strings.Contains(strings.ToLower(got[:min(len(got), 200)]), "time") || strings.Count(got, "\n") < 5 {
				t.Errorf("the table is %.200q", got)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &reader{tab: s.open(t, 1440, "light"), t: t}
			r.visit(t, "/?lang=ko", 200)
			do(r)
			if r.actions > maxActions {
				t.Errorf("it took %d actions", r.actions)
			}
			for _, p := range r.complaints() {
				t.Error(p)
			}
		})
	}
}

func (s *site) recordName(t *testing.T, metric string) string {
	t.Helper()
	_, name, _ := s.record(t, metric)
	return name
}

// quote writes a string as JavaScript does.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always can be written
	}
	return string(b)
}
