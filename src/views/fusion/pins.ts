// Pins: trying the other verdict on an edge. The button of a row, and the bar above the table with the pins in force and what they were measured to do.
import type { Trial, TrialSide } from "../../engine/report/types.ts";
import { h } from "../dom.ts";
import { bytes, time } from "../format.ts";
import { t } from "../l10n.ts";
import { button } from "../toolkit.ts";
import type { ViewContext } from "../view.ts";
import { type PinGroup, edgeOf, impossible, pinGroups, pinsOf, pinsSaid } from "./pinWords.ts";
import { type DecisionRow, showName } from "./rows.ts";

/** Why no pin can be tried here; null where it can. */
export function whyNot(c: ViewContext): string | null {
  if (c.report.source.kind !== "jitlens") return t("This profile's compiler decides by itself: it takes no pins");
  if (!c.pin) return t("This is a saved profile. To try a pin, run the function from its file");
  return null;
}
export function pinButton(c: ViewContext, r: DecisionRow): HTMLElement {
  const { decision: d } = r;
  const why = whyNot(c) ?? impossible(r);
  const label = d.pinned ? t("remove pin") : d.fused ? t("pin apart") : t("pin together");
  const what = d.pinned
    ? t("Runs again without the pin")
    : t("Runs the function with the other verdict, in turns with this one, and compares times and results");
  const several = pinsSaid(c, r);
  const title = several ? `${several}\n${what}` : what;
  return h(
    "button",
    {
      class: "link pin",
      type: "button",
      title: why ?? title,
      "aria-label": [`${label}: ${showName(r.producer)} → ${showName(r.consumer)}`, ...(several && !why ? [several] : [])].join(". "),
      "aria-disabled": why ? "true" : undefined,
      onclick: () => {
        if (!why) c.pin!(nextPins(c, r), false);
      },
    },
    several && !why ? `${label} (${pinsOf(c, r).length})` : label,
  );
}
/** The pins in force, with the row's edges turned. */
export function nextPins(c: ViewContext, r: DecisionRow): string[] {
  const { decision: d } = r;
  const own = pinsOf(c, r);
  const edges = new Set(own.map(edgeOf));
  const others = (c.lookup.program?.pins ?? []).filter((p) => !edges.has(edgeOf(p)));
  return d.pinned ? others : [...others, ...own];
}

/** What stands above the table: pins in force, and their trial. Empty where there are none. */
export function pinBar(c: ViewContext): HTMLElement {
  const { pins = [], trial } = c.lookup.program ?? {};
  const bar = h("section", { class: "pins", "aria-label": t("Pins"), hidden: pins.length === 0 });
  if (pins.length === 0) return bar;
  const why = whyNot(c);
  const act = (label: string, pinned: readonly string[], keep: boolean, title: string): HTMLElement => {
    const b = button(label, () => c.pin?.(pinned, keep), why ?? title);
    if (why) b.setAttribute("disabled", "");
    return b;
  };
  const remove = act(t("Remove pins"), [], false, t("Runs the function as the compiler decides"));
  const keep = act(t("Keep pins"), pins, true, t("Later runs of this function use these pins too"));
  bar.append(
    h("h2", {}, pins.length === 1 ? t("1 pin") : t("{0} pins", pins.length)),
    h("ul", { class: "pin-list" }, ...pinGroups(c, pins).map((g) => pinItem(c, g, pins, why))),
    trial ? trialTable(trial) : h("p", { class: "note" }, t("Traced only: run “jit & profile” to measure what they do.")),
    h("div", { class: "toolbar" }, keep, remove),
  );
  return bar;
}
function pinItem(c: ViewContext, g: PinGroup, all: readonly string[], why: string | null): HTMLElement {
  const rest = all.filter((p) => !g.pins.includes(p));
  return h(
    "li",
    {},
    h("span", { class: "mono" }, g.text),
    " ",
    h(
      "button",
      {
        class: "link",
        type: "button",
        title: why ?? t("Runs again without this pin"),
        "aria-disabled": why ? "true" : undefined,
        onclick: () => {
          if (!why) c.pin!(rest, false);
        },
      },
      t("remove"),
    ),
  );
}
/** Two results side by side. */
function trialTable(trial: Trial): HTMLElement {
  const change = trial.with.total.median / trial.without.total.median - 1;
  const sure = Math.abs(trial.with.total.median - trial.without.total.median) > trial.with.total.spread + trial.without.total.spread;
  const amount = `${change < 0 ? "−" : "+"}${Math.abs(100 * change).toFixed(Math.abs(change) < 0.1 ? 1 : 0)} %`;
  const words = !sure
    ? t("no difference beyond the spread")
    : change < 0
      ? t("{0}: faster with the pins", amount)
      : t("{0}: slower with the pins", amount);
  const cells = (label: string, of: (s: TrialSide) => Node | string): HTMLElement =>
    h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, of(trial.without)), h("td", {}, of(trial.with)));
  const error =
    trial.error === null
      ? t("results could not be compared")
      : trial.error === 0
        ? t("the same to the last bit")
        : t("differ by at most {0}", trial.error.toExponential(1));
  return h(
    "div",
    { class: "trial" },
    h("p", { class: "sentence", role: "status" }, h("strong", {}, words), ` · ${t("{0} rounds in turns; results {1}", trial.rounds, error)}`),
    h(
      "table",
      { class: "facts sides" },
      h("thead", {}, h("tr", {}, h("th", {}), h("th", { scope: "col" }, t("Without pins")), h("th", { scope: "col" }, t("With pins")))),
      h(
        "tbody",
        {},
        cells(t("A run"), (s) => `${time(s.total.median)} ${t("(minimum {0}, spread {1})", time(s.total.min), time(s.total.spread))}`),
        cells(t("Kernels"), (s) => String(s.kernels)),
        cells(t("Through memory"), (s) => bytes(s.bytes)),
        cells(t("Kernels of this side only"), changedKernels),
      ),
    ),
  );
}
const MOST_KERNELS = 6;
function changedKernels(s: TrialSide): HTMLElement | string {
  if (s.changed.length === 0) return "–";
  const shown = s.changed.slice(0, MOST_KERNELS);
  const more = s.changed.length - shown.length;
  return h(
    "div",
    {},
    ...shown.map((k) => h("div", {}, h("span", { class: "mono" }, k.label), k.ms === undefined ? "" : ` ${time(k.ms)}`)),
    more > 0 ? h("div", { class: "otherwise" }, t("{0} more", more)) : null,
  );
}
