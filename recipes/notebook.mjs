// An Observable notebook as a module: cells that are worked out anew when what they name changes. The runtime that shows
// it gives Plot, as observablehq.com does; `base` is the address of a server, which is redefined in a notebook of one's own.
export default function define(runtime, observer) {
  const main = runtime.module();
  main.variable(observer("base")).define("base", [], () => globalThis.process?.env.SCALEBOOK ?? "http://127.0.0.1:8080");
  main.variable(observer("metric")).define("metric", [], () => "gpqa-diamond");
  main.variable(observer("frontier")).define("frontier", ["base", "metric"], async (base, metric) => {
    const response = await fetch(`${base}/api/v1/frontier?${new URLSearchParams({ metric })}`);
    const answer = await response.json();
    if (!response.ok) throw new Error(`${answer.status} ${answer.detail}`);
    return answer;
  });
  main.variable(observer("records")).define("records", ["frontier"], (frontier) =>
    frontier.records.map((r) => ({ time: new Date(r.time), value: r.value, name: r.name })),
  );
  main.variable(observer("chart")).define("chart", ["Plot", "frontier", "records"], (Plot, frontier, records) =>
    Plot.plot({
      y: { grid: true, label: frontier.metric.title.en },
      marks: [
        Plot.lineY(records, { x: "time", y: "value", curve: "step-after" }),
        Plot.dot(records, { x: "time", y: "value", title: "name" }),
      ],
    }),
  );
  main.variable(observer("source")).define("source", ["frontier"], (frontier) => frontier.citation.text.en);
  return main;
}
