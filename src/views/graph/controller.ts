// What happens in the graph: choosing, opening, going somewhere, drawing. The view (graphView.ts) makes the elements and says what calls what.
import type { Item } from "../../engine/report/drawing/item.ts";
import { type Colours, paint } from "../../engine/report/drawing/paint.ts";
import type { Rect } from "../../engine/report/drawing/surface.ts";
import { HEAD } from "../../engine/report/drawing/visible.ts";
import type { Decision, Level } from "../../engine/report/types.ts";
import { send } from "../bridge.ts";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import type { ViewContext } from "../view.ts";
import { type CameraControl, READABLE, camera } from "./camera.ts";
import { CanvasSurface } from "./canvasSurface.ts";
import { coloursOf } from "./colours.ts";
import { describe, describeDecision, describeEdge } from "./describe.ts";
import { emphasisOf } from "./emphasis.ts";
import { Hits } from "./hits.ts";
import { legend } from "./legend.ts";
import type { Minimap } from "./minimap.ts";
import { GraphModel, breadthFor } from "./model.ts";
import type { OutlineTree } from "./outlineTree.ts";
import { LayoutRunner } from "./runLayout.ts";
import { words } from "./words.ts";
import { mark, marked } from "../spans.ts";

/** Laying out may take so long before it is said, and cancelling offered. */
const PATIENCE_MS = 900;
const MOST_REMEMBERED = 2000;
/** What stands in the status line while nothing is chosen. */
export const hint = (): string => t("▸ or Enter opens a box, arrow keys move, / searches");

export interface Parts {
  readonly canvas: HTMLCanvasElement;
  readonly holder: HTMLElement;
  readonly status: HTMLElement;
  readonly crumbs: HTMLElement;
  readonly legend: HTMLElement;
  readonly busy: HTMLElement;
}
/** A narrower place has no room for the small map: it would lie on the boxes. */
const MAP_FROM = 400;
export class GraphController {
  model!: GraphModel;
  hits: Hits | null = null;
  selected: Item | null = null;
  hover = -1;
  hoverEdge = -1;
  matches: readonly string[] = [];
  /** The decision of the edge that was clicked last, to go on to the next. */
  cycle: { readonly edge: number; readonly at: number; readonly id: string | undefined } | null = null;
  readonly camera: CameraControl;
  map!: Minimap;
  tree!: OutlineTree;
  /** Called when there is a picture of another level or program. */
  loaded: () => void = () => {};
  readonly #runner = new LayoutRunner();
  readonly #words = words();
  #colours: Colours = coloursOf(document.body);
  #lastOpen: ReadonlySet<string> = new Set();
  #painted = false;
  #frame = 0;
  constructor(
    readonly c: ViewContext,
    readonly parts: Parts,
  ) {
    this.camera = camera(
      parts.canvas,
      () => this.size,
      () => this.schedule(),
    );
  }
  get size(): readonly [number, number] {
    return [this.parts.holder.clientWidth, this.parts.holder.clientHeight];
  }

