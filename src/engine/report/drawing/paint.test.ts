// What is drawn of a picture from afar: each box that is seen is a spot of its colour, what is in a spot is not drawn, edges on each other are one.
import { describe, expect, test } from "vitest";
import type { Kernel, Node, Program, Region } from "../types.ts";
import { Outline } from "./outline.ts";
import { type Colours, NO_EMPHASIS, paint } from "./paint.ts";
import type { Pen, Rect, Stroke, Surface } from "./surface.ts";
import { type Picture, openedTo, pictureOf, visible } from "./visible.ts";
import { english } from "./words.ts";

const words = english({ time: (ms) => `${ms} ms`, share: (p) => `${Math.round(100 * p)} %` });
const COLOURS: Colours = {
  ...{ page: "page", text: "text", muted: "muted", border: "border", edge: "edge", raised: "raised", group: "group", accent: "accent" },
  ...{ focus: "focus", mark: "mark", changed: "changed", hot: "hot", fused: "fused", contrast: false },
  category: (c) => c,
};
/** Notes what is drawn. */
class Notes implements Surface {
  readonly spots: { readonly fill: string; readonly r: Rect }[] = [];
  readonly borders: string[] = [];
  readonly strokes: { readonly stroke: Stroke; readonly lines: number; readonly curves: number }[] = [];
  texts = 0;
  clips = 0;
  rect(r: Rect, _radius: number, fill: string | null, stroke?: Stroke): void {
    if (fill !== null) this.spots.push({ fill, r });
    if (stroke) this.borders.push(stroke.colour);
  }
  line(draw: (pen: Pen) => void, stroke: Stroke): void {
    const count = { lines: 0, curves: 0 };
    draw({ moveTo: () => {}, lineTo: () => count.lines++, bezierCurveTo: () => count.curves++, quadraticCurveTo: () => count.curves++ });
    this.strokes.push({ stroke, ...count });
  }
  area(): void {}
  text(): void {
    this.texts++;
  }
  inside(_r: Rect, _radius: number, draw: () => void): void {
    this.clips++;
    draw();
  }
}
/** n operations in a row, three to a kernel, everything open. */
function chain(n: number): Picture {
  const nodes: Node[] = Array.from({ length: n }, (_v, i) => ({
    id: `n${i}`,
    op: "tanh",
    category: i % 3 ? "elementwise" : "contraction",
    type: "f32[2]",
    inputs: i ? [`n${i - 1}`] : [],
    scope: "",
  }));
  const kernels = Array.from({ length: n / 3 }, (_v, k) => {
    const own = [0, 1, 2].map((i) => `n${3 * k + i}`);
    return {
      id: `k${k}`,
      name: `k${k}`,
      label: `k${k}`,
      kind: "loop",
      region: "main",
      device: 0,
      nodes: own,
      outputs: [own[2]],
      bytesRead: 0,
      bytesWritten: 0,
      flops: 0,
      calls: 1,
      lines: [],
    } as unknown as Kernel;
  });
  const region: Region = { id: "main", name: "main", parent: null, nodes, parameters: [], outputs: [nodes.at(-1)!.id] };
  const p: Program = { id: "p", arguments: [], results: [], levels: [{ name: "fused", regions: [region] }], kernels };
  const outline = new Outline({ stacks: [], frames: [], files: [] }, p, p.levels[0]!, { fold: true, words });
  return pictureOf(visible(outline, openedTo(outline, 9, 10_000), 700, words), 700);
}
function drawn(p: Picture, scale: number, emphasis = NO_EMPHASIS): Notes {
  const notes = new Notes();
  paint(notes, p, COLOURS, { scale, verdict: () => null, emphasis });
  return notes;
}
describe("from afar", () => {
  const picture = chain(90);
  const kernels = picture.boxes.filter((b) => b.item.kind === "kernel" && b.open).length;
  test("every operation is a spot of its colour, without a clip or a text of its own; its edges are straight and in few strokes", () => {
    expect(kernels).toBe(30);
    const { spots, strokes, clips } = drawn(picture, 0.15);
    expect(spots.filter((s) => s.fill === "contraction")).toHaveLength(30);
    expect(spots.filter((s) => s.fill === "elementwise")).toHaveLength(60);
    expect(clips).toBe(0);
    expect(strokes.length).toBeLessThan(5);
    expect(strokes.every((s) => s.curves === 0)).toBe(true);
  });
  test("a kernel that is a spot itself is drawn as one; nothing is smaller than a pixel", () => {
    const scale = 0.02;
    const { spots, texts } = drawn(picture, scale);
    const own = spots.filter((s) => s.fill === "contraction" || s.fill === "elementwise");
    expect(own).toHaveLength(kernels);
    expect(texts).toBe(0);
    for (const { r } of own) expect(Math.min(r.width, r.height) * scale).toBeGreaterThanOrEqual(1 - 1e-9);
  });
  test("what is chosen is seen, also inside of what is drawn as one", () => {
    const inside = picture.boxes.findIndex((b) => b.item.kind === "node");
    expect(drawn(picture, 0.02).borders).toEqual([]);
    expect(drawn(picture, 0.02, { ...NO_EMPHASIS, selected: new Set([inside]) }).borders).toEqual(["focus"]);
  });
  test("near, boxes are boxes", () => {
    expect(drawn(picture, 1).texts).toBeGreaterThan(90);
  });
});
