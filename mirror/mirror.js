// The search of a static copy: BM25 over Latin words and pairs of Hangul syllables, which needs no dictionary.
"use strict";

addEventListener("keydown", (e) => {
  const field = document.getElementById("copy-q");
  if (e.key === "/" && field && !e.target.closest("input, textarea") && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); field.focus(); field.select(); }
});

const terms = (text) => {
  const out = [];
  for (const [run] of text.normalize("NFC").toLowerCase().matchAll(/[\p{Script=Latin}\d]+(?:[.,]\d+)*|[\p{Script=Hangul}]+|[\p{Script=Han}]+/gu)) {
    if (!/[\p{Script=Hangul}]/u.test(run)) { out.push(run); continue; }
    const syllables = [...run];
    if (syllables.length === 1) out.push(run);
    for (let i = 0; i + 1 < syllables.length; i++) out.push(syllables[i] + syllables[i + 1]);
  }
  return out;
};

// build counts the terms of every passage; a document's names count with each of them.
const build = (documents) => {
  const postings = new Map(), passages = [];
  let total = 0;
  documents.forEach((document, d) => {
    for (const passage of document.passages?.length ? document.passages : [{ t: "" }]) {
      const counts = new Map();
      for (const [text, weight] of [[passage.t, 1], [passage.h || "", 1], [document.title + " " + (document.names || ""), 2]]) {
        for (const term of terms(text)) counts.set(term, (counts.get(term) || 0) + weight);
      }
      let length = 0;
      for (const [term, count] of counts) {
        length += count;
        if (!postings.has(term)) postings.set(term, []);
        postings.get(term).push([passages.length, count]);
      }
      total += length;
      passages.push({ document: d, passage, length });
    }
  });
  return { postings, passages, average: total / Math.max(1, passages.length) };
};

const search = (index, query) => {
  const wanted = [...new Set(terms(query))];
  const scores = new Map(), found = new Map();
  let whole = 0;
  for (const term of wanted) {
    const list = index.postings.get(term) || [];
    const idf = Math.log(1 + (index.passages.length - list.length + 0.5) / (list.length + 0.5));
    whole += idf;
    for (const [p, count] of list) {
      const score = idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * index.passages[p].length / index.average));
      scores.set(p, (scores.get(p) || 0) + score);
      found.set(p, (found.get(p) || 0) + idf);
    }
  }
  const byDocument = new Map();
  for (const [p, score] of scores) {
    const share = found.get(p) / whole;
    if (share < 0.34) continue;
    const d = index.passages[p].document;
    if (!byDocument.has(d)) byDocument.set(d, []);
    byDocument.get(d).push([score * share, p]);
  }
  const hits = [...byDocument].map(([d, list]) => ({ d, best: list.sort((a, b) => b[0] - a[0]).slice(0, 3) }));
  return hits.sort((a, b) => b.best[0][0] - a.best[0][0] || a.d - b.d);
};

// mark wraps what a query's words touch, in a window around the first of them.
const mark = (text, query) => {
  const words = query.normalize("NFC").toLowerCase().split(/[^\p{L}\p{N}.]+/u).filter(Boolean).flatMap((w) => (/[\p{Script=Hangul}]/u.test(w) && w.length > 2 ? [w, w.slice(0, -1)] : [w]));
  const lower = text.toLowerCase();
  const at = Math.min(...words.map((w) => lower.indexOf(w)).filter((i) => i >= 0), text.length);
  const start = at > 100 && at < text.length ? at - 60 : 0;
  const piece = (start ? "…" : "") + text.slice(start, start + 220) + (start + 220 < text.length ? "…" : "");
  const pattern = words.sort((a, b) => b.length - a.length).map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const out = document.createDocumentFragment();
  piece.split(pattern ? new RegExp(`(${pattern})`, "iu") : /$^/).forEach((part, i) => {
    if (i % 2) { const m = document.createElement("mark"); m.textContent = part; out.append(m); } else out.append(part);
  });
  return out;
};

const element = (name, attributes, ...children) => {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value) e.setAttribute(key, value);
  e.append(...children);
  return e;
};

addEventListener("DOMContentLoaded", () => {
  const query = new URLSearchParams(location.search).get("q")?.trim();
  if (typeof scalebookIndex === "undefined" || !query) return;
  document.querySelectorAll('input[name="q"]').forEach((field) => { field.value = query; });
  const { documents, words } = scalebookIndex;
  const index = build(documents);
  const hits = search(index, query);
  const section = element("section", { id: "hits" }, element("div", { class: "tally" }, element("span", { role: "status" }, hits.length ? words.tally.replace("%d", hits.length) : words.none)));
  for (const { d, best } of hits.slice(0, 50)) {
    const { kind, title, lang, date, url } = documents[d];
    const passages = best.map(([, p]) => index.passages[p].passage).filter((p) => p.t);
    const list = passages.map((p) => element("li", {}, p.h ? element("span", { class: "at" }, element("a", { href: url + (p.a ? "#" + encodeURIComponent(p.a) : "") }, p.h)) : "", mark(p.t, query)));
    section.append(element("article", { class: "hit" }, element("div", {}, element("p", { class: "kind" }, [kind, date].filter(Boolean).join(" · ")),
      element("h2", { lang }, element("a", { href: url }, title)), element("ul", { class: "passages", lang }, ...list))));
  }
  document.querySelector("main").append(section);
});
