// The memory of a call: how much at most, who holds it then, for how long, and what would hold less.
import type { Holder, Lifetime, Possible } from "../../engine/report/types.ts";
import { type Column, table } from "../controls/table.ts";
import { h, lineLink } from "../dom.ts";
import { baseName, bytes, percent } from "../format.ts";
import { t } from "../l10n.ts";
import { swatch } from "../swatch.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { KIND_COLOURS, KIND_NAMES, memoryChart } from "./chart.ts";
import { KINDS, type Share, atPeak, byKind, byLine } from "./model.ts";

export const memoryView: ViewDefinition = { id: "memory", label: () => t("Memory"), open };
type Row = (Holder | Lifetime) & { readonly key: string };

function open(c: ViewContext): View {
  const { report, lookup, store } = c;
  const { memory } = report;
  if (!memory) return { element: h("p", { class: "note" }, t("This profile does not say what memory the function holds.")), dispose() {} };
  const steps = lookup.program?.steps ?? [];
  const stepName = (i: number): string => {
    const s = steps[i];
    const kernel = s?.kernel === undefined ? undefined : lookup.kernelById.get(s.kernel);
    return kernel?.label ?? (s?.node === undefined ? (s?.kind ?? "") : (lookup.nodes.get(s.node)?.op ?? s.kind));
  };
  const place = (l: Holder) => (l.file === undefined || l.line === undefined ? null : { file: lookup.pathOf(l.file), line: l.line });
  const link = (l: Holder): HTMLElement | string => {
    const at = place(l);
    return at ? lineLink(`${baseName(at.file)}:${at.line}`, () => c.reveal(at)) : "";
  };
  const choose = (l: Holder): void => {
    if (l.node !== undefined && lookup.nodes.has(l.node)) store.select({ kind: "node", id: l.node });
  };
  const reveal = (l: Holder): void => {
    const at = place(l);
    if (at) c.reveal(at);
  };
  const span = (l: Holder): string =>
    l.from === undefined || l.to === undefined ? "" : l.from === l.to ? t("step {0}", l.from + 1) : t("steps {0}–{1}", l.from + 1, l.to + 1);
  const names = (list: readonly number[] | undefined): string => [...new Set((list ?? []).map(stepName))].slice(0, 3).join(", ");
  const describe = (l: Lifetime): readonly string[] => [
    `${bytes(l.bytes)}, ${KIND_NAMES[l.what]()}: ${l.text}`,
    span(l),
    ...(l.writers?.length ? [t("written by {0}", names(l.writers))] : []),
    ...(l.readers?.length ? [t("read by {0}", names(l.readers))] : [t("read by nobody")]),
  ];
  const lifetimes = memory.lifetimes ?? [];
  const chart = lifetimes.length
    ? memoryChart({
        lifetimes,
        peakAt: memory.at,
        describe,
        stepName,
        choose: (l) => choose(l),
        open: (l) => reveal(l),
        chooseStep(i) {
          const kernel = steps[i]?.kernel;
          if (kernel !== undefined && lookup.kernelById.has(kernel)) store.select({ kind: "kernel", id: kernel });
        },
        onTheme: c.onTheme,
      })
    : null;
  const rows: Row[] = (lifetimes.length ? lifetimes : memory.holders).map((l, i) => ({ ...l, key: String(i) }));
  const isAtPeak = (l: Holder): boolean =>
    memory.at === undefined || l.from === undefined || l.to === undefined || (l.from <= memory.at && memory.at <= l.to);
  const columns: Column<Row>[] = [
    { id: "bytes", label: t("Bytes"), title: t("How much it holds"), number: true, value: (l) => l.bytes, cell: (l) => bytes(l.bytes) },
    { id: "what", label: t("Kind"), title: t("What it is held for"), value: (l) => l.what, cell: (l) => KIND_NAMES[l.what]() },
    { id: "text", label: t("What"), title: t("The value, in the names of your code"), value: (l) => l.text, cell: (l) => l.text },
    ...(lifetimes.length
      ? [
          {
            id: "peak",
            label: t("At the peak"),
            title: t("Whether it is held when most is"),
            value: (l: Row) => (isAtPeak(l) ? 0 : 1),
            cell: (l: Row) => (isAtPeak(l) ? t("yes") : ""),
          },
          {
            id: "span",
            label: t("Held"),
            title: t("From the step that writes it to the last that reads it"),
            value: (l: Row) => l.from ?? 0,
            cell: span,
          },
          { id: "readers", label: t("Read by"), title: t("Kernels that read it"), cell: (l: Row) => names("readers" in l ? l.readers : undefined) },
        ]
      : []),
    { id: "line", label: t("Line"), title: t("The line that causes it"), value: (l) => l.line ?? 0, cell: link },
  ];
  const list = table<Row>({
    name: t("Everything that is held"),
    className: "memory",
    columns,
    key: (l) => l.key,
    height: 27,
    sort: { by: "bytes", down: true },
    choose: (l) => {
      list.mark(l.key, new Set());
      chart?.mark(lifetimes[Number(l.key)] ?? null);
      choose(l);
    },
    open: reveal,
  });
  list.setRows(rows);
  const kinds = byKind(memory);
  const legend = KINDS.filter((k) => lifetimes.some((l) => l.what === k)).map((k) => h("span", {}, swatch(KIND_COLOURS[k]), KIND_NAMES[k]()));
  list.scroller.prepend(
    h("p", { class: "said" }, headline(c)),
    h(
      "div",
      { class: "columns" },
      h(
        "section",
        {},
        h("h2", {}, t("Who holds the peak, by kind")),
        bars(t("Who holds the peak, by kind"), kinds, memory.peak, (s) => KIND_NAMES[s.key as Holder["what"]]()),
      ),
      h(
        "section",
        {},
        h("h2", {}, t("By line")),
        byLine(memory).length
          ? bars(t("By line"), byLine(memory).slice(0, 8), memory.peak, (s) => lineOf(c, s))
          : h("p", { class: "note" }, withoutLines(kinds)),
      ),
      h("section", {}, h("h2", {}, t("What would hold less")), remedies(c)),
    ),
    ...(chart
      ? [h("h2", {}, t("Over the steps of a call")), chart.element, h("div", { class: "legend" }, ...legend, h("span", {}, t("notches: readers")))]
      : []),
  );
  const update = (): void => {
    const { nodes } = lookup.related(store.state.selection);
    list.mark(null, new Set(rows.filter((l) => l.node !== undefined && nodes.has(l.node)).map((l) => l.key)));
  };
  update();
  return {
    element: list.scroller,
    dispose: all(
      store.subscribe(update),
      () => chart?.dispose(),
      () => list.dispose(),
    ),
  };
}
const OF_NO_LINE = ["argument", "result", "constant"];
/** Why there are no lines: nothing is held that a line could have made, or the compiler does not say which made it. */
const withoutLines = (kinds: readonly Share[]): string =>
  kinds.every((s) => OF_NO_LINE.includes(s.key))
    ? t("Only arguments, results and constants are held then.")
    : t("Which lines made what is held then is not known.");
