// A table that sorts by every column, keeps the focus where it is, is walked with the arrow keys, and makes only the rows in view.
import { h } from "../dom.ts";
import { virtualRows } from "./virtual.ts";

export interface Column<T> {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly number?: boolean;
  /** What is sorted by; a column without it cannot be. */
  readonly value?: (t: T) => number | string;
  readonly cell: (t: T) => Node | string;
}
export interface TableOptions<T> {
  readonly name: string;
  readonly className: string;
  readonly columns: readonly Column<T>[];
  readonly key: (t: T) => string;
  readonly height: number;
  readonly sort?: { readonly by: string; readonly down: boolean };
  readonly rowClass?: (t: T) => string;
  readonly rowData?: (t: T) => Readonly<Record<string, string>>;
  /** A row was clicked or moved to. */
  readonly choose?: (t: T) => void;
  /** Enter or a double click. */
  readonly open?: (t: T) => void;
}
export interface Table<T> {
  readonly element: HTMLElement;
  /** The element that scrolls. */
  readonly scroller: HTMLElement;
  setRows(rows: readonly T[]): void;
  /** Which rows are chosen or touched by what is chosen; brings the chosen one into view. */
  mark(chosen: string | null, related: ReadonlySet<string>): void;
  dispose(): void;
}

/** The Tab key stops at one row, and at the links and buttons in it; arrow keys walk to the others. */
function setStop(row: HTMLElement, stop: boolean): void {
  for (const e of [row, ...row.querySelectorAll<HTMLElement>("a, button, vscode-button")]) e.tabIndex = stop ? 0 : -1;
}
/** A cell's words as a screen reader says them: parts that stand below each other are no one word. */
function spoken(cell: HTMLElement): string {
  const texts: string[] = [];
  const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) texts.push(walk.currentNode.textContent ?? "");
  return texts.join(" ");
}

export function table<T>(o: TableOptions<T>, after: readonly HTMLElement[] = []): Table<T> {
  let rows: readonly T[] = [];
  let order: readonly T[] = [];
  let by = o.columns.find((c) => c.id === o.sort?.by) ?? null;
  let down = o.sort?.down ?? false;
  let chosen: string | null = null;
  let related: ReadonlySet<string> = new Set();
  const body = h("tbody");
  const buttons = new Map<Column<T>, HTMLElement>();
  const heads = o.columns.map((c) => {
    const label = c.value ? h("button", { type: "button", onclick: () => sortBy(c) }, c.label) : c.label;
    if (typeof label !== "string") buttons.set(c, label);
    return h("th", { scope: "col", class: c.number ? "number" : "", title: c.title }, label);
  });
  const element = h(
    "table",
    { class: o.className, "aria-label": o.name, role: o.choose ? "grid" : undefined },
    h("thead", {}, h("tr", {}, ...heads)),
    body,
  );
  const scroller = h("div", { class: "scroll" }, element, ...after);
  const list = virtualRows({
    scroller,
    body,
    height: o.height,
    render: (i) => row(order[i]!, i),
    made: placeStop,
    spacer: (height) => h("tr", { class: "spacer", "aria-hidden": "true", style: `height:${height}px` }),
  });
  function row(t: T, i: number): HTMLElement {
    const key = o.key(t);
    const on = key === chosen;
    const cells = o.columns.map((c) => h("td", { class: c.number ? "number" : "" }, c.cell(t)));
    return h(
      "tr",
      {
        class: `${o.rowClass?.(t) ?? ""}${on ? " chosen" : related.has(key) ? " related" : ""}`.trim(),
        ...Object.fromEntries(Object.entries(o.rowData?.(t) ?? {}).map(([k, v]) => [`data-${k}`, v])),
        "data-row": key,
        "aria-rowindex": i + 2,
        ...(o.choose ? { "aria-selected": String(on), "aria-label": cells.slice(0, 2).map(spoken).join(", ") } : {}),
        onclick: (e: MouseEvent) => {
          if (!(e.target as HTMLElement).closest("a, button")) o.choose?.(t);
        },
        ondblclick: () => o.open?.(t),
        onkeydown: (e: KeyboardEvent) => onKey(e, t, i),
      },
      ...cells,
    );
  }
  /** Rows that are not in view are not there, and the chosen one may be filtered away: the first that is there takes its place. */
  function placeStop(): void {
    if (!o.choose) return;
    const there = [...body.querySelectorAll<HTMLElement>("[data-row]")];
    const stop = there.find((r) => r.dataset.row === chosen) ?? there[0];
    for (const r of there) setStop(r, r === stop);
  }
  const STEPS: Readonly<Record<string, (i: number) => number>> = {
    ArrowDown: (i) => i + 1,
    ArrowUp: (i) => i - 1,
    PageDown: (i) => i + 10,
    PageUp: (i) => i - 10,
    Home: () => 0,
    End: () => order.length - 1,
  };
  function onKey(e: KeyboardEvent, t: T, i: number): void {
    if (e.target !== e.currentTarget) return;
    if (e.key === "Enter") o.open?.(t);
    const step = STEPS[e.key];
    if (!step) return;
    e.preventDefault();
    const next = Math.max(0, Math.min(order.length - 1, step(i)));
    const target = order[next];
    if (target === undefined) return;
    o.choose?.(target);
    list.scrollTo(next);
    body.querySelector<HTMLElement>(`[data-row="${CSS.escape(o.key(target))}"]`)?.focus({ preventScroll: true });
  }
  function sortBy(c: Column<T>): void {
    if (by === c) down = !down;
    else {
      by = c;
      down = c.number ?? false;
    }
    arrange();
  }
  function arrange(): void {
    const value = by?.value;
    const sign = down ? -1 : 1;
    order = value
      ? rows
          .map((t) => ({ t, v: value(t) }))
          .sort((a, b) => (a.v < b.v ? -sign : a.v > b.v ? sign : 0))
          .map((x) => x.t)
      : rows;
    o.columns.forEach((c, i) => {
      const button = buttons.get(c);
      if (!button) return;
      const on = c === by;
      heads[i]!.setAttribute("aria-sort", on ? (down ? "descending" : "ascending") : "none");
      button.textContent = on ? `${c.label} ${down ? "↓" : "↑"}` : c.label;
    });
    element.setAttribute("aria-rowcount", String(order.length + 1));
    list.reset(order.length);
    element.classList.toggle("virtual", list.virtual);
  }
  return {
    element,
    scroller,
    setRows(next) {
      rows = next;
      arrange();
    },
    mark(nextChosen, nextRelated) {
      const moved = nextChosen !== chosen;
      chosen = nextChosen;
      related = nextRelated;
      if (list.virtual) list.refresh();
      else
        body.querySelectorAll<HTMLElement>("[data-row]").forEach((r) => {
          const key = r.dataset.row!;
          const on = key === chosen;
          r.classList.toggle("chosen", on);
          r.classList.toggle("related", !on && related.has(key));
          if (o.choose) r.setAttribute("aria-selected", String(on));
        });
      placeStop();
      if (!moved || chosen === null) return;
      const at = order.findIndex((t) => o.key(t) === chosen);
      if (at >= 0) list.scrollTo(at);
    },
    dispose: () => list.dispose(),
  };
}
