// The function at a glance: arguments, results, phases of the compilation, memory and who holds it, the machine.
import { h, lineLink } from "./dom.ts";
import { baseName, bytes, percent, time } from "./format.ts";
import type { View, ViewContext, ViewDefinition } from "./view.ts";

export const summaryView: ViewDefinition = { id: "summary", label: () => "Summary", place: "profile", open };
const MOST = 40;

const row = (name: string, value: Node | string): HTMLElement => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value));
const section = (title: string, ...rows: HTMLElement[]): HTMLElement[] =>
  rows.length ? [h("h2", {}, title), h("table", { class: "facts" }, ...rows)] : [];
/** Long lists end with how many more there are. */
function some<T>(list: readonly T[], show: (t: T) => HTMLElement): HTMLElement[] {
  const rows = list.slice(0, MOST).map(show);
  return list.length > MOST ? [...rows, row("…", `${list.length - MOST} more`)] : rows;
}
function open(c: ViewContext): View {
  const { report, lookup } = c;
  const { timing, memory, source } = report;
  const program = lookup.program;
  const at = report.frames[report.function.at];
  const file = at ? lookup.pathOf(at.file) : "";
  const phases = Object.entries(report.phases ?? {});
  const steady = timing
    ? [
        row("Steady call", `${time(timing.total.median)} (minimum ${time(timing.total.min)}, spread ${time(timing.total.spread)})`),
        row("Program alone", time(timing.program.median)),
      ]
    : [];
  const call = Object.entries(timing?.call ?? {}).map(([part, ms]) => row(part, time(ms)));
  const holders = some(memory?.holders ?? [], (m) => {
    const place = m.file !== undefined && m.line !== undefined ? { file: lookup.pathOf(m.file), line: m.line } : null;
    return row(
      bytes(m.bytes),
      h("span", {}, `${m.what}: ${m.text} `, place ? lineLink(`${baseName(place.file)}:${place.line}`, () => c.reveal(place)) : null),
    );
  });
  const saved = Object.entries(memory?.saved ?? {}).map(([by, n]) =>
    row(`Saved by ${by}`, `${bytes(n)} (${percent(n / Math.max(1, n + memory!.peak))})`),
  );
  const texts = report.files.filter((f) => f.text !== undefined);
  const element = h(
    "div",
    { class: "scroll columns", tabindex: 0, role: "region", "aria-label": "Summary" },
    h(
      "section",
      {},
      ...section(
        "Function",
        row("Name", report.function.name),
        ...(at
          ? [
              row(
                "File",
                lineLink(`${file}:${at.line}`, () => c.reveal({ file, line: at.line, column: at.column })),
              ),
            ]
          : []),
        ...some(program?.arguments.filter((a) => !a.captured) ?? [], (a) => row(a.name, a.type)),
        ...some(program?.arguments.filter((a) => a.captured) ?? [], (a) => row(a.name, `${a.type}, closed over`)),
        ...some(program?.results ?? [], (r) => row(r.name, r.type)),
      ),
    ),
    h(
      "section",
      {},
      ...section("A call", ...steady, ...call),
      ...section(
        "Compilation",
        ...phases.map(([k, v]) => row(k, time(v))),
        ...(phases.length ? [row("all phases", time(phases.reduce((s, [, v]) => s + v, 0)))] : []),
      ),
      ...section(
        "Passes",
        ...some(program?.passes ?? [], (p) =>
          row(
            p.name,
            h("span", {}, `${p.before} → ${p.after} operations`, ...p.changed.slice(0, 12).map((t) => h("div", { class: "otherwise" }, t))),
          ),
        ),
      ),
    ),
    h(
      "section",
      {},
      ...(memory ? section("Memory of a call", row("Peak", bytes(memory.peak)), ...saved, ...holders) : []),
      ...section(
        "Machine",
        ...report.devices.flatMap((d) => [
          row("device", d.name),
          row("platform", d.platform),
          ...Object.entries(d.limits ?? {}).map(([k, v]) => row(k, String(v))),
        ]),
        row("source", `${source.kind}, ${source.language}`),
        ...Object.entries(source.versions).map(([k, v]) => row(k, v)),
        row("made", `${report.created} by ${report.tool}`),
        row(
          "contains",
          `the text of ${texts.length} source file${texts.length === 1 ? "" : "s"}${
            texts.length
              ? `: ${texts
                  .map((f) => baseName(f.path))
                  .slice(0, 8)
                  .join(", ")}`
              : ""
          }`,
        ),
      ),
    ),
  );
  return { element, dispose() {} };
}
