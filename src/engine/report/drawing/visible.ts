// What is seen of the outline when some of its items are open: boxes with their words and sizes, and edges bundled between them.
import { Item, type LeafEdge } from "./item.ts";
import { type Layout, type LayoutRequest, layout } from "./layout.ts";
import type { Outline } from "./outline.ts";
import { textWidth, wrapped } from "./textWidth.ts";
import type { Words } from "./words.ts";

export interface ShownChip {
  readonly text: string;
  readonly kind: "input" | "constant" | "result" | "more";
  readonly x: number;
  readonly y: number;
  readonly width: number;
}
export interface ShownBox {
  readonly item: Item;
  readonly parent: number;
  readonly open: boolean;
  readonly depth: number;
  readonly width: number;
  readonly height: number;
  readonly title: readonly string[];
  readonly sub: string;
  readonly chips: readonly ShownChip[];
  /** Part of the dearest kernel's time, 0 to 1; of a group part of the whole. */
  readonly heat: number;
}
export interface ShownEdge {
  readonly from: number;
  readonly to: number;
  readonly leaves: LeafEdge[];
}
export interface Visible {
  readonly boxes: readonly ShownBox[];
  readonly edges: readonly ShownEdge[];
  /** By item id. */
  readonly indexOf: ReadonlyMap<string, number>;
}
export interface Picture extends Visible {
  readonly layout: Layout;
}
export const FONT = { title: 12, sub: 11, chip: 10.5, head: 12 } as const;
export const LINE = 15;
export const HEAD = 24;
export const CHIP_HEIGHT = 15;
const CHIP_GAP = 4;
/** Where texts begin, and how much the arrow of what opens takes. */
export const TEXT_LEFT = 12;
export const ARROW = 13;
const SIDE = 10;
const MOST_WIDTH = 270;
const LEAST_WIDTH = 84;

