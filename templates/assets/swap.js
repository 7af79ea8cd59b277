// Another view of a page in its place: a view is an address, and what the server answers there replaces what is shown.
// Where anything fails the browser goes to the address itself.
"use strict";
{
let turn = 0;

// question is what an address asks, whatever place on the page it names.
const question = (address) => { const { pathname, search } = new URL(address, location.href); return pathname + search; };
let shown = question(location.href);

// go shows the page at an address. push is false where the address is already the browser's; within names the part that
// is replaced, each of its kind by its like: the whole of a page, but of a report only its charts, so that the place of the
// reader stays. Other scripts ask for it by an event.
async function go({ address, push = true, replace = false, within = document.querySelector("[data-within]")?.dataset.within ?? "main" }) {
  const mine = ++turn;
  const old = [...document.querySelectorAll(within)];
  old.forEach((e) => e.setAttribute("aria-busy", "true"));
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const parts = [...page.querySelectorAll(within)];
    if (mine !== turn) return;
    if (!parts.length || parts.length !== old.length) throw new Error(address);
    await dress(page);
    if (mine !== turn) return;
    const focused = document.activeElement, around = old.find((e) => e.contains(focused));
    old.forEach((e, i) => e.replaceChildren(...parts[i].childNodes));
    document.title = page.title;
    shown = question(address);
    if (replace) history.replaceState({ swapped: true }, "", address);
    else if (push) history.pushState({ swapped: true }, "", address);
    document.dispatchEvent(new Event("swapped")); // which makes charts able to have the focus
    if (around) twin(around, focused)?.focus({ preventScroll: true });
  } catch {
    if (mine === turn) location.assign(address);
  } finally {
    old.forEach((e) => e.removeAttribute("aria-busy"));
  }
}

// dress brings in the style sheets that the new page has and the old had not.
function dress(page) {
  const missing = [...page.querySelectorAll("link[rel=stylesheet]")].filter((s) => ![...document.styleSheets].some((have) => have.href === s.href));
  return Promise.all(missing.map((s) => new Promise((styled) => {
    const sheet = document.importNode(s);
    sheet.onload = sheet.onerror = styled;
    document.head.append(sheet);
  })));
}

// twin is what stands in the new page for what had the focus in the old.
function twin(root, e) {
  if (e.id) return document.getElementById(e.id);
  if (e.matches("svg")) return [...root.querySelectorAll("svg.full")].find((s) => s.getClientRects().length);
  const label = (x) => x.name || x.firstChild?.nextSibling?.textContent || x.textContent;
  return [...root.querySelectorAll(e.tagName)].find((x) => label(x) === label(e));
}

addEventListener("popstate", () => {
  if (question(location.href) === shown) return; // another place on the page
  if (history.state?.swapped || document.querySelector("[data-swap], [data-live]")) go({ address: location.href, push: false });
});

document.addEventListener("click", (e) => {
  const a = e.target.closest?.("a[data-swap][href]");
  if (!a || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  e.preventDefault();
  go({ address: a.href });
});
document.addEventListener("go", (e) => go(e.detail));
}
