// Another view of a page in its place: a view is an address, and what the server answers there replaces what is shown.
// Where anything fails the browser goes to the address itself.
"use strict";
{
let turn = 0;

// go shows the page at an address. push is false where the address is already the browser's; within names the part that
// is replaced. Other scripts ask for it by an event.
async function go({ address, push = true, replace = false, within = "main" }) {
  const mine = ++turn;
  const old = document.querySelector(within);
  old.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.querySelector(within);
    if (mine !== turn) return;
    if (!part) throw new Error(address);
    await dress(page);
    if (mine !== turn) return;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceChildren(...part.childNodes);
    document.title = page.title;
    if (replace) history.replaceState({ swapped: true }, "", address);
    else if (push) history.pushState({ swapped: true }, "", address);
    if (focused) twin(old, focused)?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("swapped"));
  } catch {
    if (mine === turn) location.assign(address);
  } finally {
    old.removeAttribute("aria-busy");
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