let walk = 0;
export function visible(outline: Outline, open: ReadonlySet<string>, breadth: number, words: Words): Visible {
  const boxes: ShownBox[] = [];
  const indexOf = new Map<string, number>();
  const mark = ++walk;
  const holders: Item[] = [outline.root];
  const mostWidth = Math.max(140, Math.min(MOST_WIDTH, Math.round(breadth * 0.72)));
  const visit = (item: Item, parent: number, depth: number): void => {
    const isOpen = item.opens && open.has(item.id);
    const box = boxOf(outline, item, isOpen, mostWidth, words);
    const index = boxes.push({ ...box, item, parent, open: isOpen, depth }) - 1;
    indexOf.set(item.id, index);
    item.mark = mark;
    item.shown = item;
    item.index = index;
    if (!isOpen) return;
    for (const c of item.children) visit(c, index, depth + 1);
    if (outline.edges.has(item)) holders.push(item);
  };
  for (const c of outline.root.children) visit(c, -1, 0);
  return { boxes, edges: bundled(outline, holders, mark), indexOf };
}
/** The box that stands for an item: its own, or that of the closed item around it. */
function shownOf(item: Item, mark: number): Item | null {
  if (item.mark === mark) return item.shown;
  const shown = item.parent ? shownOf(item.parent, mark) : null;
  item.mark = mark;
  item.shown = shown;
  return shown;
}
function bundled(outline: Outline, holders: readonly Item[], mark: number): ShownEdge[] {
  const edges = new Map<number, ShownEdge>();
  for (const holder of holders)
    for (const e of outline.edges.get(holder) ?? []) {
      const from = shownOf(e.from, mark);
      const to = shownOf(e.to, mark);
      if (!from || !to || from === to) continue;
      const key = from.index * 4_194_304 + to.index;
      const known = edges.get(key);
      if (known) known.leaves.push(e);
      else edges.set(key, { from: from.index, to: to.index, leaves: [e] });
    }
  return [...edges.values()];
}
type Content = Pick<ShownBox, "width" | "height" | "title" | "sub" | "chips" | "heat">;
function boxOf(outline: Outline, item: Item, open: boolean, most: number, words: Words): Content {
  const share = outline.total ? item.time / outline.total : 0;
  const parts = [
    ...(item.kind === "node" ? [item.of.node!.type] : []),
    ...(item.kind !== "node" && item.kind !== "kernel" && item.kernels > 0 ? [words.kernels(item.kernels)] : []),
    ...(item.kind === "kernel" && item.operations === 1 ? [item.children[0]?.of.node?.op ?? words.operations(1)] : []),
    ...(item.kind !== "node" && (item.kind === "kernel" ? item.operations > 1 : item.kernels === 0) ? [words.operations(item.operations)] : []),
    ...(item.time > 0 && item.kind !== "node" ? [words.time(item.time), words.share(share)] : []),
  ];
  const sub = parts.join(" · ");
  const heat = item.kind === "kernel" ? (outline.most ? item.time / outline.most : 0) : item.kind === "node" ? 0 : share;
  const room = most - TEXT_LEFT - SIDE;
  if (open) {
    const title = wrapped(item.label, room + 60, FONT.head, 1, "bold");
    const short = item.time > 0 ? `${words.time(item.time)} · ${words.share(share)}` : "";
    const width = Math.min(textWidth(title[0]!, FONT.head, "bold") + textWidth(short, FONT.sub) + 56, most + 40);
    return { width, height: HEAD, title, sub: short, chips: [], heat };
  }
  const arrow = item.opens ? ARROW : 0;
  const title = wrapped(item.label, room - arrow, FONT.title, item.kind === "node" ? 1 : 2, "bold");
  const chips = chipsOf(item, room);
  const widest = Math.max(
    ...title.map((t) => textWidth(t, FONT.title, "bold") + arrow),
    textWidth(sub, FONT.sub, item.kind === "node" ? "mono" : "normal"),
    ...chips.map((c) => c.x + c.width),
  );
  const width = Math.max(LEAST_WIDTH, Math.min(most, widest + TEXT_LEFT + SIDE));
  const rows = chips.length ? chips.at(-1)!.y + CHIP_HEIGHT + 5 : 0;
  const text = 7 + LINE * (title.length + (sub ? 1 : 0)) + 5;
  return { width, height: text + rows, title, sub, chips: chips.map((c) => ({ ...c, x: c.x + TEXT_LEFT, y: c.y + text })), heat };
}
const CHIP_ROWS = 2;
/** Chips in rows; what finds no room is counted. */
function chipsOf(item: Item, room: number): ShownChip[] {
  const shown: ShownChip[] = [];
  let x = 0;
  let row = 0;
  // What goes out is said in any case.
  const list = [...item.chips].sort((a, b) => Number(b.kind === "result") - Number(a.kind === "result"));
  for (const [i, chip] of list.entries()) {
    const label = chip.kind === "result" ? `→ ${chip.text}` : chip.text;
    const left = list.length - i;
    const text = wrapped(label, room - 10, FONT.chip, 1)[0]!;
    const width = textWidth(text, FONT.chip) + 10;
    const more = textWidth(`+${left}`, FONT.chip) + 10;
    if (x > 0 && x + width > room) {
      row++;
      x = 0;
    }
    const last = row === CHIP_ROWS - 1;
    if (row >= CHIP_ROWS || (last && left > 1 && x + width + CHIP_GAP + more > room)) {
      const y = Math.min(row, CHIP_ROWS - 1) * (CHIP_HEIGHT + 3);
      const end = row >= CHIP_ROWS ? shown.at(-1) : undefined;
      if (end) shown.pop();
      shown.push({ text: `+${left + (end ? 1 : 0)}`, kind: "more", x: end ? end.x : x, y, width: more });
      break;
    }
    shown.push({ text, kind: chip.kind, x, y: row * (CHIP_HEIGHT + 3), width });
    x += width + CHIP_GAP;
  }
  return shown;
}
export function requestOf(v: Visible, breadth: number): LayoutRequest {
  return {
    parent: Int32Array.from(v.boxes, (b) => b.parent),
    width: Float32Array.from(v.boxes, (b) => b.width),
    height: Float32Array.from(v.boxes, (b) => b.height),
    open: Uint8Array.from(v.boxes, (b) => Number(b.open)),
    from: Int32Array.from(v.edges, (e) => e.from),
    to: Int32Array.from(v.edges, (e) => e.to),
    breadth,
  };
}
export const pictureOf = (v: Visible, breadth: number): Picture => ({ ...v, layout: layout(requestOf(v, breadth)) });

/** What is open at first: groups, as deep as one can still take it in. Kernels and loops stay closed. */
export function opened(outline: Outline, budget = 60): Set<string> {
  const open = new Set<string>();
  let layer = outline.root.children.filter(isGroup);
  let count = outline.root.children.length;
  while (layer.length) {
    const more = layer.reduce((s, i) => s + i.children.length, 0);
    if (count + more > budget) break;
    count += more;
    for (const i of layer) open.add(i.id);
    layer = layer.flatMap((i) => i.children.filter(isGroup));
  }
  return open;
}
const isGroup = (i: Item): boolean => i.kind === "scope";
/** Everything that opens, down to a depth: 1 opens what stands in the picture itself. */
export function openedTo(outline: Outline, depth: number, most: number): Set<string> {
  const open = new Set<string>();
  let count = outline.root.children.length;
  let layer: readonly Item[] = outline.root.children;
  for (let d = 0; d < depth && layer.length; d++) {
    const next: Item[] = [];
    for (const i of layer) {
      if (!i.opens) continue;
      count += i.children.length;
      if (count > most) return open;
      open.add(i.id);
      next.push(...i.children);
    }
    layer = next;
  }
  return open;
}
