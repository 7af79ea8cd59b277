// scalebook: what a page gains from script. Without it every page still works. No file here is a module, and each is a block
// of its own: a page that was opened from a folder may load scripts, but no modules.
"use strict";
{
const scripts = document.currentScript.dataset;

// "/" goes to the search field, as on the key cap beside it.
const field = document.getElementById("q");
document.addEventListener("keydown", (e) => {
  const typing = e.target.closest("input, textarea, select, [contenteditable]");
  if (e.key === "/" && !typing && !e.ctrlKey && !e.metaKey && !e.altKey && field) {
    e.preventDefault();
    field.focus();
    field.select();
  }
});

// Suggestions under the search field: arrows choose, Enter follows, Esc closes.
if (field) {
  const box = document.createElement("div");
  box.className = "suggestions";
  box.id = "suggestions";
  box.setAttribute("role", "listbox");
  box.hidden = true;
  field.parentElement.append(box);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-controls", box.id);
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-autocomplete", "list");
  let chosen = -1, asked = 0, timer = 0;
  const close = () => { box.hidden = true; chosen = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };
  const choose = (i) => {
    const items = [...box.children];
    if (!items.length) return;
    clearTimeout(timer);
    asked++; // an answer still on its way would take the choice back
    chosen = (i + items.length) % items.length;
    items.forEach((item, n) => item.setAttribute("aria-selected", String(n === chosen)));
    field.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    const text = field.value.trim();
    const turn = ++asked;
    if (!text) return close();
    try {
      const answer = await (await fetch("/api/v1/suggest?limit=8&q=" + encodeURIComponent(text))).json();
      if (turn !== asked || document.activeElement !== field) return;
      box.replaceChildren(...answer.suggestions.map((s, i) => {
        const a = document.createElement("a");
        a.href = s.url;
        a.id = "suggestion-" + i;
        a.tabIndex = -1;
        a.setAttribute("role", "option");
        a.setAttribute("aria-selected", "false");
        const name = document.createElement("span"), kind = document.createElement("span");
        name.textContent = s.text;
        kind.textContent = field.form.dataset[s.kind] ?? s.kind;
        kind.className = "k";
        a.append(name, kind);
        return a;
      }));
      chosen = -1;
      box.hidden = !box.children.length;
      field.setAttribute("aria-expanded", String(!box.hidden));
    } catch { close(); }
  };
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 60); });
  field.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    if (e.key === "ArrowDown" && !box.hidden) { e.preventDefault(); choose(chosen + 1); }
    else if (e.key === "ArrowUp" && !box.hidden) { e.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); }
    else if (e.key === "Enter" && chosen >= 0) { e.preventDefault(); location.href = box.children[chosen].href; }
    else if (e.key === "Escape" && !box.hidden) { e.preventDefault(); close(); } // a search field would lose its text too
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
}

// What scrolls sideways can be reached, and so scrolled, by the keyboard; what does not is no stop.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0; else target.removeAttribute("tabindex");
  }
});
const watchWide = () => document.querySelectorAll(".scroll, .prose table, .prose pre, .prose .math-display").forEach((e) => watch.observe(e));
watchWide();
document.addEventListener("swapped", watchWide);

// Arrow keys walk through the results of a search page, from the field down and back up to it.
if (document.getElementById("answer")) {
  document.addEventListener("keydown", (e) => {
    const typing = e.target.closest("input, select, textarea");
    if (typing && (typing !== field || e.key !== "ArrowDown" || e.defaultPrevented) || e.altKey || e.ctrlKey || e.metaKey || e.isComposing) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[e.key];
    const hits = [...document.querySelectorAll("#hits .hit h2 a")];
    if (!step || !hits.length) return;
    e.preventDefault();
    const next = hits.indexOf(document.activeElement) + step;
    document.querySelectorAll(".hit.focus").forEach((h) => h.classList.remove("focus"));
    if (next < 0) return field?.focus();
    const hit = hits[Math.min(hits.length - 1, next)];
    hit.closest(".hit").classList.add("focus");
    hit.focus();
    hit.scrollIntoView({ block: "nearest" });
  });
}

// The outline's cursor follows the reader, and the place is kept for the next visit.
const outline = [...document.querySelectorAll(".outline a")];
if (outline.length) {
  const heads = outline.map((a) => document.getElementById(decodeURIComponent(a.hash.slice(1)))).filter(Boolean);
  let waiting = false;
  const mark = () => {
    waiting = false;
    let at = 0;
    heads.forEach((h, i) => { if (h.getBoundingClientRect().top < 140) at = i; });
    outline.forEach((a, i) => { if (i === at) a.setAttribute("aria-current", "location"); else a.removeAttribute("aria-current"); });
  };
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();
}
const report = document.querySelector("article.report[data-slug]");
if (report && !location.hash) {
  const key = "place:" + report.dataset.slug;
  const blocks = [...report.querySelectorAll(".prose > [id]")];
  try {
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    const block = kept && document.getElementById(kept.id);
    if (block && Date.now() - kept.at < 30 * 86400e3 && performance.getEntriesByType("navigation")[0]?.type !== "reload") block.scrollIntoView();
  } catch { /* no storage, no place kept */ }
  addEventListener("pagehide", () => {
    const block = blocks.find((b) => b.getBoundingClientRect().bottom > 80);
    try {
      if (block && scrollY > innerHeight) localStorage.setItem(key, JSON.stringify({ id: block.id, at: Date.now() }));
      else localStorage.removeItem(key);
    } catch { /* likewise */ }
  });
}

// Charts and views are brought in where a page has them.
const bring = (address) => document.head.append(Object.assign(document.createElement("script"), { src: address }));
if (document.querySelector("svg.plot [data-name]")) bring(scripts.charts);
if (document.querySelector("[data-swap], [data-live], [data-zooms]")) bring(scripts.views);
const live = document.querySelector("form[data-live]");
if (live) {
  // Results as one types; the address follows, so that a reload shows the same.
  let timer = 0;
  const ask = () => {
    const question = new URLSearchParams(new FormData(live)).toString();
    if (new FormData(live).get("q").trim()) document.dispatchEvent(new CustomEvent("go", { detail: { address: live.getAttribute("action") + "?" + question, replace: true, within: "#answer" } }));
  };
  live.addEventListener("input", (e) => { clearTimeout(timer); if (!e.isComposing) timer = setTimeout(ask, 150); });
  document.addEventListener("swapped", () => { document.getElementById("said").textContent = document.querySelector(".tally span")?.textContent ?? ""; }); // for who hears the page
  live.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
}

// A term's definition closes on Esc.
document.addEventListener("keydown", (e) => { if (e.key === "Escape") document.activeElement?.closest?.(".term")?.blur(); });
}
