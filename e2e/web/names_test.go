package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// heard is a node of a page as assistive technology has it.
type heard struct {
	role, name, url string
	parent          *heard
}

// named are the roles that say nothing without a name. Landmarks that a page has once need none.
var named = []string{"link", "button", "textbox", "searchbox", "combobox", "spinbutton", "Date", "checkbox", "image", "table", "figure", "form", "search",
	"navigation", "region", "complementary", "article", "heading", "columnheader", "rowheader", "DisclosureTriangle", "listbox", "option", "dialog"}

// telling are the roles whose own words say what a link within them is about (WCAG 2.4.4).
var telling = []string{"listitem", "row", "cell", "paragraph", "heading", "definition", "term", "Figcaption", "rowheader", "columnheader", "doc-endnotes", "status"}

// testNames reads every page as assistive technology does: what is there has a name, what has the same name is told apart by
// where it stands, and what is drawn is said once.
func (s *site) testNames(t *testing.T) {
	for _, lang := range []string{"ko", "en"} {
		tb := s.open(t, 1440, "light")
		for _, a := range s.addresses(t) {
			t.Run(a.name+"-"+lang, func(t *testing.T) {
				tb.visit(t, withLang(a.path, lang), a.status)
				nodes := tb.heard(t)
				problems := unnamed(nodes)
				if a.name != "design" { // which shows each component in several states
					problems = append(problems, ambiguous(nodes)...)
				}
				slices.Sort(problems)
				for _, problem := range slices.Compact(problems) {
					t.Error(problem)
				}
				for _, problem := range read[[]string](t, tb, unsaid) {
					t.Error(problem)
				}
			})
		}
	}
}

// heard reads the whole accessibility tree of the page, with what is folded unfolded.
func (tb *tab) heard(t *testing.T) []*heard {
	t.Helper()
	read[bool](t, tb, `(document.querySelectorAll("details").forEach((d) => { d.open = true; }), true)`)
	tree, err := chromedp.Call(tb.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		t.Fatal(err)
	}
	text := func(v *accessibility.Value) string {
		if v == nil {
			return ""
		}
		var s string
		if json.Unmarshal(v.Value, &s) != nil {
			return string(v.Value)
		}
		return s
	}
	byID := map[accessibility.NodeID]*heard{}
	for _, n := range tree.Nodes {
		byID[n.NodeID] = &heard{role: text(n.Role), name: strings.TrimSpace(text(n.Name))}
	}
	var out []*heard
	for _, n := range tree.Nodes {
		h := byID[n.NodeID]
		h.parent = byID[n.ParentID]
		for _, p := range n.Properties {
			if p.Name == "url" {
				h.url = text(p.Value)
			}
		}
		if !n.Ignored {
			out = append(out, h)
		}
	}
	if len(out) < 20 {
		t.Fatalf("the page has %d nodes", len(out))
	}
	return out
}

// unnamed lists what has no name, tables without headers, and marks of a drawing that are read out beside its description.
func unnamed(nodes []*heard) (problems []string) {
	headers := map[*heard]bool{}
	for _, n := range nodes {
		if n.role == "columnheader" || n.role == "rowheader" {
			for p := n.parent; p != nil; p = p.parent {
				headers[p] = true
			}
		}
	}
	for _, n := range nodes {
		switch {
		case slices.Contains(named, n.role) && n.name == "":
			problems = append(problems, fmt.Sprintf("a %s has no name, in %s", n.role, n.path()))
		case strings.HasPrefix(n.role, "graphics-"):
			problems = append(problems, fmt.Sprintf("a mark of a drawing is read out: %q", n.name))
		case n.role == "table" && !headers[n]:
			problems = append(problems, fmt.Sprintf("the table %q has no headers", n.name))
		}
	}
	return problems
}

// ambiguous lists links that share a name and a context but not where they lead, controls and landmarks that share a name and
// a context, and links to one place one right after the other.
func ambiguous(nodes []*heard) (problems []string) {
	links, others := map[string]string{}, map[string]bool{}
	var before *heard
	for _, n := range nodes {
		if n.role == "link" {
			if before != nil && before.url == n.url && n.url != "" && before.block() == n.block() && n.block() != nil {
				problems = append(problems, fmt.Sprintf("%q and %q, one after the other, lead to %s", before.name, n.name, n.url))
			}
			before = n
			if n.block() != nil {
				continue
			}
			key := n.path() + ": " + n.name
			if to, ok := links[key]; ok && to != n.url {
				problems = append(problems, fmt.Sprintf("two links %s lead apart, to %s and %s", key, to, n.url))
			}
			links[key] = n.url
			continue
		}
		if n.within("Date") { // the browser's own
			continue
		}
		if slices.Contains([]string{"form", "search", "navigation", "region", "complementary", "figure", "table", "image", "textbox", "combobox", "button", "DisclosureTriangle"}, n.role) {
			key := n.role + " " + n.path() + ": " + n.name
			if others[key] {
				problems = append(problems, "there are two: "+key)
			}
			others[key] = true
		}
	}
	return problems
}

// block is the nearest part around a node whose own words say what it is about, or nil.
func (h *heard) block() *heard {
	for p := h.parent; p != nil; p = p.parent {
		if slices.Contains(telling, p.role) {
			return p
		}
	}
	return nil
}

func (h *heard) within(role string) bool {
	for p := h.parent; p != nil; p = p.parent {
		if p.role == role {
			return true
		}
	}
	return false
}

// path names the parts that a node stands in, from the outermost.
func (h *heard) path() string {
	var names []string
	for p := h.parent; p != nil; p = p.parent {
		if p.name != "" && slices.Contains([]string{"group", "figure", "form", "search", "navigation", "region", "complementary", "article", "table", "row", "listitem"}, p.role) {
			names = append(names, p.name)
		}
	}
	slices.Reverse(names)
	return strings.Join(names, " > ")
}

// unsaid lists large charts without a description or without their data beside them, and Korean that is not marked as such.
const unsaid = `(() => {
	const out = [];
	for (const svg of document.querySelectorAll("svg.plot.full")) {
		if (!svg.querySelector("title")?.textContent.trim() || !svg.querySelector("desc")?.textContent.trim()) out.push("a chart has no name or no description: " + svg.textContent.slice(0, 60));
		if (!svg.querySelector("[data-name]")) continue;
		const figure = svg.closest("figure"), tools = figure.nextElementSibling;
		if (![...figure.querySelectorAll("figcaption a"), ...(tools?.matches(".tools") ? tools.querySelectorAll("a") : [])].some((a) => a.textContent === "CSV")) out.push("a chart has no data beside it: " + svg.querySelector("title").textContent);
	}
	const hangul = /[\uac00-\ud7a3]/;
	const said = (e, text) => { if (hangul.test(text) && e.closest("[lang]").getAttribute("lang") !== "ko") out.push("Korean read as " + e.closest("[lang]").getAttribute("lang") + ": " + text.trim().slice(0, 60)); };
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) said(walk.currentNode.parentElement, walk.currentNode.nodeValue);
	for (const e of document.querySelectorAll("[aria-label], [alt], [title], [placeholder]")) for (const name of ["aria-label", "alt", "title", "placeholder"]) said(e, e.getAttribute(name) ?? "");
	return [...new Set(out)].slice(0, 12);
})()`
