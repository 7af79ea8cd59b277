// What a chart gains from script: the name, value, day and source of a point on hover, focus and touch, a walk through the
// points by keyboard, and a part of it enlarged by drag or keys. The drawing stays the server's; a part is an address.
"use strict";
{
const go = (address) => document.dispatchEvent(new CustomEvent("go", { detail: { address } })); // swap.js goes there

const near = 24; // pixels from a point that still mean it
const svgNS = "http://www.w3.org/2000/svg";
let tip, chosen;

// points are a chart's marks in reading order, with their place in the drawing.
const kept = new WeakMap();
function points(svg) {
  if (!kept.has(svg)) {
    const all = [...svg.querySelectorAll("[data-name]")].map((mark) => {
      const box = mark.getBBox();
      return { mark, x: box.x + box.width / 2, y: box.y + box.height / 2 };
    });
    kept.set(svg, svg.matches(".rows") ? all : all.sort((a, b) => a.x - b.x || a.y - b.y));
  }
  return kept.get(svg);
}

function show(svg, point) {
  const { dataset } = point.mark;
  if (!tip?.isConnected) {
    tip = document.createElement("div");
    tip.className = "tip";
    tip.setAttribute("role", "status");
    document.body.append(tip);
  }
  const name = document.createElement("b");
  name.textContent = dataset.name;
  const rest = [dataset.value, dataset.time, dataset.detail].filter(Boolean).join(" · ");
  tip.replaceChildren(name, rest);
  tip.hidden = false;
  ring(svg, point);
  const at = point.mark.getBoundingClientRect();
  const middle = at.x + at.width / 2 + scrollX - tip.offsetWidth / 2;
  tip.style.left = Math.min(Math.max(8, middle), document.documentElement.clientWidth - tip.offsetWidth - 8) + "px";
  const above = at.y + scrollY - tip.offsetHeight - 12;
  tip.style.top = (above > scrollY + 4 ? above : at.bottom + scrollY + 12) + "px";
  chosen = { svg, point };
}

function ring(svg, point) {
  document.querySelectorAll(".plot .ring").forEach((r) => r.remove());
  const r = document.createElementNS(svgNS, "circle");
  r.setAttribute("class", "ring");
  for (const [k, v] of [["cx", point.x], ["cy", point.y], ["r", 8]]) r.setAttribute(k, v);
  svg.append(r);
}

function hide() {
  if (tip) tip.hidden = true;
  document.querySelectorAll(".plot .ring").forEach((r) => r.remove());
  chosen = undefined;
}

// place is where an event is in a drawing's own pixels.
function place(svg, e) {
  const box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal;
  return { x: (e.clientX - box.x) * view.width / box.width, y: (e.clientY - box.y) * view.height / box.height };
}

function nearest(svg, at) {
  let best, least = near * near;
  for (const p of points(svg)) {
    const d = (p.x - at.x) ** 2 + (p.y - at.y) ** 2;
    if (d < least) [best, least] = [p, d];
  }
  return best;
}

// frame is where a drawing's plot lies and what its x axis spans; undefined where no part can be asked for.
function frame(svg) {
  if (!svg.dataset.x || !svg.closest("[data-zooms]")) return;
  const [left, top, right, bottom] = svg.dataset.plot.split(" ").map(Number);
  const [kind, min, max] = svg.dataset.x.split(" ");
  return { left, top, right, bottom, kind, min: Number(min), max: Number(max) };
}

// zoomOf is the parameter that names a part of a drawing.
const zoomOf = (svg) => svg.closest("[data-zooms]").dataset.zooms;

// value is what an x axis says at a pixel.
function value(f, x) {
  const share = (x - f.left) / (f.right - f.left);
  return f.kind === "log" ? f.min * (f.max / f.min) ** share : f.min + (f.max - f.min) * share;
}

function enlarge(svg, from, to) {
  const f = frame(svg);
  const write = (v) => f.kind === "time" ? new Date(v * 1000).toISOString().slice(0, 10) : String(Number(v.toPrecision(4)));
  const [low, high] = [write(value(f, from)), write(value(f, to))];
  if (low === high) return;
  const address = new URL(location.href);
  address.searchParams.set(zoomOf(svg), low + ".." + high);
  hide();
  go(address.href);
}

function whole(svg) {
  const address = new URL(location.href), zoom = zoomOf(svg);
  if (!address.searchParams.has(zoom)) return;
  address.searchParams.delete(zoom);
  hide();
  go(address.href);
}

const plotOf = (e) => e.target.closest?.("svg.plot[role=img]");
let drag;

document.addEventListener("pointermove", (e) => {
  if (drag) return stretch(e);
  if (e.pointerType === "touch") return;
  const svg = plotOf(e);
  const point = svg && nearest(svg, place(svg, e));
  if (point) { if (chosen?.point !== point) show(svg, point); } else if (chosen && document.activeElement !== chosen.svg) hide();
  if (svg) svg.classList.toggle("points", Boolean(point?.mark.dataset.href));
});

document.addEventListener("pointerdown", (e) => {
  const svg = plotOf(e);
  if (!svg || e.button || e.pointerType === "touch") return;
  const f = frame(svg), at = place(svg, e);
  if (!f || at.x < f.left || at.x > f.right || at.y < f.top || at.y > f.bottom) return;
  drag = { svg, f, from: at.x, to: at.x };
  e.preventDefault();
});

function stretch(e) {
  const { svg, f } = drag;
  drag.to = Math.min(Math.max(place(svg, e).x, f.left), f.right);
  if (!drag.area && Math.abs(drag.to - drag.from) < 6) return;
  if (!drag.area) {
    hide();
    drag.area = document.createElementNS(svgNS, "rect");
    drag.area.setAttribute("class", "select");
    svg.append(drag.area);
  }
  for (const [k, v] of [["x", Math.min(drag.from, drag.to)], ["width", Math.abs(drag.to - drag.from)], ["y", f.top], ["height", f.bottom - f.top]]) drag.area.setAttribute(k, v);
}

document.addEventListener("pointerup", () => {
  if (!drag) return;
  const { svg, from, to, area } = drag;
  drag = undefined;
  if (!area) return;
  area.remove();
  dragged = true;
  setTimeout(() => { dragged = false; });
  if (Math.abs(to - from) > 12) enlarge(svg, Math.min(from, to), Math.max(from, to));
});
let dragged = false;

// A click follows a point to its subject; a touch shows it first, and follows where it is shown already.
document.addEventListener("click", (e) => {
  const svg = plotOf(e);
  if (!svg || dragged) return;
  const point = nearest(svg, place(svg, e));
  if (!point) return hide();
  if (e.pointerType === "touch" && chosen?.point !== point) return show(svg, point);
  if (point.mark.dataset.href) location.assign(point.mark.dataset.href);
});

document.addEventListener("keydown", (e) => {
  if (e.key === "Escape" && drag) { drag.area?.remove(); drag = undefined; return; }
  const svg = plotOf(e);
  if (!svg || e.altKey || e.ctrlKey || e.metaKey) return;
  const all = points(svg), f = frame(svg);
  const at = chosen?.svg === svg ? all.indexOf(chosen.point) : -1;
  const middle = at >= 0 && f ? all[at].x : f && (f.left + f.right) / 2;
  const walk = { ArrowRight: at + 1, ArrowLeft: at < 0 ? all.length - 1 : at - 1, Home: 0, End: all.length - 1 }[e.key];
  if (walk !== undefined && all.length) show(svg, all[Math.min(all.length - 1, Math.max(0, walk))]);
  else if (e.key === "Enter" && at >= 0 && all[at].mark.dataset.href) location.assign(all[at].mark.dataset.href);
  else if (e.key === "Escape") hide();
  else if ((e.key === "+" || e.key === "=") && f) {
    const half = (f.right - f.left) / 4;
    enlarge(svg, Math.max(f.left, middle - half), Math.min(f.right, middle + half));
  } else if ((e.key === "-" || e.key === "0") && f) whole(svg);
  else return;
  e.preventDefault();
});
document.addEventListener("focusout", (e) => { if (e.target.matches?.("svg.plot")) hide(); });

// A large chart is a stop of the keyboard. The marks' own titles are for readers without script.
function ready() {
  hide();
  for (const svg of document.querySelectorAll("svg.plot.full[role=img]")) {
    if (svg.querySelector("[data-name]")) svg.tabIndex = 0;
  }
  document.querySelectorAll("svg.plot [data-name] > title").forEach((t) => t.remove());
}
ready();
document.addEventListener("swapped", ready);
}
