// What the graph shows: which level, how far it is opened, and the picture of that. Knows nothing of the page; the view draws what stands here.
import type { Item } from "../../engine/report/drawing/item.ts";
import type { Layout } from "../../engine/report/drawing/layout.ts";
import { Outline } from "../../engine/report/drawing/outline.ts";
import type { Rect } from "../../engine/report/drawing/surface.ts";
import { Verdicts } from "../../engine/report/drawing/verdicts.ts";
import { type Picture, type Visible, opened, openedTo, requestOf, visible } from "../../engine/report/drawing/visible.ts";
import type { Words } from "../../engine/report/drawing/words.ts";
import type { Decision, Level, Program, Report } from "../../engine/report/types.ts";
import type { LayoutRunner } from "./runLayout.ts";

/** How wide layers may be, by the canvas's width: a layout is not made anew for every pixel. */
const BREADTHS = [300, 380, 520, 700, 950, 1300, 1700] as const;
export const breadthFor = (width: number): number => BREADTHS.filter((b) => b <= Math.max(300, width / 0.85)).at(-1) ?? BREADTHS[0];
/** "Open everything" stops here: nobody looks at more at once. */
export const MOST_OPEN = 20_000;

export class GraphModel {
  outline: Outline;
  open: Set<string>;
  picture: Picture | null = null;
  breadth: number;
  readonly verdicts: Verdicts;
  #version = 0;
  constructor(
    readonly report: Report,
    readonly program: Program,
    readonly level: Level,
    readonly fold: boolean,
    readonly words: Words,
    readonly runner: LayoutRunner,
    start: { readonly open?: readonly string[]; readonly breadth: number },
  ) {
    this.outline = new Outline(report, program, level, { fold, words });
    this.verdicts = new Verdicts(program);
    this.breadth = start.breadth;
    this.open = start.open ? new Set(start.open) : opened(this.outline, start.breadth < 500 ? 24 : 48);
  }
  /** Makes the picture of what is open; false where another request came between, or the person cancelled. */
  async update(): Promise<boolean> {
    const version = ++this.#version;
    const breadth = this.breadth;
    const seen: Visible = visible(this.outline, this.open, breadth, this.words);
    const layout: Layout | null = await this.runner.run(requestOf(seen, breadth));
    if (!layout || version !== this.#version) return false;
    this.picture = { ...seen, layout };
    return true;
  }
  /** Opens or closes; of a loop that opens, its body opens with it. */
  set(item: Item, open: boolean): void {
    if (!item.opens) return;
    if (!open) {
      this.open.delete(item.id);
      return;
    }
    this.open.add(item.id);
    if (item.kind !== "control") return;
    const regions = item.children.filter((c) => c.kind === "region");
    const body = regions.find((r) => /body/.test(r.label)) ?? regions[0];
    if (body) this.open.add(body.id);
  }
  /** Opens what an item lies in. */
  reveal(item: Item): boolean {
    let changed = false;
    for (let p = item.parent; p && p.kind !== "root"; p = p.parent) {
      if (this.open.has(p.id)) continue;
      this.open.add(p.id);
      changed = true;
    }
    return changed;
  }
  collapse(): void {
    this.open = new Set();
  }
  openTo(depth: number): void {
    this.open = openedTo(this.outline, depth, MOST_OPEN);
  }
  /** How deep everything is open that could be: the next depth is one more. */
  get depth(): number {
    let depth = 0;
    let layer: readonly Item[] = this.outline.root.children;
    for (;;) {
      const opening = layer.filter((i) => i.opens);
      if (!opening.length || !opening.every((i) => this.open.has(i.id))) return depth;
      depth++;
      layer = opening.flatMap((i) => i.children);
    }
  }
  /** The index of the box that stands for an item: its own, or the closed one around it. */
  indexOf(item: Item): number {
    for (let i: Item | null = item; i; i = i.parent) {
      const index = this.picture?.indexOf.get(i.id);
      if (index !== undefined) return index;
    }
    return -1;
  }
  rect(index: number): Rect {
    const { layout } = this.picture!;
    return { x: layout.x[index]!, y: layout.y[index]!, width: layout.width[index]!, height: layout.height[index]! };
  }
  /** Edges that a decision stands behind. */
  edgesOf(d: Decision): number[] {
    const found: number[] = [];
    this.picture?.edges.forEach((e, i) => {
      if (e.leaves.some((l) => touches(l.producer.id, l.consumer.id, l.via, d)) && this.verdicts.decisions(e.leaves).includes(d)) found.push(i);
    });
    return found;
  }
}
const touches = (producer: string, consumer: string, via: readonly { readonly id: string }[], d: Decision): boolean =>
  producer === d.producer || consumer === d.consumer || via.some((n) => n.id === d.producer || n.id === d.consumer);
