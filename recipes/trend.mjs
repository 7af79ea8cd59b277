// How fast transistor counts double, with the interval, and the citation. Runs in Node, a browser and an Observable
// notebook: there, `trend = await ask("/trend", {...})` is a cell.
const base = globalThis.process?.env.SCALEBOOK ?? "http://127.0.0.1:8080";

async function ask(path, params) {
  const response = await fetch(`${base}/api/v1${path}?${new URLSearchParams(params)}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.status} ${answer.detail}`);
  return answer;
}

const trend = await ask("/trend", { metric: "cpu-transistors", of: "all", fit: "exponential" });
const { value, low, high } = trend.doubling_time_years;
console.log(`doubling every ${value.toFixed(2)} years (${low.toFixed(2)} to ${high.toFixed(2)}), n = ${trend.n}`);
console.log(trend.citation.text.en);
