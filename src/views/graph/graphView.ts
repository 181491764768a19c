// The graph of a program: one level at a time, as boxes that open. This file puts the parts together; model.ts says what is shown, the rest draws and listens.
import type { Item } from "../../engine/report/drawing/item.ts";
import { paint } from "../../engine/report/drawing/paint.ts";
import type { Rect } from "../../engine/report/drawing/surface.ts";
import { HEAD } from "../../engine/report/drawing/visible.ts";
import type { Decision, Level } from "../../engine/report/types.ts";
import { send } from "../bridge.ts";
import { menu } from "../controls/menu.ts";
import { segmented } from "../controls/segmented.ts";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { camera } from "./camera.ts";
import { CanvasSurface } from "./canvasSurface.ts";
import { coloursOf } from "./colours.ts";
import { describe, describeDecision, describeEdge, detailOf } from "./describe.ts";
import { emphasisOf } from "./emphasis.ts";
import style from "./graph.css";
import { Hits } from "./hits.ts";
import { keyboard } from "./keys.ts";
import { legend } from "./legend.ts";
import { minimap } from "./minimap.ts";
import { GraphModel, breadthFor } from "./model.ts";
import { outlineTree } from "./outlineTree.ts";
import { LayoutRunner } from "./runLayout.ts";
import { copy, save } from "./save.ts";
import { searchBox } from "./searchBox.ts";
import { words } from "./words.ts";

export const graphView: ViewDefinition = { id: "graph", label: () => t("Graph"), place: "graph", open };
const levelLabel = (name: string): string =>
  ({ jaxpr: t("Traced"), graph: t("Lowered"), fused: t("Fused"), stablehlo: "StableHLO", hlo: "HLO" })[name] ?? name;
