// The fusion view: what was fused and what was not, led by what costs time. Every row says why, what would change it and what it costs; a pin tries the
// other verdict and measures it.
import { type Segmented, segmented } from "../controls/segmented.ts";
import { type Column, type Table, table } from "../controls/table.ts";
import { h, lineLink } from "../dom.ts";
import { bytes, count, time } from "../format.ts";
import { said, t } from "../l10n.ts";
import { textField } from "../toolkit.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import type { EditedEdge } from "../messages.ts";
import { decisionDetail } from "./detail.ts";
import { changeText, editedSection } from "./edited.ts";
import { capital, reasonOf, kindText, kindTitle, turn, where } from "./words.ts";
import { pinBar, pinButton } from "./pins.ts";
import {
  type DecisionRow,
  type Grouping,
  type Heading,
  type Item,
  KINDS,
  type Kind,
  costs,
  decisionRows,
  grouped,
  isHeading,
  showName,
} from "./rows.ts";

const ROW_HEIGHT = 44;
export const fusionView: ViewDefinition = {
  id: "fusion",
  label: (r) => {
    const decisions = r.programs[0]?.decisions ?? [];
    return t("Fusion ({0})", decisions.length);
  },
  open,
};
const MARKS: Readonly<Record<Kind, string>> = { missed: "○", again: "◐", stored: "◇", fused: "●" };
const GROUPINGS: readonly Grouping[] = ["rank", "kernel", "line"];
const isGrouping = (v: unknown): v is Grouping => GROUPINGS.includes(v as Grouping);

