// The graph of a program: one level at a time, as boxes that open. This file makes the elements and says what calls what; controller.ts does it.
import type { Item } from "../../engine/report/drawing/item.ts";
import type { Level } from "../../engine/report/types.ts";
import { menu } from "../controls/menu.ts";
import { segmented } from "../controls/segmented.ts";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { GraphController, hint } from "./controller.ts";
import { detailOf } from "./describe.ts";
import { followSelection } from "./elsewhere.ts";
import style from "./graph.css";
import { keyboard } from "./keys.ts";
import { minimap } from "./minimap.ts";
import { breadthFor } from "./model.ts";
import { outlineTree } from "./outlineTree.ts";
import { pointer } from "./pointer.ts";
import { copy, save } from "./save.ts";
import { type SearchBox, searchBox } from "./searchBox.ts";

export const graphView: ViewDefinition = { id: "graph", label: () => t("Graph"), open };
const levelLabel = (name: string): string =>
  ({ jaxpr: t("Traced"), graph: t("Lowered"), fused: t("Fused"), stablehlo: "StableHLO", hlo: "HLO" })[name] ?? name;
const NARROW = 460;
let sheet: CSSStyleSheet | null = null;
function addStyle(): void {
  if (sheet) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
function open(c: ViewContext): View {
  addStyle();
  const levels = c.lookup.program?.levels.filter((l) => l.regions.length) ?? [];
  if (!levels.length) return { element: h("p", { class: "note" }, t("This profile has no graph.")), dispose() {} };
  const first = levels.find((l) => l.name === c.memory.get("level")) ?? levels.at(-1)!;
  const canvas = h("canvas", { tabindex: 0, role: "application", "aria-label": keyboardHelp() });
  const busy = h(
    "div",
    { class: "busy-layout", role: "status", hidden: true },
    h("span", {}, t("Laying out the graph…")),
    h("button", { type: "button", onclick: () => g.cancel() }, t("Cancel")),
  );
  const map = minimap((x, y) => g.camera.centre({ x: x - 1, y: y - 1, width: 2, height: 2 }));
  const holder = h("div", { class: "canvas" }, canvas, map.element, busy);
  const parts = {
    canvas,
    holder,
    busy,
    status: h("div", { class: "graph-status", "aria-live": "polite" }, hint()),
    crumbs: h("nav", { class: "crumbs", "aria-label": t("Where the selection stands") }),
    legend: h("div", { class: "legend", role: "list", "aria-label": t("What colours and lines mean") }),
  };
  const g = new GraphController(c, parts);
  g.map = map;
  g.tree = outlineTree({
    root: () => g.model.outline.root,
    isOpen: (i) => g.model.open.has(i.id),
    detail: (i) => detailOf(g.model, i),
    selected: () => g.selected,
    choose: (i) => {
      g.choose(i, "follow");
      if (g.model.indexOf(i) >= 0) g.show(g.model.indexOf(i));
    },
    toggle: (i, on) => g.toggle(i, on),
    act: (i) => g.choose(i, "reveal"),
  });
  g.tree.element.hidden = c.memory.get("graph.outline") !== true;
  g.loaded = () => followSelection(g);
  pointer(g);
  const find = search(g);
  const actions = actionsOf(g, find);
  const more = moreMenu(g, actions);
  keys(g, actions);
  const tool = (label: string, title: string, run: () => void): HTMLElement =>
    h("button", { type: "button", title, "aria-label": title, onclick: run }, label);
  const switcher = segmented(
    t("Which program"),
    levels.map((l) => ({ id: l.name, label: levelLabel(l.name) })),
    first.name,
    (name) => {
      c.memory.set("level", name);
      find.clear();
      g.load(
        levels.find((l) => l.name === name)!,
        g.model.fold,
        false,
      );
    },
  );
  const element = h(
    "div",
    { class: "graph" },
    h(
      "div",
      { class: "toolbar" },
      ...(levels.length > 1 ? [switcher.element] : []),
      find.element,
      find.count,
      h(
        "span",
        { class: "tools" },
        tool("−", t("Zoom out"), actions.zoomOut),
        tool("+", t("Zoom in"), actions.zoomIn),
        tool(t("Fit"), t("Fit the graph"), actions.fit),
        more.element,
      ),
    ),
    parts.crumbs,
    h("div", { class: "split" }, g.tree.element, holder),
    parts.legend,
    parts.status,
  );
  const resized = new ResizeObserver(() => {
    element.classList.toggle("narrow", element.clientWidth < NARROW);
    onResize(g);
  });
  resized.observe(holder);
  g.load(first, c.memory.get("graph.fold") !== false, true);
  return {
    element,
    dispose: all(
      c.store.subscribe(() => followSelection(g)),
      c.onTheme(() => g.recolour()),
      () => {
        resized.disconnect();
        more.dispose();
        g.tree.dispose();
        g.dispose();
      },
    ),
  };
}
function search(g: GraphController): SearchBox {
  return searchBox({
    lookup: g.c.lookup,
    level: (): Level => g.model.level,
    found(ids) {
      g.matches = ids;
      g.schedule();
    },
    go(match) {
      const { outline } = g.model;
      const item = match.kind === "kernel" ? outline.kernelItem(match.id) : (outline.itemsOf(match.id)[0] ?? outline.readersOf(match.id)[0]);
      if (!item) return;
      g.model.reveal(item);
      g.choose(item, "stay");
      void g.refresh(() => g.centreOn(item));
    },
  });
}
type Actions = ReturnType<typeof actionsOf>;
function actionsOf(g: GraphController, find: SearchBox) {
  const { memory } = g.c;
  return {
    fit: () => g.fit(g.selected),
    overview: () => g.camera.overview(),
    zoomIn: () => g.camera.by(1.25),
    zoomOut: () => g.camera.by(0.8),
    collapse: () => g.reopen((m) => m.collapse()),
    deeper: () => g.reopen((m) => m.openTo(m.depth + 1)),
    openTo: (depth: number) => g.reopen((m) => m.openTo(depth)),
    outline() {
      const { element } = g.tree;
      element.hidden = !element.hidden;
      memory.set("graph.outline", !element.hidden);
      if (element.hidden) return g.parts.canvas.focus();
      g.tree.refresh();
      g.tree.focus();
    },
    map() {
      memory.set("graph.map", memory.get("graph.map") === false);
      g.schedule();
    },
    fold() {
      memory.set("graph.fold", !g.model.fold);
      g.load(g.model.level, !g.model.fold, false);
    },
    search: () => find.focus(),
  };
}
function moreMenu(g: GraphController, actions: Actions): ReturnType<typeof menu> {
  const { canvas, status } = g.parts;
  const say = async (text: Promise<string>): Promise<void> => void (status.textContent = await text);
  return menu("⋯", t("More for the graph"), [
    { kind: "action", label: t("Close all"), key: "C", run: actions.collapse },
    { kind: "action", label: t("Open one level more"), key: "X", run: actions.deeper },
    { kind: "action", label: t("See the whole graph"), key: "W", run: actions.overview },
    { kind: "line" },
    { kind: "choice", label: t("Outline"), key: "O", on: () => !g.tree.element.hidden, run: actions.outline },
    { kind: "choice", label: t("Small map"), key: "M", on: () => g.c.memory.get("graph.map") !== false, run: actions.map },
    { kind: "choice", label: t("Inputs, constants, movements"), key: "I", on: () => !g.model.fold, run: actions.fold },
    { kind: "line" },
    { kind: "action", label: t("Save as SVG…"), run: () => save(g.model, canvas, "svg") },
    { kind: "action", label: t("Save as PNG…"), run: () => save(g.model, canvas, "png") },
    { kind: "action", label: t("Copy as SVG"), run: () => void say(copy(g.model, canvas, "svg")) },
    { kind: "action", label: t("Copy as PNG"), run: () => void say(copy(g.model, canvas, "png")) },
  ]);
}
function keys(g: GraphController, actions: Actions): void {
  keyboard(g.parts.canvas, {
    actions,
    picture: () => g.model.picture,
    selected: () => (g.selected ? g.model.indexOf(g.selected) : -1),
    go(index) {
      g.choose(g.model.picture!.boxes[index]!.item, "stay");
      g.show(index);
    },
    enter() {
      if (!g.selected) return;
      if (g.selected.opens) g.toggle(g.selected);
      else g.choose(g.selected, "reveal");
    },
    out() {
      const outer = g.selected?.parent;
      if (!outer || outer.kind === "root") return g.choose(null, "stay");
      g.choose(outer, "stay");
      const index = g.model.indexOf(outer);
      if (index >= 0) g.show(index);
    },
    escape: () => g.choose(null, "stay"),
    edge() {
      const index = g.selected ? g.model.indexOf(g.selected) : -1;
      const edge = g.cycle ? g.cycle.edge : g.model.picture!.edges.findIndex((e) => e.from === index || e.to === index);
      if (edge >= 0) g.chooseEdge(edge);
    },
    pan: (dx, dy) => g.camera.pan(dx, dy),
  });
}
/** Layers become wider or narrower with the canvas; what was in the middle of the view stays there. */
function onResize(g: GraphController): void {
  const [width] = g.size;
  const breadth = breadthFor(width);
  if (width && breadth !== g.model.breadth && g.model.picture) {
    const middle = g.camera.moved() ? middleBox(g) : null;
    g.model.breadth = breadth;
    void g.refresh(() => {
      g.camera.resized();
      if (middle) g.centreOn(middle);
      else g.fit();
    });
  } else g.camera.resized();
  g.schedule();
}
function middleBox(g: GraphController): Item | null {
  const [width, height] = g.size;
  const [x, y] = g.camera.invert(width / 2, height / 2);
  let best: Item | null = null;
  let nearest = Infinity;
  g.model.picture!.boxes.forEach((b, i) => {
    if (b.open) return;
    const r = g.model.rect(i);
    const d = Math.hypot(r.x + r.width / 2 - x, r.y + r.height / 2 - y);
    if (d < nearest) [nearest, best] = [d, b.item];
  });
  return best;
}
const keyboardHelp = (): string =>
  t(
    "Graph. Arrow keys move between boxes, Enter opens or closes one or shows its source line, Backspace goes out, E goes along edges, plus and minus zoom, 0 fits, slash searches. O shows the same as an outline.",
  );
