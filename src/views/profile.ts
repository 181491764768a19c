// The profile: kernel table, fusion ledger, timeline, lines, retraces, summary. Each a plain function of the Report.
import { scaleLinear, select, zoom } from "d3";
import type { Report, ReportKernel } from "../engine/report/migrations/v1types.ts";
import { send } from "./bridge.ts";
import { h, lineLink } from "./dom.ts";
import { baseName, bytes, count, percent, rate, time } from "./format.ts";
import { textField } from "./toolkit.ts";

const reveal = (file: string, line: number): void => send({ type: "reveal", file, line, column: 1 });
const links = (k: ReportKernel): HTMLElement =>
  h(
    "span",
    {},
    ...k.lines
      .slice(0, 4)
      .flatMap((l, i) => [
        ...(i ? [", "] : []),
        lineLink(String(l.line), () => reveal(l.file, l.line), `${baseName(l.file)}:${l.line}, ${percent(l.share)} of this kernel`),
      ]),
  );

interface Column {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly number: boolean;
  readonly value: (k: ReportKernel) => number | string;
  readonly show: (k: ReportKernel) => Node | string;
}
/** Sortable by every column; the heading is a button. */
export function kernelTable(r: Report): HTMLElement {
  const total = r.kernels.reduce((s, k) => s + (k.time?.median ?? 0), 0),
    t = (k: ReportKernel): number => k.time?.median ?? 0,
    perMs = (v: number, k: ReportKernel): number => (t(k) ? ((v * k.calls) / t(k)) * 1000 : 0) / 1000;
  const columns: Column[] = [
    {
      id: "name",
      label: "Kernel",
      title: "Name: its main operation and what is fused with it",
      number: false,
      value: (k) => k.name,
      show: (k) =>
        h(
          "span",
          { title: `${k.kind} kernel${k.region === r.function.name || k.region === "main" ? "" : ` in ${k.region}`}, ${k.outputs.join(", ")}` },
          k.name,
        ),
    },
    {
      id: "time",
      label: "Time",
      title: "Median over the runs (minimum and spread in the tooltip)",
      number: true,
      value: t,
      show: (k) =>
        h(
          "span",
          { title: k.time ? `minimum ${time(k.time.min)}, spread ${time(k.time.spread)}` : "not measured" },
          k.time ? time(k.time.median) : "–",
        ),
    },
    {
      id: "share",
      label: "Share",
      title: "Part of the time of all kernels",
      number: true,
      value: t,
      show: (k) => {
        const s = total ? t(k) / total : 0;
        return h("span", { class: "bar", style: `--part:${(100 * s).toFixed(1)}%` }, total ? percent(s) : "–");
      },
    },
    { id: "calls", label: "Calls", title: "Calls per run", number: true, value: (k) => k.calls, show: (k) => String(k.calls) },
    {
      id: "bytes",
      label: "Bytes",
      title: "Bytes read and written per call",
      number: true,
      value: (k) => k.bytesRead + k.bytesWritten,
      show: (k) => h("span", { title: `${bytes(k.bytesRead)} read, ${bytes(k.bytesWritten)} written` }, bytes(k.bytesRead + k.bytesWritten)),
    },
    { id: "flops", label: "FLOP", title: "Arithmetic operations per call", number: true, value: (k) => k.flops, show: (k) => count(k.flops) },
    {
      id: "gbs",
      label: "GB/s",
      title: "Bytes moved per second",
      number: true,
      value: (k) => perMs(k.bytesRead + k.bytesWritten, k),
      show: (k) => rate(perMs(k.bytesRead + k.bytesWritten, k)),
    },
    {
      id: "gflops",
      label: "GFLOP/s",
      title: "Arithmetic per second",
      number: true,
      value: (k) => perMs(k.flops, k),
      show: (k) => rate(perMs(k.flops, k)),
    },
    {
      id: "lines",
      label: "Lines",
      title: "Source lines that caused it, most first",
      number: false,
      value: (k) => k.lines[0]?.line ?? 0,
      show: links,
    },
  ];
  let by = columns[1]!,
    down = true;
  const head = h("tr"),
    body = h("tbody"),
    table = h("table", { class: "kernels" }, h("thead", {}, head), body);
  const fill = (): void => {
    const order = [...r.kernels].sort((a, b) => {
      const x = by.value(a),
        y = by.value(b);
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    });
    body.replaceChildren(
      ...order.map((k) => h("tr", { "data-kernel": k.id }, ...columns.map((c) => h("td", { class: c.number ? "number" : "" }, c.show(k))))),
    );
    head.replaceChildren(
      ...columns.map((c) =>
        h(
          "th",
          { scope: "col", class: c.number ? "number" : "", "aria-sort": c === by ? (down ? "descending" : "ascending") : "none", title: c.title },
          h(
            "button",
            {
              onclick: () => {
                if (by === c) down = !down;
                else {
                  by = c;
                  down = c.number;
                }
                fill();
              },
            },
            `${c.label}${c === by ? (down ? " ↓" : " ↑") : ""}`,
          ),
        ),
      ),
    );
  };
  fill();
  const note = r.timing
    ? `Median of ${r.timing.repetitions} runs after ${r.timing.warmups} warm-ups. The whole function: ${time(r.timing.total.median)} (minimum ${time(r.timing.total.min)}, spread ${time(r.timing.total.spread)}); with timers around the kernels ${time(r.timing.profiled.median)}. One timer reading costs ${r.timing.timerOverheadNs.toFixed(0)} ns, two per kernel call.`
    : "Traced only: click jit & profile to measure.";
  return h("div", { class: "scroll" }, table, h("p", { class: "note" }, note));
}
/** Every producer → consumer edge: fused or kept, by which rule, why, at what cost, and what would turn the verdict. */
export function ledgerView(r: Report): HTMLElement {
  let filter = "all",
    query = "";
  const body = h("tbody"),
    counts = h("span", { class: "note" });
  const fill = (): void => {
    const rows = r.ledger.filter(
      (d) =>
        (filter === "all" || (filter === "fused") === d.fused) &&
        `${d.producerOp} ${d.consumerOp} ${d.rule} ${d.reason}`.toLowerCase().includes(query),
    );
    counts.textContent = `${r.ledger.filter((d) => d.fused).length} fused, ${r.ledger.filter((d) => !d.fused).length} kept`;
    body.replaceChildren(
      ...rows.map((d) =>
        h(
          "tr",
          { class: d.fused ? "fused" : "kept" },
          h("td", {}, h("span", { class: "verdict" }, d.fused ? "fused" : "kept")),
          h("td", {}, `${d.producerOp} → ${d.consumerOp}`, h("span", { class: "id" }, ` %${d.producer} → %${d.consumer}`)),
          h("td", {}, d.rule),
          h("td", { class: "wide" }, d.reason, d.otherwise ? h("div", { class: "otherwise" }, `Otherwise, if: ${d.otherwise}`) : null),
          h("td", { class: "number" }, d.bytesSaved ? bytes(d.bytesSaved) : "–"),
          h("td", { class: "number" }, d.flopsRecomputed ? count(d.flopsRecomputed) : "–"),
        ),
      ),
    );
  };
  const pick = h("div", { class: "segmented", role: "radiogroup", "aria-label": "Verdict" });
  for (const f of ["all", "fused", "kept"])
    pick.append(
      h(
        "button",
        {
          role: "radio",
          "aria-checked": f === filter,
          onclick: () => {
            filter = f;
            for (const b of pick.children) b.setAttribute("aria-checked", String(b.textContent === f));
            fill();
          },
        },
        f,
      ),
    );
  fill();
  return h(
    "div",
    { class: "scroll" },
    h(
      "div",
      { class: "toolbar" },
      pick,
      textField(
        "Search edges, rules, reasons",
        (q) => {
          query = q.toLowerCase();
          fill();
        },
        () => {},
      ),
      counts,
    ),
    h(
      "table",
      { class: "ledger" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...["Verdict", "Edge", "Rule", "Reason", "Bytes saved", "FLOP again"].map((t, i) =>
            h("th", { scope: "col", class: i > 3 ? "number" : "" }, t),
          ),
        ),
      ),
      body,
    ),
  );
}
/** The first runs, kernel by kernel: wheel zooms, drag moves. */
export function timelineView(r: Report): HTMLElement {
  if (!r.timeline.length) return h("p", { class: "note" }, "No runs were measured.");
  const runs = [...new Set(r.timeline.map((s) => s.run))],
    holder = h("div", { class: "timeline" }),
    tip = h("div", { class: "note", "aria-live": "polite" }, "Runs one below another, from the start of each. Wheel zooms, drag moves."),
    rowHeight = 34,
    names = new Map(r.kernels.map((k) => [k.id, k]));
  const starts = new Map(runs.map((run) => [run, Math.min(...r.timeline.filter((s) => s.run === run).map((s) => s.start))])),
    span = Math.max(...r.timeline.map((s) => s.start + s.duration - starts.get(s.run)!));
  const paint = (): void => {
    const width = Math.max(300, holder.clientWidth),
      base = scaleLinear()
        .domain([0, span])
        .range([56, width - 12]);
    const svg = select(holder)
      .html("")
      .append("svg")
      .attr("width", width)
      .attr("height", runs.length * rowHeight + 28)
      .attr("role", "img")
      .attr("aria-label", "Timeline of kernels");
    const rows = svg.append("g"),
      axis = svg.append("g").attr("class", "axis");
    const render = (x: typeof base): void => {
      rows.selectAll("*").remove();
      axis.selectAll("*").remove();
      runs.forEach((run, i) => {
        rows
          .append("text")
          .attr("x", 8)
          .attr("y", i * rowHeight + 20)
          .attr("class", "label")
          .text(`run ${run + 1}`);
        for (const s of r.timeline.filter((q) => q.run === run)) {
          const from = x(s.start - starts.get(run)!),
            w = Math.max(1, x(s.start - starts.get(run)! + s.duration) - from),
            k = names.get(s.kernel)!;
          if (from + w < 56 || from > width) continue;
          const g = rows
            .append("g")
            .on("click", () => {
              const l = k.lines[0];
              if (l) reveal(l.file, l.line);
            })
            .on("mouseenter", () => {
              tip.textContent = `${k.name}: ${time(s.duration)}, starts at ${time(s.start - starts.get(run)!)}${k.lines[0] ? `, line ${k.lines[0].line}` : ""}`;
            });
          g.append("rect")
            .attr("x", Math.max(56, from))
            .attr("y", i * rowHeight + 4)
            .attr("width", Math.max(1, w - Math.max(0, 56 - from)))
            .attr("height", rowHeight - 10)
            .attr("rx", 2)
            .attr("class", `span kind-${k.kind}`);
          if (w > 60)
            g.append("text")
              .attr("x", Math.max(56, from) + 5)
              .attr("y", i * rowHeight + 20)
              .attr("class", "name")
              .text(k.name.length * 6.6 > w - 8 ? `${k.name.slice(0, Math.max(1, Math.floor((w - 14) / 6.6)))}…` : k.name);
        }
      });
      for (const v of x.ticks(6))
        if (x(v) >= 56)
          axis
            .append("text")
            .attr("x", x(v))
            .attr("y", runs.length * rowHeight + 18)
            .attr("class", "label tick")
            .text(time(v));
    };
    render(base);
    svg.call(
      zoom<SVGSVGElement, unknown>()
        .scaleExtent([1, 200])
        .translateExtent([
          [0, 0],
          [width, 100],
        ])
        .on("zoom", (e: { transform: { rescaleX(s: typeof base): typeof base } }) => render(e.transform.rescaleX(base))) as never,
    );
  };
  new ResizeObserver(paint).observe(holder);
  return h("div", { class: "scroll" }, holder, tip);
}
/** The source with each line's part of the time. */
export function linesView(r: Report): HTMLElement {
  const own = r.lines.filter((l) => l.file === r.function.file),
    source = r.sources.find((s) => s.file === r.function.file)?.text.split("\n") ?? [],
    shares = new Map(own.map((l) => [l.line, l.share])),
    list = [...shares.keys()],
    from = Math.max(1, Math.min(...list, r.function.line) - 2),
    to = Math.min(source.length, Math.max(...list, r.function.line) + 3);
  const rows: HTMLElement[] = [];
  for (let n = from; n <= to; n++) {
    const s = shares.get(n) ?? 0;
    rows.push(
      h(
        "div",
        { class: "source-line", style: `--part:${(100 * s).toFixed(1)}%` },
        h("span", { class: "share" }, s ? percent(s) : ""),
        lineLink(String(n), () => reveal(r.function.file, n)),
        h("code", {}, source[n - 1] ?? ""),
      ),
    );
  }
  return h("div", { class: "scroll source" }, ...rows);
}
export function summaryView(r: Report): HTMLElement {
  const row = (a: string, b: string): HTMLElement => h("tr", {}, h("th", { scope: "row" }, a), h("td", {}, b)),
    phases = Object.entries(r.phases),
    saved = r.memory.unplanned ? 1 - r.memory.arena / r.memory.unplanned : 0;
  return h(
    "div",
    { class: "scroll columns" },
    h(
      "section",
      {},
      h("h2", {}, "Function"),
      h(
        "table",
        {},
        row("Name", r.function.name),
        row("File", `${r.function.file}:${r.function.line}`),
        ...r.arguments.map((a) => row(a.name, a.type)),
        row("Result", r.results.join(", ")),
      ),
    ),
    h(
      "section",
      {},
      h("h2", {}, "Compilation"),
      h(
        "table",
        {},
        ...phases.map(([k, v]) => row(k, time(v))),
        row("all phases", time(phases.reduce((s, [, v]) => s + v, 0))),
        row("generated code", bytes(r.memory.code)),
      ),
      h("h2", {}, "Passes"),
      h(
        "table",
        {},
        ...r.passes.map((p) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, p.name),
            h("td", {}, `${p.before} → ${p.after} operations`, ...p.changed.map((c) => h("div", { class: "otherwise" }, c))),
          ),
        ),
      ),
    ),
    h(
      "section",
      {},
      h("h2", {}, "Memory"),
      h(
        "table",
        {},
        row("Arguments", bytes(r.memory.arguments)),
        row("Results", bytes(r.memory.results)),
        row("Temporaries", bytes(r.memory.arena)),
        row("Saved by reuse", r.memory.unplanned ? percent(saved) : "–"),
      ),
      h("h2", {}, "Machine"),
      h("table", {}, ...Object.entries(r.environment).map(([k, v]) => row(k, v)), row("made", r.created)),
    ),
  );
}
export function retraceView(r: Report): HTMLElement {
  const warnings = r.warnings.map((w) =>
    h(
      "li",
      {},
      w.message,
      w.frame
        ? h(
            "span",
            {},
            " ",
            lineLink(`${baseName(w.frame.file)}:${w.frame.line}`, () => reveal(w.frame!.file, w.frame!.line)),
          )
        : null,
    ),
  );
  return h(
    "div",
    { class: "scroll" },
    ...(warnings.length ? [h("h2", {}, "Warnings"), h("ul", {}, ...warnings)] : []),
    h("h2", {}, "Traces"),
    h(
      "table",
      {},
      h(
        "tbody",
        {},
        ...r.retraces.map((t) =>
          h(
            "tr",
            {},
            h("td", {}, t.function),
            h("td", {}, ...t.causes.map((c) => h("div", {}, c))),
            h("td", { class: "number" }, time(t.milliseconds)),
            h("td", {}, t.frame ? lineLink(`${baseName(t.frame.file)}:${t.frame.line}`, () => reveal(t.frame!.file, t.frame!.line)) : ""),
          ),
        ),
      ),
    ),
  );
}
/** JAX's text of the program; each equation is a link to its line. */
export function textView(r: Report): HTMLElement & { setCursor?: (file: string, line: number) => void } {
  const starts = new Map(r.jaxpr.eqns.filter((e) => e.textLine >= 0).map((e) => [e.textLine, e])),
    rows: HTMLElement[] = [],
    owned = new Map<HTMLElement, (typeof r.jaxpr.eqns)[number]>();
  let current: (typeof r.jaxpr.eqns)[number] | undefined;
  const lines = r.jaxpr.text.split("\n");
  lines.forEach((line, i) => {
    current = starts.get(i) ?? (/^\s*(in |\{|\]|let )/.test(line) ? (/^\s*\]/.test(line) ? current : undefined) : current);
    const e = current,
      f = e?.frames.find((x) => x.file === r.function.file) ?? e?.frames[0];
    const row = h(
      "div",
      {
        class: f ? "eqn" : "",
        tabindex: f && starts.has(i) ? 0 : undefined,
        title: f ? `${baseName(f.file)}:${f.line}${e!.nameStack ? `  ${e!.nameStack}` : ""}` : undefined,
        ...(f
          ? {
              onclick: () => send({ type: "reveal", file: f.file, line: f.line, column: f.column }),
              onkeydown: (k: KeyboardEvent) => {
                if (k.key === "Enter") send({ type: "reveal", file: f.file, line: f.line, column: f.column });
              },
            }
          : {}),
      },
      line || " ",
      f && starts.has(i) ? h("span", { class: "where" }, `${baseName(f.file)}:${f.line}`) : null,
    );
    if (e) owned.set(row, e);
    rows.push(row);
  });
  const element: HTMLElement & { setCursor?: (file: string, line: number) => void } = h("div", { class: "scroll jaxpr", role: "document" }, ...rows);
  element.setCursor = (file, line) => {
    for (const [row, e] of owned)
      row.classList.toggle(
        "marked",
        e.frames.some((f) => f.file === file && f.line === line),
      );
  };
  return element;
}
