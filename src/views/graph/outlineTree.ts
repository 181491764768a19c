// The picture's boxes as a tree that a screen reader walks: the same groups, opened and closed together with the picture, the same selection.
import type { Item } from "../../engine/report/drawing/item.ts";
import { virtualRows } from "../controls/virtual.ts";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";

export interface TreeOptions {
  readonly root: () => Item;
  readonly isOpen: (i: Item) => boolean;
  readonly detail: (i: Item) => string;
  readonly selected: () => Item | null;
  readonly choose: (i: Item) => void;
  readonly toggle: (i: Item, open: boolean) => void;
  /** Enter on what does not open. */
  readonly act: (i: Item) => void;
}
export interface OutlineTree {
  readonly element: HTMLElement;
  refresh(): void;
  focus(): void;
  dispose(): void;
}
interface Row {
  readonly item: Item;
  readonly level: number;
  readonly size: number;
  readonly position: number;
}
const ROW_HEIGHT = 24;
export function outlineTree(o: TreeOptions): OutlineTree {
  const body = h("div", { role: "presentation" });
  const element = h("div", { class: "outline", role: "tree", "aria-label": t("Outline of the graph"), tabindex: -1 }, body);
  let rows: Row[] = [];
  let focused: string | null = null;
  const collect = (): void => {
    rows = [];
    const visit = (items: readonly Item[], level: number): void =>
      items.forEach((item, i) => {
        rows.push({ item, level, size: items.length, position: i + 1 });
        if (item.opens && o.isOpen(item)) visit(item.children, level + 1);
      });
    visit(o.root().children, 1);
  };
  const list = virtualRows({
    scroller: element,
    body,
    height: ROW_HEIGHT,
    render,
    spacer: (height) => h("div", { style: `height:${height}px`, role: "presentation" }),
  });
  function render(index: number): HTMLElement {
    const { item, level, size, position } = rows[index]!;
    const open = o.isOpen(item);
    const detail = o.detail(item);
    const stop = focused === null || !rows.some((r) => r.item.id === focused) ? index === 0 : item.id === focused;
    return h(
      "div",
      {
        class: "outline-row",
        role: "treeitem",
        "data-row": index,
        "data-item": item.id,
        tabindex: stop ? 0 : -1,
        "aria-level": level,
        "aria-setsize": size,
        "aria-posinset": position,
        "aria-expanded": item.opens ? String(open) : undefined,
        "aria-selected": String(o.selected() === item),
        "aria-label": detail ? `${item.label}, ${detail}` : item.label,
        style: `padding-left:${6 + (level - 1) * 14}px`,
        onclick: (e: MouseEvent) => {
          focused = item.id;
          if ((e.target as HTMLElement).classList.contains("twist")) o.toggle(item, !open);
          else o.choose(item);
        },
        ondblclick: () => (item.opens ? o.toggle(item, !open) : o.act(item)),
        onkeydown: (e: KeyboardEvent) => onKey(e, index),
      },
      h("span", { class: "twist", "aria-hidden": "true" }, item.opens ? (open ? "▾" : "▸") : ""),
      h("span", { class: "outline-label" }, item.label),
      h("span", { class: "muted" }, detail),
    );
  }
  function go(index: number): void {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    focused = row.item.id;
    list.scrollTo(rows.indexOf(row));
    o.choose(row.item);
    list.refresh();
    focusRow();
  }
  const focusRow = (): void => {
    if (focused !== null) body.querySelector<HTMLElement>(`[data-item="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  };
  function onKey(e: KeyboardEvent, index: number): void {
    const { item, level } = rows[index]!;
    const open = o.isOpen(item);
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(index + 1),
      ArrowUp: () => go(index - 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      ArrowRight: () => (item.opens && !open ? o.toggle(item, true) : item.opens ? go(index + 1) : undefined),
      ArrowLeft: () => {
        if (item.opens && open) return o.toggle(item, false);
        for (let i = index; i >= 0; i--) if (rows[i]!.level < level) return go(i);
      },
      Enter: () => (item.opens ? o.toggle(item, !open) : o.act(item)),
      " ": () => o.choose(item),
    };
    const act = e.ctrlKey || e.metaKey || e.altKey ? undefined : keys[e.key];
    if (!act) return;
    e.preventDefault();
    e.stopPropagation();
    act();
  }
  return {
    element,
    refresh() {
      const had = element.contains(document.activeElement);
      collect();
      const chosen = o.selected();
      if (chosen && rows.some((r) => r.item === chosen)) focused = chosen.id;
      list.reset(rows.length);
      const at = rows.findIndex((r) => r.item === chosen);
      if (at >= 0) list.scrollTo(at);
      if (had) focusRow();
    },
    focus() {
      const stop = body.querySelector<HTMLElement>('[tabindex="0"]') ?? element;
      stop.focus();
    },
    dispose: () => list.dispose(),
  };
}