function headline({ report, lookup }: ViewContext): string {
  const m = report.memory!;
  const kernel = m.at === undefined ? undefined : lookup.program?.steps?.[m.at]?.kernel;
  const where = kernel === undefined ? undefined : lookup.kernelById.get(kernel)?.label;
  const peak = where
    ? t("At most {0} are held at a time, while {1} runs.", bytes(m.peak), where)
    : t("At most {0} are held at a time.", bytes(m.peak));
  const predicted =
    m.predicted !== undefined && m.predicted !== m.peak
      ? ` ${t("Predicted were {0} ({1} of it).", bytes(m.predicted), percent(m.predicted / m.peak))}`
      : "";
  return `${peak} ${t("{0} values are held then.", atPeak(m).length)}${predicted}`;
}
const lineOf = (c: ViewContext, s: Share): HTMLElement => {
  const [file, line] = s.key.split(":").map(Number) as [number, number];
  const path = c.lookup.pathOf(file);
  return lineLink(`${baseName(path)}:${line}`, () => c.reveal({ file: path, line }));
};
function bars(title: string, shares: readonly Share[], peak: number, name: (s: Share) => HTMLElement | string): HTMLElement {
  return h(
    "table",
    { class: "facts", "aria-label": title },
    ...shares.map((s) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, name(s)),
        h("td", { class: "number" }, bytes(s.bytes)),
        h(
          "td",
          {},
          h("span", { class: "bar", style: `--part:${((100 * s.bytes) / Math.max(1, peak)).toFixed(1)}%` }, percent(s.bytes / Math.max(1, peak))),
        ),
      ),
    ),
  );
}
const some = ({ names }: Possible): string =>
  names.length > 4 ? t("{0} and {1} more", names.slice(0, 4).join(", "), names.length - 4) : names.join(", ");
function remedies({ report }: ViewContext): HTMLElement {
  const { could, saved, peak } = report.memory!;
  const items = [
    ...(could?.donation
      ? [t("Donate {0} (donateArgnums): results have their memory, and {1} are not held twice.", some(could.donation), bytes(could.donation.bytes))]
      : []),
    ...(could?.checkpoint
      ? [
          t(
            "Checkpoint what computes {0}: up to {1} are not kept for the backward pass, and computed again there.",
            some(could.checkpoint),
            bytes(could.checkpoint.bytes),
          ),
        ]
      : []),
    ...(saved?.reuse
      ? [
          t(
            "Done already: places are used again, which spares {0} ({1} of what it would be).",
            bytes(saved.reuse),
            percent(saved.reuse / (saved.reuse + peak)),
          ),
        ]
      : []),
    ...(saved?.donation ? [t("Done already: donated arguments spare {0}.", bytes(saved.donation))] : []),
    ...(saved?.checkpoint ? [t("Done already: checkpoints spare {0}.", bytes(saved.checkpoint))] : []),
  ];
  return items.length ? h("ul", { class: "notes" }, ...items.map((x) => h("li", {}, x))) : h("p", { class: "note" }, t("Nothing that is known of."));
}
