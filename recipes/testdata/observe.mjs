// Shows a notebook as Observable's runtime does, in a document without a browser, and prints what its cells came to.
// Argument: address of the notebook. It stands beside the node_modules that `make recipe-tools` made.
import * as Plot from "@observablehq/plot";
import { Runtime } from "@observablehq/runtime";
import { JSDOM } from "jsdom";

globalThis.window = new JSDOM("").window; // where Plot draws

const { default: define } = await import(process.argv[2]);
const runtime = new Runtime({ Plot });
const cells = [];
const main = runtime.module(define, (name) => {
  cells.push(name);
  return true;
});
for (const name of cells) {
  const value = await main.value(name);
  console.log(`${name}: ${value?.outerHTML ?? (typeof value === "string" ? value : JSON.stringify(value))}`);
}

// As a reader who changes a cell: what follows from it follows.
main.redefine("metric", [], () => "cpu-transistors");
const again = await main.value("frontier");
console.log(`redefined: ${again.metric.id}, ${(await main.value("chart")).querySelectorAll("circle").length === again.records.length}`);
process.exit(0);