function open(c: ViewContext): View {
  return new FusionView(c).view;
}
class FusionView {
  readonly view: View;
  readonly #c: ViewContext;
  readonly #counts = h("span", { class: "note", role: "status" });
  readonly #place = h("div", { class: "stacked fusion-table" });
  readonly #detail = h("section", { class: "detail", "aria-label": t("Chosen edge"), hidden: true });
  #grouping: Grouping;
  #kind: Kind | "all" = "all";
  #query = "";
  #rows: readonly DecisionRow[] = [];
  /** The row that says what a decision says. */
  #rowOf = new Map<string, DecisionRow>();
  /** What edits changed, by the decisions of the run. */
  #edited = new Map<string, EditedEdge>();
  #table: Table<Item> | null = null;
  #kinds: Segmented | null = null;
  constructor(c: ViewContext) {
    this.#c = c;
    const saved = c.memory.get("fusion.grouping");
    this.#grouping = isGrouping(saved) ? saved : "rank";
    const bar = h("div", { class: "toolbar" });
    const edited = editedSection(c);
    const element = h("div", { class: "stacked" }, pinBar(c), edited.element, bar, this.#place, this.#detail);
    this.#read();
    bar.append(this.#kindSwitch(), this.#groupSwitch(), this.#search(), this.#counts);
    const follow = (e = c.edits.now): void => {
      this.#edited = new Map((e?.edges ?? []).flatMap((x) => (x.id === undefined ? [] : [[x.id, x] as const])));
      edited.update(e);
    };
    follow();
    this.#build();
    const ends = c.store.subscribe(() => this.#update());
    const unfollow = c.edits.subscribe((e) => {
      follow(e);
      this.#fill();
    });
    this.view = { element, dispose: all(ends, unfollow, () => this.#table?.dispose()) };
  }
  #read(): void {
    this.#rows = decisionRows(this.#c.lookup, this.#grouping === "kernel");
    this.#rowOf = new Map(this.#rows.flatMap((r) => r.members.map((d) => [d.id, r] as const)));
  }

  // ---- the toolbar
  #kindSwitch(): HTMLElement {
    const there = KINDS.filter((k) => this.#rows.some((r) => r.kind === k));
    const number = (k: Kind): number => this.#rows.filter((r) => r.kind === k).reduce((s, r) => s + r.members.length, 0);
    const options = [{ id: "all", label: t("all") }, ...there.map((k) => ({ id: k, label: `${kindText(k)} ${number(k)}`, title: kindTitle(k) }))];
    this.#kinds = segmented(t("Verdict"), options, this.#kind, (id) => {
      this.#kind = id as Kind | "all";
      this.#fill();
    });
    return this.#kinds.element;
  }
  #groupSwitch(): HTMLElement {
    const options = [
      { id: "rank", label: t("by cost"), title: t("What costs most time first") },
      { id: "kernel", label: t("by kernel"), title: t("Under the kernel that computes the reader") },
      { id: "line", label: t("by line"), title: t("Under the source line of the value") },
    ];
    return segmented(t("Grouping"), options, this.#grouping, (id) => {
      this.#grouping = id as Grouping;
      this.#c.memory.set("fusion.grouping", id);
      this.#read();
      this.#build();
    }).element;
  }
  #search(): HTMLElement {
    return textField(t("Search values, reasons, lines"), (q) => {
      this.#query = q.trim().toLowerCase();
      this.#fill();
    });
  }

  // ---- the table
  #build(): void {
    this.#table?.dispose();
    const sortable = this.#grouping === "rank";
    const list = table<Item>({
      name: t("Fusion decisions"),
      className: "ledger",
      columns: this.#columns().map((column) => (sortable ? column : { ...column, value: undefined })) as Column<Item>[],
      key: (i) => (isHeading(i) ? i.key : i.decision.id),
      height: ROW_HEIGHT,
      rowClass: (i) => (isHeading(i) ? "heading" : `${i.kind}${this.#editOf(i) ? " edited" : ""}`),
      rowData: (i): Record<string, string> => (isHeading(i) ? {} : { decision: i.decision.id, kind: i.kind }),
      choose: (i) => this.#choose(i),
      open: (i) => {
        if (i.place) this.#c.reveal(i.place);
      },
    });
    this.#table = list;
    this.#place.replaceChildren(list.scroller);
    this.#fill();
  }
  #choose(i: Item): void {
    const { store } = this.#c;
    if (!isHeading(i)) store.select({ kind: "decision", id: i.decision.id });
    else if (i.kernel !== undefined) store.select({ kind: "kernel", id: i.kernel });
    else if (i.place) store.select({ kind: "line", ...i.place });
  }
  /** What edits did to a row: to the first of its edges that they changed. */
  #editOf(r: DecisionRow): EditedEdge | undefined {
    if (!this.#edited.size) return undefined;
    const of = r.members.find((d) => this.#edited.has(d.id));
    return of && this.#edited.get(of.id);
  }
  #columns(): Column<Item>[] {
    const c = this.#c;
    /** A column of rows; under a heading it says the heading's own, if anything. */
    const column = (
      o: Omit<Column<Item>, "cell" | "value"> & {
        readonly value?: (r: DecisionRow) => number | string;
        readonly cell: (r: DecisionRow) => Node | string;
        readonly head?: (g: Heading) => Node | string;
      },
    ): Column<Item> => ({
      id: o.id,
      label: o.label,
      title: o.title,
      ...(o.number ? { number: true } : {}),
      ...(o.value ? { value: (i: Item) => (isHeading(i) ? "" : o.value!(i)) } : {}),
      cell: (i) => (isHeading(i) ? (o.head?.(i) ?? "") : o.cell(i)),
    });
    return [
      column({
        id: "verdict",
        label: t("Verdict"),
        title: t("Whether one kernel computes both"),
        value: (r) => KINDS.indexOf(r.kind),
        cell: (r) => verdict(r, this.#editOf(r)),
        head: (g) => h("strong", {}, g.rows === 1 ? t("1 row") : t("{0} rows", g.rows)),
      }),
      column({
        id: "edge",
        label: t("Value → reader"),
        title: t("The operation that makes the value and the one that reads it, with your variables"),
        value: (r) => `${showName(r.producer)} → ${showName(r.consumer)}`,
        cell: edge,
        head: (g) => h("strong", { class: "mono" }, g.heading),
      }),
      column({
        id: "line",
        label: t("Line"),
        title: t("Where the value is made"),
        value: (r) => r.place?.line ?? 0,
        cell: (r) => linkTo(c, r.place),
      }),
      column({
        id: "cost",
        label: t("Cost"),
        title: t("What the verdict costs a run, compared with the other one, predicted for this machine or measured; a gain has a minus"),
        number: true,
        value: (r) => r.lost ?? 0,
        cell: cost,
        head: (g) => (g.lost > 0 ? h("strong", {}, time(g.lost)) : ""),
      }),
      column({
        id: "reason",
        label: t("Why"),
        title: t("Why it was decided so, and what would change it"),
        cell: reason,
      }),
      column({
        id: "bytes",
        label: t("Bytes"),
        title: t("What goes through memory because the value is stored; of a fused one, what does not"),
        number: true,
        value: (r) => r.bytes,
        cell: (r) => (r.bytes ? bytes(r.bytes) : "–"),
      }),
      column({
        id: "flops",
        label: t("FLOP again"),
        title: t("Operations that are done more than once; of a stored value, those that fusing would do again"),
        number: true,
        value: (r) => r.flops,
        cell: (r) => (r.flops ? count(r.flops) : "–"),
      }),
      column({ id: "pin", label: t("Try"), title: t("Runs the function with the other verdict and measures both"), cell: (r) => pinButton(c, r) }),
    ];
  }
  #fill(): void {
    const matches = (r: DecisionRow): boolean => (this.#kind === "all" || r.kind === this.#kind) && (!this.#query || textOf(r).includes(this.#query));
    const rows = this.#rows.filter(matches);
    this.#table?.setRows(grouped(rows, this.#grouping, this.#c.lookup, this.#grouping === "kernel" ? t("in no kernel") : t("on no line")));
    const edges = (list: readonly DecisionRow[]): number => list.reduce((s, r) => s + r.members.length, 0);
    const shown = edges(rows);
    const total = this.#c.lookup.decisions.length;
    this.#counts.textContent =
      shown === total ? t("{0} edges in {1} rows", total, rows.length) : t("{0} of {1} edges, {2} rows", shown, total, rows.length);
    this.#update();
  }
  #update(): void {
    const { store, lookup } = this.#c;
    const { selection } = store.state;
    const row = selection?.kind === "decision" ? this.#rowOf.get(selection.id) : undefined;
    this.#detail.hidden = !row;
    if (row) this.#detail.replaceChildren(...decisionDetail(this.#c, row));
    const related = new Set([...lookup.related(selection).decisions].flatMap((id) => this.#rowOf.get(id)?.decision.id ?? []));
    this.#table?.mark(row?.decision.id ?? null, related);
  }
}
const verdict = (r: DecisionRow, edit: EditedEdge | undefined): HTMLElement =>
  h(
    "span",
    { class: "verdict", title: kindTitle(r.kind) },
    `${MARKS[r.kind]} ${kindText(r.kind)}`,
    r.decision.pinned ? h("div", { class: "pinned" }, t("pinned")) : null,
    edit ? h("div", { class: "edited-mark" }, changeText(edit)) : null,
  );
function edge(r: DecisionRow): HTMLElement {
  const variables = [r.producer.variable, r.consumer.variable];
  const under = variables[0] && variables[0] === variables[1] ? variables[0] : variables.map((v) => v ?? "…").join(" → ");
  return h(
    "div",
    { class: "wide", title: `${showName(r.producer)} → ${showName(r.consumer)}  ${r.decision.id}` },
    h(
      "div",
      {},
      `${r.producer.op} → ${r.consumer.op}`,
      r.members.length > 1 ? h("span", { class: "id" }, ` ×${r.members.length.toLocaleString("en")}`) : null,
    ),
    variables.some(Boolean) ? h("div", { class: "otherwise mono" }, under) : null,
  );
}
function cost(r: DecisionRow): HTMLElement | string {
  const both = costs(r.decision);
  if (r.lost === null || !both) return "–";
  const how = both.measured ? t("measured") : t("predicted");
  const title = `${how}: ${t("fused {0}, stored {1}", time(both.fused), time(both.kept))}`;
  const amount = Math.abs(r.lost) < 5e-7 ? "0" : `${r.lost < 0 ? "−" : ""}${time(Math.abs(r.lost))}`;
  return h("span", { title }, amount, h("div", { class: "otherwise" }, how));
}
const textOf = (r: DecisionRow): string =>
  [
    showName(r.producer),
    "→",
    showName(r.consumer),
    ...r.members.map((d) => d.id),
    said(r.decision.rule),
    reasonOf(r.decision),
    turn(r),
    r.place ? where(r.place) : "",
  ]
    .join(" ")
    .toLowerCase();
const linkTo = (c: ViewContext, p: DecisionRow["place"]): HTMLElement | string => (p ? lineLink(where(p), () => c.reveal(p)) : "");
function reason(r: DecisionRow): HTMLElement {
  const other = turn(r);
  const why = reasonOf(r.decision);
  return h(
    "div",
    { class: "wide", title: other ? `${why}\n${other}` : why },
    h("div", {}, capital(why)),
    other ? h("div", { class: "otherwise" }, other) : null,
  );
}
