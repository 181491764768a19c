// The function at a glance: arguments, results, phases of the compilation, memory and who holds it, the machine.
import type { Argument, Report } from "../engine/report/types.ts";
import { h, lineLink } from "./dom.ts";
import { baseName, bytes, percent, time } from "./format.ts";
import { t } from "./l10n.ts";
import type { View, ViewContext, ViewDefinition } from "./view.ts";

export const summaryView: ViewDefinition = { id: "summary", label: () => t("Summary"), open };
const MOST = 40;

const row = (name: string, value: Node | string): HTMLElement => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value));
const section = (title: string, ...rows: HTMLElement[]): HTMLElement[] =>
  rows.length ? [h("h2", {}, title), h("table", { class: "facts", "aria-label": title }, ...rows)] : [];
/** Long lists end with how many more there are. */
function some<T>(list: readonly T[], show: (t: T) => HTMLElement): HTMLElement[] {
  const rows = list.slice(0, MOST).map(show);
  return list.length > MOST ? [...rows, row("…", t("{0} more", list.length - MOST))] : rows;
}
/** Whose source text stands in the report: what is given away with it. */
function contents(report: Report): string {
  const texts = report.files.filter((f) => f.text !== undefined);
  const names = texts.slice(0, 8).map((f) => baseName(f.path));
  if (!texts.length) return t("no source text");
  return texts.length === 1 ? t("the text of {0}", names[0]!) : t("the text of {0} source files: {1}", texts.length, names.join(", "));
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
        row(t("Steady call"), t("{0} (minimum {1}, spread {2})", time(timing.total.median), time(timing.total.min), time(timing.total.spread))),
        row(t("Program alone"), time(timing.program.median)),
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
    row(t("Saved by {0}", by), `${bytes(n)} (${percent(n / Math.max(1, n + memory!.peak))})`),
  );
  const element = h(
    "div",
    { class: "scroll columns", tabindex: 0, role: "region", "aria-label": t("Summary") },
    h(
      "section",
      {},
      ...section(
        t("Function"),
        row(t("Name"), report.function.name),
        ...(at
          ? [
              row(
                t("File"),
                lineLink(`${file}:${at.line}`, () => c.reveal({ file, line: at.line, column: at.column })),
              ),
            ]
          : []),
        ...some(program?.arguments.filter((a) => !a.captured) ?? [], (a) => row(a.name, a.type)),
        ...closedOver(program?.arguments ?? []).map(([label, type]) => row(label, t("{0}, closed over", type))),
        ...some(program?.results ?? [], (r) => row(r.name, r.type)),
      ),
    ),
    h(
      "section",
      {},
      ...section(t("A call"), ...steady, ...call),
      ...section(
        t("Compilation"),
        ...phases.map(([k, v]) => row(k, time(v))),
        ...(phases.length ? [row(t("all phases"), time(phases.reduce((s, [, v]) => s + v, 0)))] : []),
      ),
      ...section(
        t("Passes"),
        ...some(program?.passes ?? [], (p) =>
          row(
            p.name,
            h("span", {}, t("{0} → {1} operations", p.before, p.after), ...p.changed.slice(0, 12).map((t) => h("div", { class: "otherwise" }, t))),
          ),
        ),
      ),
    ),
    h(
      "section",
      {},
      ...(memory ? section(t("Memory of a call"), row(t("Peak"), bytes(memory.peak)), ...saved, ...holders) : []),
      ...section(
        t("Machine"),
        ...report.devices.flatMap((d) => [
          row(t("device"), d.name),
          row(t("platform"), d.platform),
          ...Object.entries(d.limits ?? {}).map(([k, v]) => row(k, String(v))),
        ]),
        row(t("source"), `${source.kind}, ${source.language}`),
        ...Object.entries(source.versions).map(([k, v]) => row(k, v)),
        row(t("made"), t("{0} by {1}", report.created, report.tool)),
        row(t("contains"), contents(report)),
      ),
    ),
  );
  return { element, dispose() {} };
}
/** What the function closes over: values of one type once, with their number. */
function closedOver(all: readonly Argument[]): [label: string, type: string][] {
  const byType = new Map<string, Argument[]>();
  for (const a of all) if (a.captured) byType.set(a.type, [...(byType.get(a.type) ?? []), a]);
  return [...byType].map(([type, [first, ...rest]]) => [rest.length ? `${first!.name} × ${rest.length + 1}` : first!.name, type]);
}
