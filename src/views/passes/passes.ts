// Pass by pass: the passes at the left with what they did, the chosen one's patterns and the program before and after it at the right, the change marked.
import type { Pass } from "../../engine/report/types.ts";
import { segmented } from "../controls/segmented.ts";
import { type Table, table } from "../controls/table.ts";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import { button } from "../toolkit.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { type Pair, type Side, pairs } from "./sides.ts";

const ROW_HEIGHT = 44;
export const passesView: ViewDefinition = {
  id: "passes",
  label: (r) => t("Passes ({0})", r.programs[0]?.passes?.length ?? 0),
  open,
};
interface Entry {
  readonly index: number;
  readonly pass: Pass;
}
const isChanged = ({ pass }: Entry): boolean => pass.changed.length > 0 || pass.text !== undefined || pass.before !== pass.after;

function open(c: ViewContext): View {
  const entries = (c.lookup.program?.passes ?? []).map((pass, index): Entry => ({ index, pass }));
  if (entries.length === 0) {
    const note = h("p", { class: "note" }, t("This profile's source says nothing of its passes."));
    return { element: h("div", { class: "scroll" }, note), dispose() {} };
  }
  let only = "changed";
  const panes = h("div", { class: "passes-right", role: "region", "aria-label": t("The chosen pass") });
  const list = passTable((e) => {
    list.mark(String(e.index), new Set());
    panes.replaceChildren(...details(c, e.pass));
  });
  const changed = entries.filter(isChanged);
  const fill = (): void => {
    const rows = only === "changed" && changed.length ? changed : entries;
    list.setRows(rows);
    const first = rows[0];
    if (first) {
      list.mark(String(first.index), new Set());
      panes.replaceChildren(...details(c, first.pass));
    }
  };
  const pick = segmented(
    t("Which passes"),
    [
      { id: "changed", label: t("changed {0}", changed.length) },
      { id: "all", label: t("all {0}", entries.length) },
    ],
    only,
    (id) => {
      only = id;
      fill();
    },
  );
  fill();
  const left = h("div", { class: "stacked passes-left" }, h("div", { class: "toolbar" }, pick.element), list.scroller);
  return { element: h("div", { class: "passes" }, left, panes), dispose: all(() => list.dispose()) };
}
function passTable(choose: (e: Entry) => void): Table<Entry> {
  return table<Entry>({
    name: t("Passes"),
    className: "pass-list",
    columns: [
      {
        id: "name",
        label: t("Pass"),
        title: t("In the order in which they ran; those of loops and branches first"),
        cell: (e) =>
          h(
            "div",
            { class: isChanged(e) ? "" : "muted" },
            h("div", {}, e.pass.name, isChanged(e) ? null : h("span", { class: "muted" }, ` · ${t("unchanged")}`)),
            e.pass.region ? h("div", { class: "otherwise mono" }, e.pass.region) : null,
          ),
      },
      {
        id: "fired",
        label: t("Fired"),
        title: t("How often its patterns applied"),
        number: true,
        cell: (e) => String(fired(e.pass) || "–"),
      },
      {
        id: "size",
        label: t("Operations"),
        title: t("Before and after the pass"),
        number: true,
        cell: (e) => (e.pass.before === e.pass.after ? String(e.pass.before) : `${e.pass.before} → ${e.pass.after}`),
      },
    ],
    key: (e) => String(e.index),
    height: ROW_HEIGHT,
    choose,
  });
}
const fired = (p: Pass): number => (p.patterns ?? []).reduce((s, x) => s + x.times, 0);

function details(c: ViewContext, p: Pass): HTMLElement[] {
  const [node] = p.nodes ?? [];
  const where = p.region ? t("{0} in {1}", p.name, p.region) : p.name;
  const head = h(
    "div",
    { class: "toolbar" },
    h("h2", {}, where),
    h("span", { class: "note" }, p.before === p.after ? t("{0} operations", p.before) : t("{0} → {1} operations", p.before, p.after)),
    node ? button(t("Show on graph"), () => showNode(c, node), t("Choose the first operation that it made or changed")) : null,
  );
  return [head, ...patterns(p), ...text(p)];
}
function showNode(c: ViewContext, id: string): void {
  c.store.select({ kind: "node", id });
  c.tab?.("graph");
}
function patterns(p: Pass): HTMLElement[] {
  const listed = p.patterns ?? p.changed.map((name) => ({ name, times: 0 }));
  if (listed.length === 0) return [h("p", { class: "note" }, t("No pattern fired."))];
  const row = (x: NonNullable<Pass["patterns"]>[number]): HTMLElement =>
    h(
      "tr",
      {},
      h("td", { class: "mono" }, x.name, x.code ? h("pre", {}, x.code) : null),
      h("td", { class: "number" }, x.times ? `×${x.times.toLocaleString("en")}` : ""),
      h("td", { class: "otherwise" }, x.file ?? ""),
    );
  const heads = [t("Pattern"), t("Times"), t("Stands in")].map((label) => h("th", { scope: "col" }, label));
  return [
    h(
      "table",
      { class: "facts patterns", "aria-label": t("Patterns that fired") },
      h("thead", {}, h("tr", {}, ...heads)),
      h("tbody", {}, ...listed.map(row)),
    ),
  ];
}
function text(p: Pass): HTMLElement[] {
  if (!p.text) {
    const why =
      p.changed.length > 0 || p.before !== p.after
        ? t("The source gives no text of what this pass changed.")
        : t("The program is the same before and after.");
    return [h("p", { class: "note" }, why)];
  }
  const rows = pairs(p.text.before, p.text.after);
  const pane = (label: string, side: "before" | "after"): HTMLElement =>
    h("div", { class: "pane", tabindex: 0, role: "region", "aria-label": label }, h("h3", {}, label), ...rows.map((r) => line(r, side)));
  const before = pane(t("Before"), "before");
  const after = pane(t("After"), "after");
  follow(before, after);
  const panes = h("div", { class: "panes" }, before, after);
  return p.text.cut ? [panes, h("p", { class: "note" }, t("{0} further lines of the change are left out.", p.text.cut))] : [panes];
}
function line(r: Pair, side: "before" | "after"): HTMLElement {
  const own = r[side];
  if (!own) return h("div", { class: "pass-line absent", "aria-hidden": "true" }, " ");
  const spoken = r.kind === "same" ? null : h("span", { class: "unseen" }, side === "before" ? t("removed: ") : t("added: "));
  return h("div", { class: `pass-line ${r.kind === "same" ? "same" : side === "before" ? "removed" : "added"}` }, spoken, ...parts(own));
}
function parts({ text: s, differs }: Side): (string | Node)[] {
  if (!differs || differs[0] >= differs[1]) return [s];
  return [s.slice(0, differs[0]), h("mark", {}, s.slice(differs[0], differs[1])), s.slice(differs[1])];
}
/** Both panes show the same lines, whichever is scrolled. */
function follow(a: HTMLElement, b: HTMLElement): void {
  const tie = (from: HTMLElement, to: HTMLElement): void =>
    from.addEventListener("scroll", () => {
      if (to.scrollTop !== from.scrollTop) to.scrollTop = from.scrollTop;
    });
  tie(a, b);
  tie(b, a);
}