/** Laying out may take so long before it is said, and cancelling offered. */
const PATIENCE_MS = 900;
const NARROW = 460;
const EDGE_REACH = 6;
const MOST_REMEMBERED = 2000;
let sheet: CSSStyleSheet | null = null;
function addStyle(): void {
  if (sheet) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
function open(c: ViewContext): View {
  addStyle();
  const { lookup, store, memory } = c;
  const started = performance.now();
  const levels = lookup.program?.levels.filter((l) => l.regions.length) ?? [];
  if (!levels.length) return { element: h("p", { class: "note" }, t("This profile has no graph.")), dispose() {} };
  const runner = new LayoutRunner();
  const wordList = words();
  let model: GraphModel;
  let hits: Hits | null = null;
  let selected: Item | null = null;
  let hover = -1;
  let hoverEdge = -1;
  let matches: readonly string[] = [];
  let painted = false;
  let colours = coloursOf(document.body);
  /** The decision of the last edge that was clicked, to go on to the next. */
  let cycle: { readonly edge: number; readonly at: number; readonly id: string | undefined } | null = null;
  let lastOpen: ReadonlySet<string> = new Set();

  // ---- elements
  const canvas = h("canvas", { tabindex: 0, role: "application", "aria-label": keyboardHelp() });
  const busyText = h("span", {});
  const busy = h("div", { class: "busy-layout", role: "status", hidden: true }, busyText, h("button", { type: "button", onclick: () => cancel() }, t("Cancel")));
  const map = minimap((x, y) => view.centre({ x: x - 1, y: y - 1, width: 2, height: 2 }));
  const holder = h("div", { class: "canvas" }, canvas, map.element, busy);
  const status = h("div", { class: "graph-status", "aria-live": "polite" }, hint());
  const crumbs = h("nav", { class: "crumbs", "aria-label": t("Where the selection stands") });
  const legendElement = h("div", { class: "legend", role: "list", "aria-label": t("What colours and lines mean") });
  const size = (): readonly [number, number] => [holder.clientWidth, holder.clientHeight];
  let frame = 0;
  const schedule = (): void => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  };
  const view = camera(canvas, size, schedule);
  const tree = outlineTree({
    root: () => model.outline.root,
    isOpen: (i) => model.open.has(i.id),
    detail: (i) => detailOf(model, i),
    selected: () => selected,
    choose: (i) => choose(i, "follow"),
    toggle: (i, on) => toggle(i, on),
    act: (i) => choose(i, "reveal"),
  });
  tree.element.hidden = memory.get("graph.outline") !== true;

  // ---- what is shown
  function load(level: Level, fold: boolean, restore: boolean): void {
    const known = restore ? (memory.get("graph.open") as { key: string; ids: readonly string[] } | undefined) : undefined;
    const breadth = breadthFor(holder.clientWidth || 600);
    const same = known?.key === `${level.name} ${fold} ${c.report.function.name}`;
    model = new GraphModel(c.report, lookup.program!, level, fold, wordList, runner, { breadth, ...(same ? { open: known.ids } : {}) });
    lastOpen = model.open;
    selected = null;
    hits = null;
    const camera = memory.get("graph.camera") as { key: string; x: number; y: number; k: number } | undefined;
    void refresh(() => {
      if (camera?.key === cameraKey() && restore && same) view.put(camera);
      else view.fit(firstBox());
      if (store.state.selection) update();
    });
  }
  const cameraKey = (): string => `${model.level.name} ${model.breadth} ${c.report.function.name}`;
  const firstBox = (): Rect | undefined => (model.picture?.boxes.length ? model.rect(0) : undefined);
  /** Makes the picture anew; `then` puts the camera. */
  async function refresh(then: () => void = () => {}): Promise<void> {
    const own = model;
    const timer = setTimeout(() => {
      busyText.textContent = t("Laying out the graph…");
      busy.hidden = false;
    }, PATIENCE_MS);
    const done = await own.update();
    clearTimeout(timer);
    busy.hidden = true;
    if (!done || own !== model) return;
    lastOpen = new Set(model.open);
    hits = new Hits(model.picture!);
    hover = hoverEdge = -1;
    view.setPicture(model.picture!.layout.total);
    colours = coloursOf(canvas);
    map.set(model.picture!, colours);
    legend(legendElement, model, (c.changed?.size ?? 0) > 0);
    if (!tree.element.hidden) tree.refresh();
    memory.set("graph.open", { key: `${model.level.name} ${model.fold} ${c.report.function.name}`, ids: [...model.open].slice(0, MOST_REMEMBERED) });
    document.body.dataset.boxes = String(model.picture!.boxes.length);
    then();
    showCrumbs();
    schedule();
  }
  function cancel(): void {
    runner.cancel();
    busy.hidden = true;
    model.open = new Set(lastOpen);
    if (!tree.element.hidden) tree.refresh();
  }
  function draw(): void {
    const [width, height] = size();
    const ratio = window.devicePixelRatio || 1;
    const picture = model.picture;
    if (!picture || !hits || !width || !height) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const begun = performance.now();
    const { x, y, k } = view.transform();
    const g = canvas.getContext("2d")!;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.fillStyle = colours.page;
    g.fillRect(0, 0, width, height);
    g.setTransform(ratio * k, 0, 0, ratio * k, ratio * x, ratio * y);
    const seen: Rect = { x: -x / k, y: -y / k, width: width / k, height: height / k };
    const emphasis = emphasisOf(model, c, { item: selected, hover, hoverEdge, matches });
    paint(new CanvasSurface(g), picture, colours, {
      scale: k,
      ...hits.inView(seen),
      verdict: (e) => model.verdicts.of(picture.edges[e]!.leaves),
      emphasis,
    });
    map.view(seen.x, seen.y, seen.x + seen.width, seen.y + seen.height, memory.get("graph.map") !== false && width > 240);
    memory.set("graph.camera", { key: cameraKey(), x, y, k });
    canvas.dataset.paintMs = String(performance.now() - begun);
    if (painted) return;
    painted = true;
    send({ type: "painted", milliseconds: performance.now() - started });
    document.body.dataset.painted = "true";
  }
  function showCrumbs(): void {
    const path: Item[] = [];
    for (let i = selected; i && i.kind !== "root"; i = i.parent) path.unshift(i);
    crumbs.replaceChildren(
      h("button", { type: "button", onclick: () => (choose(null, "stay"), view.fit(firstBox())) }, model.outline.root.label),
      ...path.flatMap((i) => [
        h("span", { class: "muted", "aria-hidden": "true" }, "›"),
        i === selected
          ? h("b", { "aria-current": "location" }, i.label)
          : h("button", { type: "button", onclick: () => (choose(i, "stay"), centreOn(i)) }, i.label),
      ]),
    );
  }

  // ---- choosing, opening, going
  function choose(item: Item | null, how: "follow" | "reveal" | "stay"): void {
    selected = item;
    cycle = null;
    status.textContent = item ? describe(model, lookup, item) : hint();
    const { node, kernel } = item?.of ?? {};
    store.select(node ? { kind: "node", id: node.id } : kernel ? { kind: "kernel", id: kernel.id } : null);
    const place = store.state.selection && lookup.placeOf(store.state.selection);
    if (place && how === "follow") c.follow(place);
    if (place && how === "reveal") c.reveal(place);
    showCrumbs();
    if (!tree.element.hidden && !tree.element.contains(document.activeElement)) tree.refresh();
    schedule();
  }
  /** Opens or closes; the box stays where the person sees it. */
  function toggle(item: Item, on = !model.open.has(item.id)): void {
    if (!item.opens) return;
    const before = model.indexOf(item);
    const rect = before >= 0 && model.picture ? model.rect(before) : null;
    const { x, y, k } = view.transform();
    model.set(item, on);
    if (!tree.element.hidden) tree.refresh();
    void refresh(() => {
      const index = model.indexOf(item);
      if (!rect || index < 0) return;
      const now = model.rect(index);
      const middle = (rect.x + rect.width / 2) * k + x;
      view.put({ k, x: middle - (now.x + now.width / 2) * k, y: rect.y * k + y - now.y * k });
      view.show(on ? now : { ...now, height: HEAD });
    });
  }
  function centreOn(item: Item): void {
    const index = model.indexOf(item);
    if (index < 0 || !model.picture) return;
    view.centre(model.picture.boxes[index]!.open ? { ...model.rect(index), height: HEAD * 4 } : model.rect(index));
    schedule();
  }
  /** Brings an item into view, opening what it lies in. */
  function goTo(item: Item): void {
    if (model.reveal(item)) void refresh(() => centreOn(item));
    else centreOn(item);
  }
  function setOpen(change: () => void): void {
    change();
    if (!tree.element.hidden) tree.refresh();
    void refresh(() => (selected ? centreOn(selected) : view.fit(firstBox())));
  }
  function chooseEdge(edge: number): void {
    const e = model.picture!.edges[edge]!;
    const decisions: readonly Decision[] = model.verdicts.decisions(e.leaves);
    const at = cycle?.edge === edge ? (cycle.at + 1) % Math.max(1, decisions.length) : 0;
    const d = decisions[at];
    selected = null;
    cycle = { edge, at, id: d?.id };
    status.textContent = d ? describeDecision(lookup, d, at, decisions.length) : describeEdge(model, e);
    store.select(d ? { kind: "decision", id: d.id } : null);
    hoverEdge = edge;
    showCrumbs();
    schedule();
  }

  // ---- pointer
  const pointAt = (e: MouseEvent): readonly [number, number] => view.invert(e.offsetX, e.offsetY);
  canvas.addEventListener("click", (e) => {
    canvas.focus();
    if (!hits) return;
    const [x, y] = pointAt(e);
    const index = hits.box(x, y);
    if (index >= 0) {
      const { item } = model.picture!.boxes[index]!;
      if (hits.arrow(index, x, y)) toggle(item);
      else choose(item, "follow");
      return;
    }
    const edge = hits.edge(x, y, EDGE_REACH / view.transform().k);
    if (edge >= 0) chooseEdge(edge);
    else choose(null, "stay");
  });
  canvas.addEventListener("dblclick", (e) => {
    const [x, y] = pointAt(e);
    const index = hits?.box(x, y) ?? -1;
    if (index < 0 || hits!.arrow(index, x, y)) return;
    const { item } = model.picture!.boxes[index]!;
    if (item.opens) toggle(item);
    else choose(item, "reveal");
  });
  canvas.addEventListener("mousemove", (e) => {
    if (!hits || e.buttons) return;
    const [x, y] = pointAt(e);
    const index = hits.box(x, y);
    const edge = index >= 0 ? -1 : hits.edge(x, y, EDGE_REACH / view.transform().k);
    if (index === hover && edge === hoverEdge) return;
    hover = index;
    hoverEdge = edge;
    canvas.style.cursor = index >= 0 || edge >= 0 ? "pointer" : "grab";
    canvas.title = index >= 0 ? describe(model, lookup, model.picture!.boxes[index]!.item) : edge >= 0 ? describeEdge(model, model.picture!.edges[edge]!) : "";
    schedule();
  });
  canvas.addEventListener("mouseleave", () => {
    hover = hoverEdge = -1;
    schedule();
  });

  // ---- toolbar
  const find = searchBox({
    lookup,
    level: () => model.level,
    found(ids) {
      matches = ids;
      schedule();
    },
    go(match) {
      const item =
        match.kind === "kernel"
          ? model.outline.kernelItem(match.id)
          : (model.outline.itemsOf(match.id)[0] ?? model.outline.readersOf(match.id)[0]);
      if (!item) return;
      model.reveal(item);
      choose(item, "stay");
      void refresh(() => centreOn(item));
    },
  });
  const actions = {
    fit: () => view.fit(selected && model.indexOf(selected) >= 0 ? model.rect(model.indexOf(selected)) : firstBox()),
    overview: () => view.overview(),
    zoomIn: () => view.by(1.25),
    zoomOut: () => view.by(0.8),
    collapse: () => setOpen(() => model.collapse()),
    deeper: () => setOpen(() => model.openTo(model.depth + 1)),
    openTo: (depth: number) => setOpen(() => model.openTo(depth)),
    outline() {
      tree.element.hidden = !tree.element.hidden;
      memory.set("graph.outline", !tree.element.hidden);
      if (tree.element.hidden) return canvas.focus();
      tree.refresh();
      tree.focus();
    },
    map() {
      memory.set("graph.map", memory.get("graph.map") === false);
      schedule();
    },
    fold() {
      memory.set("graph.fold", !model.fold);
      load(model.level, !model.fold, false);
    },
    search: () => find.focus(),
  };
  const say = async (text: Promise<string>): Promise<void> => void (status.textContent = await text);
  const more = menu("⋯", t("More for the graph"), [
    { kind: "action", label: t("Close all"), key: "C", run: actions.collapse },
    { kind: "action", label: t("Open one level more"), key: "X", run: actions.deeper },
    { kind: "action", label: t("See the whole graph"), key: "W", run: actions.overview },
    { kind: "line" },
    { kind: "choice", label: t("Outline"), key: "O", on: () => !tree.element.hidden, run: actions.outline },
    { kind: "choice", label: t("Small map"), key: "M", on: () => memory.get("graph.map") !== false, run: actions.map },
    { kind: "choice", label: t("Inputs, constants, movements"), key: "I", on: () => !model.fold, run: actions.fold },
    { kind: "line" },
    { kind: "action", label: t("Save as SVG…"), run: () => save(model, canvas, "svg") },
    { kind: "action", label: t("Save as PNG…"), run: () => save(model, canvas, "png") },
    { kind: "action", label: t("Copy as SVG"), run: () => void say(copy(model, canvas, "svg")) },
    { kind: "action", label: t("Copy as PNG"), run: () => void say(copy(model, canvas, "png")) },
  ]);
  const tool = (label: string, title: string, run: () => void): HTMLElement =>
    h("button", { type: "button", title, "aria-label": title, onclick: run }, label);
  const switcher = segmented(
    t("Which program"),
    levels.map((l) => ({ id: l.name, label: levelLabel(l.name) })),
    levels.find((l) => l.name === memory.get("level"))?.name ?? levels.at(-1)!.name,
    (name) => {
      memory.set("level", name);
      find.clear();
      load(levels.find((l) => l.name === name)!, model.fold, false);
    },
  );
  keyboard(canvas, {
    actions,
    picture: () => model.picture,
    selected: () => (selected ? model.indexOf(selected) : -1),
    go(index) {
      const { item } = model.picture!.boxes[index]!;
      choose(item, "stay");
      view.show(model.picture!.boxes[index]!.open ? { ...model.rect(index), height: HEAD } : model.rect(index));
    },
    enter() {
      if (!selected) return;
      if (selected.opens) toggle(selected);
      else choose(selected, "reveal");
    },
    out() {
      const outer = selected?.parent;
      if (!outer || outer.kind === "root") return choose(null, "stay");
      choose(outer, "stay");
      const index = model.indexOf(outer);
      if (index >= 0) view.show({ ...model.rect(index), height: HEAD });
    },
    escape: () => choose(null, "stay"),
    edge() {
      const index = selected ? model.indexOf(selected) : -1;
      const edges = model.picture!.edges.flatMap((e, i) => (e.from === index || e.to === index ? [i] : []));
      if (cycle) chooseEdge(cycle.edge);
      else if (edges[0] !== undefined) chooseEdge(edges[0]);
    },
    pan: (dx, dy) => view.pan(dx, dy),
  });
  const element = h(
    "div",
    { class: "graph" },
    h(
      "div",
      { class: "toolbar" },
      ...(levels.length > 1 ? [switcher.element] : []),
      find.element,
      find.count,
      h("span", { class: "tools" }, tool("−", t("Zoom out"), actions.zoomOut), tool("+", t("Zoom in"), actions.zoomIn), tool(t("Fit"), t("Fit the graph"), actions.fit), more.element),
    ),
    crumbs,
    h("div", { class: "split" }, tree.element, holder),
    legendElement,
    status,
  );

  // ---- changes from outside
  const resized = new ResizeObserver(() => {
    const [width] = size();
    element.classList.toggle("narrow", element.clientWidth < NARROW);
    const breadth = breadthFor(width);
    if (width && breadth !== model.breadth && model.picture) {
      // Layers become wider or narrower; what was in the middle of the view stays there.
      const centre = view.moved() ? middleBox() : null;
      model.breadth = breadth;
      void refresh(() => (view.resized(), centre ? centreOn(centre) : view.fit(firstBox())));
    } else view.resized();
    schedule();
  });
  resized.observe(holder);
  function middleBox(): Item | null {
    const [width, height] = size();
    const [x, y] = view.invert(width / 2, height / 2);
    let best: Item | null = null;
    let nearest = Infinity;
    model.picture?.boxes.forEach((b, i) => {
      if (b.open) return;
      const r = model.rect(i);
      const d = Math.hypot(r.x + r.width / 2 - x, r.y + r.height / 2 - y);
      if (d < nearest) [nearest, best] = [d, b.item];
    });
    return best;
  }
  const update = (): void => {
    const { selection } = store.state;
    const own = selected?.of.node?.id ?? selected?.of.kernel?.id;
    if (!selection || (selection.kind !== "line" && selection.id === own) || (cycle && selection.kind === "decision" && selection.id === cycle.id)) return schedule();
    cycle = null;
    const item = itemFor(selection);
    if (!item) return schedule();
    selected = selection.kind === "node" || selection.kind === "kernel" ? item : null;
    status.textContent = selection.kind === "decision" ? describeDecision(lookup, lookup.decision(selection.id)!, 0, 1) : describe(model, lookup, item);
    showCrumbs();
    goTo(item);
    schedule();
  };
  /** What a choice that was made elsewhere is here. */
  function itemFor(selection: NonNullable<typeof store.state.selection>): Item | undefined {
    const { outline } = model;
    if (selection.kind === "kernel") return outline.kernelItem(selection.id);
    if (selection.kind === "line") {
      const id = lookup.nodesOfLine(selection.file, selection.line).find((n) => outline.has(n));
      return id === undefined ? undefined : boxOf(id);
    }
    if (selection.kind === "decision") {
      const d = lookup.decision(selection.id);
      return d && outline.has(d.consumer) ? outline.itemsOf(d.consumer)[0] : undefined;
    }
    const ids = [selection.id, ...(lookup.computedBy.get(selection.id) ?? []), ...(lookup.nodes.get(selection.id)?.from ?? [])];
    const id = ids.find((x) => outline.has(x));
    return id === undefined ? undefined : boxOf(id);
  }
  /** The box by which an operation is shown: its kernel's, where it is in one and that is closed. */
  function boxOf(id: string): Item | undefined {
    const item = model.outline.itemsOf(id)[0] ?? model.outline.readersOf(id)[0];
    return item?.parent?.kind === "kernel" && !model.open.has(item.parent.id) ? item.parent : item;
  }
  load(levels.find((l) => l.name === memory.get("level")) ?? levels.at(-1)!, memory.get("graph.fold") !== false, true);
  return {
    element,
    dispose: all(
      store.subscribe(update),
      c.onTheme(() => {
        colours = coloursOf(canvas);
        if (model.picture) map.set(model.picture, colours);
        schedule();
      }),
      () => {
        resized.disconnect();
        cancelAnimationFrame(frame);
        runner.dispose();
        more.dispose();
        tree.dispose();
        view.dispose();
      },
    ),
  };
}
/** What stands in the status line while nothing is chosen. */
const hint = (): string => t("▸ or Enter opens a box, arrow keys move, / searches");
const keyboardHelp = (): string =>
  t(
    "Graph. Arrow keys move between boxes, Enter opens or closes one or shows its source line, Backspace goes out, E goes along edges, plus and minus zoom, 0 fits, slash searches. O shows the same as an outline.",
  );