  // ---- what is shown
  load(level: Level, fold: boolean, restore: boolean): void {
    const { memory, report, lookup, store } = this.c;
    const known = restore ? (memory.get("graph.open") as { key: string; ids: readonly string[] } | undefined) : undefined;
    const breadth = breadthFor(this.parts.holder.clientWidth || 600);
    const same = known?.key === `${level.name} ${fold} ${report.function.name}`;
    this.model = new GraphModel(report, lookup.program!, level, fold, this.#words, this.#runner, { breadth, ...(same ? { open: known.ids } : {}) });
    this.#lastOpen = this.model.open;
    this.selected = null;
    this.hits = null;
    const place = memory.get("graph.camera") as { key: string; x: number; y: number; k: number } | undefined;
    void this.refresh(() => {
      if (place?.key === this.#cameraKey() && restore && same) this.camera.put(place);
      else this.fit();
      if (store.state.selection) this.loaded();
    });
  }
  #cameraKey(): string {
    return `${this.model.level.name} ${this.model.breadth} ${this.c.report.function.name}`;
  }
  /** Makes the picture anew; `then` puts the camera. */
  async refresh(then: () => void = () => {}): Promise<void> {
    const own = this.model;
    const { busy, canvas } = this.parts;
    const timer = setTimeout(() => (busy.hidden = false), PATIENCE_MS);
    const done = await own.update();
    clearTimeout(timer);
    busy.hidden = true;
    if (!done || own !== this.model) return;
    mark("laid out");
    this.#lastOpen = new Set(own.open);
    this.hits = new Hits(own.picture!);
    this.hover = this.hoverEdge = -1;
    this.camera.setPicture(own.picture!.layout.total);
    this.#colours = coloursOf(canvas);
    this.map.set(own.picture!, this.#colours);
    legend(this.parts.legend, own, (this.c.changed?.size ?? 0) > 0);
    this.showTree();
    this.c.memory.set("graph.open", {
      key: `${own.level.name} ${own.fold} ${this.c.report.function.name}`,
      ids: [...own.open].slice(0, MOST_REMEMBERED),
    });
    document.body.dataset.boxes = String(own.picture!.boxes.length);
    then();
    this.#showCrumbs();
    this.schedule();
  }
  cancel(): void {
    this.#runner.cancel();
    this.parts.busy.hidden = true;
    this.model.open = new Set(this.#lastOpen);
    this.showTree();
  }
  showTree(): void {
    if (!this.tree.element.hidden) this.tree.refresh();
  }
  recolour(): void {
    this.#colours = coloursOf(this.parts.canvas);
    if (this.model.picture) this.map.set(this.model.picture, this.#colours);
    this.schedule();
  }
  schedule(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }
  #draw(): void {
    const [width, height] = this.size;
    const { canvas } = this.parts;
    const ratio = window.devicePixelRatio || 1;
    const { model, hits } = this;
    const picture = model.picture;
    if (!picture || !hits || !width || !height) return;
    const begun = performance.now();
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const { x, y, k } = this.camera.transform();
    const g = canvas.getContext("2d")!;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.fillStyle = this.#colours.page;
    g.fillRect(0, 0, width, height);
    g.setTransform(ratio * k, 0, 0, ratio * k, ratio * x, ratio * y);
    const seen: Rect = { x: -x / k, y: -y / k, width: width / k, height: height / k };
    paint(new CanvasSurface(g), picture, this.#colours, {
      scale: k,
      ...hits.inView(seen),
      verdict: (e) => model.verdicts.of(picture.edges[e]!.leaves),
      emphasis: emphasisOf(model, this.c, { item: this.selected, hover: this.hover, hoverEdge: this.hoverEdge, matches: this.matches }),
    });
    this.map.view(seen.x, seen.y, seen.x + seen.width, seen.y + seen.height, this.c.memory.get("graph.map") !== false && width > MAP_FROM);
    this.c.memory.set("graph.camera", { key: this.#cameraKey(), x, y, k });
    canvas.dataset.paintMs = String(performance.now() - begun);
    canvas.dataset.place = JSON.stringify({ x, y, k });
    if (this.#painted) return;
    this.#painted = true;
    mark("painted");
    send({ type: "painted", marks: marked() });
    document.body.dataset.painted = "true";
  }
  #showCrumbs(): void {
    const path: Item[] = [];
    for (let i = this.selected; i && i.kind !== "root"; i = i.parent) path.unshift(i);
    const button = (label: string, run: () => void): HTMLElement => h("button", { type: "button", onclick: run }, label);
    this.parts.crumbs.replaceChildren(
      button(this.model.outline.root.label, () => {
        this.choose(null, "stay");
        this.fit();
      }),
      ...path.flatMap((i) => [
        h("span", { class: "muted", "aria-hidden": "true" }, "›"),
        i === this.selected
          ? h("b", { "aria-current": "location" }, i.label)
          : button(i.label, () => {
              this.choose(i, "stay");
              this.centreOn(i);
            }),
      ]),
    );
  }

  // ---- going
  /** The whole picture, or what can be read of it: from the top, or around what is chosen. */
  fit(around: Item | null = null): void {
    const index = around ? this.model.indexOf(around) : this.#main();
    this.camera.fit(index >= 0 && this.model.picture ? this.model.rect(index) : undefined);
    this.schedule();
  }
  /** The largest box of what is seen at the top: a picture that is too wide to be seen whole begins there. */
  #main(): number {
    const picture = this.model.picture;
    if (!picture) return -1;
    const band = this.size[1] / READABLE;
    let best = -1;
    let most = -1;
    picture.boxes.forEach((b, i) => {
      const r = this.model.rect(i);
      const area = r.width * (Math.min(band, r.y + r.height) - r.y);
      if (b.parent < 0 && area > most) [best, most] = [i, area];
    });
    return best;
  }
  centreOn(item: Item): void {
    const index = this.model.indexOf(item);
    const picture = this.model.picture;
    if (index < 0 || !picture) return;
    this.camera.centre(picture.boxes[index]!.open ? { ...this.model.rect(index), height: HEAD * 4 } : this.model.rect(index));
    this.schedule();
  }
  /** Moves as little as needed to see a box; of an open one its head. */
  show(index: number): void {
    this.camera.show(this.model.picture!.boxes[index]!.open ? { ...this.model.rect(index), height: HEAD } : this.model.rect(index));
  }
  /** Brings an item into view, opening what it lies in. */
  goTo(item: Item): void {
    if (this.model.reveal(item)) void this.refresh(() => this.centreOn(item));
    else this.centreOn(item);
  }

  // ---- choosing, opening
  choose(item: Item | null, how: "follow" | "reveal" | "stay"): void {
    const { store, lookup } = this.c;
    this.selected = item;
    this.cycle = null;
    this.parts.status.textContent = item ? describe(this.model, lookup, item) : hint();
    const { node, kernel } = item?.of ?? {};
    store.select(node ? { kind: "node", id: node.id } : kernel ? { kind: "kernel", id: kernel.id } : null);
    const place = store.state.selection && lookup.placeOf(store.state.selection);
    if (place && how === "follow") this.c.follow(place);
    if (place && how === "reveal") this.c.reveal(place);
    this.#showCrumbs();
    if (!this.tree.element.contains(document.activeElement)) this.showTree();
    this.schedule();
  }
  /** What was chosen elsewhere. */
  chosenElsewhere(item: Item, isHere: boolean, text: string): void {
    this.cycle = null;
    this.selected = isHere ? item : null;
    this.parts.status.textContent = text;
    this.#showCrumbs();
    this.goTo(item);
  }
  /** Opens or closes; the box stays where the person sees it. */
  toggle(item: Item, on = !this.model.open.has(item.id)): void {
    if (!item.opens) return;
    const { model, camera } = this;
    const before = model.indexOf(item);
    const rect = before >= 0 && model.picture ? model.rect(before) : null;
    const { x, y, k } = camera.transform();
    model.set(item, on);
    this.showTree();
    void this.refresh(() => {
      const index = model.indexOf(item);
      if (item === this.selected) this.parts.status.textContent = describe(model, this.c.lookup, item);
      if (!rect || index < 0) return;
      const now = model.rect(index);
      const middle = (rect.x + rect.width / 2) * k + x;
      camera.put({ k, x: middle - (now.x + now.width / 2) * k, y: rect.y * k + y - now.y * k });
      camera.show(on ? now : { ...now, height: HEAD });
    });
  }
  /** Another set of open boxes. */
  reopen(change: (m: GraphModel) => void): void {
    change(this.model);
    this.showTree();
    void this.refresh(() => (this.selected ? this.centreOn(this.selected) : this.fit()));
  }
  chooseEdge(edge: number): void {
    const { lookup, store } = this.c;
    const e = this.model.picture!.edges[edge]!;
    const decisions: readonly Decision[] = this.model.verdicts.decisions(e.leaves);
    const at = this.cycle?.edge === edge ? (this.cycle.at + 1) % Math.max(1, decisions.length) : 0;
    const d = decisions[at];
    this.selected = null;
    this.cycle = { edge, at, id: d?.id };
    this.parts.status.textContent = d ? describeDecision(lookup, d, at, decisions.length) : describeEdge(this.model, e);
    store.select(d ? { kind: "decision", id: d.id } : null);
    this.hoverEdge = edge;
    this.#showCrumbs();
    this.schedule();
  }
  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#runner.dispose();
    this.camera.dispose();
  }
}
